"""Tables of critical values for the appendix: r, t and F around the degrees of freedom of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from umkm_stats.results import Unavailable
from umkm_stats.study._descriptions import Part

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.study._settings import Settings

LEVELS = (0.10, 0.05, 0.02, 0.01)  # two-tailed
AROUND = 5


def limit_tables(parts: dict[str, Any], settings: Settings) -> Part:
    """Frames ``r``, ``t`` (df and one column a two-tailed level) and ``f`` (df2, one column a df1; α = 5 %),
    each from five degrees of freedom below to five above those used; ``table``: what the study used."""
    import pandas as pd

    from umkm_stats.kernels.intervals.critical import f_limit, r_limit, t_limit

    used: list[dict[str, Any]] = []
    items = parts.get("items")
    if items is not None and not isinstance(items, Unavailable) and len(items.table):
        for n in sorted({int(n) for n in items.table["n"]}):
            used.append(_used("r", "", 0, n - 2, r_limit(n - 2, 0.05)))
    tail = settings.alpha * (2 if settings.tails == "one" else 1)
    for name, part in parts.items():
        if not name.startswith(("regression_scores_", "equation_")) or isinstance(part, Unavailable):
            continue
        for row in part.fits.to_dict("records"):
            df1, df2 = int(row["df1"]), int(row["df2"])
            used.append(_used("t", str(row["outcome"]), 0, df2, t_limit(df2, tail)))
            used.append(_used("f", str(row["outcome"]), df1, df2, f_limit(df1, df2, 0.05)))
    frame = pd.DataFrame(used, columns=["kind", "outcome", "df1", "df2", "limit"])
    heads = [f"{level:g}" for level in LEVELS]

    def degrees(kind: str) -> list[int]:
        return _near(frame[frame["kind"] == kind])

    r = pd.DataFrame(
        [[df, *(r_limit(df, level) for level in LEVELS)] for df in degrees("r")], columns=["df", *heads]
    )
    t = pd.DataFrame(
        [[df, *(t_limit(df, level) for level in LEVELS)] for df in degrees("t")], columns=["df", *heads]
    )
    top = max([int(df1) for df1 in frame.loc[frame["kind"] == "f", "df1"]], default=0)
    wide = list(range(1, max(top, 3) + 1))
    f = pd.DataFrame(
        [[df, *(f_limit(df1, df, 0.05) for df1 in wide)] for df in degrees("f")],
        columns=["df", *map(str, wide)],
    )
    return Part("limit_tables", frame, None, extra={"r": r, "t": t, "f": f})


def _used(kind: str, outcome: str, df1: int, df2: int, limit: float) -> dict[str, Any]:
    return {"kind": kind, "outcome": outcome, "df1": df1, "df2": df2, "limit": limit}


def _near(own: pd.DataFrame) -> list[int]:
    found = sorted({int(df) for df in own["df2"]})
    return sorted({df + step for df in found for step in range(-AROUND, AROUND + 1) if df + step >= 1})
