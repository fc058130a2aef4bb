"""The result of ``power``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from umkm_stats import messages, ways
from umkm_stats.errors import UsageError
from umkm_stats.options import one_of
from umkm_stats.planning._design import Design
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.figures import Picture

Kind = Literal["power", "coverage", "width"]
KEPT = ("scenario", "n", "rep", "row", "method")


@dataclass(frozen=True, eq=False, repr=False)
class PowerCurve:
    r"""Power by sample size, from simulated replications: what ``power`` returns.

    Each replication is analysed with the real estimator and the real interval.

    Attributes
    ----------
    designs : tuple of Design
        What was simulated and analysed, one a scenario.
    scenarios : tuple of str
        Their names; "" for the only one.
    cells : pandas.DataFrame
        One row a conclusion: rep, row, method, est, se, low, high, significant, used, scenario, n.
    options : mapping of str to object
        The call, resolved.
    seed : int
        Of the replications.
    notes : tuple of Note
        What a reader must know.

    Examples
    --------
    >>> from umkm_stats import power
    >>> found = power("m ~ .39*x\ny ~ .39*m + 0*x", n=100, reps=100, interval="joint", seed=1, workers=1)
    >>> found.tidy().query("effect == 'indirect'")[["n", "power", "se_power"]].round(3).to_dict("records")
    [{'n': 100, 'power': 0.91, 'se_power': 0.029}]
    """

    designs: tuple[Design, ...]
    scenarios: tuple[str, ...]
    cells: pd.DataFrame
    options: Mapping[str, Any]
    seed: int
    notes: tuple[Note, ...] = ()

    def __repr__(self) -> str:
        return (
            f"PowerCurve({len(self.tidy())} rows, n {self.options['n']}, {self.options['reps']} "
            f"replications, seed {self.seed})"
        )

    @property
    def sample(self) -> SampleUsed | None:
        """None: no data are used.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.curve().sample is None
        True
        """
        return None

    @property
    def methods(self) -> tuple[str, ...]:
        """Interval methods, in the order asked for.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.curve().methods
        ('joint',)
        """
        return tuple(self.options["interval"])

    @cached_property
    def _table(self) -> pd.DataFrame:
        import pandas as pd

        rows = []
        grouped: Any = self.cells.groupby(["scenario", "n", "method", "row"], sort=False)
        found: dict[Any, pd.DataFrame] = dict(iter(grouped))
        for number, design in enumerate(self.designs):
            for n in self.options["n"]:
                for method in self.methods:
                    for row, target in enumerate(design.effects.targets):
                        part = found[number, n, method, row]
                        rows.append(
                            {
                                "effect": target.effect,
                                "path": target.path,
                                "n": n,
                                **_power(part, design.truth[row]),
                                "method": method,
                                "scenario": self.scenarios[number],
                            }
                        )
        order = [
            "effect",
            "path",
            "n",
            "power",
            "se_power",
            "method",
            "scenario",
            "population",
            "mean_est",
            "sd_est",
            "coverage",
            "width",
        ]
        return pd.DataFrame(rows)[[*order, "reps", "unavailable"]]

    def tidy(self) -> pd.DataFrame:
        """Power of every effect at every size.

        Returns
        -------
        pandas.DataFrame
            Columns effect path n power (share of replications) se_power (Monte Carlo error); then method and
            scenario where there are several.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.curve().tidy().query("effect == 'indirect'")[["n", "power"]].to_dict("records")
        [{'n': 50, 'power': 0.495}, {'n': 100, 'power': 0.93}]
        """
        names = ["effect", "path", "n", "power", "se_power"]
        names += ["method"] if len(self.methods) > 1 else []
        names += ["scenario"] if len(self.scenarios) > 1 else []
        return self._table[names].copy()

    def detail(self) -> pd.DataFrame:
        """Everything known of each row.

        Returns
        -------
        pandas.DataFrame
            Columns effect path n power se_power method scenario population (value) mean_est sd_est coverage
            width (mean, of the interval) reps unavailable; power is NaN where the method does not apply
            (``joint`` of a sum).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.curve().detail()
        >>> found[["effect", "n", "population", "mean_est"]].round(3).to_dict("records")[0]
        {'effect': 'a', 'n': 50, 'population': 0.39, 'mean_est': 0.369}
        """
        return self._table.copy()

    def replications(self) -> pd.DataFrame:
        """Every single conclusion.

        Returns
        -------
        pandas.DataFrame
            Columns scenario n rep effect path method est se low high significant used.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.curve().replications().shape
        (2000, 12)
        """
        frame = self.cells.copy()
        frame["effect"] = [
            self.designs[s].effects.targets[r].effect
            for s, r in zip(frame["scenario"], frame["row"], strict=True)
        ]
        frame["path"] = [
            self.designs[s].effects.targets[r].path
            for s, r in zip(frame["scenario"], frame["row"], strict=True)
        ]
        return frame[
            [
                "scenario",
                "n",
                "rep",
                "effect",
                "path",
                "method",
                "est",
                "se",
                "low",
                "high",
                "significant",
                "used",
            ]
        ]

    def glance(self) -> pd.DataFrame:
        """The analysis in one row.

        Returns
        -------
        pandas.DataFrame
            Columns scenarios sizes reps draws estimator level seed.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.curve().glance()[["sizes", "reps", "seed"]].to_dict("records")
        [{'sizes': 2, 'reps': 200, 'seed': 1}]
        """
        import pandas as pd

        given = self.options
        row = {
            "scenarios": len(self.scenarios),
            "sizes": len(given["n"]),
            "reps": given["reps"],
            "draws": given["draws"],
            "estimator": self.designs[0].estimator,
            "level": given["level"],
            "seed": self.seed,
        }
        return pd.DataFrame([row])

    def summary(self, lang: str = "en") -> str:
        """What was simulated, then power of every path, route and defined effect by sample size.

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
        >>> from umkm_stats import examples
        >>> print(examples.curve().summary().splitlines()[1])
        a (x -> m), n = 50, joint significance: power 0.715 (standard error 0.032)
        """
        given = self.options
        lines = [
            messages.text("power.head", lang, reps=given["reps"], draws=given["draws"], seed=str(self.seed))
        ]
        table = self._table
        for row in table[table["power"].notna()].itertuples(index=False):
            name = f"{row.scenario}: {row.effect}" if len(self.scenarios) > 1 else row.effect
            lines.append(
                messages.text(
                    "power.row",
                    lang,
                    effect=name,
                    path=row.path,
                    n=row.n,
                    power=row.power,
                    se=row.se_power,
                    method=ways.phrase(str(row.method), lang),
                )
            )
        lines.extend(told(self.notes, lang))
        return "\n".join(lines)

    def sentence(self, effect: str = "indirect", path: str | None = None, lang: str = "en") -> str:
        """A sentence for the proposal (Bab III): the power of one effect at each size.

        Parameters
        ----------
        effect : str, default "indirect"
            As the column ``effect`` writes it.
        path : str, optional
            Needed when several rows bear the name.
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The sentence.

        Raises
        ------
        UsageError
            PLN132 (``effect`` and ``path`` name no row, or several).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> print(examples.curve().sentence()[:60])
        By simulation (200 replications a size, seed 1), the power f
        """
        rows = self._rows_of(effect, path)
        points = [
            messages.text("power.sentence.point", lang, power=row.power, se=row.se_power, n=row.n)
            for row in rows.itertuples(index=False)
        ]
        first = rows.iloc[0]
        return messages.text(
            "power.sentence.curve",
            lang,
            reps=self.options["reps"],
            seed=str(self.seed),
            effect=effect_phrase(str(first["effect"]), lang),
            path=first["path"],
            method=ways.phrase(str(first["method"]), lang),
            powers=points,
        )

    def _rows_of(self, effect: str, path: str | None) -> pd.DataFrame:
        """Rows of one effect by the first method in the first scenario."""
        table = self._table
        known = table[(table["scenario"] == self.scenarios[0]) & (table["method"] == self.methods[0])]
        rows = known[(known["effect"] == effect) & ((known["path"] == path) | (path is None))]
        if rows["path"].nunique() != 1:
            named = [f"{e} ({p})" for e, p in known[["effect", "path"]].drop_duplicates().to_numpy()]
            raise UsageError("PLN132", params={"effect": effect, "known": named})
        return rows

    def plot(
        self,
        effect: str = "indirect",
        target: float | None = 0.80,
        lang: str = "en",
        *,
        kind: str = "power",
    ) -> Picture:
        """A picture over the sample size: one line a path, method and scenario.

        Parameters
        ----------
        effect : str, default "indirect"
            Which rows, as the ``effect`` column writes them.
        target : float or None, default 0.8
            The dashed line of "power"; None draws none. The other kinds have their own: the level of the
            interval for "coverage", none for "width".
        lang : {"en", "id"}, default "en"
            Language of the words.
        kind : str, default "power"
            "power" (share of replications that find the effect), "coverage" (share whose interval holds the
            true value; both with their Monte Carlo band, 1.96 standard errors), or "width" (mean width of the
            interval).

        Returns
        -------
        matplotlib.figure.Figure
            ``savefig("power.png", dpi=300)`` writes it.

        Raises
        ------
        UsageError
            PLN132 (no row bears the name, or none of its rows has such a value), GEN001, GEN002 (a kind that
            is not known).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.curve().plot().axes[0].get_lines()[0].get_ydata().tolist()
        [0.495, 0.93]
        """
        from umkm_stats import figures

        one_of("kind", kind, Kind)
        rows = self._table[(self._table["effect"] == effect) & self._table[kind].notna()]
        if rows.empty:
            raise UsageError("PLN132", params={"effect": effect, "known": sorted(set(self._table["effect"]))})
        curves = {}
        for (scenario, path, method), part in rows.groupby(["scenario", "path", "method"], sort=False):
            label = ", ".join(str(t) for t in (scenario, path, ways.phrase(str(method), lang)) if str(t))
            part = part.sort_values("n")
            value = part[kind].to_numpy(dtype=float)
            half = np.zeros(len(part))
            if kind == "power":
                half = 1.96 * part["se_power"].to_numpy(dtype=float)
            elif kind == "coverage":
                had = (part["reps"] - part["unavailable"]).to_numpy(dtype=float)
                half = 1.96 * np.sqrt(value * (1.0 - value) / had)
            curves[label] = (part["n"].to_numpy(dtype=float), value, half)
        words = {"x": messages.text("power.plot.n", lang), "y": messages.text(f"power.plot.{kind}", lang)}
        words["share"] = "" if kind == "width" else "1"
        line = {"power": target, "coverage": float(self.options["level"]), "width": None}[kind]
        return figures.power_curve(curves, line, None, words)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: options, seed, curve, notes.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.curve().to_dict()["seed"]
        1
        """
        return {
            "options": jsonable(dict(self.options)),
            "seed": self.seed,
            "curve": jsonable(self.detail()),
            "notes": [note.to_dict() for note in self.notes],
        }


def effect_phrase(effect: str, lang: str) -> str:
    """The effect in words; a name of the user's own stays as it is."""
    return messages.text_or(f"power.effect.{effect}", effect, lang)


def _power(part: pd.DataFrame, truth: float) -> dict[str, Any]:
    significant = part["significant"].to_numpy()
    low, high = part["low"].to_numpy(dtype=float), part["high"].to_numpy(dtype=float)
    reps = len(significant)
    known = significant >= 0
    applies = bool(known.any())
    power = float((significant == 1).sum() / reps) if applies else math.nan
    both = np.isfinite(low) & np.isfinite(high)
    est = part["est"].to_numpy(dtype=float)
    est = est[np.isfinite(est)]
    return {
        "power": power,
        "se_power": math.sqrt(power * (1.0 - power) / reps) if applies else math.nan,
        "population": float(truth),
        "mean_est": float(est.mean()) if len(est) else math.nan,
        "sd_est": float(est.std(ddof=1)) if len(est) > 1 else math.nan,
        "coverage": float(((low[both] <= truth) & (truth <= high[both])).mean()) if both.any() else math.nan,
        "width": float((high[both] - low[both]).mean()) if both.any() else math.nan,
        "reps": reps,
        "unavailable": int(reps - known.sum()),
    }


def curve_notes(designs: Sequence[Design], frame: pd.DataFrame, *, csv: bool, reps: int) -> list[Note]:
    """Replications without an answer, and cells kept as text."""
    notes: list[Note] = []
    grouped: Any = frame.groupby(["scenario", "n", "method"], sort=False)
    for (scenario, n, method), part in grouped:
        empty = part[part["est"].isna()]["rep"].nunique()
        if empty:
            notes.append(
                Note("PLN126", {"n": int(n), "count": int(empty), "reps": reps}, row=str(n), column="power")
            )
        products = [
            r
            for r, t in enumerate(designs[int(scenario)].effects.targets)
            if ways.WAYS[method].limits or t.factors
        ]
        refused = part[part["row"].isin(products) & part["est"].notna() & (part["significant"] < 0)][
            "rep"
        ].nunique()
        if refused:
            notes.append(
                Note(
                    "PLN127",
                    {"n": int(n), "count": int(refused), "reps": reps, "method": str(method)},
                    row=str(n),
                    column="power",
                )
            )
    for design in designs:
        without = [f"{t.effect} ({t.path})" for t in design.effects.targets if not t.factors]
        if without and "joint" in set(frame["method"]):
            notes.append(Note("PLN154", {"effects": without}))
    if csv:
        notes.append(Note("PLN128"))
    return notes
