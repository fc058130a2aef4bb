"""Fit in a report: the sentence and the table beside it judge the same indices by the same named borders."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from umkm_stats.measurement import cfa
from umkm_stats.report._sentences import context_of, fit_sentences
from umkm_stats.report._spec import Failure
from umkm_stats.report._voice import choose_voice
from umkm_stats.report.tables._hypotheses import models_table
from umkm_stats.report.tables._measurement import fit_table
from umkm_stats.results import StudyResults

SCALES = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2", "b3"]}
VOICES = {"apa": ("apa", "en"), "apa-id": ("apa", "id"), "skripsi": ("skripsi", "id")}


def answers(shared):
    rng = np.random.default_rng(4)
    factors = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 260)
    made = 0.7 * np.repeat(factors, 3, axis=1) + 0.7 * rng.normal(size=(260, 6))
    made[:, [0, 3]] += shared * rng.normal(size=(260, 1))
    codes = np.digitize(made, [-1.2, -0.2, 0.5, 1.1]) + 1.0
    return pd.DataFrame(codes, columns=[code for members in SCALES.values() for code in members])


def context(part, voice, **options):
    style, lang = VOICES[voice]
    meta = {
        "options": {"intervals": ["percentile"], **options},
        "labels": {"en": {}, "id": {}},
        "models": [{"key": key, "x": ["A"], "m": ["B"], "y": ["C"]} for key in ("M1", "M2")],
    }
    parts = {"cfa": part, "mediation_latent_M1": part, "mediation_latent_M2": part}
    return context_of(StudyResults(parts, meta), choose_voice(style=style, lang=lang))


def table_rows(ctx):
    return {str(row[0]): row for row in fit_table(ctx, "cfa").rows}


@pytest.fixture(scope="module")
def ordinal():
    return cfa(answers(0.8), scales=SCALES, compare=(), ordered=True)


@pytest.mark.parametrize("voice", VOICES)
def test_the_interval_belongs_to_the_rmsea_it_stands_beside(ordinal, voice):
    given, ctx = ordinal.fit.indices, context(ordinal, voice)
    said = ctx.voice.interval(given["rmsea_ci_low_scaled"], given["rmsea_ci_high_scaled"], bounded=True)
    other = ctx.voice.interval(given["rmsea_ci_low"], given["rmsea_ci_high"], bounded=True)
    assert said != other
    rows, sentence = table_rows(ctx), fit_sentences(ctx, ordinal)[0]
    assert rows[ctx.text("index.rmsea_ci")][2] == said
    assert said in sentence
    assert other not in sentence
    assert rows[ctx.text("index.rmsea")][2] == given["rmsea_scaled"]
    assert ctx.voice.number(given["rmsea_scaled"], bounded=True) in sentence
    shown = models_table(ctx).rows[0]
    assert given["chisq_scaled"] in shown
    assert given["rmsea_scaled"] in shown


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("cutoffs", ["customary", "strict"])
@pytest.mark.parametrize("shared", [0.0, 0.35, 0.45, 0.8])
def test_sentence_and_table_never_disagree(voice, cutoffs, shared):
    part = cfa(answers(shared), scales=SCALES, compare=())
    ctx = context(part, voice, fit_cutoffs=cutoffs)
    rows = table_rows(ctx)
    met = sum(
        rows[ctx.text(f"index.{name}")][3] == ctx.text("fit.met") for name in ("cfi", "tli", "rmsea", "srmr")
    )
    said = fit_sentences(ctx, part)[0]
    good = {"en": "fits adequately", "id": "memadai: "}[ctx.voice.lang]
    poor = {"en": "does not fit well", "id": "belum memadai: "}[ctx.voice.lang]
    assert (poor in said) == (met < 3)
    assert (good in said and poor not in said) == (met >= 3)
    count = re.search(r"(\d) (?:of the|dari) 4", said)
    assert int(count[1]) == met
    limit = ctx.voice.number({"customary": 0.90, "strict": 0.95}[cutoffs], decimals=2, bounded=True)
    assert f"CFI ≥ {limit}" in said
    assert rows["CFI"][1] == f"≥ {limit}"
    table = fit_table(ctx, "cfa")
    assert ctx.text(f"cutoffs.{cutoffs}") in table.notes[0]
    assert "Hu & Bentler" in table.notes[0]


def test_the_sets_lead_to_different_verdicts_somewhere():
    said = set()
    for shared in (0.0, 0.35, 0.45, 0.8):
        part = cfa(answers(shared), scales=SCALES, compare=())
        for cutoffs in ("customary", "strict"):
            said.add(
                (cutoffs, "adequately" in fit_sentences(context(part, "apa", fit_cutoffs=cutoffs), part)[0])
            )
    assert len(said) == 4  # each set both ways: the test above can fail on either side


def test_no_degrees_of_freedom_and_no_convergence():
    saturated = cfa(answers(0.0), scales={"A": SCALES["A"]}, compare=())
    ctx = context(saturated, "apa")
    assert fit_sentences(ctx, saturated) == [ctx.text("say.fit.saturated")]
    assert {row[3] for row in fit_table(ctx, "cfa").rows} == {""}
    lost = SimpleNamespace(
        fit=SimpleNamespace(indices=dict.fromkeys(saturated.fit.indices, float("nan")), converged=False)
    )
    ctx = context(lost, "apa")
    assert fit_sentences(ctx, lost) == []
    assert isinstance(fit_table(ctx, "cfa"), Failure)
    assert "did not converge" in fit_table(ctx, "cfa").reason
