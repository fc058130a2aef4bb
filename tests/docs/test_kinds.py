"""The table of docs/methods/engine.md is what the engine gives today, and equals lavaan where both have a
number."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def kinds():
    spec = importlib.util.spec_from_file_location("kinds", ROOT / "docs" / "_build" / "kinds.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_fresh_and_has_every_kind(kinds):
    page = (ROOT / "docs" / "methods" / "engine.md").read_text(encoding="utf-8")
    fresh = kinds.rows()
    lost = [row[0] for row in fresh if " | ".join(row) not in page]
    assert not lost
    assert {re.match(r"\d+", row[0]).group() for row in fresh} == {str(k) for k in range(1, 11)}


def test_both_numbers_are_equal_where_there_are_two(kinds):
    same = [row for row in kinds.rows() if row[0][0] in "1236" and not row[0].startswith("10")]
    assert len(same) >= 8
    for _, _, lavaan, here in same:
        assert re.findall(r"-?\d+\.\d+", lavaan) == re.findall(r"-?\d+\.\d+", here)
