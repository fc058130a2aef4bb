"""The door: regression of one or several outcomes on scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.options import Errors, Missing, one_of, share, whole
from umkm_stats.regression import _frames, _moderation
from umkm_stats.regression._columns import Coding, Columns, read
from umkm_stats.regression._design import check, design
from umkm_stats.regression._equations import Equation, estimate
from umkm_stats.regression._influence import verdicts
from umkm_stats.regression._intervals import COLUMNS, Request, bootstrap
from umkm_stats.regression._plan import Plan, make
from umkm_stats.regression._result import Regression
from umkm_stats.results import Note, idle

if TYPE_CHECKING:
    import pandas as pd

SMALL, FEW, FEW_CLUSTERS = 200, 10, 30
HIGH_VIF = 10.0


def regress(
    data: pd.DataFrame | Sequence[pd.DataFrame],
    *,
    y: str | Sequence[str],
    x: str | Sequence[str],
    covariates: str | Sequence[str] = (),
    blocks: Sequence[str | Sequence[str]] | None = None,
    moderator: str | Sequence[str] | None = None,
    errors: Errors = "classical",
    cluster: str | None = None,
    center: bool = False,
    coding: Mapping[str, Coding] | None = None,
    reference: Mapping[str, Any] | None = None,
    weights: str | None = None,
    missing: Missing = "listwise",
    probes: Mapping[str, Sequence[float]] | Literal["percentiles", "sd"] = "sd",
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile",),
    rows: NDArray[np.int64] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Regression:
    """Regress ``y`` on ``x`` by least squares: coefficients, ANOVA, R², blocks, moderation, intervals.

    Parameters
    ----------
    data : pandas.DataFrame or sequence of pandas.DataFrame
        Frame with one row a respondent, or a list of such frames with completed (imputed) answers, whose
        results are pooled by Rubin's rules.
    y : str or sequence of str
        Outcomes, one name or several; every outcome has the same predictors and rows.
    x : str or sequence of str
        Predictors, one name or several.
    covariates : str or sequence of str, default ()
        Control variables. They enter before ``x``.
    blocks : sequence of str or sequence of str, optional
        Predictors in order of entry, ``[["AGE"], ["X1", "X2"]]``, each of x, covariates and moderator once;
        R² change and its F are given for every block. Products always enter last.
    moderator : str or sequence of str, optional
        One or several moderators; every x is multiplied with each of them. The models before and after the
        products stand side by side in ``steps``.
    errors : {"classical", "HC0", "HC1", "HC2", "HC3", "HC4", "cluster"}, default "classical"
        Standard errors: "classical", "HC0" … "HC4" or "cluster".
    cluster : str, optional
        Column of cluster labels; whole clusters are drawn, and the errors are cluster-robust whatever
        ``errors`` says.
    center : bool, default False
        Centre numeric x and moderators at their means before products are formed.
    coding : mapping of str to {"indicator", "effect"}, optional
        How a category is coded, {"group": "indicator"} or "effect"; text columns are categories by themselves
        (indicator), columns of numbers when named here.
    reference : mapping of str to object, optional
        {"group": "B"}, the level without a column; by default the first.
    weights : str, optional
        Column of weights w ≥ 0: Σ w·e² is made smallest; rows of weight 0 are left out.
    missing : {"listwise", "fiml"}, default "listwise"
        Rows with a gap in any column of the model are left out and counted ("listwise") or kept by full
        information maximum likelihood ("fiml").
    probes : mapping of str to sequence of float, "percentiles" or "sd", default "sd"
        Moderator values of the simple slopes: "sd" (mean and ± 1 SD), "percentiles" (16th, 50th, 84th) or
        {"w": [1, 2]}.
    draws : int, default 5000
        Bootstrap draws of rows; 5000 and more for a publication.
    seed : int, optional
        Of the draws; None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.
    intervals : str or sequence of str, default ("percentile",)
        Any of "percentile", "basic", "bc", "bca"; () for none.
    rows : array of int, optional
        (draws, rows) zero-based positions in the analysed rows; they replay given draws.
    workers : int, default 1
        Threads; any number gives the same numbers.
    progress : callable, optional
        Called with (draws done, draws).

    Returns
    -------
    Regression
        Coefficients in ``tidy()``, fit in ``glance()``, checks in ``assumptions()``.

    Raises
    ------
    UsageError
        REG101–REG103, REG111, REG112, REG114, REG115, REG117–REG120, REG123, REG124, GEN001–GEN006.
    UmkmError
        REG104–REG110, REG113, REG116, REG121, REG122.

    Examples
    --------
    >>> from umkm_stats import examples, regress
    >>> found = regress(examples.firms(), y="BP", x=["OI", "IP"], covariates="AGE", draws=200, seed=1)
    >>> found.tidy()[["term", "est", "p"]].round(3).to_dict("records")[-1]
    {'term': 'IP', 'est': 0.359, 'p': 0.0}
    """
    one_of("errors", errors, Errors)
    one_of("missing", missing, Missing)
    chosen = ways.in_order(ways.chosen(intervals, "regression", empty=True))
    if rows is not None:
        rows = np.asarray(rows, dtype=np.int64)
        draws = len(rows)
    draws = whole("draws", draws, low=2, high=10_000_000)
    level = share("level", level)
    workers = whole("workers", workers, low=1, high=256)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    if errors == "cluster" and cluster is None:
        raise UsageError("REG115", params={})
    plan = make(y=y, x=x, covariates=covariates, moderator=moderator, blocks=blocks)
    options = {"coding": coding, "reference": reference, "weights": weights, "cluster": cluster}
    used = "cluster" if cluster is not None else errors
    if isinstance(data, (list, tuple)):
        from umkm_stats.regression._imputed import pooled

        _refuse("imputed", missing=missing != "listwise", rows=rows is not None)
        return pooled(data, plan, options, errors=used, center=center, probes=probes, level=level)
    if missing == "fiml":
        from umkm_stats.regression._fiml import by_fiml

        asked = {"errors": errors != "classical", "cluster": cluster, "weights": weights, "rows": rows}
        _refuse("fiml", **{name: value is not None and value is not False for name, value in asked.items()})
        _refuse("fiml", moderator=bool(plan.moderators), blocks=blocks is not None)
        return by_fiml(data, plan, coding=coding, reference=reference, level=level)
    columns = read(data, plan, **options)  # type: ignore[arg-type]
    found = design(columns, plan, center=center)
    check(columns, plan, found, two_valued=used != "classical")
    equations = tuple(estimate(columns, outcome, found, used) for outcome in plan.y)
    request = Request(chosen, draws, seed, level, workers, rows, progress)
    return assemble(columns, plan, equations, request, used, probes, cluster)


def _refuse(kind: str, **asked: bool) -> None:
    for name, given in asked.items():
        if given:
            raise UsageError("REG117", params={"kind": kind, "what": name})


def assemble(
    columns: Columns,
    plan: Plan,
    equations: tuple[Equation, ...],
    request: Request,
    errors: str,
    probes: Any,
    cluster: str | None,
) -> Regression:
    """All frames of the fitted equations, and the draws."""
    import pandas as pd

    level = request.level
    at = _moderation.probes(columns, plan, probes)
    notes = [*columns.notes, *_notes(columns, plan, equations, request, cluster)]
    notes += idle(("probes", probes, probes != "sd" and not plan.moderators, "moderator"))
    ledger: dict[str, Any] = {"requested": 0, "converged": 0, "inadmissible": 0, "failed": 0}
    limits, drawn = pd.DataFrame(columns=list(COLUMNS)), pd.DataFrame()
    if request.methods:
        answer = bootstrap(equations, columns, plan, at, request)
        limits, drawn, ledger = pd.DataFrame(answer.rows, columns=list(COLUMNS)), answer.draws, answer.ledger
        notes += answer.notes
    notes += verdicts(equations, columns, level)
    fits, blocks = _frames.fits(equations, level), _frames.blocks(equations)
    joint = _frames.joint(equations)
    if any(frame["p"].isna().any() for frame in (fits, blocks, joint)):
        notes.append(Note("REG168", {}, column="f"))
    return Regression(
        kind="scores",
        plan=plan,
        coefficients=_frames.coefficients(equations, level),
        intervals=limits,
        anova=_frames.anova(equations),
        blocks=blocks,
        steps=_frames.steps(equations, level),
        joint=joint,
        slopes=_moderation.slopes(equations, columns, plan, at, level),
        johnson_neyman=_moderation.johnson_neyman(equations, columns, plan, level),
        moderation=_moderation.kinds(equations, plan, level),
        fits=fits,
        draws=drawn,
        ledger=ledger,
        level=level,
        errors=errors,
        sample=columns.sample,
        seed=request.seed if request.methods else None,
        notes=tuple(notes),
        columns=columns,
        equations=equations,
        probes=at,
    )


def _notes(
    columns: Columns, plan: Plan, equations: Sequence[Equation], request: Request, cluster: str | None
) -> list[Note]:
    out = []
    n, errors = columns.n, equations[0].errors
    if n < FEW:
        out.append(Note("REG151", {"n": n}))
    if columns.cluster is not None:
        groups = int(columns.cluster.max()) + 1
        out.append(Note("REG155", {"clusters": groups, "column": cluster or ""}))
        if groups < FEW_CLUSTERS:
            out.append(Note("REG156", {"clusters": groups}))
    if errors != "classical":
        out.append(Note("REG160", {"errors": errors}))
    if columns.weights is not None:
        out.append(Note("REG159", {}))
    corrected = [ways.WAYS[name].corrects for name in request.methods if ways.WAYS[name].corrects]
    if corrected and n < SMALL:
        out.append(Note("REG158", {"n": n, "methods": corrected}))
    for name in plan.y:
        if np.unique(columns.values[name]).size == 2:
            out.append(Note("REG166", {"name": name}))
    first = equations[0]
    high = [
        term.name
        for term, value in zip(first.design.terms, first.tolerance, strict=True)
        if 1.0 / value > HIGH_VIF
    ]
    if high:
        products = any(len(term.parts) == 2 for term in first.design.terms)
        out.append(Note("REG169" if products else "REG163", {"names": high, "limit": HIGH_VIF}))
    return out
