"""Data at the door of ``fit``: every code of SEM2xx and SEM3xx, samples and notes about them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import umkm_stats.sem as sem
from sem_data import democracy, holzinger, holzinger_missing
from umkm_stats.errors import UmkmError

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6"


def code(*args: object, **options: object) -> str:
    with pytest.raises(UmkmError) as caught:
        sem.fit(*args, **options)
    assert caught.value.message("id") != caught.value.message("en")
    assert caught.value.remedy("en")
    return caught.value.code


def test_codes_of_data() -> None:
    data = holzinger()
    assert code(MODEL, 3) == "SEM201"
    assert code(MODEL, data.drop(columns="x2")) == "SEM202"
    assert code(MODEL, data, group="nowhere") == "SEM202"
    assert code(MODEL, data, cluster="nowhere", estimator="MLR") == "SEM202"
    assert code(MODEL, data.assign(x2="high")) == "SEM203"
    doubled = pd.concat([data, data[["x2"]]], axis=1)
    assert code(MODEL, doubled) == "SEM204"
    assert code(MODEL, data.assign(x2=np.inf)) == "SEM205"
    assert code(MODEL, data.assign(one=1), group="one") == "SEM207"
    assert code(MODEL, data.head(2)) == "SEM208"
    assert code(MODEL, data.assign(x2=4.0)) == "SEM209"
    assert code(MODEL, sample_cov=data[[f"x{i}" for i in range(1, 7)]].cov()) == "SEM210"
    assert code(MODEL, sample_cov=np.eye(6), n_obs=100) == "SEM211"
    bad = data[[f"x{i}" for i in range(1, 7)]].cov()
    bad.iloc[0, 1] = 99.0
    assert code(MODEL, sample_cov=bad, n_obs=100) == "SEM211"


def test_codes_of_combinations() -> None:
    data = holzinger()
    assert code(MODEL, data, estimator="nonsense") == "GEN001"
    assert code(MODEL, data, estimator="GLS", missing="fiml") == "SEM301"
    assert code(MODEL, data, cluster="school", estimator="MLM") == "SEM301"
    with pytest.raises(UmkmError) as caught:
        sem.fit(MODEL, data, ordered=["x1"], estimator="ML")
    assert caught.value.code == "SEM301"
    assert "fiml" in caught.value.message()
    assert "MLR" in caught.value.message()
    cov = data[[f"x{i}" for i in range(1, 7)]].cov()
    assert code(MODEL) == "SEM302"
    assert code(MODEL, data, sample_cov=cov, n_obs=301) == "SEM302"
    assert code(MODEL, data, n_obs=301) == "SEM302"
    assert code(MODEL, data, sample_mean=[0.0]) == "SEM302"
    assert code(MODEL, sample_cov=cov, n_obs=301, missing="fiml") == "SEM303"
    assert code(MODEL, sample_cov=cov, n_obs=301, meanstructure=True) == "SEM304"
    assert code("f =~ x1 + x2", data) == "SEM305"
    assert code(MODEL + " + s", data.assign(s=data["x4"] + data["x5"] + data["x6"])) == "SEM306"
    assert code("x1 ~~ 9*x2\nx1 ~~ 1*x1\nx2 ~~ 1*x2\nx3 ~~ x3", data) == "SEM307"
    assert code(MODEL, data, group="school", group_equal="loadings", group_partial="visual=~x9") == "SEM111"
    moments = sem.fit(MODEL, sample_cov=cov, n_obs=301)
    with pytest.raises(UmkmError) as caught:
        moments.factor_scores()
    assert caught.value.code == "SEM308"
    with pytest.raises(UmkmError) as caught:
        sem.nested_test(moments, sem.fit(MODEL, data, estimator="MLR"))
    assert caught.value.code == "SEM309"
    with pytest.raises(UmkmError) as caught:
        sem.nested_test(moments, moments)
    assert caught.value.code == "SEM310"


def test_samples_add_up() -> None:
    data = holzinger_missing()
    listwise = sem.fit(MODEL, data)
    lost = int(data[[f"x{i}" for i in range(1, 7)]].isna().any(axis=1).sum())
    assert dict(listwise.sample.dropped) == {"missing": lost}
    assert listwise.n == len(data) - lost
    assert "SEM409" in {note.code for note in listwise.notes}
    empty = data.copy()
    empty.loc[:4, [f"x{i}" for i in range(1, 7)]] = np.nan
    fiml = sem.fit(
        MODEL + "\nvisual ~ ageyr",
        empty.assign(ageyr=empty["ageyr"].where(empty["id"] != 20)),
        missing="fiml",
    )
    assert fiml.sample.dropped["missing_x"] == 1
    assert "SEM410" in {note.code for note in fiml.notes}
    assert sem.fit(MODEL, empty, missing="fiml").sample.dropped["all_missing"] == 5
    grouped = sem.fit(
        MODEL, data.assign(school=data["school"].where(data["id"] > 5)), group="school", missing="fiml"
    )
    assert grouped.sample.dropped["missing_group"] == int((data["id"] <= 5).sum())


def test_nullable_and_category_columns_are_numbers_too() -> None:
    data = holzinger()
    base = sem.fit("f =~ ageyr + x1 + x2 + x4", data)
    other = sem.fit("f =~ ageyr + x1 + x2 + x4", data.assign(ageyr=data["ageyr"].astype("Int64")))
    third = sem.fit("f =~ ageyr + x1 + x2 + x4", data.assign(ageyr=data["ageyr"].astype("category")))
    np.testing.assert_array_equal(base.params, other.params)
    np.testing.assert_array_equal(base.params, third.params)


def test_a_mapping_of_columns() -> None:
    data = holzinger()
    same = sem.fit(MODEL, {name: data[name].tolist() for name in data.columns})
    assert same.x2 == pytest.approx(sem.fit(MODEL, data).x2, rel=1e-12)


def test_moments_give_what_rows_give() -> None:
    data = holzinger()
    items = [f"x{i}" for i in range(1, 7)]
    rows = sem.fit(MODEL, data)
    cov = sem.fit(MODEL, sample_cov=data[items].cov(), n_obs=301)
    corr = sem.fit(MODEL, sample_cov=data[items].corr(), sample_sd=data[items].std(), n_obs=301)
    for other in (cov, corr):
        np.testing.assert_allclose(other.params, rows.params, rtol=1e-8)
        np.testing.assert_allclose(other.vcov, rows.vcov, rtol=1e-6, atol=1e-12)
    parts = dict(list(data.groupby("school", sort=False)))
    grouped = sem.fit(MODEL, data, group="school", group_equal="loadings")
    given = sem.fit(
        MODEL,
        sample_cov={label: part[items].cov() for label, part in parts.items()},
        sample_mean={label: part[items].mean() for label, part in parts.items()},
        n_obs=[len(part) for part in parts.values()],
        meanstructure=True,
        group_equal="loadings",
    )
    assert given.x2 == pytest.approx(grouped.x2, rel=1e-8)
    assert given.group_labels == grouped.group_labels


def test_bounds_hold_a_variance_at_zero() -> None:
    rng = np.random.Generator(np.random.Philox(key=3))
    eta = rng.standard_normal(40)
    small = pd.DataFrame(
        {
            f"v{i}": eta * (1.4 if i == 0 else 0.5) + rng.standard_normal(40) * (0.15 if i == 0 else 1.0)
            for i in range(3)
        }
    )
    free = sem.fit("f =~ v0 + v1 + v2", small)
    if free.params.min() >= 0:
        pytest.fail("the data were meant to give a Heywood case")
    bound = sem.fit("f =~ v0 + v1 + v2", small, bounds="pos_var")
    variances = bound.estimates.query("op == '~~' and lhs == rhs")["est"]
    assert variances.min() == pytest.approx(0.0, abs=1e-9)
    assert {"SEM407"} <= {note.code for note in bound.notes}
    assert {"SEM404"} <= {note.code for note in free.notes}
    assert bound.x2 >= free.x2
    held = bound.estimates[bound.estimates["est"].abs() < 1e-9]
    assert held["se"].isna().all()


def test_few_rows_are_told() -> None:
    fit = sem.fit("ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem60 ~ ind60", democracy().head(40))
    assert "SEM408" in {note.code for note in fit.notes}


def test_one_parameter_can_be_bounded_by_an_inequality() -> None:
    data = holzinger()
    free = sem.fit("x9 ~ a*x1 + b*x4 + x7", data)
    value = dict(zip(free.param_names, free.params, strict=True))["b"]
    held = sem.fit(f"x9 ~ a*x1 + b*x4 + x7\nb > {value + 0.1}", data)
    assert dict(zip(held.param_names, held.params, strict=True))["b"] == pytest.approx(value + 0.1, abs=1e-9)
    assert "SEM407" in {note.code for note in held.notes}
    loose = sem.fit(f"x9 ~ a*x1 + b*x4 + x7\nb > {value - 0.1}\n b < 5", data)
    np.testing.assert_allclose(loose.params, free.params, rtol=1e-8)


def test_a_fit_survives_pickling() -> None:
    import pickle

    fit = sem.fit(MODEL + "\ntextual ~ a*visual\ntwice := 2*a", holzinger())
    again = pickle.loads(pickle.dumps(fit))
    np.testing.assert_array_equal(again.params, fit.params)
    np.testing.assert_array_equal(again.defined(again.params), fit.defined(fit.params))
    assert again.indices == fit.indices


def test_groups_keep_the_order_of_the_data_and_the_names_of_parameters() -> None:
    fit = sem.fit(MODEL, holzinger(), group="school", group_equal=["loadings"])
    assert fit.group_labels == ("Pasteur", "Grant-White")
    assert "visual=~x2" in fit.param_names
    assert "visual=~x2.g2" not in fit.param_names
    assert "x1~~x1.g2" in fit.param_names
    assert set(fit.estimates["group"]) == {"Pasteur", "Grant-White"}


def test_a_saturated_model_fits_perfectly_and_says_nothing_wrong() -> None:
    fit = sem.fit("x9 ~ x1 + x4", holzinger())
    assert fit.df == 0
    assert fit.x2 == pytest.approx(0.0, abs=1e-9)
    assert fit.indices["cfi"] == fit.indices["tli"] == 1.0
    assert fit.notes == ()


@pytest.mark.parametrize(
    "model", ["x1 ~~ x2", "x1 ~~ 1*x1", "x1 ~ 1", "x1 ~~ x1\nx2 ~~ x2", "x4 ~ x5 + x1\nx5 ~ x4 + x2"]
)
def test_small_models_go_through_every_door(model: str) -> None:
    fit = sem.fit(model, holzinger())
    assert fit.converged
    assert fit.notes == ()
    assert len(fit.factor_scores()) == 301
    assert fit.factor_scores("bartlett").shape[1] == 0
    for frame in (fit.estimates, fit.standardized(), fit.r2(), fit.modification_indices(), fit.glance()):
        assert list(frame.columns)
    assert fit.summary("id")
    assert fit.to_dict()["converged"] is True
    assert set(fit.implied()[""]) == {"cov", "mean", "cov_lv", "mean_lv"}
