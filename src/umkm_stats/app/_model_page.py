"""Page 4: what is to be tested, as picture cards and one select a variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from umkm_stats.app import _instrument, _models, _study, _yaml
from umkm_stats.app._check_page import read, write
from umkm_stats.app._folder import STUDY
from umkm_stats.app._models import CARDS, MANY, PARTS
from umkm_stats.app._site import Ask
from umkm_stats.errors import Place, UmkmError


def show(ask: Ask, errors: Any = (), status: int = 200, told: Mapping[str, Any] | None = None) -> Response:
    """The cards, the variables with their parts, the hypotheses of the picture."""
    instrument = _study.plain(ask.folder, "instrument.yaml")
    study = _study.plain(ask.folder, STUDY)
    model = _study.main_model(instrument, study)
    constructs = [c for c in _instrument.entries(instrument, "constructs") if isinstance(c, Mapping)]
    kind = _study.kind_of(study, model)
    parts = _models.parts_of(model, constructs)
    if told is not None:
        kind, parts = told["kind"], told["parts"]
    labels = {str(c["code"]): _instrument.label_of(c, ask.lang) for c in constructs}
    order = [code for code in [*parts["x"], *parts["m"], *parts["z"], *parts["y"]] if code in labels]
    shown = [*order, *(code for code in labels if code not in order)]
    items = [q for q in _instrument.entries(instrument, "questions") if q.get("construct")]
    return ask.page(
        "model.html",
        status=status,
        step="model",
        errors=errors,
        cards=list(CARDS),
        kind=kind,
        suggested=kind or _suggested(parts),
        variables=[
            {
                "code": code,
                "label": labels[code],
                "part": next((part for part in PARTS if code in parts[part]), ""),
                "items": sum(q.get("construct") == code for q in items),
                "place": parts["m"].index(code) + 1 if code in parts["m"] else 0,
            }
            for code in shown
        ],
        mediators=parts["m"],
        choices=PARTS,
        hypotheses=[
            {"code": h.get("code"), "text": _instrument.label_of(h, ask.lang, "text"), "test": h.get("test")}
            for h in _instrument.entries(instrument, "hypotheses")
            if model is not None and str(model.get("key")) in [str(m) for m in h.get("models") or []]
        ],
        own=model is None or str(model.get("key")) == ask.folder.state.get("model_key"),
        enough=len(labels) >= 2,
    )


def _suggested(parts: Mapping[str, list[str]]) -> str:
    """The card that fits the roles; none without roles: what is tested is said by the person, not guessed."""
    for kind in ("moderation", "mediation", "parallel", "regression"):
        if not _models.lacking(CARDS[kind], parts):
            return kind
    return "regression" if any(parts.values()) else ""


def _told(ask: Ask) -> dict[str, Any]:
    """Card and parts as the form says them; mediators in the order that the page had, moved as asked."""
    instrument = _study.plain(ask.folder, "instrument.yaml")
    codes = [str(c["code"]) for c in _instrument.entries(instrument, "constructs")]
    given = [str(code) for code in ask.form.getlist("order") if str(code) in codes]
    order = list(dict.fromkeys([*given, *codes]))
    verb, _, code = ask.value("action").partition(":")
    chosen = {code: ask.value(f"part-{code}") for code in order}
    parts = {part: [code for code in order if chosen[code] == part] for part in PARTS}
    if verb in ("up", "down") and code in parts["m"]:
        at = parts["m"].index(code)
        to = at + (-1 if verb == "up" else 1)
        if 0 <= to < len(parts["m"]):
            parts["m"][at], parts["m"][to] = parts["m"][to], parts["m"][at]
    kind = ask.value("kind")
    return {"kind": kind if kind in CARDS else "", "parts": parts}


def save(ask: Ask) -> Response:
    """Write the model when it is whole; say at the card what it lacks when it is not."""
    ask.fresh()
    told = _told(ask)
    kind, parts = told["kind"], told["parts"]
    if not kind:
        return show(ask, (UmkmError("APP014"),), 422, told)
    card = CARDS[kind]
    unfit = _models.lacking(card, parts)
    if unfit:
        errors = tuple(
            UmkmError(
                "APP028",
                params={
                    "card": ask.t(f"card.{kind}"),
                    "part": ask.t(f"part.{part}"),
                    "wanted": _wanted(ask, low, high),
                    "count": count,
                },
            )
            for part, low, high, count in unfit
        )
        return show(ask, errors, 422, told)
    before = ask.folder.instrument.read_text(encoding="utf-8")
    instrument = _study.plain(ask.folder, "instrument.yaml")
    study = _study.plain(ask.folder, STUDY)
    model = _study.main_model(instrument, study)
    same = (
        model is not None
        and _models.parts_of(model, []) == {part: parts[part] for part in PARTS}
        and (model.get("structure") == "serial") == (kind == "serial")
    )
    given = {number: ask.value(f"hyp-{number}")[:400] for number in range(1, 100)}
    told_now = {number: text for number, text in given.items() if text}
    made = ask.folder.state.get("model_key")
    onward = "/run" if ask.value("action") == "next" else "/model"
    if same and kind == _study.kind_of(study, model) and str((model or {}).get("key")) != made:
        return ask.go(onward)  # the file's own model, unchanged
    key = _models.free_key(instrument, made)
    texts = told_now if same and model is not None and str(model.get("key")) == key else {}
    _yaml.change(ask.folder, ask.folder.instrument, lambda doc: _models.write(doc, key, kind, parts, texts))
    try:
        _possible(ask, kind, key)
    except UmkmError as error:
        ask.folder.write(ask.folder.instrument, before)
        return show(ask, (error,), 422, told)
    route = {"cfa": "sem", "pls": "pls"}.get(kind)
    ask.folder.note(model_key=None if kind == "cfa" else key)
    write(ask, {"models": None if kind == "cfa" else [key], "route": route, "roles": None})
    return ask.go(onward)


def _wanted(ask: Ask, low: int, high: int) -> str:
    """How many variables a part takes, in words."""
    name = "none" if high == 0 else "exact" if low == high else "least" if high == MANY else "range"
    return ask.t(f"wanted.{name}", low=low, high=high)


def _possible(ask: Ask, kind: str, key: str) -> None:
    """STU023, STU025 when a variable of the model has too few items in the file; STU021, STU071, STU022 when
    rows are too few or an item has one answer throughout."""
    from umkm_stats.study._checks import check_answers, model_scales

    found = read(ask)
    present = [str(code) for code in found.items.columns if found.items[code].notna().any()]
    models = [] if kind == "cfa" else [key]
    scales = model_scales(found.instrument, models, present)
    if not scales:
        raise UmkmError("STU025", Place(key="models"), {"construct": "", "model": kind})
    route = "sem" if kind == "cfa" else "auto"
    check_answers(found.kept_items, scales, instrument=found.instrument, models=models, route=route)
