"""Foreign terms are set in italics in Indonesian documents, once, and nowhere else."""

from dataclasses import replace

import pytest

from umkm_stats import messages
from umkm_stats.report._foreign import marked, same_everywhere
from umkm_stats.report._spec import Column, Document, Figure, Paragraph, Section, Spanner, Table
from umkm_stats.report._voice import choose_voice

TEXT = "Sampel bootstrap, *seed* 7 dan standard error-nya; Open innovation; bootstrapped"
SHOWN = "Sampel *bootstrap*, *seed* 7 dan *standard error*-nya; *Open innovation*; bootstrapped"


def document(lang):
    table = Table(
        "t", TEXT, (Column("a", TEXT),), (("bootstrap",),), (Spanner(TEXT, ("a",)),), ((0, TEXT),), (TEXT,)
    )
    figure = Figure("f", TEXT, "bootstrap", {}, (TEXT,))
    blocks = (Paragraph(TEXT), Paragraph(TEXT, "code"), table, figure)
    return Document("Judul", TEXT, lang, (Section("s", "bootstrap", blocks),))


def test_terms_are_marked_in_everything_that_may_hold_italics():
    found = marked(document("id"), choose_voice(lang="id"), ["Open innovation"])
    paragraph, code, table, figure = found.sections[0].blocks
    assert [found.subtitle, paragraph.text, table.title, table.columns[0].head, table.spanners[0].head] == [
        SHOWN
    ] * 5
    assert [table.groups[0][1], table.notes[0], figure.title, figure.notes[0]] == [SHOWN] * 4
    assert (code.text, table.rows[0][0], found.sections[0].title, figure.alt) == (
        TEXT,
        "bootstrap",
        "bootstrap",
        "bootstrap",
    )


def test_marking_twice_changes_nothing_and_english_has_no_foreign_terms():
    voice = choose_voice(lang="id")
    once = marked(document("id"), voice, ["Open innovation"])
    assert marked(once, voice, ["Open innovation"]) == once
    english = document("en")
    assert marked(english, choose_voice(lang="en"), ["Open innovation"]) == english
    assert replace(once, sections=()) != once


def test_only_labels_that_no_language_translates_are_foreign():
    labels = {
        "id": {"OI": "Open innovation", "PI": "Inovasi produk", "CITY": "Kota Bontang", "X": "X"},
        "en": {"OI": "Open innovation", "PI": "Product innovation", "CITY": "Kota Bontang", "X": "X"},
    }
    assert same_everywhere(labels) == ["Open innovation"]
    assert same_everywhere({"id": labels["id"]}) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (["percentile", "delta"], "bootstrap, persentil; dan delta (Sobel)"),
        (["delta", "aroian"], "delta (Sobel) dan Aroian"),
        ("own_method", "own_method"),
    ],
)
def test_names_become_words_in_a_message(value, said):
    assert messages.message("PLN127", "id", n=5, method=value, count=1, reps=2).startswith(
        f"Pada n = 5, metode {said} tidak"
    )
