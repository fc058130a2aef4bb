"""The other direction: the smallest effect that a given number of rows finds with a given power."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from umkm_stats import messages, ways
from umkm_stats.errors import UsageError
from umkm_stats.options import share, whole
from umkm_stats.planning._asked import Recorded, validated
from umkm_stats.planning._classic import TESTS, smallest_effect
from umkm_stats.planning._curve import effect_phrase
from umkm_stats.planning._growing import Growing
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.figures import Picture


@dataclass(frozen=True, eq=False)
class Detectable:
    """The smallest effect that a sample finds: what ``detectable`` returns.

    Attributes
    ----------
    effect, path : str
        The effect, as ``power`` names it, or the name of a textbook test.
    method : str
        Interval method, or the test.
    n : int
        rows.
    target : float
        Power that is asked for.
    value : float
        The smallest effect found with that power.
    se : float
        Its Monte Carlo error; 0 for a textbook test.
    multiplier : float
        By how much each path of the effect was multiplied.
    parameters : mapping of str to float
        The paths at that point.
    points : pandas.DataFrame
        Multiplier value reps power, one row a simulated point (empty for textbook tests).
    seed : int or None
        Of the replications.
    options : mapping of str to object
        The call, resolved.
    notes : tuple of Note
        What a reader must know.
    sample : SampleUsed or None
        None: no data are used.

    Examples
    --------
    >>> from umkm_stats.planning import detectable
    >>> round(detectable("r", n=100).value, 3)
    0.276
    """

    effect: str
    path: str
    method: str
    n: int
    target: float
    value: float
    se: float
    multiplier: float
    parameters: Mapping[str, float]
    points: pd.DataFrame
    seed: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    sample: SampleUsed | None = None

    def tidy(self) -> pd.DataFrame:
        """The answer in one row.

        Returns
        -------
        pandas.DataFrame
            Columns effect path method n power est se ci_low ci_high multiplier reps.

        Examples
        --------
        >>> from umkm_stats.planning import detectable
        >>> detectable("r", n=100).tidy()[["n", "power", "est"]].round(3).to_dict("records")
        [{'n': 100, 'power': 0.8, 'est': 0.276}]
        """
        import pandas as pd

        wide = float(ndtri(0.975)) * self.se
        return pd.DataFrame(
            [
                {
                    "effect": self.effect,
                    "path": self.path,
                    "method": self.method,
                    "n": self.n,
                    "power": self.target,
                    "est": self.value,
                    "se": self.se,
                    "ci_low": self.value - wide,
                    "ci_high": self.value + wide,
                    "multiplier": self.multiplier,
                    "reps": int(self.points["reps"].sum()) if len(self.points) else 0,
                }
            ]
        )

    def glance(self) -> pd.DataFrame:
        """The answer in one row.

        Returns
        -------
        pandas.DataFrame
            Columns effect path method n power est se ci_low ci_high multiplier reps.

        Examples
        --------
        >>> from umkm_stats.planning import detectable
        >>> detectable("r", n=100).tidy()[["n", "power", "est"]].round(3).to_dict("records")
        [{'n': 100, 'power': 0.8, 'est': 0.276}]
        """
        return self.tidy()

    def summary(self, lang: str = "en") -> str:
        """The answer in a sentence, the paths at that point, and the notes.

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
        >>> from umkm_stats.planning import detectable
        >>> print(detectable("r", n=100).summary())
        Correlation: with n = 100 the smallest r found with a power of 0.80 is 0.276.
        """
        lines = []
        if self.path:
            lines.append(
                messages.text(
                    "power.detectable.simulated",
                    lang,
                    effect=effect_phrase(self.effect, lang),
                    path=self.path,
                    n=self.n,
                    power=self.target,
                    value=self.value,
                    se=self.se,
                    method=ways.phrase(self.method, lang),
                    reps=int(self.points["reps"].sum()),
                    seed=str(self.seed),
                )
            )
            lines += [
                messages.text("power.detectable.path", lang, name=name, value=value)
                for name, value in self.parameters.items()
            ]
        else:
            lines.append(
                messages.text(
                    f"power.detectable.{self.effect}", lang, n=self.n, power=self.target, value=self.value
                )
            )
        lines.extend(told(self.notes, lang))
        return "\n".join(lines)

    def plot(self, lang: str = "en") -> Picture:
        r"""Power over the size of the effect, with the target.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        matplotlib.figure.Figure
            To show or to save with ``savefig``.

        Raises
        ------
        UsageError
            PLN150 (a textbook test, whose curve is not simulated).

        Examples
        --------
        >>> from umkm_stats.planning import detectable
        >>> found = detectable("m ~ .39*x\ny ~ .39*m + 0*x", n=75, reps=200, seed=1, workers=1)
        >>> len(found.plot().axes)
        1
        """
        from umkm_stats import figures

        if not len(self.points):
            raise UsageError("PLN150")
        rows = self.points.sort_values("value")
        label = f"{effect_phrase(self.effect, lang)} ({self.path})"
        y = rows["power"].to_numpy(dtype=float)
        band = 1.96 * np.sqrt(y * (1.0 - y) / rows["reps"].to_numpy(dtype=float))
        return figures.power_curve(
            {label: (rows["value"].to_numpy(dtype=float), y, band)},
            self.target,
            self.value,
            {"x": messages.text("power.plot.effect", lang), "y": messages.text("power.plot.power", lang)},
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats.planning import detectable
        >>> sorted(detectable("r", n=100).to_dict())
        ['answer', 'notes', 'options', 'parameters', 'points', 'seed']
        """
        return {
            "answer": jsonable(self.tidy())[0],
            "parameters": dict(self.parameters),
            "points": jsonable(self.points),
            "seed": self.seed,
            "options": jsonable(dict(self.options)),
            "notes": [note.to_dict() for note in self.notes],
        }


def detectable(
    model: str,
    *,
    n: int,
    power: float = 0.80,
    effect: str = "indirect",
    path: str | None = None,
    predictors: int | None = None,
    tested: int | None = None,
    df: int | None = None,
    tails: int | None = None,
    interval: str = "joint",
    reps: int = 4000,
    draws: int = 1000,
    seed: int | None = None,
    level: float = 0.95,
    workers: int | None = None,
    analysis: str | None = None,
    estimator: str | None = None,
    standardized: bool = False,
    recorded: Recorded | None = None,
) -> Detectable:
    r"""The smallest effect that ``n`` rows find with power ``power``.

    Parameters
    ----------
    model : str
        Population text as ``power`` takes it: the paths of the effect are multiplied by one factor, all else
        stays as stated, until the simulated power is ``power``. Or the name of a textbook test, "f2", "t",
        "paired", "r" or "chi2".
    n : int
        Rows; of both groups together for "t".
    power : float, default 0.8
        Share of samples that are to find the effect.
    effect : str, default "indirect"
        Which row of ``power(...).tidy()`` is meant ("a", "indirect", "total", a ``:=`` name).
    path : str, optional
        The same, needed when several rows bear the name.
    predictors : int, optional
        Of "f2": predictors of the model.
    tested : int, optional
        Of "f2": how many of them are tested (None: all).
    df : int, optional
        Of "chi2": degrees of freedom.
    tails : int, optional
        1 or 2, of "t", "paired" and "r".
    interval : str, default "joint"
        As in ``power``.
    reps : int, default 4000
        The budget of the whole search.
    draws : int, default 1000
        As in ``power``.
    seed : int, optional
        Of the replications; None draws one and keeps it.
    level : float, default 0.95
        1 − level is the level of the tests.
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

    Returns
    -------
    Detectable
        ``.value`` with its standard error, ``.multiplier``, ``.parameters``, ``.points``, ``.plot()``.

    Raises
    ------
    UsageError
        GEN001–GEN006, PLN132 (no such effect), PLN146 (an argument that does not apply), PLN149 (no effect
        that is possible reaches the power), PLN151 (the effect is 0 in the population: there is nothing to
        multiply).
    UmkmError
        What ``power`` raises.

    Examples
    --------
    >>> from umkm_stats.planning import detectable
    >>> round(detectable("f2", n=100, predictors=2).value, 4)
    0.0994
    >>> found = detectable("m ~ .39*x\ny ~ .39*m + 0*x", n=75, reps=500, seed=1, workers=1)
    >>> 0.3 < found.parameters["m ~ x"] < 0.45
    True
    """
    import pandas as pd

    if isinstance(model, str) and model in TESTS:
        simulated: dict[str, Any] = {
            "path": path,
            "analysis": analysis,
            "estimator": estimator,
            "recorded": recorded,
        }
        simulated |= {
            "effect": None if effect == "indirect" else effect,
            "standardized": standardized or None,
        }
        for name, entry in simulated.items():
            if entry is not None:
                raise UsageError("PLN146", params={"name": name, "needs": ["model"]})
        return _textbook(model, n, power, predictors, tested, df, 1.0 - share("level", level), tails)
    for name, value in {"predictors": predictors, "tested": tested, "df": df, "tails": tails}.items():
        if value is not None:
            raise UsageError("PLN146", params={"name": name, "needs": list(TESTS)})
    rows, goal = whole("n", n, low=4), share("power", power)
    whole("reps", reps, low=200)
    plan = validated(
        str(model),
        interval=str(interval),
        draws=draws,
        seed=seed,
        level=level,
        workers=workers,
        analysis=analysis,
        estimator=estimator,
        standardized=standardized,
        recorded=recorded,
        source=None,
    )
    search = Growing(str(model), plan, rows, goal, effect, path, reps, standardized, recorded, analysis)
    found = search.found()
    points = pd.DataFrame(search.hits, columns=["multiplier", "value", "reps", "power"])
    kept = {"interval": plan.request.methods[0], "draws": plan.request.draws, "level": plan.request.level}
    return Detectable(
        search.target.effect,
        search.target.path,
        plan.request.methods[0],
        rows,
        goal,
        found.value,
        found.se,
        found.factor,
        found.parameters,
        points.sort_values("multiplier", ignore_index=True),
        plan.request.seed,
        kept,
        plan.notes,
    )


def _textbook(
    test: str,
    n: int,
    power: float,
    predictors: int | None,
    tested: int | None,
    df: int | None,
    alpha: float,
    tails: int | None,
) -> Detectable:
    import pandas as pd

    value, given = smallest_effect(
        test, n=n, power=power, predictors=predictors, tested=tested, df=df, alpha=alpha, tails=tails
    )
    points = pd.DataFrame(columns=["multiplier", "value", "reps", "power"])
    return Detectable(test, "", test, int(n), power, value, 0.0, math.nan, {}, points, None, given)
