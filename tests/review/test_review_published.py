"""Published tables and tables that R packages print: the expected verdicts, and nobody accused.

``tests/reference/review_published.yaml`` names the source of each; ``review_tables.yaml`` is printed by
``review_tables.R`` (R 4.2, lavaan 0.6-14, psych 2.2.9).
"""

import re

import pytest

from doc_blocks import ROOT
from umkm_stats import review

FILES = {"review_published": (13, 30), "review_tables": (25, 72)}


def claims(name):
    return review.read_claims(ROOT / "tests" / "reference" / f"{name}.yaml")


def tables(name):
    """Distinct tables: places without their rows."""
    return {
        re.sub(r",? (row|example) \d+$|, (summary|model|loadings|Feldt).*$", "", e.where)
        for e in claims(name).entries
    }


@pytest.mark.parametrize("name", FILES)
def test_nobody_is_accused(name):
    found = review.check_claims(claims(name))
    assert found.counts["inconsistent"] == 0, found.summary()
    assert [v.summary() for v in found.verdicts if v.check == "entry"] == []
    unknown = {v.check for v in found.verdicts if v.verdict == "not checkable"}
    assert unknown <= {"limits"}  # bootstrap limits: draws nobody printed
    least, entries = FILES[name]
    assert len(tables(name)) >= least
    assert len(claims(name).entries) == entries


def test_there_are_enough_tables():
    assert len(set().union(*map(tables, FILES))) >= 40


def test_the_convention_of_lavaan_is_needed_and_found():
    (p,) = (v for v in review.check_claims(claims("review_tables")).verdicts if v.check == "interval_and_p")
    assert p.verdict == "consistent"


def test_each_table_is_caught_when_a_number_changes():
    """The leading digit of one number a table, raised by 3: caught in at least nine of ten."""
    tried = caught = 0
    for name in FILES:
        for entry in claims(name).entries:
            key = next(
                (k for k in ("ab", "rmsea", "t", "value", "f", "ave", "chi2", "cr") if k in entry.fields),
                None,
            )
            if key is None or (entry.kind, key) == ("fit", "chi2"):
                continue
            text = str(entry.fields[key])
            at = next(i for i, sign in enumerate(text) if sign in "123456789")
            changed = text[:at] + str((int(text[at]) + 3) % 10) + text[at + 1 :]
            spoiled = review.Claim(
                entry.kind, entry.where, {**entry.fields, key: changed}, 1, "", entry.program
            )
            counts = review.check_claims(review.Claims("t", "", (spoiled,))).counts
            tried += 1
            caught += counts["inconsistent"] > 0
    assert tried > 60
    assert caught / tried >= 0.9, f"{caught} of {tried}"
