"""Changes of page 2 written into the instrument file: columns to variables, new variables, scale order."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from umkm_stats import messages
from umkm_stats.app import _columns, _instrument, _models
from umkm_stats.app._choices import listed, single
from umkm_stats.app._columns import Column
from umkm_stats.app._folder import Folder
from umkm_stats.responses.drafting._names import numbered, slug


class Editing:
    """One change of the instrument document. Everything that is not touched stays as it is written."""

    def __init__(self, folder: Folder, document: Any, lang: str) -> None:
        self.folder = folder
        self.document = document
        self.lang = lang
        self.record = _columns.record_of(folder)
        self.state = folder.state
        self.waiting: list[dict[str, str]] = [dict(entry) for entry in self.state.get("waiting") or []]
        self.targets: dict[str, str] = dict(self.state.get("targets") or {})
        self.made: list[str] = list(self.state.get("made") or [])  # scales whose order nobody has said yet
        self.numbered: dict[str, str] = dict(self.state.get("numbered") or {})  # letter -> code given here
        self.moved = False
        self._begin()
        self._draft: Any = None

    def _begin(self) -> None:
        """What every instrument file needs, where it is not there yet."""
        document = self.document
        if "schema" not in document:
            name = str(self.state.get("name") or "kuesioner")
            document["schema"] = "umkm-instrument/1"
            document["name"] = slug(_named(name))
            document["version"] = "0.1.0"
            document["languages"] = [self.lang]
            document["title"] = {self.lang: name}
            document["response_scales"] = {}
        for part in ("sections", "constructs", "questions"):
            if not isinstance(document.get(part), list):
                document[part] = []
        self.tongues = _instrument.languages(document)
        self.labels = self._labels()

    def _labels(self) -> dict[str, dict[str, str]]:
        """Language → code → name of every variable as it stands."""
        constructs = self.document["constructs"]
        return {
            tongue: {str(c.get("code")): _instrument.label_of(c, tongue) for c in constructs}
            for tongue in self.tongues
        }

    @property
    def draft(self) -> Any:
        """The draft of this file."""
        if self._draft is None:
            self._draft = _columns.drafted(self.folder)
        return self._draft

    def texts(self, text: str) -> dict[str, str]:
        """A text in every language of the file."""
        return dict.fromkeys(self.tongues, text)

    def add_variable(self, label: str, role: str = "other") -> str:
        """A variable that waits for its first column; returns its code. Without a name it is numbered."""
        taken = _instrument.codes(self.document)
        for entry in self.waiting:
            taken.take(entry["code"])
        if label:
            code = taken.take(_instrument.new_code(self.document, label))
        else:
            number = len(self.document["constructs"]) + len(self.waiting) + 1
            while not taken.free(f"V{number}"):
                number += 1
            code, label = taken.take(f"V{number}"), messages.text("draft.variable", self.lang, number=number)
        self.waiting.append({"code": code, "label": label, "role": role})
        return code

    def assign(self, column: Column, target: str) -> None:
        """Make a column what ``target`` says: a variable's code or one of ``OTHER``."""
        self.targets[column.letter] = target
        questions = self.document["questions"]
        at = _instrument.placed(self.document, self.record["columns"]).get(column.letter)
        if target in ("ignore", "time") or (target == "personal" and self._known_personal(column)):
            if at is not None:
                del questions[at]
            return
        if target in ("profile", "personal"):
            made = self._aside(column, target)
            if at is None:
                questions.append(made)
            else:
                made["code"] = questions[at]["code"]
                questions[at] = made
            return
        if at is not None and questions[at].get("kind") == "multiple":  # a box that is an item of its own
            del questions[at]
            at = None
        section = self._construct(target)
        self.moved = True
        if at is not None and questions[at].get("construct"):
            questions[at]["construct"] = target
            questions[at]["section"] = section
            questions[at].pop("dimension", None)
            return
        made = self._item(column, target, section)
        if at is None:
            questions.append(made)
        else:
            made["code"] = questions[at]["code"]
            questions[at] = made

    def _known_personal(self, column: Column) -> bool:
        """Whether the reader takes the column for personal data by itself."""
        return column.personal

    def _construct(self, code: str) -> str:
        """Make sure that the variable stands in the file; the code of its section."""
        known = {str(entry.get("code")): entry for entry in self.document["constructs"]}
        if code not in known:
            waited = next((entry for entry in self.waiting if entry["code"] == code), None)
            label = waited["label"] if waited else code
            role = waited["role"] if waited else "other"
            self.document["constructs"].append({"code": code, "label": self.texts(label), "role": role})
            self.waiting = [entry for entry in self.waiting if entry["code"] != code]
        for question in self.document["questions"]:
            if question.get("construct") == code and question.get("section"):
                return str(question["section"])
        label = next(
            _instrument.label_of(e, self.lang) for e in self.document["constructs"] if e.get("code") == code
        )
        return self._section(_instrument.section_of(code), label)

    def _section(self, code: str, title: str) -> str:
        if code not in {str(entry.get("code")) for entry in self.document["sections"]}:
            self.document["sections"].append({"code": code, "title": self.texts(title)})
        return code

    def _from_draft(self, column: Column) -> Any:
        at = _instrument.placed(self.draft, self.record["columns"]).get(column.letter)
        return None if at is None else copy.deepcopy(self.draft["questions"][at])

    def _item(self, column: Column, construct: str, section: str) -> Any:
        made = self._from_draft(column)
        if made is not None and made.get("scale"):
            name = str(made["scale"])
            known = self.document.setdefault("response_scales", {})
            if name not in known:
                known[name] = copy.deepcopy(self.draft["response_scales"][name])
            made["construct"], made["section"] = construct, section
            return made
        known = made is not None and made.get("kind") != "multiple"
        code = str(made["code"]) if known else self._code(column, construct)
        return {
            "code": code,
            "section": section,
            "construct": construct,
            "scale": self._scale(column, construct),
            "text": self.texts(_text(column)),
            "aliases": [_alias(column, self.record)],
        }

    def _code(self, column: Column, construct: str) -> str:
        number = 1 + sum(q.get("construct") == construct for q in self.document["questions"])
        wished = numbered(construct, number)
        code = _instrument.codes(self.document).take(wished, f"{construct}_{number}", "V1")
        self.numbered[column.letter] = code
        return code

    def _renumber(self) -> None:
        """Codes that no heading has follow their variable, in the order of the columns: what moved from V1
        to V2 is no longer "V1.7", and V1 counts on without a gap."""
        guesses = self.record.get("guesses") or {}
        questions, given = self.document["questions"], []
        at = _instrument.placed(self.document, self.record["columns"])
        for column in self.record["columns"]:
            letter, heading = str(column["letter"]), str(column["name"]).casefold()
            question = questions[at[letter]] if letter in at else {}
            code = str(question.get("code"))
            known = (self.numbered.get(letter), (guesses.get(letter) or {}).get("code"))
            if question.get("construct") and code in known and code.casefold() not in heading:
                given.append((letter, question))
        taken = _instrument.codes(self.document, without=[question for _, question in given])
        count: dict[str, int] = {}
        for letter, question in given:
            construct = str(question["construct"])
            count[construct] = count.get(construct, 0) + 1
            while not taken.free(numbered(construct, count[construct])):
                count[construct] += 1
            question["code"] = taken.take(numbered(construct, count[construct]))
            self.numbered[letter] = str(question["code"])

    def _scale(self, column: Column, construct: str) -> str:
        """The scale of the variable's other items, of the file, or one made from the answers in the order in
        which they are asked about."""
        default = self.document.get("default_scale")
        for question in self.document["questions"]:
            if question.get("construct") == construct:
                return str(question.get("scale") or default)
        if default:
            return str(default)
        known = self.document.setdefault("response_scales", {})
        name = f"skala{len(known) + 1}"
        words = self._words(column)
        if column.numeric:
            seen = [int(float(word)) for word in words if _whole(word)]
            low, high = (min(seen), max(seen)) if seen else (1, 5)
            known[name] = {"kind": "numeric", "values": list(range(low, max(high, low + 1) + 1))}
        else:
            values = list(range(1, len(words) + 1))
            labels = {tongue: dict(zip(values, words, strict=True)) for tongue in self.tongues}
            known[name] = {"kind": "agreement", "values": values, "labels": labels}
            self.made.append(name)
        self.document["default_scale"] = name
        return name

    def _words(self, column: Column) -> list[str]:
        """The answers of a column, then those of columns that are answered with much the same words."""
        given = {
            c["letter"]: [str(word) for word, _ in c.get("answers") or []] for c in self.record["columns"]
        }
        words = list(given.get(column.letter) or [word for word, _ in column.answers])
        for others in [] if column.numeric else given.values():
            if len(set(others) & set(words)) >= max(2, len(others) / 2):
                words += [word for word in others if word not in words]
        counted = [re.search(r"\d+", word) for word in words]
        if all(
            counted
        ):  # "A1" … "A5" of an export in codes: as they are numbered, until somebody says otherwise
            words.sort(key=lambda word: (int(re.findall(r"\d+", word)[0]), word))
        return words

    def _aside(self, column: Column, target: str) -> Any:
        """A question about the person or firm, or one whose answers are kept apart."""
        made = self._from_draft(column) if target == "profile" else None
        section = self._section(_instrument.PROFILE, "Profil" if self.lang == "id" else "Profile")
        if made is not None and not made.get("construct"):
            made["section"] = section
            return made
        code = column.code or self._code(column, "P")
        out = {
            "code": code,
            "section": section,
            "kind": "number" if column.numeric and target == "profile" else "text",
            "required": False,
            "text": self.texts(_text(column)),
            "aliases": [_alias(column, self.record)],
        }
        return {**out, "personal": True} if target == "personal" else out

    def reverse(self, column: Column, wanted: bool) -> None:
        """Mark an item as negative, or take the mark away."""
        at = _instrument.placed(self.document, self.record["columns"]).get(column.letter)
        if at is None:
            return
        if wanted:
            self.document["questions"][at]["reverse"] = True
        else:
            self.document["questions"][at].pop("reverse", None)

    def several(self, column: Column, many: bool) -> None:
        """State whether the cells of a column hold several answers, which are then counted one by one."""
        at = _instrument.placed(self.document, self.record["columns"]).get(column.letter)
        if at is None:
            return
        question = self.document["questions"][at]
        given = next(c for c in self.record["columns"] if c["letter"] == column.letter)
        counts = {str(word): int(count) for word, count in given.get("answers") or []}
        whole = int(given.get("distinct") or 0) <= len(counts)  # the record holds every answer
        drafted = self._from_draft(column)
        if many and drafted is not None and drafted.get("kind") == "multiple":
            question["kind"], question["choices"] = "multiple", drafted["choices"]
            return
        made = (
            listed(counts, self.tongues, whole=whole) if many else single(counts, self.tongues, whole=whole)
        )
        if many and not made:
            return
        question["kind"] = "multiple" if many else "choice" if made else "text"
        question.pop("choices", None)
        if made:
            question["choices"] = made

    def rescale(self, column: Column, name: str) -> None:
        """Another scale for an item."""
        at = _instrument.placed(self.document, self.record["columns"]).get(column.letter)
        if at is not None and name in (self.document.get("response_scales") or {}):
            self.document["questions"][at]["scale"] = name

    def _names(self) -> dict[str, str]:
        """Code → name of every variable as it stands."""
        now = {str(e.get("code")): _instrument.label_of(e, self.lang) for e in self.document["constructs"]}
        return now | {entry["code"]: entry["label"] for entry in self.waiting}

    def bearer(self, name: str) -> str:
        """The code of the variable that bears a name; "" when none does."""
        return next((code for code, label in self._names().items() if _same(label) == _same(name)), "")

    def named(self, wanted: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Code → name of every variable as the form has it, and (name, code of the variable that bears it
        already) of those that would be the second of that name: they keep the name they had."""
        now = self._names()
        after = now | {code: label or code for code, label in wanted.items() if code in now}
        refused: list[tuple[str, str]] = []
        while True:
            first: dict[str, str] = {}
            for code in sorted(
                after, key=lambda one: after[one] != now[one]
            ):  # who bears it already is first
                first.setdefault(_same(after[code]), code)
            second = [
                code for code in after if first[_same(after[code])] != code and after[code] != now[code]
            ]
            if not second:
                return after, refused
            refused += [(after[code], first[_same(after[code])]) for code in second]
            after |= {code: now[code] for code in second}

    def describe(self, code: str, label: str, role: str) -> None:
        """Name and role of a variable."""
        for waited in self.waiting:
            if waited["code"] == code:
                waited |= {"label": label or code, "role": role}
        for entry in self.document["constructs"]:
            if str(entry.get("code")) == code:
                texts: Any = entry.get("label")
                tongue = self.lang if isinstance(texts, Mapping) and self.lang in texts else self.tongues[0]
                if label and isinstance(texts, dict) and texts.get(tongue) != label:
                    texts[tongue] = label
                if entry.get("role", "other") != role:
                    entry["role"] = role

    def tidy(self) -> None:
        """Variables without a column wait beside the file; models that name them are taken out."""
        if self.moved:
            self._renumber()
        _models.renamed(self.document, self.labels, self._labels())
        used = {str(q.get("construct")) for q in self.document["questions"] if q.get("construct")}
        kept = []
        for entry in self.document["constructs"]:
            code = str(entry.get("code"))
            if code in used:
                kept.append(entry)
            else:
                label = _instrument.label_of(entry, self.lang)
                self.waiting.append({"code": code, "label": label, "role": str(entry.get("role") or "other")})
        if len(kept) != len(self.document["constructs"]):
            gone = {str(e.get("code")) for e in self.document["constructs"]} - used
            for place in reversed(range(len(self.document["constructs"]))):
                if str(self.document["constructs"][place].get("code")) in gone:
                    del self.document["constructs"][place]
            self._without_models(gone)
        filled = {str(q.get("section")) for q in self.document["questions"]}
        for place in reversed(range(len(self.document["sections"]))):
            if str(self.document["sections"][place].get("code")) not in filled:
                del self.document["sections"][place]

    def _without_models(self, gone: set[str]) -> None:
        models = _instrument.entries(self.document, "models")
        for place in reversed(range(len(models))):
            named = {str(c) for part in ("x", "m", "y") for c in models[place].get(part) or []}
            if (named | {str(models[place].get("moderator"))}) & gone:
                del models[place]
        hypotheses = _instrument.entries(self.document, "hypotheses")
        left = {str(model.get("key")) for model in models}
        for place in reversed(range(len(hypotheses))):
            asked = hypotheses[place]
            if {str(c) for c in asked.get("constructs") or []} & gone or (
                asked.get("models") and not {str(m) for m in asked["models"]} <= left
            ):
                del hypotheses[place]


def _named(name: str) -> Any:
    from pathlib import PurePath

    return PurePath(name)


def _text(column: Column) -> str:
    return " ".join(column.heading.split())[:400] or column.letter


def _alias(column: Column, record: Mapping[str, Any]) -> str:
    """The heading, or the letter where the heading is withheld, long or not the only one of its kind."""
    same = [c for c in record["columns"] if str(c["name"]).casefold() == column.heading.casefold()]
    plain = column.heading and column.heading != "***" and len(same) == 1 and len(column.heading) <= 900
    return column.heading if plain else f"[{column.letter}]"


def _whole(word: str) -> bool:
    return word.lstrip("-").replace(".0", "").isdigit()


def _same(name: str) -> str:
    """A name as it is compared with others."""
    return " ".join(name.split()).casefold()
