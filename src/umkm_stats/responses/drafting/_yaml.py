"""The draft as the text of an instrument file, with remarks that say what to look at."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from umkm_stats import messages
from umkm_stats._version import __version__
from umkm_stats.responses import _text
from umkm_stats.responses.drafting._scales import Scale


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One question of the file: code, construct (or ""), scale, text, aliases, reverse, remark."""

    code: str
    construct: str
    scale: str
    text: str
    aliases: tuple[str, ...]
    reverse: bool
    remark: str


@dataclass(frozen=True, slots=True)
class BackgroundLine:
    """A question about the person or the firm: kind and, for closed ones, value → label."""

    code: str
    kind: str
    text: str
    aliases: tuple[str, ...]
    choices: dict[int, str]
    remark: str
    personal: bool = False
    synonyms: dict[int, str] = field(default_factory=dict)
    other: int | None = None


@dataclass(frozen=True, slots=True)
class ConstructLine:
    """A construct: code, label, role and remark."""

    code: str
    label: str
    role: str
    remark: str


def quoted(text: str) -> str:
    """A YAML scalar that is read back as this very text."""
    return json.dumps(text, ensure_ascii=False)


def text_of(
    *,
    name: str,
    title: str,
    language: str,
    lang: str,
    head: list[str],
    scales: list[tuple[str, Scale]],
    constructs: list[ConstructLine],
    items: list[ItemLine],
    background: list[BackgroundLine],
    unused: list[str],
    model: dict[str, list[str]],
) -> str:
    """The whole file."""

    def say(key: str, **values: object) -> str:
        return messages.text(f"draft.yaml.{key}", lang, **values)

    def note(remark: str) -> str:
        return f"  # {_line(remark)}" if remark else ""

    out = ["schema: umkm-instrument/1"]
    out += [f"# {_line(line)}" for line in head]
    out += [
        f"name: {name}",
        'version: "0.1.0"',
        f"languages: [{language}]",
        f"title: {{{language}: {quoted(title)}}}",
        f"default_scale: {scales[0][0]}",
        "",
        "response_scales:",
    ]
    for key, scale in scales:
        out.append(f"  {key}:{note('; '.join(say('scale_' + ask) for ask in scale.asks))}")
        out.append(f"    kind: {scale.kind}")
        out.append(f"    values: [{', '.join(map(str, scale.values))}]")
        if scale.words:
            words = ", ".join(f"{v}: {quoted(w)}" for v, w in sorted(scale.words.items()))
            out.append(f"    labels: {{{language}: {{{words}}}}}")
            short = _short(scale) if language == "id" else {}
            if short:
                told = ", ".join(f"{value}: {quoted(word)}" for value, word in short.items())
                out.append(f"    short: {{{language}: {{{told}}}}}")
        if scale.synonyms:
            said = ", ".join(f"{quoted(w)}: {v}" for w, v in scale.synonyms.items())
            out.append(f"    synonyms: {{{said}}}")
    out += ["", "sections:"]
    for construct in constructs:
        out.append(
            f"  - {{code: {section(construct.code)}, title: {{{language}: {quoted(construct.label)}}}}}"
        )
    if background:
        out.append(f"  - {{code: PROFIL, title: {{{language}: {quoted(say('profile'))}}}}}")
    out += ["", "constructs:"]
    for c in constructs:
        label = f"{{{language}: {quoted(c.label)}}}"
        out.append(f"  - {{code: {c.code}, label: {label}, role: {c.role}}}{note(c.remark)}")
    out += ["", "questions:"]
    for item in items:
        out.append(f"  - code: {item.code}{note(item.remark)}")
        out.append(f"    section: {section(item.construct)}")
        out.append(f"    construct: {item.construct}")
        out.append(f"    scale: {item.scale}")
        out.append(f"    text: {{{language}: {quoted(item.text)}}}")
        out.append(f"    aliases: [{', '.join(quoted(a) for a in item.aliases)}]")
        if item.reverse:
            out.append("    reverse: true")
    for asked in background:
        out.append(f"  - code: {asked.code}{note(asked.remark)}")
        out.append("    section: PROFIL")
        out.append(f"    kind: {asked.kind}")
        out.append("    required: false")
        out.append(f"    text: {{{language}: {quoted(asked.text)}}}")
        out.append(f"    aliases: [{', '.join(quoted(a) for a in asked.aliases)}]")
        if asked.choices:
            out.append("    choices:")
            for value, label in asked.choices.items():
                more = f", synonyms: [{quoted(asked.synonyms[value])}]" if value in asked.synonyms else ""
                more += ", other: true" if value == asked.other else ""
                out.append(f"      - {{value: {value}, label: {{{language}: {quoted(label)}}}{more}}}")
    out.append("")
    out += [f"# {_line(line)}" for line in unused]
    out += ["", *(_models(model, say, language))]
    out.append(f"# umkm-stats {__version__}")
    return "\n".join(out) + "\n"


def _short(scale: Scale) -> dict[int, str]:
    """STS … SS, as tables of a thesis are headed; empty for words that are not those of agreement or whose
    first letters are the same."""
    if "agreement" not in scale.kind or len(scale.words) != len(scale.values):
        return {}
    made = {value: _text.initials(word).upper() for value, word in sorted(scale.words.items())}
    if len(set(made.values())) < len(made) or not {"S", "SS"} <= set(made.values()):
        return {}
    return made


def _models(model: dict[str, list[str]], say: object, language: str) -> list[str]:
    assert callable(say)
    lines = [f"# {_line(str(say('models')))}"]
    parts = [f"{part}: [{', '.join(model.get(part) or ['…'])}]" for part in ("x", "m", "y")]
    lines.append("# models:")
    title = quoted(str(say("model_title")))
    lines.append(f"#   - {{key: M1, title: {{{language}: {title}}}, {', '.join(parts)}}}")
    return lines


def section(code: str) -> str:
    """The code of a construct's section."""
    return "B" + re.sub(r"[^A-Za-z0-9]", "", code).upper()[:6]


def _line(text: str) -> str:
    return " ".join(text.split())
