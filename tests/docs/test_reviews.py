"""The worked reviews of the documentation say what the page tells."""

import pytest

from doc_blocks import ROOT
from umkm_stats import review

COUNTS = {
    "hayes_pmi": (12, 0, 1),
    "mbess_jessor": (7, 0, 0),
    "msme_colombia": (3, 0, 2),
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name):
    counts = review.check_claims(ROOT / "docs" / "reviews" / f"{name}.yaml").counts
    assert tuple(counts[word] for word in ("consistent", "inconsistent", "not checkable")) == COUNTS[name]


def test_every_claims_file_is_listed():
    assert {path.stem for path in (ROOT / "docs" / "reviews").glob("*.yaml")} == set(COUNTS)


def test_a_changed_digit_is_found(tmp_path):
    text = (ROOT / "docs" / "reviews" / "hayes_pmi.yaml").read_text(encoding="utf-8")
    path = tmp_path / "claims.yaml"
    path.write_text(text.replace('ab: ".2413"', 'ab: ".2431"'), encoding="utf-8")
    assert review.check_claims(path).counts["inconsistent"] >= 1
