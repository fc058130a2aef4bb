"""Checking an instrument file: faults of the definition first, then the wording and measurement rules."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.errors import Place, Severity, UmkmError
from umkm_stats.instrument import _consistency, _loading, _wording
from umkm_stats.instrument._error import spoken
from umkm_stats.instrument._questions import Item, Question
from umkm_stats.instrument._tree import Tree, read_file, read_tree, walk
from umkm_stats.results import Note, jsonable

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument._instrument import Instrument

SEVERITY: dict[str, Severity] = {
    "INS101": "warning",
    "INS102": "warning",
    "INS103": "warning",
    "INS104": "note",
    "INS105": "note",
    "INS106": "note",
    "INS107": "note",
    "INS108": "warning",
    "INS109": "note",
    "INS110": "warning",
    "INS111": "warning",
    "INS112": "warning",
    "INS113": "note",
    "INS114": "note",
    "INS115": "warning",
    "INS116": "note",
    "INS117": "warning",
    "INS118": "warning",
    "INS119": "warning",
    "INS120": "note",
    "INS121": "warning",
    "INS122": "warning",
    "INS123": "warning",
    "INS124": "warning",
    "INS125": "warning",
    "INS170": "note",
    "INS141": "warning",
    "INS142": "warning",
    "INS143": "note",
    "INS146": "warning",
}

LONGEST_MINUTES = 25.0
DATE_LIKE = re.compile(
    r"^\s*\d{1,4}\s*[-/–.]\s*\d{1,4}\s*$|^\s*\d{1,2}\s+(jan|feb|mar|apr|mei|may|jun|jul|a[gu]{2}|sep|o[kc]t|nov|de[sc])",
    re.I,
)
SPSS_WORDS = {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at in an instrument file.

    Attributes
    ----------
    code : str
        Code of the catalogue, such as ``INS112``.
    severity : Severity
        "error" stops the work, "warning" and "note" do not.
    place : Place
        File, line, key and item.
    params : Mapping[str, Any]
        Values of the placeholders of its sentence.

    Examples
    --------
    >>> from umkm_stats.instrument import check
    >>> finding = check("msme_colombia").findings[0]
    >>> finding.code, finding.severity, finding.place.file
    ('INS115', 'warning', 'instrument.yaml')
    """

    code: str
    severity: Severity
    place: Place
    params: Mapping[str, Any]

    def message(self, lang: str = "en") -> str:
        """What is wrong.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            The sentence of the catalogue, its placeholders filled in.

        Examples
        --------
        >>> from umkm_stats.errors import Place
        >>> from umkm_stats.instrument import Finding
        >>> Finding("INS126", "error", Place(), {"received": "int"}).message()[:50]
        'An instrument was expected, not int.'
        """
        return messages.message(self.code, lang, **spoken(self.params, lang))

    def remedy(self, lang: str = "en") -> str:
        """What to do.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            The advice of the catalogue, its placeholders filled in.

        Examples
        --------
        >>> from umkm_stats.errors import Place
        >>> from umkm_stats.instrument import Finding
        >>> len(Finding("INS126", "error", Place(), {"received": "int"}).remedy()) > 0
        True
        """
        return messages.remedy(self.code, lang, **spoken(self.params, lang))


@dataclass(frozen=True, eq=False)
class Checked:
    """What ``check`` found in an instrument file, by line.

    Attributes
    ----------
    findings : tuple[Finding, ...]
        What to look at, in the order of the file.
    instrument : Instrument or None
        The instrument; None when the definition itself is wrong.
    file : str
        Bare name of the file.
    notes : tuple[Note, ...]
        None: everything found is a finding.
    sample : None
        None: an instrument has no rows.
    seed : None
        None: nothing is drawn.

    Examples
    --------
    >>> from umkm_stats.instrument import check
    >>> checked = check("msme_colombia")
    >>> checked.ok, checked.instrument.name
    (True, 'msme_colombia')
    """

    findings: tuple[Finding, ...]
    instrument: Instrument | None
    file: str
    notes: tuple[Note, ...] = ()
    sample: None = None
    seed: None = None

    @property
    def ok(self) -> bool:
        """Whether nothing stops the work: no finding is an error.

        Examples
        --------
        >>> from umkm_stats.instrument import check
        >>> check("msme_colombia").ok
        True
        """
        return not any(finding.severity == "error" for finding in self.findings)

    def tidy(self, lang: str = "en") -> pd.DataFrame:
        """The findings as a frame.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        pandas.DataFrame
            One row a finding, in the order of the file:

            - ``code``: code of the catalogue, such as ``INS112``.
            - ``severity``: "error" stops the work, "warning" and "note" do not.
            - ``line``: line of the file, from 1; missing when the finding has none.
            - ``key``: key of the file.
            - ``item``: code of the question.
            - ``message``: what is wrong, in the language.
            - ``remedy``: what to do, in the language.

        Examples
        --------
        >>> from umkm_stats.instrument import check
        >>> checked = check("msme_colombia")
        >>> checked.tidy()[["code", "severity"]].drop_duplicates().values.tolist()
        [['INS115', 'warning']]
        """
        import pandas as pd

        columns = ["code", "severity", "line", "key", "item", "message", "remedy"]
        rows = [
            (f.code, f.severity, f.place.line, f.place.key, f.place.item, f.message(lang), f.remedy(lang))
            for f in self.findings
        ]
        return pd.DataFrame(rows, columns=columns).astype({"line": "Int64"})

    def glance(self) -> pd.DataFrame:
        """Number of findings by severity.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``error``: findings that stop the work.
            - ``warning``: findings to change or to answer for.
            - ``note``: findings to know of.

        Examples
        --------
        >>> from umkm_stats.instrument import check
        >>> checked = check("msme_colombia")
        >>> int(checked.glance()["error"].iloc[0])
        0
        """
        import pandas as pd

        counts = {
            sort: sum(f.severity == sort for f in self.findings) for sort in ("error", "warning", "note")
        }
        return pd.DataFrame([counts])

    def summary(self, lang: str = "en") -> str:
        """Every finding with its line and remedy, or that there is none.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            One line a finding.

        Examples
        --------
        >>> from umkm_stats.instrument import check
        >>> print(check("msme_colombia").summary().splitlines()[0][:34])
        INS115 warning, file instrument.ya
        """
        if not self.findings:
            return messages.text("instrument.check.clean", lang, file=self.file)
        lines = []
        for f in self.findings:
            severity = messages.text(f"instrument.check.{f.severity}", lang)
            where = f.place.describe(lang)
            lines.append(f"{f.code} {severity}, {where}: {f.message(lang)} {f.remedy(lang)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The findings as plain values.

        Returns
        -------
        dict[str, Any]
            Keys ``file`` and ``findings`` (a list of the rows of ``tidy``).

        Examples
        --------
        >>> from umkm_stats.instrument import check
        >>> sorted(check("msme_colombia").to_dict())
        ['file', 'findings']
        """
        return {"file": self.file, "findings": jsonable(self.tidy().to_dict("records"))}


def check(name_or_path: str | Path) -> Checked:
    """Check an instrument: definition, wording, keying, identification, spelling.

    Faults of the definition are findings of severity *error* with their line, key and remedy; the rest are
    warnings and notes. Nothing is changed.

    Parameters
    ----------
    name_or_path : str or Path
        Bundled name, file or folder.

    Returns
    -------
    Checked
        The findings and, when the definition is sound, the instrument.

    Raises
    ------
    UsageError
        INS001, INS006: no such instrument.
    UmkmError
        INS002-INS005, INS007, INS008: the file cannot be read.

    Examples
    --------
    >>> from umkm_stats.instrument import check
    >>> check("msme_colombia").ok
    True
    """
    path = _loading.locate(name_or_path)
    text, _ = read_file(path)
    return check_text(text, file=path.name)


def check_text(text: str, *, file: str = _loading.FILE) -> Checked:
    """``check`` for YAML text."""
    tree = read_tree(text, file)
    instrument, faults = _loading.build(tree)
    found = [Finding(fault.code, "error", fault.place, fault.params) for fault in faults]
    if instrument is not None and not faults:
        found += sorted(_rules(instrument, tree), key=lambda f: (f.place.line or 0, f.code))
        return Checked(tuple(found), instrument, file)
    return Checked(tuple(found), None, file)


def _finding(rule: str, tree: Tree, path: tuple[Any, ...], item: str | None = None, **params: Any) -> Finding:
    place = tree.place(path)
    return Finding(
        rule, SEVERITY[rule], Place(file=place.file, line=place.line, key=place.key, item=item), params
    )


def _rules(instrument: Instrument, tree: Tree) -> Iterator[Finding]:
    for index, question in enumerate(instrument.questions):
        if isinstance(question, Item):
            yield from _item(instrument, tree, index, question)
        yield from _question(instrument, tree, index, question)
    yield from _unused_languages(instrument, tree)
    for code, place, item, params in _consistency.remarks(instrument):
        yield _finding(code, tree, place, item, **params)
    yield from _doubles(instrument, tree)
    yield from _constructs(instrument, tree)
    yield from _texts(instrument, tree)
    yield from _coverage(instrument, tree)


def _unused_languages(instrument: Instrument, tree: Tree) -> Iterator[Finding]:
    """Texts in a language that ``languages`` does not name are kept in the file and never shown."""
    lines = [path for path, value in walk(tree.data) if path and path[-1] in messages.languages() and value]
    unused = sorted({str(path[-1]) for path in lines} - set(instrument.languages))
    if unused:
        first = next(path for path in lines if path[-1] == unused[0])
        yield _finding("INS170", tree, first, languages=unused)


def _item(instrument: Instrument, tree: Tree, index: int, item: Item) -> Iterator[Finding]:
    path: tuple[Any, ...] = ("questions", index)
    business = instrument.name in _loading.available_instruments()
    for language, text in item.text.items():
        where = (*path, "text", language)
        for code, rule in _wording.RULES.items():
            if code in _wording.FOR_OWNERS and (not business or item.role == "marker"):
                continue
            if code == "INS103" and item.reverse and not business:
                continue  # a reverse-keyed item may deny: that is how it runs the other way
            broken = rule(text, language)
            if broken:
                yield _finding(code, tree, where, item.code, words=broken, text=text)
        for word in _wording.found(text, _avoided(instrument, item, language)):
            yield _finding("INS125", tree, where, item.code, word=word, construct=item.construct)
    bound = () if not business else _wording.found(item.text.get("id", ""), _wording.CRAFT_BOUND["id"])
    scale = item.response_scale
    if bound and not item.not_applicable and scale is not None and scale.not_applicable is not None:
        yield _finding("INS105", tree, path, item.code, words=bound)
    prefixes = [item.construct, *([item.dimension] if item.dimension else [])]
    named = re.sub(r"\d+$", "", item.code)
    sourced = instrument.source is not None and bool(instrument.source.sections)
    if sourced and item.source is None and item.role != "marker":  # a marker has no passage by nature
        yield _finding("INS119", tree, path, item.code)
    if named in SPSS_WORDS or (instrument.references and not any(item.code.startswith(p) for p in prefixes)):
        yield _finding("INS116", tree, (*path, "code"), item.code, code=item.code, expected=prefixes)


def _avoided(instrument: Instrument, item: Item, language: str) -> tuple[str, ...]:
    construct = instrument.construct(item.construct)
    words = list(construct.avoid.get(language, ()))
    for dimension in construct.dimensions:
        if dimension.code == item.dimension:
            words += dimension.avoid.get(language, ())
    return tuple(words)


def _question(instrument: Instrument, tree: Tree, index: int, question: Question) -> Iterator[Finding]:
    path: tuple[Any, ...] = ("questions", index)
    texts = [question.text.get(language, "") for language in instrument.languages]
    if len(texts) > 1 and len(set(texts)) == 1 and len(texts[0].split()) > 1:
        yield _finding("INS120", tree, (*path, "text"), question.code, languages=list(instrument.languages))
    for number, choice in enumerate(question.choices):
        for language, label in choice.label.items():
            if DATE_LIKE.match(label):
                yield _finding(
                    "INS118", tree, (*path, "choices", number, "label", language), question.code, label=label
                )


def _doubles(instrument: Instrument, tree: Tree) -> Iterator[Finding]:
    for language in instrument.languages:
        seen: list[tuple[str, str]] = []
        for index, question in enumerate(instrument.questions):
            text = re.sub(r"\W+", " ", question.text.get(language, "").lower()).strip()
            where = ("questions", index, "text", language)
            for code, earlier in seen:
                if text == earlier:
                    yield _finding("INS112", tree, where, question.code, other=code)
                    break
                if isinstance(question, Item) and _alike(text, earlier):
                    yield _finding("INS113", tree, where, question.code, other=code)
                    break
            if text:
                seen.append((question.code, text))


def _alike(one: str, two: str) -> bool:
    """Nearly the same sentence: all words but one are shared, in order, and the sentences are of some
    length."""
    first, second = one.split(), two.split()
    if min(len(first), len(second)) < 6 or abs(len(first) - len(second)) > 1:
        return False
    matcher = difflib.SequenceMatcher(a=first, b=second, autojunk=False)
    return matcher.ratio() > 1 - 1.2 / max(len(first), len(second))


def _constructs(instrument: Instrument, tree: Tree) -> Iterator[Finding]:
    short = [form.code for form in instrument.forms][:-1]
    for index, construct in enumerate(instrument.constructs):
        path: tuple[Any, ...] = ("constructs", index)
        own = [item for item in instrument.items if item.construct == construct.code]
        if not own:
            yield _finding("INS123", tree, path, construct=construct.code)
            continue
        if construct.kind != "reflective":
            continue
        reverse = [item.code for item in own if item.reverse]
        if reverse and not len(own) <= len(reverse) * 4 <= 3 * len(own):
            yield _finding("INS114", tree, path, construct=construct.code, reverse=reverse, k=len(own))
        early = [
            item.code
            for item in own
            if item.reverse and (set(item.forms) & set(short) or (short and not item.forms))
        ]
        if early:
            yield _finding("INS121", tree, path, construct=construct.code, reverse=early)
        for form in [entry.code for entry in instrument.forms] or [""]:
            asked = [item for item in own if not form or not item.forms or form in item.forms]
            if 0 < len(asked) < 3:
                yield _finding("INS115", tree, path, code=construct.code, k=len(asked), form=form or "-")
                break
            for j, dimension in enumerate(construct.dimensions):
                members = [item for item in asked if item.dimension == dimension.code]
                if len(members) == 1:
                    place = (*path, "dimensions", j)
                    yield _finding("INS115", tree, place, code=dimension.code, k=1, form=form or "-")


def _texts(instrument: Instrument, tree: Tree) -> Iterator[Finding]:
    quoted = {"quote", "citation", "references", "synonyms", "aliases", "avoid", "url", "name"}
    for path, value in walk(tree.data):
        if not isinstance(value, str) or set(path) & quoted:
            continue
        if path and path[-1] == "id":
            for word, wanted in _wording.misspelt(value):
                yield _finding("INS117", tree, path, word=word, wanted=wanted)
        live = value[:1] in ("=", "+", "@") or (value[:1] == "-" and len(value) > 1)
        if live and path and path[-1] in instrument.languages:
            yield _finding("INS124", tree, path, text=value[:40])


def _coverage(instrument: Instrument, tree: Tree) -> Iterator[Finding]:
    for index, form in enumerate(instrument.forms):
        minutes = instrument.minutes(form.code)
        if minutes > LONGEST_MINUTES:
            yield _finding(
                "INS122", tree, ("forms", index), form=form.code, minutes=minutes, limit=LONGEST_MINUTES
            )
    for index, model in enumerate(instrument.models):
        try:
            instrument.model_syntax(model.key, measurement="items")
        except UmkmError as fault:
            yield _finding(
                "INS123", tree, ("models", index), construct=str(fault.params.get("construct", model.key))
            )
