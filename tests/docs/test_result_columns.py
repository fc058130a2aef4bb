"""The page of a result names every column of its tables: what a reader sees in the frame is explained."""

import re

import pandas as pd
import pytest

from public_names import function
from umkm_stats import examples, read_responses, review
from umkm_stats.instrument import check, trace
from umkm_stats.questionnaire import ExpertRatings
from umkm_stats.responses import draft_instrument, preview
from umkm_stats.screening import missing, normality
from umkm_stats.study import reproduce


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    from umkm_stats import simulate_responses

    made = simulate_responses("msme_colombia", population="default", n=20, seed=1)
    return made.write(tmp_path_factory.mktemp("answers") / "answers.csv")


def ratings():
    table = {"item": "q1", "expert": [1, 2], "relevance": [4, 3], "clarity": 4}
    return ExpertRatings(pd.DataFrame(table), "relevance")


def reviewed():
    row = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, 1)
    return review.check_claims(review.Claims("A paper", "", (row,)))


RESULTS = {
    "Checked": lambda file: check("msme_colombia"),
    "Trace": lambda file: trace("msme_colombia"),
    "ExpertRatings": lambda file: ratings(),
    "Preview": lambda file: preview(file),
    "Draft": lambda file: draft_instrument(file),
    "Responses": lambda file: read_responses(file, "msme_colombia"),
    "Screened": lambda file: examples.screened(),
    "Missingness": lambda file: missing(examples.survey(), items=["PID1", "PID2"]),
    "Normality": lambda file: normality(examples.answers()),
    "Review": lambda file: reviewed(),
    "Verdict": lambda file: review.grim("5.19", n=28),
    "Study": lambda file: examples.study(),
    "Reproduction": lambda file: reproduce(examples.study().folder),
    "Fit": lambda file: examples.fit(),
    "Cfa": lambda file: examples.cfa(),
    "Regression": lambda file: examples.regression(),
    "Mediation": lambda file: examples.mediation(),
    "Pls": lambda file: examples.pls(),
    "PlsDraws": lambda file: examples.pls_draws(),
    "PowerCurve": lambda file: examples.curve(),
}
SAME = {("Verdict", "glance"): "tidy", ("ExpertRatings", "tidy"): None}
"""Methods whose docstring sends to another one, or whose columns are experts and not names."""


def unsaid(result, method, where):
    """Columns of a table that no word of the method's docstring, or of its class's, names."""
    held = next(function(vars(owner)[where]) for owner in type(result).__mro__ if where in vars(owner))
    words = set(re.findall(r"\w+", f"{held.__doc__} {type(result).__doc__}".casefold()))
    columns = [str(column) for column in getattr(result, method)().columns]
    assert columns
    return [name for name in columns if not set(re.findall(r"\w+", name.casefold())) <= words]


@pytest.mark.parametrize("method", ["tidy", "glance"])
@pytest.mark.parametrize("name", RESULTS)
def test_every_column_of_a_result_is_explained(name, method, file):
    where = SAME.get((name, method), method)
    if where is None:
        return
    result = RESULTS[name](file)
    assert type(result).__name__ == name
    assert unsaid(result, method, where) == []


def test_a_column_that_nobody_explains_is_seen():
    class Bare:
        """A result."""

        def tidy(self):
            """One row: ``item``."""
            return pd.DataFrame({"item": ["q1"], "secret": [1]})

    assert unsaid(Bare(), "tidy", "tidy") == ["secret"]
