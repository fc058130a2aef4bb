"""Mediation within persons: the same people in two conditions (Montoya & Hayes 2017)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from umkm_stats import ways
from umkm_stats._threads import one_thread
from umkm_stats.adapters.statsmodels_ols import OlsFit, ols
from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation import draws as engine
from umkm_stats.kernels.mediation.effects import evaluate
from umkm_stats.kernels.mediation.joint import joint_covariance
from umkm_stats.kernels.mediation.normal_equations import Moments, Regression
from umkm_stats.kernels.mediation.tests import half_width
from umkm_stats.kernels.mediation.within import coefficients
from umkm_stats.mediation import _rows
from umkm_stats.mediation._data import Columns, check, frame_of, numeric, read
from umkm_stats.mediation._effects import Named, indirect, single, totals
from umkm_stats.mediation._late import late
from umkm_stats.mediation._meaning import disagreement
from umkm_stats.mediation._pipeline import ARROWS, Cases, LeftOut, Part, Request, Scale, answer
from umkm_stats.mediation._result import Mediation
from umkm_stats.mediation._rows import Coefficients
from umkm_stats.mediation._score_draws import source_of
from umkm_stats.mediation._spec import Equation, Spec, Term, build
from umkm_stats.options import Errors, Structure, one_of, share, whole
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Pair = tuple[str, str]
CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Differences:
    """What is estimated: the columns (differences, then averages), the equations by column number, their
    fits, the effects."""

    columns: Columns
    spec: Spec
    equations: tuple[Regression, ...]
    averages: frozenset[int]
    found: Coefficients
    named: Sequence[Named]
    source: engine.Units
    scales: tuple[Scale, ...] = ()
    test: str = "ols"
    own: Mapping[str, Callable[[Sequence[Named], Request], Part]] = field(default_factory=dict)

    def is_linear(self, entry: Named) -> bool:
        """Whether the effect is one coefficient."""
        return entry.kind in (*ARROWS, "direct", "total")

    def _statistic(self, data: Moments) -> Floats:
        theta = coefficients(data, self.equations, self.source.centre, self.averages)
        return evaluate(theta, [entry.bare for entry in self.named])

    def cases(self, request: Request) -> Cases:
        """Case draws of whole persons."""
        with one_thread():
            drawn = engine.bootstrap(
                self.source,
                self._statistic,
                draws=request.draws,
                seed=request.seed,
                workers=request.workers,
                progress=request.progress,
                rows=request.rows,
            )
        point, left = engine.whole(self.source, self._statistic)[0], None
        if request.jackknife:
            left = LeftOut(engine.jackknife(self.source, self._statistic)[1], None)
        good = int(np.isfinite(drawn.values).all(axis=1).sum())
        failed = request.draws - good
        ledger = {"requested": request.draws, "converged": good, "inadmissible": 0, "failed": failed}
        ledger["reasons"] = {"collinear": failed} if failed else {}  # type: ignore[assignment]
        notes = (Note("MED202", {"failed": failed, "requested": request.draws}),) if failed else ()
        nothing = np.empty((request.draws, 0))
        return Cases(point, drawn.values, left, nothing, nothing[:1], None, ledger, notes)

    def simulated(self, request: Request) -> Cases:
        """Never needed: there are case draws."""
        return self.cases(request)

    def errors(self, effects: Sequence[Named], request: Request) -> None:
        """No method of these differences needs them."""

    def factor(self, scale: Scale, spread: Floats) -> Floats:
        """Never asked: there are no scales."""
        return np.ones(len(spread))


def mediate_within(
    data: pd.DataFrame,
    *,
    m: Pair | Sequence[Pair] | Mapping[str, Pair],
    y: Pair | Mapping[str, Pair],
    structure: Structure = "parallel",
    errors: Errors = "classical",
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile", "bca"),
    rows: NDArray[np.int64] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Mediation:
    """Mediation of the change between two conditions that everyone was in (MEMORE's model 1).

    Does the condition work through a change of the mediator? The condition is the predictor. a is the mean of
    M₂ − M₁; b is the coefficient of M₂ − M₁ in the regression of Y₂ − Y₁ on it and on (M₁ + M₂)/2, centred;
    c′ is that regression's intercept; c is the mean of Y₂ − Y₁; c = c′ + ab. In "serial" models a mediator's
    difference is also regressed on those before it and their centred averages. The centre is that of each
    draw.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a person.
    m : (str, str), sequence of (str, str) or mapping of str to (str, str)
        The two columns (first condition, second condition) of a mediator; several mediators as a list of
        pairs; {name: pair} gives the names of the output, else "second-first". Differences are second −
        first.
    y : (str, str) or mapping of str to (str, str)
        The same of the outcome.
    structure : {"parallel", "serial"}, default "parallel"
        "parallel" or "serial", in the order of ``m``.
    errors : {"classical", "HC0", "HC1", "HC2", "HC3", "HC4", "cluster"}, default "classical"
        "classical" or "HC0" … "HC4".
    draws : int, default 5000
        Bootstrap draws.
    seed : int, optional
        Of the draws; None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.
    intervals : str or sequence of str, default ("percentile", "bca")
        One or several of ``umkm_stats.ways.names("latent")``, or "all".
    rows : array of int, optional
        (draws, rows) zero-based positions that replay the draws of other software.
    workers : int, default 1
        Threads; any number gives the same numbers.
    progress : callable, optional
        Called with (draws done, draws).

    Returns
    -------
    Mediation
        Of kind "within". Moderators, sizes and what needs columns of its own (curves, sensitivity) are not
        there.

    Raises
    ------
    UsageError
        MED001–MED003, MED018, MED020, MED492, GEN001–GEN006.
    UmkmError
        MED004–MED010.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from umkm_stats.mediation import mediate_within
    >>> g = np.random.default_rng(3)
    >>> data = pd.DataFrame(g.normal(size=(40, 4)), columns=["m1", "m2", "y1", "y2"])
    >>> found = mediate_within(data, m={"M": ("m1", "m2")}, y={"Y": ("y1", "y2")}, draws=100, seed=1)
    >>> list(found.effects.drop_duplicates(["effect", "path"])["path"])
    ['condition -> M', 'M -> Y', 'condition -> Y', 'condition -> Y', 'condition -> M -> Y']
    """
    asked = ways.chosen(intervals, "latent", empty=True)
    one_of("structure", structure, Structure)
    if one_of("errors", errors, Errors) == "cluster":
        raise UsageError("MED015", params={})
    level = share("level", level)
    if rows is not None:
        rows = np.asarray(rows, dtype=np.int64)
        draws = len(rows)
    draws = whole("draws", draws, low=2, high=10_000_000)
    workers = whole("workers", workers, low=1, high=256)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    mediators, outcomes = _pairs("m", m), _pairs("y", y)
    if len(outcomes) != 1:
        raise UsageError("MED492", params={"role": "y", "received": repr(y)})
    spec = _spec(list(mediators), next(iter(outcomes)), structure)
    columns = _read(data, {**mediators, **outcomes}, spec, tuple(mediators))
    equations, fits, found = _fitted(columns, spec, errors)
    averages = frozenset(columns.index((_average(name),)) for name in mediators)
    named = [*single(spec), *totals(spec), *indirect(spec)]
    request = Request(ways.in_order(asked), draws, seed, level, workers, rows, progress)
    source = source_of(columns, request)
    done = answer(Differences(columns, spec, equations, averages, found, named, source), request)
    notes = (
        Note(
            "MED493", {"pairs": [f"{two} − {one}" for one, two in (*mediators.values(), *outcomes.values())]}
        ),
    )
    result = Mediation(
        kind="within",
        spec=spec,
        effects=late(lambda: _rows.frame(done.rows)),
        draws=late(done.draws),
        intervals=asked,
        left=done.left,
        ledger=done.ledger,
        level=level,
        errors=errors,
        sample=columns.sample,
        seed=seed,
        notes=(Note("MED201", {}), *notes, *done.notes, *disagreement(done.rows, named)),
        named=tuple(named),
        found=found,
        rows=rows,
        late={
            "coefficients": lambda: _coefficients(fits, spec, level),
            "equations": lambda: _equations(fits, spec),
            "sizes": done.sizes,
        },
    )
    return result._said((*result.notes, *result.why_withheld()))


def _pairs(role: str, given: Any) -> dict[str, Pair]:
    """Name → (first, second); raises ``UsageError`` MED492, MED003 (a column named twice)."""
    named: dict[str, Any]
    if isinstance(given, Mapping):
        named = {str(name): pair for name, pair in given.items()}
    else:
        items = [given] if _is_pair(given) else given
        if isinstance(items, str) or not hasattr(items, "__iter__"):
            raise UsageError("MED492", params={"role": role, "received": repr(given)})
        named = {f"{pair[1]}-{pair[0]}" if _is_pair(pair) else str(pair): pair for pair in items}
    if not named or not all(_is_pair(pair) for pair in named.values()):
        raise UsageError("MED492", params={"role": role, "received": repr(given)})
    return {name: (pair[0], pair[1]) for name, pair in named.items()}


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and all(isinstance(entry, str) for entry in value)
    )


def _average(name: str) -> str:
    return f"{name} (average)"


def _spec(mediators: Sequence[str], outcome: str, structure: str) -> Spec:
    """The model of ``build`` whose equations are those of differences: the intercept is the coefficient of
    the condition."""
    spec = build(x=CONDITION, m=list(mediators), y=outcome, structure=structure)
    equations = []
    for entry in spec.equations:
        before = [term for (term,) in entry.terms if term != CONDITION]
        terms = [(CONDITION,), *((name,) for name in before), *((_average(name),) for name in before)]
        equations.append(Equation(entry.outcome, tuple(terms), entry.role))
    place: dict[tuple[str, str, Term], int] = {}
    for entry in equations:
        for term in entry.terms:
            place[entry.outcome, entry.role, term] = len(place)
    return replace(spec, equations=tuple(equations), place=place, process=None)


def _read(data: Any, pairs: Mapping[str, Pair], spec: Spec, mediators: tuple[str, ...]) -> Columns:
    """Differences and averages of the complete rows; raises what ``read`` and ``check`` raise."""
    import pandas as pd

    frame = frame_of(data)
    seen: dict[str, str] = {}
    for name, pair in pairs.items():
        for column in pair:
            if column in seen:
                raise UsageError("MED003", params={"name": column, "first": seen[column], "second": name})
            seen[column] = name
    made = {}
    for name, (first, second) in pairs.items():
        one, two = numeric(frame, first), numeric(frame, second)
        made[name] = two - one
        if name in mediators:
            made[_average(name)] = (one + two) / 2
    own = tuple(
        Equation(entry.outcome, tuple(term for term in entry.terms if term != (CONDITION,)), entry.role)
        for entry in spec.equations
    )
    shown = replace(spec, x=(), covariates=tuple(_average(name) for name in mediators), equations=own)
    columns = read(pd.DataFrame(made), shown)
    check(columns, shown)
    return columns


def _fitted(
    columns: Columns, spec: Spec, errors: str
) -> tuple[tuple[Regression, ...], list[OlsFit], Coefficients]:
    equations, fits, parts = [], [], []
    for entry in spec.equations:
        terms = [term for term in entry.terms if term != (CONDITION,)]
        numbers = tuple(columns.index(term) for term in terms)
        outcome = columns.index((entry.outcome,))
        equations.append(Regression(outcome, numbers))
        design = columns.values[:, list(numbers)].copy()
        for k, (name,) in enumerate(terms):
            if name not in (*spec.m, *spec.y):
                design[:, k] -= design[:, k].mean()
        parts.append((columns.values[:, outcome], design))
        fits.append(ols(*parts[-1], errors=errors))
    return tuple(equations), fits, _found(fits, parts, spec, errors)


def _found(
    fits: Sequence[OlsFit], parts: Sequence[tuple[Floats, Floats]], spec: Spec, errors: str
) -> Coefficients:
    """Coefficients of all regressions, intercepts first; those of parallel mediators covary."""
    size = sum(len(fit.params) for fit in fits)
    theta, df = np.empty(size), np.empty(size)
    turns = []  # the intercept is the level at the predictors' means less what the slopes make of these
    for _, design in parts:
        turn = np.eye(1 + design.shape[1])
        turn[0, 1:] = -design.mean(axis=0)
        turns.append(turn)
    turned = block_diag(*turns)
    cov = turned @ joint_covariance(parts, errors=errors) @ turned.T
    held = [{name for term in entry.terms for name in term} for entry in spec.equations]
    linked = np.array([[one.outcome in names for names in held] for one in spec.equations])
    roles = np.array([entry.role for entry in spec.equations])
    apart = linked | linked.T | (roles[:, None] != roles[None, :])
    owner = np.repeat(np.arange(len(fits)), [len(fit.params) for fit in fits])
    cov[apart[np.ix_(owner, owner)]] = 0.0
    start = 0
    for fit in fits:
        own = slice(start, start + len(fit.params))
        theta[own], cov[own, own], df[own] = fit.params, fit.cov, fit.df
        start += len(fit.params)
    return Coefficients(theta, cov, df)


def _coefficients(fits: Sequence[OlsFit], spec: Spec, level: float) -> pd.DataFrame:
    """One row a coefficient; the row of the condition is the intercept of its regression."""
    import pandas as pd

    rows = []
    for entry, fit in zip(spec.equations, fits, strict=True):
        half = half_width(level, fit.df) * fit.se
        for k, (term,) in enumerate(entry.terms):
            values = (fit.params[k], fit.se[k], fit.t[k], fit.df, fit.p[k])
            limits = (fit.params[k] - half[k], fit.params[k] + half[k])
            numbers = [float(value) for value in (*values, *limits)]
            rows.append((entry.outcome, entry.role, term, *numbers))
    names = ("outcome", "role", "term", "est", "se", "t", "df", "p", "ci_low", "ci_high")
    return pd.DataFrame(rows, columns=list(names))


def _equations(fits: Sequence[OlsFit], spec: Spec) -> pd.DataFrame:
    """One row a regression of differences: outcome, role, n, r2, sigma, df."""
    import pandas as pd

    rows = [
        (entry.outcome, entry.role, len(fit.residuals), fit.r2, float(np.sqrt(fit.sigma2)), fit.df_resid)
        for entry, fit in zip(spec.equations, fits, strict=True)
    ]
    return pd.DataFrame(rows, columns=["outcome", "role", "n", "r2", "sigma", "df"])
