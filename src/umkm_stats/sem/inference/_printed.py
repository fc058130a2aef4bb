"""The parameter table as text: blocks as lavaan users know them, numbers in the marks of the language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages

if TYPE_CHECKING:
    from umkm_stats.sem._fit import Fit

BLOCKS = ("=~", "<~", "~", "~~", "~1", "|", "~*~", "variance", ":=")


class NamedMatrix(np.ndarray[Any, np.dtype[np.float64]]):
    """A (P,P) array that gives a frame with names when it is called."""

    names: tuple[str, ...]

    def __new__(cls, values: Any, names: tuple[str, ...]) -> NamedMatrix:
        out = np.asarray(values, dtype=np.float64).view(cls)
        out.names = names
        return out

    def __array_finalize__(self, other: Any) -> None:
        self.names = getattr(other, "names", ())

    def __call__(self) -> Any:
        import pandas as pd

        return pd.DataFrame(np.asarray(self), index=list(self.names), columns=list(self.names))


def parameter_lines(fit: Fit, lang: str) -> list[str]:
    """The table of estimates in blocks: estimate, standard error, z, p, std.lv, std.all."""
    frame = fit.estimates
    kinds = [
        "variance" if op == "~~" and lhs == rhs else op
        for lhs, op, rhs in zip(frame["lhs"], frame["op"], frame["rhs"], strict=True)
    ]
    heads = [messages.text(f"sem.table.{name}", lang) for name in ("est", "se", "z", "p", "lv", "all")]
    wide = max(24, *(len(_name(row)) + 2 for row in frame.to_dict("records")))
    lines: list[str] = []
    labels = fit.group_labels if len(fit.group_labels) > 1 else ("",)
    for label in labels:
        if label:
            lines += ["", messages.text("sem.table.group", lang, group=label)]
        for block in BLOCKS:
            if block == ":=" and label != labels[-1]:
                continue
            here = [
                row
                for row, kind in zip(frame.to_dict("records"), kinds, strict=True)
                if kind == block and (block == ":=" or not label or row["group"] == label)
            ]
            if here:
                title = messages.text(f"sem.table.block.{_key(block)}", lang)
                lines += ["", f"{title:<{wide}}" + "".join(f"{head:>10}" for head in heads)]
                lines += [f"  {_name(row):<{wide - 2}}" + _numbers(row, lang) for row in here]
    return lines


def _key(block: str) -> str:
    return {
        "=~": "loadings",
        "<~": "composites",
        "~": "regressions",
        "~~": "covariances",
        "~1": "intercepts",
        "|": "thresholds",
        "~*~": "scales",
        "variance": "variances",
        ":=": "defined",
    }[block]


def _name(row: dict[Any, Any]) -> str:
    shown = f"{row['lhs']} {row['op']} {row['rhs']}".strip() if row["op"] != ":=" else str(row["lhs"])
    return f"{shown} ({row['label']})" if row["label"] and row["op"] != ":=" else shown


def _numbers(row: dict[Any, Any], lang: str) -> str:
    fixed = row["se"] == 0.0
    cells = [row["est"], None if fixed else row["se"], row["z"], row["p"], row["std_lv"], row["std_all"]]
    return "".join(f"{_shown(value, lang):>10}" for value in cells)


def _shown(value: float | None, lang: str) -> str:
    if value is None or not math.isfinite(value):
        return ""
    text = f"{value:.3f}" if abs(value) < 1e5 else f"{value:.4g}"
    return messages.number(text, lang)
