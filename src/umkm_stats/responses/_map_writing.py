"""Writing a map file to confirm, and adding to one without touching its lines."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import guarded, keeping, messages
from umkm_stats.atomic import write_text
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.responses import _text
from umkm_stats.responses._headings import header_kind
from umkm_stats.responses._mapping import SCHEMA, read_map

if TYPE_CHECKING:
    import pandas as pd

_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_./]{1,60}")
_LONGEST = 900  # characters of a key in the file; a longer heading is named by its column
Lines = dict[str, str]


def write_map(
    proposals: pd.DataFrame, path: str | Path, *, lang: str = "id", overwrite: bool = False
) -> Path:
    """Write proposals as a map file to confirm.

    Sure matches stand as they are, proposals as comments with their score. A heading that stands twice, or is
    longer than a key may be, is named by its column: ``"[F]": PL1``. A map that stands there keeps every line
    of it: only headings it does not know are added.

    Parameters
    ----------
    proposals : pandas.DataFrame
        What ``propose_map`` returned.
    path : str or Path
        File to write.
    lang : str, default "id"
        Language of its comments: "id" or "en".
    overwrite : bool, default False
        Whether a map that stands there is written anew.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        RSP121: a file that is no map stands there; CLI010: nothing can be added to it.
    UmkmError
        RSP128: it cannot be written.

    Examples
    --------
    >>> from umkm_stats import simulate_responses
    >>> from umkm_stats.responses import propose_map, write_map
    >>> file = simulate_responses("msme_colombia", population="default", n=9, seed=1).write("answers.csv")
    >>> map_file = write_map(propose_map(file, "msme_colombia"), "map.yaml", overwrite=True)
    >>> "schema: umkm-map/1" in map_file.read_text(encoding="utf-8")
    True
    """
    target = Path(path)
    found, left = _entries(proposals, lang)
    try:
        if target.exists() and not overwrite:
            return _added(target, {**found, **left})
        return keeping.write_text(target, _text_of(found, left, lang), overwrite=True)
    except OSError:
        raise UmkmError("RSP128", Place(file=target.name)) from None


def _entries(proposals: pd.DataFrame, lang: str) -> tuple[Lines, Lines]:
    """Key → line of the map, for headings with a question and for those that are left."""
    rows: list[Any] = list(proposals.itertuples(index=False))
    shown = [row for row in rows if row.header]
    twice = Counter(_text.key(str(row.header)) for row in shown)
    found: Lines = {}
    left: Lines = {}
    for row in shown:
        heading = str(row.header)
        if header_kind(heading) is not None:
            continue
        by_letter = twice[_text.key(heading)] > 1 or len(heading) > _LONGEST
        name = f"[{row.column}]" if by_letter else heading
        about = f"  # {_text.tidy(heading)[:80]}" if by_letter else ""
        if not row.question:
            left[name] = f"#   {_quoted(name)}:{about}"
            continue
        entry = f"{_quoted(name)}: {row.question!s}"
        if row.how in ("similar", "order"):
            how = messages.text(f"map.{row.how}", lang)
            found[name] = f"  # {entry}  # {how} {float(row.score):.2f}{about}"
        else:
            found[name] = f"  {entry}{about}"
    return found, left


def _text_of(found: Lines, left: Lines, lang: str) -> str:
    out = [f"# {text}" for text in messages.text("map.about", lang).split("\n")]
    out += [f"schema: {SCHEMA}", "columns:" if found else "columns: {}", *found.values()]
    if left:
        out += [f"# {messages.text('map.left', lang)}", *left.values()]
    return "\n".join([*out, "# answers:", '#   "*": {KS: 3}', "# ignore: []"]) + "\n"


def _added(target: Path, entries: Lines) -> Path:
    """The map of the user with what it does not know yet at the end of its columns; its own lines stay."""
    known = read_map(target)
    text = guarded.text_of(guarded.read_bytes(target, limit=guarded.YAML_BYTES))
    lines = text.splitlines()
    remarks = {
        line.strip().lstrip("# ").partition("  #")[0] for line in lines if line.lstrip().startswith("#")
    }
    more = [
        line
        for name, line in entries.items()
        if name not in known.columns
        and name not in known.ignore
        and line.strip().lstrip("# ").partition("  #")[0] not in remarks
    ]
    if not more:
        return target
    at = next((n for n, line in enumerate(lines) if re.match(r"columns\s*:", line)), None)
    if at is None:
        lines, at = [*lines, "columns:"], len(lines)
    elif re.match(r"columns\s*:\s*\{\s*\}\s*$", lines[at]):
        lines[at] = "columns:"
    stop = next((n for n in range(at + 1, len(lines)) if re.match(r"[^\s#]", lines[n])), len(lines))
    end = max((n for n in range(at + 1, stop) if re.match(r"\s+\S", lines[n])), default=at) + 1
    made = "\n".join([*lines[:end], *more, *lines[end:]]) + "\n"
    try:
        data = guarded.parse_yaml(made, target.name).data
        kept = {str(k): str(v) for k, v in (data.get("columns") or {}).items() if v}
    except (guarded.Malformed, guarded.Twice, UmkmError, AttributeError):
        kept = {}
    if any(kept.get(name) != code for name, code in known.columns.items()):
        raise UsageError("CLI010", Place(file=target.name), {"files": [target.name]})
    return write_text(target, made)


def _quoted(text: str) -> str:
    """A text as a YAML key on one line, whatever stands in it."""
    if _SAFE.fullmatch(text) and not text.isdigit():
        return text
    marks = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in marks)
