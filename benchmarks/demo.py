"""The demo's processor time beside another build of it, in turn, with what child processes used.

    OPENBLAS_NUM_THREADS=1 python benchmarks/demo.py --other FOLDER [--rounds 3]

``FOLDER`` is a checkout of the other build (its ``src`` is put before everything). Each build runs once without
being counted, so that its byte code is written. Printed: seconds of each round and the ratio of the least ones.
"""  # noqa: E501

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


def seconds(root: Path) -> float:
    """Processor seconds (user and system) of one demo of the checkout ``root``."""
    given = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "umkm_stats", "demo", "--out", str(Path(folder) / "out")],
            env={
                **given,
                "PYTHONPATH": str(root / "src"),
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--other", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    there, here = [], []
    for number in range(given.rounds + 1):
        pair = seconds(given.other.resolve()), seconds(HERE)
        if not number:
            continue
        there.append(pair[0])
        here.append(pair[1])
        print(f"round {number}: {pair[0]:.1f} s there, {pair[1]:.1f} s here", flush=True)
    print(f"{min(there):.1f} s there, {min(here):.1f} s here: {min(there) / min(here):.2f} times faster")
