"""The table of docs/planning.md: every call gives the number printed beside it."""

import re
from pathlib import Path

import pytest

from umkm_stats.planning import (  # noqa: F401  (names of the calls)
    Recorded,
    detectable,
    icc_size,
    power,
    rmsea_size,
    sample_sizes,
    size_for_test,
    smallest_n,
)

PAGE = Path(__file__).parents[2] / "docs" / "planning.md"
CFA = "\n".join(
    [f"f{j} =~ " + " + ".join(f".8*v{k}" for k in range(5 * j - 4, 5 * j + 1)) for j in (1, 2)]
    + [f"v{k} ~~ .36*v{k}" for k in range(1, 11)]
    + ["f1 ~~ .25*f2"]
)
ROWS = [
    (question, call, float(number))
    for question, call, number in re.findall(
        r"^\| ([^|]+) \| `([^`|]+)` \| ([\d.]+) \| [^|]+ \| [^|]+ \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
]


class Near(float):
    """A simulated number with its Monte Carlo error."""

    se: float

    def __new__(cls, value, se):
        self = super().__new__(cls, value)
        self.se = se
        return self


def simulated(curve, effect):
    row = curve.tidy().query("effect == @effect").iloc[0]
    return Near(row["power"], row["se_power"])


def within(found):
    return Near(found.estimate, (found.se**2 + 1.0) ** 0.5)


def test_the_table_is_there():
    assert len(ROWS) == 15


MARKED = [pytest.param(*row, id=row[0], marks=[pytest.mark.slow] if "reps" in row[1] else []) for row in ROWS]


@pytest.mark.parametrize(("question", "call", "number"), MARKED)
def test_a_row(question, call, number):
    found = eval(call, globals())
    if isinstance(found, Near):
        assert abs(found - number) <= 3 * found.se + 0.0005
    else:
        assert found == number
