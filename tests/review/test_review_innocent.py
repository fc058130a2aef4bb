"""True tables that were accused: one-tailed p beside a two-tailed interval, limits from t without its df, z
without its sign, percentages below 1.5, products that round to 0. And the same numbers with an error still
are."""

import numpy as np
import pytest
from scipy import stats

from umkm_stats import review


def told(found):
    return [(one.verdict, one.explanation) for one in (found if isinstance(found, tuple) else (found,))]


@pytest.mark.parametrize(
    ("value", "p", "expected"),
    [
        ("-1.50", ".931", ("consistent", "other_side")),
        ("-1.50", ".069", ("consistent", "")),
        ("1.50", ".931", ("consistent", "other_side")),
        ("-1.50", ".900", ("inconsistent", "")),
    ],
)
def test_a_one_tailed_p_of_the_other_side(value, p, expected):
    """t(60) = 1.50: .06943 above, .93057 below (scipy)."""
    assert told(review.p_value(p, statistic="t", value=value, df=60, tails=1)) == [expected]


def test_z_of_a_negative_effect_without_its_sign():
    found = review.sobel("-.50", ".10", ".40", ".10", z="3.12")["verdicts"]
    assert told(found) == [("consistent", "absolute")]
    wrong = review.sobel("-.500", ".100", ".400", ".100", z="3.72")["verdicts"]
    assert told(wrong) == [("inconsistent", "")]


@pytest.mark.parametrize(
    ("vaf", "ab", "c_prime", "label", "expected"),
    [
        ("1.2", ".006", ".5", None, [("consistent", "")]),
        ("0.6", ".006", "1.0", "none", [("consistent", "percentage"), ("consistent", "")]),
        ("0.6", ".006", "1.0", "full", [("consistent", "percentage"), ("inconsistent", "")]),
        (".40", ".24", ".36", "partial", [("consistent", ""), ("consistent", "")]),
        ("-.03", ".00", "-.16", None, [("not checkable", "opposite_signs")]),
        (".75", ".24", ".36", None, [("inconsistent", "")]),
        ("75", ".24", ".36", None, [("inconsistent", "")]),
    ],
)
def test_variance_accounted_for_as_a_percentage(vaf, ab, c_prime, label, expected):
    assert told(review.accounted(vaf, ab=ab, c_prime=c_prime, label=label)) == expected


def test_limits_from_t_whose_df_is_not_printed():
    """0.3403 ± t(.975, 30) · 0.1035 = [.1289, .5517]; with 1.96 they would be [.1374, .5432]."""
    given = {"est": "0.3403", "se": "0.1035"}
    quantile = stats.t.isf(0.025, 30)
    low, high = f"{0.3403 - quantile * 0.1035:.4f}", f"{0.3403 + quantile * 0.1035:.4f}"
    assert (low, high) == ("0.1289", "0.5517")
    assert told(review.limits(low, high, **given))[1:] == [("not checkable", "limits_without_df")] * 2
    assert told(review.limits(low, high, df=30, **given))[1:] == [("consistent", "")] * 2
    assert told(review.limits("0.1289", "0.5973", **given))[1:] == [("inconsistent", "")] * 2
    assert told(review.limits("0.0333", "0.6473", df=30, **given))[1:] == [("inconsistent", "")] * 2
    assert told(review.limits("-0.1333", "0.8139", **given))[1:] == [("inconsistent", "")] * 2


def test_a_one_tailed_p_beside_a_two_tailed_interval():
    """t(45) = 1.95: p .0574 two-tailed, .0287 one-tailed; the 95 % interval holds 0."""
    est, se = 0.195, 0.100
    spread = stats.t.isf(0.025, 45) * se
    low, high = f"{est - spread:.3f}", f"{est + spread:.3f}"
    assert told(review.interval_and_p(low, high, p=".029")) == [("consistent", "other_level")]
    assert told(review.interval_and_p(low, high, p=".001")) == [("inconsistent", "")]
    assert told(review.interval_and_p("-.30", ".50", p=".04")) == [("inconsistent", "")]


def test_what_no_version_of_a_number_can_be_is_accused():
    """CR of .70, .80, .75 lies between .49 (one item alone) and Hancock's H = .803; no α exceeds 1."""
    given = [".70", ".80", ".75"]
    assert told(review.loadings(given, cr=".795")) == [("consistent", "")]
    assert told(review.loadings(given, cr=".70")) == [("not checkable", "unstandardised_version")]
    assert told(review.loadings(given, cr=".86")) == [("inconsistent", "")]
    assert told(review.loadings(given, cr=".40")) == [("inconsistent", "")]
    assert told(review.loadings([".70", "-.80", ".75"], cr=".40")) == [
        ("not checkable", "unstandardised_version")
    ]
    assert told(review.standardised_alpha("1.10", k=4, mean_r=".43")) == [("inconsistent", "")]
    assert told(review.standardised_alpha(".85", k=4, mean_r=".43")) == [("not checkable", "raw_alpha")]


def test_unstandardised_composites_of_true_models_are_never_accused():
    rng = np.random.default_rng(5)
    for _ in range(200):
        k, digits = int(rng.integers(2, 7)), int(rng.integers(2, 4))
        loading, sd = rng.uniform(0.2, 0.97, k), rng.uniform(0.3, 4, k)
        common, error = (loading * sd).sum() ** 2, (sd**2 * (1 - loading**2)).sum()
        ave = (loading**2 * sd**2).sum() / (sd**2).sum()
        found = review.loadings(
            [f"{value:.{digits}f}" for value in loading],
            ave=f"{ave:.{digits}f}",
            cr=f"{common / (common + error):.{digits}f}",
        )
        assert all(one.verdict != "inconsistent" for one in found), [one.summary() for one in found]


def test_true_regressions_printed_without_df_are_never_accused():
    """120 regressions printed with two to four digits: estimate, SE, limits from t, one-tailed p, Sobel z."""
    rng = np.random.default_rng(11)
    for turn in range(120):
        n, digits = int(rng.integers(12, 300)), 2 + turn % 3
        x = rng.normal(size=n) * rng.uniform(0.5, 3)
        y = rng.uniform(-0.5, 0.5) * x + rng.normal(size=n)
        line = stats.linregress(x, y)
        est, se = line.slope, line.stderr
        shown = {name: f"{value:.{digits}f}" for name, value in (("est", est), ("se", se))}
        if float(shown["se"]) == 0:
            continue
        spread = stats.t.isf(0.025, n - 2) * se
        low, high = f"{est - spread:.{digits}f}", f"{est + spread:.{digits}f}"
        one_sided = f"{stats.t.sf(est / se, n - 2):.3f}"
        z = f"{abs(est / se):.{digits}f}"
        found = [
            *review.limits(low, high, **shown),
            review.interval_and_p(low, high, p=f"{line.pvalue / 2:.3f}"),
            review.p_value(
                one_sided, statistic="t", value=f"{est / se:.{digits}f}", df=float(n - 2), tails=1
            ),
            review.ratio(z, **shown),
        ]
        accused = [one.summary() for one in found if one.verdict == "inconsistent"]
        assert not accused, (turn, accused)
