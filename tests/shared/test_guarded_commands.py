"""Damaged files handed to the commands themselves, each in a process of its own: 200 of seven kinds."""

import os
import random
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from damaged_texts import CLAIMS, MAP, STUDY, mutated

pytestmark = pytest.mark.slow
COUNT = int(os.environ.get("UMKM_FUZZ_COMMANDS", "200"))
WAYS = {
    "instrument.yaml": ["instrument", "check", "instrument.yaml"],
    "study.yaml": ["analyze", "answers.csv", "-i", "whole.yaml", "--study", "study.yaml"],
    "claims.yaml": ["review", "claims.yaml"],
    "map.yaml": ["validate", "answers.csv", "-i", "whole.yaml", "--map", "map.yaml"],
    "manifest.json": ["reproduce", "."],
    "results.json": ["reproduce", "."],
    "moments.json": ["pack", "."],
}


def command(folder: Path, words: list[str]) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-m", "umkm_stats", *words],
        cwd=folder,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        timeout=300,
    )
    return run.returncode, run.stdout.decode("utf-8") + run.stderr.decode("utf-8")


def folder_of(number: int, name: str, data: bytes, study, instrument, place: Path) -> Path:
    folder = place / str(number)
    folder.mkdir()
    for own in ("manifest.json", "results.json", "moments.json"):
        if name.endswith(".json"):
            (folder / own).write_bytes((study.folder / own).read_bytes())
    (folder / "whole.yaml").write_bytes(Path(instrument.origin).read_bytes())
    (folder / "answers.csv").write_text("Pernyataan 1,Waktu\nKS,x\n", encoding="utf-8")
    (folder / name).write_bytes(data)
    return folder


def test_two_hundred_damaged_files_by_real_commands(study, instrument, tmp_path):
    """Exit 0, 1 or 2, what is refused with a code; no traceback, no CLI009; the file handed in unchanged."""
    texts = {
        "instrument.yaml": Path(instrument.origin).read_text(encoding="utf-8"),
        "study.yaml": STUDY,
        "claims.yaml": CLAIMS,
        "map.yaml": MAP,
    }
    for own in ("manifest.json", "results.json", "moments.json"):
        texts[own] = (study.folder / own).read_text(encoding="utf-8")
    draw = random.Random(20261128)
    jobs = []
    for number in range(COUNT):
        name = list(WAYS)[number % len(WAYS)]
        jobs.append((number, name, mutated(texts[name], draw)))

    def one(job):
        number, name, data = job
        folder = folder_of(number, name, data, study, instrument, tmp_path)
        before = sorted(path.name for path in folder.iterdir())
        code, told = command(folder, [*WAYS[name], *(["--json"] if number % 3 == 0 else [])])
        assert (folder / name).read_bytes() == data, name
        assert code == 0 or sorted(path.name for path in folder.iterdir()) == before, name
        return name, code, told, data

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(one, jobs))
    faults = [
        (name, code, told[-2000:], data[:4000])
        for name, code, told, data in ended
        if code not in (0, 1, 2) or "Traceback" in told or "CLI009" in told or (code and not coded(told))
    ]
    assert not faults, faults[0]
    refused = Counter(name for name, code, _, _ in ended if code)
    assert set(refused) == set(WAYS)
    assert sum(refused.values()) > COUNT // 4


def coded(told: str) -> bool:
    """Whether a code such as GEN012 stands in what was said."""
    return re.search(r"\b[A-Z]{3}\d{3}\b", told) is not None
