"""Correct tables printed under each convention are never accused; altered digits stay caught.

The figures of 1,000 tables a convention are in ``benchmarks/review_conventions.csv``.
"""

import csv
import importlib.util

import pytest

from doc_blocks import ROOT

PATH = ROOT / "benchmarks" / "review_conventions.py"


def script():
    spec = importlib.util.spec_from_file_location("review_conventions", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BENCH = script()


@pytest.mark.parametrize("name", list(BENCH.MAKERS))
def test_a_few_tables(name):
    found = BENCH.run(name, 12, seed=3)
    assert found["numbers"] >= 12
    assert found["accused"] == found["accused_without_program"] == 0
    assert found["still_caught"] >= 0.9 * found["caught_by_textbook"]


def test_the_thousand():
    rows = list(csv.DictReader(PATH.with_suffix(".csv").read_text(encoding="utf-8").splitlines()))
    assert [row["convention"] for row in rows] == list(BENCH.MAKERS)
    assert {row["tables"] for row in rows} == {"1000"}
    assert {row["accused"] for row in rows} == {row["accused_without_program"] for row in rows} == {"0"}
    for row in rows:
        assert int(row["still_caught"]) >= 0.9 * int(row["caught_by_textbook"]), row["convention"]
