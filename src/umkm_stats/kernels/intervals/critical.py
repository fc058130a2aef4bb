"""Critical values of r, t and F, as the tables at the end of statistics books print them."""

from __future__ import annotations

import math

from scipy import stats


def t_limit(df: float, level: float) -> float:
    """t that is exceeded in size with probability ``level`` (two-tailed)."""
    return float(stats.t.isf(level / 2, df))


def r_limit(df: float, level: float) -> float:
    """r that is exceeded in size with probability ``level`` (two-tailed): t/√(df + t²)."""
    t = t_limit(df, level)
    return t / math.sqrt(df + t * t)


def f_limit(df1: float, df2: float, level: float) -> float:
    """F that is exceeded with probability ``level``."""
    return float(stats.f.isf(level, df1, df2))


def z_limit(alpha: float, tails: str = "two") -> float:
    """z that is exceeded with probability ``alpha``: in size for two tails, on one side for "one"."""
    return float(stats.norm.isf(alpha / 2 if tails == "two" else alpha))
