"""Which items may be worded against their construct: by words and by correlation, never by one alone.

An item is marked only when its wording is negative *and* its corrected item–rest correlation is below zero
with 95 % confidence (Fisher's z). One of the two is a remark.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from umkm_stats.responses.drafting._words import NEGATED

Z95 = 1.959963984540054


def item_rest(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) upper 95 % limits of the corrected item–rest correlations of ``table`` (n, k); NaN where there are
    fewer than eight complete rows or no variance.
    """
    k = table.shape[1]
    upper = np.full(k, np.nan)
    whole = table[~np.isnan(table).any(axis=1)]
    if k < 3 or len(whole) < 8:
        return upper
    # items of either direction: the rest is signed along the first component, then compared in the majority's
    # direction, so that one turned item does not turn the others
    spread = whole.std(axis=0)
    if (spread < 1e-12).any():
        return upper
    z = (whole - whole.mean(axis=0)) / spread
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    del values
    first = vectors[:, -1]
    sign = np.where(first < 0, -1.0, 1.0)
    if sign.sum() < 0 or (sign.sum() == 0 and sign[0] < 0):
        sign = -sign
    for j in range(k):
        rest = (z * sign)[:, [i for i in range(k) if i != j]].sum(axis=1)
        r = float(np.corrcoef(z[:, j], rest)[0, 1])
        r = min(max(r, -0.999999), 0.999999)
        upper[j] = math.tanh(math.atanh(r) + Z95 / math.sqrt(len(z) - 3))
    return upper


def suspects(texts: list[str], table: NDArray[np.float64]) -> list[str]:
    """ "both", "words", "correlation" or "" for every item of one construct."""
    upper = item_rest(table)
    negative = upper < 0
    words = [bool(NEGATED.search(text.casefold())) for text in texts]
    if negative.any() and sum(negative) * 2 == len(texts):
        # two halves against each other: the words say which half is turned
        others = [not n for n in negative]
        if sum(w and o for w, o in zip(words, others, strict=True)) > sum(
            w and bool(n) for w, n in zip(words, negative, strict=True)
        ):
            negative = np.array(others)
    out = []
    for j, word in enumerate(words):
        low = bool(negative[j])
        out.append("both" if word and low else "words" if word else "correlation" if low else "")
    return out
