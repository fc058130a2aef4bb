"""``report.html``: one file that asks for nothing else, light and dark, with a table of contents, and prints
well."""

from __future__ import annotations

import base64
import html
import importlib.resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from umkm_stats.atomic import write_text
from umkm_stats.report._inline import plain, runs
from umkm_stats.report._spec import Block, Document, Failure, Figure, Paragraph, Table
from umkm_stats.report._voice import Voice


def write_html(document: Document, voice: Voice, path: Path) -> Path:
    """Write the whole report to ``path``."""
    return write_text(path, render_html(document, voice))


def render_html(document: Document, voice: Voice) -> str:
    """The page as text."""
    source = (importlib.resources.files("umkm_stats.report") / "page.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    sections = [
        {
            "key": section.key,
            "title": Markup(inline(section.title)),
            "level": section.level,
            "blocks": [Markup(_block(block, document, voice)) for block in section.blocks],
        }
        for section in document.sections
    ]
    return environment.from_string(source).render(
        lang=document.lang,
        title=plain(document.title),
        subtitle=Markup(inline(document.subtitle)),
        banner=document.banner,
        printed_banner=document.banner.replace("\\", "").replace('"', "'"),
        style=voice.style,
        sections=sections,
        words=document.words,
    )


def inline(text: str) -> str:
    """Text as HTML, ``*term*`` in italics."""
    return "".join(
        f"<i>{html.escape(piece)}</i>" if italic else html.escape(piece) for piece, italic in runs(text)
    )


def _block(block: Block, document: Document, voice: Voice) -> str:
    if isinstance(block, Table):
        return _table(block, document, voice)
    if isinstance(block, Figure):
        return _figure(block, document)
    if isinstance(block, Failure):
        return (
            f'<div class="warning failure" id="{block.key}"><p><strong>{inline(block.title)}</strong></p>'
            f"<p>{inline(document.words['failed'])} {inline(block.reason)}</p></div>"
        )
    return _paragraph(block)


def _paragraph(block: Paragraph) -> str:
    if block.kind == "code":
        return f'<pre tabindex="0">{html.escape(block.text)}</pre>'
    kind = "" if block.kind == "normal" else f' class="{block.kind}"'
    return f"<p{kind}>{inline(block.text)}</p>"


def _table(table: Table, document: Document, voice: Voice) -> str:
    mark = html.escape(document.mark(table))
    parts = [
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="cap-{table.key}">',
        f'<table id="{table.key}">',
    ]
    parts.append(
        f'<caption id="cap-{table.key}"><b>{mark}</b><span class="tt">{inline(table.title)}</span></caption>'
    )
    parts.append("<thead>")
    spans = {key: spanner for spanner in table.spanners for key in spanner.columns}
    depth = ' rowspan="2"' if spans else ""
    first = []
    for column in table.columns:
        spanner = spans.get(column.key)
        side = "" if column.form == "text" else ' class="num"'
        if spanner is None:
            first.append(f'<th scope="col"{depth}{side}>{inline(column.head)}</th>')
        elif spanner.columns[0] == column.key:
            first.append(
                f'<th scope="colgroup" colspan="{len(spanner.columns)}" '
                f'class="span">{inline(spanner.head)}</th>'
            )
    parts.append(f"<tr>{''.join(first)}</tr>")
    if spans:
        under = "".join(
            f'<th scope="col" class="num">{inline(c.head)}</th>' for c in table.columns if c.key in spans
        )
        parts.append(f"<tr>{under}</tr>")
    parts.append("</thead><tbody>")
    headings = dict(table.groups)
    for index, row in enumerate(table.rows):
        if index in headings:
            width = len(table.columns)
            parts.append(
                f'<tr class="group"><th scope="rowgroup" '
                f'colspan="{width}">{inline(headings[index])}</th></tr>'
            )
        cells = []
        for position, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            said = html.escape(voice.cell(value, column))
            if position == 0:
                cells.append(f'<th scope="row">{said}</th>')
            else:
                cells.append(f'<td class="num">{said}</td>' if column.form != "text" else f"<td>{said}</td>")
        parts.append(f"<tr>{''.join(cells)}</tr>")
    parts.append("</tbody></table></div>")
    for note in table.notes:
        parts.append(f'<p class="tn">{inline(note)}</p>')
    if table.source:
        parts.append(f'<p class="tn src">{inline(table.source)}</p>')
    return "\n".join(parts)


def _figure(figure: Figure, document: Document) -> str:
    kind, mime = ("svg", "image/svg+xml") if "svg" in figure.files else ("png", "image/png")
    data = base64.b64encode(figure.files[kind]).decode("ascii")
    mark = html.escape(document.mark(figure))
    notes = "".join(
        f'<p class="tn">{inline(note)}</p>'
        for note in (*figure.notes, *((figure.source,) if figure.source else ()))
    )
    return (
        f'<figure id="{figure.key}"><img alt="{html.escape(figure.alt, quote=True)}" '
        f'src="data:{mime};base64,{data}">'
        f"<figcaption><b>{mark}</b><span "
        f'class="tt">{inline(figure.title)}</span></figcaption></figure>{notes}'
    )
