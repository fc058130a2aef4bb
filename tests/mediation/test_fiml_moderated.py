"""One moderator under full information maximum likelihood: least squares on complete rows, lavaan with
gaps."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from umkm_stats import UmkmError, mediate
from umkm_stats.mediation._fiml import model_text

N = 200
I = np.arange(N)
Z = [
    np.round(stats.norm.ppf(np.clip((I * step) % 1, 0.002, 0.998)), 3)
    for step in (0.6180339887, 0.7548776662, 0.5698402910, 0.4142135624, 0.8191725134)
]
DATA = pd.DataFrame({"x": Z[0], "w": Z[1], "c": Z[2]})
DATA["m"] = (0.5 * DATA.x + 0.3 * DATA.w + 0.3 * DATA.x * DATA.w + Z[3]).round(3)
DATA["y"] = (0.4 * DATA.m + 0.2 * DATA.x + 0.2 * DATA.m * DATA.w + 0.2 * DATA.c + Z[4]).round(3)
GAPS = DATA.assign(m=DATA.m.where(I % 9 != 0), y=DATA.y.where(I % 13 != 1), w=DATA.w.where(I % 17 != 2))
ROLES = {"x": "x", "m": "m", "y": "y", "covariates": "c", "moderator": "w"}
OPTIONS = {"draws": 6, "seed": 1, "intervals": "percentile"}


@pytest.mark.parametrize("moderates", ["a", "b", ("a", "b", "c")])
def test_complete_rows_give_the_regressions(moderates):
    one = mediate(DATA, **ROLES, **OPTIONS, moderates=moderates)
    full = mediate(DATA, **ROLES, **OPTIONS, moderates=moderates, missing="fiml")
    kinds = "effect in ('conditional_indirect', 'conditional_direct', 'index') and method == 'percentile'"
    mine, theirs = (found.effects.query(kinds).sort_values(["effect", "path"]) for found in (full, one))
    assert list(mine["path"]) == list(theirs["path"])
    assert_allclose(mine["est"], theirs["est"], rtol=1e-5)
    assert full.probes == one.probes
    assert "MED499" in {note.code for note in full.notes}


def test_gaps_are_filled_as_lavaan_does():
    """lavaan 0.6-14, sem(missing = "fiml", fixed.x = FALSE) with the product as a column; rtol 1e-4."""
    by = {
        ("m", "x"): (0.52075519, 0.07992575),
        ("m", "c"): (0.05456696, 0.07892976),
        ("y", "x"): (0.15806902, 0.08753633),
        ("y", "m"): (0.32991825, 0.08116433),
        ("y", "m.by.w"): (0.21336896, 0.07944186),
        ("y", "w"): (-0.03946801, 0.08365530),
        ("y", "c"): (0.24171485, 0.07540326),
    }
    full = mediate(GAPS, **ROLES, **OPTIONS, moderates="b", missing="fiml")
    table = full.coefficients.set_index(["lhs", "rhs"])
    for key, numbers in by.items():
        assert_allclose(table.loc[key, ["est", "se"]].astype(float), numbers, rtol=2e-4, atol=2e-6)
    est = full.effects.query("effect == 'conditional_indirect' and method == 'percentile'")["est"].to_numpy()
    a, b, product = (by[key][0] for key in (("m", "x"), ("y", "m"), ("y", "m.by.w")))
    values = [probe["w"] for probe in full.probes]
    assert_allclose(est, [a * (b + product * value) for value in values], rtol=1e-3)
    known = GAPS.w.dropna()
    assert_allclose(values, np.quantile(known, [0.16, 0.5, 0.84], method="weibull"))
    assert full.sample.used == N


def test_the_model_leaves_no_covariance_out():
    text = model_text(mediate(DATA, **ROLES, **OPTIONS, moderates="b").spec)
    assert "`m` ~~ `m.by.w`" in text
    assert "`x` ~~ `m.by.w`" in text


@pytest.mark.parametrize(
    "change",
    [
        {"moderator": ["w", "c"], "covariates": ()},
        {"moderator": None, "interaction": True},
        {"center": True},
        {"strata": "w"},
    ],
)
def test_what_has_no_such_route(change):
    with pytest.raises(UmkmError) as caught:
        mediate(**{"data": GAPS, **ROLES, **OPTIONS, "missing": "fiml", **change})
    assert caught.value.code == "MED026"
