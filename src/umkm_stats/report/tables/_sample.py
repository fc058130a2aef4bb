"""Tables of the sample: the ledger of rows, findings by code, characteristics of respondents, answers to
items."""

from __future__ import annotations

import re

from umkm_stats import columns, messages
from umkm_stats.report._inline import title_case
from umkm_stats.report._spec import Cell, Column, Form, Spanner
from umkm_stats.report.tables._context import Block, Context, number, whole
from umkm_stats.results import reason_label

NAMED = 6  # words of a heading that names a characteristic; a longer one is a sentence
ASKED = re.compile(
    r"(apa|apakah|berapa|siapa|di ?mana|kapan|mengapa|bagaimana|seberapa|sebutkan|pilih|what|which|how|do|"
    r"does|is|are|have|where|when|who|please)\b",
    re.IGNORECASE,
)


def ledger_table(ctx: Context) -> Block | None:
    """Rows received, set aside by reason, used."""
    sample = ctx.results.meta.get("sample")
    if sample is None:
        return None
    total = sample["rows_in"]
    rows: list[tuple[Cell, ...]] = [(ctx.text("sample.received"), total, 100.0 if total else None)]
    for reason, count in sample["dropped"].items():
        if count:
            rows.append(
                (
                    ctx.text("sample.dropped", reason=reason_label(reason, ctx.voice.lang)),
                    count,
                    100.0 * count / total,
                )
            )
    rows.append((ctx.text("sample.used"), sample["used"], 100.0 * sample["used"] / total if total else None))
    heads = [
        ctx.column("rows", "ledger"),
        ctx.column("count", "count", "integer"),
        ctx.column("percent", "percent", "percent"),
    ]
    return ctx.made("sample", ctx.text("title.sample"), heads, rows, notes=(ctx.text("note.sample"),))


def findings_table(ctx: Context) -> Block | None:
    """Findings of the reading, counted by code: no cell values, no identifiers."""
    part = ctx.get("responses")
    if part is None or not len(part.findings_by_code):
        return None
    rows: list[tuple[Cell, ...]] = []
    for row in part.findings_by_code.itertuples(index=False):
        if ctx.voice.style == "skripsi" and str(row.severity) == "note":
            continue  # nothing was changed or set aside: what a program tells its user is no part of a thesis
        rows.append(
            (
                str(row.code),
                ctx.text(f"severity.{row.severity}"),
                int(row.count),
                _rule(str(row.code), ctx.voice.lang),
            )
        )
    if not rows:
        return None
    if ctx.voice.style == "skripsi":  # a thesis names no codes of a program
        kept = [row[1:] for row in rows]
        columns = [
            ctx.column("severity", "severity"),
            ctx.column("count", "count", "integer"),
            ctx.column("rule", "rule", wide=True),
        ]
        return ctx.made("findings", ctx.text("title.findings"), columns, kept)
    heads = [
        ctx.column("code", "code"),
        ctx.column("severity", "severity"),
        ctx.column("count", "count", "integer"),
        ctx.column("rule", "rule", wide=True),
    ]
    return ctx.made("findings", ctx.text("title.findings"), heads, rows, notes=(ctx.text("note.findings"),))


def _rule(code: str, lang: str) -> str:
    """What to do about a code, without the particulars of a cell."""
    said = messages.remedy(code, lang)
    if "?" not in said and said != code:
        return said
    try:
        return messages.text(f"report.rule.{code}", lang)
    except KeyError:
        return messages.text("report.rule.other", lang)


def profile_tables(ctx: Context) -> list[Block]:
    """f and % of every closed question about respondent and business; of a question with several answers the
    last row counts who answered, not the answers."""
    part = ctx.get("profile")
    if part is None:
        return []
    several = part.extra.get("several", {})
    out: list[Block] = []
    for code in dict.fromkeys(part.table["question"]):
        frame = part.table[part.table["question"] == code]
        rows: list[tuple[Cell, ...]] = [
            (str(r.answer), int(r.count), number(r.percent)) for r in frame.itertuples(index=False)
        ]
        notes: tuple[str, ...] = ()
        if code in several:
            rows.append((ctx.text("sample.answered"), int(several[code]), 100.0))
            n, whole_percent = ctx.voice.count(int(several[code])), float(frame["percent"].sum())
            notes = (ctx.text("note.several", n=n, sum=ctx.voice.percent(whole_percent)),)
        else:
            rows.append((ctx.text("sample.total"), int(frame["count"].sum()), 100.0))
        heads = [
            ctx.column("answer", "answer", wide=True),
            ctx.column("count", "frequency", "integer"),
            ctx.column("percent", "percent", "percent"),
        ]
        out.append(ctx.made(f"profile_{code}", _profile_title(ctx, code), heads, rows, notes=notes))
    return out


def profile_numbers_table(ctx: Context) -> Block | None:
    """n, lowest, highest, mean and SD of every question about respondent and business that is answered with a
    number."""
    part = ctx.get("profile_numbers")
    if part is None:
        return None
    whole_numbers = bool((part.table[["min", "max"]] % 1 == 0).all().all())
    rows: list[tuple[Cell, ...]] = []
    for row in part.table.to_dict("records"):
        ends = (
            (int(row["min"]), int(row["max"])) if whole_numbers else (number(row["min"]), number(row["max"]))
        )
        name = ctx.label(str(row["question"])).rstrip("?.: ")
        rows.append((name, int(row["n"]), *ends, number(row["mean"]), number(row["sd"])))
    form: Form = "integer" if whole_numbers else "mean"
    heads = [
        ctx.column("characteristic", "characteristic", wide=True),
        ctx.column("n", "n", "integer"),
        ctx.column("min", "min", form),
        ctx.column("max", "max", form),
        ctx.column("mean", "mean", "mean"),
        ctx.column("sd", "sd", "mean"),
    ]
    return ctx.made("profile_numbers", ctx.text("title.profile.numbers"), heads, rows)


def _profile_title(ctx: Context, code: str) -> str:
    """The customary title for common questions, the question itself for others."""
    try:
        return ctx.text("title.profile.known", question=ctx.text(f"profile.{code}"))
    except KeyError:
        label = ctx.label(code)
        words = label.rstrip("?.: ")
        if "?" not in label and len(words.split()) <= NAMED and not ASKED.match(words):
            return ctx.text("title.profile.known", question=title_case(words))
        return ctx.text("title.profile", question=words)


def distribution_tables(ctx: Context) -> list[Block]:
    """Answers to the items of every scale: f and % of each answer, total score, mean, category."""
    part = ctx.get("items")
    title = ctx.text("title.distribution.all")
    if part is None:
        return []
    if gone := ctx.failed("distribution", title, part):
        return [gone]
    out: list[Block] = []
    for scale in dict.fromkeys(part.table["scale"]):
        items = part.table[part.table["scale"] == scale]
        counts = part.frequencies[part.frequencies["scale"] == scale]
        answers = sorted(counts["value"].unique())
        heads = [ctx.column("item", "item")]
        spanners = []
        for value in answers:
            keys = (f"f{value:g}", f"p{value:g}")
            heads += [Column(keys[0], "f", "integer"), Column(keys[1], "%", "percent")]
            spanners.append(Spanner(ctx.labels.get(f"answer:{value:g}", ctx.voice.plain(value)), keys))
        heads += [
            ctx.column("n", "n", "integer"),
            ctx.column("total", "total_score", "integer"),
            ctx.column("mean", "mean", "mean"),
        ]
        has_category = "category" in items.columns and items["category"].notna().any()
        if has_category:
            heads.append(ctx.column("category", "category"))
        rows: list[tuple[Cell, ...]] = []
        for row in items.to_dict("records"):
            own = counts[counts["item"] == row["item"]].set_index("value")
            cells: list[Cell] = [str(row["item"])]
            for value in answers:
                count = whole(own["count"].get(value))
                cells += [count, None if not count and count != 0 else 100.0 * count / max(int(row["n"]), 1)]
            total = sum(int(own["count"].get(value, 0)) * value for value in answers)
            cells += [int(row["n"]), whole(total), number(row["mean"])]
            if has_category:
                cells.append(_category(ctx, row["category"]))
            rows.append(tuple(cells))
        notes = [ctx.text("note.distribution")]
        if has_category:
            notes.append(ctx.text("note.classes"))
        title = ctx.text("title.distribution", construct=title_case(ctx.label(scale)))
        out.append(
            ctx.made(
                f"distribution_{scale}", title, heads, rows, spanners=tuple(spanners), notes=tuple(notes)
            )
        )
    return out


def _category(ctx: Context, value: object) -> str:
    if value is None or value != value:
        return ""
    for key in (str(value), f"category.{value}"):
        try:
            return messages.text(key, ctx.voice.lang)
        except KeyError:
            continue
    return str(value)


def screening_table(ctx: Context) -> Block | None:
    """Signs of careless answering: cut-off and rows marked, by measure."""
    part = ctx.get("screening")
    title = ctx.text("title.screening")
    if part is None or (gone := ctx.failed("screening", title, part)):
        return None if part is None else gone
    rows: list[tuple[Cell, ...]] = []
    for row in part.tidy().to_dict("records"):
        if int(row["available"]):
            rows.append(
                (
                    columns.label(str(row["measure"]), ctx.voice.lang),
                    number(row["cutoff"]),
                    whole(row["available"]),
                    whole(row["signals"]),
                )
            )
    heads = [
        ctx.column("measure", "measure", wide=True),
        ctx.column("cutoff", "cutoff", "mean"),
        ctx.column("available", "n", "integer"),
        ctx.column("signals", "flagged", "integer"),
    ]
    return ctx.made("screening", title, heads, rows, notes=(ctx.text("note.screening"),)) if rows else None


def item_words_table(ctx: Context) -> Block | None:
    """Every item with its words, construct and dimension: what the codes in the other tables mean."""
    items = ctx.results.meta.get("items")
    if not items:
        return None
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    last = None
    order = list(dict.fromkeys(entry["construct"] for entry in items))
    for entry in sorted(items, key=lambda one: order.index(one["construct"])):
        if entry["construct"] != last:
            last = entry["construct"]
            groups.append((len(rows), f"{ctx.label(last)} ({last})"))
        words = entry["text"].get(ctx.voice.lang) or next(iter(entry["text"].values()))
        dimension = ctx.label(entry["dimension"]) if entry["dimension"] else ""
        rows.append((entry["code"], words, dimension, ctx.text("yes") if entry["reverse"] else ""))
    heads = [
        ctx.column("item", "item"),
        ctx.column("words", "words", wide=True),
        ctx.column("dimension", "dimension"),
        ctx.column("reverse", "reverse"),
    ]
    if not any(row[2] for row in rows):
        heads.pop(2)
        rows = [(row[0], row[1], row[3]) for row in rows]
    if not any(row[-1] for row in rows):
        heads.pop()
        rows = [row[:-1] for row in rows]
    return ctx.made("item_words", ctx.text("title.items"), heads, rows, groups=tuple(groups))
