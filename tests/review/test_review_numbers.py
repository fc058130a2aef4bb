"""Printed numbers held against each other: published acceptance values and every explanation."""

import numpy as np
import pytest

from umkm_stats import review
from umkm_stats.errors import UsageError
from umkm_stats.kernels.review.printed import Interval, printed


@pytest.mark.parametrize(
    ("mean", "n", "items", "verdict"),
    [
        ("5.19", 28, 1, "inconsistent"),  # Brown & Heathers 2017, their worked examples
        ("5.19", 32, 1, "consistent"),
        ("5.27", 43, 1, "inconsistent"),
        ("5.19", 40, 1, "inconsistent"),
        ("2.84", 16, 2, "consistent"),
        ("5.19", 100, 1, "not checkable"),
        ("3,5", 8, 1, "consistent"),
        (3.5, 8, 1, "consistent"),
    ],
)
def test_grim(mean, n, items, verdict):
    assert review.grim(mean, n=n, items=items).verdict == verdict


def test_grim_says_when_only_cutting_off_explains_it():
    assert review.grim("5.27", n=43).explanation == "only_truncated"
    assert review.grim("5.27", n=43, truncated=True).verdict == "consistent"


def test_grim_agrees_with_brute_force():
    """Every sum of n answers, printed, against the test for all means of two decimals."""
    for n in (3, 7, 19, 28):
        possible = {f"{np.floor(s / n * 100 + 0.5) / 100:.2f}" for s in range(n, 5 * n + 1)}
        possible |= {f"{round(s / n, 2):.2f}" for s in range(n, 5 * n + 1)}
        for hundredths in range(100, 501):
            text = f"{hundredths / 100:.2f}"
            assert (review.grim(text, n=n).verdict == "consistent") == (text in possible), (text, n)


@pytest.mark.parametrize(
    ("paths", "z"),
    [((".45", ".05", ".52", ".06"), 6.2428), ((".777", ".377", ".042", ".009"), 1.8853)],
)
def test_sobel_equals_the_calculators(paths, z):
    """Preacher & Leonardelli's calculator, 4 decimals."""
    assert review.sobel(*paths)["values"]["sobel"] == pytest.approx(z, abs=5e-5)


def test_hayes_pmi_table_is_consistent():
    """Printed numbers of the pmi example (Hayes 2013)."""
    verdicts = [
        review.product(".2413", a=".4765", b=".5064"),
        review.total(".4957", c_prime=".2544", a=".4765", b=".5064"),
        review.ratio("2.0218", est=".4765", se=".2357"),
        review.ratio("5.2185", est=".5064", se=".0970"),
        *review.sobel(".4765", ".2357", ".5064", ".0970", z="1.8853", p=".0594")["verdicts"],
    ]
    assert [verdict.verdict for verdict in verdicts] == ["consistent"] * len(verdicts)
    assert review.product(".2513", a=".4765", b=".5064").verdict == "inconsistent"


def test_monte_carlo_interval_of_the_product():
    """Long-run limits of a large run; tolerance four Monte Carlo standard errors."""
    found = review.monte_carlo(0.4765, 0.2357, 0.5064, 0.0970)
    assert found.low == pytest.approx(0.009, abs=0.01)
    assert found.high == pytest.approx(0.518, abs=0.015)
    wider = review.monte_carlo(0.3, 0.1, 0.3, 0.1, cov=0.005)
    assert wider.high > review.monte_carlo(0.3, 0.1, 0.3, 0.1).high


def test_jessor_refits_from_its_covariances():
    """MBESS Jessor, N = 432: a .291645 (.046217), b −.096279 (.008820), c′ −.010239, as correlations and
    SDs."""
    cov = np.array(
        [
            [2.26831107, 0.6615415, -0.08691755],
            [0.6615415, 2.2763549, -0.2259382],
            [-0.08691755, -0.2259382, 0.09218055],
        ]
    )
    sd = np.sqrt(np.diag(cov))
    r = cov / np.outer(sd, sd)
    moments = review.Moments(
        ["x", "m", "y"],
        [[f"{r[1, 0]:.6f}"], [f"{r[2, 0]:.6f}", f"{r[2, 1]:.6f}"]],
        [f"{v:.6f}" for v in sd],
        432,
    )
    claimed = {
        "a": "0.2916",
        "se_a": "0.0462",
        "b": "-0.0963",
        "se_b": "0.0088",
        "c_prime": "-0.0102",
        "ab": "-0.0281",
    }
    found = review.mediation(moments, x="x", m="m", y="y", claimed=claimed)
    assert {verdict.verdict for verdict in found} == {"consistent"}
    wrong = review.mediation(moments, x="x", m="m", y="y", claimed={"a": "0.3916"})
    assert wrong[0].verdict == "inconsistent"
    other_n = review.mediation(moments, x="x", m="m", y="y", claimed={"se_a": "0.046271"})
    assert (other_n[0].verdict, other_n[0].explanation) == ("not checkable", "n_minus_1")
    path = review.regression(
        moments,
        outcome="m",
        predictors=["x"],
        claimed={"x": {"est": "0.292", "t": "6.31", "beta": "0.291"}, "R2": {"est": "0.085"}},
    )
    assert {verdict.verdict for verdict in path} == {"consistent"}


def test_holzinger_fit_numbers():
    """lavaan's χ², RMSEA, CFI and TLI of the three-factor model, N = 301."""
    given = {"chi2": "85.306", "df": 24, "n": 301, "base_chi2": "918.852", "base_df": 36}
    found = review.fit(**given, p="< .001", rmsea=".092", cfi=".931", tli=".896", items=9, parameters=21)
    assert {verdict.verdict for verdict in found} == {"consistent"}
    assert review.fit(**given, rmsea=".082")[0].verdict == "inconsistent"
    assert review.fit(**given, rmsea=".082", robust=True)[0].verdict == "not checkable"
    assert review.fit(chi2="85.306", df=24, n=301, cfi=".931")[0].explanation == "no_baseline"
    assert review.fit(chi2="0.000", df=0, n=301)[0].explanation == "no_df"
    school = {"chi2": "115.851", "df": 48, "n": 301, "groups": 2}
    assert review.fit(**school, rmsea=".097")[0].verdict == "consistent"
    assert review.fit(**school, rmsea=".069")[0].explanation == "rmsea_groups_plain"
    assert review.fit(**school, rmsea=".069", program="AMOS 24")[0].verdict == "consistent"
    assert review.fit(**school, rmsea=".069", program="Mplus")[0].verdict == "inconsistent"


def test_loadings_give_ave_and_cr():
    """Holzinger visual: standardised .772 .424 .581 → AVE .370, CR .625 or so."""
    found = review.loadings([".772", ".424", ".581"], ave=".371", cr=".626", version="standardised")
    assert {verdict.verdict for verdict in found} == {"consistent"}
    assert (
        review.loadings([".772", ".424", ".581"], ave=".401", version="standardised")[0].verdict
        == "inconsistent"
    )
    assert review.loadings([".772", ".424", ".581"], ave=".401")[0].verdict == "not checkable"
    assert review.loadings([".772", ".424", ".581"], ave=".701")[0].verdict == "inconsistent"
    assert review.loadings(["1.08", ".424"], ave=".5")[0].explanation == "oblique_loading"
    assert review.fornell_larcker({"A": ".371", "B": ".721"}, {("A", "B"): ".459"})[0].verdict == "consistent"
    assert (
        review.fornell_larcker({"A": ".171", "B": ".721"}, {("A", "B"): ".459"})[0].verdict == "inconsistent"
    )


def test_standardised_alpha_and_htmt():
    assert review.standardised_alpha(".75", k=4, mean_r=".43", version="standardised").verdict == "consistent"
    assert (
        review.standardised_alpha(".85", k=4, mean_r=".43", version="standardised").verdict == "inconsistent"
    )
    assert review.standardised_alpha(".85", k=4, mean_r=".43").explanation == "raw_alpha"
    r = [
        ["1", ".60", ".30", ".25"],
        [".60", "1", ".20", ".35"],
        [".30", ".20", "1", ".50"],
        [".25", ".35", ".50", "1"],
    ]
    value = np.mean([0.30, 0.25, 0.20, 0.35]) / np.sqrt(0.60 * 0.50)
    assert review.htmt(f"{value:.3f}", correlations=r, first=[0, 1], second=[2, 3]).verdict == "consistent"
    assert review.htmt(".7", correlations=r, first=[0, 1], second=[2, 3]).verdict == "inconsistent"


def test_p_values_and_their_explanations():
    assert review.p_value(".048", statistic="t", value="2.00", df=60).verdict == "consistent"
    one = review.p_value(".025", statistic="t", value="2.00", df=60)
    assert (one.verdict, one.explanation) == ("not checkable", "one_tailed")
    assert review.p_value(".025", statistic="t", value="2.00", df=60, tails=1).verdict == "consistent"
    assert review.p_value(".050", statistic="t", value="2.00", df=60, tails=1).verdict == "inconsistent"
    wrong = review.p_value(".03", statistic="t", value="1.20", df=60)
    assert wrong.verdict == "inconsistent"
    assert wrong.decision
    assert review.p_value("<.001", statistic="F", value="21.4", df=1, df2=80).verdict == "consistent"
    assert review.p_value(".000", statistic="chi2", value="85.31", df=24).verdict == "consistent"
    assert review.p_value(".01", statistic="r", value=".33", df=58).verdict == "consistent"


def test_limits():
    ok = review.limits(".026", ".456", est=".241", se=".110")
    assert [verdict.verdict for verdict in ok] == ["consistent"] * 3
    assert review.limits(".10", ".456", est=".241", se=".110")[1].verdict == "inconsistent"
    assert review.limits(".006", ".519", est=".241", bootstrap=True)[1].explanation == "bootstrap_limits"
    assert review.limits(".006", ".519", est=".241")[1].explanation == "no_se"
    assert review.limits(".306", ".519", est=".241")[0].verdict == "inconsistent"
    assert review.interval_and_p(".01", ".40", p=".60").verdict == "inconsistent"
    assert review.interval_and_p(".01", ".40", p=".060").explanation == "other_level"
    assert review.interval_and_p(".01", ".40", p=".60", bootstrap=True).verdict == "not checkable"


def test_vaf_and_its_label():
    found = review.accounted("48.7%", ab=".2413", c_prime=".2544", label="partial")
    assert [verdict.verdict for verdict in found] == ["consistent", "consistent"]
    assert review.accounted(".487", ab=".2413", c_prime=".2544", label="full")[1].verdict == "inconsistent"
    assert review.accounted(".487", ab="-.2413", c_prime=".2544")[0].explanation == "opposite_signs"


def test_spread_of_answers():
    assert review.debit(".30", ".46", n=50).verdict == "consistent"
    assert review.debit(".30", ".52", n=50).verdict == "inconsistent"
    assert review.sd_bound("1.2", mean="3.1", n=40, low=1, high=5).verdict == "consistent"
    assert review.sd_bound("2.4", mean="3.1", n=40, low=1, high=5).verdict == "inconsistent"
    assert review.sd_bound("1.0", mean="6.1", n=40, low=1, high=5).verdict == "inconsistent"
    assert review.percentage("84.4", count=152, n=180).verdict == "consistent"
    assert review.percentage("85.4", count=152, n=180).verdict == "inconsistent"


def test_printed_numbers_are_read_as_people_print_them():
    assert printed("1.573,5").value == 1573.5
    assert printed("−.48").bounds() == Interval(-0.485, -0.475)
    assert printed(".48**").decimals == 2
    assert printed("< .001").bounds().high == 0.001
    assert printed("n.s.") is None
    assert printed("") is None


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: review.grim("n.s.", n=10), "REV001"),
        (lambda: review.sd_bound("1", mean="3", n=10, low=5, high=1), "REV002"),
        (lambda: review.percentage("10", count=5, n=3), "REV003"),
        (lambda: review.p_value(".05", statistic="chi2", value="2"), "REV004"),
        (lambda: review.total(".5", c_prime=".2"), "REV005"),
        (lambda: review.sobel(".5", "0", ".5", ".1"), "REV006"),
        (lambda: review.monte_carlo(0.5, 0.1, 0.5, 0.1, cov=1.0), "REV006"),
        (lambda: review.loadings([]), "REV007"),
        (lambda: review.fornell_larcker({"A": ".5"}, {("A", "B"): ".4"}), "REV008"),
        (lambda: review.Moments(["a", "b"], [[".5", ".4"], [".3"], []], None, 50), "REV009"),
        (lambda: review.Moments(["a", "b", "c"], [[".9"], [".9", "-.9"]], None, 50), "REV010"),
        (
            lambda: review.mediation(
                review.Moments(["a", "b", "c"], [[".3"], [".2", ".4"]], None, 50),
                x="a",
                m="b",
                y="c",
                claimed={"zz": "1"},
            ),
            "REV011",
        ),
        (lambda: review.grim("3.1", n=0), "GEN003"),
    ],
)
def test_wrong_use_says_so(call, code):
    with pytest.raises(UsageError) as caught:
        call()
    assert caught.value.code == code
    assert caught.value.message("id") != caught.value.message("en")


def test_interval_arithmetic_holds_every_value():
    rng = np.random.default_rng(1)
    for _ in range(300):
        a, b = np.sort(rng.normal(size=2)), np.sort(rng.normal(size=2))
        x, y = Interval(*a), Interval(*b)
        u, v = rng.uniform(*a), rng.uniform(*b)
        assert (x + y).holds(u + v)
        assert (x - y).holds(u - v)
        assert (x * y).holds(u * v)
        assert x.squared().holds(u * u)
        assert x.absolute().holds(abs(u))
        if not y.holds(0.0):
            assert (x / y).holds(u / v)
    with pytest.raises(ValueError, match="no interval"):
        Interval(2.0, 1.0)
