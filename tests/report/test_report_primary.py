"""One interval decides everything a report says, whichever was named first."""

from dataclasses import replace

import pytest

from small_study import write_instrument
from umkm_stats import load_instrument, run_study
from umkm_stats.planning import simulate_responses
from umkm_stats.report import build_document, main_sentences
from umkm_stats.report._spec import Table
from umkm_stats.results import StudyResults
from umkm_stats.study import Writing

POPULATION = {
    "model": "M1",
    "paths": {"OI ~ PI": 0.25, "NP ~ OI": 0.25, "NP ~ PI": 0.05},
    "loadings": 0.8,
}


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory):
    """Answers on which percentile and BCa disagree about the indirect effect on scale means."""
    folder = tmp_path_factory.mktemp("primary")
    instrument = load_instrument(write_instrument(folder))
    made = simulate_responses(instrument, population=POPULATION, n=70, seed=7, lang="id")
    answers = made.write(folder / "answers.csv")

    def run(intervals):
        return run_study(
            answers,
            instrument,
            draws=500,
            seed=11,
            intervals=intervals,
            lang="en",
            cross_check=False,
            writing=Writing(simulated=True, files=False),
            out=folder / "none",
        ).results

    return run


def test_a_number_that_is_not_there_is_no_dash_in_a_sentence(run):
    """ "The effect is –, 95% interval [–, –]" stood there when a solution was inadmissible."""
    results = run(("percentile",))
    part = results.parts["mediation_scores_M1"]
    lost = {
        ("est", "ci_low", "ci_high"): "could not be estimated",
        ("ci_low",): "interval could not be given",
    }
    for columns, words in lost.items():
        bare = replace(part, effects=part.effects.assign(**dict.fromkeys(columns, float("nan"))))
        changed = StudyResults({**results.parts, "mediation_scores_M1": bare}, dict(results.meta), ())
        said = [main_sentences(changed, lang=lang)[0] for lang in ("en", "id")]
        assert words in said[0]
        assert not any("–" in sentence for sentence in said)


@pytest.mark.parametrize(("first", "excludes"), [("bca", True), ("percentile", False)])
def test_headline_kind_of_mediation_and_hypothesis_agree(run, first, excludes):
    results = run((first, "percentile" if first == "bca" else "bca"))
    effects = results.parts["mediation_scores_M1"].effects
    own = effects[effects["effect"] == "indirect"].set_index("method")
    assert own.loc["bca", "ci_low"] > 0 > own.loc["percentile", "ci_low"]  # the methods do disagree
    sentence = main_sentences(results, lang="en")[0]
    assert ("The interval excludes zero" in sentence) is excludes
    kind = results.parts["detail_typology_scores_M1"].frame.iloc[0]
    assert kind["method"] == kind["method_direct"] == first
    assert (kind["mediation_type"] == "indirect_only") is excludes
    assert results.parts["detail_vaf_scores_M1"].frame["method"].eq(first).all()
    document, _ = build_document(results, style="apa", lang="en")
    tables = [b for s in document.sections for b in s.blocks if isinstance(b, Table)]
    shown = next(table for table in tables if table.key == "vaf_scores_M1")
    assert ("indirect only" in shown.rows[0]) is excludes
    verdicts = results.parts["hypotheses"].table.query("code == 'H4' and basis == 'scores'")
    assert verdicts["verdict"].item() == ("supported" if excludes else "not_supported")
    assert verdicts["method"].item() == first
