"""Speed of the local page against its limits: start, answers of every page, a large file, the whole way.

    python benchmarks/app_speed.py            # all; a few minutes
    python benchmarks/app_speed.py --quick    # without the 50 MB file

Each line gives the wall time, the processor time of the page and its run (which other work on the machine
disturbs less), the limit of the wall time, and whether it holds on this machine now. The page is the real
command, asked over HTTP as a browser asks it; memory is the largest resident size of its process (Linux).
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np

WORDS = ("Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju")
PAGES = ("/file", "/columns", "/check", "/model", "/run", "/results")
LIMITS = {"start": 1.5, "page": 0.2, "large": 20.0, "memory": 1e9, "way": 40.0}


class Page:
    """The command in a folder, and its one visitor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        begun = time.perf_counter()
        words = [sys.executable, "-m", "umkm_stats", "app", "--folder", str(folder), "--no-browser"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        address = self.process.stdout.readline().strip()
        self.started = time.perf_counter() - begun
        self.origin = address.partition("/?")[0]
        self.http = httpx.Client(base_url=self.origin, timeout=600, trust_env=False)
        self.http.get(address.removeprefix(self.origin))

    def get(self, path: str) -> httpx.Response:
        """A page, with its redirects."""
        return self.http.get(path, follow_redirects=True)

    def post(self, path: str, data: dict[str, object], **more: object) -> httpx.Response:
        """A form of the page; what it leads to."""
        page = "/" + path.strip("/").split("/")[0]
        digest = re.search(r'name="digest" value="([^"]*)"', self.get(page).text)
        given = {"digest": digest[1] if digest else "", **data}
        headers = {"Origin": self.origin}
        return self.http.post(path, data=given, headers=headers, follow_redirects=True, **more)  # type: ignore[arg-type]

    def upload(self, file: Path) -> httpx.Response:
        """A file on page 1."""
        with file.open("rb") as stream:
            return self.post("/file", {}, files={"answers": (file.name, stream)})

    def settled(self) -> dict[str, str]:
        """Every question of page 2 ticked."""
        found = re.findall(r'name="question-(\d+)"', self.get("/columns").text)
        return {f"question-{n}": "yes" for n in found} | {f"asked-{n}": "yes" for n in found}

    def model(self) -> dict[str, object]:
        """Page 4 as it stands."""
        text = self.get("/model").text
        kind = re.search(r'name="kind"[^>]*value="(\w+)" checked', text)
        parts = {
            f"part-{code}": next(iter(re.findall(r'<option value="(\w*)" selected', block)), "")
            for code, block in re.findall(r'name="part-([^"]+)">(.*?)</select>', text, re.S)
        }
        return {
            "order": re.findall(r'name="order" value="([^"]+)"', text),
            "kind": kind[1] if kind else "",
            **parts,
        }

    def spent(self) -> float:
        """Processor time of the page and of the runs it has ended, in seconds; NaN where it is not known."""
        try:
            told = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return float("nan")
        return sum(map(int, told.rsplit(")", 1)[1].split()[11:15])) / os.sysconf("SC_CLK_TCK")

    def peak(self) -> float:
        """Largest resident size so far, in bytes; 0 where it is not known."""
        try:
            told = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        except OSError:
            return 0.0
        found = re.search(r"VmHWM:\s+(\d+) kB", told)
        return float(found[1]) * 1024 if found else 0.0

    def close(self) -> None:
        """The end."""
        self.http.close()
        self.process.terminate()
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()


def answers(path: Path, rows: int, columns: int, seed: int = 1) -> Path:
    """A form export: time, name, phone, then items of eight variables in words."""
    rng = np.random.default_rng(seed)
    heads = [
        f"X{1 + k // 6}.{1 + k % 6} Pernyataan nomor {k + 1} tentang usaha kami." for k in range(columns - 3)
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Cap waktu", "Nama", "Nomor HP", *heads])
        words = np.array(WORDS)
        for i in range(rows):
            picked = words[np.clip(rng.integers(0, 5, columns - 3), 0, 4)]
            writer.writerow([f"{1 + i % 28:02d}/03/2026 10.00.00", f"Orang {i}", f"08{i:010d}", *picked])
    return path


def tell(name: str, wall: float, processor: float, limit: float) -> bool:
    """One line of the table."""
    verdict = "holds" if wall < limit else "DOES NOT HOLD"
    print(f"{name:<56} {wall:8.3f} s  ({processor:7.3f} s)   limit {limit:5.1f} s   {verdict}", flush=True)
    return wall < limit


def starts(root: Path) -> bool:
    """From the command to its address, the best of three after one that warms the disk."""
    times, processor = [], []
    for k in range(4):
        page = Page(root / f"start{k}")
        times.append(page.started)
        processor.append(page.spent())
        page.close()
    return tell(
        "start (median of 3)", statistics.median(times[1:]), statistics.median(processor[1:]), LIMITS["start"]
    )


def pages(root: Path, repeats: int = 30) -> bool:
    """95 % of the answers of all six pages with 400 rows and 46 columns loaded."""
    page = Page(root / "pages")
    page.upload(answers(root / "form.csv", 400, 46))
    page.post("/columns", {**page.settled(), "action": "next"})
    page.post("/check", {"action": "next"})
    good = True
    for path in PAGES:
        page.get(path)
        times, before = [], page.spent()
        for _ in range(repeats):
            begun = time.perf_counter()
            page.get(path)
            times.append(time.perf_counter() - begun)
        processor = (page.spent() - before) / repeats
        slow = float(np.quantile(times, 0.95))
        good &= tell(f"{path}, 400 rows x 46 columns (p95 of {repeats})", slow, processor, LIMITS["page"])
    times, before = [], page.spent()
    for k in range(10):
        begun = time.perf_counter()
        page.post("/columns", {"label-X1": f"Nama {k}", "action": "save"})
        times.append(time.perf_counter() - begun)
    each = (page.spent() - before) / 10
    tell("one change on /columns, saved and shown (median of 10)", statistics.median(times), each, 1.0)
    page.close()
    return good


def large(root: Path) -> bool:
    """A CSV of 50 MB from the upload to the column page."""
    file = answers(root / "large.csv", 87_000, 46)
    page = Page(root / "large")
    before = page.spent()
    begun = time.perf_counter()
    page.upload(file)
    shown = page.get("/columns")
    spent = time.perf_counter() - begun
    assert shown.status_code == 200
    size = file.stat().st_size / 1e6
    good = tell(f"{size:.0f} MB CSV to the column page", spent, page.spent() - before, LIMITS["large"])
    most, bound = page.peak() / 1e6, LIMITS["memory"] / 1e6
    print(f"{'largest memory on the way':<56} {most:8.0f} MB   limit {bound:.0f} MB")
    good &= page.peak() < LIMITS["memory"]
    page.close()
    return good


def way(root: Path) -> bool:
    """Upload to results on a messy form, 5,000 draws, with the guesses as they are."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.app.files import form_export

    file = form_export(root / "form.xlsx", n=160)
    page = Page(root / "way")
    before = page.spent()
    begun = time.perf_counter()
    page.upload(file)
    page.post("/columns", {**page.settled(), "action": "next"})
    page.post("/check", {"action": "next"})
    page.post("/model", {**page.model(), "action": "next"})
    run = {
        "draws": "5000",
        "seed": "7",
        "style": "skripsi",
        "language": "id",
        "decimal": ",",
        "action": "run",
    }
    page.post("/run", run)
    while (state := page.get("/run/state").json())["status"] == "running":
        time.sleep(0.1)
    page.get("/results")
    spent = time.perf_counter() - begun
    processor = page.spent() - before
    assert state["status"] == "done", state
    page.close()
    return tell("whole way, messy form of 161 rows, 5,000 draws", spent, processor, LIMITS["way"])


def main() -> None:
    """Measure and say what holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="without the 50 MB file")
    quick = parser.parse_args().quick
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors{load}")
    with tempfile.TemporaryDirectory() as given:
        root = Path(given)
        good = starts(root) & pages(root) & way(root)
        if not quick:
            good &= large(root)
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
