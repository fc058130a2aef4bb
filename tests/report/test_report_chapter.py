"""The thesis chapter: three routes, one n, one verdict a hypothesis, no program words in its body."""

import re

import docx
import pytest

from umkm_stats import UmkmError, UsageError, run_study
from umkm_stats.report import build_document
from umkm_stats.report._spec import Figure, Paragraph, Table
from umkm_stats.report.chapter._method import sample_size
from umkm_stats.study import Chapter, Writing

CODE = re.compile(r"\b(RSP|STU|MED|SEM|MEA|SCR|RPT|GEN|INS|REG|PLN)\d{3}\b")
OPTION = re.compile(
    r"missing=|marker=|listwise|dimension_means|synonyms_low|method_equal|\bfiml\b|--\w|\.csv|\.yaml|results\.json"
)


@pytest.fixture(scope="module")
def thesis(place, instrument, answers):
    made = {}
    for route in ("mediation", "sem"):
        made[route] = run_study(
            answers,
            instrument,
            model="M1",
            out=place / f"bab_{route}",
            draws=60,
            seed=3,
            style="skripsi",
            cross_check=False,
            writing=Writing(simulated=False),
            route=route,
            chapter=Chapter(distributed=200),
        )
    return made


@pytest.fixture(scope="module")
def regression(place, small, answers, tmp_path_factory):
    folder = tmp_path_factory.mktemp("regresi")
    text = small.instrument_text()
    text = text[: text.index("hypotheses:")] + (
        "hypotheses:\n"
        "  - {code: H1, text: {id: PI terhadap NP., en: PI on NP.}, test: path, sign: '+',"
        " constructs: [PI, NP], models: [M1]}\n"
        "models:\n  - {key: M1, title: {id: Regresi, en: Regression}, x: [PI, OI], y: [NP],"
        " hypotheses: [H1]}\n"
    )
    path = small.write_instrument(folder, text)
    return run_study(
        answers,
        path,
        out=folder / "out",
        draws=60,
        seed=3,
        style="skripsi",
        cross_check=False,
        writing=Writing(files=False),
    )


def body(study):
    document, _ = build_document(study.results, style="skripsi", texts={})
    return document, [s for s in document.sections if s.chapter in ("3", "4")]


@pytest.fixture(params=["mediation", "sem", "regression"])
def study(request, thesis, regression):
    return regression if request.param == "regression" else thesis[request.param]


def test_headings_count_without_a_gap(study):
    _, sections = body(study)
    marks = [s.title.split(" ")[0] for s in sections if s.level > 1]
    second = [m for m in marks if m.count(".") == 1]
    for chapter, first in (("3", 3), ("4", 1)):
        own = [int(m.split(".")[1]) for m in second if m.startswith(chapter)]
        assert own == list(range(first, first + len(own)))
    third: dict[str, list[int]] = {}
    for mark in marks:
        if mark.count(".") == 2:
            third.setdefault(mark.rpartition(".")[0], []).append(int(mark.rpartition(".")[2]))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in third.values())


def test_every_table_is_pointed_to_before_it_stands_and_has_a_source(study):
    document, sections = body(study)
    seen = ""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                assert "{{" not in block.text
                seen += f" {block.text}"
            elif isinstance(block, (Table, Figure)):
                assert document.mark(block) in seen
                assert block.source.startswith("Sumber")
                assert len(getattr(block, "columns", ())) <= 9


def test_the_body_speaks_no_program_words(study):
    _, sections = body(study)
    words = []
    for section in sections:
        words.append(section.title)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                words.append(block.text)
            elif isinstance(block, Table):
                words += [
                    block.title,
                    *block.notes,
                    *(str(c) for row in block.rows for c in row if isinstance(c, str)),
                ]
            elif isinstance(block, Figure):
                words += [block.title, *block.notes]
    text = "\n".join(words)
    assert not CODE.search(text)
    assert not OPTION.search(text)
    assert not re.search(r"\bM[12]\b", text)
    named = [line for line in text.split("\n") if "umkm-stats" in line]
    assert len(named) == 1  # the software is named once, in Bab III
    assert "0,000;" not in text.replace("[0,000;", "")
    assert "p = 0,000" not in text


def test_one_n_and_one_verdict_a_hypothesis(study):
    _, sections = body(study)
    used = study.results.meta["sample"]["used"]
    tables = {block.key: block for s in sections for block in s.blocks if isinstance(block, Table)}
    recap = tables["recap"]
    codes = [row[0] for row in recap.rows]
    said = " ".join(b.text for s in sections for b in s.blocks if isinstance(b, Paragraph))
    told = re.search(r"Hipotesis ([H\da-z, ]+?) termasuk dalam model lain", said)
    apart = re.findall(r"H\d+\w?", told.group(1)) if told else []
    assert len(codes) == len(set(codes))
    assert sorted(codes + apart) == sorted(h["code"] for h in study.results.meta["hypotheses"])
    decisions = {row[-1].split(" (")[0] for row in recap.rows}
    assert decisions <= {
        "Diterima",
        "Ditolak",
        "Tidak dapat diuji",
        "Ditangguhkan",
        "Didukung",
        "Belum didukung",
    }
    for key in ("normality",):
        if key in tables:
            assert {row[1] for row in tables[key].rows} == {used}
    for key, table in tables.items():
        if key.startswith("distribution_"):
            assert all(sum(row[1:6]) == used for row in table.rows[:-1])


def test_numbers_of_the_chapter_are_those_of_the_results(thesis):
    study = thesis["mediation"]
    _, sections = body(study)
    tables = {block.key: block for s in sections for block in s.blocks if isinstance(block, Table)}
    effects = study.results.get("mediation_scores_M1").effects
    own = effects[(effects["effect"] == "indirect") & (effects["method"] == "percentile")].iloc[0]
    assert tables["indirect"].rows[0][1:5] == (own["est"], own["se"], own["ci_low"], own["ci_high"])
    first = study.results.get("equation_M1_OI").coefficients
    a = effects[(effects["effect"] == "a") & (effects["method"] == "ols")].iloc[0]
    assert first.loc[first["term"] == "PI", "est"].iloc[0] == pytest.approx(a["est"], rel=1e-10)
    assert tables["coefficients_OI"].rows[1][1] == pytest.approx(a["est"], rel=1e-10)
    handed = tables["return"].rows[0]
    assert handed[1] == 200


def test_texts_of_the_author_are_put_in_and_the_rest_stays_open(thesis, tmp_path):
    study = thesis["mediation"]
    document, _ = build_document(
        study.results, style="skripsi", texts={"objek": "Satu.\n\nDua.", "pembahasan-H1": "Tiga."}
    )
    text = "\n".join(b.text for s in document.sections for b in s.blocks if isinstance(b, Paragraph))
    assert "Satu." in text
    assert "Tiga." in text
    assert "[diisi penulis: gambaran umum" not in text
    assert "[diisi penulis: teori" in text


def test_word_file_has_the_customary_layout(thesis):
    word = docx.Document(thesis["mediation"].folder / "report.docx")
    section = word.sections[0]
    assert [
        round(x.cm, 1)
        for x in (section.left_margin, section.top_margin, section.right_margin, section.bottom_margin)
    ] == [
        4.0,
        4.0,
        3.0,
        3.0,
    ]
    assert {s.orientation for s in word.sections} == {0}  # no landscape pages
    assert len(word.sections) == 3  # Bab III, Bab IV, Lampiran: each begins with its number below
    assert all(s.different_first_page_header_footer for s in word.sections)
    styles = {p.style.name for p in word.paragraphs}
    assert {"Heading 1", "Heading 2", "Heading 3", "Caption"} <= styles
    xml = word.element.xml
    assert "SEQ Tabel_4" in xml
    assert "SEQ Gambar_4" in xml
    normal = word.styles["Normal"]
    assert (normal.font.name, normal.font.size.pt, normal.paragraph_format.line_spacing) == (
        "Times New Roman",
        12,
        1.5,
    )


@pytest.mark.parametrize(
    ("rule", "population", "error", "n"),
    [("slovin", 500, 0.05, 223), ("krejcie", 500, 0.05, 217), ("krejcie", 100, 0.05, 80)],
)
def test_sample_size_rules_give_their_published_numbers(rule, population, error, n):
    assert sample_size(rule, population, error)[1] == n


def test_study_file_fixes_route_sampling_and_texts(small, answers, tmp_path):
    path = small.write_instrument(tmp_path)
    (tmp_path / "teks").mkdir()
    (tmp_path / "teks" / "objek.txt").write_text("Objek kami.", encoding="utf-8")
    study = tmp_path / "study.yaml"
    study.write_text(
        "schema: umkm-study/1\nstyle: skripsi\nroute: mediation\nalpha_cutoff: 0.6\ndistributed: 150\n"
        "sampling: {rule: slovin, N: 500, e: 0.05}\ntexts: teks\ndraws: 30\nseed: 1\ncross_check: false\n",
        encoding="utf-8",
    )
    done = run_study(answers, path, study=study, out=tmp_path / "out")
    text = "\n".join(p.text for p in docx.Document(tmp_path / "out" / "report.docx").paragraphs)
    assert "dibulatkan menjadi 223" in text
    assert "Objek kami." in text
    assert done.results.meta["chapter"]["alpha_cutoff"] == 0.6


def test_faults_of_the_chapter_are_coded(small, answers, tmp_path):
    path = small.write_instrument(tmp_path)
    with pytest.raises(UsageError) as caught:
        run_study(answers, path, out=tmp_path / "o", draws=20, seed=1, route="regression")
    assert caught.value.code == "STU090"
    with pytest.raises(UmkmError) as caught:
        run_study(
            answers, path, out=tmp_path / "o", draws=20, seed=1, chapter=Chapter(texts=tmp_path / "none")
        )
    assert caught.value.code == "STU091"
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "objek.txt").write_bytes(b"\xff\xfe\xfa\x00\xd8")
    with pytest.raises(UmkmError) as caught:
        run_study(answers, path, out=tmp_path / "o", draws=20, seed=1, chapter=Chapter(texts=tmp_path / "t"))
    assert caught.value.code == "STU092"
    assert not (tmp_path / "o").exists()
