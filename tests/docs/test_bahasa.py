"""Indonesian pages are Indonesian: no English sentence in their prose, in what their commands print, or
behind a link that a reader needs."""

import re

import pytest

from doc_blocks import ROOT, blocks

DOCS = ROOT / "docs"
PAGES = [
    DOCS / "tutorials" / "mahasiswa.md",
    DOCS / "tutorials" / "halaman.md",
    DOCS / "howto" / "regresi.md",
    *sorted((DOCS / "howto" / "pertanyaan").glob("*.md")),
]
ENGLISH = {
    "the",
    "is",
    "are",
    "was",
    "were",
    "with",
    "of",
    "and",
    "your",
    "you",
    "not",
    "this",
    "that",
    "it",
    "its",
    "which",
    "have",
    "has",
    "can",
    "be",
    "when",
}
TWINS = {
    "mediator": "mediasi",
    "convergence": "konvergen",
    "ave": "ave",
    "spss": "spss",
    "tables": "tabel",
}


def sentences(page):
    """Prose and printed text, without code, links' addresses, foreign terms in italics or quotation marks."""
    text = page.read_text(encoding="utf-8")
    printed = [block.body for block in blocks(page) if block.kind == "text"]
    prose = re.sub(r"```.*?```", "\n", text, flags=re.DOTALL)
    prose = re.sub(r"`[^`\n]*`|\]\([^)]*\)|\*[^*\n]+\*|\"[^\"\n]*\"", " ", prose)
    return re.split(r"[.!?:;|\n]+", "\n".join([prose, *printed]))


def english(sentence):
    return ENGLISH & set(re.findall(r"[a-z]+", sentence.lower()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_english_sentence(page):
    assert [line for line in sentences(page) if len(english(line)) > 1] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_indonesian_pages(page):
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([\w./]+\.md)", page.read_text(encoding="utf-8"))
    known = {path.resolve() for path in [*PAGES, DOCS / "howto" / "bab4.md"]}
    assert [link for link in links if (page.parent / link).resolve() not in known] == []


def test_an_english_sentence_is_found():
    assert len(english("This is not the end of it")) > 1
    assert len(english("Pengaruh ini tidak dengan sendirinya sebab-akibat")) <= 1


def test_every_question_has_both_languages():
    asked = {path.stem for path in (DOCS / "howto" / "questions").glob("*.md")}
    assert asked == set(TWINS)
    assert {path.stem for path in (DOCS / "howto" / "pertanyaan").glob("*.md")} == set(TWINS.values())
    for english_, indonesian in TWINS.items():
        kinds = [
            [block.kind for block in blocks(DOCS / "howto" / folder / f"{name}.md") if block.kind != "text"]
            for folder, name in (("questions", english_), ("pertanyaan", indonesian))
        ]
        assert kinds[0] == kinds[1], english_
        assert {"python", "bash", "powershell"} <= set(kinds[0])
