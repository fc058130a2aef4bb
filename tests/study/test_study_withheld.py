"""A hypothesis on a model that does not fit gets no verdict, in the table and in the sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from small_study import write_instrument
from umkm_stats import load_instrument, mediate_latent, messages
from umkm_stats.report._sentences import context_of, headline, indirect_sentences
from umkm_stats.report._voice import choose_voice
from umkm_stats.results import StudyResults
from umkm_stats.study._hypotheses import recapitulate

TEXT = "PI =~ p0 + p1 + p2\nOI =~ o0 + o1 + o2\nNP =~ n0 + n1 + n2\nOI ~ a*PI\nNP ~ b*OI + c*PI"


def answers(cross: float) -> pd.DataFrame:
    """Three factors; ``cross`` ties every first item to one more factor."""
    g = np.random.default_rng(2)
    x = g.normal(size=250)
    m = 0.6 * x + 0.8 * g.normal(size=250)
    y = 0.5 * m + 0.8 * g.normal(size=250)
    shared = g.normal(size=250)
    return pd.DataFrame(
        {
            f"{letter}{k}": factor + 0.6 * g.normal(size=250) + (cross * shared if k == 0 else 0.0)
            for letter, factor in (("p", x), ("o", m), ("n", y))
            for k in range(3)
        }
    )


@pytest.mark.parametrize(("cross", "verdict"), [(0.0, "supported"), (1.5, "withheld")])
def test_a_model_that_does_not_fit_supports_nothing(tmp_path, cross, verdict):
    instrument = load_instrument(write_instrument(tmp_path))
    part = mediate_latent(answers(cross), model=TEXT, draws=60, seed=1, intervals="percentile")
    results = {"mediation_latent_M1": part}
    table = recapitulate(instrument, results, primary="percentile", bound=0.1).table
    row = table[(table["code"] == "H4") & (table["basis"] == "latent")].iloc[0]
    assert row["verdict"] == verdict
    assert row["reason"] == ("fit" if verdict == "withheld" else "")
    assert np.isfinite(row["est"])  # the number stays
    meta = {
        "options": {"intervals": ["percentile"]},
        "labels": {"en": {}, "id": {}},
        "models": [{"key": "M1", "x": ["PI"], "m": ["OI"], "y": ["NP"]}],
    }
    for lang in messages.languages():
        assert messages.text(f"report.verdict.{verdict}", lang)
        ctx = context_of(StudyResults(results, meta), choose_voice(style="apa", lang=lang))
        said = [headline(ctx)[0], indirect_sentences(ctx, "mediation_latent_M1")[0]]
        why = messages.text("report.reason.fit", lang)
        assert [why in sentence for sentence in said] == [verdict == "withheld"] * 2
