"""Two groups: multigroup analysis of paths and effects, and measurement invariance of composites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats._threads import one_thread
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.pls.estimate import Estimates, estimate
from umkm_stats.kernels.pls.groups import invariance, tests
from umkm_stats.kernels.pls.moments import Moments, prepare
from umkm_stats.options import by_label, one_of, share, whole
from umkm_stats.pls._layout import Layout, layout
from umkm_stats.pls._part import Part, first_order_only
from umkm_stats.pls._runs import Job, joined, of_rows, row_numbers, seeded
from umkm_stats.results import Note

if TYPE_CHECKING:
    from umkm_stats.pls._pls import Pls

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
TIE = 1e-12  # equal but for rounding: a group of another permutation may have the very same answers
PAIRED = ("paths", "loadings", "weights", "indirect", "total", "r2")


def groups_of(model: Pls, group: Any) -> tuple[Bools, tuple[Any, Any]]:
    """(n,) whether an analysed row is in the first group, and both values in order.

    ``group``: a column of the data, or one value a row of the data (by label where a series has the labels
    of the data in another order). Raises ``UsageError`` PLS140 unless it
    has two values and none missing; ``UmkmError`` PLS141 when a group is too small.
    """
    import pandas as pd

    if isinstance(group, str):
        frame = model.data
        if group not in frame.columns:
            raise UsageError("PLS111", params={"name": group, "near": "–"})
        values = frame[group]
    else:
        values = pd.Series(by_label(group, model.data.index))
        if len(values) != model.sample.rows_in:
            raise UsageError("PLS140", params={"found": len(values)})
    own = values.iloc[model.answers.kept]
    kinds = list(pd.unique(own.dropna()))
    if own.isna().any() or len(kinds) != 2:
        raise UsageError("PLS140", params={"found": len(kinds)})
    try:
        first, second = sorted(kinds)
    except TypeError:
        first, second = sorted(kinds, key=str)
    mask = np.asarray(own == first)
    plan = model.compiled.model.plan
    needed = max(3, max(plan.sizes) + 2, max(len(several) for _, several in plan.equations) + 2)
    for each, name in ((mask, first), (~mask, second)):
        if each.sum() < needed:
            raise UmkmError("PLS141", params={"group": str(name), "n": int(each.sum()), "needed": needed})
    return mask, (first, second)


def divisions_of(permutations: Any, count: int, seed: int, n: int, first: int) -> Bools:
    """(B, n) whether a row is in group one: given permutations (their first ``first`` rows), or drawn."""
    if permutations is None:
        out = np.zeros((count, n), dtype=bool)
        for k in range(count):
            order = np.argsort(streams.words(seed, k, n, purpose=streams.PERMUTATION), kind="stable")
            out[k, order[:first]] = True
        return out
    table = row_numbers(permutations, n)
    if any(len(np.unique(row)) < n for row in table):
        raise UsageError("PLS130", params={"n": n, "width": n})
    out = np.zeros(table.shape, dtype=bool)
    np.put_along_axis(out, table[:, :first], True, axis=1)
    return out


def mga(
    model: Pls,
    group: Any,
    *,
    rows: Any = None,
    permutations: Any = None,
    draws: int = 10_000,
    repetitions: int = 1000,
    seed: int | None = None,
    what: Sequence[str] = ("paths",),
    level: float = 0.95,
    workers: int = 1,
) -> Part:
    """Differences between two groups, each estimated on its own rows (missing cells by the group's means).

    Parameters
    ----------
    group : str or sequence
        Column of the data, or a value a row; the smaller value is group one.
    rows : (array of int, array of int), optional
        (rows₁, rows₂), each (draws, rows of the group) row numbers within the group; else ``draws`` are
        drawn, group two from seed + 1.
    permutations : array of int, optional
        (permutations, rows) orders of the analysed rows, of which the first n₁ become group one; else
        ``repetitions`` are drawn.
    draws : int, default 10000
        Bootstrap draws of each group.
    repetitions : int, default 1000
        Permutations that are drawn.
    seed : int, optional
        Of both; None draws one and keeps it.
    what : sequence of str, default ("paths",)
        Any of paths, loadings, weights, indirect, total, r2.
    level : float, default 0.95
        Of the permutation limits.
    workers : int, default 1
        Threads; the numbers do not depend on it.

    Returns
    -------
    Part
        Frame: kind name est_1 est_2 difference se_1 se_2 henseler_p (one-tailed: below .05 or above .95 is a
        difference) welch_t welch_df welch_p pooled_t pooled_p permutation_p (share of |difference| at least
        as large) permutation_low permutation_high.

    Raises
    ------
    UsageError
        PLS130, PLS140, GEN001, GEN003, GEN004.
    UmkmError
        PLS141 (a group is too small), PLS142 (a group's model cannot be estimated).

    Examples
    --------
    >>> from umkm_stats import examples
    >>> found = examples.pls().mga(examples.firms()["SIZE"], draws=50, repetitions=50, seed=1)
    >>> found.frame[["name", "est_1", "est_2"]].round(3).to_dict("records")[0]
    {'name': 'IP~OI', 'est_1': 0.485, 'est_2': 0.38}
    """
    import pandas as pd

    level, workers = share("level", level), whole("workers", workers, low=1, high=512)
    wanted = [one_of("what", name, PAIRED) for name in ([what] if isinstance(what, str) else what)]
    draws = whole("draws", draws, low=2, high=1_000_000)
    repetitions = whole("repetitions", repetitions, low=2, high=1_000_000)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 2)
    if rows is not None and (not isinstance(rows, (tuple, list)) or len(rows) != 2):
        raise UsageError("PLS130", params={"n": model.sample.used, "width": model.sample.used})
    mask, names = groups_of(model, group)
    drawn = layout(model.compiled, wanted)
    estimates, tables = [], []
    for number, each in enumerate((mask, ~mask)):
        own = prepare(model.answers.values[each])
        found = _own(model, own, names[number])
        job = Job(model.compiled.model, own, drawn.read, found)
        if rows is None:
            parts = seeded(job, own.n, seed + number, draws, workers, None)
        else:
            parts = of_rows(job, row_numbers(rows[number], own.n), own.n, workers, None)
        estimates.append(drawn.read(found)[:, 0])
        tables.append(joined(parts).values)
    n = model.sample.used
    divisions = divisions_of(permutations, repetitions, seed, n, int(mask.sum()))
    shuffled = _permuted(model, drawn, divisions)
    tail = (1.0 - level) / 2.0
    out = []
    for k, entry in enumerate(drawn.entries):
        difference = estimates[0][k] - estimates[1][k]
        one, two = (table[np.isfinite(table[:, k]), k] for table in tables)
        moved = shuffled[np.isfinite(shuffled[:, k]), k]
        fixed = min(one.std(), two.std()) <= 1e-12
        tested = None if fixed else tests(difference, one, two, int(mask.sum()), int((~mask).sum()))
        nothing = [np.nan] * 6
        out.append(
            (
                entry.kind,
                entry.name,
                estimates[0][k],
                estimates[1][k],
                difference,
                one.std(ddof=1),
                two.std(ddof=1),
                *(nothing if tested is None else _values(tested)),
                np.nan if fixed else float((np.abs(moved) >= abs(difference) - TIE).mean()),
                *(float(v) for v in np.quantile(moved, [tail, 1.0 - tail])),
            )
        )
    heads = (
        "kind name est_1 est_2 difference se_1 se_2 henseler_p welch_t welch_df welch_p pooled_t pooled_p "
        "permutation_p permutation_low permutation_high"
    )
    failed = sum(int((~np.isfinite(table)).any(axis=1).sum()) for table in (*tables, shuffled))
    notes = [Note("PLS180", {"first": str(names[0]), "second": str(names[1])})]
    if failed:
        notes.append(Note("PLS181", {"failed": failed}))
    return Part(
        name="mga",
        frame=pd.DataFrame(out, columns=heads.split()),
        sample=model.sample,
        seed=seed,
        notes=tuple(notes),
        meta={
            "group_1": str(names[0]),
            "group_2": str(names[1]),
            "n_1": int(mask.sum()),
            "n_2": int((~mask).sum()),
            "draws": len(tables[0]),
            "permutations": len(divisions),
        },
    )


def _values(found: Any) -> tuple[float, ...]:
    return (
        found.henseler_p,
        found.welch_t,
        found.welch_df,
        found.welch_p,
        found.pooled_t,
        found.pooled_p,
    )


def _own(model: Pls, moments: Moments, name: Any) -> Estimates:
    """Estimates of one group. Raises PLS142."""
    found = estimate(model.compiled.model, moments, np.ones((1, moments.n)))
    if not found.found.converged[0] or not np.isfinite(found.inner.paths).all():
        raise UmkmError("PLS142", params={"group": str(name)})
    return found


def _permuted(model: Pls, drawn: Layout, divisions: Bools) -> Floats:
    """(B, K) differences of the two groups of each division; NaN where one could not be estimated."""
    out = []
    with one_thread():
        for start in range(0, len(divisions), streams.BLOCK):
            part = divisions[start : start + streams.BLOCK]
            sides = []
            for each in (part, ~part):
                found = estimate(model.compiled.model, model.moments, each.astype(np.float64))
                sides.append(np.where(found.found.converged, drawn.read(found), np.nan))
            out.append((sides[0] - sides[1]).T)
    return np.concatenate(out)


def micom(
    model: Pls,
    group: Any,
    *,
    permutations: Any = None,
    repetitions: int = 1000,
    seed: int | None = None,
    level: float = 0.95,
) -> Part:
    """Measurement invariance of composites (Henseler, Ringle & Sarstedt 2016).

    Step 1, configural invariance, holds by design: the same items, coding and algorithm in both groups. Step
    2 compares the scores by both groups' weights (c, on pooled standardised items, missing cells by the means
    of all rows) with permuted groups; step 3 means and log variances of the pooled scores.

    Parameters
    ----------
    group : str or sequence
        Column of the data, or a value a row; the smaller value is group one.
    permutations : array of int, optional
        (permutations, rows) orders of the analysed rows, of which the first n₁ become group one.
    repetitions : int, default 1000
        Permutations that are drawn.
    seed : int, optional
        Of the permutations; None draws one and keeps it.
    level : float, default 0.95
        Of the limits.

    Returns
    -------
    Part
        Frame: construct c c_low c_p mean_difference mean_low mean_high mean_p log_variance_ratio variance_low
        variance_high variance_p partial (step 2 holds, paths may be compared) full (steps 2 and 3).

    Raises
    ------
    UsageError
        PLS130, PLS131, PLS140.
    UmkmError
        PLS141, PLS142.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> found = examples.pls().micom(examples.firms()["SIZE"], repetitions=50, seed=1)
    >>> found.frame[["construct", "c", "partial"]].round(4).to_dict("records")[0]
    {'construct': 'OI', 'c': 0.9974, 'partial': True}
    """
    import pandas as pd

    first_order_only(model, "micom")
    level = share("level", level)
    repetitions = whole("repetitions", repetitions, low=2, high=1_000_000)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    mask, names = groups_of(model, group)
    moments = prepare(model.answers.filled)
    n, weights = model.sample.used, model.found.found.weights[:, 0]
    divisions = divisions_of(permutations, repetitions, seed, n, int(mask.sum()))
    made = replace(model.compiled.model, consistent=False)
    with one_thread():
        own = invariance(made, moments, weights, mask[None])
        parts = [
            invariance(made, moments, weights, divisions[start : start + streams.BLOCK])
            for start in range(0, len(divisions), streams.BLOCK)
        ]
    if not own.converged[0]:
        raise UmkmError("PLS142", params={"group": f"{names[0]}, {names[1]}"})
    good = np.concatenate([part.converged for part in parts])
    c, mean, spread = (
        np.concatenate([getattr(part, name) for part in parts], axis=1)[:, good]
        for name in ("c", "mean", "log_variance")
    )
    tail = (1.0 - level) / 2.0
    rows = []
    for j, name in enumerate(model.constructs):
        low = float(np.quantile(c[j], 1.0 - level))
        held = bool(own.c[j, 0] >= low - TIE)
        steps = []
        for value, table in ((own.mean[j, 0], mean[j]), (own.log_variance[j, 0], spread[j])):
            limits = [float(v) for v in np.quantile(table, [tail, 1.0 - tail])]
            steps.append((value, *limits, float((np.abs(table) >= abs(value) - TIE).mean())))
        full = held and all(low <= value <= high for value, low, high, _ in steps)
        p = float((c[j] <= own.c[j, 0] + TIE).mean())
        rows.append((name, own.c[j, 0], low, p, *steps[0], *steps[1], held, full))
    heads = (
        "construct c c_low c_p mean_difference mean_low mean_high mean_p log_variance_ratio variance_low "
        "variance_high variance_p partial full"
    )
    notes = [Note("PLS180", {"first": str(names[0]), "second": str(names[1])}), Note("PLS182", {})]
    if not good.all():
        notes.append(Note("PLS181", {"failed": int((~good).sum())}))
    return Part(
        name="micom",
        frame=pd.DataFrame(rows, columns=heads.split()),
        sample=model.sample,
        seed=seed,
        notes=tuple(notes),
        meta={
            "group_1": str(names[0]),
            "group_2": str(names[1]),
            "n_1": int(mask.sum()),
            "n_2": int((~mask).sum()),
            "permutations": len(divisions),
        },
    )
