"""Parameterisations, pairwise answers and sampling weights against lavaan 0.6-14
(``tests/reference/lavaan_options.R``): estimates within 1e-3 of a standard error or 1e-5, standard errors
3e-3, χ² and indices 1e-4 relative. Where groups share thresholds lavaan's search ends earlier: 3e-3 of
a standard error there."""

import numpy as np
import pytest

from sem_compare import gaps
from sem_data import holzinger, holzinger_missing, reference
from umkm_stats import fit
from umkm_stats.errors import UmkmError

REFERENCE = reference("lavaan_options.json")["models"]
CUTS = {"o5": (3.5, 4.5, 5.5), "o6": (1.5, 2.2, 3), "o7": (3.5, 4.5), "o9": (4.7, 5.4, 6)}


def data(*, missing=False):
    frame, whole = (holzinger_missing() if missing else holzinger()), holzinger()
    frame["m2"] = (whole["x4"] > 3).astype(float).where(frame["x4"].notna())
    for name, cuts in CUTS.items():
        source = f"x{name[1:]}"
        coded = np.searchsorted(cuts, whole[source], side="right")
        frame[name] = np.where(frame[source].notna(), coded, np.nan)
    frame["w"] = 0.5 + ((frame["id"] * 7) % 13) / 8
    return frame


def ours(name):
    case = REFERENCE[name]
    options = {key.replace(".", "_"): value for key, value in (case["options"] or {}).items()}
    return fit(case["model"], data(missing=case["gaps"]), **options), case


@pytest.mark.parametrize("name", list(REFERENCE))
def test_estimates_errors_and_test_are_lavaans(name):
    got, case = ours(name)
    assert case["converged"]
    assert got.n == case["n"]
    early = "thresholds" in case["options"].get("group.equal", ())
    for frame, entries, column in (
        (got.estimates, case["estimates"], "est"),
        (got.standardized(), case["std"], "est.std"),
    ):
        if early:  # what follows from estimates has no error to measure its distance by
            entries = [entry for entry in entries if entry["se"]]
        worst, errors, missing = gaps(frame, entries, got.group_labels, column=column)
        assert not missing
        assert worst[0] < (3.0 if early else 1.0), worst
        assert errors[0] < 3e-3, errors
    for key, value in case["fit"].items():
        if value is not None:
            assert got.indices[key.replace(".", "_")] == pytest.approx(value, rel=1e-4, abs=2e-5), key


def test_the_two_parameterisations_are_one_model():
    text, options = "f =~ o5 + o6 + o9 + o7\nf ~ ageyr", {"ordered": list(CUTS), "estimator": "WLSMV"}
    delta, theta = (fit(text, data(), parameterization=word, **options) for word in ("delta", "theta"))
    assert theta.x2 == pytest.approx(delta.x2, rel=1e-8)
    one, two = delta.standardized(), theta.standardized()
    assert two["est"].to_numpy() == pytest.approx(one["est"].to_numpy(), abs=1e-6)
    assert two["se"].to_numpy() == pytest.approx(one["se"].to_numpy(), abs=1e-6)
    for kind in ("raw", "cor.bollen", "standardized"):
        pair = [found.residuals(kind)[""]["cov"].to_numpy() for found in (delta, theta)]
        assert pair[1] == pytest.approx(pair[0], abs=1e-6, nan_ok=True)
    assert np.abs(np.diagonal(delta.residuals()[""]["cov"])).max() < 1e-8
    scale = theta.estimates.query("op == '~*~'")["est"]
    assert ((scale > 0) & (scale < 1)).all()
    assert (theta.estimates.query("op == '~~' and lhs in @CUTS")["est"] == 1.0).all()


def test_a_path_over_an_ordinal_mediator_alone_has_a_solution_in_both():
    """lavaan 0.6-14 does not converge here in its Delta parameterisation; Theta is in the reference."""
    case = REFERENCE["theta_over"]
    found = fit(case["model"], data(), ordered=["o5", "m2"], estimator="WLSMV")
    assert found.x2 == pytest.approx(case["fit"]["chisq"], rel=1e-6)
    assert not [note for note in found.notes if note.code == "SEM521"]
    entries = [entry for entry in case["std"] if entry["op"] in ("=~", "~", ":=")]
    worst, errors, missing = gaps(found.standardized(), entries, found.group_labels, column="est.std")
    assert not missing
    assert worst[0] < 1.0, worst
    assert errors[0] < 3e-3, errors


def test_draws_under_theta_are_refits():
    text = "o5 ~ a*x1\nx9 ~ b*o5 + c*x1\nab := a*b"
    options = {"ordered": "o5", "estimator": "WLSMV", "parameterization": "theta"}
    frame = data()
    found = fit(text, frame, **options)
    assert [note.params["variables"] for note in found.notes if note.code == "SEM522"] == [["o5"]]
    rows = np.random.Generator(np.random.Philox(key=4)).integers(0, found.n, (3, found.n))
    drawn = found.bootstrap(rows=rows).estimates
    for k, chosen in enumerate(rows):
        again = fit(text, frame.iloc[chosen].reset_index(drop=True), **options)
        wanted = again.estimates.query("op in ('~', ':=')").set_index("label")["est"]
        for name in ("a", "b", "c", "ab"):
            assert drawn.loc[k, name] == pytest.approx(wanted[name], abs=1e-6)


@pytest.mark.parametrize(("extra", "word"), [("", "theta"), ("\nx5 ~*~ 1.5*x5", "delta")])
def test_draws_have_the_scale_of_the_fit(extra, word):
    """Draws of a measurement model under theta, or with scales of their own, were those of delta: other
    numbers than the estimates beside them."""
    nine = holzinger()[[f"x{k}" for k in range(1, 7)]]
    cut = (nine > nine.quantile(1 / 3)).astype(int) + (nine > nine.quantile(2 / 3)).astype(int)
    options = {"ordered": True, "estimator": "WLSMV", "parameterization": word}
    text = "textual =~ x4 + x5 + x6\nvisual =~ x1 + x2 + x3\nvisual ~ textual" + extra
    found = fit(text, cut, **options)
    rows = np.random.Generator(np.random.Philox(key=4)).integers(0, found.n, (2, found.n))
    rows[0] = np.arange(found.n)
    drawn = found.bootstrap(rows=rows).estimates
    again = fit(text, cut.iloc[rows[1]].reset_index(drop=True), **options)
    for k, wanted in enumerate((found, again)):
        assert drawn.loc[k].to_numpy() == pytest.approx(wanted.params, abs=2e-5)


def test_an_unknown_parameterisation_is_refused():
    with pytest.raises(UmkmError) as caught:
        fit("f =~ o5 + o6 + o9", data(), ordered=True, parameterization="thetas")
    assert caught.value.code in ("GEN001", "GEN002")


def weighted_draws(text, options, frame):
    found = fit(text, frame, sampling_weights="w", **options)
    rows = np.random.Generator(np.random.Philox(key=8)).integers(0, found.n, (2, found.n))
    names = [name for name in found.param_names if "~~" not in name][:4]
    drawn = found.bootstrap(rows=rows).estimates
    for k, chosen in enumerate(rows):
        again = fit(text, frame.iloc[chosen].reset_index(drop=True), sampling_weights="w", **options)
        values = dict(zip(again.param_names, again.params, strict=True))
        assert [drawn.loc[k, name] for name in names] == pytest.approx([values[n] for n in names], abs=3e-5)
    return found


HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\ntextual ~ visual"


@pytest.mark.parametrize("options", [{}, {"missing": "fiml"}, {"bounds": "pos_var"}])
def test_draws_of_a_weighted_fit_are_refits(options):
    found = weighted_draws(HS, options, data(missing="missing" in options))
    assert found.estimator == "MLR"
    assert [note.params for note in found.notes if note.code == "SEM524"] == [{"column": "w"}]


def test_draws_under_a_curved_constraint_carry_their_weights():
    weighted_draws("x4 ~ a*x1\nx9 ~ b*x4 + c*x1\na*b == .1", {}, data())


def test_equal_weights_change_nothing_and_their_scale_neither():
    frame = data().assign(one=2.5)
    plain, same = fit(HS, frame, estimator="MLR"), fit(HS, frame, sampling_weights="one")
    assert same.params == pytest.approx(plain.params, abs=1e-8)
    assert same.indices["chisq_scaled"] == pytest.approx(plain.indices["chisq_scaled"], rel=1e-8)
    heavy = fit(HS, frame.assign(v=frame["w"] * 1000), sampling_weights="v")
    assert heavy.params == pytest.approx(fit(HS, frame, sampling_weights="w").params, abs=1e-8)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"sampling_weights": "w", "estimator": "MLM"}, "SEM232"),
        ({"sampling_weights": "w", "ordered": "o5"}, "SEM232"),
        ({"sampling_weights": "bad"}, "SEM523"),
        ({"sampling_weights": "nowhere"}, "SEM202"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(options, code):
    frame = data().assign(bad=lambda d: d["w"] - 1)
    with pytest.raises(UmkmError) as caught:
        fit("f =~ o5 + x2 + x3", frame, **options)
    assert caught.value.code == code


def test_simulated_draws_of_a_weighted_fit_are_refused():
    with pytest.raises(UmkmError) as caught:
        fit(HS, data(), sampling_weights="w").bootstrap(draws=3, kind="parametric")
    assert caught.value.code == "SEM525"


def pairs(**options):
    return fit("f =~ o5 + o6 + o9 + m2", data(missing=True), ordered=True, missing="pairwise", **options)


def test_pairwise_uses_every_row_and_says_so():
    found = pairs()
    assert found.n == found.sample.rows_in
    (note,) = [note for note in found.notes if note.code == "SEM526"]
    frame = data(missing=True)[["o5", "o6", "o9", "m2"]].notna().astype(float)
    together = (frame.T @ frame).to_numpy()
    assert (note.params["least"], note.params["most"]) == (together.min(), np.diagonal(together).max())
    assert np.isfinite(found.factor_scores().to_numpy()).all()
    assert found.simulate(20, seed=1).notna().all().all()


def test_pairwise_of_complete_rows_is_the_plain_fit():
    options = {"ordered": ["o5", "o6", "o9"], "estimator": "WLSMV"}
    text = "f =~ o5 + o6 + o9\nf ~~ x3\nx3 ~~ x3"
    plain, same = (fit(text, data(), missing=word, **options) for word in ("listwise", "pairwise"))
    assert same.params == pytest.approx(plain.params, abs=1e-9)
    assert np.asarray(same.vcov) == pytest.approx(np.asarray(plain.vcov), abs=1e-9)


def test_pairwise_draws_are_refits():
    found, frame = pairs(), data(missing=True)
    rows = np.random.Generator(np.random.Philox(key=5)).integers(0, found.n, (2, found.n))
    drawn = found.bootstrap(rows=rows).estimates
    for k, chosen in enumerate(rows):
        again = fit(
            found.options.model, frame.iloc[chosen].reset_index(drop=True), ordered=True, missing="pairwise"
        )
        for name, value in zip(again.param_names, again.params, strict=True):
            assert drawn.loc[k, name] == pytest.approx(value, abs=1e-6)
