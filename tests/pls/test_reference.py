"""Estimates equal another program's on the corporate reputation survey, part by part, to 1e-8."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pls.tables import expected, fit_table, tables
from umkm_stats import fit_pls

EXACT = 1e-8  # both stop when weights stand still; ours at 1e-12, theirs at 1e-13
SIMPLE = [
    "paths",
    "weights",
    "loadings",
    "construct_correlations",
    "r2",
    "r2_adj",
    "f2",
    "inner_vif",
    "outer_vif",
    "quality",
    "htmt",
    "htmt+",
    "htmt2",
    "total_effects",
    "total_indirect",
    "fit_within_factor",
    "fit_within_composite",
]
EXTENDED = [
    "paths",
    "weights",
    "loadings",
    "r2",
    "r2_adj",
    "f2",
    "outer_vif",
    "quality",
    "htmt",
    "htmt+",
    "fit_within_factor",
]
CONSISTENT = [
    "paths",
    "loadings",
    "r2",
    "r2_adj",
    "f2",
    "quality",
    "construct_correlations",
    "total_indirect",
    "fit_within_factor",
]
HOC = ["weights", "loadings", "paths", "r2", "quality", "f2"]
MEASURES = {
    "COMP": "comp_1 + comp_2 + comp_3",
    "LIKE": "like_1 + like_2 + like_3",
    "CUSA": "cusa",
    "CUSL": "cusl_1 + cusl_2 + cusl_3",
}
LINES = "\n".join(f"{name} =~ {items}" for name, items in MEASURES.items())


def second_order(mode):
    return f"{LINES}\nREP {mode} COMP + LIKE\nCUSA ~ REP\nCUSL ~ REP + CUSA"


def same(model, reference, name):
    found, wanted = tables(model)[name], expected(name, reference[name])
    assert set(wanted) <= set(found)
    left, right = (np.array([table[key] for key in wanted], dtype=float) for table in (found, wanted))
    np.testing.assert_allclose(left, right, rtol=EXACT, atol=EXACT)


@pytest.fixture(scope="module", name="simple")
def _simple(corp, numbers):
    return fit_pls(numbers["simple"]["model"], corp)


@pytest.fixture(scope="module", name="extended")
def _extended(corp, numbers):
    return fit_pls(numbers["extended"]["model"], corp)


@pytest.mark.parametrize("name", SIMPLE)
def test_reflective_model(simple, numbers, name):
    same(simple, numbers["simple"], name)


def test_missing_cells_are_counted(simple, numbers):
    said = next(note for note in simple.notes if note.code == "PLS156")
    assert said.params["cells"] == numbers["simple"]["missing_cells"]
    assert simple.sample.used == numbers["simple"]["n"]


@pytest.mark.parametrize("name", EXTENDED)
def test_formative_model(extended, numbers, name):
    same(extended, numbers["extended"], name)


@pytest.mark.parametrize("scheme", ["centroid", "factorial"])
@pytest.mark.parametrize("name", ["paths", "r2"])
def test_schemes(corp, numbers, scheme, name):
    same(
        fit_pls(numbers["simple"]["model"], corp, scheme=scheme), numbers["simple"][f"scheme_{scheme}"], name
    )


@pytest.mark.parametrize("name", ["weights", "paths", "r2", "quality"])
def test_listwise(corp, numbers, name):
    model = fit_pls(numbers["simple"]["model"], corp, missing="listwise")
    same(model, numbers["simple"]["listwise"], name)
    assert model.sample.dropped == {"missing": 344 - numbers["simple"]["listwise"]["n"]}


@pytest.mark.parametrize("name", CONSISTENT)
def test_consistent(corp, numbers, name):
    same(fit_pls(numbers["simple"]["model"], corp, consistent=True), numbers["simple"]["consistent"], name)


@pytest.mark.parametrize("mode", ["A", "B"])
@pytest.mark.parametrize("name", HOC)
def test_second_order_in_two_disjoint_stages(corp, numbers, mode, name):
    model = fit_pls(second_order("=~" if mode == "A" else "<~"), corp)
    reference = numbers["hoc"][f"disjoint_mode_{mode}"]
    same(model, reference["stage2"], name)
    found = tables(model.stage_one)["paths"]
    assert found == pytest.approx(reference["stage1_paths"], abs=EXACT)


@pytest.mark.parametrize("kind", ["repeated", "embedded"])
def test_second_order_by_repeated_indicators(corp, numbers, kind):
    model = fit_pls(second_order("=~"), corp, second_order=kind)
    for name in numbers[kind]:
        same(model, numbers[kind], name)


@pytest.mark.parametrize("kind", ["reestimated", "product_indicator", "orthogonal"])
def test_moderation_with_the_product_as_a_block(corp, numbers, kind):
    text = numbers["moderation"]["model"] + " + CUSA:SC"
    model = fit_pls(text, corp, moderation=kind)
    for name in ("paths", "r2"):
        same(model, numbers["moderation"][kind], name)


def test_moderation_from_scores(corp, numbers):
    reference = numbers["moderation"]["scores"]
    model = fit_pls(numbers["moderation"]["model"] + " + CUSA*SC", corp)
    own = model.paths[model.paths["lhs"] == "CUSL"].set_index("rhs")["est"].to_dict()
    wanted = {name.replace("*", ":"): value for name, value in reference["paths"].items()}
    assert own == pytest.approx(wanted, abs=EXACT)
    assert model.r2.set_index("construct")["r2"]["CUSL"] == pytest.approx(reference["r2"], abs=EXACT)
    effect = model.f2.set_index("rhs")["f2"]["CUSA:SC"]
    assert effect == pytest.approx(reference["f2_interaction"], abs=EXACT)


def test_the_book_prints_these_tables(extended, simple):
    """Hair, Hult, Ringle & Sarstedt (2017), ch. 6, to the last printed digit."""
    paths = tables(extended)["paths"]
    printed = {
        "QUAL->COMP": 0.430,
        "PERF->COMP": 0.295,
        "CSOR->COMP": 0.059,
        "ATTR->COMP": 0.086,
        "QUAL->LIKE": 0.380,
        "PERF->LIKE": 0.117,
        "CSOR->LIKE": 0.178,
        "ATTR->LIKE": 0.167,
        "COMP->CUSA": 0.146,
        "LIKE->CUSA": 0.436,
        "COMP->CUSL": 0.006,
        "LIKE->CUSL": 0.344,
        "CUSA->CUSL": 0.505,
    }
    assert {key: round(value, 3) for key, value in paths.items()} == printed
    r2 = tables(extended)["r2"]
    assert {key: round(value, 3) for key, value in r2.items()} == {
        "COMP": 0.631,
        "LIKE": 0.558,
        "CUSA": 0.292,
        "CUSL": 0.562,
    }
    f2 = tables(extended)["f2"]
    for key, value in {"CUSA->CUSL": 0.412, "PERF->COMP": 0.082, "QUAL->COMP": 0.143}.items():
        assert round(f2[key], 3) == value
    assert round(f2["COMP->CUSA"], 3) == 0.018
    assert round(f2["LIKE->CUSL"], 3) == 0.138
    pairs = tables(simple)["htmt+"]
    assert round(pairs["COMP", "LIKE"], 2) == 0.78
    assert round(pairs["COMP", "CUSL"], 3) == 0.532
    assert round(pairs["COMP", "CUSA"], 3) == 0.465


@pytest.mark.shared
@pytest.mark.parametrize("name", ["pls_corp_simple.json", "pls_corp_extended.json"])
def test_every_part_of_the_full_files(shared, corp, name):
    reference = shared(name)
    model = fit_pls(reference["model"], corp)
    for part in tables(model):
        if part in reference:
            same(model, reference, part)


@pytest.mark.shared
@pytest.mark.parametrize("consistent", [False, True])
def test_stored_draws(shared, corp, numbers, consistent):
    rows = shared("pls_corp_rows.csv.gz").to_numpy()
    stored = shared(f"pls_corp_draws{'_consistent' if consistent else ''}.csv.gz")
    model = fit_pls(numbers["simple"]["model"], corp, consistent=consistent)
    what = ("paths", "loadings", "weights", "indirect", "total", "r2", "htmt")
    drawn = model.bootstrap(rows=rows, what=what)
    np.testing.assert_allclose(drawn.estimates[stored.columns], stored, rtol=0, atol=EXACT)


@pytest.mark.shared
def test_intervals_of_stored_draws(shared, corp, numbers):
    rows = shared("pls_corp_rows.csv.gz").to_numpy()
    drawn = fit_pls(numbers["simple"]["model"], corp).bootstrap(rows=rows)
    table = drawn.tidy().set_index(["name", "method"])
    for name, wanted in numbers["simple"]["intervals"].items():
        own = table.loc[name]
        head = own.iloc[0]
        stated = [wanted[key] for key in ("estimate", "mean", "sd", "t", "p_t_draws_minus_1")]
        np.testing.assert_allclose(head[["est", "mean", "se", "t", "p"]].astype(float), stated, rtol=EXACT)
        for method in ("percentile", "bc", "bca"):
            np.testing.assert_allclose(
                own.loc[method, ["ci_low", "ci_high"]].astype(float), wanted[method], atol=EXACT
            )


@pytest.mark.shared
@pytest.mark.parametrize(("kind", "consistent"), [("composite", False), ("cf", True)])
def test_adanco(shared, kind, consistent):
    """ADANCO 2.2.1 on the satisfaction survey, centroid scheme; its printed digits end near 5e-8."""
    reference = shared("pls_adanco_satisfaction.json")[kind]
    data = pd.read_csv(_satisfaction())
    model = fit_pls(reference["model"], data, scheme="centroid", consistent=consistent)
    r2 = {name: own["Coefficient of determination (R2)"] for name, own in reference["r2"].items()}
    assert tables(model)["r2"] == pytest.approx(r2, abs=1e-7)
    paths = {f"{x}->{y}": v for x, own in reference["paths"].items() for y, v in own.items()}
    assert tables(model)["paths"] == pytest.approx(paths, abs=1e-6)
    fit = fit_table(model, "factor")
    for which in ("saturated", "estimated"):
        for ours, theirs in (("srmr", "SRMR"), ("d_uls", "dULS"), ("d_g_log10", "dG")):
            stated = reference[f"fit_{which}"][theirs]["Value"]
            assert fit[which, ours] == pytest.approx(stated, abs=1e-7)


def _satisfaction():
    from pls.conftest import SHARED

    return SHARED.parent / "data" / "pls" / "satisfaction.csv"
