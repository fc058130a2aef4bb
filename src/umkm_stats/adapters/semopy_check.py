"""The same model in semopy, in a process of its own: a second, independent opinion on estimates and errors.

Workarounds. semopy hangs on some models: the process has a time limit. Its parser breaks on unusual names:
variables are renamed v0, v1, … and f0, f1, …. Its default tolerance moves small-sample parameters: ``ftol``
is 1e-12. Its row order changes with the hash seed: rows are looked up by name. It reads ``NA*x`` as a label:
the table is written out, every loading that is fixed with its number. ``se_robust`` gives MLM; with observed
information MLR. Its import loads three large libraries for features that no check asks for: they are loaded
when one is used.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LATER = (
    "sklearn.cluster",
    "sklearn.decomposition",
    "sklearn.gaussian_process.kernels",
    "statsmodels.stats.correlation_tools",
    "sympy",
    "sympy.parsing.sympy_parser",
)
"""What semopy imports for exploratory factors, spatial effects, repaired covariances and constraints: more
than half of the processor time of a check."""
MANY = 4_000_000  # numbers above which the covariances go over in place of all rows (it copies rows twice)
START = 2_000  # rows it then gets for its starting values
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")  # as our own algebra


@dataclass(frozen=True, slots=True)
class Opinion:
    """rows: (lhs, op, rhs) → (estimate, standard error or None); reason: why there is none, else empty;
    indices: what the program prints of the fit, under our names (empty when it gave none)."""

    rows: dict[tuple[str, str, str], tuple[float, float | None]]
    reason: str
    indices: dict[str, float] = field(default_factory=dict)


INDICES = {
    "chi2": "chisq",
    "DoF": "df",
    "chi2 Baseline": "baseline_chisq",
    "DoF Baseline": "baseline_df",
    "CFI": "cfi",
    "TLI": "tli",
    "NFI": "nfi",
    "RMSEA": "rmsea",
    "GFI": "gfi",
    "AGFI": "agfi",
    "AIC": "aic",
    "BIC": "bic",
}
"""semopy's name of an index → ours."""


def ask(
    description: str, names: Sequence[str], values: Any, *, robust: bool, observed: bool, seconds: float
) -> Opinion:
    """Fit ``description`` (semopy's language) to ``values`` (N,p) with column ``names``, within ``seconds``.

    ``reason`` is "time", "failed" or "" (it ran).
    """
    import numpy as np

    job = {"model": description, "names": list(names), "robust": robust, "observed": observed}
    if values.size > MANY and not robust:
        job["n"] = len(values)
        job["cov"] = np.cov(values, rowvar=False, bias=True).tolist()
        values = values[:START]
    with tempfile.TemporaryDirectory(prefix="umkm-") as folder:
        rows = Path(folder) / "rows.npy"  # a file, because text of many rows takes ten times their memory
        np.save(rows, values)
        return _asked(json.dumps({**job, "rows": str(rows)}), seconds)


def _asked(job: str, seconds: float) -> Opinion:
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "umkm_stats.adapters.semopy_check"],
            input=job,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env={**os.environ, **dict.fromkeys(ONE_THREAD, "1")},
        )
    except subprocess.TimeoutExpired:
        return Opinion({}, "time")
    line = next((entry for entry in reversed(done.stdout.splitlines()) if entry.startswith("{")), "")
    if done.returncode != 0 or not line:
        return Opinion({}, "failed")
    said = json.loads(line)
    rows = {
        (lhs, op, rhs): (float(est), None if se is None else float(se))
        for lhs, op, rhs, est, se in said["rows"]
    }
    return Opinion(rows, "", said["indices"])


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number == number else None


def _later(name: str, attribute: str) -> Callable[..., Any]:
    """The function or class of the module, imported when it is called."""

    def called(*args: Any, **given: Any) -> Any:
        for module in LATER:
            if isinstance(sys.modules.get(module), _Waiting):
                del sys.modules[module]
        return getattr(importlib.import_module(name), attribute)(*args, **given)

    return called


class _Waiting(types.ModuleType):
    """Stands for a module until something of it is called."""

    def __getattr__(self, attribute: str) -> Callable[..., Any]:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return _later(self.__name__, attribute)


def wait_for_use() -> None:
    """Let an import of the modules of ``LATER`` take no time until they are used; only for a process of
    semopy's own."""
    sys.modules.update({name: _Waiting(name) for name in LATER if name not in sys.modules})


def main() -> int:
    """Read one job from standard input, fit it, write one JSON line."""
    gc.disable()  # the process is short, and what it makes goes by itself
    wait_for_use()
    import numpy as np
    import pandas as pd
    import semopy

    job = json.loads(sys.stdin.read())
    data = pd.DataFrame(np.load(job["rows"]), columns=job["names"])
    model = semopy.Model(job["model"])
    if "cov" in job:
        model.load(data, cov=pd.DataFrame(job["cov"], index=job["names"], columns=job["names"]))
        model.n_samples = job["n"]
        model.fit(options={"ftol": 1e-12})
    else:
        model.fit(data, options={"ftol": 1e-12})
    options = {"se_robust": True} if job["robust"] else {}
    frame = model.inspect(information="observed" if job["observed"] else "expected", **options)
    rows = [
        [str(row["lval"]), str(row["op"]), str(row["rval"]), float(row["Estimate"]), _number(row["Std. Err"])]
        for _, row in frame.iterrows()
    ]
    if "cov" in job:
        del model.mx_data  # else the model of independence, which indices are made of, is fitted to the few
    sys.stdout.write(json.dumps({"rows": rows, "indices": _indices(model)}) + "\n")
    gc.freeze()  # the end of a process looks through everything that it knows
    return 0


def _indices(model: Any) -> dict[str, float]:
    """What semopy prints of the fit; nothing when it fails there, which leaves the estimates as they are."""
    import semopy

    try:
        printed = semopy.calc_stats(model).iloc[0]
        found = {ours: _number(printed.get(name)) for name, ours in INDICES.items()}
    except Exception:
        return {}
    return {name: value for name, value in found.items() if value is not None and abs(value) != float("inf")}


if __name__ == "__main__":
    sys.exit(main())
