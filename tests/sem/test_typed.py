"""What users type: accepted, or refused by a code that names the way out."""

import numpy as np
import pandas as pd
import pytest

from sem_data import holzinger
from umkm_stats import fit
from umkm_stats.errors import UmkmError


def frame():
    data = holzinger()
    data["m2"] = (data["x4"] > 3).astype(int)
    data["o5"] = np.searchsorted((3.5, 4.5, 5.5), data["x5"], side="right")
    return data


def code_of(*args, **options):
    with pytest.raises(UmkmError) as caught:
        fit(*args, **options)
    assert caught.value.message("en") != caught.value.message("id")
    return caught.value


def codes(found):
    return [note.code for note in found.notes]


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("level: 1\nf =~ x1 + x2 + x3\nlevel: 2\nf =~ x1 + x2 + x3", {}, "SEM120"),
        ("m2 ~ x1\nm2 ~~ 2*m2\nx9 ~ m2", {"ordered": "m2"}, "SEM121"),
        ('f =~ x1 + x2 + equal("f=~z")*x3', {}, "SEM122"),
        ("f =~ x1 + x2 + x3", {"ordered": ["x1", "X2"], "estimator": "WLSMV"}, "SEM230"),
        ("f =~ x1 + x2 + x3", {"se": "robust"}, "SEM231"),
        ("f =~ x1 + x2 + x3", {"ortogonal": True}, "SEM231"),
        ("x5 ~ x1", {"missing": "pairwise"}, "SEM234"),
    ],
)
def test_refused_with_a_way_out(text, options, code):
    problem = code_of(text, frame(), **options)
    assert problem.code == code
    assert problem.remedy("en")
    assert problem.remedy("id")


def test_a_misspelt_ordered_name_names_the_near_one():
    problem = code_of("f =~ x1 + x2 + x3", frame(), ordered=["X2"], estimator="WLSMV")
    assert problem.params["names"] == ["X2"]
    assert problem.params["near"] == ["x2"]


def test_a_wrong_argument_names_the_near_one():
    assert code_of("f =~ x1 + x2 + x3", frame(), ortogonal=True).params["near"] == "orthogonal"
    assert code_of("f =~ x1 + x2 + x3", frame(), test="bootstrap").params["near"] == "estimator"


def test_ordered_without_an_estimator_is_said():
    found = fit("f =~ o5 + x2 + x3", frame(), ordered="o5")
    assert found.estimator == "WLSMV"
    assert "SEM430" in codes(found)
    assert (
        fit("f =~ o5 + x2 + x3", frame(), ordered="o5", estimator="WLSMV")
        .estimates["est"]
        .equals(found.estimates["est"])
    )


def test_ordered_names_outside_the_model_are_said():
    assert "SEM431" in codes(fit("f =~ o5 + x2 + x3", frame(), ordered=["o5", "m2"], estimator="WLSMV"))


def test_ordered_categories_with_texts_are_ordinal():
    data = frame()
    words = ["never", "some", "often", "always"]
    data["told"] = pd.Categorical.from_codes(data["o5"], words, ordered=True)
    said = fit("f =~ told + x2 + x3", data)
    plain = fit("f =~ o5 + x2 + x3", data, ordered="o5", estimator="WLSMV")
    assert said.estimates["est"].to_numpy() == pytest.approx(plain.estimates["est"].to_numpy(), abs=1e-12)
    assert {"SEM430", "SEM432"} <= set(codes(said))
    assert code_of("f =~ told + x2 + x3", data, estimator="ML").code == "SEM203"


def test_words_for_missing_answers():
    data = frame()
    data.loc[::7, "x2"] = np.nan
    for word in ("ml", "direct", "fiml.x"):
        found = fit("f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6", data, missing=word)
        assert found.missing == "fiml"
        assert found.n == len(data)


def test_a_separated_probit_is_refused():
    rng = np.random.Generator(np.random.Philox(key=1))
    x = rng.standard_normal(120)
    data = pd.DataFrame({"x": x, "y": (x > 0) + 1, "z": (x + rng.standard_normal(120) > 0) + 1})
    problem = code_of("y ~ x\nz ~ x\ny ~~ z", data, ordered=["y", "z"], estimator="WLSMV")
    assert problem.code == "SEM235"
    assert problem.params["item"] == "y"
    data.loc[0, "y"] = 3 - data.loc[0, "y"]
    assert fit("y ~ x\nz ~ x\ny ~~ z", data, ordered=["y", "z"], estimator="WLSMV").converged


def test_the_effect_of_an_ordinal_mediator_is_named():
    found = fit("m2 ~ x1\nx9 ~ m2 + x1", frame(), ordered="m2", estimator="WLSMV")
    (note,) = [note for note in found.notes if note.code == "SEM421"]
    assert note.params["variables"] == ["m2"]


def test_a_product_of_an_explained_variable_is_said_and_its_lines_give_the_regression():
    rng = np.random.Generator(np.random.Philox(key=3))
    x, w, e, u = rng.standard_normal((4, 300))
    m = 0.5 * x + 0.2 * w + e
    data = pd.DataFrame({"x": x, "w": w, "m": m, "y": 0.3 * m + 0.2 * x + 0.25 * m * w + u})
    text = "m ~ x + w\ny ~ m + w + m:w + x"
    found = fit(text, data)
    (note,) = [note for note in found.notes if note.code == "SEM422"]
    whole = fit(text + "\n" + note.params["lines"].replace("; ", "\n"), data)
    assert whole.df == 0
    design = np.column_stack([np.ones(300), m, w, m * w, x])
    beta, rest, *_ = np.linalg.lstsq(design, data["y"], rcond=None)
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * rest / 300)
    rows = whole.estimates.query("lhs == 'y' and op == '~'")
    assert rows["est"].to_numpy() == pytest.approx(beta[1:], abs=1e-8)
    assert rows["se"].to_numpy() == pytest.approx(errors[1:], rel=1e-6)


def test_one_label_over_groups_is_said():
    text = "visual =~ x1 + a*x2 + x3"
    assert "SEM424" in codes(fit(text, frame(), group="school"))
    assert "SEM424" not in codes(fit(text.replace("a*", "c(a, a)*"), frame(), group="school"))


def test_groups_by_numbers_with_a_gap_keep_their_names():
    data = frame().assign(grade=lambda d: d["grade"])
    data.loc[3, "grade"] = np.nan
    assert set(fit("visual =~ x1 + x2 + x3", data, group="grade").group_labels) == {"7", "8"}


@pytest.mark.parametrize("power", [-3, 0, 3, 6])
def test_verdict_and_z_do_not_depend_on_units(power):
    data = frame()
    plain = fit("visual =~ x1 + x2 + x3\nx9 ~ visual", data)
    scaled = fit("visual =~ x1 + x2 + x3\nx9 ~ visual", data.assign(x9=data["x9"] * 10.0**power))
    assert codes(scaled) == codes(plain)
    z, wanted = (one.estimates.query("free > 0")["z"].to_numpy() for one in (scaled, plain))
    assert z == pytest.approx(wanted, rel=1e-5)
    for key in ("chisq", "cfi", "rmsea", "srmr"):
        assert scaled.indices[key] == pytest.approx(plain.indices[key], rel=1e-6, abs=1e-7)


def test_a_curved_constraint_in_draws_is_kept():
    data = frame()
    text = "x4 ~ a*x1\nx9 ~ b*x4 + c*x1\nab := a*b\nab == .1"
    found = fit(text, data)
    draws = found.bootstrap(draws=12, seed=3)
    assert draws.estimates["ab"].to_numpy() == pytest.approx(np.full(12, 0.1), abs=1e-7)


def test_draws_of_an_ordinal_mediator_are_refits():
    data = frame()
    text = "o5 ~ a*x1\nx9 ~ b*o5 + c*x1\nab := a*b"
    found = fit(text, data, ordered="o5", estimator="WLSMV")
    rng = np.random.Generator(np.random.Philox(key=9))
    rows = rng.integers(0, found.n, (4, found.n))
    drawn = found.bootstrap(rows=rows).estimates
    for k, chosen in enumerate(rows):
        again = fit(text, data.iloc[chosen].reset_index(drop=True), ordered="o5", estimator="WLSMV")
        wanted = again.estimates.query("op in ('~', ':=')").set_index("label")["est"]
        for name in ("a", "b", "c", "ab"):
            assert drawn.loc[k, name] == pytest.approx(wanted[name], abs=1e-6)


def test_draws_of_an_ordinal_chain_are_refits_in_the_batched_kernel():
    data = frame()
    data["o9"] = np.searchsorted((4.7, 5.4, 6), data["x9"], side="right")
    data["o6"] = np.searchsorted((1.5, 2.2, 3), data["x6"], side="right")
    text = "f =~ o6 + m2 + o9\no5 ~ a*f"
    text = "o5 ~~ o9\no6 ~ a*o5 + d*o9\nm2 ~ b*o6"
    options = {"ordered": ["o5", "o6", "o9", "m2"], "estimator": "WLSMV"}
    found = fit(text, data, **options)
    rng = np.random.Generator(np.random.Philox(key=9))
    rows = rng.integers(0, found.n, (3, found.n))
    drawn = found.bootstrap(rows=rows)
    assert not drawn.engine.looping
    for k, chosen in enumerate(rows):
        again = fit(text, data.iloc[chosen].reset_index(drop=True), **options)
        for name in ("a", "b", "d"):
            assert drawn.estimates.loc[k, name] == pytest.approx(
                float(again.estimates.query("label == @name")["est"].iloc[0]), abs=1e-6
            )
    theta = drawn.standardized()["m2~~m2"].to_numpy()
    assert ((theta > 0) & (theta < 1)).all()


def test_clusters_without_an_estimator_are_taken_and_said():
    found = fit("visual =~ x1 + x2 + x3", frame().assign(block=lambda d: d["id"] % 40), cluster="block")
    assert found.estimator == "ML"
    assert found.method.errors == "huber_white"
    assert [note.params for note in found.notes if note.code == "SEM527"] == [{"column": "block"}]
