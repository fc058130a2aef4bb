"""Every sentence the library says, in every language it speaks.

``messages/<language>/<room>.toml`` holds three kinds of entry, the same keys and placeholders in all
languages:

    [RSP104]                    # an error, finding or note: what is wrong → where → what to do
    message = "…{item}…"
    remedy = "…"

    [text]                      # sentences and words of summaries, reports and help texts
    "mediation.effect" = "…{est:.3f}…"

    [columns.alpha]             # an output column: label and one line of explanation
    label = "…"
    about = "…"

A placeholder ``{name:=prefix}`` is replaced by the text ``prefix.<value>``, a list by one text a value;
``{name:p}`` by a p-value with its sign, "= 0.012" or "< 0.001".
Numbers in placeholders follow the language: Indonesian writes a decimal comma, a dot for thousands and a true
minus sign. So do the numbers of a list, those of a ``Figures``, and the moderator values that a path
names ("x -> m | w = -0.5"); any other text is told as it is.
"""

from __future__ import annotations

import functools
import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FALLBACK = "en"
_SWAP = str.maketrans({",": ".", ".": ",", "-": "\N{MINUS SIGN}"})
_FIGURE = re.compile(r"(?<![\w.,])-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]\d+)?(?!\w|\.\d)")
_SETTING = re.compile(r"(?<== )-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
_BETWEEN = re.compile(r"(?<=\d), (?=\N{MINUS SIGN}?\d)")


@functools.cache
def languages() -> tuple[str, ...]:
    """Languages that have a folder of texts, ``en`` first.

    Returns
    -------
    tuple[str, ...]
        Codes of languages.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.languages()
    ('en', 'id')
    """
    found = sorted(entry.name for entry in FOLDER.iterdir() if entry.is_dir() and any(entry.glob("*.toml")))
    return tuple(sorted(found, key=lambda name: (name != FALLBACK, name)))


@functools.cache
def catalogue(lang: str) -> Mapping[str, Any]:
    """All entries of one language, by code; ``text`` and ``columns`` hold the sentences and columns.

    Parameters
    ----------
    lang : str
        Language: a name of ``languages``.

    Returns
    -------
    Mapping[str, Any]
        Code to its ``message`` and ``remedy``; ``text`` to sentences; ``columns`` to ``label`` and ``about``.

    Raises
    ------
    UsageError
        GEN001: no such language.
    ValueError
        A key stands in two files.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.catalogue("en")["columns"]["est"]["label"]
    'Estimate'
    """
    merged: dict[str, Any] = {"text": {}, "columns": {}}
    spoken(lang)
    for path in sorted((FOLDER / lang).glob("*.toml")):
        for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if key in ("text", "columns"):
                twice = merged[key].keys() & value.keys()
                merged[key].update(value)
            else:
                twice = {key} & merged.keys()
                merged[key] = value
            if twice:
                raise ValueError(f"messages/{lang}/{path.name}: {sorted(twice)} stands twice")
    return merged


def spoken(lang: str) -> str:
    """A language when the library speaks it: every door that takes ``lang`` ends here.

    Parameters
    ----------
    lang : str
        What was asked for.

    Returns
    -------
    str
        ``lang`` as it is.

    Raises
    ------
    UsageError
        GEN001: no language of ``languages``, which the message names.

    Examples
    --------
    >>> from umkm_stats import UsageError, messages
    >>> try:
    ...     messages.spoken("fr")
    ... except UsageError as fault:
    ...     print(fault.message(), fault.remedy())
    lang cannot be 'fr'. Use one of: en and id.
    """
    if lang not in languages():
        from umkm_stats.errors import UsageError  # which speaks through this module

        known = list(languages())
        raise UsageError("GEN001", params={"name": "lang", "received": repr(lang), "expected": known})
    return lang


def catalogues(lang: str) -> tuple[Mapping[str, Any], ...]:
    """Where a text of a language is looked for, in order: its own catalogue, then that of ``en``.

    Parameters
    ----------
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    tuple[Mapping[str, Any], ...]
        What ``catalogue`` returns, the language's own first.

    Raises
    ------
    UsageError
        GEN001: no such language.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> len(messages.catalogues("id")), len(messages.catalogues("en"))
    (2, 1)
    """
    return tuple(catalogue(name) for name in dict.fromkeys((spoken(lang), FALLBACK)))


class Figures(str):
    """A text of the library's own whose numbers follow the language of the sentence it is put into.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.message("RSP202", "id", value="KS", meant=messages.Figures("2.5"))[:16]
    'Jawaban “KS” pad'
    >>> messages.figures(messages.Figures("X1 ~~ X2 (12.3)"), "id")
    'X1 ~~ X2 (12,3)'
    """

    __slots__ = ()


def figures(text: str, lang: str) -> str:
    """A text with the numbers that stand in it in the marks of a language.

    Parameters
    ----------
    text : str
        The text, its numbers with "." for decimals and no marks for thousands.
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    str
        The same text; names that hold digits, and numbers of versions, are left as they are.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.figures("x.1 in [-1.5, 2]", "id")
    'x.1 in [−1,5; 2]'
    """
    own = spoken(lang) == "id"

    def marked(found: re.Match[str]) -> str:
        said = found.group()
        return number(said.replace(".", "0.", 1) if own and said.lstrip("-")[0] == "." else said, lang)

    said = _FIGURE.sub(marked, text)
    return _BETWEEN.sub("; ", said) if own else said


def settings(text: str, lang: str) -> str:
    """A text such as ``x -> m | w = -1.5`` with its values in the marks of a language.

    Parameters
    ----------
    text : str
        The text; a value is a number behind an equals sign, with "." for decimals.
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    str
        The same text, its names untouched.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.settings("skala 2.5 -> m | w = -1.5", "id")
    'skala 2.5 -> m | w = −1,5'
    """
    return _SETTING.sub(lambda found: number(found.group(), lang), text)


class _Words(string.Formatter):
    """``str.format`` whose numbers follow the language and whose lists read as words."""

    def __init__(self, lang: str) -> None:
        self.lang = spoken(lang)

    def format_field(self, value: Any, format_spec: str) -> str:
        several = isinstance(value, (list, tuple, set, frozenset))
        if format_spec.startswith("="):  # {methods:=mediation.method}: the words for each name
            names = [str(entry) for entry in value] if several else [str(value)]
            return listing([self._named(format_spec[1:], name) for name in names], self.lang)
        if several:
            return listing([self.format_field(entry, format_spec) for entry in value], self.lang)
        if isinstance(value, Figures):
            return figures(value, self.lang)
        if isinstance(value, str) and "->" in value and " | " in value:
            return settings(value, self.lang)  # the path of an effect at values of its moderators
        if format_spec == "p":  # {p:p}: "= 0.012", and "< 0.001" for what would read 0.000
            return number("< 0.001" if value < 0.001 else f"= {value:.3f}", self.lang)
        text = format(value, format_spec)
        is_number = isinstance(value, (int, float)) or hasattr(value, "dtype")
        if is_number and not isinstance(value, bool):
            return number(text, self.lang)
        return text

    def _named(self, prefix: str, entry: str) -> str:
        """The words for ``name``, or for ``name: 3`` with its count."""
        name, mark, count = entry.partition(": ")
        return text_or(f"{prefix}.{name}", name, self.lang) + mark + count

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "?")


def number(text: str, lang: str) -> str:
    """A number already formatted with "." and "," in the marks of a language.

    Parameters
    ----------
    text : str
        The number as text, with "." for decimals, "," for thousands and "-" for minus.
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    str
        The same digits; a true minus sign in both languages, decimal comma in Indonesian.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.number("1,234.50", "id")
    '1.234,50'
    """
    said = text.translate(_SWAP) if spoken(lang) == "id" else text.replace("-", "\N{MINUS SIGN}")
    return said.replace("e\N{MINUS SIGN}", "e-")  # 1e-06 as every program writes it


def listing(words: Sequence[str], lang: str) -> str:
    """Words joined as a language joins them: ``a``, ``a and b``, ``a, b, and c``.

    Semicolons stand between words that hold commas themselves.

    Parameters
    ----------
    words : Sequence[str]
        The words, in order.
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    str
        The words in one text; empty without words.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.listing(["PID1", "PID2", "PIF1"], "en")
    'PID1, PID2, and PIF1'
    >>> messages.listing(["PID1", "PID2"], "id")
    'PID1 dan PID2'
    """
    conjunction = {"id": "dan"}.get(spoken(lang), "and")
    if len(words) <= 1:
        return "".join(words)
    if any(", " in word for word in words):
        return f"{'; '.join(words[:-1])}; {conjunction} {words[-1]}"
    if len(words) == 2:
        return f"{words[0]} {conjunction} {words[1]}"
    return f"{', '.join(words[:-1])}, {conjunction} {words[-1]}"


def _entry(code: str, part: str, lang: str) -> str:
    for entries in catalogues(lang):
        entry = entries.get(code, {})
        if part in entry:
            return str(entry[part])
    return code


def message(code: str, lang: str = FALLBACK, /, **params: Any) -> str:
    """What is wrong, in the words of the catalogue.

    Parameters
    ----------
    code : str
        Code of the catalogue, such as ``RSP104``.
    lang : str, default FALLBACK
        Language of the words: "en" or "id".
    **params : Any
        Values of the placeholders; one that is not given reads ``?``. Numbers get the marks of the language.

    Returns
    -------
    str
        The sentence; the code itself when the catalogue has none.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.message("GEN004", "en", name="level", received="95")
    'level must be a number between 0 and 1, not 95.'
    >>> messages.message("GEN004", "id", name="level", received="95")
    'level harus berupa bilangan antara 0 dan 1, bukan 95.'
    """
    return _Words(lang).vformat(_entry(code, "message", lang), (), params)


def remedy(code: str, lang: str = FALLBACK, /, **params: Any) -> str:
    """What the reader can do about it, in the words of the catalogue.

    Parameters
    ----------
    code : str
        Code of the catalogue, such as ``RSP104``.
    lang : str, default FALLBACK
        Language of the words: "en" or "id".
    **params : Any
        Values of the placeholders; one that is not given reads ``?``.

    Returns
    -------
    str
        The advice; the code itself when the catalogue has none.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.remedy("GEN004", name="level", received="95")
    'Change level and run again, for instance 0.95 for a level.'
    """
    return _Words(lang).vformat(_entry(code, "remedy", lang), (), params)


def text(key: str, lang: str = FALLBACK, /, **params: Any) -> str:
    """A sentence or word of the catalogue that belongs to no code.

    Parameters
    ----------
    key : str
        Key under ``[text]`` of a file in ``messages/``.
    lang : str, default FALLBACK
        Language of the words: "en" or "id".
    **params : Any
        Values of the placeholders; one that is not given reads ``?``.

    Returns
    -------
    str
        The text with its placeholders filled in.

    Raises
    ------
    KeyError
        No language has the key.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.text("sample.used", "id", used=142, rows_in=152)
    'n = 142 dari 152 baris'
    """
    for entries in catalogues(lang):
        if key in entries["text"]:
            return _Words(lang).vformat(str(entries["text"][key]), (), params)
    raise KeyError(key)


def text_or(key: str, otherwise: str, lang: str = FALLBACK, /, **params: Any) -> str:
    """A text of the catalogue, or a word that comes from elsewhere as it is.

    Parameters
    ----------
    key : str
        Key under ``[text]`` of a file in ``messages/``.
    otherwise : str
        What stands for a key that no language has.
    lang : str, default FALLBACK
        Language of the words: "en" or "id".
    **params : Any
        Values of the placeholders; one that is not given reads ``?``.

    Returns
    -------
    str
        The text with its placeholders filled in, or ``otherwise``.

    Examples
    --------
    >>> from umkm_stats import messages
    >>> messages.text_or("reason.missing", "missing", "en")
    'missing answers'
    >>> messages.text_or("reason.my_own", "my own reason", "en")
    'my own reason'
    """
    try:
        return text(key, lang, **params)
    except KeyError:
        return otherwise
