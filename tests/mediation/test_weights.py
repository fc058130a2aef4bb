"""Weights of rows: sampling weights beside statsmodels' WLS and refits, frequencies beside the rows written
out."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose

from umkm_stats import UmkmError, mediate

G = np.random.default_rng(14)
N = 80
DATA = pd.DataFrame(G.normal(size=(N, 3)), columns=["x", "w", "c"])
DATA["m"] = 0.4 * DATA.x + 0.3 * DATA.x * DATA.w + G.normal(size=N)
DATA["y"] = 0.5 * DATA.m + 0.2 * DATA.x + G.normal(size=N)
DATA["p"] = G.uniform(0.2, 3.0, size=N)
DATA["f"] = G.integers(0, 4, size=N)
DATA["g"] = np.arange(N) % 20
ROLES = {"x": "x", "m": "m", "y": "y", "covariates": "c"}
OPTIONS = {"draws": 50, "seed": 3, "intervals": ("percentile", "bca")}


def wls(outcome, columns, data=DATA, kind="HC1", **more):
    return sm.WLS(data[outcome], sm.add_constant(data[columns]), weights=data["p"]).fit(
        cov_type=kind, use_t=True, **more
    )


@pytest.mark.parametrize("errors", ["classical", "HC1", "HC3"])
def test_sampling_weights_are_weighted_regressions_with_robust_errors(errors):
    """statsmodels 0.15 WLS; classical errors become HC1."""
    found = mediate(DATA, **ROLES, **OPTIONS, weights="p", errors=errors)
    assert found.errors == ("HC3" if errors == "HC3" else "HC1")
    first, second = (
        wls(outcome, columns, kind=found.errors)
        for outcome, columns in (("m", ["x", "c"]), ("y", ["x", "m", "c"]))
    )
    table = found.effects.query("method == 'ols'").set_index("effect")
    for effect, fit, name in (("a", first, "x"), ("b", second, "m"), ("direct", second, "x")):
        row = table.loc[effect, ["est", "se", "p"]].astype(float)
        assert_allclose(row, [fit.params[name], fit.bse[name], fit.pvalues[name]], rtol=1e-8)
    ab = found.effects.query("effect == 'indirect'")["est"]
    assert_allclose(ab, first.params["x"] * second.params["m"], rtol=1e-9)
    regression = found.regression("y").coefficients.set_index("term")
    assert_allclose(
        regression.loc["m", ["est", "se"]].astype(float), [second.params["m"], second.bse["m"]], rtol=1e-8
    )
    assert_allclose(found.equations.set_index("role").loc["outcome", "r2"], second.rsquared, rtol=1e-9)


def test_a_drawn_row_keeps_its_weight():
    rows = np.random.default_rng(1).integers(0, N, size=(3, N))
    found = mediate(DATA, **ROLES, weights="p", rows=rows, seed=1)
    for draw, value in zip(rows, found.draws["indirect: x -> m -> y"], strict=True):
        own = DATA.iloc[draw]
        a, b = wls("m", ["x", "c"], own).params["x"], wls("y", ["x", "m", "c"], own).params["m"]
        assert_allclose(value, a * b, rtol=1e-8)
    less = DATA.drop(index=5)
    a, b = wls("m", ["x", "c"], less).params["x"], wls("y", ["x", "m", "c"], less).params["m"]
    place = [entry.kind for entry in found.named].index("indirect")
    assert_allclose(found.left.values[5, place], a * b, rtol=1e-8)


def test_only_ratios_of_sampling_weights_matter():
    one = mediate(DATA, **ROLES, **OPTIONS, weights="p")
    ten = mediate(DATA.assign(p=10 * DATA.p), **ROLES, **OPTIONS, weights="p")
    even = mediate(DATA.assign(p=7.0), **ROLES, **OPTIONS, weights="p", errors="HC3")
    plain = mediate(DATA, **ROLES, **OPTIONS, errors="HC3")
    numbers = ["est", "se", "ci_low", "ci_high", "p"]
    assert_allclose(one.effects[numbers], ten.effects[numbers], rtol=1e-9)
    assert_allclose(even.effects[numbers], plain.effects[numbers], rtol=1e-9)


def test_weights_with_clusters_moderators_and_categories():
    found = mediate(DATA, **ROLES, **OPTIONS, weights="p", cluster="g", errors="cluster")
    fit = wls("m", ["x", "c"], kind="cluster", cov_kwds={"groups": DATA["g"]})
    row = found.effects.query("effect == 'a'").iloc[0]
    assert_allclose([row["est"], row["se"]], [fit.params["x"], fit.bse["x"]], rtol=1e-8)
    moderated = mediate(DATA, **ROLES, **OPTIONS, weights="p", moderator="w", probes={"w": [1.0]})
    product = DATA.assign(xw=DATA.x * DATA.w)
    a = wls("m", ["x", "xw", "w", "c"], product).params
    b = wls("y", ["x", "m", "c"]).params["m"]
    row = moderated.effects.query("effect == 'conditional_indirect'").iloc[0]
    assert_allclose(row["est"], (a["x"] + a["xw"]) * b, rtol=1e-8)
    coded = mediate(DATA.assign(x=np.arange(N) % 3), **ROLES, **OPTIONS, weights="p", coding="indicator")
    frame = coded.omnibus().frame.set_index("effect")
    dummies = pd.get_dummies(np.arange(N) % 3, drop_first=True, dtype=float).set_axis(["d1", "d2"], axis=1)
    both = pd.concat([DATA, dummies], axis=1)
    full, small = wls("y", ["d1", "d2", "m", "c"], both), wls("y", ["m", "c"], both)
    assert_allclose(frame.loc["direct", "r2_change"], full.rsquared - small.rsquared, rtol=1e-7)
    test = full.f_test("d1 = 0, d2 = 0")
    assert_allclose(frame.loc["direct", "f"], float(test.fvalue), rtol=1e-7)


def test_frequencies_are_rows_written_out():
    found = mediate(DATA, **ROLES, **OPTIONS, weights="f", weights_are="frequency")
    out = DATA.loc[np.repeat(DATA.index, DATA.f)]
    plain = mediate(out, **ROLES, **OPTIONS)
    pd.testing.assert_frame_equal(found.effects, plain.effects)
    assert found.sample.used == DATA.f.sum()
    assert found.errors == "classical"
    (note,) = [note for note in found.notes if note.code == "MED496"]
    assert note.params == {"name": "f", "rows": N, "n": int(DATA.f.sum()), "none": int((DATA.f == 0).sum())}
    assert len(found.assumptions().frame)  # everything else works as without


def test_rows_without_a_weight_are_counted():
    data = DATA.assign(p=DATA.p.where(DATA.index > 2).replace({DATA.p[9]: 0.0}))
    found = mediate(data, **ROLES, **OPTIONS, weights="p")
    assert found.sample.used == N - 4
    assert found.sample.dropped == {"no_weight": 4}
    rest = mediate(data[data.p > 0], **ROLES, **OPTIONS, weights="p")
    assert_allclose(found.effects["est"], rest.effects["est"], rtol=1e-10)
    text = found.summary()
    assert "HC1" in text
    assert "Bobot sampling" in found.summary("id")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MED494", {"intervals": "studentised"}),
        ("MED494", {"intervals": ("percentile", "bayes")}),
        ("MED494", {"missing": "fiml"}),
        ("MED494", {"interaction": True}),
        ("MED494", {"equivalence": 0.3}),
        ("MED495", {"weights": "x"}),
        ("MED495", {"weights": "p", "weights_are": "frequency"}),
        ("MED002", {"weights": "pp"}),
        ("GEN001", {"weights_are": "prior"}),
        ("MED006", {"data": DATA.assign(p=0.0)}),
    ],
)
def test_weights_that_are_refused(code, change):
    with pytest.raises(UmkmError) as caught:
        mediate(**{"data": DATA, **ROLES, **OPTIONS, "weights": "p", **change})
    assert caught.value.code == code
    assert caught.value.message("id") != caught.value.message("en")


def test_methods_without_weights_are_refused():
    found = mediate(DATA, **ROLES, **OPTIONS, weights="p")
    for ask in (
        found.assumptions,
        found.cross_check,
        found.sensitivity,
        found.upsilon,
        found.variance_explained,
        found.full_mediation,
        found.e_values,
        lambda: found.equivalence(0.3),
        lambda: found.corrected({"x": 0.9}),
        lambda: found.confounder(effect_on_y=[0.1], per_m=[0.1]),
    ):
        with pytest.raises(UmkmError) as caught:
            ask()
        assert caught.value.code == "MED494"
    assert len(found.vaf().frame)
    assert len(found.typology().frame)
    assert len(found.influence().frame)
    assert found.plot("paths").axes


def test_robust_errors_with_fiml_name_the_ways_out():
    holes = DATA.assign(m=DATA.m.where(DATA.index > 5))
    with pytest.raises(UmkmError) as caught:
        mediate(holes, **ROLES, **OPTIONS, missing="fiml", errors="HC3")
    assert caught.value.code == "MED498"
    assert 'estimator="MLR"' in caught.value.message()
    assert mediate(holes, **ROLES, **OPTIONS, errors="HC3").errors == "HC3"
