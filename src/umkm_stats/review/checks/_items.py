"""mean, percent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats.review import _items
from umkm_stats.review._verdict import Verdict
from umkm_stats.review.checks._base import Check, real, whole_number, yes


def _mean(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    n, items = whole_number(given["n"]), whole_number(given.get("items", "1"))
    out = [_items.grim(given["mean"], n=n, items=items, truncated=yes(given.get("truncated", "no")))]
    if "sd" in given and "low" in given and "high" in given:
        low, high = real(given["low"]), real(given["high"])
        out.append(_items.sd_bound(given["sd"], mean=given["mean"], n=n, low=low, high=high))
        if (low, high) == (0.0, 1.0) and items == 1:
            out.append(_items.debit(given["mean"], given["sd"], n=n))
    return tuple(out)


def _percent(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    return (
        _items.percentage(given["percent"], count=whole_number(given["count"]), n=whole_number(given["n"])),
    )


MEAN = Check("mean", ("mean", "n"), ("items", "sd", "low", "high", "truncated"), _mean)
PERCENT = Check("percent", ("percent", "count", "n"), (), _percent)
