"""A study at the limit: 200,000 respondents, 100 items, five constructs, 1,000 latent ML draws.

    python benchmarks/big_study.py                    analyze, whole: time, processor time, peak memory
    python benchmarks/big_study.py parallel           parallel analysis of 20,000 x 99, 500 random sets
    python benchmarks/big_study.py mediate            mediate on 1,000,000 rows, 200 draws
    python benchmarks/big_study.py interrupt          Ctrl-C at several moments of the first

Options: --rows, --draws, --workers, --keep FOLDER (the data and the report stay there), --parts (of the
study to interrupt, each run anew up to there). The answers are
simulated from a fixed seed. Each job runs in a process of its own; memory is the peak resident size of the
largest process of the job (the parent, or the second program it asks), read when it has ended.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CODES = [f"{construct}{number}" for construct in "ABCDE" for number in range(1, 21)]
LABELS = "{1: Sangat Tidak Setuju, 2: Tidak Setuju, 3: Netral, 4: Setuju, 5: Sangat Setuju}"
HEAD = f"""\
schema: umkm-instrument/1
name: besar
version: '1'
title: {{id: Besar, en: Large}}
languages: [id]
default_scale: agree
response_scales: {{agree: {{values: [1, 2, 3, 4, 5], labels: {{id: {LABELS}}}}}}}
sections: [{{code: MAIN, title: {{id: Isi}}}}]
models:
  - {{key: M1, title: {{id: Utama}}, x: [A, B], m: [C, D], y: [E]}}
constructs:
"""
MAKE = """
import sys
import numpy as np
path, n = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(1)
with open(path, "a") as stream:
    for first in range(0, n, 20_000):
        k = min(20_000, n - first)
        a = rng.normal(size=k)
        b = 0.3 * a + 0.95 * rng.normal(size=k)
        c = 0.4 * a + 0.3 * b + 0.8 * rng.normal(size=k)
        d = 0.3 * a + 0.2 * b + 0.85 * rng.normal(size=k)
        e = 0.3 * c + 0.3 * d + 0.1 * a + 0.8 * rng.normal(size=k)
        x = np.repeat(np.column_stack([a, b, c, d, e]), 20, axis=1) * 0.7 + 0.7 * rng.normal(size=(k, 100))
        np.savetxt(stream, np.digitize(x, [-1.2, -0.4, 0.4, 1.2]) + 1, fmt="%d", delimiter=",")
"""
PARALLEL = """
import numpy as np
from umkm_stats.kernels.measurement.efa_retention import parallel_pair
plain, axes = parallel_pair(np.eye(99) * 0.7 + 0.3, 20_000, runs=500, seed=1)
print(f"factors above the 95th percentile: {plain.n_factors} (components), {axes.n_factors} (axes)")
"""
MEDIATE = """
import numpy as np, pandas as pd
from umkm_stats import mediate
rng = np.random.default_rng(1)
n = 1_000_000
x = rng.normal(size=n)
m = 0.3 * x + rng.normal(size=n)
y = 0.2 * m + 0.1 * x + rng.normal(size=n)
found = mediate(pd.DataFrame({"x": x, "m": m, "y": y}), x="x", m="m", y="y", draws=200, seed=1)
rows = found.effects.query("effect == 'indirect' and method in ('percentile', 'bca')")
print(rows[["method", "est", "ci_low", "ci_high"]].to_string(index=False))
"""
DRAWS = """
import sys
import numpy as np, pandas as pd
from umkm_stats.sem import fit
codes = sys.argv[1].split(",")
frame = pd.read_csv(sys.argv[2]).astype(float)
text = [f"{c} =~ " + " + ".join(code for code in codes if code[0] == c) for c in "ABCDE"]
found = fit("\\n".join(text), frame)
print("drawing", file=sys.stderr, flush=True)
found.bootstrap(draws=1000, seed=1, workers=2)
"""
MOMENTS = (  # part, done at least, seconds after it was told
    ("describe", 0, 3.0),
    ("measurement", 0, 5.0),
    ("measurement", 0, 40.0),
    ("latent", 0, 5.0),
    ("latent", 1, 1.0),
)


def inputs(folder: Path, rows: int) -> tuple[Path, Path]:
    """The instrument and the answers, written to ``folder`` unless they are there."""
    instrument, answers = folder / "instrument.yaml", folder / f"answers{rows}.csv"
    lines = [f"  - {{code: {c}, label: {{id: Konstruk {c}}}}}\n" for c in "ABCDE"] + ["questions:\n"]
    lines += [
        f"  - {{code: {code}, section: MAIN, construct: {code[0]}, text: {{id: Pernyataan nomor {code}.}}}}\n"
        for code in CODES
    ]
    instrument.write_text(HEAD + "".join(lines), encoding="utf-8")
    if not answers.exists():
        answers.write_text(",".join(CODES) + "\n", encoding="utf-8")
        subprocess.run([sys.executable, "-c", MAKE, str(answers), str(rows)], check=True)
    return instrument, answers


def run(words: list[str]) -> None:
    """Run a job and say what it took; its own output stays visible."""
    start = time.monotonic()
    child = subprocess.Popen([sys.executable, *words])
    _, status, used = os.wait4(child.pid, 0)
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(
        f"exit {os.waitstatus_to_exitcode(status)}; {time.monotonic() - start:.0f} s, "
        f"{(used.ru_utime + used.ru_stime) / 60:.1f} minutes of processor; peak {peak:.0f} MB",
        flush=True,
    )


def command(instrument: Path, answers: Path, out: Path, draws: int, workers: int) -> list[str]:
    """The study as a user starts it."""
    return [
        *("-m", "umkm_stats", "analyze", str(answers), "-i", str(instrument), "--out", str(out)),
        *("--draws", str(draws), "--seed", "7", "--workers", str(workers), "--lang", "en"),
    ]


def interrupted(words: list[str], out: Path, moment: tuple[str, int, float]) -> None:
    """Send SIGINT at a moment; say how long the end took and what it left."""
    part, least, later = moment
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background begins without it
    child = subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE)
    assert child.stderr is not None
    at = "ended before"
    for line in child.stderr:
        told = json.loads(line) if line.startswith(b"{") else {"part": line.decode().strip()}
        if told.get("part") == part and told.get("done", 0) >= least:
            at = f"{part} {told.get('done', 0)} of {told.get('total', '?')}, {later:.0f} s later"
            break
    time.sleep(later)
    child.send_signal(signal.SIGINT)
    start = time.monotonic()
    child.stderr.read()
    code = child.wait()
    left = sorted(path.name for path in out.parent.iterdir() if out.name in path.name)
    print(f"{at}: exit {code} after {time.monotonic() - start:.1f} s; left: {left or 'nothing'}", flush=True)


def main() -> None:
    """Run the job asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "job", nargs="?", default="study", choices=["study", "parallel", "mediate", "interrupt"]
    )
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--parts", default="describe,measurement,latent", help="of the study, to interrupt")
    asked = parser.parse_args()
    if asked.job in ("parallel", "mediate"):
        run(["-c", PARALLEL if asked.job == "parallel" else MEDIATE])
        return
    with tempfile.TemporaryDirectory() as place:
        folder = asked.keep or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        instrument, answers = inputs(folder, asked.rows)
        out = folder / "out"
        words = command(instrument, answers, out, asked.draws, asked.workers)
        print(f"{asked.rows} rows x {len(CODES)} items, {asked.draws} draws, {asked.workers} workers")
        if asked.job == "study":
            run(words)
            return
        threads = ["-c", DRAWS, ",".join(CODES), str(answers)]  # two blocks of draws under way in threads
        interrupted(threads, out, ("drawing", 0, 20.0))
        for moment in MOMENTS:
            if moment[0] in asked.parts.split(","):
                interrupted([*words, "--progress", "jsonl"], out, moment)


if __name__ == "__main__":
    main()
