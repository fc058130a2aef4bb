"""The heterotrait–monotrait ratio of two sets of items, on any leading axes: its one home.

Mean correlation between the items of two constructs over the root of the product of the mean correlations
within them (Henseler, Ringle & Sarstedt 2015, https://doi.org/10.1007/s11747-014-0403-8). *Absolute*
correlations are taken within and between, as semTools and SmartPLS do by default, so that an item that was
not recoded changes nothing; the signed form keeps the signs and is undefined where the items of a construct
do not correlate positively on average. HTMT2 takes geometric means (Roemer, Schuberth & Henseler 2021,
https://doi.org/10.1108/IMDS-02-2021-0082).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def heterotrait_monotrait(
    corr: Floats,
    first: Sequence[int] | Ints,
    second: Sequence[int] | Ints,
    *,
    geometric: bool = False,
    signed: bool = False,
) -> Floats:
    """(...,) ratios from correlations (..., p, p); NaN where a set has one item or a mean within is not
    positive."""
    a, b = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    if min(a.size, b.size) < 2:
        return np.full(corr.shape[:-2], np.nan)
    between = corr[..., a[:, None], b[None, :]].reshape(*corr.shape[:-2], -1)
    within = [corr[..., s[low], s[high]] for s in (a, b) for low, high in (np.triu_indices(s.size, 1),)]
    parts = [between, *within] if signed else [np.abs(part) for part in (between, *within)]
    with np.errstate(invalid="ignore", divide="ignore"):
        if geometric:
            logs = [np.log(np.where(part > 0, part, np.nan)).mean(axis=-1) for part in parts]
            return np.asarray(np.exp(logs[0] - 0.5 * (logs[1] + logs[2])))
        top, low, high = (part.mean(axis=-1) for part in parts)
        return np.asarray(top / np.sqrt(np.where((low > 0) & (high > 0), low * high, np.nan)))


def ratios(corr: Floats, members: Sequence[Ints], *, geometric: bool = False, signed: bool = False) -> Floats:
    """(..., k, k) ratios of all pairs of constructs; the diagonal is 1."""
    k = len(members)
    out = np.ones((*corr.shape[:-2], k, k))
    for i in range(k):
        for j in range(i):
            one = heterotrait_monotrait(corr, members[i], members[j], geometric=geometric, signed=signed)
            out[..., i, j] = out[..., j, i] = one
    return out


def against(corr: Floats, items: Ints, border: float) -> list[int]:
    """Items of one construct that run against the others in ``corr`` (p, p): those whose mean correlation
    with the rest is negative; else both ends of a correlation below −``border``."""
    inner = corr[np.ix_(items, items)]
    off = ~np.eye(items.size, dtype=bool)
    if items.size < 2 or not np.isfinite(inner[off]).all():
        return []
    mean = np.where(off, inner, 0.0).sum(axis=1) / (items.size - 1)
    turned = mean < 0
    if not turned.any():
        turned = (np.where(off, inner, 0.0) < -border).any(axis=1)
    return [int(item) for item in items[turned]]
