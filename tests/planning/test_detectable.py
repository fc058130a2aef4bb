"""The smallest detectable effect by simulation, beside the closed form; pictures and sentences of a plan."""

import pytest

from umkm_stats.errors import UsageError
from umkm_stats.planning import closed_power, detectable, power, smallest_n

SIMPLE = "m ~ a*.39*x\ny ~ b*.39*m + 0*x\nab := a*b"


def test_effect_found_again_by_the_closed_form():
    """At the effect found the joint-significance power by large-sample errors is .80 within three errors."""
    found = detectable(SIMPLE, n=120, reps=3000, seed=4)
    path = found.parameters["m ~ x"]
    closed = closed_power(f"m ~ {path}*x\ny ~ {path}*m + 0*x", n=120).tidy()
    at = float(closed[closed["effect"] == "indirect"]["power"].iloc[0])
    assert at == pytest.approx(0.80, abs=0.04)
    assert found.value == pytest.approx(path**2)
    assert 0 < found.se < 0.01
    assert found.points["reps"].sum() <= 3100
    again = detectable(SIMPLE, n=120, reps=3000, seed=4)
    assert again.to_dict() == found.to_dict()


def test_effect_of_one_path_and_of_a_definition():
    one = detectable("y ~ .2*x", n=100, effect="direct", path="x -> y", reps=2000, seed=1)
    assert one.value == pytest.approx(0.28, abs=0.03)  # t test of a slope, n = 100, unit variances
    defined = detectable(
        SIMPLE + "\ntwice := 2*a*b", n=75, effect="twice", interval="delta", reps=400, seed=2
    )
    assert defined.value == pytest.approx(2 * defined.parameters["m ~ x"] * defined.parameters["y ~ m"])


def test_bounds_of_a_standardised_population():
    with pytest.raises(UsageError) as caught:
        detectable(SIMPLE, n=8, reps=400, seed=1, standardized=True, power=0.999)
    assert caught.value.code == "PLN149"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: detectable("y ~ 0*x", n=50, effect="direct"), "PLN151"),
        (lambda: detectable(SIMPLE, n=50, predictors=2), "PLN146"),
        (lambda: detectable("f2", n=50), "PLN146"),
        (lambda: detectable("f2", n=50, predictors=2, tails=1), "PLN146"),
        (lambda: detectable("chi2", n=50), "PLN146"),
        (lambda: detectable("r", n=50, effect="direct"), "PLN146"),
        (lambda: detectable("r", n=50, path="x -> y"), "PLN146"),
        (lambda: detectable("r", n=50, standardized=True), "PLN146"),
        (lambda: detectable("f2", n=5, predictors=3, power=0.9999999), "PLN149"),
        (lambda: detectable("r", n=40).plot(), "PLN150"),
        (lambda: detectable(SIMPLE, n=50, effect="nothing"), "PLN132"),
        (lambda: power(SIMPLE, n=50, reps=10, draws=0, interval="joint").plot("nothing"), "PLN132"),
        (lambda: power(SIMPLE, n=50, reps=10, draws=0, interval="joint").sentence("nothing"), "PLN132"),
    ],
)
def test_refusals(call, code):
    with pytest.raises(UsageError) as caught:
        call()
    assert caught.value.code == code


def test_pictures_and_sentences():
    curve = power(SIMPLE, n=[60, 80], reps=50, draws=0, interval="joint", seed=1)
    axes = curve.plot(lang="id").axes[0]
    assert axes.get_ylabel() == "Kekuatan uji"
    assert list(axes.lines[0].get_xdata()) == [60, 80]
    assert "n = 80" in curve.sentence(lang="id")
    assert "path a" in curve.sentence("a", lang="en")
    said = curve.summary()
    assert "a (x -> m), n = 60" in said
    assert "standard error" in said
    size = smallest_n(SIMPLE, interval="joint", reps=300, seed=1)
    assert str(size.n) in size.sentence("id")
    assert size.plot().axes[0].get_xlabel() == "Respondents"
    wide = smallest_n(SIMPLE, interval="delta", width=0.25, reps=300, seed=1)
    assert wide.plot().axes[0].get_ylabel() == "Mean width of the interval"
    assert "0.250" in wide.sentence("en")
    never = smallest_n(SIMPLE, interval="joint", reps=200, seed=1, high=12)
    assert "12" in never.sentence("id")
    assert detectable(SIMPLE, n=80, reps=200, seed=1).plot("id").axes[0].get_xlabel() == "Besar pengaruh"
