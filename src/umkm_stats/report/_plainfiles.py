"""``tables/*.csv`` and ``tables/*.tex``: the same cells for spreadsheets and LaTeX."""

from __future__ import annotations

import csv
import io
import math

from umkm_stats.messages._tex import escaped
from umkm_stats.report._inline import plain, runs
from umkm_stats.report._spec import Document, Table
from umkm_stats.report._voice import Voice


def guarded(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula: an apostrophe before ``= + - @`` and control
    characters."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def table_csv(table: Table) -> str:
    """Machine columns and full-precision numbers, decimal point, comma between cells; unavailable numbers are
    empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain_cell(value) for value in row])
    return stream.getvalue()


def _plain_cell(value: str | int | float | None) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return guarded(value) if isinstance(value, str) else repr(value)


def tex(text: str) -> str:
    r"""Text safe for LaTeX, ``*term*`` as ``\emph``."""
    parts = []
    for piece, italic in runs(text):
        said = escaped(piece)
        parts.append(rf"\emph{{{said}}}" if italic else said)
    return "".join(parts)


def _tex_cell(text: str) -> str:
    return escaped(text)


def table_tex(table: Table, document: Document, voice: Voice) -> str:
    """A ``table`` float with booktabs rules; wide tables are for ``sidewaystable``."""
    float_name = "sidewaystable" if table.landscape else "table"
    shape = "".join(
        "p{5cm}" if column.wide else "l" if column.form == "text" else "r" for column in table.columns
    )
    lines = [
        rf"\begin{{{float_name}}}[htbp]",
        r"\centering",
        rf"\caption{{{tex(table.title)}}}",
        rf"\label{{tab:{table.key}}}",
    ]
    lines += [r"\small", rf"\begin{{tabular}}{{{shape}}}", r"\toprule"]
    if table.spanners:
        cells, rules, position = [], [], 0
        keys = [column.key for column in table.columns]
        starts = {keys.index(spanner.columns[0]): spanner for spanner in table.spanners}
        while position < len(keys):
            spanner = starts.get(position)
            if spanner is None:
                cells.append("")
                position += 1
            else:
                width = len(spanner.columns)
                cells.append(rf"\multicolumn{{{width}}}{{c}}{{{tex(spanner.head)}}}")
                rules.append(rf"\cmidrule(lr){{{position + 1}-{position + width}}}")
                position += width
        lines += [" & ".join(cells) + r" \\", "".join(rules)]
    lines += [" & ".join(tex(column.head) for column in table.columns) + r" \\", r"\midrule"]
    headings = dict(table.groups)
    for index, row in enumerate(table.rows):
        if index in headings:
            lines.append(
                rf"\multicolumn{{{len(table.columns)}}}{{l}}{{\textit{{{tex(headings[index])}}}}} \\"
            )
        lines.append(
            " & ".join(_tex_cell(voice.cell(v, c)) for v, c in zip(row, table.columns, strict=True)) + r" \\"
        )
    lines += [r"\bottomrule", r"\end{tabular}"]
    for note in (
        *([document.banner] if document.banner else []),
        *table.notes,
        *([table.source] if table.source else []),
    ):
        lines.append(rf"\par\smallskip\raggedright\footnotesize {tex(note)}")
    return "\n".join([*lines, rf"\end{{{float_name}}}", ""])


def table_text(table: Table, document: Document, voice: Voice) -> str:
    """The table in fixed-width text, for a terminal."""
    head = [plain(column.head) for column in table.columns]
    body = [[voice.cell(v, c) for v, c in zip(row, table.columns, strict=True)] for row in table.rows]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]

    def line(cells: list[str]) -> str:
        made = [
            cell.ljust(width) if column.form == "text" else cell.rjust(width)
            for cell, width, column in zip(cells, widths, table.columns, strict=True)
        ]
        return "  ".join(made).rstrip()

    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    rows = [
        plain(document.label(table)),
        *([document.banner] if document.banner else []),
        rule,
        line(head),
        rule,
    ]
    headings = dict(table.groups)
    for index, cells in enumerate(body):
        if index in headings:
            rows.append(plain(headings[index]))
        rows.append(line(cells))
    return (
        "\n".join(
            [
                *rows,
                rule,
                *(plain(note) for note in table.notes),
                *([plain(table.source)] if table.source else []),
            ]
        )
        + "\n"
    )
