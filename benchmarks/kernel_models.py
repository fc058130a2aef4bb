"""Random models for kernel_paths.py: complete answers (ML), missing values (FIML), categories (WLSMV, ULSMV).

Model k of a seed and family is always the same. Kinds follow one another; sizes, loadings, shares of missing
values, patterns and categories are drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from random_models import _items, drawn

COMPLETE = (
    "ml", "mlr", "mlm", "groups", "second_order", "equal", "growth", "paths", "cluster", "weights", "cycle",
    "residuals",
)  # fmt: skip
MISSING = (
    "factors", "groups", "groups_equal", "labels", "causes", "latent_cycle", "residuals", "second_order",
    "growth", "observed_paths",
)  # fmt: skip
ORDINAL = (
    "factors", "path", "labels", "latent_cycle", "residuals", "second_order", "uls", "few_rows",
)  # fmt: skip
FAMILIES = {"complete": COMPLETE, "missing": MISSING, "ordinal": ORDINAL}
HOLES = ("scattered", "forms", "dropout", "by_x", "everywhere")
NUMBER = {"complete": 1, "missing": 2, "ordinal": 3}

Rng = np.random.Generator
Case = dict[str, Any]


def case_of(family: str, seed: int, number: int, kinds: tuple[str, ...]) -> Case:
    """Model ``number`` of a family, one of ``kinds`` after another: kind, text, data, options of ``fit``."""
    kind = kinds[number % len(kinds)]
    rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, NUMBER[family], number]))
    if family == "missing":
        return _missing(rng, kind)
    if family == "ordinal":
        return _ordinal(rng, kind)
    if kind not in ("cycle", "residuals"):
        return next(case for step in range(20) if (case := drawn(seed, 20 * number + step))["kind"] == kind)
    data = _items(rng, int(rng.integers(180, 600)), 2, 4)
    if kind == "cycle":
        data["v1"] += 0.3 * data["v0"] + 0.5 * data["z"]
        text = "v0 ~ x + v1\nv1 ~ z + v0\nv2 ~ v0 + v1"
    else:
        text = "f0 =~ v0 + v1 + v2 + v3\nf1 =~ v4 + v5 + v6 + v7\nf1 ~ f0\nv0 ~~ v4\nv1 ~~ v5"
    return {"kind": kind, "text": text, "data": data, "options": {}}


def _measured(names: list[list[str]]) -> list[str]:
    return [f"f{k} =~ " + " + ".join(mine) for k, mine in enumerate(names)]


def _names(factors: int, each: int) -> list[list[str]]:
    return [[f"v{k * each + i}" for i in range(each)] for k in range(factors)]


def _circled(data: pd.DataFrame, names: list[list[str]]) -> list[str]:
    """Two factors that cause each other, each with a cause of its own."""
    for name in names[1]:
        data[name] += 0.35 * data["z"]
    return [*_measured(names), "f0 ~ x + f1", "f1 ~ z + f0"]


def _holes(rng: Rng, data: pd.DataFrame, items: list[str]) -> str:
    """Take values away, in one of five ways; says which."""
    n, p = len(data), len(items)
    share = float(rng.uniform(0.03, 0.3))
    way = HOLES[int(rng.integers(len(HOLES)))]
    if way == "forms":  # each respondent is not asked one block of the items
        blocks = np.arange(p) % 3
        gone = blocks[None, :] == rng.integers(0, 4, n)[:, None]
    elif way == "dropout":  # from some item on nothing more, mostly late
        last = np.where(rng.random(n) < 2 * share, rng.integers(1, p + 1, n), p)
        gone = np.arange(p)[None, :] >= last[:, None]
    elif way == "by_x":  # those with a high x leave more out
        x = data["x"].to_numpy()
        gone = rng.random((n, p)) < (share * 2 / (1 + np.exp(-x)))[:, None]
    elif way == "everywhere":  # no complete row
        gone = rng.random((n, p)) < share
        gone[np.arange(n), rng.integers(0, p, n)] = True
    else:
        gone = rng.random((n, p)) < share
    gone[gone.all(axis=1), 0] = False
    data[items] = data[items].mask(gone)
    return way


def _missing(rng: Rng, kind: str) -> Case:
    factors, each = int(rng.integers(1, 4)), int(rng.integers(3, 6))
    if kind in ("latent_cycle", "residuals"):
        factors = 2
    elif kind == "second_order":
        factors, each = 3, 3
    elif kind in ("growth", "observed_paths"):
        factors, each = 1, int(rng.integers(4, 7))
    n = int(rng.integers(120, 500))
    data, names = _items(rng, n, factors, each), _names(factors, each)
    text, options = _measured(names), {"missing": "fiml"}
    more: dict[str, Any] = {}
    if kind in ("groups", "groups_equal"):
        data["g"] = np.where(rng.random(n) < rng.uniform(0.3, 0.7), "north", "south")
        more["group"] = "g"
        if kind == "groups_equal":
            more["group_equal"] = [["loadings"], ["loadings", "intercepts"]][int(rng.integers(2))]
    elif kind == "labels":
        text[0] = f"f0 =~ {names[0][0]} + a*{names[0][1]} + a*" + " + ".join(names[0][2:])
        text.append(f"{names[0][0]} ~~ t*{names[0][0]}\n{names[0][1]} ~~ t*{names[0][1]}")
    elif kind == "causes":
        text.append(f"f0 ~ x + z\n{names[-1][-1]} ~ x")
        more["fixed_x"] = bool(rng.random() < 0.7)
    elif kind == "latent_cycle":
        text = _circled(data, names)
    elif kind == "residuals":
        text += ["f1 ~ f0", f"{names[0][0]} ~~ {names[1][0]}", f"{names[0][1]} ~~ {names[1][1]}"]
    elif kind == "second_order":
        text.append("h =~ f0 + f1 + f2")
    elif kind == "growth":
        text = [
            "i =~ " + " + ".join(f"1*{v}" for v in names[0]),
            "s =~ " + " + ".join(f"{t}*{v}" for t, v in enumerate(names[0])),
            "i ~ x\ns ~ x",
        ]
        more["growth"] = True
    elif kind == "observed_paths":
        text = ["v0 ~ a*x + z", "v1 ~ b*v0 + c*x", "v2 ~ v1 + v0", "ab := a*b"]
        data = data[["v0", "v1", "v2", "x", "z"]].copy()
        names = [["v0", "v1", "v2"]]
    elif factors > 1 and rng.random() < 0.5:
        text.append(f"f{factors - 1} ~ " + " + ".join(f"f{k}" for k in range(factors - 1)))
    if rng.random() < 0.2:
        more["estimator"] = "MLR"
    if kind != "growth" and rng.random() < 0.2:
        more["std_lv"] = True
    way = _holes(rng, data, [name for mine in names for name in mine])
    return {"kind": kind, "text": "\n".join(text), "data": data, "options": {**options, **more}, "how": way}


def _cut(rng: Rng, values: pd.Series, sparse: bool) -> pd.Series:
    """2 to 7 categories; sparse: the outer ones hold few answers, on one side more than on the other."""
    count = int(rng.integers(2, 8))
    if sparse:
        share = rng.dirichlet(np.full(count, 0.7)) * 0.85 + 0.15 / count
    else:
        share = rng.dirichlet(np.full(count, 8.0))
    edges = np.quantile(values, np.cumsum(share)[:-1])
    return pd.Series(np.searchsorted(edges, values).astype(float) + 1, index=values.index)


def _ordinal(rng: Rng, kind: str) -> Case:
    factors, each = int(rng.integers(1, 4)), int(rng.integers(3, 6))
    if kind in ("path", "latent_cycle", "residuals"):
        factors = 3 if kind == "latent_cycle" else 2
    elif kind == "second_order":
        factors, each = 3, int(rng.integers(3, 5))
    n = int(rng.integers(60, 120)) if kind == "few_rows" else int(rng.integers(150, 600))
    data, names = _items(rng, n, factors, each), _names(factors, each)
    text, options = _measured(names), {"estimator": "WLSMV"}
    if kind == "path":
        text.append("f1 ~ f0")
    elif kind == "labels":
        text[0] = f"f0 =~ {names[0][0]} + a*{names[0][1]} + a*" + " + ".join(names[0][2:])
    elif kind == "latent_cycle":  # the last factor's causes are latent, so that the cycle is identified
        half = (each + 1) // 2
        text = [*text[:2], f"f2 =~ {' + '.join(names[2][:half])}", f"f3 =~ {' + '.join(names[2][half:])}"]
        for name in names[2][half:]:
            data[name] += 0.8 * data["z"]
        for name in names[1]:
            data[name] += 0.5 * data["z"]
        text += ["f0 ~ f1 + f2", "f1 ~ f0 + f3"]
    elif kind == "residuals":
        text += ["f1 ~ f0", f"{names[0][0]} ~~ {names[1][0]}"]
    elif kind == "second_order":
        text.append("h =~ f0 + f1 + f2")
    elif kind == "uls":
        options["estimator"] = "ULSMV"
    ordered = [name for mine in names for name in mine]
    sparse = bool(rng.random() < 0.5)
    for name in ordered:
        data[name] = _cut(rng, data[name], sparse)
    how = "sparse" if sparse else "full"
    return {
        "kind": kind,
        "text": "\n".join(text),
        "data": data,
        "options": {**options, "ordered": ordered},
        "how": how,
    }
