"""What a fit hands out beside its estimates, against lavaan 0.6-14 (``tests/reference/lavaan_results.R``)."""

import numpy as np
import pandas as pd
import pytest

from sem_data import holzinger, reference
from umkm_stats import fit
from umkm_stats.errors import UsageError

REFERENCE = reference("lavaan_results.json")
TIED = "visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + b*x5 + b*x6\nspeed =~ x7 + d*x8 + e*x9\nd == e"
PATH = "visual =~ x1 + x2 + x3\nx9 ~ a*visual + b*ageyr + k*grade\nx8 ~ c*visual + f*ageyr"
THREE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"


@pytest.fixture(scope="module")
def path():
    return fit(PATH, holzinger())


def test_score_tests_of_equalities_are_lavaans():
    found = fit(TIED, holzinger()).score_test()
    assert sorted(found["chisq"][:-1]) == pytest.approx(sorted(REFERENCE["score"]["uni"]), rel=1e-4)
    assert found["chisq"].iloc[-1] == pytest.approx(REFERENCE["score"]["total"], rel=1e-4)
    assert found["df"].iloc[-1] == REFERENCE["score"]["df"]
    assert found["constraint"].tolist() == [
        "visual=~x2 == visual=~x3",
        "textual=~x5 == textual=~x6",
        "== 1",
        "all",
    ]


def test_a_fit_without_equalities_has_no_score_test():
    assert fit(THREE, holzinger()).score_test().empty


def test_wald_is_lavaans(path):
    found = path.wald("a == c\nb == 0").iloc[0]
    assert found["chisq"] == pytest.approx(REFERENCE["wald"]["chisq"], rel=1e-4)
    assert found["df"] == REFERENCE["wald"]["df"]
    with pytest.raises(UsageError) as caught:
        path.wald("a < c")
    assert caught.value.code == "SEM237"


def test_standardized_without_x_is_lavaans(path):
    found = path.standardized("nox").set_index(["lhs", "op", "rhs"])
    for entry in REFERENCE["nox"]:
        if entry["op"] in ("=~", "~"):
            row = found.loc[(entry["lhs"], entry["op"], entry["rhs"])]
            assert row["est"] == pytest.approx(entry["est.std"], abs=1e-5)
            assert row["se"] == pytest.approx(entry["se"], rel=1e-3, abs=1e-6)
    assert path.standardized("all")["est"].equals(path.standardized("std_all")["est"])


@pytest.mark.parametrize(
    ("kind", "key", "options"),
    [
        ("normalized", "normalized", {}),
        ("cor.bollen", "bollen", {}),
        ("cor.bentler", "bentler", {}),
        ("normalized", "normalized_mlr", {"estimator": "MLR", "meanstructure": True}),
    ],
)
def test_residuals_are_lavaans(kind, key, options):
    wanted = REFERENCE[key]
    names = wanted["names"]
    found = fit(THREE, holzinger(), **options).residuals(kind)[""]["cov"].loc[names, names]
    assert found.to_numpy() == pytest.approx(np.array(wanted["cov"]), abs=2e-4)


def test_predicted_outcomes_are_lavaans(path):
    found = path.predict(y=["x8", "x9"])
    for name in ("x8", "x9"):
        assert found[name].to_numpy()[:5] == pytest.approx(REFERENCE["predicted"][name], abs=1e-4)
    with pytest.raises(UsageError) as caught:
        path.predict(y="visual")
    assert caught.value.code == "SEM239"


def test_vcov_has_names_and_stays_an_array(path):
    frame = path.vcov()
    assert list(frame.columns) == list(path.param_names)
    assert frame.loc["a", "c"] == path.vcov[path.param_names.index("a"), path.param_names.index("c")]


def test_simulated_rows_follow_the_model_and_the_seed():
    data = holzinger()
    data["o5"] = np.searchsorted((3.5, 4.5, 5.5), data["x5"], side="right")
    found = fit("visual =~ x1 + x2 + x3 + o5", data, ordered="o5", estimator="WLSMV")
    rows = found.simulate(4000, seed=5)
    assert rows.attrs["seed"] == 5
    assert rows.equals(found.simulate(4000, seed=5))
    assert set(rows["o5"]) == {1.0, 2.0, 3.0, 4.0}
    share = (rows["o5"] == 1).mean()
    assert share == pytest.approx((data["o5"] == 0).mean(), abs=0.03)
    again = fit("visual =~ x1 + x2 + x3 + o5", rows, ordered="o5", estimator="WLSMV")
    est, wanted = (one.estimates.query("op == '=~'")["est"].to_numpy() for one in (again, found))
    assert est == pytest.approx(wanted, abs=0.15)


def test_a_summary_prints_the_parameter_table(path):
    text = path.summary("en")
    assert "Latent variables" in text
    assert "visual =~ x2" in text
    row = path.estimates.query("lhs == 'x9' and rhs == 'ageyr'").iloc[0]
    line = next(line for line in text.splitlines() if "x9 ~ ageyr (b)" in line)
    assert [float(part) for part in line.split()[4:]] == pytest.approx(
        [row[name] for name in ("est", "se", "z", "p", "std_lv", "std_all")], abs=6e-4
    )
    assert "Variabel laten" in path.summary("id")
    assert "0," in path.summary("id")
    assert len(repr(path).splitlines()) <= 3


def test_a_fit_that_did_not_converge_gives_no_indices():
    rng = np.random.Generator(np.random.Philox(key=12))
    found = None
    for _ in range(40):
        small = pd.DataFrame(rng.standard_normal((12, 8)), columns=[f"v{k}" for k in range(8)])
        found = fit("f =~ v0 + v1 + v2 + v3\ng =~ v4 + v5 + v6 + v7", small)
        if not found.converged:
            break
    assert found is not None
    assert not found.converged
    assert np.isnan([found.indices[name] for name in ("chisq", "cfi", "rmsea", "srmr")]).all()
    assert found.modification_indices()["mi"].isna().all()
    with pytest.raises(UsageError) as caught:
        found.score_test()
    assert caught.value.code == "SEM236"


def test_simulated_rows_have_the_implied_covariances():
    """With unequal standard deviations they had others: a variance of 1.84 where the model has 1.97."""
    data = holzinger().assign(x2=lambda d: 10.0 * d["x2"], x3=lambda d: d["x3"] / 5.0)
    found = fit("visual =~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9", data)
    wanted = found.implied()[""]["cov"]
    n = 20_000
    rows = found.simulate(n, seed=5)[list(wanted.columns)]
    size = np.sqrt(np.diag(wanted))
    error = np.sqrt((np.outer(size, size) ** 2 + wanted.to_numpy() ** 2) / n)
    assert (np.abs(rows.cov().to_numpy() - wanted.to_numpy()) < 4.0 * error).all()


def test_an_impossible_implied_matrix_is_not_simulated_from():
    text = "x1 ~~ 1*x1\nx2 ~~ 1*x2\nx1 ~~ 2*x2\nx3 ~~ x1"
    found = fit(text, holzinger(), estimator="ULS")
    with pytest.raises(UsageError) as caught:
        found.simulate(10, seed=1)
    assert caught.value.code == "SEM238"


def test_a_small_ordinal_sample_is_not_sent_to_indices_that_do_not_exist():
    data = holzinger().iloc[:50]
    names = ["x4", "x5", "x6"]
    for name in names:
        data = data.assign(**{name: np.searchsorted((2.5, 3.5, 4.5), data[name])})
    found = fit("f =~ x4 + x5 + x6", data, ordered=names)
    codes = {note.code for note in found.notes}
    assert "SEM434" in codes
    assert "SEM408" not in codes


def test_a_negative_variance_has_no_standardised_value_and_no_error():
    """Random intercepts of a panel without them: a standard error of 1e29 stood here."""
    text = "\n".join(
        [
            "RIx =~ 1*p1 + 1*p2 + 1*p3\nRIy =~ 1*q1 + 1*q2 + 1*q3",
            *(f"w{v} =~ 1*{v}\n{v} ~~ 0*{v}" for v in ("p1", "p2", "p3", "q1", "q2", "q3")),
            "wp2 + wq2 ~ wp1 + wq1\nwp3 + wq3 ~ wp2 + wq2\nwp1 ~~ wq1\nwp2 ~~ wq2\nwp3 ~~ wq3",
            "RIx ~~ 0*wp1 + 0*wq1\nRIy ~~ 0*wp1 + 0*wq1",
        ]
    )
    rng = np.random.Generator(np.random.Philox(key=2))
    x, y = rng.standard_normal((150, 3)), rng.standard_normal((150, 3))
    for k in (1, 2):
        x[:, k] -= 0.6 * x[:, k - 1]
        y[:, k] += 0.3 * x[:, k - 1] - 0.5 * y[:, k - 1]
    found = fit(text, pd.DataFrame(np.column_stack([x, y]), columns=["p1", "p2", "p3", "q1", "q2", "q3"]))
    assert found.estimates.query("lhs == 'RIx' and rhs == 'RIx'")["est"].iloc[0] < 0
    frame = found.standardized()
    assert frame["se"][frame["est"].isna()].isna().all()
    assert frame["se"].max() < 2


def test_factor_scores_with_covariates_are_lavaans_with_and_without_means():
    """lavaan 0.6-14 ``lavPredict``: -2.023023, -1.226357, -1.765478 and 1.473294, 0.588397, -0.225521."""
    data = holzinger()
    data = data[data["grade"].notna()].reset_index(drop=True)
    text = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ ageyr\ntextual ~ visual + grade"
    for means in (False, True):
        found = fit(text, data, meanstructure=means).factor_scores()
        assert found["visual"].iloc[:3].to_list() == pytest.approx(
            [-2.023023, -1.226357, -1.765478], abs=1e-4
        )
        assert found["textual"].iloc[:3].to_list() == pytest.approx([1.473294, 0.588397, -0.225521], abs=1e-4)


def test_a_standardised_frame_is_the_callers_own(path):
    first = path.standardized()
    kept = first.copy()
    first.loc[0, "est"] = 99.0
    assert path.standardized().equals(kept)
    assert not path.standardized("lv").equals(kept)
