"""Reading a large CSV: this library (read, recoded, checked) beside pandas (read only).

    python benchmarks/read_million.py [rows] [items] [numeric|words]

Each side runs in a process of its own; time is wall time (and processor time of all threads, which says more
on a busy machine), memory the peak resident size above an idle interpreter with the same imports. The file is
written to a temporary folder and removed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

SIDES = {
    "pandas": "import pandas as pd, sys\nbase()\nframe = pd.read_csv(sys.argv[1])\n",
    "umkm_stats": (
        "import sys\nimport pandas as pd\nfrom pathlib import Path\n"
        "from umkm_stats.instrument import load_instrument\nfrom umkm_stats.responses import read_responses\n"
        "import umkm_stats.responses._reading\n"
        "instrument = load_instrument(Path(sys.argv[2]))\nbase()\n"
        "answers = read_responses(sys.argv[1], instrument)\n"
        "assert answers.sample.used == int(sys.argv[3]), answers.sample.describe()\n"
    ),
}
HEAD = """
import resource, time, json
def base():
    global start, idle
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter(), time.process_time()
"""
TAIL = """
seconds, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024
print(json.dumps({"seconds": seconds, "cpu": cpu, "mb": mb}))
"""


def instrument_text(items: int) -> str:
    """A plain instrument of ``items`` items on one five-point scale."""
    labels = "{1: Sangat Tidak Setuju, 2: Tidak Setuju, 3: Netral, 4: Setuju, 5: Sangat Setuju}"
    lines = [
        "schema: umkm-instrument/1",
        "name: benchmark",
        "version: '1'",
        "title: {id: Uji kecepatan}",
        "languages: [id]",
        "default_scale: agree",
        f"response_scales: {{agree: {{values: [1, 2, 3, 4, 5], labels: {{id: {labels}}}}}}}",
        "sections: [{code: MAIN, title: {id: Isi}}]",
        "constructs:",
    ]
    lines += [f"  - {{code: C{c}, label: {{id: Konstruk {c}}}}}" for c in range(10)]
    lines.append("questions:")
    lines += [
        f"  - {{code: Q{i + 1}, section: MAIN, construct: C{i % 10}, text: {{id: Pernyataan nomor "
        f"{i + 1}.}}}}"
        for i in range(items)
    ]
    return "\n".join(lines) + "\n"


def write(path: Path, rows: int, items: int, words: bool) -> None:
    """Random answers with 1 % gaps; the same file every time."""
    import numpy as np

    labels = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju", ""]
    entries = np.array(labels if words else ["1", "2", "3", "4", "5", ""], dtype=object)
    rng = np.random.Generator(np.random.Philox(7))
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join(f"Q{i + 1}" for i in range(items)) + "\n")
        for first in range(0, rows, 50_000):
            count = min(50_000, rows - first)
            picks = rng.integers(0, 5, (count, items))
            picks[rng.random((count, items)) < 0.01] = 5
            stream.write("\n".join(",".join(row) for row in entries[picks]) + "\n")


def main() -> None:
    """Run both sides and print their figures side by side."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    items = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    kinds = [sys.argv[3]] if len(sys.argv) > 3 else ["numeric", "words"]
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            data, definition = Path(folder) / "answers.csv", Path(folder) / "instrument.yaml"
            write(data, rows, items, kind == "words")
            definition.write_text(instrument_text(items), encoding="utf-8")
            found = {}
            for side, code in SIDES.items():
                run = subprocess.run(
                    [sys.executable, "-c", HEAD + code + TAIL, str(data), str(definition), str(rows)],
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if run.returncode:
                    raise SystemExit(run.stderr)
                found[side] = json.loads(run.stdout.strip().splitlines()[-1])
            ours, theirs = found["umkm_stats"], found["pandas"]
            print(f"{kind}: {rows} rows x {items} items, {data.stat().st_size / 1e6:.0f} MB")
            for side, figure in found.items():
                print(
                    f"  {side:<11} {figure['seconds']:7.1f} s {figure['cpu']:7.1f} s of processor "
                    f"{figure['mb']:8.0f} MB"
                )
            print(
                f"  ratio       {ours['seconds'] / theirs['seconds']:7.2f}   "
                f"{ours['cpu'] / theirs['cpu']:7.2f}                {ours['mb'] / theirs['mb']:8.2f}      "
                f"(limits 4 and 3)"
            )


if __name__ == "__main__":
    main()
