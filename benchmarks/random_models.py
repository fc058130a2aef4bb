"""Random models and data of every kind that ``fit`` takes, held against lavaan.

    python benchmarks/random_models.py --models 500 --seed 1 --rscript Rscript   # writes random_models.csv
    python benchmarks/random_models.py --models 500 --seed 1                     # without lavaan: crashes
    only

Model k of a seed is always the same. A model is *equal* when χ² agrees within 1e-4 relative (or 1e-3), df
exactly, free parameters within 2 % of a standard error and standard errors within 1 %. A lower χ²
on the same statistics says whose search ended early; with numeric indicators beside ordinal ones the
statistics
differ where lavaan's polyserial correlation is not at its maximum. A crash is anything but a result or a
coded refusal.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats import fit
from umkm_stats.errors import UmkmError

HERE = Path(__file__).parent
KINDS = (
    "ml", "mlr", "mlm", "fiml", "fiml_mlr", "gls", "groups", "second_order", "equal", "curved", "growth",
    "paths", "cluster", "weights", "wlsmv", "wlsmv_groups", "mixed", "ordinal_mediator", "theta", "pairwise",
)  # fmt: skip


def _items(rng: np.random.Generator, n: int, factors: int, each: int) -> pd.DataFrame:
    """Items v0, v1 … of correlated factors on varied scales, with an observed predictor x."""
    loads = np.zeros((factors * each, factors))
    for k in range(factors):
        loads[k * each : (k + 1) * each, k] = 0.45 + 0.45 * rng.random(each)
    x = rng.standard_normal(n)
    root = np.linalg.cholesky(0.4 * np.ones((factors, factors)) + 0.6 * np.eye(factors))
    eta = rng.standard_normal((n, factors)) @ root.T + 0.4 * x[:, None]
    noise = rng.standard_normal((n, factors * each)) * np.sqrt(1 - (loads**2).sum(axis=1))
    if rng.random() < 0.3:
        noise = noise * rng.gamma(3.0, 1 / 3.0, (n, 1))
    frame = pd.DataFrame(eta @ loads.T + noise, columns=[f"v{i}" for i in range(factors * each)])
    return frame.assign(x=x, z=0.5 * x + rng.standard_normal(n))


def _cut(rng: np.random.Generator, values: pd.Series) -> pd.Series:
    count = int(rng.integers(2, 6))
    edges = np.quantile(
        values, np.sort(0.12 + 0.76 * (np.arange(1, count) + 0.4 * rng.random(count - 1)) / count)
    )
    return pd.Series(np.searchsorted(edges, values).astype(float), index=values.index)


def drawn(seed: int, number: int) -> dict[str, Any]:
    """Model ``number`` of ``seed``: kind, text, data and the options of both programs."""
    rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, number]))
    kind = KINDS[number % len(KINDS)]
    factors, each = int(rng.integers(1, 4)), int(rng.integers(3, 6))
    if kind in ("second_order",):
        factors, each = 3, 3
    if kind == "growth":
        factors, each = 1, int(rng.integers(4, 7))
    n = int(rng.integers(180, 600))
    data = _items(rng, n, factors, each)
    names = [[f"v{k * each + i}" for i in range(each)] for k in range(factors)]
    text = [f"f{k} =~ " + " + ".join(mine) for k, mine in enumerate(names)]
    options: dict[str, Any] = {}
    if factors > 1 and rng.random() < 0.5 and kind not in ("second_order", "growth"):
        text.append(f"f{factors - 1} ~ " + " + ".join(f"f{k}" for k in range(factors - 1)))
    elif rng.random() < 0.5 and kind != "growth":
        text.append("f0 ~ x")
    ordered = [name for mine in names for name in mine]
    if kind in ("mlr", "mlm", "gls"):
        options["estimator"] = kind.upper()
    elif kind.startswith("fiml"):
        gaps = rng.random((n, len(ordered))) < 0.08
        data[ordered] = data[ordered].mask(gaps)
        options["missing"] = "ml"
        if kind == "fiml_mlr":
            options["estimator"] = "MLR"
    elif kind in ("groups", "wlsmv_groups"):
        data["g"] = np.where(rng.random(n) < 0.5, "north", "south")
        options["group"] = "g"
        if rng.random() < 0.6:
            options["group_equal"] = ["loadings"] if kind == "groups" else ["loadings", "thresholds"]
    elif kind == "second_order":
        text = [f"f{k} =~ " + " + ".join(mine) for k, mine in enumerate(names)] + ["g =~ f0 + f1 + f2"]
    elif kind == "equal":
        text[0] = f"f0 =~ {names[0][0]} + a*{names[0][1]} + a*{names[0][2]}" + "".join(
            f" + {v}" for v in names[0][3:]
        )
    elif kind == "curved":
        text[0] = f"f0 =~ {names[0][0]} + a*{names[0][1]} + b*{names[0][2]}" + "".join(
            f" + {v}" for v in names[0][3:]
        )
        text.append("a == b^2")
    elif kind == "growth":
        text = [
            "i =~ " + " + ".join(f"1*{v}" for v in names[0]),
            "s =~ " + " + ".join(f"{t}*{v}" for t, v in enumerate(names[0])),
            "i ~ x",
            "s ~ x",
        ]
        options["growth"] = True
    elif kind == "paths":
        text = ["v0 ~ a*x + z", "v1 ~ b*v0 + c*x", "v2 ~ d*v1 + v0", "ab := a*b", "total := c + a*b"]
        if rng.random() < 0.5:
            options["estimator"] = "MLR"
    elif kind == "cluster":
        data["block"] = rng.integers(0, 40, n)
        options.update(estimator="MLR", cluster="block")
    elif kind == "weights":
        data["w"] = 0.3 + rng.gamma(2.0, 0.5, n)
        options["sampling_weights"] = "w"
    elif kind == "ordinal_mediator":
        text = ["v0 ~ a*x + z", "v1 ~ b*v0 + c*x", "ab := a*b"]
        if rng.random() < 0.5:
            text = [f"f0 =~ {' + '.join(names[0][1:])}", "v0 ~ a*x", "f0 ~ b*v0 + c*x", "ab := a*b"]
        ordered = ["v0"]
    if kind in ("wlsmv", "wlsmv_groups", "mixed", "ordinal_mediator", "theta", "pairwise"):
        if kind == "mixed":
            ordered = ordered[::2]
        if kind == "theta":
            options["parameterization"] = "theta"
        for name in ordered:
            data[name] = _cut(rng, data[name])
        if kind == "pairwise":
            data[ordered] = data[ordered].mask(rng.random((n, len(ordered))) < 0.06)
            options["missing"] = "pairwise"
        options.update(ordered=ordered, estimator="WLSMV")
    return {"number": number, "kind": kind, "text": "\n".join(text), "data": data, "options": options, "n": n}


LAVAAN = """
suppressMessages({library(lavaan); library(jsonlite)})
folder <- commandArgs(TRUE)[1]; found <- list()
for (file in list.files(folder, "json$", full.names = TRUE)) {
  case <- fromJSON(file); data <- read.csv(sub("json$", "csv", file)); o <- case$options
  how <- if (isTRUE(o$growth)) "growth" else "sem"; o$growth <- NULL
  names(o) <- gsub("_", ".", names(o))
  f <- try(suppressWarnings(do.call(how, c(list(case$text, data), o))), silent = TRUE)
  if (inherits(f, "try-error")) { found[[case$name]] <- list(state = "error"); next }
  if (!lavInspect(f, "converged")) { found[[case$name]] <- list(state = "not converged"); next }
  p <- parameterEstimates(f); m <- fitMeasures(f)
  scaled <- if ("chisq.scaled" %in% names(m)) unname(m["chisq.scaled"]) else NA
  found[[case$name]] <- list(state = "converged", chisq = unname(m["chisq"]), df = unname(m["df"]), scaled =
  scaled,
    lhs = p$lhs, op = p$op, rhs = p$rhs, group = if (is.null(p$group)) rep(1, nrow(p)) else p$group, est =
    p$est, se = p$se)
}
write_json(found, file.path(folder, "found.out"), digits = NA, auto_unbox = TRUE, na = "null")
"""


def lavaan(cases: list[dict[str, Any]], rscript: str) -> dict[str, Any]:
    """What lavaan finds: name of the case → state, χ², df, parameters."""
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            name = f"{case['number']:05d}"
            case["data"].to_csv(Path(folder, f"{name}.csv"), index=False)
            task = {"name": name, "text": case["text"], "options": case["options"]}
            Path(folder, f"{name}.json").write_text(json.dumps(task), encoding="utf-8")
        Path(folder, "run.R").write_text(LAVAAN, encoding="utf-8")
        subprocess.run([rscript, str(Path(folder, "run.R")), folder], check=True, capture_output=True)
        return dict(json.loads(Path(folder, "found.out").read_text(encoding="utf-8")))


def ours(case: dict[str, Any]) -> tuple[str, Any]:
    """("converged" | "not converged" | a code | "CRASH …", the fit)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = fit(case["text"], case["data"], **case["options"])
            assert len(found.estimates)
            assert len(found.indices)
            assert found.summary("id")
        except UmkmError as refusal:
            return refusal.code, None
        except Exception as problem:
            return f"CRASH {type(problem).__name__}: {problem}", None
    return ("converged" if found.converged else "not converged"), found


def compared(found: Any, other: dict[str, Any]) -> str:
    """ "equal", or what differs."""
    x2, df = found.indices["chisq"], found.df
    if df != other["df"]:
        return f"df {df:g} for {other['df']:g}"
    if abs(x2 - other["chisq"]) > max(1e-4 * other["chisq"], 1e-3):
        return "lower chi-square here" if x2 < other["chisq"] else "lower chi-square in lavaan"
    frame = found.estimates
    groups = {label: k + 1 for k, label in enumerate(sorted(found.group_labels))}
    rows = {
        (r.lhs, r.op, "" if r.op == ":=" else r.rhs, 0 if r.op == ":=" else groups.get(r.group, 1)): r
        for r in frame.itertuples()
    }
    order = _group_numbers(found)
    worst, apart = 0.0, 0.0
    for lhs, op, rhs, group, est, se in zip(
        *(other[k] for k in ("lhs", "op", "rhs", "group", "est", "se")), strict=True
    ):
        if not se or op in ("==", "<", ">", "~*~"):
            continue
        label = order.get(group, 1)
        row = rows.get((lhs, op, "" if op == ":=" else rhs, 0 if op == ":=" else label))
        row = row or rows.get((rhs, op, lhs, label))
        if row is None:
            return f"{lhs}{op}{rhs} is missing"
        worst = max(worst, abs(row.est - est) / se)
        apart = max(apart, abs(row.se - se) / se)
    if worst > 0.02:
        return f"estimate off by {worst:.2g} SE"
    if apart > 0.01:
        return f"SE off by {100 * apart:.2g} %"
    scaled, mine = other["scaled"], found.indices.get("chisq_scaled")
    if scaled and mine is not None and df and abs(mine - scaled) > max(1e-3 * scaled, 1e-3):
        return "scaled chi-square"
    return "equal"


def _group_numbers(found: Any) -> dict[int, int]:
    """lavaan's number of a group (order of appearance, as here) → the number by name used above."""
    names = {label: k + 1 for k, label in enumerate(sorted(found.group_labels))}
    return {k + 1: names[label] for k, label in enumerate(found.group_labels)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rscript", default="")
    parser.add_argument("--out", type=Path, default=HERE / "random_models.csv")
    asked = parser.parse_args()
    rows: list[tuple[Any, ...]] = []
    for first in range(asked.first, asked.first + asked.models, 50):
        cases = [drawn(asked.seed, k) for k in range(first, min(first + 50, asked.first + asked.models))]
        peers = lavaan(cases, asked.rscript) if asked.rscript else {}
        for case in cases:
            state, found = ours(case)
            other = peers.get(f"{case['number']:05d}", {"state": "not run"})
            verdict = ""
            if state == "converged" and other["state"] == "converged":
                verdict = compared(found, other)
            x2 = round(float(found.indices["chisq"]), 4) if found is not None else ""
            rows.append((case["number"], case["kind"], case["n"], state, other["state"], x2, verdict))
        print(first + len(cases), dict(Counter(row[-1] for row in rows)), flush=True)
    frame = pd.DataFrame(rows, columns=["model", "kind", "n", "here", "lavaan", "chisq", "verdict"])
    frame.to_csv(asked.out, index=False)
    print(f"seed {asked.seed}: {len(frame)} models")
    print(frame.groupby(["here", "lavaan", "verdict"]).size().to_string())


if __name__ == "__main__":
    main()
