"""4.1 and 4.2: the object, the answers that came back, who answered, and what was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from umkm_stats.report._inline import low_first, title_case
from umkm_stats.report._spec import Block, Cell, Column, Section, Table
from umkm_stats.report.chapter._kit import Kit, heading, joined
from umkm_stats.report.tables._context import number
from umkm_stats.report.tables._sample import profile_numbers_table, profile_tables
from umkm_stats.results import reason_label


def sections(kit: Kit) -> list[Section]:
    """Gambaran umum and deskripsi variabel."""
    out = [
        heading("object", kit.say("section.general"), 2),
        heading("object_text", kit.say("section.object"), 3, kit.open("objek")),
        heading("collection", kit.say("section.collection"), 3, _collection(kit)),
    ]
    profile = _profile(kit)
    if profile:
        out.append(heading("respondents", kit.say("section.respondents"), 3, profile))
    out.append(heading("description", kit.say("section.description"), 2))
    out += _variables(kit)
    return out


def _collection(kit: Kit) -> list[Block]:
    sample = kit.ctx.results.meta["sample"]
    handed = kit.given.get("distributed")
    back, used = int(sample["rows_in"]), int(sample["used"])
    lost = {reason: int(count) for reason, count in sample["dropped"].items() if count}
    summary_rows = lost.pop("summary_row", 0) + lost.pop("note_row", 0)
    back -= summary_rows
    base = int(handed) if handed else back
    rows: list[tuple[Cell, ...]] = []
    if handed:
        rows += [
            (kit.say("return.handed"), int(handed), 100.0),
            (kit.say("return.missing"), int(handed) - back, 100.0 * (int(handed) - back) / base),
        ]
    rows.append((kit.say("return.back"), back, 100.0 * back / base))
    share = {"back_p": kit.percent(100.0 * back / base)}
    rows += [
        (kit.say("return.lost", reason=reason_label(reason, "id")), count, 100.0 * count / base)
        for reason, count in lost.items()
    ]
    rows.append((kit.say("return.used"), used, 100.0 * used / base))
    head = [kit.column("remark", wide=True), kit.column("count", "integer"), kit.column("percent", "percent")]
    table = kit.table("return", kit.say("table.return"), head, rows)
    reasons = joined(kit, [reason_label(reason, "id") for reason in lost])
    values: dict[str, Any] = {
        "back": kit.ctx.voice.count(back),
        "n": kit.ctx.voice.count(used),
        "p": kit.percent(100.0 * used / base),
    }
    said = (
        kit.say("collected.known", handed=kit.ctx.voice.count(int(handed)), **values, **share)
        if handed
        else kit.say("collected.unknown", **values)
    )
    more = kit.say("collected.lost", count=str(sum(lost.values())), reasons=reasons) if lost else ""
    whom = kit.say("unit", unit=str(kit.given["unit"])) if kit.given.get("unit") else ""
    return kit.shown(table, whom, said, more)


def _profile(kit: Kit) -> list[Block]:
    return [*_closed(kit), *_numbers(kit)]


def _numbers(kit: Kit) -> list[Block]:
    """Characteristics that are numbers: one table, and a sentence on each."""
    part, made = kit.part("profile_numbers"), profile_numbers_table(kit.ctx)
    if part is None or not isinstance(made, Table):
        return []
    said = []
    for row in part.table.to_dict("records"):
        words = {"x": kit.label(str(row["question"])).rstrip("?.: "), "m": kit.number(row["mean"], "mean")}
        ends = (row["min"], row["max"])
        if ends[0] == ends[1]:
            said.append(kit.say("numbers.same", x=words["x"], v=kit.ctx.voice.plain(ends[0])))
            continue
        low, high = (kit.ctx.voice.plain(value) for value in ends)
        said.append(kit.say("numbers", low=low, high=high, **words))
    return kit.shown(made, *said)


def _closed(kit: Kit) -> list[Block]:
    part = kit.part("profile")
    if part is None:
        return []
    blocks: list[Block] = []
    for table in profile_tables(kit.ctx):
        code = getattr(table, "key", "").removeprefix("profile_")
        frame = part.table[part.table["question"] == code]
        if frame.empty:
            continue
        if not isinstance(table, Table):
            continue
        heads = (Column("answer", _asked(kit, table.title, code), wide=True), *table.columns[1:])
        heads = (
            heads[0],
            replace(heads[1], head=kit.say("head.frequency")),
            replace(heads[2], head=kit.say("head.share")),
        )
        said = _chosen(kit, frame) if code in part.extra.get("several", {}) else _who(kit, frame)
        blocks += kit.shown(replace(table, columns=heads), said)
    return blocks


def _asked(kit: Kit, title: str, code: str) -> str:
    """What the title says after "Berdasarkan", else the question."""
    _, found, words = title.partition(f"{kit.say('by')} ")
    return words if found else title_case(kit.label(code))


PEOPLE = ("laki-laki", "perempuan", "pria", "wanita")


def _inside(answer: str) -> str:
    """An answer inside a sentence: people in small letters, any other as it was offered (often a place)."""
    return low_first(answer) if answer.lower() in PEOPLE else answer


def _ranked(frame: Any) -> list[tuple[int, float, str]]:
    """(count, per cent, answer) of the answers that were given, the commonest first."""
    rows = frame.itertuples(index=False)
    found = [(int(r.count), float(r.percent), _inside(str(r.answer))) for r in rows if int(r.count) > 0]
    return sorted(found, key=lambda entry: -entry[0])


def _chosen(kit: Kit, frame: Any) -> str:
    """What is said of a question with several answers."""
    given = _ranked(frame)
    if not given:
        return ""
    even = "profile.several.even" if len(given) > 1 else "profile.several.only"
    return _most_and_least(kit, given, "profile.several", even)


def _who(kit: Kit, frame: Any) -> str:
    given = _ranked(frame)
    if len(given) < 2:
        count, _, answer = given[0]
        return kit.say("profile.all", f=str(count), k=answer)
    if len(given) == 2 and given[0][0] != given[1][0]:
        most, least = given
        names = {
            "f": str(most[0]), "p": kit.percent(most[1]), "k": most[2],
            "f2": str(least[0]), "p2": kit.percent(least[1]), "k2": least[2],
        }  # fmt: skip
        people = all(entry[2] in PEOPLE for entry in given)
        return kit.say("profile.two" if people else "profile.two.kinds", **names)
    return _most_and_least(kit, given, "profile.many", "profile.tie")


def _most_and_least(kit: Kit, given: list[tuple[int, float, str]], apart: str, even: str) -> str:
    """Who is most and who least, all of them where several are equally many."""
    most = [entry for entry in given if entry[0] == given[0][0]]
    least = [entry for entry in given if entry[0] == given[-1][0]]

    def told(entries: list[tuple[int, float, str]], end: str) -> dict[str, str]:
        each = kit.say("profile.each") if len(entries) > 1 else ""
        count, percent, _ = entries[0]
        names = joined(kit, [name for _, _, name in entries])
        return {f"k{end}": names, f"f{end}": f"{each}{count}", f"p{end}": kit.percent(percent)}

    if len(most) == len(given):
        return kit.say(even, **told(most, ""))
    return kit.say(apart, **told(most, ""), **told(least, "2"))


def classes_of(kit: Kit) -> tuple[float, float, int, float] | None:
    """(lowest, highest answer, number of classes, width)."""
    points = [float(key.split(":")[1]) for key in kit.ctx.labels if key.startswith("words:")]
    if len(points) < 2:
        return None
    low, high, k = min(points), max(points), len(points)
    return low, high, k, (high - low) / k


def criteria(kit: Kit) -> list[Block]:
    """Kelas interval of the means of a five-point scale, fixed in Bab III."""
    found = classes_of(kit)
    if found is None or found[2] != 5:
        return []
    low, high, k, width = found
    rows = []
    for step in range(k):
        first = low + step * width
        begin = first if step == 0 else first + 0.01
        span = f"{kit.number(begin, 'mean')} {kit.say('to')} {kit.number(low + (step + 1) * width, 'mean')}"
        rows.append((span, kit.say(f"class.{step + 1}")))
    columns = [kit.column("range"), kit.column("category")]
    table = kit.table("criteria", kit.say("table.criteria"), columns, rows, source=kit.say("source.classes"))
    plain = kit.ctx.voice.plain
    numbers = {"high": plain(high), "low": plain(low), "k": str(k), "width": kit.number(width, decimals=2)}
    return kit.shown(table, kit.say("criteria", **numbers))


def _variables(kit: Kit) -> list[Section]:
    out = []
    for code in kit.variables:
        blocks = _distribution(kit, code)
        if blocks:
            title = kit.say("section.variable", variable=kit.titled(code))
            out.append(heading(f"variable_{code}", title, 3, blocks))
    described = _described(kit)
    if described:
        out.append(heading("descriptives", kit.say("section.descriptives"), 3, described))
    return out


def _described(kit: Kit) -> list[Block]:
    """Statistik deskriptif of the scale means."""
    part = kit.part("scales")
    if part is None:
        return []
    frame = part.table[part.table["scale"].isin(kit.variables)].set_index("scale")
    rows: list[tuple[Cell, ...]] = []
    for code in (name for name in kit.variables if name in frame.index):
        row = frame.loc[code]
        values = (number(row[name]) for name in ("min", "max", "mean", "sd"))
        rows.append((kit.label(code), int(row["n"]), *values))
    if not rows:
        return []
    head = [kit.column("variable", wide=True), kit.column("n", "integer")]
    head += [kit.column(name, "mean") for name in ("min", "max", "mean", "sd")]
    table = kit.table("descriptives", kit.say("table.descriptives"), head, rows)
    first, last = (f(rows, key=lambda row: float(str(row[5]))) for f in (max, min))
    said = ""
    if len(rows) > 1:
        words = {"x": kit.ctx.low(str(first[0])), "s1": kit.number(float(str(first[5])), "mean")}
        words |= {"z": kit.ctx.low(str(last[0])), "s2": kit.number(float(str(last[5])), "mean")}
        said = kit.say("descriptives", **words)
    return kit.shown(table, said)


def _distribution(kit: Kit, code: str) -> list[Block]:
    part = kit.part("items")
    if part is None:
        return []
    codes = list(kit.ctx.results.meta["scales"].get(code, ()))
    items = part.table[part.table["item"].isin(codes)].drop_duplicates("item")
    if items.empty:
        return []
    counts = part.frequencies[part.frequencies["item"].isin(codes)]
    answers = sorted(counts["value"].unique())
    texts = {entry["code"]: entry["text"]["id"] for entry in kit.ctx.results.meta["items"]}
    head = [kit.column("statement", wide=True)]
    head += [
        Column(f"f{value:g}", kit.ctx.labels.get(f"answer:{value:g}", kit.ctx.voice.plain(value)), "integer")
        for value in answers
    ]
    graded = bool(_category(kit, 3.0))
    head += [kit.column("mean", "mean"), *([kit.column("category")] if graded else [])]
    rows: list[tuple[Cell, ...]] = []
    means = []
    for row in items.to_dict("records"):
        own = counts[counts["item"] == row["item"]].set_index("value")["count"]
        text = texts.get(str(row["item"])) or str(row["item"])
        means.append((float(row["mean"]), text))
        cells: list[Cell] = [text, *(int(own.get(value, 0)) for value in answers)]
        grade: list[Cell] = [_category(kit, float(row["mean"]))] if graded else []
        rows.append((*cells, number(row["mean"]), *grade))
    scale_mean = sum(m for m, _ in means) / len(means)
    blank: list[Cell] = [""] * len(answers)
    last: list[Cell] = [_category(kit, scale_mean)] if graded else []
    rows.append((kit.say("variable_mean"), *blank, scale_mean, *last))
    table = kit.table(
        f"distribution_{code}", kit.say("table.distribution", variable=kit.titled(code)), head, rows
    )
    high, low = max(means), min(means)
    words = {
        "variable": kit.inside(code),
        "m": kit.number(scale_mean, "mean"),
        "k": _category(kit, scale_mean).lower(),
        "high": _alike(kit, means, high[0]),
        "m1": kit.number(high[0], "mean"),
        "low": _alike(kit, means, low[0]),
        "m2": kit.number(low[0], "mean"),
    }
    if not words["k"]:
        first = kit.say("described.plain", **words)
    else:
        first = kit.say("described", **words)
    second = kit.say("described.close" if high[0] - low[0] < 0.05 else "described.range", **words)
    return kit.shown(table, first, second)


def _alike(kit: Kit, means: list[tuple[float, str]], mean: float) -> str:
    """The statements whose mean reads the same, as they stand between quotation marks."""
    printed = kit.number(mean, "mean")
    texts = [text.rstrip(".") for value, text in means if kit.number(value, "mean") == printed]
    return joined(
        kit, [f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}" for text in texts]
    )[1:-1]


def _category(kit: Kit, mean: float) -> str:
    found = classes_of(kit)
    if found is None or found[2] != 5:
        return ""
    low, _, k, width = found
    step = min(k, max(1, int(-(-(mean - low) // width)) or 1))
    return kit.say(f"class.{step}")
