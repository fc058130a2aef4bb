"""Factor scores of ordinal items beside numeric ones, given exogenous variables, with missing answers."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from sem_data import holzinger
from umkm_stats import fit
from umkm_stats.errors import UsageError

ITEMS = ["o5", "o6", "o9"]


def frame():
    data = holzinger()
    for name, cuts in (("o5", (3.5, 4.5, 5.5)), ("o6", (1.5, 2.2, 3)), ("o9", (4.7, 5.4, 6))):
        data[name] = np.searchsorted(cuts, data[f"x{name[1:]}"], side="right")
    data["m2"] = (data["x4"] > 3).astype(int)
    return data


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("f =~ o5 + o6 + o9\nf ~ ageyr + x1", [[-0.9788300], [-1.8908100], [-2.2940866], [-0.6708732]]),
        (
            "f =~ o5 + o6 + o9\ng =~ x1 + x2 + x3",
            [
                [-0.007281976, -0.8128677],
                [-0.792254756, -0.1241563],
                [-1.134791046, -0.6060628],
                [0.351041385, 0.5796089],
            ],
        ),
    ],
)
def test_scores_are_those_of_lavpredict(text, wanted):
    """lavaan 0.6-14 ``lavPredict``, whose search ends within 5e-5."""
    found = fit(text, frame(), ordered=ITEMS, estimator="WLSMV").factor_scores()
    assert found.to_numpy()[:4] == pytest.approx(np.array(wanted), abs=1e-4)


@pytest.mark.parametrize("word", ["delta", "theta"])
def test_scores_maximise_the_posterior_also_with_an_effect_of_x_on_an_item(word):
    """lavaan 0.6-14 leaves the effect of x on the item out of the scores."""
    data = frame()
    found = fit(
        "f =~ o5 + o6 + o9\nf ~ ageyr\no9 ~ d*ageyr",
        data,
        ordered=ITEMS,
        estimator="WLSMV",
        parameterization=word,
    )
    value = found.estimates.set_index(["lhs", "op", "rhs"])["est"]
    row = data.iloc[7]

    def minus_log(eta):
        total = norm.logpdf(eta, value["f", "~", "ageyr"] * row["ageyr"], np.sqrt(value["f", "~~", "f"]))
        for item in ITEMS:
            cuts = [-np.inf, *(value[item, "|", f"t{k}"] for k in (1, 2, 3)), np.inf]
            level = value["f", "=~", item] * eta + (
                value["o9", "~", "ageyr"] * row["ageyr"] if item == "o9" else 0
            )
            rest = np.sqrt(value[item, "~~", item])
            code = int(row[item])
            total += np.log(norm.cdf((cuts[code + 1] - level) / rest) - norm.cdf((cuts[code] - level) / rest))
        return -total

    best = minimize(lambda eta: minus_log(eta[0]), [0.0], tol=1e-12)
    assert found.factor_scores()["f"].iloc[7] == pytest.approx(float(best.x[0]), abs=1e-5)


def test_rows_with_missing_answers_have_scores():
    data = frame()
    text, options = "f =~ o5 + o6 + o9 + m2", {"ordered": [*ITEMS, "m2"], "missing": "pairwise"}
    whole = fit(text, data, **options).factor_scores()
    gaps = data.astype(dict.fromkeys(ITEMS, float))
    gaps.loc[2, "o9"] = np.nan
    found = fit(text, gaps, **options).factor_scores()
    assert len(found) == len(data)
    assert abs(found["f"].iloc[2] - whole["f"].iloc[2]) > 1e-3
    assert found["f"].drop(index=2).to_numpy() == pytest.approx(whole["f"].drop(index=2).to_numpy(), abs=0.1)


def test_an_observed_mediator_among_ordinal_items_has_no_scores():
    data = pd.DataFrame(frame())
    found = fit("f =~ o5 + o6 + o9\nx1 ~ f\nx2 ~ x1", data, ordered=ITEMS, estimator="WLSMV")
    with pytest.raises(UsageError) as caught:
        found.factor_scores()
    assert caught.value.code == "SEM229"
