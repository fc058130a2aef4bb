"""Correct tables printed under each convention are never accused; altered digits stay caught.

The figures of 1,000 tables a convention are in ``benchmarks/review_conventions.csv``.
"""

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
