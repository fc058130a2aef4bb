"""Statistics in running text: t, F, χ², r and z with degrees of freedom and p, as APA style writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUM = r"[-\u2212\u2013]?\s?\d*[.,]?\d+"
_GAP = r"\s*[,;]?\s*(?:(?:dan|and|dengan|with|,)\s*)?"
_P = (
    r"(?:\(?(?:[pP]|nilai p|p-value|sig\.?|Sig\.?)(?:[- ]?value)?\s*(?P<rel>[<>=\u2264\u2265])\s*"
    r"(?P<p>" + _NUM + r")|(?P<ns>n\.?\s?s\.?)(?![a-z]))"
)
_DF = r"(?:\((?P<inside>[^()\n]{1,40})\))"
_NAME = r"(?P<name>t|F|r|z|Z|[\u03c7\u03a7X]\s?(?:2|\u00b2)|[cC]hi-?\s?[sS]quare|[kK]ai[- ]?[kK]uadrat)"
_WHOLE = re.compile(rf"(?<![\w.]){_NAME}\s*{_DF}?\s*(?P<value_rel>[=<>])\s*(?P<value>{_NUM}){_GAP}{_P}")
_DIRECTED = re.compile(r"one[- ](?:tailed|sided)|directional|satu (?:arah|sisi|ekor)", re.IGNORECASE)
MAX_TEXT = 5_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """One statistic in running text.

    Attributes
    ----------
    kind : str
        Kind of claim it becomes.
    fields : dict[str, str]
        Its fields as printed.
    where : str
        Its place in the text.
    text : str
        The words around it.

    Examples
    --------
    >>> from umkm_stats import review
    >>> review.scan("Brand trust differed, t(97) = 5.15, p < .001.")[0].fields
    {'statistic': 't', 'value': '5.15', 'p': '<.001', 'df': '97'}
    """

    kind: str
    fields: dict[str, str]
    where: str
    text: str


def scan(text: str | Sequence[str]) -> tuple[Found, ...]:
    """Every t, F, chi-square, r and z with its p in running text, as claims of kind ``test``.

    English or Indonesian. A statistic without the degrees of freedom its p needs is left out, except t and z;
    one-tailed tests are marked when the text says so anywhere.

    Parameters
    ----------
    text : str or Sequence[str]
        One string, whose lines are the paragraphs, or a list of paragraphs.

    Returns
    -------
    tuple[Found, ...]
        The statistics, in the order of the text.

    Examples
    --------
    >>> from umkm_stats import review
    >>> found = review.scan("Efeknya nyata (F(2, 117) = 4,58; p = 0,012), t(97) = 5.15, p < .001.")
    >>> [(one.fields["statistic"], one.fields["value"]) for one in found]
    [('F', '4,58'), ('t', '5.15')]
    """
    paragraphs = text.splitlines() if isinstance(text, str) else list(text)
    directed = any(_DIRECTED.search(paragraph) for paragraph in paragraphs)
    out = []
    for place, paragraph in enumerate(paragraphs, start=1):
        for hit in _WHOLE.finditer(paragraph[:MAX_TEXT]):
            fields = _fields(hit)
            if fields is None:
                continue
            if directed and fields["statistic"] in ("t", "z", "r"):
                fields["tails"] = _tails(paragraph)
            fields = {name: value for name, value in fields.items() if value}
            around = " ".join(paragraph[max(0, hit.start() - 60) : hit.end() + 20].split())
            out.append(Found("test", fields, f"paragraph {place}", around))
    return tuple(out)


def _tails(paragraph: str) -> str:
    """1 when the very paragraph says so; otherwise the review itself looks at both."""
    return "1" if _DIRECTED.search(paragraph) else ""


def _fields(hit: re.Match[str]) -> dict[str, str] | None:
    name = hit["name"]
    statistic = name if name in ("t", "F", "r") else "z" if name in ("z", "Z") else "chi2"
    found = [] if hit["inside"] is None else _degrees(hit["inside"], statistic)
    needed = {"F": 2, "chi2": 1, "r": 1}.get(statistic, 0)
    if found is None or len(found) < needed or hit["value_rel"] != "=":
        return None
    p = "n.s." if hit["ns"] else (hit["rel"] if hit["rel"] != "=" else "") + _digits(hit["p"])
    fields = {"statistic": statistic, "value": _digits(hit["value"]), "p": p}
    return {**fields, **dict(zip(("df", "df2"), found, strict=False))}


_NUMBER = r"\d+(?:\.\d+)?"
_SIZE = re.compile(r"[,;]?\s*[nN]\s*=\s*[\d.,]+\s*$")


def _degrees(inside: str, statistic: str) -> list[str] | None:
    """Degrees of freedom from what stands in the brackets; None when they are something else.

    ``2, 117`` and ``2,117`` are two of an F; ``34,7`` is one with a decimal comma of a t.
    """
    plain = re.sub(r"^\s*df\s*=\s*", "", _SIZE.sub("", inside)).strip()
    if statistic == "F":
        parts = re.split(r"\s*;\s*", plain) if ";" in plain else re.split(r"\s*,\s*", plain)
        parts = [part.replace(",", ".") for part in parts]
        return parts if len(parts) == 2 and all(re.fullmatch(_NUMBER, part) for part in parts) else None
    one = plain.replace(",", ".")
    return [one] if re.fullmatch(_NUMBER, one) else None


def _digits(text: str) -> str:
    return re.sub(r"\s+", "", text).strip()
