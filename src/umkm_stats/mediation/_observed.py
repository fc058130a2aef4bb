"""Mediation on observed scores: regressions, and case draws of the whole system of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from umkm_stats import ways
from umkm_stats._moved import outside
from umkm_stats.errors import UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.mediation import _rows
from umkm_stats.mediation._coding import Coded, coded
from umkm_stats.mediation._counterfactual import natural
from umkm_stats.mediation._data import Columns, check, read
from umkm_stats.mediation._effects import conditional_direct, indirect, single, totals
from umkm_stats.mediation._fiml import mediate_fiml
from umkm_stats.mediation._indices import indices
from umkm_stats.mediation._influence import notes as pulling
from umkm_stats.mediation._late import late
from umkm_stats.mediation._meaning import disagreement
from umkm_stats.mediation._moderating import spread
from umkm_stats.mediation._pipeline import Request, answer
from umkm_stats.mediation._probes import borders, probe_values
from umkm_stats.mediation._regressions import (
    coefficient_frame,
    coefficients_of,
    equation_frame,
    regressions,
)
from umkm_stats.mediation._result import Mediation
from umkm_stats.mediation._score_material import score_material
from umkm_stats.mediation._spec import Spec, build, names
from umkm_stats.mediation._tests import bounds
from umkm_stats.mediation._weights import Weighing, read_weights, repeated, settle
from umkm_stats.options import Errors, Missing, one_of, share, whole
from umkm_stats.results import Note, idle

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
SMALL = 200  # below this a note stands beside BC and BCa
FEW_CLUSTERS = 30
FEW_VALUES = (3, 4)  # whole numbers that may be names of categories


def mediate(
    data: pd.DataFrame,
    *,
    x: str | Sequence[str],
    m: str | Sequence[str | Sequence[str]] | None,
    y: str | Sequence[str],
    structure: Literal["parallel", "serial"] | Sequence[tuple[str, str]] = "parallel",
    covariates: str | Sequence[str] | Mapping[str, str | Sequence[str]] = (),
    moderator: str | Sequence[str] | None = None,
    moderates: str | Sequence[str] | Mapping[Any, Any] | None = None,
    errors: Errors = "classical",
    cluster: str | None = None,
    missing: Missing = "listwise",
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile", "bca"),
    equivalence: float | Mapping[str, Any] | None = None,
    strata: str | None = None,
    three_way: bool = False,
    interaction: bool = False,
    contrast: tuple[float, float] | None = None,
    center: bool = False,
    probes: Mapping[str, Sequence[float]] | Literal["percentiles", "sd"] = "percentiles",
    coding: str | Mapping[str, str] | None = None,
    weights: str | None = None,
    weights_are: Weighing = "sampling",
    rows: NDArray[np.int64] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Mediation:
    """Direct, indirect and total effects of ``x`` on ``y`` through ``m`` from least-squares regressions.

    Parameters
    ----------
    data : pandas.DataFrame
        Frame with one row a respondent; columns are named by strings. Rows with a missing value in any
        variable of the model are left out and counted (``missing="listwise"``), or kept by full information
        maximum likelihood (``missing="fiml"``).
    x : str or sequence of str
        Predictors; one name or several.
    m : str or sequence of str or of lists, optional
        Mediators. Lists within are the stages of a serial–parallel model (``structure="serial"``). With a
        moderator ``m`` may be None (PROCESS model 1).
    y : str or sequence of str
        Outcomes; one name or several.
    structure : {"parallel", "serial"} or sequence of (str, str), default "parallel"
        "parallel", "serial", or the arrows between mediators as (from, to) pairs.
    covariates : str, sequence of str or mapping of str to names, default ()
        Added to every regression; {"m1": ["age"], "y": ["age", "sex"]} adds them to the regressions of these
        outcomes only.
    moderator : str or sequence of str, optional
        One or two moderators for arrows that ``moderates`` names by their letters alone, "a" or ("a", "c");
        None: "a", or "c" without mediators.
    moderates : str, sequence of str or mapping, optional
        A moderator an arrow, {("x", "m1"): "w", ("m1", "y"): "v"}; two on one arrow add, ("w", "v"), or
        multiply each other too, "w*v". A key may be a letter, which stands for all arrows of its kind: "a" (x
        to mediators), "b" (mediators to y), "c" (direct), "d" (between mediators).
    errors : {"classical", "HC0", "HC1", "HC2", "HC3", "HC4", "cluster"}, default "classical"
        "classical", "HC0" … "HC4", or "cluster"; they serve the regressions, the delta method and Monte
        Carlo, which take what the residuals of parallel mediators share, and with "cluster" what all
        equations share within clusters, into account.
    cluster : str, optional
        Column of cluster labels; whole clusters are drawn, and left out by the jackknife.
    missing : {"listwise", "fiml"}, default "listwise"
        "listwise" or "fiml".
    draws : int, default 5000
        Bootstrap draws; 5000 and more for a publication.
    seed : int, optional
        Of the draws; None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.
    intervals : str or sequence of str, default ("percentile", "bca")
        One or several of ``umkm_stats.ways.names("scores")``, or "all". The first one named decides what the
        result says in words (typology, VAF, curves). The delta (Sobel) row is always there.
    equivalence : float or mapping of str to object, optional
        Bound for a predicted null direct effect, kept for ``Mediation.equivalence()``: a number on the scale
        of c′, or {"bound": .1, "scale": "raw" or "std_xy", "alpha": .05, "prior_sd": .2}.
    strata : str, optional
        Column of strata; draws keep the size of every stratum.
    three_way : bool, default False
        Deprecated: write "w*v" in ``moderates``.
    interaction : bool, default False
        X changes the arrows from mediators to y. Natural effects stand beside: means of y as x goes from one
        value to another.
    contrast : (float, float), optional
        These two values of x (None: its two values, or its mean and one SD above).
    center : bool, default False
        Variables less their means in products (columns of ``coding`` stay): an arrow's own coefficient is
        then its effect at the moderators' means. Conditional effects and indices do not change.
    probes : mapping of str to sequence of float, "percentiles" or "sd", default "percentiles"
        Moderator values for conditional effects: {"w": [1, 2]}, "percentiles" (16th, 50th, 84th of the
        sample) or "sd" (mean and ± 1 SD); a moderator with two values is held at these.
    coding : str or mapping of str to str, optional
        X is a category (text or numbers): "indicator" (each category against the first), "sequential"
        (against the one before), "helmert" (all later ones against it) or "effect" (against the mean of all);
        {x: coding} for some of several. Effects are then relative, one a coded column;
        ``Mediation.omnibus()`` tests them at once. The order is that of a pandas category, else sorted.
    weights : str, optional
        A column of weights.
    weights_are : {"sampling", "frequency"}, default "sampling"
        "sampling": weighted least squares with robust errors (HC1 for "classical"); a drawn row keeps its
        weight; rows without one are left out and counted; probes and centres stay those of the unweighted
        rows. "frequency": a row stands for that many equal ones.
    rows : array of int, optional
        (draws, rows) zero-based positions in the analysed rows (clusters, where there are any) replay the
        draws of other software.
    workers : int, default 1
        Threads; any number gives the same numbers.
    progress : callable, optional
        Called with (draws done, draws).

    Returns
    -------
    Mediation
        ``tidy()`` has the effects, ``summary()`` the text. b is the coefficient of m in the regression of y
        on m *and* x.

    Raises
    ------
    UsageError
        MED001–MED003, MED011–MED016, MED018, MED432, MED433, MED460–MED463, MED465, MED482, MED494, MED498,
        GEN001–GEN006.
    UmkmError
        MED004–MED010, MED017, MED483, MED495.

    Examples
    --------
    >>> from umkm_stats import examples, mediate
    >>> found = mediate(examples.firms(), x="OI", m="IP", y="BP", draws=200, seed=1)
    >>> found.tidy().query("effect == 'indirect'").set_index("method")["est"].round(3).to_dict()
    {'percentile': 0.15, 'bca': 0.15, 'delta': 0.15}
    """
    if three_way:
        warnings.warn(
            "three_way is deprecated: write moderates={'a': 'w*v'}", DeprecationWarning, stacklevel=outside()
        )
    asked_for = ways.chosen(intervals, "scores", empty=True)
    chosen = ways.in_order(asked_for)
    if rows is not None:
        rows = np.asarray(rows, dtype=np.int64)
        draws = len(rows)
    draws = whole("draws", draws, low=2, high=10_000_000)
    level = share("level", level)
    if equivalence is not None:
        bounds(equivalence)
    one_of("errors", errors, Errors)
    one_of("missing", missing, Missing)
    workers = whole("workers", workers, low=1, high=256)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    if errors == "cluster" and cluster is None:
        raise UsageError("MED015", params={})
    one_of("weights_are", weights_are, Weighing)
    said: list[Note] = []
    weighed = weights is not None
    if weights is not None and weights_are == "frequency":
        data, note = repeated(data, weights)
        said.append(note)
        weights = None
    shares = None if weights is None else read_weights(data, weights)
    if weights is not None:
        errors, note = settle(
            weights,
            errors,
            chosen,
            missing=missing,
            interaction=interaction,
            equivalence=equivalence is not None,
        )
        said.append(note)
    coded_as: tuple[Coded, ...] = ()
    plain = x
    if coding is not None:
        data, x, coded_as = coded(data, x, coding)
    coded_names = {name for entry in coded_as for name in entry.columns}
    model = partial(
        build,
        m=m,
        y=y,
        structure=structure,
        covariates=covariates,
        moderator=moderator,
        three_way=three_way,
        interaction=interaction,
    )
    spec = model(x=x, moderates=spread(moderates, {entry.name: entry.columns for entry in coded_as}))
    if coded_as and len(names(plain)) == 1:
        spec = replace(spec, process=model(x=plain, moderates=moderates).process)
    undrawn = missing == "listwise" and not ways.needing("draws", among=chosen)
    said += idle(
        ("strata", strata, strata is not None and undrawn, "case_draws"),
        ("rows", "…", rows is not None and undrawn, "case_draws"),
        ("center", center, center and not spec.multiplied, "product"),
        ("probes", probes, probes != "percentiles" and not spec.moderators, "moderator"),
        ("weights_are", weights_are, weights_are != "sampling" and not weighed, "weights"),
    )
    if missing == "fiml":
        asked: dict[str, Any] = {"cluster": cluster, "strata": strata, "rows": rows, "contrast": contrast}
        asked |= {"interaction": spec.levels or None, "center": center or None}
        given = [name for name, value in asked.items() if value is not None]
        if errors != "classical" and not given:
            raise UsageError("MED498", params={"errors": str(errors)})
        if given:
            raise UsageError("MED026", params={"what": given[0]})
        full = mediate_fiml(
            data,
            spec,
            draws=draws,
            seed=seed,
            level=level,
            intervals=intervals,
            workers=workers,
            progress=progress,
            bound=equivalence,
            probes=probes,
        )
        return replace(full, notes=(*said, *full.notes, *(entry.note() for entry in coded_as)))
    centred = [name for name in spec.multiplied if name not in coded_names] if center else []
    columns = read(data, spec, cluster=cluster, strata=strata, centred=centred, weights=shares)
    spec = replace(spec, centres=columns.centres)
    check(columns, spec)
    at = probe_values(columns, spec, probes)
    fits = regressions(columns, spec, errors)
    found = coefficients_of(fits, spec, columns, errors)
    worlds, told_of_worlds = natural(columns, spec, at, contrast)
    named = [
        *single(spec),
        *totals(spec),
        *indirect(spec, at),
        *conditional_direct(spec, at),
        *indices(spec, at),
        *worlds,
    ]
    notes = [*said, *_notes(columns, spec, chosen, cluster, errors, coded_as), *told_of_worlds]
    request = Request(chosen, draws, seed, level, workers, rows, progress)
    done = answer(score_material(columns, spec, found, named, request), request)
    regions, told = borders(columns, spec, found, level, at)
    result = Mediation(
        kind="scores",
        spec=spec,
        effects=late(lambda: _rows.frame(done.rows)),
        draws=late(done.draws),
        intervals=asked_for,
        left=done.left,
        ledger=done.ledger,
        level=level,
        errors=errors,
        sample=columns.sample,
        seed=seed,
        notes=(*notes, *told, *done.notes, *disagreement(done.rows, named)),
        probes=tuple(at),
        johnson_neyman=regions,
        columns=columns,
        named=tuple(named),
        found=found,
        rows=rows,
        bound=equivalence,
        codings=coded_as,
        late={
            "coefficients": lambda: coefficient_frame(fits, spec, level),
            "equations": lambda: equation_frame(fits, spec),
            "sizes": done.sizes,
        },
    )
    return result._said((*result.notes, *pulling(result), *result.why_withheld()))


def _notes(
    columns: Columns,
    spec: Spec,
    chosen: Sequence[str],
    cluster: str | None,
    errors: str,
    coded_as: Sequence[Coded],
) -> list[Note]:
    out = [Note("MED201", {}), *(entry.note(columns.positions) for entry in coded_as)]
    plain = [name for name in spec.x if not any(name in entry.columns for entry in coded_as)]
    n = columns.sample.used
    corrected = [ways.WAYS[name].corrects for name in chosen if ways.WAYS[name].corrects]
    if corrected and n < SMALL:
        out.append(Note("MED203", {"n": n, "methods": corrected}))
    for name in (*spec.m, *spec.y):
        if np.unique(columns.column(name)).size == 2:
            out.append(Note("MED204", {"name": name}))
    two = [name for name in plain if np.unique(columns.column(name)).size == 2]
    if two and not spec.moderators:
        out.append(Note("MED212", {"names": two}))
    for name in plain:
        few = np.unique(columns.column(name))
        if few.size in FEW_VALUES and bool((few == np.round(few)).all()):
            out.append(Note("MED434", {"name": name, "count": int(few.size)}))
    if spec.probed:
        out.append(Note("MED438", {"moderators": list(spec.probed)}))
    if not spec.saturated and not spec.moderation:
        out.append(Note("MED206" if spec.everywhere else "MED466", {}))
    if columns.cluster is not None:
        groups = int(columns.cluster.max()) + 1
        said = {"clusters": groups, "column": cluster or ""}
        out.append(
            Note("MED436", said) if errors == "cluster" else Note("MED437", {**said, "errors": errors})
        )
        if groups < FEW_CLUSTERS:
            out.append(Note("MED207", {"clusters": groups, "column": cluster or ""}))
    return out
