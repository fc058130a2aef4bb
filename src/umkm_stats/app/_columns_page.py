"""Page 2: which column measures what."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from umkm_stats import messages
from umkm_stats.app import _columns, _instrument, _scaling, _study, _yaml
from umkm_stats.app._check_page import write_map
from umkm_stats.app._columns import OTHER, View
from umkm_stats.app._editing import Editing
from umkm_stats.app._folder import DRAFT, MAP, UNDO
from umkm_stats.app._site import Ask
from umkm_stats.errors import Place, UmkmError

KEPT = 20
ROLES = ("other", "x", "m", "y", "moderator")


def document_of(ask: Ask) -> Any:
    """The instrument's plain values; APP021 when it is no YAML."""
    path = ask.folder.instrument
    found = ask.folder.parsed(path, _yaml.read) if path.is_file() else {}
    if not isinstance(found, dict):
        raise _yaml.broken(path, 1, "schema")
    return found


def show(ask: Ask, errors: Any = (), status: int = 200) -> Response:
    """Columns with their guesses, variables, scales, what is asked."""
    if ask.folder.answers is None:
        return ask.go("/file")
    seen = _columns.view(ask.folder, document_of(ask), ask.lang)
    return ask.page(
        "columns.html",
        status=status,
        step="columns",
        errors=errors,
        view=seen,
        other=OTHER,
        roles=ROLES,
        said=lambda code, params: messages.message(code, ask.lang, **params),
        clue=lambda name: messages.text_or(f"draft.clue.{name}", name, ask.lang),
        undo=bool(ask.folder.read_own(UNDO).get("texts")),
        flash=ask.site.cache.pop("flash", ""),
    )


def save(ask: Ask) -> Response:
    """Write what the form says; then what its button asks for."""
    ask.fresh()
    action = ask.value("action")
    if action == "undo":
        return _undo(ask)
    if action == "guess":
        return _guess(ask)
    before = _columns.view(ask.folder, document_of(ask), ask.lang)
    document = _yaml.load(ask.folder.instrument)
    editing = Editing(ask.folder, document, ask.lang)
    twice = _described(ask, before, editing)
    touched = _apply(ask, before, editing)
    kind, _, rest = action.partition(":")
    if kind in ("up", "down", "flip"):
        _scale(ask, before, document, kind, rest)
    for scale in before.scales:
        low, high = ask.value(f"low-{scale.name}"), ask.value(f"high-{scale.name}")
        if low.isdigit() and high.isdigit():
            _scaling.ends(document, scale, int(low), int(high))
    editing.tidy()
    _write(ask, document, editing)
    if touched:
        ask.site.cache["flash"] = ask.t("columns.moved", columns=touched)
    if twice:
        return show(ask, twice, 422)
    if action == "next":
        return _next(ask)
    return ask.go("/columns")


def _described(ask: Ask, before: View, editing: Editing) -> list[UmkmError]:
    """Names and roles of the variables, and the new variable asked for. APP070 for a name that another
    variable bears already: that name is not written, everything else is."""
    wanted = {v.code: ask.value(f"label-{v.code}", v.label)[:120] for v in before.variables}
    names, refused = editing.named(wanted)
    for variable in before.variables:
        if f"label-{variable.code}" in ask.form or f"role-{variable.code}" in ask.form:
            role = ask.value(f"role-{variable.code}", variable.role)
            editing.describe(
                variable.code, names.get(variable.code, ""), role if role in ROLES else variable.role
            )
    label = ask.value("newvar")[:120] if ask.value("action") == "add" else ""
    if label and (other := editing.bearer(label)):
        refused.append((label, other))
    elif label:
        editing.add_variable(label)
    return [UmkmError("APP070", Place(key=other), {"name": name, "other": other}) for name, other in refused]


def _apply(ask: Ask, before: View, editing: Editing) -> list[str]:
    """Every column that differs from what stands; the letters of columns whose variable changed."""
    known = {variable.code for variable in before.variables}
    known |= {entry["code"] for entry in editing.waiting}
    ticked = {str(letter) for letter in ask.form.getlist("tick")}
    together = ask.value("move-to") if ask.value("action") == "move" else ""
    touched = []
    fresh = ""
    for column in before.columns:
        target = ask.value(f"to-{column.letter}", column.target)
        if together and column.letter in ticked:
            target = together
        if target == "new":
            fresh = fresh or editing.add_variable("")
            target = fresh
            known.add(fresh)
        if target != column.target and (target in known or target in OTHER):
            editing.assign(column, target)
            touched.append(column.letter)
        if target not in OTHER and f"to-{column.letter}" in ask.form:
            wanted = ask.value(f"rev-{column.letter}") == "yes"
            if wanted != column.reverse or (touched and touched[-1] == column.letter):
                editing.reverse(column, wanted)
            scale = ask.value(f"scale-{column.letter}", column.scale)
            if column.scale and scale != column.scale:
                editing.rescale(column, scale)
        several = ask.value(f"several-{column.letter}", column.several)
        if target == "profile" and column.several and several != column.several:
            editing.several(column, several == "many")
    return touched


def _scale(ask: Ask, before: View, document: Any, kind: str, rest: str) -> None:
    name, _, place = rest.rpartition(":") if kind != "flip" else (rest, "", "")
    for scale in before.scales:
        if scale.name != name:
            continue
        if kind == "flip":
            _scaling.flip(document, scale)
        elif place.isdigit():
            _scaling.move(document, scale, int(place), -1 if kind == "up" else 1)
        ask.site.cache["flash"] = ask.t("columns.reordered", scale=name, columns=list(scale.columns))


def _write(ask: Ask, document: Any, editing: Editing) -> None:
    path = ask.folder.instrument
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    after = _yaml.text_of(document)
    answered = [
        name.removeprefix("asked-")
        for name in ask.form
        if name.startswith("asked-") and ask.value(name) == "yes"
    ]
    shown = [name.removeprefix("question-") for name in ask.form if name.startswith("question-")]
    kept = [name for name in ask.folder.state.get("answered") or [] if name not in shown]
    if after != before and (document["questions"] or before):
        texts = [*(ask.folder.read_own(UNDO).get("texts") or []), before][-KEPT:]
        ask.folder.write_own(UNDO, {"texts": texts})
        ask.folder.write(path, after)
    ask.folder.note(
        waiting=editing.waiting,
        targets=editing.targets,
        answered=sorted({*kept, *answered}),
        made=editing.made,
        numbered=editing.numbered,
    )
    if before:
        _words_follow(ask, _yaml.of_text(before), document)


def _words_follow(ask: Ask, before: Any, after: Any) -> None:
    """Words that map.yaml explains stay with their column when its item has another code, and with the word
    of the scale that they were said to mean when its words change places."""
    old, new = _placed(ask, before), _placed(ask, after)
    turned = _turned(before, after)
    default = str(before.get("default_scale") or "")
    moves = {
        str(entry.get("code")): (
            str(new[letter].get("code")),
            turned.get(str(entry.get("scale") or default), {}),
        )
        for letter, entry in old.items()
        if letter in new
    }
    told = _study.plain(ask.folder, MAP).get("answers")
    if not isinstance(told, Mapping) or all(
        code == moves.get(str(code), (code,))[0] and not moves.get(str(code), ("", {}))[1] for code in told
    ):
        return

    def edit(document: Any) -> None:
        words, kept = document["answers"], {}
        for code in list(words):
            name, values = moves.get(str(code), (str(code), {}))
            kept[name] = words.pop(code)
            for word, value in kept[name].items():
                kept[name][word] = values.get(value, value)
        words.update(kept)

    write_map(ask, edit)


def _placed(ask: Ask, document: Any) -> dict[str, Any]:
    """Letter of a column → its question."""
    questions = _instrument.entries(document, "questions")
    columns = _columns.record_of(ask.folder).get("columns") or []
    return {letter: questions[at] for letter, at in _instrument.placed(document, columns).items()}


def _turned(before: Any, after: Any) -> dict[str, dict[int, int]]:
    """Scale → value of a word before and after, where the words changed places."""
    out: dict[str, dict[int, int]] = {}
    for name, scale in (after.get("response_scales") or {}).items():
        earlier = (before.get("response_scales") or {}).get(name) or {}
        for tongue, words in (scale.get("labels") or {}).items():
            was = {
                str(word): int(value)
                for value, word in ((earlier.get("labels") or {}).get(tongue) or {}).items()
            }
            to = {was[str(word)]: int(value) for value, word in words.items() if str(word) in was}
            if any(one != other for one, other in to.items()):
                out[str(name)] = to
    return out


def _undo(ask: Ask) -> Response:
    texts = ask.folder.read_own(UNDO).get("texts") or []
    if texts:
        before, after = document_of(ask), _yaml.of_text(texts.pop())
        codes = {str(entry.get("code")) for entry in _instrument.entries(after, "constructs")}
        named = {str(c) for m in _instrument.entries(before, "models") for c in _constructs(m)}
        for part in ("hypotheses", "models") if named <= codes else ():  # made since, on page 4
            if before.get(part):
                after[part] = copy.deepcopy(before[part])
        ask.folder.write(ask.folder.instrument, _yaml.text_of(after))
        ask.folder.write_own(UNDO, {"texts": texts})
        placed = _placed(ask, after)
        numbered = ask.folder.state.get("numbered") or {}
        ask.folder.note(
            numbered={
                letter: str(placed[letter].get("code")) if letter in placed else code
                for letter, code in numbered.items()
            }
        )
        _words_follow(ask, before, after)
    return ask.go("/columns")


def _constructs(model: Any) -> list[Any]:
    """Codes of the variables of a model."""
    return [c for part in ("x", "m", "y") for c in model.get(part) or []] + [
        c for c in (model.get("moderator"),) if c
    ]


def _guess(ask: Ask) -> Response:
    """Begin again with the draft; what stood before can be taken back."""
    text = ask.folder.own(DRAFT).read_text(encoding="utf-8")
    if text:
        path = ask.folder.instrument
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        texts = [*(ask.folder.read_own(UNDO).get("texts") or []), before][-KEPT:]
        ask.folder.write_own(UNDO, {"texts": texts})
        old = document_of(ask)
        ask.folder.write(path, _instrument.with_roles(text))
        ask.folder.note(waiting=[], targets={}, answered=[], made=[], numbered={})
        _words_follow(ask, old, document_of(ask))
    return ask.go("/columns")


def _next(ask: Ask) -> Response:
    """On to page 3; a scale whose order nobody said stops here."""
    seen = _columns.view(ask.folder, document_of(ask), ask.lang)
    if not any(column.target not in OTHER for column in seen.columns):
        return show(ask, (UmkmError("APP026"),), 422)
    unsaid = [number for number, code, _, done in seen.questions if code in _columns.ORDERING and not done]
    count = len(unsaid) + sum(scale.asked and not scale.settled for scale in seen.scales)
    if count:
        return show(ask, (UmkmError("APP027", params={"count": count}),), 422)
    ask.folder.note(columns_seen=True)
    return ask.go("/check")
