"""The result of ``power``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages, ways
from umkm_stats.planning._design import Design
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

KEPT = ("scenario", "n", "rep", "row", "method")


@dataclass(frozen=True, eq=False, repr=False)
class PowerCurve:
    """Power by sample size, from replications analysed with the real estimator and the real interval.

    ``tidy()``: effect path n power se_power (with ``method`` and ``scenario`` behind them where several were
    asked for). ``detail()``: also the population value, mean estimate, coverage, mean width of the interval,
    replications without an answer. ``replications()``: every single conclusion. ``options``: the call,
    resolved.
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
        """No data are used: None."""
        return None

    @property
    def methods(self) -> tuple[str, ...]:
        """Interval methods, in the order asked for."""
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
        """effect path n power se_power; then method, scenario where there are several."""
        names = ["effect", "path", "n", "power", "se_power"]
        names += ["method"] if len(self.methods) > 1 else []
        names += ["scenario"] if len(self.scenarios) > 1 else []
        return self._table[names].copy()

    def detail(self) -> pd.DataFrame:
        """Everything known of each row; power is NaN where the method does not apply (``joint`` of a sum)."""
        return self._table.copy()

    def replications(self) -> pd.DataFrame:
        """scenario n rep effect path method est se low high significant used: one row a conclusion."""
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
        """One row: scenarios, sizes, replications, draws, estimator, seed."""
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
        """What was simulated, then power of the indirect and defined effects by sample size."""
        given = self.options
        lines = [
            messages.text("power.head", lang, reps=given["reps"], draws=given["draws"], seed=str(self.seed))
        ]
        table = self._table
        shown = table[~table["effect"].isin(["a", "b", "d"])]
        for row in shown[shown["power"].notna()].itertuples(index=False):
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
        lines.extend(note.message(lang) for note in self.notes)
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: options, seed, curve, notes."""
        return {
            "options": jsonable(dict(self.options)),
            "seed": self.seed,
            "curve": jsonable(self.detail()),
            "notes": [note.to_dict() for note in self.notes],
        }


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
    if csv:
        notes.append(Note("PLN128"))
    return notes
