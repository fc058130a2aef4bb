"""A review as files an editor can read: ``review.html``, ``review.docx``, ``review.csv``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from umkm_stats import atomic, columns, messages
from umkm_stats._version import __version__
from umkm_stats.report._spec import Block, Column, Document, Paragraph, Section, Table, numbered
from umkm_stats.report._voice import Voice, choose_voice

if TYPE_CHECKING:
    from umkm_stats.review import Review
    from umkm_stats.review._verdict import Verdict

ORDER = ("inconsistent", "not checkable", "consistent")


def review_document(review: Review, voice: Voice) -> Document:
    """The review as a document: what was found in words, then a table a verdict, the inconsistent first."""
    lang = voice.lang
    counts = review.counts
    head = messages.text(
        "review.counts",
        lang,
        title=_plain(review.title),
        total=len(review.verdicts),
        consistent=counts["consistent"],
        inconsistent=counts["inconsistent"],
        unknown=counts["not checkable"],
    )
    blocks: list[Block] = [Paragraph(head)]
    blocks.append(Paragraph(messages.text("review.report.fairness", lang), "note"))
    sections = [Section("overview", messages.text("review.report.overview", lang), tuple(blocks))]
    for word in ORDER:
        chosen = [verdict for verdict in review.verdicts if verdict.verdict == word]
        if chosen:
            key = word.replace(" ", "_")
            title = messages.text(f"review.report.{key}", lang)
            told = [Paragraph(_plain(v.summary(lang))) for v in chosen] if word == "inconsistent" else []
            sections.append(Section(key, title, (*told, _table(key, title, chosen, lang))))
    words = {
        name: voice.text(name)
        for name in ("contents", "table", "figure", "chapter", "skip", "theme", "failed")
    }
    words["made"] = messages.text("review.report.made", lang, version=__version__)
    title = messages.text("review.report.title", lang, title=_plain(review.title))
    return numbered(Document(title, _plain(review.source), lang, tuple(sections), "", words))


def _table(key: str, title: str, verdicts: list[Verdict], lang: str) -> Table:
    """A row a verdict; the column of explanations only where there is one. Limits stand in the arithmetic."""
    told = any(verdict.explanation for verdict in verdicts)
    names = ("where", "check", "claimed", "working", *(("explanation",) if told else ()))
    heads = tuple(
        Column(name, columns.label(name, lang), wide=name in ("working", "explanation")) for name in names
    )
    rows = tuple(
        (
            _plain(v.where),
            messages.text(f"review.check.{v.check}", lang),
            _plain(v.claimed),
            _plain(messages.figures(v.working, lang)),
            *((_plain(v.explain(lang)),) if told else ()),
        )
        for v in verdicts
    )
    return Table(f"review_{key}", title, heads, rows)


def _plain(text: str) -> str:
    """Asterisks would mean italics in a document; a product is written with a raised dot."""
    return text.replace("*", "·")


def write_review(review: Review, folder: str | Path, *, lang: str = "en") -> tuple[Path, ...]:
    """Write a review as web page, Word file and csv.

    Parameters
    ----------
    review : Review
        What ``review.check_claims`` returned.
    folder : str or Path
        Folder; made when absent.
    lang : str, default "en"
        Language of the words: "en" or "id".

    Returns
    -------
    tuple[Path, ...]
        ``review.html``, ``review.docx`` and ``review.csv``; the csv holds every verdict at full precision.

    Examples
    --------
    >>> from umkm_stats import report, review
    >>> row = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, 1)
    >>> found = review.check_claims(review.Claims("A paper", "", (row,)))
    >>> [file.name for file in report.write_review(found, "review")]
    ['review.html', 'review.docx', 'review.csv']
    """
    from umkm_stats.report._docx import write_docx
    from umkm_stats.report._html import write_html

    out = Path(folder)
    voice = choose_voice(lang=lang)
    document = review_document(review, voice)
    text = review.tidy().to_csv(index=False, lineterminator="\n")
    return (
        write_html(document, voice, out / "review.html"),
        write_docx(document, voice, out / "review.docx"),
        atomic.write_text(out / "review.csv", text, encoding="utf-8-sig"),
    )
