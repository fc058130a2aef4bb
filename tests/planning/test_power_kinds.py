"""Populations beyond paths of normal variables: factors, products, counts, groups, equivalence, PLS."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.planning import glm
from umkm_stats.planning import FromInstrument, Recorded, power, smallest_n

SIMPLE = "m ~ .39*x\ny ~ .39*m + 0*x"
ITEMS = "\n".join(f"{name}{k} ~~ .51*{name}{k}" for name in "xzy" for k in (1, 2, 3))
FACTORS = "X =~ .7*x1 + .7*x2 + .7*x3\nZ =~ .7*z1 + .7*z2 + .7*z3\nY =~ .7*y1 + .7*y2 + .7*y3\n" + ITEMS


def curve(model, **told):
    told = {"n": 200, "reps": 400, "draws": 0, "interval": "joint", "seed": 1} | told
    return power(model, workers=1, **told)


def row(found, effect, path=None):
    table = found.detail()
    return table[(table["effect"] == effect) & ((table["path"] == path) | (path is None))].iloc[0]


def test_factors_without_a_path():
    """Muthén & Muthén 2002: two factors correlated .25, five loadings of .8 each, n = 150: power .81."""
    text = "\n".join(
        [f"f{j} =~ " + " + ".join(f".8*v{k}" for k in range(5 * j - 4, 5 * j + 1)) for j in (1, 2)]
        + [f"v{k} ~~ .36*v{k}" for k in range(1, 11)]
        + ["f1 ~~ r*.25*f2", "double := 2*r"]
    )
    found = curve(text, n=150, reps=1000, interval="delta")
    at = row(found, "correlation")
    assert at["path"] == "f1 <-> f2"
    assert at["power"] == pytest.approx(0.81, abs=3 * at["se_power"])
    assert at["population"] == pytest.approx(0.25, abs=1e-6)
    assert row(found, "double")["power"] == at["power"]
    assert row(found, "loading", "f1 -> v1")["power"] == 1.0
    assert row(found, "loading", "f1 -> v1")["population"] == pytest.approx(0.8, abs=1e-6)


def test_a_labelled_loading_of_a_structural_model():
    found = curve(FACTORS.replace("+ .7*x2", "+ l*.7*x2") + "\nY ~ .3*X\nZ ~ .2*X\nratio := l*1", reps=60)
    assert row(found, "loading")["path"] == "X -> x2"
    assert row(found, "ratio")["power"] == row(found, "loading")["power"]


def test_products_of_any_number_of_paths_are_joint():
    text = "M1 ~ a*.3*X\nM2 ~ d*.4*M1\nY ~ b*.4*M2 + .1*X\nserial := a*d*b\nsum := a*d*b + .1"
    found = curve(text)
    assert row(found, "serial")["power"] == row(found, "indirect")["power"] > 0
    assert np.isnan(row(found, "sum")["power"])
    assert "PLN154" in [note.code for note in found.notes]


def test_decimal_commas():
    assert curve("m ~ 0,39*x\ny ~ ,39*m + 0*x").tidy().equals(curve(SIMPLE).tidy())


def test_a_binary_predictor_by_the_t_test():
    """A slope on 0/1 halves of 100 is the t test of two groups of 50 with d = .39: pwr 1.3.0 gives .488."""
    found = row(curve(SIMPLE, n=100, reps=2000, recorded=Recorded(binary={"x": 0.5})), "a")
    assert found["power"] == pytest.approx(0.4878, abs=3 * found["se_power"])
    assert found["population"] == 0.39


@pytest.mark.parametrize("family", glm.FAMILIES)
def test_outcomes_of_yes_or_no_and_counts(family):
    text = SIMPLE + "\ny ~ .2*1"
    found = curve(text, n=300, interval=["joint", "delta"], recorded=Recorded(outcomes={"y": family}))
    b = row(found, "b")
    assert b["mean_est"] == pytest.approx(0.39, abs=4 * b["sd_est"] / np.sqrt(b["reps"]) + 0.01)
    assert 0.02 < row(found, "direct")["power"] < 0.09
    assert "total" not in set(found.detail()["effect"])


def test_glm_equals_statsmodels():
    """statsmodels GLM, 1e-6: coefficients and covariance."""
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    x = rng.normal(size=(150, 2))
    binomial = {"logit": None, "probit": sm.families.links.Probit()}
    for family in glm.FAMILIES:
        y = glm.drawn(family, 0.2 + x @ [0.5, -0.3], rng.uniform(size=150))
        kind = (
            sm.families.Poisson()
            if family == "poisson"
            else sm.families.Binomial(binomial[family] or sm.families.links.Logit())
        )
        theirs = sm.GLM(y, sm.add_constant(x), family=kind).fit(tol=1e-12)
        beta, cov = glm.fitted(family, x, y)
        np.testing.assert_allclose(beta, theirs.params[1:], atol=1e-6)
        np.testing.assert_allclose(cov, theirs.cov_params()[1:, 1:], rtol=1e-5)
    assert glm.fitted("logit", x, np.zeros(150)) is None
    assert glm.fitted("logit", x[:, :1], (x[:, 0] > 0).astype(float)) is None


def test_groups_of_respondents():
    told = {"n": 290, "recorded": Recorded(cluster_size=10, icc=0.05)}
    grouped = curve(SIMPLE, **told)  # design effect 1.45
    alone = curve(SIMPLE, n=200)
    assert abs(row(grouped, "a")["power"] - row(alone, "a")["power"]) < 0.05
    assert "PLN162" in [note.code for note in grouped.notes]


def test_equivalence_of_the_direct_effect():
    """Two one-sided t tests within ± .2, unit variances, n = 300: power by the normal distribution."""
    from scipy.special import ndtr

    found = curve(SIMPLE, n=300, reps=1000, interval=["joint", "delta"], equivalence=0.2)
    at = row(found, "direct_equivalence")
    error = np.sqrt((1 + 0.39**2) / 300)
    assert at["power"] == pytest.approx(2 * ndtr(0.2 / error - 1.6449) - 1, abs=4 * at["se_power"])
    size = smallest_n(
        SIMPLE, effect="direct_equivalence", interval="joint", reps=600, seed=1, equivalence=0.2
    )
    assert 200 < size.n < 330
    by_draws = curve(SIMPLE, n=300, reps=60, draws=100, interval="percentile", equivalence=0.2)
    assert row(by_draws, "direct_equivalence")["power"] > 0.5


def test_products_of_latent_variables():
    text = FACTORS + "\nX ~~ .3*Z\nY ~ .3*X + .2*Z + .25*X:Z\nY ~~ .7*Y"
    found = row(curve(text, n=400, reps=60), "interaction")
    assert found["path"] == "X:Z -> Y"
    assert found["population"] == pytest.approx(0.25 / 0.7)
    assert found["mean_est"] == pytest.approx(found["population"], abs=4 * found["sd_est"] / np.sqrt(60))
    mixed = "X =~ .7*x1 + .7*x2 + .7*x3\ny ~ .3*X + .2*X:w"  # w stands in the product only
    assert row(curve(mixed, n=100, reps=5), "interaction")["path"] == "X:w -> y"
    means = row(curve(text, n=400, analysis="scores"), "interaction")
    assert means["mean_est"] == pytest.approx(means["population"], abs=4 * means["sd_est"] / 20)


def test_pls():
    text = FACTORS + "\nZ ~ .4*X\nY ~ .4*Z"
    found = curve(text, n=150, reps=40, draws=100, interval=["percentile", "joint"], estimator="PLS")
    a = row(found, "a")
    assert a["mean_est"] == pytest.approx(a["population"], abs=4 * a["sd_est"] / np.sqrt(40))
    assert a["population"] == pytest.approx(0.4 / np.sqrt(1.16) * 0.745, abs=0.03)  # attenuated by composites
    again = curve(text, n=150, reps=40, draws=100, interval=["percentile", "joint"], estimator="PLS")
    assert again.to_dict() == found.to_dict()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: curve("x ~~ 1*x"), "PLN155"),
        (lambda: curve(FACTORS.replace("=~ .7*x1", "=~ l*.7*x1") + "\nY ~ .3*X"), "PLN156"),
        (lambda: curve(SIMPLE, recorded=Recorded(binary={"m": 0.5})), "PLN157"),
        (lambda: curve(SIMPLE, recorded=Recorded(binary={"q": 0.5})), "PLN157"),
        (lambda: curve(SIMPLE, recorded=Recorded(outcomes={"m": "logit"})), "PLN158"),
        (lambda: curve(SIMPLE, recorded=Recorded(outcomes={"y": "normal"})), "GEN001"),
        (
            lambda: curve(
                SIMPLE, draws=50, interval="percentile", recorded=Recorded(outcomes={"y": "logit"})
            ),
            "PLN159",
        ),
        (lambda: curve(SIMPLE, recorded=Recorded(cluster_size=10)), "PLN160"),
        (lambda: curve(SIMPLE, recorded=Recorded(cluster_size=0.5, icc=0.1)), "PLN160"),
        (lambda: curve("m ~ .4*x\ny ~ .4*m", equivalence=0.1), "PLN161"),
        (lambda: curve(SIMPLE, equivalence=-1), "PLN135"),
        (lambda: curve(FACTORS.replace("=~ .7*x1", "=~ 0*x1") + "\nY ~ .2*X:Z + .1*X + .1*Z"), "PLN166"),
        (lambda: curve(SIMPLE, source=FromInstrument(key="M1")), "PLN163"),
        (lambda: curve(SIMPLE, estimator="PLS", recorded=Recorded(handling="fiml", missing=0.1)), "PLN119"),
    ],
)
def test_refusals(call, code):
    with pytest.raises((UmkmError, UsageError)) as caught:
        call()
    assert caught.value.code == code
    assert caught.value.message("id")


def test_random_populations_give_a_curve_or_a_code(capsys):
    path = Path(__file__).parents[2] / "benchmarks" / "random_populations.py"
    spec = importlib.util.spec_from_file_location("random_populations", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.main(20, 7) == 0, capsys.readouterr().out
