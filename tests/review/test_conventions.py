"""Every row of the table of conventions, reproduced by its formula and held against the review.

Figures are those of the runs the table tells of (``seen``), or follow from the formula alone. What the peers
of the test extra print themselves is in ``test_conventions_peers.py``.
"""

import math
import re

import numpy as np
import pytest
from scipy import stats

from printed_conventions import HS, PRINTED
from umkm_stats import messages, review
from umkm_stats.errors import UsageError
from umkm_stats.kernels.review import conventions, programs, tables
from umkm_stats.report import write_review

SHOWN = {}


def one(kind, program="", **fields):
    """Verdicts on a single entry that belongs to a table of ``program``."""
    entry = review.Claim(kind, "Table 1", fields, 1, "Table 1", program)
    return review.check_claims(review.Claims("t", "", (entry,))).verdicts


def verdict_of(found, key):
    """The verdict the convention speaks of."""
    checks = programs.BY_KEY[key].checks
    return next(one for one in found if one.check in checks)


@pytest.mark.parametrize("key", list(PRINTED))
def test_a_number_of_the_program(key):
    kind, fields, name, number, program, other, textbook, altered = PRINTED[key]
    base = dict(fields)
    base.setdefault("df", "24") if kind == "fit" and name != "df" else None
    with_it = verdict_of(one(kind, program, **base, **{name: number}), key)
    assert (with_it.verdict, with_it.explanation) == ("consistent", key), with_it.summary()
    assert with_it.program.split()[0] in with_it.explain("en")
    assert messages.text(f"convention.{key}.says", "id") in with_it.explain("id")
    without = verdict_of(one(kind, "", **base, **{name: number}), key)
    assert without.verdict == "not checkable", without.summary()
    assert without.explanation in programs.KEYS
    if other:
        assert verdict_of(one(kind, other, **base, **{name: number}), key).verdict == "inconsistent"
    if textbook is not None:
        for who in ("", program):
            assert verdict_of(one(kind, who, **base, **{name: textbook}), key).verdict == "consistent", who
    assert verdict_of(one(kind, program, **base, **{name: altered}), key).verdict == "inconsistent"
    wrong = verdict_of(one(kind, "", **base, **{name: altered}), key)
    assert wrong.verdict == "inconsistent" or textbook is None or key.startswith("normal_p"), wrong.summary()


def shows(*keys):
    """The test below reproduces these rows."""

    def mark(test):
        SHOWN.update(dict.fromkeys(keys, test.__name__))
        return test

    return mark


@shows("alpha_absolute")
def test_alpha_of_absolute_correlations():
    rng = np.random.default_rng(5)
    r = np.corrcoef(rng.normal(size=(10, 60)))
    rows = [[f"{r[i, j]:.3f}" for j in range(i)] for i in range(1, 10)]
    absolute = tables.alpha_of(abs(r), abs(r)).middle
    plain = 10 / 9 * (1 - 10 / r.sum())
    assert absolute > plain + 0.3
    assert one("alpha", "", alpha=f"{plain:.3f}", correlations=rows)[0].verdict == "consistent"
    odd = {"alpha": f"{absolute:.3f}", "correlations": rows, "version": "standardised"}
    assert one("alpha", "reliabilipy", **odd)[0].explanation == "alpha_absolute"
    assert one("alpha", "", **odd)[0].verdict == "not checkable"
    assert one("alpha", "SPSS", **odd)[0].verdict == "inconsistent"


@shows("n_before_deletion")
def test_interval_of_alpha_with_rows_that_were_left_out():
    alpha, k, n, before = 0.9, 4, 6, 8
    low, high = (1 - (1 - alpha) * stats.f.ppf(q, before - 1, (before - 1) * (k - 1)) for q in (0.975, 0.025))
    given = {"alpha": "0.900", "k": str(k), "n": str(n), "n_before": str(before)}
    printed = {"low": f"{low:.3f}", "high": f"{high:.3f}"}
    assert [v.verdict for v in one("alpha", "pingouin", **given, **printed)] == ["consistent"] * 2
    assert [v.verdict for v in one("alpha", "", **given, **printed)] == ["not checkable"] * 2
    assert [v.verdict for v in one("alpha", "SPSS", **given, **printed)] == ["inconsistent"] * 2


@shows("bias_corrected_limits")
def test_limits_without_their_draws_are_never_judged():
    rng = np.random.default_rng(1)
    draws = np.exp(rng.normal(size=2001)) / 4
    z0 = stats.norm.ppf((draws < 0.4).mean())
    ends = np.quantile(draws, stats.norm.cdf([2 * z0 - 1.96, 2 * z0 + 1.96]))
    plain = np.quantile(draws, [0.025, 0.975])
    assert ends[0] > plain[0]
    assert ends[1] > plain[1]
    shown = {"ab": ".400", "low": f"{ends[0]:.3f}", "high": f"{ends[1]:.3f}", "a": ".8", "b": ".5"}
    told = next(v for v in one("mediation", "PROCESS 2.16", **shown) if v.check == "limits")
    assert told.verdict == "not checkable"
    assert "bias-corrected" in told.explain("en")
    assert "bias-corrected" not in one("mediation", "PROCESS 4.1", **shown)[1].explain("en")


@shows("mean_imputation", "pairwise_full_n", "median_imputation")
@pytest.mark.parametrize(
    ("program", "word"),
    [("seminr", "column means"), ("semopy", "pairwise"), ("factor_analyzer", "medians"), ("lavaan", None)],
)
def test_tables_with_empty_cells_accuse_nobody(program, word):
    given = {"names": ["x", "y"], "correlations": [[".347"]], "n": "100", "missing": "yes"}
    given |= {"outcome": "y", "predictors": ["x"], "claimed": {"x": {"beta": ".420"}}}
    (found,) = one("regression", program, **given)
    assert (found.verdict, found.explanation) == ("not checkable", "missing_cells")
    assert (word in found.explain("en")) if word else ("What" not in found.explain("en"))
    assert one("regression", program, **{**given, "missing": "no"})[0].verdict == "inconsistent"


@shows("mean_imputation")
def test_means_in_the_place_of_empty_cells_shrink_a_path():
    """Variance and covariance fall with the share of empty cells: r·√(share) for one gappy item."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=4000)
    y = 0.5 * x + rng.normal(size=4000)
    gap = np.where(rng.random(4000) < 0.3, np.nan, x)
    filled = np.where(np.isnan(gap), np.nanmean(gap), gap)
    seen = ~np.isnan(gap)
    listwise = np.corrcoef(gap[seen], y[seen])[0, 1]
    assert np.corrcoef(filled, y)[0, 1] == pytest.approx(listwise * math.sqrt(seen.mean()), abs=0.01)


@shows("lilliefors_table")
def test_p_of_lilliefors_within_its_table():
    """The p of the review (Molin and Abdi) at published critical values of n = 30, and beyond the table."""
    assert tables.lilliefors_p(0.161, 30) == pytest.approx(0.05, abs=0.01)
    assert tables.lilliefors_p(0.187, 30) == pytest.approx(0.01, abs=0.004)
    assert tables.lilliefors_p(0.5, 100) < 0.001
    assert one("lilliefors", "statsmodels", d=".50", n="100", p=".001")[0].verdict == "consistent"


@shows("population_sd")
def test_t_with_the_divisor_n():
    assert pytest.approx(math.sqrt(5 / 4), abs=0.001) == 1.061 / 0.949


@shows("threshold_increments")
def test_thresholds_from_increments():
    found = np.concatenate([[-0.908], -0.908 + np.cumsum(np.exp([0.309, 0.575]))])
    assert found == pytest.approx([-0.908, 0.454, 2.232], abs=0.002)


@shows("weights_are_frequencies")
def test_weights_as_persons():
    answers, weights = np.array([1.0, 3, 3, 4, 5]), np.full(5, 1000.0)
    mean = np.average(answers, weights=weights)
    sd = math.sqrt(np.average((answers - mean) ** 2, weights=weights))
    assert weights.sum() - 1 == 4999
    assert sd / math.sqrt(weights.sum() - 1) == pytest.approx(0.019, abs=0.002)


@shows("basic_interval")
def test_basic_limits_mirror_the_percentile_ones():
    assert pytest.approx(3.38 + 1.13, abs=0.011) == 0.73 + 3.78  # both are twice the estimate


@shows("vif_standardised")
def test_vif_with_and_without_centring():
    rng = np.random.default_rng(3)
    columns = np.column_stack([rng.normal(size=50) + 5, rng.normal(size=50) + 5])
    raw = columns[:, 0] @ columns[:, 0]
    slope = (columns[:, 0] @ columns[:, 1]) / (columns[:, 1] @ columns[:, 1])
    residual = columns[:, 0] - slope * columns[:, 1]
    uncentred = raw / (residual @ residual)
    r = np.corrcoef(columns.T)[0, 1]
    assert uncentred > 8
    assert 1 / (1 - r * r) < 1.2


def test_every_row_is_reproduced_and_told():
    assert set(PRINTED) | set(SHOWN) == programs.KEYS
    for row in programs.ROWS:
        assert row.makers
        for part in ("says", "compare"):
            key = f"convention.{row.key}.{part}"
            assert messages.text(key, "en") != messages.text(key, "id")
    wanted = (
        "lavaan mplus amos semopy omnisem smartpls seminr plspm process pyprocessmacro psych statsmodels "
        "pingouin factor_analyzer spss jamovi jasp"
    )
    covered = {maker.program for row in programs.ROWS for maker in row.makers}
    assert set(wanted.split()) - covered == set()
    assert covered <= set(conventions.ALIASES)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("IBM SPSS Statistics 26", ("spss", "26")),
        ("PROCESS v3.5", ("process", "3.5")),
        ("pyprocessmacro 2.2.0", ("pyprocessmacro", "2.2.0")),
        ("R psych::mediate 2.2.9", ("psych", "2.2.9")),
        ("Smart-PLS 3.2.9", ("smartpls", "3.2.9")),
        ("SEM by hand", ("", "")),
    ],
)
def test_programs_by_name(said, found):
    assert conventions.named(said) == found


def test_the_door_shows_the_rows_of_a_program():
    frame = review.conventions("PROCESS 3.5")
    assert frame["key"].tolist() == ["probes_percentiles"]
    assert review.conventions("PROCESS 2.16")["key"].tolist() == ["bias_corrected_limits"]
    assert len(review.conventions()) == sum(len(row.makers) for row in programs.ROWS)
    assert "pengganti n" in review.conventions("semopy", check="rmsea", lang="id")["says"].item()
    with pytest.raises(UsageError) as caught:
        review.conventions("abacus")
    assert caught.value.code == "REV030"


def test_no_column_of_the_table_stays_english_in_indonesian():
    english, own = review.conventions(), review.conventions(lang="id")
    assert own[["key", "program", "version"]].equals(english[["key", "program", "version"]])
    words = re.compile(
        r"\b(the|of|and|with|without|from|by|run|its|mean|means|rows|cells|missing|default|path|paths"
        r"|interval of|standard error of|documentation|parameters|quantiles)\b"
    )
    for column in ("number", "formula", "textbook", "seen", "source", "says", "compare"):
        assert (own[column].ne("") == english[column].ne("")).all()
        assert [said for said in own[column] if words.search(said)] == [], column
    assert not own["seen"].str.contains(".", regex=False).any()


def test_the_arithmetic_of_a_verdict_is_written_in_the_marks_of_the_language(tmp_path):
    verdict = review.percentage("84.4", count=152, n=180)
    assert verdict.summary("id").endswith("152/180 = 84,4444 %.")
    assert verdict.summary("en").endswith("152/180 = 84.4444 %.")
    entry = review.Claim("fit", "Tabel 1", {**HS, "rmsea": ".09212"}, 1, "Tabel 1", "")
    found = review.check_claims(review.Claims("t", "", (entry,)))
    working = next(verdict for verdict in found.verdicts if verdict.check == "rmsea").working
    page = next(file for file in write_review(found, tmp_path, lang="id") if file.suffix == ".html")
    assert re.search(r"\d\.\d", working)
    assert working not in page.read_text(encoding="utf-8")
    assert messages.figures(working, "id") in page.read_text(encoding="utf-8")


def test_a_table_is_read_as_a_whole():
    """RMSEA with n − 1 beside a GFI that is the NFI: semopy explains both, AMOS only the first."""
    both = one("fit", "", **HS, rmsea=".09228", gfi=".907", cfi=".931")
    found = {v.check: v for v in both}
    assert found["rmsea"].verdict == found["gfi"].verdict == "not checkable"
    mixed = {v.check: v for v in one("fit", "", **{**HS, "df": "25"}, rmsea=".08994", observed_x="1")}
    assert mixed["model_df"].verdict == "inconsistent"
    clash = {
        v.check: v
        for v in one(
            "fit",
            "",
            chi2="85.306",
            df="27",
            n="301",
            items="9",
            parameters="21",
            factors="3",
            rmsea=".0847",
        )
    }
    assert clash["rmsea"].verdict == "consistent"  # n, which omnisem never takes
    assert clash["model_df"].verdict == "inconsistent"
    assert clash["model_df"].explanation == "mixed_conventions"
    rows = [
        review.Claim(
            "fit", f"Table 2, row {i}", {"chi2": "85.306", "df": "24", "n": "301", "rmsea": r}, i, "Table 2"
        )
        for i, r in enumerate((".09212", ".09228"), 1)
    ]
    verdicts = review.check_claims(review.Claims("t", "", tuple(rows))).verdicts
    assert [v.verdict for v in verdicts] == ["consistent", "inconsistent"]
