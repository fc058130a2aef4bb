"""Sentences know their numbers, in the terms of the glossary, and never claim causes."""

import re

import pytest

from umkm_stats import messages
from umkm_stats.report import build_document, main_sentences
from umkm_stats.report._inline import low_first, title_case
from umkm_stats.report._sentences import context_of, indirect_sentences, path_sentences
from umkm_stats.report._spec import Failure, Paragraph, Table
from umkm_stats.report._voice import choose_voice

CAUSAL = re.compile(
    r"\b(membuktikan bahwa .* menyebabkan|menyebabkan|mengakibatkan|proves|causes|leads to|because of "
    r"innovation)\b",
    re.IGNORECASE,
)
WRONG = re.compile(
    r"\b(kuisioner|analisa|hipotesa|omset|merk\b|prosentase|resiko|kebaikan model|confidence "
    r"interval|standar error|"
    r"variabel bebas|variabel terikat|variabel intervening|mediator\b|outlier\b(?!\))|sampel "
    r"bootstrapping|signifikansi level)",
    re.IGNORECASE,
)


def paragraphs(document, *kinds):
    found = [
        block for section in document.sections for block in section.blocks if isinstance(block, Paragraph)
    ]
    return [block.text for block in found if not kinds or block.kind in kinds]


@pytest.fixture(scope="session")
def results(study):
    return study.results


@pytest.fixture(scope="session")
def documents(results):
    from umkm_stats import figures

    empty = {"png": b"", "svg": b""}  # the pictures have tests of their own
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "saved", lambda picture: empty)
        return _documents(results)


def _documents(results):
    voices = {"apa-en": ("apa", "en"), "apa-id": ("apa", "id"), "skripsi": ("skripsi", "id")}
    return {
        name: build_document(results, style=style, lang=lang)[0] for name, (style, lang) in voices.items()
    }


def test_main_result_in_two_sentences_with_the_numbers(results):
    part = results.get("mediation_scores_M1")
    row = part.effects[
        (part.effects["effect"] == "indirect") & (part.effects["method"] == "percentile")
    ].iloc[0]
    said = main_sentences(results, lang="id")
    assert f"{row['est']:.3f}".replace(".", ",") in said[0]
    assert f"[{row['ci_low']:.3f}; {row['ci_high']:.3f}]".replace(".", ",") in said[0]
    assert "seed 11" in said[0]
    assert "n = 13" in said[0] or "n = 14" in said[0]
    assert "*" not in "".join(said)
    assert f"{row['est']:.3f}" in main_sentences(results, lang="en")[0]


def test_path_sentences_follow_sign_and_significance(results):
    for lang, positive, unclear in (
        ("en", "positively", "not significant"),
        ("id", "positif", "tidak signifikan"),
    ):
        ctx = context_of(results, choose_voice(lang=lang))
        frame = results.get("mediation_scores_M1").effects
        said = path_sentences(ctx, "mediation_scores_M1")
        tested = frame[frame["method"] == "ols"]
        assert len(said) == 3
        for sentence, effect in zip(said, ("a", "b", "direct"), strict=True):
            p = float(tested[tested["effect"] == effect]["p"].iloc[0])
            assert (positive in sentence) == (p < 0.05)
            assert (unclear in sentence) == (p >= 0.05)


def test_indirect_sentence_says_whether_zero_is_inside(results):
    for model in ("M1", "M2"):
        part = results.get(f"mediation_scores_{model}")
        row = part.effects[
            (part.effects["effect"] == "indirect") & (part.effects["method"] == "percentile")
        ].iloc[0]
        said = indirect_sentences(context_of(results, choose_voice()), f"mediation_scores_{model}")[0]
        assert ("excludes zero" in said) == (not row["ci_low"] <= 0 <= row["ci_high"])
        if row["ci_low"] <= 0 <= row["ci_high"]:
            assert "does not mean that there is no effect" in said


@pytest.mark.parametrize("name", ["apa-en", "apa-id", "skripsi"])
def test_documents_are_complete_numbered_and_without_failure(documents, name):
    document = documents[name]
    assert not [
        block for section in document.sections for block in section.blocks if isinstance(block, Failure)
    ]
    for kind in (document.tables, document.figures):
        for chapter in {block.chapter for block in kind}:
            own = [block.number for block in kind if block.chapter == chapter]
            assert own == list(range(1, len(own) + 1))
    assert len({table.key for table in document.tables}) == len(document.tables)
    assert len({figure.key for figure in document.figures}) == len(document.figures)
    assert "report." not in " ".join(paragraphs(document))
    assert not [text for text in paragraphs(document) if "?" in text.replace("?.", "")]


def test_skripsi_has_the_conventional_tables_commas_source_line_and_chapter_number(documents):
    document = documents["skripsi"]
    titles = [table.title.replace("*", "") for table in document.tables]
    for wanted in (
        "Hasil Uji Validitas",
        "Hasil Uji Reliabilitas",
        "Hasil Uji Goodness of Fit Model Pengukuran",
        "Nilai Loading Factor",
        "Hasil Uji Validitas Diskriminan (Kriteria Fornell–Larcker)",
        "Nilai Heterotrait–Monotrait Ratio (HTMT)",
        "Rekapitulasi Hasil Pengujian Hipotesis",
        "Statistik Deskriptif Variabel Penelitian",
    ):
        assert wanted in titles
    assert any(title.startswith("Perbandingan Uji Sobel dan Bootstrapping") for title in titles)
    assert any(title.startswith("Nilai Variance Accounted For (VAF)") for title in titles)
    plain = ("definitions", "likert_scores", "criteria", "rules", "r_table", "t_table", "f_table")
    assert all(
        table.source.startswith("Sumber: Data simulasi diolah")
        for table in document.tables
        if table.key not in plain  # what was fixed before the data, and values of the tables of a book
    )
    assert document.mark(document.tables[0]) == "Tabel 3.1"
    fit = next(table for table in document.tables if table.key == "fit_cfa")
    assert {"CMIN/DF", "GFI", "AGFI"} <= {str(row[0]) for row in fit.rows}
    place = r"(Gambar|Tabel|Subbab) [34L]\.\d+"
    said = re.sub(rf"\d\.\d{{3}}\b|{place}|umkm-stats [\d.]+", "", " ".join(paragraphs(document)))
    assert not re.search(r"\d\.\d+", said)
    mapping = next(table for table in document.tables if table.key == "mapping")
    assert "tidak dilaporkan karena analisis ini berbasis kovarians" in str(mapping.rows[-1])
    assert not any("Q²" in str(row[0]) and re.search(r"\d", str(row[-1])) for row in mapping.rows)


def test_apa_keeps_italic_notes_and_no_source_line(documents):
    document = documents["apa-en"]
    assert all(not table.source for table in document.tables)
    assert all(
        not table.notes or table.notes[0].startswith("*Note.*")
        for table in document.tables
        if table.key.startswith(("paths", "reliability", "fit"))
    )


@pytest.mark.parametrize("name", ["apa-en", "apa-id", "skripsi"])
def test_no_causal_claim(documents, name):
    for text in paragraphs(documents[name]):
        if (
            "membuktikan hubungan sebab-akibat" in text
            or "proves cause and effect" in text
            or "itself prove" in text
        ):
            continue  # the sentences that deny it
        assert not CAUSAL.search(text), text


def test_indonesian_texts_keep_to_the_glossary():
    wrong = {}
    for key, value in messages.catalogue("id")["text"].items():
        if (
            key.startswith(("report.", "study.", "cli.", "step."))
            and not key.startswith("report.map.")
            and (found := WRONG.search(str(value)))
        ):
            wrong[key] = found.group()
    assert not wrong


def test_no_sentence_begins_with_a_digit(documents):
    for text in paragraphs(documents["skripsi"], "normal"):
        for sentence in re.split(r"(?<=[a-z]\.)(?<!s\.d\.) ", text):
            assert not re.match(r"\d", sentence), sentence


def test_cells_never_hold_markup(documents):
    for document in documents.values():
        for table in document.tables:
            assert isinstance(table, Table)
            for row in table.rows:
                assert not [cell for cell in row if isinstance(cell, str) and re.search(r"\*\w", cell)]


def test_a_table_or_picture_that_cannot_be_made_says_why_and_keeps_its_place(results, monkeypatch):
    from umkm_stats import figures
    from umkm_stats.report import _pictures, tables

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setitem(tables.TABLES, "reliability", tables.Entry(broken))
    monkeypatch.setattr(figures, "likert", broken)
    ctx = context_of(results, choose_voice())
    assert "RPT102" not in _pictures.likert(ctx).reason
    assert "ZeroDivisionError" in _pictures.likert(ctx).reason
    from umkm_stats.report._chapters import _made

    failure = _made(ctx, "reliability")[0]
    assert isinstance(failure, Failure)
    assert "reliability: ZeroDivisionError" in failure.reason
    assert messages.message("RPT103", "en", problem="reliability: ZeroDivisionError") == failure.reason
    assert messages.message("RPT102", "en", problem="ZeroDivisionError: ") == _pictures.likert(ctx).reason


def test_a_distribution_of_failed_draws_is_not_drawn(results):
    import dataclasses

    from umkm_stats.report import _pictures

    part = results.get("mediation_scores_M1")
    gone = dataclasses.replace(part, draws=part.draws * float("nan"))
    fewer = dataclasses.replace(results, parts={**results.parts, "mediation_scores_M1": gone})
    drawn = _pictures.draws(context_of(fewer, choose_voice()), "mediation_scores_M1")
    assert isinstance(drawn, Failure)
    assert drawn.reason == messages.message("RPT104", "en")


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Kualitas pelayanan", "kualitas pelayanan"),
        ("Kualitas Layanan", "Kualitas Layanan"),
        ("Kinerja UMKM", "kinerja UMKM"),
        ("UMKM binaan", "UMKM binaan"),
        ("X1 harga", "X1 harga"),
        ("E-commerce", "e-commerce"),
    ],
)
def test_a_label_inside_a_sentence(label, inside):
    assert low_first(label) == inside


def test_one_word_keeps_its_capital_beside_labels_that_do(results):
    import dataclasses

    ctx = context_of(results, choose_voice(lang="id"))
    plain = {"PI": "Harga", "OI": "Kepuasan pelanggan", "NP": "Loyalitas pelanggan"}
    titled = {"PI": "Harga", "OI": "Kepuasan Pelanggan", "NP": "Loyalitas Pelanggan"}
    for labels, x, m in ((plain, "harga", "kepuasan pelanggan"), (titled, "Harga", "Kepuasan Pelanggan")):
        own = dataclasses.replace(ctx, labels={code: labels.get(code, code) for code in ctx.labels})
        assert (own.low("Harga"), own.low(labels["OI"])) == (x, m)
        assert own.low("Pasar") == "pasar"  # no variable of the study
        said = " ".join(path_sentences(own, "mediation_scores_M1"))
        assert ("dengan kepuasan pelanggan" in said) == (m == "kepuasan pelanggan")


def test_a_capital_stands_behind_a_bracket_too():
    assert title_case("media sosial (boleh lebih dari satu)") == "Media Sosial (Boleh Lebih dari Satu)"
    assert (
        title_case("usia \N{GREATER-THAN OR EQUAL TO} 17 dan e-wallet")
        == "Usia \N{GREATER-THAN OR EQUAL TO} 17 dan E-wallet"
    )
