"""Mutated and hostile files: a result whose rows add up, or a coded error; never a traceback, never a hang.

A few hundred cases run here. The documented target is 100 000 (see ``fuzz`` at the end):

    python tests/responses/test_responses_fuzz.py 100000          all
    python tests/responses/test_responses_fuzz.py 100000 50000    those after the first 50 000
"""

from __future__ import annotations

import csv
import io
import random
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from umkm_stats.errors import UmkmError
from umkm_stats.instrument import load_instrument
from umkm_stats.responses import read_responses

try:
    from .conftest import ITEMS, YAML
except ImportError:  # run as a script
    from conftest import ITEMS, YAML

LIMIT = 10.0  # processor seconds for one small file
WORDS = [
    "Sangat Setuju",
    "5",
    "KS",
    "4 - Setuju",
    "",
    "-",
    "7",
    "3,5",
    "Tidak sesuai dengan usaha saya",
    "01/11/2026 10.00.00",
    "a@b.id",
    '"',
    "=1+1",
    "\n",
    "\x00",
    "é",
    "9" * 40,
    "TOTAL",
]


def tables(rng: random.Random) -> list[list[str]]:
    """A plausible table."""
    heads = ["Timestamp", *ITEMS, "AGE", "HELP", "Nama"]
    rng.shuffle(heads)
    return [heads, *([rng.choice(WORDS) for _ in heads] for _ in range(rng.randint(0, 12)))]


def seeds(folder: Path, rng: random.Random) -> list[Path]:
    """One valid file of every kind."""
    rows = tables(rng)
    made = []
    text = io.StringIO()
    csv.writer(text, delimiter=rng.choice(",;\t")).writerows(rows)
    for name, data in (
        ("a.csv", text.getvalue().encode("utf-8")),
        ("b.csv", text.getvalue().encode("utf-16")),
        ("c.csv", text.getvalue().encode("cp1252", "replace")),
        ("d.json", b'{"answers": [' + b",".join(b'{"XA1": %d, "XA2": "KS"}' % i for i in range(4)) + b"]}"),
        ("e.html", b"<table><tr><th>XA1<th>XA2</tr><tr><td>5<td>4</td></tr></table>"),
    ):
        (folder / name).write_bytes(data)
        made.append(folder / name)
    with zipfile.ZipFile(folder / "f.zip", "w") as archive:
        archive.writestr("a.csv", text.getvalue())
    made.append(folder / "f.zip")
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append([c.replace("\x00", "") for c in row])
    book.save(folder / "g.xlsx")
    made.append(folder / "g.xlsx")
    frame = pd.DataFrame({c: np.arange(1, 6, dtype=float) for c in ITEMS})
    import pyreadstat

    pyreadstat.write_sav(frame, folder / "h.sav", variable_value_labels={"XA1": {1: "Sangat Setuju"}})
    pyreadstat.write_dta(frame, folder / "i.dta")
    frame.to_parquet(folder / "j.parquet")
    return [*made, folder / "h.sav", folder / "i.dta", folder / "j.parquet"]


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Flip, cut, repeat, insert, swap."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        if not out:
            break
        at = rng.randrange(len(out))
        kind = rng.randrange(7)
        if kind == 0:
            out[at] = rng.randrange(256)
        elif kind == 1:
            del out[at : at + rng.randint(1, 40)]
        elif kind == 2:
            out[at:at] = out[at : at + rng.randint(1, 60)]
        elif kind == 3:
            out[at:at] = rng.choice(
                (
                    b"\x00",
                    b'"',
                    b"\n",
                    b"\r\n",
                    b";",
                    b",",
                    b"\xff\xfe",
                    b"\xef\xbb\xbf",
                    b"PK\x03\x04",
                    b"<!DOCTYPE",
                    b"&lol;",
                    b"]]>",
                )
            )
        elif kind == 4:
            del out[at:]
        elif kind == 5:
            other = rng.randrange(len(out))
            out[at], out[other] = out[other], out[at]
        else:
            out[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"))
    return bytes(out)


def rewrite_part(path: Path, rng: random.Random) -> bytes:
    """An archive with one part mutated before packing, so that checksums hold and the parsers meet the
    fault."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        chosen = rng.choice(names)
        for name in names:
            new.writestr(name, mutate(old.read(name), rng) if name == chosen else old.read(name))
    return out.getvalue()


def one_case(path: Path, instrument: object) -> str:
    """Read; "" when all is well, else what went wrong."""
    before = path.read_bytes()
    start = time.process_time()
    try:
        read = read_responses(path, instrument)
    except UmkmError as fault:
        outcome = "" if fault.message("id") and fault.remedy("en") else f"no text for {fault.code}"
    except Exception as fault:
        outcome = f"{fault.__class__.__name__}: {fault}"
    else:
        sample = read.sample
        whole = sample.rows_in == sample.used + sum(sample.dropped.values()) == len(read.items)
        values = read.items.to_numpy(dtype=float)
        inside = np.isnan(values) | np.isin(values, [1, 2, 3, 4, 5])
        read.findings.to_csv()
        read.summary("id")
        outcome = "" if whole and inside.all() else "rows or values do not add up"
    if time.process_time() - start > LIMIT:
        outcome += " too slow"
    return outcome + (" file changed" if path.read_bytes() != before else "")


def cases(
    folder: Path, instrument: object, count: int, seed: int, native: float = 0.05
) -> list[tuple[int, str, str]]:
    """Run ``count`` mutated files; (case, file, fault) of those that failed."""
    rng = random.Random(seed)
    failed = []
    kept: list[Path] = []
    for number in range(count):
        if number % 200 == 0:
            kept = seeds(folder, rng)
        path = rng.choice(kept)
        if path.suffix in (".sav", ".dta") and rng.random() > native:  # these start a process of their own
            path = kept[0]
        packed = path.suffix in (".xlsx", ".zip") and rng.random() < 0.6
        target = folder / f"case{path.suffix}"
        target.write_bytes(rewrite_part(path, rng) if packed else mutate(path.read_bytes(), rng))
        fault = one_case(target, instrument)
        if fault:
            failed.append((number, path.name, fault))
    return failed


def test_mutated_files(tmp_path, tiny):
    assert cases(tmp_path, tiny, 260, seed=1) == []


@pytest.mark.slow
def test_more_mutated_files(tmp_path, tiny):
    assert cases(tmp_path, tiny, 1500, seed=2) == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert one_case(path, _small(tmp_path)) == ""


CELLS = st.one_of(
    st.none(),
    st.integers(-10, 10),
    st.floats(allow_nan=True),
    st.booleans(),
    st.datetimes().map(lambda d: d.replace(microsecond=0)),
    st.text(max_size=8),
    st.sampled_from(WORDS),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=9, max_size=10), max_size=6), st.booleans())
def test_any_cells_in_a_workbook(tmp_path, rows, above):
    from umkm_stats.responses._export import write_rows

    clean = [
        [None if v is None or (isinstance(v, float) and not np.isfinite(v)) else v for v in row]
        for row in rows
    ]
    path = write_rows([["judul"]] * above + [ITEMS, *clean], tmp_path / "a.xlsx")
    assert one_case(path, _small(tmp_path)) == ""


_CACHE: dict[str, object] = {}


def _small(folder: Path) -> object:
    if "tiny" not in _CACHE:
        path = folder / "fuzz_instrument.yaml"
        path.write_text(YAML, encoding="utf-8")
        _CACHE["tiny"] = load_instrument(path)
    return _CACHE["tiny"]


def fuzz() -> None:
    """Run the target and write what failed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0  # to go on where a run was stopped
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        instrument = _small(folder)
        start = time.monotonic()
        failed: list[tuple[int, str, str]] = []
        for seed in range(first, count, 1000):
            found = cases(folder, instrument, min(1000, count - seed), seed=1000 + seed)
            failed += found
            for entry in found:
                sys.stdout.write(f"seed {1000 + seed}: {entry}\n")
            sys.stdout.write(
                f"{min(seed + 1000, count)} files, {len(failed)} failed, {time.monotonic() - start:.0f} s\n"
            )
            sys.stdout.flush()
        raise SystemExit(bool(failed))


if __name__ == "__main__":
    fuzz()
