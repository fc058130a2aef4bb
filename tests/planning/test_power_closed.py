"""Closed forms beside simulation and beside the exact noncentral t."""

import numpy as np
import pytest
from scipy.stats import nct
from scipy.stats import t as student

from umkm_stats.errors import UsageError
from umkm_stats.planning import closed_power, power

MODEL = "m ~ a*.39*x\ny ~ b*.39*m + 0*x\nab := a*b"
LATENT = (
    "\n".join(f"{v} =~ " + " + ".join(f".7*{v}{i}" for i in range(1, 4)) for v in "XMY")
    + "\nM ~ a*.3*X\nY ~ b*.3*M + 0*X"
)


def test_one_path_is_the_noncentral_t():
    row = closed_power("y ~ .3*x", n=90).tidy().iloc[0]
    critical = student.isf(0.025, 88)
    shift = 0.3 * np.sqrt(90)
    assert row["power"] == pytest.approx(
        nct.sf(critical, 88, shift) + nct.cdf(-critical, 88, shift), rel=1e-12
    )


@pytest.mark.parametrize(("text", "standardized", "n"), [(MODEL, False, 74), (LATENT, True, 250)])
def test_joint_significance_is_near_simulation(text, standardized, n):
    """Large-sample errors against 1 500 (observed) or 400 (latent) simulated samples: within .03 + 3 standard
    errors."""
    close = closed_power(text, n=n, standardized=standardized).tidy().set_index("effect")["power"]
    reps = 1500 if text == MODEL else 400
    there = (
        power(text, n=n, reps=reps, draws=0, seed=6, interval="joint", standardized=standardized, workers=1)
        .tidy()
        .set_index("effect")
    )
    for name in ("a", "b", "indirect"):
        assert abs(close[name] - there.loc[name, "power"]) < 0.03 + 3 * there.loc[name, "se_power"]


def test_delta_power_of_the_formula_and_the_level_of_no_effect():
    table = (
        closed_power(MODEL, n=[90], interval=("joint", "sobel"))
        .tidy()
        .query("method == 'delta'")
        .set_index("effect")["power"]
    )
    from scipy.special import ndtr

    shift = 0.39**2 * np.sqrt(90) / (0.39 * np.sqrt(2))
    assert table["indirect"] == pytest.approx(
        ndtr(shift - 1.959963984540054) + ndtr(-shift - 1.959963984540054), rel=1e-9
    )
    assert table["ab"] == pytest.approx(table["indirect"])
    assert table["direct"] == pytest.approx(0.05, abs=1e-6)


def test_it_says_that_it_is_approximate():
    found = closed_power(MODEL, n=80)
    assert [note.code for note in found.notes] == ["PLN145"]
    assert "hampiran" in found.summary("id")
    assert found.glance().loc[0, "sizes"] == 1
    assert found.to_dict()["curve"][0]["n"] == 80
    with pytest.raises(UsageError):
        closed_power(MODEL, n=80, interval="percentile")
