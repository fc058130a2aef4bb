"""Page 3: what reading found, which rows are used, rows put aside with a reason, words to explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from umkm_stats import messages
from umkm_stats.app import _study, _yaml
from umkm_stats.app._folder import MAP, STUDY
from umkm_stats.app._site import Ask
from umkm_stats.errors import UmkmError

SHOWN = 5
CELLS = 12
NUMBERS = ("RSP203", "RSP204")  # out of the scale: nothing a word could mean
WORDS = ("RSP201", "RSP202", "RSP205", "RSP206", *NUMBERS)
HELD = "RSP209"  # an address or a number of a person in a cell: never shown
ASKED = 7  # unknown words of one column; a column with more holds something else than answers of a scale
SEVERITY = {"error": 0, "warning": 1, "note": 2}


def read(ask: Ask) -> Any:
    """The answers read against the instrument, kept until one of the files changes."""
    from umkm_stats.responses import read_responses
    from umkm_stats.study import read_study_file
    from umkm_stats.study._steps import without_excluded

    folder = ask.folder
    digest = folder.digest(), folder.state.get("sheet")
    kept = ask.site.cache.get("read")
    if kept is not None and kept[0] == digest:
        return kept[1]
    if folder.answers is None or not folder.instrument.is_file():
        raise UmkmError("APP013")
    found = read_responses(
        folder.answers,
        folder.instrument,
        aliases=folder.map if folder.map.is_file() else None,
        sheet=folder.state.get("sheet"),
    )
    if folder.study.is_file():
        found = without_excluded(found, read_study_file(folder.study))
    ask.site.cache["read"] = (digest, found)
    return found


def show(ask: Ask, errors: Any = (), status: int = 200) -> Response:
    """Findings by kind, used rows by reason, the rows put aside, the words that nobody knows."""
    found, groups, words, wrong = None, [], [], []
    try:
        found = read(ask)
    except UmkmError as error:
        errors = (*errors, error)
    if found is not None:
        groups = _groups(found, ask.lang)
        settled = ask.folder.state.get("missing_words") or []
        words = unknown_words(found, ask.lang, settled)
        wrong = misplaced(found, settled)
    study = _study.plain(ask.folder, STUDY)
    return ask.page(
        "check.html",
        status=status if not errors else max(status, 422) if status != 200 else 200,
        step="check",
        errors=errors,
        sample=found.sample if found is not None else None,
        dropped=_dropped(found, ask.lang) if found is not None else [],
        groups=groups,
        words=words,
        misplaced=wrong,
        explained=_explained(ask),
        excluded=[e for e in study.get("exclude") or [] if isinstance(e, Mapping)],
        stopped=found is None or bool(stopping(ask, found)),
    )


def _dropped(found: Any, lang: str) -> list[tuple[str, int]]:
    return [
        (messages.text_or(f"reason.{name}", name, lang), int(count))
        for name, count in sorted(found.sample.dropped.items())
    ]


def _groups(found: Any, lang: str) -> list[dict[str, Any]]:
    from umkm_stats.responses._findings import shared_advice

    frame = found.findings
    if frame.empty:
        return []
    own = lang == "id"
    out = []
    for (severity, code), rows in frame.groupby(["severity", "code"], sort=False):
        advice, tails = shared_advice(rows["remedy_id" if own else "remedy"].tolist())
        said = rows.head(SHOWN)["message_id" if own else "message"]
        out.append(
            {
                "severity": severity,
                "code": code,
                "count": len(rows),
                "remedy": advice,
                "rows": [f"{words} {tail}".rstrip() for words, tail in zip(said, tails, strict=False)],
                "more": max(0, len(rows) - SHOWN),
            }
        )
    return sorted(out, key=lambda g: (SEVERITY.get(g["severity"], 3), g["code"]))


def unknown_words(found: Any, lang: str, settled: Sequence[str]) -> list[dict[str, Any]]:
    """Words of item columns that stand for no value of their scale: word, cells, values to choose."""
    frame = found.findings
    if frame.empty:
        return []
    asked: dict[str, dict[str, Any]] = {}
    aside = {entry["item"] for entry in misplaced(found, settled) if entry["words"] > ASKED}
    rows = frame[frame["code"].isin(WORDS) & frame["item"].astype(bool) & ~frame["item"].isin(aside)]
    for row in rows.itertuples():
        item = found.instrument.item(str(row.item))
        key = f"{item.scale}|{row.value}"
        word = asked.setdefault(
            key,
            {
                "key": key,
                "word": str(row.value),
                "number": row.code in NUMBERS,
                "points": [] if row.code in NUMBERS else _points(item, lang),
                "items": [],
                "at": [],
            },
        )
        word["at"].append(f"{row.column}{row.row}")
        if str(row.item) not in word["items"]:
            word["items"].append(str(row.item))
    for word in asked.values():
        word["count"] = len(word["at"])
        word["cells"] = ", ".join(word["at"][:CELLS]) + (" …" if len(word["at"]) > CELLS else "")
        word["chosen"] = "missing" if word["key"] in settled else ""
    return sorted(asked.values(), key=lambda w: (bool(w["chosen"]), -w["count"], w["key"]))


def misplaced(found: Any, settled: Sequence[str]) -> list[dict[str, Any]]:
    """Columns most of whose answers are none of their scale, while the scale's other items are answered with
    it: a column in the wrong variable. Words that somebody said to be missing do not count.
    """
    frame = found.findings
    rows = frame[frame["code"].isin((*WORDS, HELD)) & frame["item"].astype(bool)] if len(frame) else frame
    wrong: dict[str, list[Any]] = {}
    for row in rows.itertuples():
        if f"{found.instrument.item(str(row.item)).scale}|{row.value}" not in settled:
            wrong.setdefault(str(row.item), []).append(row)
    good = {code: int(found.items[code].notna().sum()) for code in map(str, found.items.columns)}
    out = []
    for code, cells in wrong.items():
        scale = found.instrument.item(code).scale
        mates = [c for c in good if c != code and found.instrument.item(c).scale == scale]
        read, unread = sum(good[c] for c in mates), sum(len(wrong.get(c, ())) for c in mates)
        if len(cells) > good.get(code, 0) and read > unread:
            given = {"count": len(cells), "given": len(cells) + good.get(code, 0)}
            words = len({str(row.value) for row in cells})
            out.append({"column": str(cells[0].column), "item": code, "words": words, **given})
    return out


def stopping(ask: Ask, found: Any) -> int:
    """How many findings stop the work: errors, without answers that were said to be missing."""
    settled = ask.folder.state.get("missing_words") or []
    rows = found.findings[found.findings["severity"] == "error"]
    count = len(misplaced(found, settled))
    for row in rows.itertuples():
        word = row.code in WORDS and bool(row.item)
        key = f"{found.instrument.item(str(row.item)).scale}|{row.value}" if word else ""
        count += key not in settled
    return count


def _points(item: Any, lang: str) -> list[tuple[str, str]]:
    """The values of an item's scale, with their words."""
    words: Mapping[Any, Any] = item.labels.get(lang) or next(iter(item.labels.values()), {})
    return [(str(value), str(words.get(value, ""))) for value in item.values]


def save(ask: Ask) -> Response:
    """Rows put aside or taken back; words explained; on to the next step."""
    ask.fresh()
    action = ask.value("action")
    if action == "exclude":
        return _exclude(ask)
    if action == "words":
        return _explain(ask)
    if action.startswith("forget:"):
        return _forget(ask, action.partition(":")[2])
    if action.startswith("include:"):
        row = action.partition(":")[2]
        study = _study.plain(ask.folder, STUDY)
        left = [e for e in study.get("exclude") or [] if str(e.get("row")) != row]
        write(ask, {"exclude": left or None})
        return ask.go("/check")
    if action == "next":
        found = read(ask)
        if stopping(ask, found):
            return show(ask, (UmkmError("APP022"),), 422)
        ask.folder.note(check_seen=True)
        return ask.go("/model")
    return ask.go("/check")


def _exclude(ask: Ask) -> Response:
    row, reason = ask.value("row"), ask.value("reason")
    rows = {int(r) for r in read(ask).sample.rows["row"]}
    if not row.isdigit() or int(row) not in rows:
        return show(ask, (UmkmError("APP023", params={"row": row[:20]}),), 422)
    if len(reason) < 3:
        return show(ask, (UmkmError("APP024"),), 422)
    study = _study.plain(ask.folder, STUDY)
    kept = [e for e in study.get("exclude") or [] if e.get("row") != int(row)]
    write(ask, {"exclude": [*kept, {"row": int(row), "reason": reason[:200]}]})
    return ask.go("/check")


def _explain(ask: Ask) -> Response:
    """Write what the words mean to map.yaml; words said to be missing are remembered as answered."""
    settled = list(ask.folder.state.get("missing_words") or [])
    words: dict[str, dict[str, Any]] = {
        word["key"]: word for word in unknown_words(read(ask), ask.lang, settled)
    }
    meant: list[tuple[dict[str, Any], int]] = []
    for name, key in ask.form.multi_items():
        word = words.get(str(key)) if name.startswith("word-") else None
        chosen = ask.value(f"mean-{name.removeprefix('word-')}")
        if word is None or not chosen:
            continue
        if chosen == "missing":
            settled = [*settled, word["key"]] if word["key"] not in settled else settled
        elif chosen in [value for value, _ in word["points"]]:
            meant.append((word, int(chosen)))
            settled = [one for one in settled if one != word["key"]]

    def edit(document: Any) -> None:
        answers = document.setdefault("answers", {})
        for word, value in meant:
            for code in word["items"]:
                answers.setdefault(code, {})[word["word"]] = value

    if meant:
        write_map(ask, edit)
    ask.folder.note(missing_words=settled)
    return ask.go("/check")


def _explained(ask: Ask) -> list[tuple[str, int, str]]:
    """(word, value, columns' codes) of the words that map.yaml explains."""
    found: dict[tuple[str, int], list[str]] = {}
    answers = _study.plain(ask.folder, MAP).get("answers")
    for code, words in answers.items() if isinstance(answers, Mapping) else ():
        for word, value in words.items() if isinstance(words, Mapping) else ():
            found.setdefault((str(word), int(value)), []).append(str(code))
    return [(word, value, ", ".join(codes)) for (word, value), codes in found.items()]


def _forget(ask: Ask, word: str) -> Response:
    """Take the meaning of a word out of map.yaml."""

    def edit(document: Any) -> None:
        answers = document.get("answers") or {}
        for code in list(answers):
            for known in [w for w in answers[code] if str(w) == word]:
                del answers[code][known]
            if not answers[code]:
                del answers[code]

    write_map(ask, edit)
    return ask.go("/check")


def write(ask: Ask, values: Mapping[str, Any]) -> None:
    """Set values of study.yaml."""
    from umkm_stats.study import write_study_file

    write_study_file(ask.folder.study, values)


def write_map(ask: Ask, edit: Any) -> None:
    """Change map.yaml in place."""
    path = ask.folder.path(MAP)

    def begun(document: Any) -> None:
        document.setdefault("schema", "umkm-map/1")
        document.setdefault("columns", {})
        edit(document)

    _yaml.change(ask.folder, path, begun)
