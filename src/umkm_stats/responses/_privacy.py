"""Identifiers are found by heading and by content, split off at the door, and replaced by a keyed hash.

The key lies outside the data folder (``UMKM_STATS_KEY_FILE``, else the user's configuration folder). Without
a place to keep it a key for this session only is drawn, and a note says so. Raw identifiers are not kept.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats.errors import Place, UmkmError
from umkm_stats.responses import _text
from umkm_stats.responses._headings import header_kind
from umkm_stats.responses._raw import RawColumn, RawTable

if TYPE_CHECKING:
    import pandas as pd

KEY_VARIABLE = "UMKM_STATS_KEY_FILE"
_SHARE = 0.3
_SAMPLE = 2000

EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+")
PHONE = re.compile(
    r"(?<![\w.,/:\-])(?:\+?62|0)[\s\-.()]{0,3}8[\d\s\-.()]{7,16}\d(?![\d])|(?<!\w)\+\d{1,3}[\s\-.()]{0,3}\d[\d\s\-.()]{7,14}\d(?!\d)"
)
POINT = re.compile(r"^-?\d{1,2}[.,]\d{3,}[\s,;]+-?\d{1,3}[.,]\d{3,}(\s+-?\d+([.,]\d+)?){0,2}$")
_TICKS = frozenset(
    {
        "ya",
        "tidak",
        "yes",
        "no",
        "0",
        "1",
        "true",
        "false",
        "dipilih",
        "tidak dipilih",
        "checked",
        "unchecked",
    }
)
NIK = re.compile(r"^\d{16}$")
_CONTENT = (("email", EMAIL), ("phone", PHONE), ("location", POINT), ("national_id", NIK))


def identifier_in(text: str) -> str | None:
    """The kind of identifier that stands in a text, or None."""
    text = text[:1000]
    for kind, rule in _CONTENT:
        if rule.search(text.strip()):
            return kind
    return None


_CLOSED = 7  # different answers of a closed question, at most
_DIGITS = re.compile(r"(?:\d[\s\-.()]*){7,}")


def answers_like_a_question(kind: str, column: RawColumn) -> bool:
    """Whether the values under a heading that could ask for an identifier are answers instead: ticks, yes and
    no, a few words that many gave, numbers where a name is asked, no digits where a phone number is."""
    values = column.values[:_SAMPLE]
    filled = int((column.codes >= 0).sum())
    if not values:
        return False
    texts = [str(v).strip() for v in values]
    if kind in ("phone", "national_id"):
        return not any(_DIGITS.search(text) for text in texts)
    if kind in ("name", "address", "account", "signature"):
        plain = sum(
            not isinstance(v, str) or v.strip().replace(".", "").replace(",", "").isdigit() for v in values
        )
        if plain > 0.5 * len(values):
            return True
        few = len(values) <= _CLOSED and filled >= 10 and len(values) <= 0.5 * filled
        return few or all(_text.key(text) in _TICKS for text in texts)
    return False


def content_kind(column: RawColumn) -> str | None:
    """The kind of identifier that at least 30 % of the distinct answers hold, or None."""
    texts = [
        str(v)
        for v in column.values[:_SAMPLE]
        if isinstance(v, str) or (isinstance(v, (int, float)) and abs(v) > 1e9)
    ]
    texts = [t[:-2] if t.endswith(".0") else t for t in texts]
    if not texts:
        return None
    kinds = [identifier_in(t) or ("phone" if re.fullmatch(r"(62|0)?8\d{8,11}", t) else None) for t in texts]
    for kind in ("email", "phone", "location", "national_id"):
        if kinds.count(kind) >= max(1, _SHARE * len(column.values[:_SAMPLE])):
            return kind
    return None


@dataclass(frozen=True, slots=True)
class Identifier:
    """A column with personal data that was split off.

    Attributes
    ----------
    column : str
        Its letter in a spreadsheet.
    header : str
        Its heading.
    kind : str
        What it holds: name, phone, email and so on.
    found_by : str
        How it was recognised: "header", "content" or "instrument".
    filled : int
        Cells that hold something.

    Examples
    --------
    >>> from umkm_stats import read_responses, simulate_responses
    >>> file = simulate_responses("umkm_inovasi", population="default", n=5, seed=1).write("survey.csv")
    >>> found = read_responses(file, "umkm_inovasi").privacy.identifiers[0]
    >>> found.column, found.kind, found.found_by
    ('CI', 'phone', 'instrument')
    """

    column: str
    header: str
    kind: str
    found_by: str
    filled: int


@dataclass(frozen=True, eq=False)
class Privacy:
    """What was done with personal data.

    Attributes
    ----------
    identifiers : tuple[Identifier, ...]
        The columns split off.
    pseudonyms : pandas.DataFrame
        One keyed hash (16 hex digits) a cell, aligned with the rows read, None where empty.
    key_kept : bool
        Whether the key outlives this session.
    key_file : str or None
        Bare name of the file of the key; None when there is none.

    Examples
    --------
    >>> from umkm_stats import read_responses, simulate_responses
    >>> file = simulate_responses("umkm_inovasi", population="default", n=5, seed=1).write("survey.csv")
    >>> privacy = read_responses(file, "umkm_inovasi").privacy
    >>> len(privacy.identifiers), privacy.pseudonyms.shape
    (1, (5, 1))
    """

    identifiers: tuple[Identifier, ...]
    pseudonyms: pd.DataFrame
    key_kept: bool
    key_file: str | None

    def tidy(self) -> pd.DataFrame:
        """The columns that were split off, without their content.

        Returns
        -------
        pandas.DataFrame
            One row a column:

            - ``column``: its letter in a spreadsheet.
            - ``header``: its heading.
            - ``kind``: what it holds: name, phone, email and so on.
            - ``found_by``: how it was recognised: "header", "content" or "instrument".
            - ``filled``: cells that hold something.

        Examples
        --------
        >>> from umkm_stats import read_responses, simulate_responses
        >>> file = simulate_responses("umkm_inovasi", population="default", n=5, seed=1).write("survey.csv")
        >>> privacy = read_responses(file, "umkm_inovasi").privacy
        >>> privacy.tidy()["kind"].tolist()
        ['phone']
        """
        import pandas as pd

        names = ["column", "header", "kind", "found_by", "filled"]
        return pd.DataFrame([[getattr(i, n) for n in names] for i in self.identifiers], columns=names)

    def __repr__(self) -> str:
        return f"Privacy({len(self.identifiers)} identifier columns split off)"


def scrubbed(column: RawColumn) -> RawColumn:
    """The column with identifiers inside single answers replaced by ``***``."""
    if not any(isinstance(v, str) and identifier_in(v) for v in column.values):
        return column
    return replace(
        column, values=tuple("***" if isinstance(v, str) and identifier_in(v) else v for v in column.values)
    )


def find(table: RawTable, matched: dict[int, Any]) -> dict[int, tuple[str, str]]:
    """Position → (kind, found by) of the identifier columns. ``matched``: position → question, where
    known."""
    out: dict[int, tuple[str, str]] = {}
    for position, column in enumerate(table.columns):
        question = matched.get(position)
        if question is not None:
            if question.personal:
                out[position] = (header_kind(column.header) or "personal", "instrument")
            elif question.kind == "text" and (kind := content_kind(column)):
                out[position] = (kind, "content")
            continue
        if column.role in ("time", "start", "end", "uuid", "id"):
            continue
        kind = next((k for name in (column.header, *column.keys) if (k := header_kind(name))), None)
        if kind and not answers_like_a_question(kind, column):
            out[position] = (kind, "header")
        elif content := content_kind(column):
            out[position] = (content, "content")
    return out


def split_off(
    table: RawTable, found: dict[int, tuple[str, str]], path: Path, key: bytes | None = None
) -> Privacy:
    """Hash the identifier columns. RSP122 when the key file lies in the folder of the data."""
    import pandas as pd

    index = pd.RangeIndex(table.n)
    if not found:
        return Privacy((), pd.DataFrame(index=index), False, None)
    secret, kept, name = (key, True, None) if key else _key(path)
    columns: dict[str, Any] = {}
    identifiers = []
    for position, (kind, how) in sorted(found.items()):
        column = table.columns[position]
        hashed = np.empty(len(column.values) + 1, dtype=object)
        for i, value in enumerate(column.values):
            text = _text.key(str(value))
            hashed[i] = hmac.new(secret, f"{kind}\x1f{text}".encode(), hashlib.sha256).hexdigest()[:16]
        hashed[-1] = None
        columns[f"{kind}_{column.letter}"] = hashed[column.codes]
        heading = column.header if identifier_in(column.header) is None else ""
        identifiers.append(
            Identifier(column.letter, heading[:120], kind, how, int((column.codes >= 0).sum()))
        )
    return Privacy(tuple(identifiers), pd.DataFrame(columns, index=index, dtype=object), kept, name)


def _key(path: Path) -> tuple[bytes, bool, str | None]:
    chosen = os.environ.get(KEY_VARIABLE)
    base = os.environ.get("APPDATA") or os.environ.get("XDG_CONFIG_HOME")
    try:
        place = (
            Path(chosen)
            if chosen
            else (Path(base) if base else Path.home() / ".config") / "umkm_stats" / "pseudonyms.key"
        )
        folder = path.resolve().parent
        resolved = place.resolve()
    except (OSError, RuntimeError):
        return secrets.token_bytes(32), False, None
    if resolved.parent == folder or folder in resolved.parents:
        if chosen:
            raise UmkmError("RSP122", Place(file=place.name))
        return secrets.token_bytes(32), False, None
    try:
        if place.exists():
            data = place.read_bytes().strip()
            if len(data) >= 32:
                return data, True, place.name
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = secrets.token_hex(32).encode()
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(fresh + b"\n")
    except OSError:
        return secrets.token_bytes(32), False, None
    return fresh, True, place.name
