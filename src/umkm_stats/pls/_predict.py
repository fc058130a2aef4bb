"""Out-of-sample prediction: PLSpredict with its benchmarks, CVPAT, and blindfolding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from umkm_stats._threads import one_thread
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.pls.blindfold import q2
from umkm_stats.kernels.pls.moments import prepare
from umkm_stats.kernels.pls.predict import Held, held_out, targets
from umkm_stats.options import one_of, whole
from umkm_stats.pls._part import Part, first_order_only
from umkm_stats.results import Note, idle

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.pls._pls import Pls

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FOLDS = 10
SKEWED = 1.0  # |skewness| of the errors above which MAE decides instead of RMSE


@dataclass(frozen=True, eq=False, kw_only=True)
class Prediction(Part):
    """Prediction of held-out rows: what ``Pls.predict`` returns.

    Attributes
    ----------
    constructs : pandas.DataFrame
        Construct rmse mae q2_predict judged_by predictive_power.
    cvpat : pandas.DataFrame
        Construct benchmark pls_loss benchmark_loss difference t p t_plain p_plain.
    name : str
        "predict".
    frame : pandas.DataFrame
        Item construct rmse_pls mae_pls rmse_lm mae_lm rmse_ia q2_predict skewness.
    sample : SampleUsed
        Rows read and used.
    seed : int or None
        Of folds and draws.
    notes : tuple of Note
        What a reader must know.
    meta : dict of str to object or None
        Technique, repetitions, folds.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.pls().predict(k=5, repetitions=1, draws=100, seed=1).meta
    {'technique': 'DA', 'repetitions': 1, 'folds': 5}
    """

    constructs: pd.DataFrame
    cvpat: pd.DataFrame

    @property
    def items(self) -> pd.DataFrame:
        """The frame of the items.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.pls().predict(k=5, repetitions=1, draws=100, seed=1)
        >>> found.items["q2_predict"].round(3).tolist()[:2]
        [0.117, 0.086]
        """
        return self.frame


def predict(
    model: Pls,
    *,
    folds: Any = None,
    k: int = FOLDS,
    repetitions: int = FOLDS,
    technique: str = "DA",
    draws: int = 10_000,
    seed: int | None = None,
) -> Prediction:
    """PLSpredict (Shmueli et al. 2019) with linear-model and mean benchmarks, and CVPAT.

    Parameters
    ----------
    folds : array of int, optional
        (rows,) number of the fold of every analysed row, or (repetitions, rows); else ``k`` folds of about
        equal size are drawn ``repetitions`` times. Squared and absolute errors are averaged over rows and
        repetitions.
    k : int, default 10
        Number of folds.
    repetitions : int, default 10
        How often the folds are drawn.
    technique : str, default "DA"
        "DA" from direct antecedents, "EA" from the exogenous constructs; the linear model has the items of
        the same constructs.
    draws : int, default 10000
        Bootstrap draws of the rows' losses behind CVPAT's t and p.
    seed : int, optional
        Of folds and draws; None draws one and keeps it.

    Returns
    -------
    Prediction
        Frame: item construct rmse_pls mae_pls rmse_lm mae_lm rmse_ia q2_predict skewness. ``constructs``:
        construct rmse mae q2_predict judged_by predictive_power, which compares RMSE (MAE when errors have
        |skewness| > 1) with the linear model: high (all items better), medium (at least half), low (some),
        none. ``cvpat``: construct benchmark pls_loss benchmark_loss difference (below 0 favours PLS) t (the
        mean over the deviation of its bootstrap means) p t_plain p_plain (paired test).

    Raises
    ------
    UsageError
        PLS131 (second order, products, PLSc), PLS132 (folds), GEN001, GEN003.
    UmkmError
        PLS133 (a fold's weights do not settle).

    Examples
    --------
    >>> from umkm_stats import examples
    >>> found = examples.pls().predict(k=5, repetitions=1, draws=100, seed=1)
    >>> found.constructs[["construct", "q2_predict", "predictive_power"]].round(3).to_dict("records")
    [{'construct': 'IP', 'q2_predict': 0.164, 'predictive_power': 'high'}, {'construct': 'BP', 'q2_predict':
    0.22, 'predictive_power': 'high'}]
    """
    first_order_only(model, "predict", consistent=False)
    technique = one_of("technique", technique, ("DA", "EA"))
    draws = whole("draws", draws, low=2, high=1_000_000)
    drawn_seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    n = model.sample.used
    if folds is None:
        k = whole("k", k, low=2, high=n)
        repetitions = whole("repetitions", repetitions, low=1, high=1000)
        divisions = _divisions(n, k, repetitions, drawn_seed)
    else:
        divisions = _given(folds, n)
    without = idle(
        ("k", k, folds is not None and k != FOLDS, "no_folds"),
        ("repetitions", repetitions, folds is not None and repetitions != FOLDS, "no_folds"),
    )
    plan, made = model.compiled.model.plan, model.compiled.model
    filled = model.answers.filled
    moments = prepare(filled)
    values = filled[:, made.columns]
    with one_thread():
        held = [held_out(made, moments, values, each, technique) for each in divisions]
    failed = sum(one.failed for one in held)
    if failed:
        raise UmkmError("PLS133", params={"failed": failed})
    wanted = targets(plan)
    truth = values[:, wanted]
    notes = [*without]
    if np.isnan(held[0].linear).any():
        notes.append(Note("PLS175", {}, column="rmse_lm"))
    if divisions.shape[0] > 1 or folds is None:
        notes.append(Note("PLS177", {"repetitions": len(divisions)}))
    items = _items(model, wanted, truth, held)
    scores = model.scores.to_numpy()
    loss = _losses(model, wanted, truth, held)
    return Prediction(
        name="predict",
        frame=items,
        constructs=_constructs(model, scores, held, items),
        cvpat=_cvpat(model, loss, draws, drawn_seed),
        sample=model.sample,
        seed=drawn_seed,
        notes=tuple(notes),
        meta={"technique": technique, "repetitions": len(divisions), "folds": len(np.unique(divisions[0]))},
    )


def _divisions(n: int, k: int, repetitions: int, seed: int) -> Ints:
    """(r, n) folds: a permutation of the rows cut into k parts that differ by at most one row."""
    out = np.empty((repetitions, n), dtype=np.int64)
    for r in range(repetitions):
        order = np.argsort(streams.words(seed, r, n, purpose=streams.PERMUTATION), kind="stable")
        out[r, order] = np.arange(n) * k // n
    return out


def _given(folds: Any, n: int) -> Ints:
    try:
        table = np.atleast_2d(np.asarray(folds))
        numbers = np.asarray(table, dtype=np.int64)
        good = table.ndim == 2 and table.shape[1] == n and bool((table == numbers).all())
    except (TypeError, ValueError, OverflowError):
        raise UsageError("PLS132", params={"n": n}) from None
    if not good or any(len(np.unique(row)) < 2 for row in numbers):
        raise UsageError("PLS132", params={"n": n})
    return numbers


def _items(model: Pls, wanted: Ints, truth: Floats, held: list[Held]) -> pd.DataFrame:
    import pandas as pd

    plan, last = model.compiled.model.plan, model.compiled.last
    errors = {
        name: np.stack([truth - getattr(one, name) for one in held]) for name in ("pls", "linear", "average")
    }
    mse = {name: (e**2).mean(axis=(0, 1)) for name, e in errors.items()}
    mae = {name: np.abs(e).mean(axis=(0, 1)) for name, e in errors.items()}
    return pd.DataFrame(
        {
            "item": [last.items[p] for p in wanted],
            "construct": [last.constructs[plan.own[p]] for p in wanted],
            "rmse_pls": np.sqrt(mse["pls"]),
            "mae_pls": mae["pls"],
            "rmse_lm": np.sqrt(mse["linear"]),
            "mae_lm": mae["linear"],
            "rmse_ia": np.sqrt(mse["average"]),
            "q2_predict": 1.0 - mse["pls"] / mse["average"],
            "skewness": stats.skew(errors["pls"].reshape(-1, wanted.size), axis=0),
        }
    )


def _constructs(model: Pls, scores: Floats, held: list[Held], items: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for target, _ in model.compiled.model.plan.equations:
        name = model.constructs[target]
        error = np.stack([scores[:, target] - one.constructs[:, target] for one in held])
        own = items[items["construct"] == name]
        kind = "mae" if (own["skewness"].abs() > SKEWED).any() else "rmse"
        better = own[f"{kind}_pls"] < own[f"{kind}_lm"]
        power = _power(float(better.mean())) if own[f"{kind}_lm"].notna().all() else None
        q2_predict = 1.0 - (error**2).mean() / (scores[:, target] ** 2).mean()
        rows.append((name, np.sqrt((error**2).mean()), np.abs(error).mean(), q2_predict, kind, power))
    return pd.DataFrame(
        rows, columns=["construct", "rmse", "mae", "q2_predict", "judged_by", "predictive_power"]
    )


def _power(share: float) -> str:
    if share == 1.0:
        return "high"
    if share >= 0.5:
        return "medium"
    return "low" if share > 0.0 else "no_power"


def _losses(model: Pls, wanted: Ints, truth: Floats, held: list[Held]) -> dict[str, Floats]:
    """(n, E) mean squared error of a construct's items, averaged over repetitions, of each predictor."""
    plan = model.compiled.model.plan
    own = plan.own[wanted]
    out = {}
    for name in ("pls", "linear", "average"):
        square = np.mean([(truth - getattr(one, name)) ** 2 for one in held], axis=0)
        out[name] = np.column_stack([square[:, own == target].mean(axis=1) for target, _ in plan.equations])
    return out


def _cvpat(model: Pls, loss: dict[str, Floats], draws: int, seed: int) -> pd.DataFrame:
    import pandas as pd

    names = [model.constructs[target] for target, _ in model.compiled.model.plan.equations]
    n = len(loss["pls"])
    columns = {name: np.column_stack([table, table.mean(axis=1)]) for name, table in loss.items()}
    gaps = np.column_stack([columns["pls"] - columns["linear"], columns["pls"] - columns["average"]])
    means = np.concatenate(
        [
            streams.count_block(seed, block, streams.BLOCK, n)[:size] @ gaps / n
            for block, _, size in streams.blocks(draws)
        ]
    )
    rows = []
    for b, benchmark in enumerate(("linear", "average")):
        for j, name in enumerate([*names, "overall"]):
            at = b * (len(names) + 1) + j
            gap, boot = gaps[:, at], means[:, at]
            t = gap.mean() / boot.std(ddof=1)
            p = float((np.abs(boot - boot.mean()) >= abs(gap.mean())).mean())
            plain = gap.mean() / (gap.std(ddof=1) / np.sqrt(n))
            rows.append(
                (
                    name,
                    "lm" if benchmark == "linear" else "ia",
                    columns["pls"][:, j].mean(),
                    columns[benchmark][:, j].mean(),
                    gap.mean(),
                    t,
                    p,
                    plain,
                    float(2.0 * stats.t.sf(abs(plain), n - 1)),
                )
            )
    heads = [
        "construct",
        "benchmark",
        "pls_loss",
        "benchmark_loss",
        "difference",
        "t",
        "p",
        "t_plain",
        "p_plain",
    ]
    return pd.DataFrame(rows, columns=heads)


def blindfolding(model: Pls, *, distance: int = 7) -> Part:
    """Stone–Geisser's Q² of every reflective endogenous construct (cross-validated redundancy).

    It mixes in-sample and out-of-sample fit and depends on the omission ``distance``; SmartPLS 4 no longer
    prints it. ``predict`` is what replaced it.

    Parameters
    ----------
    distance : int, default 7
        Every ``distance``-th cell of a block is left out in turn.

    Returns
    -------
    Part
        Frame: construct sse sso q2.

    Raises
    ------
    UsageError
        PLS131, PLS134 (the distance divides the rows or a block), GEN003.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.pls().blindfolding().frame[["construct", "q2"]].round(3).to_dict("records")
    [{'construct': 'IP', 'q2': 0.114}, {'construct': 'BP', 'q2': 0.145}]
    """
    import pandas as pd

    first_order_only(model, "blindfolding", consistent=False)
    n = model.sample.used
    distance = whole("distance", distance, low=2, high=n)
    plan = model.compiled.model.plan
    values = model.answers.filled[:, model.compiled.model.columns]
    made = replace(model.compiled.model, columns=np.arange(plan.n_items), direct=True)
    rows, formative = [], []
    with one_thread():
        for target, _ in plan.equations:
            if plan.formative[target]:
                formative.append(model.constructs[target])
                continue
            if n % distance == 0 or (plan.sizes[target] > 1 and plan.sizes[target] % distance == 0):
                raise UsageError("PLS134", params={"distance": distance, "n": n})
            error, null = q2(made, values, target, distance)
            rows.append((model.constructs[target], error, null, 1.0 - error / null))
    notes = [Note("PLS176", {"distance": distance})]
    if formative:
        notes.append(Note("PLS178", {"names": formative}))
    frame = pd.DataFrame(rows, columns=["construct", "sse", "sso", "q2"])
    return Part(
        name="blindfolding",
        frame=frame,
        sample=model.sample,
        notes=tuple(notes),
        meta={"distance": distance},
    )
