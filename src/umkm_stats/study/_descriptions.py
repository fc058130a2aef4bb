"""Small results of the study room: what was read, who answered, what is missing, scale means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd


PROFILED = ("control", "assistance", "objective", "screening")  # roles of questions about who answered


@dataclass(frozen=True, eq=False)
class Part:
    """A tidy frame with the sample it came from; ``extra`` holds further frames by name."""

    title: str
    table: pd.DataFrame
    sample: SampleUsed | None = None
    notes: tuple[Note, ...] = ()
    seed: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        extra = object.__getattribute__(self, "extra")
        if name in extra:
            return extra[name]
        raise AttributeError(name)

    def tidy(self) -> pd.DataFrame:
        """The frame (a copy)."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Number of rows of the frame and rows used."""
        import pandas as pd

        return pd.DataFrame(
            [{"rows": len(self.table), "n": self.sample.used if self.sample else len(self.table)}]
        )

    def summary(self, lang: str = "en") -> str:
        """Heading, sample and rows as text."""
        lines = [messages.text(f"study.part.{self.title}", lang)]
        if self.sample is not None:
            lines.append(self.sample.describe(lang))
        lines.append(self.table.to_string(index=False))
        return "\n".join([*lines, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """Plain values; frames kept for drawing only (names that begin with "_") are left out."""
        extra = {key: value for key, value in self.extra.items() if not key.startswith("_")}
        return {
            "table": jsonable(self.table),
            **jsonable(extra),
            "sample": self.sample.to_dict() if self.sample else None,
            "notes": [note.to_dict() for note in self.notes],
        }


def reading(responses: Any) -> Part:
    """Findings of the reading by code and severity; no cell values."""
    found = responses.findings
    by_code = (
        found.groupby(["severity", "code"], sort=False)
        .size()
        .rename("count")
        .reset_index()[["code", "severity", "count"]]
        if len(found)
        else found.reindex(columns=["code", "severity", "count"])
    )
    order = {"error": 0, "warning": 1, "note": 2}
    by_code = by_code.sort_values(
        ["severity", "code"], key=lambda c: c.map(order) if c.name == "severity" else c
    ).reset_index(drop=True)
    return Part("responses", by_code, responses.sample, extra={"findings_by_code": by_code})


def profile(
    responses: Any, instrument: Any, kept: Any, lang: str, chosen: tuple[str, ...] | None
) -> Part | None:
    """f and % of closed questions about respondent and business, kept rows only.

    Questions: ``chosen``, else every closed question with the role control, assistance or objective that the
    file has. Each choice of a question with several answers is counted by itself, in per cent of those who
    answered the question; ``several`` then holds code → how many they are.
    """
    import pandas as pd

    answers = responses.respondents
    rows: list[dict[str, Any]] = []
    several: dict[str, int] = {}
    for question in instrument.questions:
        wanted = question.code in chosen if chosen is not None else question.role in PROFILED
        if (
            not wanted
            or question.kind not in ("choice", "multiple")
            or question.personal
            or question.code not in answers.columns
        ):
            continue
        if question.kind == "multiple":
            ticks = responses.multiple(question.code).loc[kept].dropna(how="all")
            valid = several[question.code] = len(ticks)
            counts = {value: int((ticks[value] == 1).sum()) for value in ticks.columns}
        else:
            own = pd.to_numeric(answers.loc[kept, question.code], errors="coerce")
            valid = int(own.notna().sum())
            counts = {value: int((own == value).sum()) for value in question.values}
        if not valid:
            several.pop(question.code, None)
            continue
        words: Any = {c.value: c.label.get(lang) or next(iter(c.label.values())) for c in question.choices}
        words = question.labels.get(lang) or next(iter(question.labels.values()), words)
        for value, count in counts.items():
            rows.append(
                {
                    "question": question.code,
                    "answer": str(words.get(value, value)),
                    "value": value,
                    "count": count,
                    "percent": 100.0 * count / valid,
                }
            )
    if not rows:
        return None
    sample = SampleUsed(len(answers), int(kept.sum()), {"held": int((~kept).sum())})
    return Part("profile", pd.DataFrame(rows), sample, extra={"several": several} if several else {})


def numbers(responses: Any, instrument: Any, kept: Any, chosen: tuple[str, ...] | None) -> Part | None:
    """Questions about respondent and business that are answered with a number (age, years, workers), of the
    same roles as in ``profile``: question n min max mean sd, kept rows only."""
    import pandas as pd

    answers = responses.respondents
    rows: list[dict[str, Any]] = []
    for question in instrument.questions:
        wanted = question.code in chosen if chosen is not None else question.role in PROFILED
        if not wanted or question.kind != "number" or question.personal or question.code not in answers:
            continue
        own = pd.to_numeric(answers.loc[kept, question.code], errors="coerce").dropna()
        if len(own):
            spread = float(own.std()) if len(own) > 1 else float("nan")
            told = {"n": len(own), "min": float(own.min()), "max": float(own.max())}
            rows.append({"question": question.code, **told, "mean": float(own.mean()), "sd": spread})
    if not rows:
        return None
    sample = SampleUsed(len(answers), int(kept.sum()), {"held": int((~kept).sum())})
    return Part("profile_numbers", pd.DataFrame(rows), sample)


def missing(items: pd.DataFrame) -> Part:
    """Missing answers by item among the rows used; the map itself is kept for the picture."""
    import pandas as pd

    gone = items.isna()
    table = pd.DataFrame(
        {"item": items.columns, "missing": gone.sum().to_numpy(), "percent": (100.0 * gone.mean()).to_numpy()}
    )
    extra = {"_map": gone.to_numpy(), "rows_with_missing": int(gone.any(axis=1).sum())}
    return Part("missing", table, SampleUsed(len(items), len(items)), extra=extra)


def tabulation(items: pd.DataFrame) -> Part:
    """The scored answers of the rows used, numbered from 1, for the printed appendix alone: only their size
    goes into results.json."""
    import pandas as pd

    table = pd.DataFrame([{"rows": len(items), "items": items.shape[1]}])
    return Part("tabulation", table, None, extra={"_answers": items.reset_index(drop=True)})


def scale_means(items: pd.DataFrame, scales: Mapping[str, list[str]]) -> pd.DataFrame:
    """(rows, scales) mean of each scale; NaN when an item of the scale is missing in the row."""
    import pandas as pd

    return pd.DataFrame(
        {name: items[codes].mean(axis=1, skipna=False) for name, codes in scales.items()}, index=items.index
    )


def scales(means: pd.DataFrame) -> Part:
    """Mean, SD, range of the scale means and their pairwise-complete correlations."""
    import pandas as pd

    table = pd.DataFrame(
        {
            "scale": means.columns,
            "n": means.notna().sum().to_numpy(),
            "mean": means.mean().to_numpy(),
            "sd": means.std().to_numpy(),
            "min": means.min().to_numpy(),
            "max": means.max().to_numpy(),
        }
    )
    return Part("scales", table, SampleUsed(len(means), len(means)), extra={"correlations": means.corr()})
