"""From the paper's passage to the item and the hypothesis: the joint display of a sequential mixed-methods
study."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import columns, messages
from umkm_stats.instrument._describe import said, tongue
from umkm_stats.instrument._loading import as_instrument
from umkm_stats.instrument._questions import Item
from umkm_stats.instrument._schema import Hypothesis
from umkm_stats.instrument._values import Passage
from umkm_stats.results import Note, jsonable

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument._instrument import Instrument

HEADINGS = (
    "passage",
    "section",
    "theme",
    "construct",
    "dimension",
    "indicator",
    "item",
    "wording",
    "keying",
    "role",
    "forms",
    "adapted",
    "hypotheses",
)
CLAIMS = ("passage", "section", "hypothesis", "statement", "test", "sign", "models", "items")


@dataclass(frozen=True, eq=False)
class Trace:
    """The matrix passage, theme, construct, dimension, indicator, item, hypothesis of an instrument.

    Attributes
    ----------
    instrument : Instrument
        The instrument it speaks of.
    codes : tuple[str, ...]
        Codes of the questions in its rows, in order.
    notes : tuple[Note, ...]
        None: an instrument says what it holds.
    sample : None
        None: an instrument has no rows.
    seed : None
        None: nothing is drawn.

    Examples
    --------
    >>> from umkm_stats.instrument import trace
    >>> len(trace("umkm_inovasi", form="pendek").codes)
    67
    """

    instrument: Instrument
    codes: tuple[str, ...]
    notes: tuple[Note, ...] = ()
    sample: None = None
    seed: None = None

    def rows(self, lang: str = "en") -> list[tuple[str, ...]]:
        """The cells of the matrix.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        list[tuple[str, ...]]
            One tuple of texts a question that has a passage or measures a construct, in the order of
            ``headings``.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> trace("umkm_inovasi").rows()[0][:2]
        ('“membandingkan produk lama dan baru”', 'METHOD')
        """
        return [_row(self.instrument, code, lang) for code in self.codes]

    def headings(self, lang: str = "en", *, names: tuple[str, ...] = HEADINGS) -> tuple[str, ...]:
        """The headings a reader sees, in the order of the columns.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".
        names : tuple[str, ...], default HEADINGS
            Machine names; ``CLAIMS`` gives the headings of ``claims``.

        Returns
        -------
        tuple[str, ...]
            One text a column.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> trace("umkm_inovasi").headings()[:3]
        ('Passage', 'Section', 'Theme')
        """
        words = tongue(self.instrument, lang)
        return tuple(columns.label(f"trace_{name}", words) for name in names)

    def claims(self, lang: str = "en") -> list[tuple[str, ...]]:
        """The hypotheses with the passages they come from.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        list[tuple[str, ...]]
            One tuple of texts a hypothesis: passage, section, hypothesis, statement, test, sign, models,
            items.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> trace("umkm_inovasi").claims()[0][2]
        'H1'
        """
        return [
            _claim(self.instrument, hypothesis, self.codes, lang) for hypothesis in self.instrument.hypotheses
        ]

    def tidy(self, lang: str = "en") -> pd.DataFrame:
        """The matrix as a frame with machine column names.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        pandas.DataFrame
            One row a question; texts, "" where there is nothing:

            - ``trace_passage``: Words quoted from the source.
            - ``trace_section``: Section of the source in which the words stand.
            - ``trace_theme``: Theme of the qualitative analysis.
            - ``trace_construct``: Construct the question measures or stands beside.
            - ``trace_dimension``: Dimension of the construct.
            - ``trace_indicator``: What is observed.
            - ``trace_item``: Code of the item or question.
            - ``trace_wording``: The sentence that is asked.
            - ``trace_keying``: + when a high answer means much of the construct, − when it means little.
            - ``trace_role``: What the question is for.
            - ``trace_forms``: Forms of the questionnaire that ask it.
            - ``trace_adapted``: Scale of the literature whose idea it follows.
            - ``trace_hypotheses``: Hypotheses its construct takes part in.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> matrix = trace("msme_colombia")
        >>> matrix.tidy().shape
        (27, 13)
        """
        import pandas as pd

        return pd.DataFrame(self.rows(lang), columns=[f"trace_{name}" for name in HEADINGS])

    def glance(self) -> pd.DataFrame:
        """The size of the matrix.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``n``: questions in the matrix.
            - ``passages``: different passages of the paper.
            - ``without``: questions without a passage.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> matrix = trace("msme_colombia")
        >>> int(matrix.glance()["n"].iloc[0])
        27
        """
        import pandas as pd

        asked = [self.instrument.question(code) for code in self.codes]
        passages = {question.source for question in asked if question.source is not None}
        bare = sum(1 for question in asked if question.source is None)
        return pd.DataFrame([{"n": len(asked), "passages": len(passages), "without": bare}])

    def summary(self, lang: str = "en") -> str:
        """The matrix as Markdown, as ``markdown``.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Markdown tables.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> matrix = trace("msme_colombia")
        >>> matrix.summary() == matrix.markdown()
        True
        """
        return self.markdown(lang)

    def markdown(self, lang: str = "en") -> str:
        """The matrix, and the hypotheses with their passages, as Markdown tables.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Markdown; bars inside a cell are escaped.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> trace("msme_colombia").markdown().splitlines()[1][:11]
        '| --- | ---'
        """

        def line(cells: Iterable[str]) -> str:
            return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells) + " |"

        lines: list[str] = []
        for names, rows in ((HEADINGS, self.rows(lang)), (CLAIMS, self.claims(lang))):
            if rows:
                lines += [
                    "",
                    line(self.headings(lang, names=names)),
                    line("---" for _ in names),
                    *map(line, rows),
                ]
        return "\n".join(lines[1:]) + "\n"

    def html(self, lang: str = "en") -> str:
        """The matrix as one HTML page without outside files; everything written by users is escaped.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            A whole page.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> trace("msme_colombia").html("en").splitlines()[1]
        '<html lang="en">'
        """

        def cells(tag: str, row: Sequence[str]) -> str:
            scope = ' scope="col"' if tag == "th" else ""
            return "<tr>" + "".join(f"<{tag}{scope}>{html.escape(cell)}</{tag}>" for cell in row) + "</tr>"

        title = html.escape(said(self.instrument.title, lang))
        tables = ""
        for names, rows in ((HEADINGS, self.rows(lang)), (CLAIMS, self.claims(lang))):
            if rows:
                head = cells("th", self.headings(lang, names=names))
                body = "\n".join(cells("td", row) for row in rows)
                tables += f"<table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"
        style = (
            "body{font:14px/1.4 "
            "system-ui,sans-serif;margin:1.5rem}table{border-collapse:collapse;margin-bottom:2rem}"
            "th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}"
            "thead th{position:sticky;top:0;background:#f2f2f2}"
        )
        return (
            f'<!DOCTYPE html>\n<html lang="{html.escape(lang)}">\n<head>\n<meta '
            f'charset="utf-8">\n<title>{title}</title>\n'
            f"<style>{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{tables}</body>\n</html>\n"
        )

    def to_dict(self) -> dict[str, Any]:
        """The rows in English as plain values.

        Returns
        -------
        dict[str, Any]
            Key ``rows``: a list of the rows of ``tidy``.

        Examples
        --------
        >>> from umkm_stats.instrument import trace
        >>> len(trace("msme_colombia").to_dict()["rows"])
        27
        """
        return {"rows": jsonable(self.tidy("en").to_dict("records"))}


def trace(instrument: Instrument | str | Path, *, form: str | None = None) -> Trace:
    """The trace matrix of an instrument: items by construct, then the other questions.

    Each stands in the order asked. Questions that neither measure a construct nor name a passage are left
    out.

    Parameters
    ----------
    instrument : Instrument or str or Path
        A loaded instrument, the name of a bundled one, or a path.
    form : str, optional
        Only the questions of one form; None takes every question, optional blocks included.

    Returns
    -------
    Trace
        The matrix.

    Raises
    ------
    UsageError
        GEN001, GEN002: no such form.

    Examples
    --------
    >>> from umkm_stats.instrument import trace
    >>> trace("umkm_inovasi").tidy()["trace_item"].head(3).tolist()
    ['PID1', 'PID2', 'PID3']
    """
    instrument = as_instrument(instrument)
    blocks = [block.code for block in instrument.optional_blocks]
    asked = instrument.questions if form is None else instrument.of_form(form, blocks=blocks)
    order = {construct.code: place for place, construct in enumerate(instrument.constructs)}
    kept = [question for question in asked if isinstance(question, Item) or question.source is not None]
    kept.sort(key=lambda q: order[q.construct] if isinstance(q, Item) else len(order))
    return Trace(instrument, tuple(question.code for question in kept))


def _row(instrument: Instrument, code: str, lang: str) -> tuple[str, ...]:
    question = instrument.question(code)
    construct = dimension = theme = ""
    codes: list[str] = []
    beside = question.construct if isinstance(question, Item) else question.beside
    if beside is not None:
        owner = next(
            c
            for c in instrument.constructs
            if c.code == beside or any(d.code == beside for d in c.dimensions)
        )
        inner = (
            question.dimension if isinstance(question, Item) else (beside if beside != owner.code else None)
        )
        construct = f"{owner.code} {said(owner.label, lang)}"
        theme = said(owner.theme, lang)
        codes = [owner.code]
        for part in owner.dimensions:
            if part.code == inner:
                dimension = f"{part.code} {said(part.label, lang)}"
                theme = said(part.theme, lang) or theme
                codes.append(part.code)
    hypotheses = (
        [h.code for h in instrument.hypotheses if set(h.constructs) & set(codes)]
        if isinstance(question, Item)
        else []
    )
    source = question.source
    return (
        f"“{source.quote}”" if source else "",
        source.section if source else "",
        said(question.theme, lang) or theme,
        construct,
        dimension,
        said(question.indicator, lang),
        question.code,
        said(question.text, lang),
        ("−" if question.reverse else "+") if isinstance(question, Item) else "",
        messages.text(f"instrument.role.{question.role}", tongue(instrument, lang)),
        ", ".join(question.forms or tuple(form.code for form in instrument.forms)),
        "; ".join(cited(instrument.references.get(key, key)) for key in question.adapted_from),
        ", ".join(hypotheses),
    )


def _claim(
    instrument: Instrument, hypothesis: Hypothesis, codes: Sequence[str], lang: str
) -> tuple[str, ...]:
    words = tongue(instrument, lang)
    source = hypothesis.source
    items = [
        item.code
        for item in instrument.items
        if item.code in codes and {item.construct, item.dimension} & set(hypothesis.constructs)
    ]
    return (
        f"“{source.quote}”" if source else "",
        source.section if source else "",
        hypothesis.code,
        said(hypothesis.text, lang),
        messages.text(f"instrument.test.{hypothesis.test}", words)
        + (f" ({messages.text('instrument.inferred', words)})" if hypothesis.inferred else ""),
        {"-": "−"}.get(hypothesis.sign, hypothesis.sign),
        ", ".join(hypothesis.models),
        " ".join(items),
    )


def cited(reference: str) -> str:
    """``Homburg, Schwemmle & Kuehnl (2015)`` from a full reference; the text itself when it has another
    form."""
    found = re.match(r"(.+?)\s*\((\d{4}[a-z]?)\)", reference)
    if not found:
        return reference
    names = re.findall(r"([^,&]+), (?:[^\W\d_]\.[-\s]?)+", found[1].replace("& ", ""))
    names = [name.strip(" .,") for name in names]
    if not names:
        return f"{found[1].strip(' .,')} ({found[2]})"
    if len(names) > 3:
        return f"{names[0]} et al. ({found[2]})"
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} & {names[-1]}"
    return f"{joined} ({found[2]})"


def folded(text: str) -> str:
    """Text for comparing quotations: no asterisks, no tags, white space folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("*", "").split())


def quoted_in(passage: Passage, text: str) -> bool:
    """Whether every piece of the quotation between gaps (…) stands in ``text`` (already ``folded``), in
    order."""
    place = 0
    for piece in folded(passage.quote).split("…"):
        place = text.find(piece.strip(), place)
        if place < 0:
            return False
        place += len(piece.strip())
    return True


def passages(instrument: Instrument) -> Mapping[str, Passage]:
    """Every passage the instrument quotes: ``{"PID1": …, "H1": …, "K1.1": …}``."""
    found: dict[str, Passage] = {q.code: q.source for q in instrument.questions if q.source is not None}
    found.update({h.code: h.source for h in instrument.hypotheses if h.source is not None})
    for entry in instrument.contradictions:
        found.update({f"{entry.code}.{number}": source for number, source in enumerate(entry.sources, 1)})
    return found
