"""The instrument file as the page sees and changes it: which column is which question, variables, scales."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from umkm_stats.responses._text import key as text_key
from umkm_stats.responses.drafting._names import Codes, legal, short_of
from umkm_stats.responses.drafting._yaml import section

PROFILE = "PROFIL"
BOXES = ("/", "[", " [", " | ")  # between a question and one of its choices in a heading
ROLES = ("x", "m", "y", "moderator")
_SHORT = re.compile(r"^[A-Za-z]\d?$")
_GUESS = re.compile(r"^# +- \{key: M1, .*?, x: \[(.*?)\], m: \[(.*?)\], y: \[(.*?)\]\}$", re.M)


def entries(document: Mapping[str, Any], name: str) -> list[Any]:
    """A list of the file; empty when it is absent or is none."""
    found = document.get(name)
    return found if isinstance(found, list) else []


def label_of(entry: Mapping[str, Any], lang: str, key: str = "label") -> str:
    """A text of an entry in the language, else in any."""
    texts = entry.get(key)
    if isinstance(texts, Mapping) and texts:
        return str(texts.get(lang) or next(iter(texts.values())))
    return str(texts or entry.get("code", ""))


def placed(document: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Letter of a column → position of its question, by letter, heading or code. A question whose choices
    have a column each stands at all of them."""
    named: dict[str, int] = {}
    boxed: list[tuple[str, int]] = []
    for at, question in enumerate(entries(document, "questions")):
        if isinstance(question, Mapping):
            for name in [*(question.get("aliases") or []), question.get("code", "")]:
                named.setdefault(_key(str(name)), at)
                if question.get("kind") == "multiple" and name:
                    boxed.append((str(name).casefold(), at))
            texts = question.get("text")
            if isinstance(texts, Mapping):
                for text in texts.values():
                    named.setdefault(_key(str(text)), at)
    found: dict[str, int] = {}
    for column in columns:
        for name in _names(column):
            known = named.get(_key(name))
            if known is not None and known not in found.values():
                found[column["letter"]] = known
                break
        else:
            heading = str(column["name"]).casefold()
            for name, known in boxed:
                if heading.startswith(name) and heading[len(name) :].startswith(BOXES):
                    found[column["letter"]] = known
                    break
    return found


def shifted(
    document: Mapping[str, Any], before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether questions are known by the letters of their columns ("[F]") and another file has other columns
    up to there: its letters would name other questions."""
    aliases = {str(a) for q in entries(document, "questions") for a in q.get("aliases") or []}
    places = [at for at, column in enumerate(before) if f"[{column['letter']}]" in aliases]
    if not places:
        return False
    heads = [[_key(str(column["name"])) for column in columns[: places[-1] + 1]] for columns in (before, now)]
    return heads[0] != heads[1]


def _names(column: Mapping[str, Any]) -> list[str]:
    """What a column may be known by, most exact first."""
    heading = str(column["name"])
    out = [f"[{column['letter']}]", heading]
    inner = re.search(r"\[([^\]]+)\]\s*$", heading)
    if inner:
        out.append(inner[1])
    for text in list(out[1:]):
        coded = re.match(r"([A-Za-z][A-Za-z0-9._]{0,19})\s*[.:)]\s+(.*)", text, re.S)
        if coded:
            out += [coded[2], coded[1]]
    return out


def _key(name: str) -> str:
    return text_key(name)


def with_roles(text: str) -> str:
    """The drafted file with the roles that its own remark on models suggests (codes X…, M… or Z…, Y…)."""
    found = _GUESS.search(text)
    if not found:
        return text
    mediators = [name.strip() for name in found[2].split(",")]
    between = any(not name.upper().startswith("Z") for name in mediators)
    for part, names in zip(("x", "m", "y"), found.groups(), strict=True):
        for code in (name.strip() for name in names.split(",")):
            beside = part == "m" and between and code.upper().startswith("Z")  # Z with an M beside it
            role = "moderator" if beside else part
            if code and code != "…":
                text = re.sub(
                    rf"^(  - \{{code: {re.escape(code)}, label: .*, role: )other(\}}.*)$",
                    rf"\g<1>{role}\g<2>",
                    text,
                    count=1,
                    flags=re.M,
                )
    return text


def languages(document: Mapping[str, Any]) -> list[str]:
    """Languages of the file."""
    found = document.get("languages")
    return [str(name) for name in found] if isinstance(found, list) and found else ["id"]


def codes(document: Mapping[str, Any], *, without: Sequence[Any] = ()) -> Codes:
    """Codes with every one that the file uses taken; those of the questions ``without`` are free."""
    taken = Codes()
    for entry in entries(document, "constructs"):
        taken.take(str(entry.get("code", "")))
        for dimension in entry.get("dimensions") or []:
            taken.take(str(dimension.get("code", "")))
    for entry in entries(document, "questions"):
        if not any(entry is one for one in without):
            taken.take(str(entry.get("code", "")))
    return taken


def new_code(document: Mapping[str, Any], label: str) -> str:
    """A free code for a new variable: its own words when they are one, else a short form."""
    wished = label if legal(label) and len(label) <= 8 else ""
    return codes(document).take(wished, short_of(label), "V1")


def section_of(code: str) -> str:
    """Code of a construct's section, as the draft writes it."""
    return section(code)
