"""Speed of the ordinal engine beside lavaan, one core each, in one run.

    python benchmarks/ordinal_speed.py           # about two minutes with R
    python benchmarks/ordinal_speed.py --quick

The model is the 27-item latent mediation of engine_speed.py, its items cut into five categories. A draw
estimates thresholds, 351 polychoric correlations, their weights and the model anew. Processor time is
compared.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

import umkm_stats as us
from engine_models import mediation
from engine_speed import machine, timed
from umkm_stats.kernels import path

HERE = Path(__file__).parent
CUTS = [-1.4, -0.5, 0.4, 1.3]


def ordinal_mediation(
    items: int = 27, n: int = 250, cuts: list[float] | None = None
) -> tuple[str, pd.DataFrame]:
    """The mediation model with its items cut into categories 1…k."""
    text, data = mediation(items, n)
    return text, pd.DataFrame(np.digitize(data, CUTS if cuts is None else cuts) + 1, columns=data.columns)


def lavaan(model: str, data: pd.DataFrame, draws: int) -> dict[str, Any] | None:
    """lavaan's figures, or None when R or lavaan is not installed."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "model.txt").write_text(model)
        data.to_csv(Path(folder, "data.csv"), index=False)
        script = str(HERE / "peers" / "lavaan_ordinal_speed.R")
        ran = subprocess.run(
            ["Rscript", script, folder, str(draws)], capture_output=True, text=True, check=False
        )
    return json.loads(ran.stdout.strip().splitlines()[-1]) if ran.returncode == 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer draws")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    given = parser.parse_args()
    model, data = ordinal_mediation()
    names = list(data.columns)

    def cold() -> Any:
        fit = us.fit(model, data, estimator="WLSMV", ordered=names)
        assert fit.indices["chisq_scaled"] > 0
        assert len(fit.estimates)
        return fit

    with threadpool_limits(limits=1):
        print(machine())
        fit = cold()
        cold_wall, cold_cpu = timed(cold, 5)
        draws = 256 if given.quick else 1024
        wall, cpu = timed(lambda: fit.bootstrap(draws=draws, seed=1), 3)
        ledger = fit.bootstrap(draws=draws, seed=1).ledger
        with path.using("numpy"):
            alone = timed(lambda: fit.bootstrap(draws=draws // 4, seed=1), 1)[1] / (draws // 4)
        wide = np.tile(data.to_numpy(), (20, 3))[:5000, :60]
        wide = np.random.default_rng(1).permuted(wide, axis=0)
        frame = pd.DataFrame(wide, columns=[f"v{k}" for k in range(60)])
        poly_wall, poly_cpu = timed(lambda: us.polychoric(frame).tidy(), 1)
    peer = lavaan(model, data, 3 if given.quick else 8)
    out: dict[str, Any] = {
        "machine": machine(),
        "cold": {"wall": cold_wall, "cpu": cold_cpu},
        "draw": {"wall": wall / draws, "cpu": cpu / draws, "draws": draws, "ledger": ledger, "numpy": alone},
        "polychoric_60x5000": {"wall": poly_wall, "cpu": poly_cpu},
        "lavaan": peer,
    }
    print(f"{'job':52} {'ours':>12} {'lavaan':>12} {'ratio':>8}")
    for key, label, goal in (
        ("draw", "27 items, 5 categories, N = 250, DWLS, a draw", "must 500×, aim 800×"),
        ("cold", "one cold WLSMV fit with errors, test and indices", "must be faster, aim 10×"),
    ):
        ours = out[key]["cpu"]
        theirs = peer[key]["cpu"] if peer else float("nan")
        print(f"{label:52} {ours * 1e3:9.2f} ms {theirs * 1e3:9.0f} ms {theirs / ours:7.0f}×  {goal}")
    if peer:
        print(f"  lavaan {peer['version']}, a draw: {peer['draw']['setting']}")
    print(f"{'polychoric(60 items × 5 000 rows) with errors':52} {poly_cpu * 1e3:9.0f} ms")
    print(f"a draw by numpy alone: {alone * 1e3:.2f} ms")
    print(f"ledger of the draws: {ledger}")
    if given.json:
        given.json.write_text(json.dumps(out, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
