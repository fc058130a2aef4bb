"""Claims files that are begun by the program: from the rows of a table, or from statistics found in prose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.options import one_of
from umkm_stats.review._prose import Found
from umkm_stats.review.checks import CHECKS
from umkm_stats.review.checks._fields import COMMON, choices, form


def scaffold(
    rows: Sequence[dict[str, Any]],
    *,
    kind: str,
    columns: dict[str, str],
    where: str = "",
    title: str = "",
    program: str = "",
    constants: Mapping[str, str] | None = None,
    lang: str = "en",
) -> str:
    """Text of a ``claims.yaml`` from the rows of a results table, which ``check_claims`` reads as it stands.

    Cells that are empty are left out; text that is no number is quoted as it stands, so that reading it back
    says so.

    Parameters
    ----------
    rows : Sequence[dict[str, Any]]
        One dict a table row (from csv, xlsx or docx), cells as printed text.
    kind : str
        A kind of claim: a key of ``CHECKS``.
    columns : dict[str, str]
        Field of the claim to the column of the table.
    where : str, default ""
        Name of the table; rows are numbered after it.
    title : str, default ""
        Title of the paper.
    program : str, default ""
        Whose table it is.
    constants : Mapping[str, str], optional
        Field to the value of every row (``{"statistic": "z"}``).
    lang : str, default "en"
        Language of the comments that explain every field of the kind: "en" or "id".

    Returns
    -------
    str
        The text.

    Raises
    ------
    UsageError
        REV007: no row holds a number; GEN001, GEN002: no such kind or field.

    Examples
    --------
    >>> from umkm_stats import review
    >>> columns = {"a": "a", "b": "b", "ab": "ab"}
    >>> text = review.scaffold([{"a": ".48", "b": ".50", "ab": ".24"}], kind="mediation", columns=columns)
    >>> print(text.splitlines()[-1].strip())
    ab: ".24"
    """
    check = CHECKS[one_of("kind", kind, tuple(CHECKS))]
    fixed = dict(constants or {})
    for name in (*columns, *fixed):
        one_of("columns", name, check.needed + check.optional)
    place, empty = where or title or kind, True
    lines = [*_head(title or place, program), *_explained(kind, lang), "claims:"]
    for position, row in enumerate(rows, start=1):
        cells = {name: str(row.get(column, "")).strip() for name, column in columns.items()}
        cells = {name: value for name, value in cells.items() if value}
        if not cells:
            continue
        empty = False
        cells = {**fixed, **cells}
        lines += [f"  - kind: {kind}", f"    where: {quoted(f'{where}, row {position}'.lstrip(', '))}"]
        lines += [f"    {name}: {_value(kind, name, value)}" for name, value in cells.items()]
        lines += [f"    # {name}:" for name in check.needed if name not in cells]
    if empty:
        raise UsageError("REV007")
    return "\n".join(lines) + "\n"


def from_prose(found: Sequence[Found], *, title: str, source: str = "", program: str = "") -> str:
    """Text of a ``claims.yaml`` with every statistic found in running text, the sentence as comment.

    Parameters
    ----------
    found : Sequence[Found]
        What ``scan`` returned.
    title : str
        Title of the paper.
    source : str, default ""
        Where it is published.
    program : str, default ""
        Program of every claim.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> from umkm_stats import review
    >>> found = review.scan("Brand trust differed, t(97) = 5.15, p < .001.")
    >>> print(review.from_prose(found, title="A paper").splitlines()[3])
      - kind: test
    """
    lines = _head(title, program)
    if source:
        lines.append(f"source: {quoted(source)}")
    lines.append("claims:" if found else "claims: []")
    for one in found:
        lines += [f"  - kind: {one.kind}", f"    where: {quoted(one.where)}"]
        lines += [f"    {name}: {quoted(value)}" for name, value in one.fields.items()]
        lines.append(f"    comment: {quoted(one.text)}")
    return "\n".join(lines) + "\n"


def _head(title: str, program: str) -> list[str]:
    lines = ["schema: umkm-claims/1", f"title: {quoted(title)}"]
    return [*lines, f"program: {quoted(program)}"] if program else lines


def _explained(kind: str, lang: str) -> list[str]:
    """Comment lines: what the kind is, and every field with what it holds."""
    check = CHECKS[kind]
    out = [f"# {kind}: {messages.text_or(f'review.kind.{kind}', kind, lang)}"]
    for name in (*check.needed, *check.optional, *COMMON):
        mark = messages.text("review.needed" if name in check.needed else "review.optional", lang)
        words = f" ({', '.join(choices(name))})" if choices(name) else ""
        out.append(f"#   {name} [{mark}]: {check.about(name, lang)}{words}")
    return out


def _value(kind: str, name: str, text: str) -> str:
    """A cell as YAML: lists where the field is one, text with its digits kept otherwise."""
    if form(kind, name) == "list":
        parts = [part for part in text.replace(";", " ").split() if part]
        return "[" + ", ".join(quoted(part) for part in parts) + "]"
    return quoted(text)


def quoted(text: str) -> str:
    """A double-quoted YAML scalar on one line."""
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'
