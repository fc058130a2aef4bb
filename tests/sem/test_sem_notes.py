"""What is not well is told, and names the parameters; nothing hangs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import umkm_stats.sem as sem
from sem_data import democracy, holzinger
from umkm_stats.errors import UsageError
from umkm_stats.sem.estimate._search import Found
from umkm_stats.sem.inference._notes import notes


def codes(fit: sem.Fit) -> set[str]:
    return {note.code for note in fit.notes}


def drawn(key: int, n: int, p: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(key=key)).standard_normal((n, p))


def test_a_sound_fit_has_no_notes() -> None:
    fit = sem.fit("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9", holzinger())
    assert fit.notes == ()
    assert "CFI 0.931" in fit.summary()
    assert "0,931" in fit.summary("id")
    assert fit.to_dict()["indices"]["cfi"] == pytest.approx(0.93056, abs=1e-5)
    assert fit.glance()["cfi"].iloc[0] == fit.indices["cfi"]


def test_an_unidentified_direction_is_named() -> None:
    data = holzinger()
    fit = sem.fit(
        "f =~ x1 + x2 + x3 + x4\nx5 ~ a*f + x6\nf ~~ b*f\nx1 ~~ x2 + x3 + x4\nx2 ~~ x3 + x4\nx3 ~~ x4", data
    )
    found = [note for note in fit.notes if note.code == "SEM403"]
    assert found
    assert len(found[0].params["parameters"]) >= 2
    assert np.isnan(fit.estimates.loc[fit.estimates["free"] > 0, "se"]).all()
    assert "SEM412" not in {note.code for note in fit.notes if "cfi" in str(note.params)}


def test_two_constructs_that_are_one() -> None:
    rows = drawn(4, 300, 9)
    rows[:, :8] = 0.6 * rows[:, :8] + rows[:, [8]]
    data = pd.DataFrame(rows[:, :8], columns=[f"v{i}" for i in range(8)])
    fit = sem.fit("f =~ v0 + v1 + v2 + v3\ng =~ v4 + v5 + v6 + v7", data)
    corr = fit.standardized().query("lhs == 'f' and rhs == 'g'")["est"].iloc[0]
    assert ("SEM405" in codes(fit)) == (abs(corr) > 1)
    assert abs(corr) > 0.98


def test_non_convergence_is_told() -> None:
    fit = sem.fit("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6", holzinger())
    from dataclasses import replace

    stopped = replace(
        fit, found=Found(replace(fit.found.optimum, converged=False, iterations=400), fit.found.start, 3)
    )
    found = {note.code: note for note in notes(stopped)}
    assert found["SEM401"].params == {"iterations": 400, "searches": 3}
    assert np.isnan(stopped.vcov).all()
    later = replace(fit, found=Found(fit.found.optimum, fit.found.start, 2, 0, 2))
    assert "SEM402" in {note.code for note in notes(later)}
    several = replace(fit, found=Found(fit.found.optimum, fit.found.start, 9, 1))
    assert "SEM419" in {note.code for note in notes(several)}


def test_a_residual_matrix_that_is_not_positive_definite_is_told() -> None:
    rows = drawn(6, 200, 5)
    mixed = np.column_stack(
        [
            rows[:, 0] + rows[:, 4],
            rows[:, 0] + 0.9 * rows[:, 4],
            rows[:, 0] - 2 * rows[:, 1],
            rows[:, 0] + rows[:, 2],
        ]
    )
    data = pd.DataFrame(mixed + 0.05 * rows[:, [3]], columns=["a", "b", "c", "d"])
    fit = sem.fit("f =~ a + b + c + d\na ~~ 1.2*b\na ~~ 1*a\nb ~~ 1*b", data)
    assert "SEM406" in codes(fit)
    assert set(next(note for note in fit.notes if note.code == "SEM406").params["variables"]) == {"a", "b"}


def test_few_clusters_and_least_squares_are_told() -> None:
    data = holzinger()
    assert "SEM411" in codes(
        sem.fit("f =~ x1 + x2 + x3 + x4", data.assign(c=data["id"] % 9), cluster="c", estimator="MLR")
    )
    assert "SEM413" in codes(sem.fit("f =~ x1 + x2 + x3 + x4", data, estimator="ULS"))


def test_a_scaling_factor_that_is_not_positive() -> None:
    from dataclasses import replace

    model = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6"
    data = holzinger()
    wide = sem.fit(model, data, estimator="MLM")
    narrow = sem.fit(model.replace("x2", "1*x2"), data, estimator="MLM")
    odd = replace(narrow)
    odd.__dict__["indices"] = {**narrow.indices, "chisq_scaling_factor": -3.0}
    found = sem.nested_test(odd, wide)
    assert np.isnan(found.chisq_diff)
    assert [note.code for note in found.notes] == ["SEM414"]
    assert sem.nested_test(narrow, wide, method="satorra_2000").chisq_diff > 0


def test_nested_fits_are_of_the_same_rows() -> None:
    """As many other rows, other weights or other clusters were compared without a word; satorra_2000 forgot
    weights and clusters, and was NaN under FIML."""
    wide, narrow = "visual =~ x1 + x2 + x3\nx4 ~ visual", "visual =~ x1 + 1*x2 + x3\nx4 ~ visual"
    data = holzinger().assign(w=lambda d: 1.0 + d["id"] % 3, other=lambda d: d["id"] % 30)
    turned = data.assign(x1=data["x1"].to_numpy()[::-1])
    plain = sem.fit(wide, data, estimator="MLR")
    others = [
        sem.fit(narrow, turned, estimator="MLR"),
        sem.fit(narrow, data, estimator="MLR", sampling_weights="w"),
        sem.fit(narrow, data, estimator="MLR", cluster="block"),
    ]
    for other in others:
        with pytest.raises(UsageError, match="SEM309"):
            sem.nested_test(plain, other)
    with pytest.raises(UsageError, match="SEM309"):
        sem.nested_test(sem.fit(wide, data, estimator="MLR", cluster="other"), others[2])
    assert sem.nested_test(sem.fit(wide, data, estimator="MLR", cluster="block"), others[2]).df_diff == 1
    for options in ({"sampling_weights": "w"}, {"cluster": "block"}, {"missing": "fiml"}):
        pair = [sem.fit(text, data, estimator="MLR", **options) for text in (wide, narrow)]
        assert sem.nested_test(*pair).p > 0
        with pytest.raises(UsageError, match="SEM309"):
            sem.nested_test(*pair, method="satorra_2000")


def test_equivalent_models_fit_alike() -> None:
    """X → M → Y and M → X → Y with the direct path free: the same χ², so never a choice between them."""
    data = democracy()
    parts = "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\n"
    one = sem.fit(parts + "dem60 ~ ind60\ndem65 ~ dem60 + ind60", data)
    two = sem.fit(parts + "ind60 ~ dem60\ndem65 ~ ind60 + dem60", data)
    assert abs(one.x2 - two.x2) < 1e-5
    assert one.df == two.df


def test_order_of_rows_and_indicators_does_not_matter() -> None:
    data = holzinger()
    base = sem.fit("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6", data)
    shuffled = sem.fit(
        "textual =~ x4 + x6 + x5\nvisual =~ x1 + x3 + x2", data.sample(frac=1.0, random_state=5)
    )
    assert shuffled.x2 == pytest.approx(base.x2, rel=1e-9)
    left = dict(zip(base.param_names, base.params, strict=True))
    right = dict(zip(shuffled.param_names, shuffled.params, strict=True))
    for name in ("visual=~x2", "textual=~x6", "x1~~x1"):
        assert right[name] == pytest.approx(left[name], rel=1e-7)


def test_units_of_measurement_do_not_matter() -> None:
    data = holzinger()
    scales = {f"x{i}": 10.0 ** (i - 4) for i in range(1, 7)}
    base = sem.fit("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6", data)
    other = sem.fit(
        "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6",
        data.assign(**{k: data[k] * v for k, v in scales.items()}),
    )
    assert other.x2 == pytest.approx(base.x2, rel=1e-8)
    np.testing.assert_allclose(other.standardized()["est"], base.standardized()["est"], atol=1e-7)


def test_a_marker_that_hardly_loads() -> None:
    rows = drawn(12, 400, 6)
    data = pd.DataFrame(0.7 * rows[:, [5]] + rows[:, :5], columns=[f"v{i}" for i in range(5)])
    data["v0"] = 0.02 * rows[:, 5] + rows[:, 0]
    marker = sem.fit("f =~ v0 + v1 + v2 + v3 + v4", data)
    stable = sem.fit("f =~ v0 + v1 + v2 + v3 + v4", data, std_lv=True)
    assert stable.converged
    assert marker.converged
    assert marker.x2 == pytest.approx(stable.x2, rel=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\ng ~ f + ageyr\nx1 ~~ x4",
        "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\nh =~ x7 + x8 + x9\ntop =~ f + g + h",
    ],
)
def test_the_other_scaling_gives_the_same_moments_and_leads_back(model: str) -> None:
    from umkm_stats.kernels.sem.one.optimise import minimise
    from umkm_stats.kernels.sem.one.problem import problem
    from umkm_stats.sem.estimate._rescale import from_stable, stable_structure, to_stable

    fit = sem.fit(model, holzinger())
    changed, markers = stable_structure(fit.layout)
    assert len(markers) == len(fit.latent)
    other = problem(changed, "ml", fit.task.samples)
    moved = to_stable(fit.task, changed, markers, fit.params)
    np.testing.assert_allclose(other.states(moved)[0].sigma, fit.point.states[0].sigma, atol=1e-12)
    found = minimise(other, moved * 1.1).point
    assert found is not None
    back = from_stable(fit.task, markers, other, found.params)
    np.testing.assert_allclose(back, fit.params, rtol=1e-5, atol=1e-7)


def test_second_opinion() -> None:
    data = holzinger()
    check = sem.fit("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\ntextual ~ visual", data).cross_check()
    if not check.ran:
        pytest.fail(check.summary())
    assert check.largest_est < 1e-3
    assert check.largest_se < 1e-3
    assert len(check.tidy()) == 13
    assert "semopy" in check.summary("id")
    assert set(check.differences["number"]) >= {"rmsea", "gfi", "aic"}


def test_second_opinion_that_is_not_there() -> None:
    data = holzinger()
    grouped = sem.fit("f =~ x1 + x2 + x3 + x4", data, group="school").cross_check()
    assert not grouped.ran
    assert [note.code for note in grouped.notes] == ["SEM415"]
    assert "semopy" in grouped.summary()
    hurried = sem.fit("f =~ x1 + x2 + x3 + x4", data).cross_check(seconds=0.01)
    assert [note.code for note in hurried.notes] == ["SEM416"]


def test_second_opinion_that_fails_or_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    from umkm_stats.adapters.semopy_check import Opinion
    from umkm_stats.sem.inference import _cross

    fit = sem.fit("f =~ x1 + x2 + x3 + x4", holzinger())
    monkeypatch.setattr(_cross, "ask", lambda *_, **__: Opinion({}, "failed"))
    assert [note.code for note in fit.cross_check().notes] == ["SEM417"]
    rows = {("v1", "~", "f0"): (fit.params[0] + 1.0, 0.1)}
    monkeypatch.setattr(_cross, "ask", lambda *_, **__: Opinion(rows, ""))
    found = fit.cross_check()
    assert [note.code for note in found.notes] == ["SEM418"]
    assert found.glance()["largest_est"].iloc[0] == pytest.approx(1.0 / np.sqrt(fit.vcov[0, 0]))
    assert found.to_dict()["program"] == "semopy"
    assert set(found.differences["explanation"]) == {""}
    assert "no known convention" in found.summary()


def test_variables_that_never_meet() -> None:
    data = holzinger()
    data.loc[::2, "x1"] = np.nan
    data.loc[1::2, "x2"] = np.nan
    fit = sem.fit("f =~ x3 + x1 + x2 + x4", data, missing="fiml")
    assert fit.converged
    assert "SEM420" in codes(fit)
    assert np.isnan(fit.indices["chisq"])
    assert np.isnan(fit.indices["cfi"])
    assert np.isfinite(fit.indices["logl"])
    assert np.isfinite(fit.estimates["se"]).all()


def test_the_table_is_a_frame() -> None:
    frame = sem.fit("f =~ x1 + a*x2 + x3\nf ~ ageyr", holzinger()).table.to_frame()
    assert list(frame.columns) == [
        "lhs",
        "op",
        "rhs",
        "group",
        "free",
        "value",
        "label",
        "origin",
        "start",
        "lower",
        "upper",
    ]
    first = frame.iloc[0]
    assert (first["free"], first["value"], first["origin"]) == (0, 1.0, "user")
    assert frame.query("lhs == 'ageyr' and op == '~~'")["origin"].iloc[0] == "sample"
    assert frame.query("label == 'a'")["rhs"].tolist() == ["x2"]
