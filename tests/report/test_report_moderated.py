"""A moderated model in the report: no single number stands for effects that a moderator decides."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from umkm_stats import figures, mediate
from umkm_stats.report import _pictures, main_sentences
from umkm_stats.report._sentences import context_of
from umkm_stats.report._voice import choose_voice
from umkm_stats.report.tables import _mediation
from umkm_stats.results import Note, StudyResults


@pytest.fixture(scope="module")
def context(study):
    g = np.random.default_rng(4)
    x, w = g.normal(3.0, 0.7, size=160), g.normal(3.0, 0.8, size=160)
    m = 0.5 * x + g.normal(scale=0.5, size=160)
    y = 0.3 * m + 0.2 * m * w + g.normal(scale=0.5, size=160)
    data = pd.DataFrame({"PI": x, "OI": m, "NP": y, "ACAP": w})
    part = mediate(data, x="PI", m="OI", y="NP", moderator="ACAP", moderates="b", draws=60, seed=1)
    meta = dict(study.results.meta)
    own = {**meta["labels"]["id"], "ACAP": "Kapasitas penyerapan"}
    meta["labels"] = {**meta["labels"], "id": own}
    plain = study.results.get("mediation_scores_M1")
    results = StudyResults({"mediation_scores_M4": part, "mediation_scores_M1": plain}, meta, ())
    return context_of(results, choose_voice(style="skripsi", lang="id"))


def test_direct_indirect_total_are_added_up_only_without_a_moderator(context):
    assert _mediation.effects_table(context, "mediation_scores_M4") is None
    table = _mediation.effects_table(context, "mediation_scores_M1")
    direct, indirect, total = table.rows[-1][1:]
    assert total == pytest.approx(direct + indirect, abs=1e-12)


def test_every_row_and_picture_names_the_value_of_the_moderator_in_words(context, monkeypatch):
    groups = [words for _, words in _mediation.indirect_table(context, "mediation_scores_M4").groups]
    assert sum("(Kapasitas penyerapan = " in words for words in groups) == 3
    assert groups[-1].endswith("(Kapasitas penyerapan)")
    monkeypatch.setattr(figures, "draws_hist", lambda *_: None)
    monkeypatch.setattr(figures, "saved", lambda _: {"png": b"", "svg": b""})
    assert "(Kapasitas penyerapan = " in _pictures.draws(context, "mediation_scores_M4").title
    assert "(" not in _pictures.draws(context, "mediation_scores_M1").title.split("(Rata-Rata Skala)")[0]


def test_a_note_tells_a_path_and_its_moderator_value_in_the_words_of_the_report(context):
    note = Note("MED414", {"path": "PI -> OI -> NP | ACAP = 3.21", "yes": ["percentile"], "no": ["bca"]})
    told = context.note(note)
    assert " (Kapasitas penyerapan = 3,21)" in told
    assert "3.21" not in told
    assert "ACAP" not in told
    assert context.path("PI -> OI [mikro]").endswith(" (mikro)")


def test_values_of_a_scale_have_the_mark_of_the_document():
    assert choose_voice(style="skripsi").plain(2.5) == "2,5"
    assert choose_voice(lang="id", decimal=".").plain(-2.5) == "\N{MINUS SIGN}2.5"
    assert choose_voice().plain(3.0) == "3"


def test_every_basis_speaks_of_the_whole_chain(study):
    g = np.random.default_rng(8)
    x = g.normal(size=150)
    m = 0.5 * x + g.normal(size=150)
    n = 0.5 * m + g.normal(size=150)
    data = pd.DataFrame({"PI": x, "OI": m, "MR": n, "NP": 0.5 * n + g.normal(size=150)})
    one = mediate(data, x="PI", m=["OI", "MR"], y="NP", structure="serial", draws=60, seed=1)
    turned = dataclasses.replace(one, effects=one.effects.iloc[::-1].reset_index(drop=True))
    parts = {"mediation_scores_M1": one, "mediation_latent_M1": turned}
    said = main_sentences(StudyResults(parts, dict(study.results.meta), ()), lang="id")
    assert len(said) == 2
    assert said[0].partition(" (")[0] == said[1].partition(" (")[0]
    assert all("MR" in sentence.partition("(")[0] for sentence in said)
