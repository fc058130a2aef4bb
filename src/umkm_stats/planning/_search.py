"""The smallest sample for a target: replications go where the curve crosses it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from umkm_stats import messages, ways
from umkm_stats._moved import moved
from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning.search import Crossing, probit_crossing, width_crossing
from umkm_stats.options import one_of, share, whole
from umkm_stats.planning._asked import FromInstrument, Recorded, validated
from umkm_stats.planning._backends import cores, run_local
from umkm_stats.planning._cells import Cell, Request
from umkm_stats.planning._curve import effect_phrase
from umkm_stats.planning._design import Design
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.figures import Picture

NEAR = 1.5  # points within this factor of the crossing take part in the last fit


@dataclass(frozen=True, eq=False)
class SmallestN:
    r"""The smallest sample with enough power: what ``smallest_n`` returns.

    Attributes
    ----------
    effect, path : str
        The effect, as ``power`` names it.
    method : str
        Interval method.
    target : float
        Power, or width, that is asked for.
    criterion : str
        "power" or "width".
    estimate : float
        Where the curve crosses the target.
    se : float
        Standard error of that crossing.
    points : pandas.DataFrame
        N reps power (or width), one row a size visited.
    seed : int
        Of the replications.
    options : mapping of str to object
        The call, resolved.
    notes : tuple of Note
        PLN134 when the target is not reached.
    sample : SampleUsed or None
        None: no data are used.

    Examples
    --------
    >>> from umkm_stats.planning import smallest_n
    >>> found = smallest_n("m ~ .39*x\ny ~ .39*m + 0*x", interval="joint", reps=500, seed=1, workers=1)
    >>> found.n, round(float(found.se), 1)
    (75, 2.1)
    """

    effect: str
    path: str
    method: str
    target: float
    criterion: str
    estimate: float
    se: float
    points: pd.DataFrame
    seed: int
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    sample: SampleUsed | None = None

    @property
    def n(self) -> int | None:
        """The sample size, rounded up; None when the curve does not cross the target.

        Examples
        --------
        >>> from umkm_stats.planning import smallest_n
        >>> smallest_n("y ~ .3*x", effect="direct", interval="joint", reps=500, seed=1, workers=1).n
        91
        """
        return math.ceil(self.estimate - 1e-9) if math.isfinite(self.estimate) else None

    def tidy(self) -> pd.DataFrame:
        """The answer in one row.

        Returns
        -------
        pandas.DataFrame
            Columns effect path method criterion target n est se ci_low ci_high reps.

        Examples
        --------
        >>> from umkm_stats.planning import smallest_n
        >>> found = smallest_n("y ~ .3*x", effect="direct", interval="joint", reps=500, seed=1, workers=1)
        >>> found.tidy()[["path", "n", "reps"]].to_dict("records")
        [{'path': 'x -> y', 'n': 91, 'reps': 500}]
        """
        import pandas as pd

        wide = float(ndtri(0.975)) * self.se
        row = {
            "effect": self.effect,
            "path": self.path,
            "method": self.method,
            "criterion": self.criterion,
            "target": self.target,
            "n": math.nan if self.n is None else self.n,
            "est": self.estimate,
            "se": self.se,
            "ci_low": self.estimate - wide,
            "ci_high": self.estimate + wide,
            "reps": int(self.points["reps"].sum()),
        }
        return pd.DataFrame([row])

    def glance(self) -> pd.DataFrame:
        """The answer in one row.

        Returns
        -------
        pandas.DataFrame
            Columns effect path method criterion target n est se ci_low ci_high reps.

        Examples
        --------
        >>> from umkm_stats.planning import smallest_n
        >>> found = smallest_n("y ~ .3*x", effect="direct", interval="joint", reps=500, seed=1, workers=1)
        >>> found.tidy()[["path", "n", "reps"]].to_dict("records")
        [{'path': 'x -> y', 'n': 91, 'reps': 500}]
        """
        return self.tidy()

    def summary(self, lang: str = "en") -> str:
        """The answer with its standard error.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats.planning import smallest_n
        >>> found = smallest_n("y ~ .3*x", effect="direct", interval="joint", reps=500, seed=1, workers=1)
        >>> print(found.summary().splitlines()[0])
        direct (x -> y), joint significance: n = 91 for a power of 0.80 (standard error of n 2.2; 500
        replications, seed 1).
        """
        lines = []
        if self.n is not None:
            lines.append(
                messages.text(
                    f"power.smallest.{self.criterion}",
                    lang,
                    effect=self.effect,
                    path=self.path,
                    target=self.target,
                    n=self.n,
                    se=self.se,
                    reps=int(self.points["reps"].sum()),
                    seed=str(self.seed),
                    method=ways.phrase(self.method, lang),
                )
            )
        lines.extend(told(self.notes, lang))
        return "\n".join(lines)

    def sentence(self, lang: str = "en") -> str:
        """A sentence for the proposal (Bab III).

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The sentence.

        Examples
        --------
        >>> from umkm_stats.planning import smallest_n
        >>> found = smallest_n("y ~ .3*x", effect="direct", interval="joint", reps=500, seed=1, workers=1)
        >>> print(found.sentence()[:77])
        The sample size was planned by simulation (500 replications, seed 1): for the
        """
        if self.n is None:
            return messages.text(
                "power.sentence.none", lang, low=self.options["low"], high=self.options["high"]
            )
        return messages.text(
            "power.sentence.smallest" if self.criterion == "power" else "power.sentence.width",
            lang,
            effect=effect_phrase(self.effect, lang),
            path=self.path,
            target=self.target,
            n=self.n,
            se=self.se,
            reps=int(self.points["reps"].sum()),
            seed=str(self.seed),
            method=ways.phrase(self.method, lang),
        )

    def plot(self, lang: str = "en") -> Picture:
        """The simulated points with the target and the size found.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        matplotlib.figure.Figure
            To show or to save with ``savefig``.

        Examples
        --------
        >>> from umkm_stats.planning import smallest_n
        >>> found = smallest_n("y ~ .3*x", effect="direct", interval="joint", reps=500, seed=1, workers=1)
        >>> len(found.plot().axes)
        1
        """
        from umkm_stats import figures

        rows = self.points.sort_values("n")
        y = rows[self.criterion].to_numpy(dtype=float)
        share_ = self.criterion == "power"
        half = 1.96 * np.sqrt(y * (1.0 - y) / rows["reps"]) if share_ else np.zeros(len(y))
        words = {
            "x": messages.text("power.plot.n", lang),
            "y": messages.text(f"power.plot.{self.criterion}", lang),
            "share": "1" if share_ else "",
        }
        curves = {
            f"{effect_phrase(self.effect, lang)} ({self.path})": (
                rows["n"].to_numpy(dtype=float),
                y,
                np.asarray(half),
            )
        }
        return figures.power_curve(curves, self.target, self.estimate, words)

    def to_dict(self) -> dict[str, Any]:
        """Plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats.planning import smallest_n
        >>> found = smallest_n("y ~ .3*x", effect="direct", interval="joint", reps=500, seed=1, workers=1)
        >>> sorted(found.to_dict())
        ['answer', 'notes', 'options', 'points', 'seed']
        """
        return {
            "answer": jsonable(self.tidy())[0],
            "points": jsonable(self.points),
            "seed": self.seed,
            "options": jsonable(dict(self.options)),
            "notes": [note.to_dict() for note in self.notes],
        }


@moved(recorded=Recorded, source=FromInstrument)
def smallest_n(
    model: Any,
    *,
    target: float = 0.80,
    width: float | None = None,
    effect: str = "indirect",
    path: str | None = None,
    interval: str = "percentile",
    reps: int = 4000,
    draws: int = 1000,
    seed: int | None = None,
    level: float = 0.95,
    low: int = 10,
    high: int = 20_000,
    workers: int | None = None,
    analysis: str | None = None,
    estimator: str | None = None,
    standardized: bool = False,
    recorded: Recorded | None = None,
    source: FromInstrument | None = None,
    equivalence: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SmallestN:
    r"""The smallest sample with power ``target``, or whose interval is on average at most ``width`` wide.

    A tenth of the ``reps`` replications brackets the crossing between ``low`` and ``high``; the others are
    spent in rounds near the current estimate, from a probit regression of significance on √n (of log mean
    width on log n for ``width``: accuracy in parameter estimation). The standard error is that regression's,
    by the delta method.

    Parameters
    ----------
    model : object
        Population as ``power`` takes it.
    target : float, default 0.8
        Power that is wanted.
    width : float, optional
        Mean width of the interval that is wanted, instead of power.
    effect : str, default "indirect"
        Which row of ``power(...).tidy()`` is meant.
    path : str, optional
        The same, needed when several rows bear the name.
    interval : str, default "percentile"
        One interval method, as in ``power``.
    reps : int, default 4000
        The budget of the whole search.
    draws : int, default 1000
        As in ``power``.
    seed : int, optional
        Of the replications; None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.
    low : int, default 10
        Smallest size that is tried.
    high : int, default 20000
        Largest size that is tried.
    workers : int, optional
        As in ``power``.
    analysis : str, optional
        As in ``power``.
    estimator : str, optional
        As in ``power``.
    standardized : bool, default False
        As in ``power``.
    recorded : Recorded, optional
        As in ``power``.
    source : FromInstrument, optional
        As in ``power``.
    equivalence : float, optional
        As in ``power``.
    progress : callable, optional
        Called with (replications done, in all).

    Returns
    -------
    SmallestN
        ``.n`` and its standard error; note PLN134 when the target is not reached between ``low`` and
        ``high``.

    Raises
    ------
    UsageError
        PLN132 (no such effect), PLN133 (``width`` with "joint"); what ``power`` raises.
    UmkmError
        What ``power`` raises.

    Examples
    --------
    >>> from umkm_stats.planning import smallest_n
    >>> smallest_n("m ~ .39*x\ny ~ .39*m + 0*x", interval="joint", reps=500, seed=1, workers=1).n
    75
    """
    whole("reps", reps, low=100)
    low, high = whole("low", low, low=4), whole("high", high, low=low + 1, high=1_000_000)
    plan = validated(
        model,
        interval=str(interval),
        draws=draws,
        seed=seed,
        level=level,
        workers=workers,
        analysis=analysis,
        estimator=estimator,
        standardized=standardized,
        recorded=recorded,
        source=source,
        equivalence=equivalence,
    )
    request, design, method = plan.request, plan.designs[0], plan.request.methods[0]
    whole("scenarios", len(plan.designs), low=1, high=1)
    if len(plan.request.methods) > 1:
        one_of("interval", interval, ways.names("power"))
    if width is None:
        goal = share("target", target)
    elif not ways.WAYS[method].limits or not _positive(width):
        raise UsageError("PLN133")
    else:
        goal = float(width)
    row = target_row(design, effect, path)
    search = _Search(design, request, row, goal, width is not None, low, high, reps, workers, progress)
    found = search.run()
    meant = design.effects.targets[row]
    notes = plan.notes + (() if math.isfinite(found.n) else (Note("PLN134", {"low": low, "high": high}),))
    kept = {
        "reps": reps,
        "draws": draws,
        "level": level,
        "low": low,
        "high": high,
        "estimator": design.estimator,
    }
    return SmallestN(
        meant.effect,
        meant.path,
        method,
        goal,
        "power" if width is None else "width",
        found.n,
        found.se,
        search.table(),
        request.seed,
        kept,
        notes,
    )


def _positive(width: Any) -> bool:
    number = isinstance(width, (int, float)) or hasattr(width, "dtype")
    return number and not isinstance(width, bool) and 0.0 < float(width) < math.inf


def target_row(design: Design, effect: str, path: str | None) -> int:
    """Number of the effect meant; ``UsageError`` PLN132 when it is none or several."""
    rows = [
        number
        for number, t in enumerate(design.effects.targets)
        if t.effect == effect and (path is None or t.path == path)
    ]
    if len(rows) != 1:
        known = [f"{t.effect} ({t.path})" for t in design.effects.targets]
        raise UsageError("PLN132", params={"effect": effect, "known": known})
    return rows[0]


class _Search:
    """The replications made so far, by n, and where to go next."""

    def __init__(
        self,
        design: Design,
        request: Request,
        row: int,
        goal: float,
        by_width: bool,
        low: int,
        high: int,
        budget: int,
        workers: int | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.design, self.request, self.row, self.goal, self.by_width = design, request, row, goal, by_width
        self.low, self.high, self.budget, self.progress = low, high, budget, progress
        resampling = bool(ways.needing("draws", among=request.methods))
        self.workers = workers or (
            cores() if resampling and (design.route != "regressions" or budget * request.draws > 2e7) else 1
        )
        self.values: dict[int, list[float]] = {}
        self.spent = 0

    def more(self, n: int, count: int) -> None:
        """``count`` further replications at ``n``."""
        count = max(min(count, self.budget - self.spent), 0)
        if not count:
            return
        have = self.values.setdefault(n, [])
        step = -(-count // self.workers)
        cells = [
            Cell(k, 0, n, len(have) + first, min(step, count - first))
            for k, first in enumerate(range(0, count, step))
        ]
        found = dict(
            sorted(
                (cell.index, rows)
                for cell, rows in run_local([self.design], self.request, cells, self.workers)
            )
        )
        for rows in found.values():
            mine = rows[rows["row"] == self.row]
            if self.by_width:
                have += [float(v) for v in mine["high"] - mine["low"]]
            else:
                have += [float(v == 1) for v in mine["significant"]]
        self.spent += count
        if self.progress is not None:
            self.progress(self.spent, self.budget)

    def mean(self, n: int) -> float:
        """Power, or mean width, at ``n``."""
        return float(np.nanmean(self.values[n])) if np.isfinite(self.values[n]).any() else math.nan

    def reached(self, n: int) -> bool:
        """Whether the target is reached at ``n`` as far as known."""
        return self.mean(n) <= self.goal if self.by_width else self.mean(n) >= self.goal

    def crossing(self, around: float | None = None) -> Crossing:
        """The crossing from all points, or from those near ``around``."""
        sizes = sorted(self.values)
        if around is not None:
            near = [n for n in sizes if around / NEAR <= n <= around * NEAR]
            sizes = near if len(near) >= 2 else sizes
        n = np.array(sizes, dtype=np.float64)
        if self.by_width:
            finite = [np.array([v for v in self.values[k] if math.isfinite(v)]) for k in sizes]
            good = [len(v) > 1 for v in finite]
            if not any(good):
                return Crossing(math.nan, math.nan, math.nan)
            kept = [v for v, fine in zip(finite, good, strict=True) if fine]
            mean, spread = np.array([v.mean() for v in kept]), np.array([v.std(ddof=1) for v in kept])
            return width_crossing(n[good], mean, spread, np.array([float(len(v)) for v in kept]), self.goal)
        trials = np.array([float(len(self.values[k])) for k in sizes])
        hits = np.array([float(np.sum(self.values[k])) for k in sizes])
        return probit_crossing(n, hits, trials, self.goal)

    def run(self) -> Crossing:
        """Bracket, then refine until the replications are used up."""
        first = max(20, self.budget // 50)
        n = int(min(max(100, self.low), self.high))
        self.more(n, first)
        while self.spent < self.budget // 3:
            up = not self.reached(n)
            other = min(n * 2, self.high) if up else max(n // 2, self.low)
            if other == n:
                break
            self.more(other, first)
            crossed, n = self.reached(other) != self.reached(n), other
            if crossed:
                break
        guess = self.crossing()
        rounds = 8
        size = max(20, (self.budget - self.spent) // (3 * rounds))
        while self.spent < self.budget:
            centre = guess.n if math.isfinite(guess.n) else float(n)
            centre = float(min(max(centre, self.low), self.high))
            for factor in (1.0, 0.85, 1.15):
                self.more(int(min(max(round(centre * factor), self.low), self.high)), size)
            better = self.crossing(centre)
            guess = better if math.isfinite(better.n) else self.crossing()
        if not self.low <= guess.n <= self.high:
            return Crossing(math.nan, math.nan, math.nan)
        return guess

    def table(self) -> pd.DataFrame:
        """n reps power (or width) of every point, by n."""
        import pandas as pd

        name = "width" if self.by_width else "power"
        rows = [{"n": n, "reps": len(v), name: self.mean(n)} for n, v in sorted(self.values.items())]
        return pd.DataFrame(rows)
