"""Model text of a measurement model, and the arrays of a fitted one that this room computes with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.measurement.efa_one import one_factor
from umkm_stats.kernels.sem import structure as structure_kernel
from umkm_stats.measurement._answers import Floats
from umkm_stats.sem import Fit

Ints = np.ndarray[Any, np.dtype[np.int64]]
GENERAL, WORDING = "GENERAL", "WORDING"


def text_of(scales: Mapping[str, Sequence[str]]) -> str:
    """One ``factor =~ items`` line a scale."""
    return "\n".join(f"{name} =~ {' + '.join(items)}" for name, items in scales.items()) + "\n"


def factors_of(text: str) -> dict[str, list[str]]:
    """factor → indicators of the plain ``=~`` lines of a measurement text."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*([^\s=~#]+)\s*=~\s*(.+?)\s*", line)
        if match:
            found.setdefault(match[1], []).extend(
                entry.strip().split("*")[-1] for entry in match[2].split("+")
            )
    return found


def one_factor_text(data: pd.DataFrame, *, plain: bool = False) -> str:
    """All items (columns of ``data``) on one factor, the best item first.

    A single factor for several constructs fits badly, and searches from ordinary starting values wander;
    unless ``plain`` the one-factor solution of the complete rows is written as starting values.
    """
    items = list(data.columns)
    values = data.to_numpy(dtype=np.float64)
    values = values[np.isfinite(values).all(axis=1)]
    if plain or values.shape[0] <= len(items):
        return text_of({GENERAL: items})
    found = one_factor(np.cov(values, rowvar=False)[None])
    if not found.converged[0]:
        return text_of({GENERAL: items})
    order = np.argsort(-np.abs(found.std_loadings[0]), kind="stable")
    first = found.loadings[0, order[0]]
    terms = [f"start({found.loadings[0, j] / first:.8f})*{items[j]}" for j in order[1:]]
    lines = [
        f"{GENERAL} =~ {' + '.join([items[order[0]], *terms])}",
        f"{GENERAL} ~~ start({first**2:.8f})*{GENERAL}",
    ]
    lines += [f"{items[j]} ~~ start({found.unique[0, j]:.8f})*{items[j]}" for j in order]
    return "\n".join(lines) + "\n"


def bifactor_text(scales: Mapping[str, Sequence[str]]) -> str:
    """A general factor for all items beside the factors of ``scales``, none of them correlated."""
    names = [GENERAL, *scales]
    items = [item for members in scales.values() for item in members]
    lines = [text_of({GENERAL: items}) + text_of(scales).rstrip()]
    lines += [f"{first} ~~ 0*{second}" for i, first in enumerate(names) for second in names[i + 1 :]]
    return "\n".join(lines) + "\n"


def wording_text(text: str, items: Sequence[str]) -> str:
    """``text`` with a method factor of the reverse-keyed ``items``, uncorrelated with the others.

    Two items get equal loadings, because two free ones could not be estimated.
    """
    known = factors_of(text)
    lower = {entry for members in known.values() for entry in members}
    tops = [name for name in known if name not in lower]
    body = " + ".join(items) if len(items) > 2 else " + ".join(f"1*{item}" for item in items)
    extra = [f"{WORDING} =~ {body}", *([f"{WORDING} ~~ NA*{WORDING}"] if len(items) == 2 else [])]
    return text + "\n".join([*extra, *(f"{WORDING} ~~ 0*{name}" for name in tops)]) + "\n"


def check_factors(factors: Mapping[str, Sequence[str]]) -> None:
    """Raises ``UmkmError`` MEA008 for a factor with one indicator."""
    for name, items in factors.items():
        if len(items) < 2:
            raise UmkmError(
                "MEA008", Place(item=str(items[0])), {"scale": name, "item": items[0], "least": 2}
            )


@dataclass(frozen=True, eq=False)
class Parts:
    """Names and arrays of a single-group fit for this room.

    factors: first-order factor → its items. members: their positions among ``observed``; columns: positions
    of the factors among the latent states. higher: second-order factor → first-order factors. cov: (p,p)
    observed covariances, divisor N; polychoric correlations where ``ordinal`` (p,). thresholds: one array an
    observed variable, empty when it is not ordinal.
    """

    fit: Fit
    factors: dict[str, list[str]]
    members: tuple[Ints, ...]
    columns: tuple[int, ...]
    higher: dict[str, list[str]]
    cov: Floats
    mean: Floats
    ordinal: np.ndarray[Any, np.dtype[np.bool_]]
    thresholds: tuple[Floats, ...]

    def matrices(self, params: Floats, cov: Floats | None = None) -> structure_kernel.Matrices:
        """Model matrices of parameter vectors (D,P), group axis kept; ``cov`` (D,p,p) for draws with
        exogenous x."""
        seen = self.cov[None] if cov is None else cov
        mean = np.broadcast_to(self.mean, (seen.shape[0], 1, self.mean.size))
        return structure_kernel.fill(self.fit.compiled, params, seen[:, None], mean)

    def implied(self, params: Floats, cov: Floats | None = None) -> tuple[Floats, Floats, Floats]:
        """lam (D,p,m), latent covariances (D,m,m), implied covariances (D,p,p); those of ordinal items in the
        units in which their latent responses have variance 1, whatever the parameterisation."""
        made = self.matrices(params, cov)
        lam, beta, psi, theta = made.lam[:, 0], made.beta[:, 0], made.psi[:, 0], made.theta[:, 0]
        through = np.linalg.inv(np.eye(beta.shape[1]) - beta)
        phi = through @ psi @ np.swapaxes(through, 1, 2)
        sigma = lam @ phi @ np.swapaxes(lam, 1, 2) + theta
        unit = self._units(sigma)
        lam = lam * unit[:, :, None]
        sigma = sigma * unit[:, :, None] * unit[:, None, :]
        sigma[:, self.ordinal, self.ordinal] = 1.0
        return lam, phi, sigma

    def _units(self, sigma: Floats) -> Floats:
        """(D,p) what turns the latent responses of ordinal items into ones of variance 1."""
        unit = np.ones(sigma.shape[:2])
        own = self.fit.compiled.scaled  # theta: the residual variances are given, not the whole ones
        if len(own):
            unit[:, own] = 1.0 / np.sqrt(np.diagonal(sigma, axis1=1, axis2=2)[:, own])
        for (_, item), scale in self.fit.compiled.delta.items():
            unit[:, item] *= scale
        return unit

    def pattern(self, params: Floats, cov: Floats | None = None) -> Floats:
        """(D,p,m) loadings of the ``=~`` lines. An item with causes of its own is a state beside the latent
        ones, and its loading stands among the paths."""
        states, observed = list(self.fit.layout.states), list(self.fit.observed)
        lam, _, _ = self.implied(params, cov)
        own = [item for items in self.factors.values() for item in items if item in states]
        if not own:
            return lam
        made, out = self.matrices(params, cov), lam.copy()
        for items, column in zip(self.factors.values(), self.columns, strict=True):
            for item in items:
                if item in states:
                    j, s = observed.index(item), states.index(item)
                    out[:, j, column] = made.beta[:, 0, s, column] * lam[:, j, s]
        return out


def parts_of(fit: Fit) -> Parts:
    """``Parts`` of a fit.

    Raises ``UsageError`` MEA016 (several groups) and MEA017 (no factor with two or more items).
    """
    if len(fit.group_labels) > 1:
        raise UsageError("MEA016", params={"groups": list(fit.group_labels)})
    observed = list(fit.observed)
    states = list(fit.layout.states)
    loads: dict[str, list[str]] = {}
    for row in fit.table.rows:
        if row.op == "=~":
            loads.setdefault(row.lhs, []).append(row.rhs)
    first = {name: items for name, items in loads.items() if all(item in observed for item in items)}
    higher = {
        name: items
        for name, items in loads.items()
        if name not in first and all(item in first for item in items)
    }
    several = {name: items for name, items in first.items() if len(items) > 1}
    if not several:
        raise UsageError("MEA017")
    cov, mean = _moments(fit)
    sample = fit.task.samples[0]
    ordinal = np.asarray(getattr(sample, "ordinal", np.zeros(len(observed), dtype=bool)))
    cuts: tuple[Floats, ...] = tuple(np.zeros(0) for _ in observed)
    if ordinal.any():
        at = sample.cut_item, sample.cut_number  # type: ignore[attr-defined]
        values = sample.statistics  # type: ignore[attr-defined]
        cuts = tuple(values[: at[0].size][(at[0] == j) & (at[1] >= 0)] for j in range(len(observed)))
    return Parts(
        fit=fit,
        factors=several,
        members=tuple(np.array([observed.index(item) for item in items]) for items in several.values()),
        columns=tuple(states.index(name) for name in several),
        higher=higher,
        cov=cov,
        mean=mean,
        ordinal=ordinal,
        thresholds=cuts,
    )


def _moments(fit: Fit) -> tuple[Floats, Floats]:
    """Covariances (divisor N) and means the model was held against: weighted where the fit is, and those of
    the saturated model (EM) where rows with gaps took part; NaN where no row has both answers."""
    sample = fit.task.samples[0]
    values = fit.arrays[0] if fit.arrays and fit.arrays[0].size else None
    if values is None or hasattr(sample, "ordinal"):
        return np.asarray(sample.cov), np.asarray(sample.mean)
    there = np.isfinite(values)
    if fit.weights or not there.all():
        together = there.astype(np.int64).T @ there.astype(np.int64)
        return np.where(together > 0, sample.cov, np.nan), np.asarray(sample.mean)
    centred = values - values.mean(axis=0)
    return centred.T @ centred / values.shape[0], values.mean(axis=0)
