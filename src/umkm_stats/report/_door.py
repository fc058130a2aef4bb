"""``write_report``: all files of a report into a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from umkm_stats import atomic
from umkm_stats.report import _chapters
from umkm_stats.report._spec import Document
from umkm_stats.report._voice import Voice, choose_voice
from umkm_stats.results import StudyResults

Progress = Callable[[str, int, int], None]
PIECES = 5  # what write_report tells of: text and pictures, web page, Word, workbook, single files


def build_document(
    results: StudyResults,
    *,
    style: str = "apa",
    lang: str = "en",
    decimal: str | None = None,
    progress: Progress | None = None,
    texts: Mapping[str, str] | None = None,
) -> tuple[Document, Voice]:
    """The report as data, and the voice it is written in.

    Parameters
    ----------
    results : StudyResults
        What a study computed: ``Study.results``.
    style : str, default "apa"
        "apa", or "skripsi" (Indonesian, whatever ``lang`` says).
    lang : str, default "en"
        Language of the words: "en" or "id".
    decimal : str, optional
        Decimal mark "," or "."; None follows the language.
    progress : Progress, optional
        Called with ("report", done, all).
    texts : Mapping[str, str], optional
        The author's own paragraphs of the thesis chapter, by slot.

    Returns
    -------
    tuple[Document, Voice]
        The document, and how it writes numbers and words.

    Raises
    ------
    UsageError
        GEN001, GEN002: no such style, language or mark.

    Examples
    --------
    >>> from umkm_stats import examples, report
    >>> document, voice = report.build_document(examples.study().results)
    >>> document.lang, document.label(document.tables[0])
    ('en', 'Table 1. Rows Received, Set Aside and Used')
    """
    year = results.meta["options"].get("year") or results.meta.get("source", {}).get("year")
    voice = choose_voice(style=style, lang=lang, decimal=decimal, year=str(year) if year else "")
    return _chapters.document(results, voice, progress, texts), voice


def write_report(
    results: StudyResults,
    folder: str | Path,
    *,
    style: str = "apa",
    lang: str = "en",
    decimal: str | None = None,
    template: str | Path | None = None,
    texts: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write a report: web page, Word, workbook, and every table and figure as a file.

    ``report.html``, ``report.docx``, ``tables.xlsx``, ``tables/*.csv|*.tex`` and ``figures/*.png|*.svg``. The
    cells of a table are the same in every format; csv and xlsx hold the full precision.

    Parameters
    ----------
    results : StudyResults
        What a study computed: ``Study.results``.
    folder : str or Path
        Folder; made when absent.
    style : str, default "apa"
        "apa", or "skripsi" (Indonesian, whatever ``lang`` says).
    lang : str, default "en"
        Language of the words: "en" or "id".
    decimal : str, optional
        Decimal mark "," or "."; None follows the language.
    template : str or Path, optional
        Word template whose styles are used.
    texts : Mapping[str, str], optional
        The author's own paragraphs of the thesis chapter, by slot.
    progress : Progress, optional
        Called with ("report", done, all) after the text, the web page, Word, the workbook, the rest.

    Returns
    -------
    tuple[Path, ...]
        The files written.

    Raises
    ------
    UmkmError
        RPT101: a Word template that cannot be opened.
    UsageError
        GEN001, GEN002: no such style, language or mark.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.report import write_report
    >>> files = write_report(examples.study().results, "report")
    >>> [file.name for file in files[:3]]
    ['report.html', 'report.docx', 'tables.xlsx']
    """
    from umkm_stats.report._docx import write_docx
    from umkm_stats.report._html import write_html
    from umkm_stats.report._plainfiles import table_csv, table_tex
    from umkm_stats.report._xlsx import write_xlsx

    def told(done: int) -> None:
        if progress is not None:
            progress("report", done, PIECES)

    out = Path(folder)
    told(0)
    document, voice = build_document(results, style=style, lang=lang, decimal=decimal, texts=texts)
    told(1)
    written = [write_html(document, voice, out / "report.html")]
    told(2)
    written.append(
        write_docx(document, voice, out / "report.docx", template=Path(template) if template else None)
    )
    told(3)
    written.append(write_xlsx(document, voice, out / "tables.xlsx"))
    told(4)
    for table in document.tables:
        name = f"{table.chapter}{table.number:02d}_{table.key}"
        written.append(atomic.write_text(out / "tables" / f"{name}.csv", table_csv(table)))
        written.append(atomic.write_text(out / "tables" / f"{name}.tex", table_tex(table, document, voice)))
    for figure in document.figures:
        for kind, data in figure.files.items():
            written.append(
                atomic.write_bytes(
                    out
                    / "figures"
                    / f"{figure.chapter}{figure.number:02d}_{figure.key.removeprefix('fig_')}.{kind}",
                    data,
                )
            )
    told(PIECES)
    return tuple(written)
