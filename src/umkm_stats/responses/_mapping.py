"""The user's own map of headings and answers: proposed, written to a file, confirmed by hand, read back."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from umkm_stats import guarded
from umkm_stats.errors import Place, UsageError
from umkm_stats.instrument import as_instrument
from umkm_stats.responses import _text
from umkm_stats.responses._headers import HeaderIndex, match_columns
from umkm_stats.responses._headings import header_kind
from umkm_stats.responses._parsing import parse
from umkm_stats.responses._privacy import identifier_in

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

SCHEMA = "umkm-map/1"
CERTAIN, MARGIN = 0.72, 0.05
_COUNTED = re.compile(r"\d{1,3}\s*[\])]?$|^\(?\d{1,3}[.)]")
_ENTRY = re.compile(r"^([A-Za-z]{1,4})[\s_.\-]*(\d{1,2})(?:[._\-](\d{1,2}))?$")


@dataclass(frozen=True, slots=True)
class Confirmed:
    r"""A map of headings and answers that the user has confirmed: what ``read_map`` returns.

    Attributes
    ----------
    columns : mapping of str to str
        Heading → code.
    answers : mapping of str to mapping of str to int
        Code (or ``*``) → {answer: value}.
    ignore : frozenset
        Headings to leave out.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats.responses import read_map
    >>> _ = Path("map.yaml").write_text("schema: umkm-map/1\ncolumns: {Sales: SALES}\n", encoding="utf-8")
    >>> read_map("map.yaml").columns["Sales"]
    'SALES'
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()


def confirmed(aliases: Mapping[str, str] | str | Path | None) -> Confirmed:
    """A map given as a dictionary or as a file. RSP121 names file, line and key of a fault."""
    if aliases is None:
        return Confirmed()
    if isinstance(aliases, Mapping):
        return Confirmed(columns=dict(aliases))
    return read_map(aliases)


def read_map(path: str | Path) -> Confirmed:
    """Read a map file (``schema: umkm-map/1``).

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Confirmed
        What the user has confirmed: ``columns`` (heading to code), ``answers`` (code or ``*`` to answer and
        value) and ``ignore`` (headings to leave out).

    Raises
    ------
    UsageError
        RSP121: no map, with file, line and key.
    UmkmError
        GEN010-GEN012: the file cannot be read.

    Examples
    --------
    >>> from umkm_stats import simulate_responses
    >>> from umkm_stats.responses import propose_map, read_map, write_map
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> map_file = write_map(propose_map(file, "msme_colombia"), "read.yaml", overwrite=True)
    >>> len(read_map(map_file).columns)
    28
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError("RSP121", Place(file=path.name), {"key": "name"})
    try:
        data = guarded.read_yaml(path).data
    except (guarded.Malformed, guarded.Twice) as fault:
        key = getattr(fault, "key", "YAML")
        raise UsageError("RSP121", Place(file=path.name, line=fault.line), {"key": key}) from None
    if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
        raise UsageError("RSP121", Place(file=path.name, key="schema"), {"key": "schema"})
    columns, answers, ignore = data.get("columns") or {}, data.get("answers") or {}, data.get("ignore") or []
    for key, value, kind in (
        ("columns", columns, Mapping),
        ("answers", answers, Mapping),
        ("ignore", ignore, list),
    ):
        if not isinstance(value, kind):
            raise UsageError("RSP121", Place(file=path.name, key=key), {"key": key})
    unknown = set(data) - {"schema", "columns", "answers", "ignore"}
    if unknown:
        raise UsageError(
            "RSP121",
            Place(file=path.name, key=str(sorted(unknown, key=str)[0])),
            {"key": str(sorted(unknown, key=str)[0])},
        )
    for code, words in answers.items():
        if not isinstance(words, Mapping) or any(
            not isinstance(v, int) or isinstance(v, bool) for v in words.values()
        ):
            raise UsageError(
                "RSP121", Place(file=path.name, key=f"answers.{code}"), {"key": f"answers.{code}"}
            )
    return Confirmed(
        {str(k): str(v) for k, v in columns.items() if v},
        {str(c): {str(k): int(v) for k, v in words.items()} for c, words in answers.items()},
        frozenset(str(h) for h in ignore),
    )


def propose_map(
    path: str | Path,
    instrument: Instrument | str | Path,
    *,
    sheet: str | None = None,
    source: str | None = None,
    form: str | None = None,
) -> pd.DataFrame:
    """Headings of a file with the question each is, or may be. Nothing is applied.

    Proposals are for you to confirm in the file that ``write_map`` writes.

    Parameters
    ----------
    path : str or Path
        File of answers.
    instrument : Instrument or str or Path
        A loaded instrument, the name of a bundled one, or a path.
    sheet : str, optional
        Sheet of a workbook; None takes the one whose heading names most questions.
    source : str, optional
        Reader to use; None recognises it.
    form : str, optional
        Form whose questions are looked for; None takes all.

    Returns
    -------
    pandas.DataFrame
        One row a column of the file:

        - ``column``: its letter in a spreadsheet.
        - ``header``: its heading.
        - ``question``: code of the question it is, or may be; "" when nothing fits.
        - ``how``: how it was found: "code", "text", "alias", "grid", "path"; or a proposal: "similar",
          "order"; "" when nothing fits.
        - ``score``: how well it fits, 0 to 1.

    Raises
    ------
    UmkmError
        RSP101-RSP109: the file cannot be opened.
    UsageError
        GEN001, GEN002: an unknown source or form.

    Examples
    --------
    >>> from umkm_stats import simulate_responses
    >>> from umkm_stats.responses import propose_map
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> proposals = propose_map(file, "msme_colombia")
    >>> proposals["how"].value_counts().to_dict()
    {'grid': 27, '': 1, 'code': 1}
    """
    instrument = as_instrument(instrument)
    index = HeaderIndex(instrument.questions)
    table = parse(Path(path), index, sheet=sheet, source=source).table
    matched = match_columns(table.columns, index, Path(path), table.sheet)
    by_position = {p: c for c, p in matched.columns.items()}
    boxes = {p: f"{code}/{value}" for (code, value), p in matched.options.items()}
    open_codes = [q.code for q in instrument.questions if q.code not in matched.columns]
    proposals = _similar(matched.rest, table.columns, open_codes, index)
    proposals.update(_by_order(matched.rest, table.columns, instrument, open_codes, proposals, form))
    if not proposals:
        proposals = _numbered(matched.rest, table.columns, instrument, open_codes, form)
    rows = []
    for position, column in enumerate(table.columns):
        heading = column.header if identifier_in(column.header) is None else ""
        if position in by_position:
            code = by_position[position]
            rows.append((column.letter, heading, code, matched.how[code], 1.0))
        elif position in boxes:
            rows.append((column.letter, heading, boxes[position], "option", 1.0))
        elif position in proposals:
            rows.append((column.letter, heading, *proposals[position]))
        else:
            rows.append((column.letter, heading, "", "", 0.0))
    return pd.DataFrame(rows, columns=["column", "header", "question", "how", "score"])


def _similar(
    rest: list[int], columns: Any, codes: list[str], index: HeaderIndex
) -> dict[int, tuple[str, str, float]]:
    """The nearest open question of a heading, when it is near enough and clearly nearer than the next."""
    texts = [(code, _text.key(text)) for code in codes for text in index.questions[code].text.values()]
    found: dict[int, tuple[str, str, float]] = {}
    for position in rest:
        names = [
            n
            for n in (columns[position].header, *columns[position].keys)
            if len(n) > 5 and header_kind(n) is None
        ]
        best: dict[str, float] = {}
        for name in names:
            grid = _text.grid_parts(name)
            key = _text.unnumbered(_text.key(grid[1] if grid else name))[:400]
            words = set(key.split())
            for code, text in texts:
                overlap = len(words & set(text.split())) / max(len(words | set(text.split())), 1)
                score = max(
                    difflib.SequenceMatcher(None, key, text, autojunk=False).ratio()
                    if overlap > 0.1
                    else 0.0,
                    overlap,
                )
                best[code] = max(best.get(code, 0.0), score)
        ranked = sorted(best.items(), key=lambda entry: -entry[1])[:2]
        if ranked and ranked[0][1] >= CERTAIN and (len(ranked) < 2 or ranked[0][1] - ranked[1][1] >= MARGIN):
            found[position] = (ranked[0][0], "similar", round(ranked[0][1], 3))
    taken = [entry[0] for entry in found.values()]
    return {p: entry for p, entry in found.items() if taken.count(entry[0]) == 1}


def _by_order(
    rest: list[int],
    columns: Any,
    instrument: Instrument,
    codes: list[str],
    done: Mapping[int, Any],
    form: str | None,
) -> dict[int, tuple[str, str, float]]:
    """X1.1 … M1 … Y1.5: headings numbered by letter, paired with the items of x, m and y in the instrument's
    order."""
    groups: dict[str, list[tuple[int, int, int]]] = {}
    for position in rest:
        found = _ENTRY.match(columns[position].header.strip())
        if found and position not in done:
            first, second = int(found[2]), int(found[3] or 0)
            groups.setdefault(found[1].upper(), []).append((first, second, position))
    items = (
        instrument.items_of_form(form) if form is not None or instrument.default_form else instrument.items
    )
    role = {c.code: c.role for c in instrument.constructs}
    by_role = {
        r: [i.code for i in items if role[i.construct] == r and i.code in codes] for r in ("x", "m", "y")
    }
    out: dict[int, tuple[str, str, float]] = {}
    for letter, entries in groups.items():
        wanted = by_role.get({"Z": "m", "M": "m", "X": "x", "Y": "y"}.get(letter, ""), [])
        if wanted and len(wanted) == len(entries):
            for code, (_, _, position) in zip(wanted, sorted(entries), strict=True):
                out[position] = (code, "order", 0.5)
    return out


def _numbered(
    rest: list[int], columns: Any, instrument: Instrument, codes: list[str], form: str | None
) -> dict[int, tuple[str, str, float]]:
    """Columns whose headings are only numbered (``[Baris 3]``, ``Q1_3``, ``3.``), when as many as the items
    without a column: paired in the order of both."""
    found = [p for p in rest if not columns[p].role and _COUNTED.search(columns[p].header.strip())]
    items = (
        instrument.items_of_form(form) if form is not None or instrument.default_form else instrument.items
    )
    wanted = [item.code for item in items if item.code in codes]
    if len(found) < 3 or len(found) != len(wanted):
        return {}
    return {p: (code, "order", 0.4) for p, code in zip(found, wanted, strict=True)}
