"""A structure fitted to thresholds and polychoric correlations by weighted least squares.

F = Σ_g (n_g/N) (s_g − σ_g(θ))ᵀ W_g (s_g − σ_g(θ)); s holds thresholds (means of numeric variables), variances
of numeric variables and the lower triangle of correlations (covariances), by columns. Delta parameterisation:
an ordinal item has a scale δ = 1/SD of its latent response, so that its thresholds are δ(τ − μ) and its
correlations δᵢδⱼσᵢⱼ; its residual variance is what is left, 1/δ² less the explained variance. An ordinal
variable that stands as a latent of its own (in regressions) has that variance d in Ψ: A = (I − B)⁻¹ carries
it on, so the d of all such variables solve (A∘A) d = 1/δ² − what the others explain. In the Theta
parameterisation residual variances are parameters (or fixed at 1), and δ = 1/SD follows from the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.sem.one.algebra import (
    Numbers,
    State,
    collect_square,
    layout,
    state,
    with_psi,
)
from umkm_stats.kernels.sem.one.curvature import bend
from umkm_stats.kernels.sem.one.discrepancy import Kind, Sample, Slopes
from umkm_stats.kernels.sem.one.problem import Point, Problem
from umkm_stats.kernels.sem.structure import DELTA, TAU, Floats, Ints, Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinalSample(Sample):
    """Statistics of one group; mean and cov hold 0 and correlations, the moments of numeric variables in
    place.

    statistics (K,); cut_item, cut_number (T,): item of each threshold and its number from 0, −1 for the mean
    of a numeric variable; spread_item (V,): numeric variables; first, second (pairs,); ordinal (p,); pull
    (K,) diagonal of W, or W (K,K); gamma (K,K) covariance of √n times the statistics; boundary, empty
    (pairs,): correlations at their limit, tables with an empty cell. With exogenous variables all statistics
    are given x: slope_item, slope_state (S,) say which variable and which state of x a slope is of.
    """

    statistics: Floats
    cut_item: Ints
    cut_number: Ints
    spread_item: Ints
    first: Ints
    second: Ints
    ordinal: NDArray[np.bool_]
    pull: Floats
    gamma: Floats
    slope_item: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    slope_state: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    boundary: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    empty: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def weighted(self, block: Numbers) -> Numbers:
        """W times (K, …)."""
        if self.pull.ndim == 2:
            return np.asarray(self.pull @ block)
        return np.asarray(self.pull.reshape(-1, *(1,) * (block.ndim - 1)) * block)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where thresholds and scales of one group come from: base values and (position, parameter) of the free
    ones.

    cut_base (T,), cut_at, cut_param; scale_base (p,), scale_at, scale_param.
    """

    cut_base: Floats
    cut_at: Ints
    cut_param: Ints
    scale_base: Floats
    scale_at: Ints
    scale_param: Ints


def _places(structure: Structure, group: int, sample: OrdinalSample) -> _Places:
    here = structure.cell_group == group
    code, row, col, param = (
        array[here]
        for array in (structure.cell_matrix, structure.cell_row, structure.cell_col, structure.cell_param)
    )
    position = {
        (int(i), int(k)): t for t, (i, k) in enumerate(zip(sample.cut_item, sample.cut_number, strict=True))
    }
    cuts, scales = code == TAU, code == DELTA
    cut_at = np.array(
        [position[int(i), int(k)] for i, k in zip(row[cuts], col[cuts], strict=True)], dtype=np.int64
    )
    base = np.array([structure.tau.get((group, int(i), int(k)), 0.0) for i, k in position], dtype=np.float64)
    scale = np.array([structure.delta.get((group, i), 1.0) for i in range(structure.n_observed)])
    return _Places(base, cut_at, param[cuts], scale, row[scales], param[scales])


@dataclass(frozen=True)
class OrdinalProblem(Problem):
    """A ``Problem`` whose samples are ordinal statistics.

    still: derivatives leave out what comes through derived variances in Ψ, as those of lavaan do.
    """

    samples: tuple[OrdinalSample, ...]
    still: bool = False

    @cached_property
    def _where(self) -> tuple[_Places, ...]:
        return tuple(_places(self.structure, g, sample) for g, sample in enumerate(self.samples))

    def cuts(self, params: Numbers, group: int) -> Numbers:
        """(T,) thresholds τ of one group; 0 at the means of numeric variables."""
        where = self._where[group]
        out = where.cut_base.astype(np.result_type(params.dtype, np.float64))
        out[where.cut_at] = params[where.cut_param]
        return out

    def scales(self, params: Numbers, group: int, inner: State) -> Numbers:
        """(p,) scales δ of one group; 1 for numeric variables. inner: the state given x."""
        where = self._where[group]
        out = where.scale_base.astype(np.result_type(params.dtype, np.float64))
        out[where.scale_at] = params[where.scale_param]
        scaled = self.structure.scaled
        if len(scaled):
            out = out.astype(np.result_type(out.dtype, inner.sigma.dtype))
            with np.errstate(invalid="ignore", divide="ignore"):
                out[scaled] = 1.0 / np.sqrt(np.diagonal(inner.sigma)[scaled])
        return out

    def given_x(self, params: Floats, group: int, at: State) -> tuple[Floats, Floats]:
        """Means (p,) and covariances (p,p) of the latent responses given x, in their scale δ."""
        inner = self._given_x(params, group, at)
        scale = np.real(self.scales(params, group, inner))
        sigma = np.real(inner.sigma).copy()
        np.fill_diagonal(sigma, np.where(self.samples[group].ordinal, scale**-2.0, np.diagonal(sigma)))
        return np.real(inner.mu) * scale, sigma * np.outer(scale, scale)

    def shown_scales(self, params: Numbers, group: int, at: State) -> Numbers:
        """(p,) the same from the whole state."""
        return self.scales(params, group, self._given_x(params, group, at))

    @cached_property
    def _memo(self) -> dict[tuple[str, int], tuple[State, Any]]:
        """What was last made from the state of a group: it is asked for several times at one point."""
        return {}

    @property
    def _own_scales(self) -> bool:
        """Theta, or free scales δ."""
        return bool(len(self.structure.scaled) or (self.structure.cell_matrix == DELTA).any())

    @property
    def rescaled(self) -> bool:
        """Whether responses are shown in other scales than those of the model's matrices."""
        return self._own_scales or any(scale != 1.0 for scale in self.structure.delta.values())

    @property
    def closed(self) -> bool:
        """Second derivatives in closed form: not with exogenous variables, ordinal ones in regressions or
        scales."""
        structure = self.structure
        return not (len(structure.fixed_x) or len(structure.derived_state) or self._own_scales)

    def begin(self, start: Floats) -> Floats:
        """``start`` with the sample's thresholds and scales of 1."""
        out = start.copy()
        for where, sample in zip(self._where, self.samples, strict=True):
            out[where.cut_param] = sample.statistics[where.cut_at]
            out[where.scale_param] = 1.0
        return out

    def states(self, params: Numbers) -> tuple[State, ...]:
        """Implied moments of the latent responses of each group, residual variances of ordinal items filled
        in."""
        found = []
        for g, sample in enumerate(self.samples):
            at = self._with_own(params, g, state(self.plan, g, params, sample.cov, sample.mean))
            if len(self.structure.scaled):
                found.append(at)
                continue
            inner = self._given_x(params, g, at)
            scale = self.scales(params, g, inner)
            explained = np.diagonal(inner.sigma) - np.diagonal(inner.theta)
            left = sample.ordinal.copy()
            left[self.structure.derived_state[:, 0]] = False
            rest = np.where(left, 1.0 / (scale * scale) - explained, np.diagonal(at.theta))
            theta, sigma = at.theta.copy(), at.sigma.copy()
            np.fill_diagonal(sigma, np.diagonal(sigma) - np.diagonal(theta) + rest)
            np.fill_diagonal(theta, rest)
            found.append(replace(at, theta=theta, sigma=sigma))
        return tuple(found)

    def _with_own(self, params: Numbers, group: int, at: State) -> State:
        """``at`` with the variances of the ordinal variables that are latents of their own filled in."""
        seen, hidden = self.structure.derived_state.T
        if not len(seen):
            return at
        inner = self._given_x(params, group, at)
        scale = self.scales(params, group, inner)[seen]
        carried = inner.inverse[np.ix_(hidden, hidden)] ** 2
        psi = at.psi.astype(np.result_type(at.psi.dtype, scale.dtype))
        psi[hidden, hidden] = np.linalg.solve(carried, 1.0 / (scale * scale) - np.diagonal(inner.sigma)[seen])
        return with_psi(at, psi)

    def derived_alone(self, params: Numbers, group: int, at: State) -> Floats:
        """(k,) what each derived variance in Ψ would be if those of the other variables were 0."""
        seen, hidden = self.structure.derived_state.T
        inner = self._given_x(params, group, at)
        scale = self.scales(params, group, inner)[seen]
        own = np.diagonal(inner.psi)[hidden]
        carried = inner.inverse[np.ix_(hidden, hidden)] ** 2
        others = np.diagonal(inner.sigma)[seen] - carried @ own
        return np.asarray(np.real(1.0 / (scale * scale) - others), dtype=np.float64)

    def _given_x(self, params: Numbers, group: int, at: State) -> State:
        """The state with the exogenous variables held at 0; ``at`` itself when there are none."""
        if not len(self.structure.fixed_x):
            return at
        known = self._memo.get(("x", group))
        if known is None or known[0] is not at:
            known = self._memo["x", group] = (at, self._without_x(params, group, at))
        return known[1]

    def _without_x(self, params: Numbers, group: int, at: State) -> State:
        sample = self.samples[group]
        inner = state(self.plan, group, params, np.zeros_like(sample.cov), np.zeros_like(sample.mean))
        hidden = self.structure.derived_state[:, 1]
        if not len(hidden):
            return inner
        psi = inner.psi.astype(np.result_type(inner.psi.dtype, at.psi.dtype))
        psi[hidden, hidden] = at.psi[hidden, hidden]
        return with_psi(inner, psi)

    def implied(self, params: Numbers, group: int, at: State) -> Numbers:
        """(K,) implied statistics of one group."""
        at = self._given_x(params, group, at)
        sample = self.samples[group]
        scale, cuts = self.scales(params, group, at), self.cuts(params, group)
        item = sample.cut_item
        first = np.where(sample.cut_number < 0, at.mu[item], scale[item] * (cuts - at.mu[item]))
        slope = (
            scale[sample.slope_item]
            * at.stack[sample.slope_item, self.structure.n_observed + sample.slope_state]
        )
        spread = np.diagonal(at.sigma)[sample.spread_item]
        pair = scale[sample.first] * scale[sample.second] * at.sigma[sample.first, sample.second]
        return np.concatenate([first, slope, spread, pair])

    def jacobian(self, params: Numbers, group: int, at: State) -> Numbers:
        """(K,P) derivatives of the implied statistics of one group."""
        known = self._memo.get(("slopes", group))
        if known is None or known[0] is not at:
            known = self._memo["slopes", group] = (at, self._jacobian(params, group, at))
        return known[1]

    def _jacobian(self, params: Numbers, group: int, at: State) -> Numbers:
        at = self._given_x(params, group, at)
        sample, cells = self.samples[group], self.plan.groups[group]
        scale, cuts, item = self.scales(params, group, at), self.cuts(params, group), sample.cut_item
        where, count = self._where[group], self.structure.n_params
        kind = np.result_type(params.dtype, np.float64)
        numeric = sample.cut_number < 0
        left, right = at.stack[:, cells.u], at.stack[:, cells.v]
        times = np.where(numeric, 1.0, -scale[item])
        by_mu = times[:, None] * left[item] * at.slope
        slopes = sample.slope_item
        reach = np.where(cells.s_state >= 0, at.inverse[cells.s_state][:, sample.slope_state].T, 0.0)
        by_x = scale[slopes][:, None] * left[slopes] * reach
        spread = 2.0 * cells.w * left[sample.spread_item] * right[sample.spread_item]
        one, two = sample.first, sample.second
        both = scale[one] * scale[two]
        pair = both[:, None] * cells.w * (left[one] * right[two] + right[one] * left[two])
        block = np.vstack([by_mu, by_x, spread, pair])
        out = np.zeros((len(block), count), dtype=kind)
        if cells.plain:
            out[:, cells.param] = block
        else:
            np.add.at(out.T, cells.param, block.T)
        out[where.cut_at, where.cut_param] += scale[item[where.cut_at]]
        for i, param in zip(where.scale_at, where.scale_param, strict=True):
            out[:, param] += self._by_scale(i, group, at, scale, cuts)
        for i in np.flatnonzero(self.structure.scaled).tolist():
            own = np.zeros(count, dtype=kind)
            np.add.at(own, cells.param, 2.0 * cells.w * left[i] * right[i])
            out += np.outer(self._by_scale(i, group, at, scale, cuts), -0.5 * scale[i] ** 3 * own)
        if len(self.structure.derived_state) and not self.still:
            self._add_own(out, group, at, scale)
        return out

    def _by_scale(self, i: int, group: int, at: State, scale: Numbers, cuts: Numbers) -> Numbers:
        """(K,) derivatives of the implied statistics with respect to the scale of variable ``i``."""
        sample = self.samples[group]
        mine = (sample.cut_item == i) & (sample.cut_number >= 0)
        first = np.where(mine, cuts - at.mu[i], 0.0)
        reach = at.stack[i, self.structure.n_observed + sample.slope_state]
        slope = np.where(sample.slope_item == i, reach, 0.0)
        one, two = sample.first, sample.second
        pair = np.where(one == i, scale[two], 0.0) + np.where(two == i, scale[one], 0.0)
        pair = pair * at.sigma[one, two]
        return np.concatenate([first, slope, np.zeros(len(sample.spread_item)), pair])

    def _add_own(self, out: Numbers, group: int, at: State, scale: Numbers) -> None:
        """Add to the (K,P) derivatives what comes through the derived variances in Ψ."""
        sample, cells, where = self.samples[group], self.plan.groups[group], self._where[group]
        seen, hidden = self.structure.derived_state.T
        reach = at.stack[:, self.structure.n_observed + hidden]  # (p, k): ΛA
        own = 2.0 * cells.w * at.stack[seen][:, cells.u] * at.stack[seen][:, cells.v]
        total = np.zeros((len(seen), out.shape[1]), dtype=out.dtype)
        np.add.at(total.T, cells.param, -own.T)
        for i, param in zip(where.scale_at, where.scale_param, strict=True):
            total[seen == i, param] -= 2.0 / scale[i] ** 3
        moved = np.linalg.solve(at.inverse[np.ix_(hidden, hidden)] ** 2, total)
        spread, one, two = sample.spread_item, sample.first, sample.second
        by_own = np.vstack([reach[spread] ** 2, (scale[one] * scale[two])[:, None] * reach[one] * reach[two]])
        out[len(out) - len(by_own) :] += by_own @ moved

    def point(self, params: Floats) -> Point | None:
        """Value; None where it is not finite."""
        try:
            states = self.states(params)
        except np.linalg.LinAlgError:
            return None
        found, total = [], 0.0
        for g, (share, sample, at) in enumerate(zip(self.shares, self.samples, states, strict=True)):
            gap = sample.statistics - self.implied(params, g, at)
            value = float(gap @ sample.weighted(gap))
            if not np.isfinite(value):
                return None
            found.append(Slopes(value, np.zeros((0, 0)), None, (np.zeros(0), np.zeros((0, 0, 0)))))
            total += share * value
        return Point(params, total, states, tuple(found))

    def gradient(self, at: Point) -> Floats:
        """(P,) ∂F/∂θ."""
        return np.asarray(np.real(self._gradient(at.params, at.states)), dtype=np.float64)

    def _gradient(self, params: Numbers, states: tuple[State, ...]) -> Numbers:
        out = np.zeros(self.structure.n_params, dtype=np.result_type(params.dtype, np.float64))
        for g, (share, sample, at) in enumerate(zip(self.shares, self.samples, states, strict=True)):
            gap = sample.statistics - self.implied(params, g, at)
            out = out - 2.0 * share * (sample.weighted(gap) @ self.jacobian(params, g, at))
        return out

    def information(self, at: Point) -> Floats:
        """(P,P) JᵀWJ: half the Gauss–Newton Hessian of F."""
        out = np.zeros((self.structure.n_params,) * 2)
        for g, (share, sample, state_) in enumerate(zip(self.shares, self.samples, at.states, strict=True)):
            slopes = np.real(self.jacobian(at.params, g, state_))
            out += share * slopes.T @ sample.weighted(slopes)
        return out

    def complex_gradient(self, params: Numbers) -> Numbers:
        """(P,) ∂F/∂θ at complex parameters."""
        return self._gradient(params, self.states(params))

    def hessian(self, params: Floats, at: Point | None = None) -> Floats:
        """(P,P) second derivatives of F: in closed form, or by complex steps through the analytic gradient
        where
        scales are free or variables exogenous."""
        if self.closed:
            return self._closed_hessian(params)
        count = self.structure.n_params
        out = np.empty((count, count))
        for k in range(count):
            moved = params.astype(complex)
            moved[k] += 1e-30j
            out[k] = np.imag(self.complex_gradient(moved)) / 1e-30
        return (out + out.T) / 2.0

    def _closed_hessian(self, params: Floats) -> Floats:
        """2JᵀWJ plus the residuals' pull on the curvature of the implied moments."""
        count = self.structure.n_params
        out = np.zeros((count, count))
        for g, (share, sample, at, cells) in enumerate(
            zip(self.shares, self.samples, self.states(params), self.plan.groups, strict=True)
        ):
            slopes = np.real(self.jacobian(params, g, at))
            gap = sample.statistics - np.real(self.implied(params, g, at))
            pull = -2.0 * np.real(sample.weighted(gap))
            scale = self.scales(params, g, at)
            cuts, spreads = len(sample.cut_item), len(sample.spread_item)
            by_sigma, by_mu = np.zeros_like(sample.cov), np.zeros(len(sample.cov))
            times = np.where(sample.cut_number < 0, 1.0, -scale[sample.cut_item])
            np.add.at(by_mu, sample.cut_item, pull[:cuts] * times)
            by_sigma[sample.spread_item, sample.spread_item] = pull[cuts : cuts + spreads]
            half = 0.5 * pull[cuts + spreads :] * scale[sample.first] * scale[sample.second]
            by_sigma[sample.first, sample.second] = by_sigma[sample.second, sample.first] = half
            out += share * 2.0 * slopes.T @ sample.weighted(slopes)
            out += share * np.real(collect_square(bend(at, cells, by_sigma, by_mu), cells, count))
        return out


def ordinal_problem(structure: Structure, kind: Kind, samples: tuple[OrdinalSample, ...]) -> OrdinalProblem:
    """Put a structure and its ordinal statistics together."""
    total = sum(sample.n for sample in samples)
    return OrdinalProblem(layout(structure), kind, samples, tuple(sample.n / total for sample in samples))
