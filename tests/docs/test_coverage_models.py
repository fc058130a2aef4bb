"""The coverage table of counts and pairs shows the stored numbers."""

import csv

from doc_blocks import ROOT


def test_the_table_is_the_file():
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    with (ROOT / "benchmarks" / "mediation_coverage_models.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    words = {"poisson": "count, Poisson", "negative_binomial": "count, negative binomial"}
    words["within"] = "two conditions of the same persons"
    effects = {"indirect": "indirect effect", "indirect_ratio": "indirect effect, ratio"}
    for first in rows[::3]:
        three = [row for row in rows if all(row[key] == first[key] for key in ("model", "n", "effect"))]
        assert [row["method"] for row in three] == ["percentile", "bc", "bca"]
        cells = [words[first["model"]], effects[first["effect"]], first["n"]]
        cells += [f"{float(row['coverage']):.3f}" for row in three]
        assert f"| {' | '.join(cells)} |" in page
        assert all(float(row["coverage"]) > 0.9 for row in three)
