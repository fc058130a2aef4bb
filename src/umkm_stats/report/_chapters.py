"""The report as a document: which sections, in which order, with which sentences, tables and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from umkm_stats._version import __version__
from umkm_stats.report import _discipline, _pls_part, chapter
from umkm_stats.report import _group_sentences as _groups
from umkm_stats.report import _pictures as pictures
from umkm_stats.report import _regression_part as _regression
from umkm_stats.report import _sentences as say
from umkm_stats.report._blocks import drawn, note_lines, para, safe
from umkm_stats.report._foreign import marked, same_everywhere
from umkm_stats.report._spec import Block, Document, Failure, Figure, Paragraph, Section, Table, numbered
from umkm_stats.report._voice import Voice
from umkm_stats.report.tables import MODEL_TABLES, TABLES, _analysis, _hypotheses, _measurement
from umkm_stats.report.tables._context import Context
from umkm_stats.results import StudyResults, Unavailable

Progress = Callable[[str, int, int], None]


def document(
    results: StudyResults,
    voice: Voice,
    progress: Progress | None = None,
    texts: Mapping[str, str] | None = None,
) -> Document:
    """The whole report in a voice; every table and picture numbered."""
    ctx = say.context_of(results, voice)
    meta = results.meta
    makers: list[Callable[[Context], Iterable[Section]]] = [
        _summary,
        _data,
        _respondents,
        _answers,
        _measurement_part,
        _scores,
        _latent,
        _groups_part,
        _models,
        _hypothesis_part,
        _closing,
    ]
    if ctx.results.meta["options"].get("route") == "pls":
        makers = [_summary, _data, _respondents, _answers, _pls, _hypothesis_part, _closing]
    sections: list[Section] = []
    thesis = voice.style == "skripsi" and bool(meta["models"])
    if thesis:
        makers = []
        sections = chapter.body(ctx, _parts(ctx), texts or {})
    for place, make in enumerate(makers):
        if progress is not None:
            progress("report", place, len(makers) + 2)
        found = [_with_registered(ctx, section) for section in make(ctx)]
        sections += [section for section in found if section.blocks or section.level == 1]
    sections = [
        s
        for place, s in enumerate(sections)
        if s.blocks or (place + 1 < len(sections) and sections[place + 1].level > s.level)
    ]
    if voice.style == "apa" and meta["models"]:
        sections = _discipline.arranged(ctx, sections)
    words = {
        name: ctx.text(name)
        for name in (
            "contents",
            "table",
            "figure",
            "chapter",
            "skip",
            "theme",
            "failed",
            "notice",
            "continued",
        )
    }
    words["made"] = ctx.text("made", version=__version__)
    subtitle = ctx.text(
        "subtitle",
        instrument=f"{meta['instrument']['name']} {meta['instrument']['version']}",
        n=voice.count(meta["sample"]["used"]),
        draws=voice.count(meta["options"]["draws"]),
        seed=str(meta["seed"]),
    )
    banner = ctx.text("banner") if meta.get("simulated") else ""
    title = ctx.text("title", title=str(meta["title"]).replace("*", "∗"))
    plain = Document(title, subtitle, voice.lang, tuple(sections), banner, words)
    made = chapter.finished(plain) if thesis else numbered(plain)
    return marked(made, voice, same_everywhere(meta["labels"]))


def _parts(ctx: Context) -> chapter.Parts:
    """What the thesis chapter may put into Lampiran, made here."""

    def several(name: str) -> list[Block]:
        made = {"discriminant": _discriminant, "bias": _bias}
        if name in made:
            return made[name](ctx)
        if name == "groups":
            return [block for section in _groups_part(ctx) for block in section.blocks]
        key = name.removeprefix("regression_")
        out: list[Block] = []
        for section in _regression.sections(ctx, key, _regression_safe):
            out += [Paragraph(section.title), *section.blocks] if section.blocks else []
        return out

    return chapter.Parts(lambda key: _made(ctx, key), lambda key, name: _of_model(ctx, key, name), several)


def _regression_safe(ctx: Context, key: str, build: Callable[[], Any]) -> list[Block]:
    return safe(ctx, key, build)


def _made(ctx: Context, key: str) -> list[Block]:
    return safe(ctx, key, lambda: TABLES[key].build(ctx))


def _of_model(ctx: Context, key: str, name: str) -> list[Block]:
    return safe(ctx, f"{key}_{name}", lambda: MODEL_TABLES[key].build(ctx, name))


def _with_registered(ctx: Context, section: Section) -> Section:
    """The section with the tables registered for its end (``Entry.at``)."""
    more = [block for key, entry in TABLES.items() if entry.at == section.key for block in _made(ctx, key)]
    basis, _, model = section.key.partition("_")
    name = f"mediation_{basis}_{model}"
    if model and not isinstance(ctx.get(name), Unavailable):
        for key, entry in MODEL_TABLES.items():
            if entry.at and entry.at in (basis, "model"):
                more += _of_model(ctx, key, name)
    return replace(section, blocks=(*section.blocks, *more)) if more else section


def _summary(ctx: Context) -> list[Section]:
    only = _discipline.basis_of(ctx) if ctx.voice.style == "apa" else ""
    blocks: list[Block] = [Paragraph(sentence) for sentence in say.headline(ctx, only)]
    blocks += para(say.hypothesis_sentences(ctx)[:1])
    shown = _main_diagram(ctx)
    if shown:
        blocks += drawn(pictures.path(ctx, shown))
    blocks += para([ctx.text("say.cross")], "note")
    if int(ctx.results.meta["options"]["draws"]) < 1000:
        blocks += para(
            [ctx.text("say.few_draws", draws=ctx.voice.count(int(ctx.results.meta["options"]["draws"])))],
            "warning",
        )
    return [Section("summary", ctx.text("section.summary"), tuple(blocks))]


def _main_diagram(ctx: Context) -> str:
    """The part whose path diagram stands in the summary: the main model on the basis of the route."""
    key = say.main_model(ctx)
    for basis in dict.fromkeys((_discipline.basis_of(ctx), "latent", "scores", "pls")):
        part = ctx.get(f"mediation_{basis}_{key}")
        if part is not None and not isinstance(part, Unavailable):
            return f"mediation_{basis}_{key}"
    return ""


def _data(ctx: Context) -> list[Section]:
    blocks = para(say.sample_sentences(ctx))
    if ctx.results.meta["missing_items"] and len(ctx.results.meta["missing_items"]) <= 12:
        blocks += para(
            [ctx.text("say.missing_items", items=", ".join(ctx.results.meta["missing_items"]))], "note"
        )
    blocks += [
        *_made(ctx, "sample"),
        *_made(ctx, "findings"),
        *_screening(ctx),
        *drawn(pictures.missing(ctx)),
        *_made(ctx, "item_words"),
    ]
    return [Section("data", ctx.text("section.data"), tuple(blocks))]


def _screening(ctx: Context) -> list[Block]:
    part = ctx.get("screening")
    if part is None or isinstance(part, Unavailable):
        return _made(ctx, "screening")
    return [*para(say.screening_sentences(ctx)), *_made(ctx, "screening"), *note_lines(ctx, part.notes)]


def _respondents(ctx: Context) -> list[Section]:
    return [
        Section(
            "respondents",
            ctx.text("section.respondents"),
            (*_made(ctx, "profile"), *_made(ctx, "profile_numbers")),
        )
    ]


def _answers(ctx: Context) -> list[Section]:
    blocks: list[Block] = [
        *drawn(pictures.likert(ctx)),
        *_made(ctx, "distribution"),
        *_made(ctx, "descriptives"),
        *drawn(pictures.correlations(ctx)),
    ]
    return [Section("answers", ctx.text("section.answers"), tuple(blocks))]


def _measurement_part(ctx: Context) -> list[Section]:
    cfa = ctx.get("cfa")
    fitted = getattr(cfa, "fit", cfa)
    reliability = ctx.get("reliability")
    general = [note for note in getattr(reliability, "notes", ()) if note.row is None]
    factor = [
        *para(say.fit_sentences(ctx, cfa)),
        *_of_model(ctx, "fit", "cfa"),
        *_made(ctx, "loadings"),
        *drawn(pictures.loadings(ctx), pictures.scree(ctx)),
    ]
    if fitted is not None and not isinstance(fitted, Unavailable):
        factor += note_lines(ctx, fitted.notes if fitted.converged else cfa.notes)
    return [
        Section("measurement", ctx.text("section.measurement"), ()),
        Section("items", ctx.text("section.items"), tuple(_made(ctx, "validity_items")), 2),
        Section(
            "reliability",
            ctx.text("section.reliability"),
            (*para(say.reliability_sentences(ctx)), *_made(ctx, "reliability"), *note_lines(ctx, general)),
            2,
        ),
        Section("cfa", ctx.text("section.cfa"), tuple(factor), 2),
        Section("discriminant", ctx.text("section.discriminant"), tuple(_discriminant(ctx)), 2),
        Section("bias", ctx.text("section.bias"), tuple(_bias(ctx)), 2),
    ]


def _discriminant(ctx: Context) -> list[Block]:
    part = ctx.get("validity")
    if part is None:
        return []
    if gone := ctx.failed("fornell", ctx.text("title.fornell"), part):
        return [gone]
    blocks: list[Block] = []
    fornell, htmt = part.matrix("r"), part.matrix("htmt")
    blocks += safe(
        ctx,
        "fornell",
        lambda: _measurement.matrix_table(
            ctx, "fornell", fornell, (ctx.text("note.fornell"),), diagonal=True
        ),
    )
    if len(htmt.columns) > 1:
        names = [str(name) for name in htmt.columns]
        high = [
            f"{ctx.label(a)} – {ctx.label(b)}"
            for i, a in enumerate(names)
            for j, b in enumerate(names)
            if j < i and htmt.iloc[i, j] >= 0.85
        ]
        if high:
            blocks += para([ctx.text("say.htmt.poor", pairs="; ".join(high))])
        elif htmt.notna().all(axis=None):
            blocks += para([ctx.text("say.htmt.good")])
        blocks += safe(
            ctx,
            "htmt",
            lambda: _measurement.matrix_table(ctx, "htmt", htmt, (ctx.text("note.htmt"),), diagonal=False),
        )
        blocks += drawn(pictures.htmt(ctx, htmt))
    return blocks + note_lines(ctx, part.notes)


def _bias(ctx: Context) -> list[Block]:
    part = ctx.get("method_bias")
    if part is None:
        return []
    if gone := ctx.failed("bias", ctx.text("title.bias"), part):
        return [gone]
    blocks: list[Block] = [Paragraph(line) for line in part.lines(ctx.voice.lang)[: len(part.table)]]
    return blocks + note_lines(ctx, part.notes)


def _model_sections(ctx: Context, basis: str) -> list[Section]:
    sections = []
    shown = _main_diagram(ctx)
    for model in ctx.results.meta["models"]:
        name = f"mediation_{basis}_{model['key']}"
        part = ctx.get(name)
        if part is None:
            continue
        plain = basis == "latent" and not model["m"]
        title = ctx.text("reg.section.latent" if plain else f"section.{basis}", model=model["key"])
        blocks: list[Block] = para([f"{model['title'][ctx.voice.lang]}."])
        if isinstance(part, Unavailable):
            blocks.append(Failure(name, title, part.message(ctx.voice.lang)))
            sections.append(Section(f"{basis}_{model['key']}", title, tuple(blocks)))
            continue
        if basis == "latent":
            blocks += [
                *para(say.fit_sentences(ctx, part)),
                *_of_model(ctx, "fit", name),
                *para(say.cross_sentences(ctx, model["key"]), "note"),
            ]
        blocks += [*para(say.path_sentences(ctx, name)), *_of_model(ctx, "paths", name)]
        if name == shown:
            blocks += para(
                [ctx.text("say.see_figure", figure=f"{ctx.text('figure')} {ctx.text('chapter')}1")]
            )
        else:
            blocks += drawn(pictures.path(ctx, name))
        blocks += [*para(say.indirect_sentences(ctx, name)), *_of_model(ctx, "indirect", name)]
        blocks += [
            *drawn(pictures.draws(ctx, name), pictures.conditional(ctx, name), pictures.curve(ctx, name))
        ]
        blocks += [
            *_of_model(ctx, "size", name),
            *_of_model(ctx, "r2", name),
            *_of_model(ctx, "f2", name),
            *_of_model(ctx, "vaf", name),
        ]
        blocks += [*para(say.sensitivity_sentences(ctx, name)), *drawn(pictures.sensitivity(ctx, name))]
        blocks += note_lines(ctx, part.notes)
        sections.append(Section(f"{basis}_{model['key']}", title, tuple(blocks)))
    return sections


def _scores(ctx: Context) -> list[Section]:
    out: list[Section] = []
    for model in ctx.results.meta["models"]:
        if _regression.is_regression(ctx, model["key"]):
            out += _regression.sections(ctx, model["key"], safe)
    return [*out, *_model_sections(ctx, "scores")]


def _latent(ctx: Context) -> list[Section]:
    return _model_sections(ctx, "latent")


def _pls(ctx: Context) -> list[Section]:
    return [
        section for model in ctx.results.meta["models"] for section in _pls_part.sections(ctx, model, safe)
    ]


def _groups_part(ctx: Context) -> list[Section]:
    blocks: list[Block] = [*para(_groups.split_sentences(ctx))]
    for key in ("invariance", "invariance_model"):
        blocks += [*_made(ctx, key), *para(_groups.invariance_sentences(ctx, key))]
    blocks += [
        *_made(ctx, "group_effects"),
        *para(_groups.effect_sentences(ctx)),
        *para(_groups.small_groups(ctx), "note"),
    ]
    for name in ("invariance", "invariance_model", "group_effects"):
        blocks += note_lines(ctx, getattr(ctx.get(name), "notes", ()))
    return [Section("groups", ctx.text("section.groups"), tuple(blocks))]


def _models(ctx: Context) -> list[Section]:
    blocks: list[Block] = []
    same = _hypotheses.equivalent_models(ctx)
    if same is not None:
        delta = ctx.voice.number(same[2], decimals=6)
        blocks += para([ctx.text("say.models", first=same[0], second=same[1], delta=delta)])
    return [Section("models", ctx.text("section.models"), (*blocks, *_made(ctx, "models")))]


def _hypothesis_part(ctx: Context) -> list[Section]:
    blocks = [*para(say.hypothesis_sentences(ctx)), *_made(ctx, "hypotheses")]
    if ctx.voice.style == "skripsi":
        blocks += para([ctx.text("say.discussion")], "note")
    return [Section("hypotheses", ctx.text("section.hypotheses"), tuple(blocks))]


def _closing(ctx: Context) -> list[Section]:
    options, meta, voice = ctx.results.meta["options"], ctx.results.meta, ctx.voice
    limits: list[Block] = []
    if meta.get("simulated"):
        limits += para([ctx.text("say.simulated")], "warning")
    limits += [Paragraph(ctx.text(f"say.{key}")) for key in ("cross", "common", "sample_kind")]
    limits += para([ctx.text("note.causal")])
    said = ctx.text(
        "pls.say.options" if options.get("route") == "pls" else "say.options",
        estimator=options["estimator"],
        measurement=options["measurement"],
        missing=options["missing"],
        draws=voice.count(options["draws"]),
        seed=str(meta["seed"]),
        level=voice.number(100 * options["level"], decimals=0),
        primary=_analysis.method_label(ctx, options["intervals"][0]),
    )
    sections = [Section("limits", ctx.text("section.limits"), tuple(limits))]
    if voice.style == "skripsi":
        sections.append(Section("mapping", ctx.text("section.mapping"), tuple(_made(ctx, "mapping"))))
    sections.append(
        Section(
            "reproduce",
            ctx.text("section.reproduce"),
            (Paragraph(said), Paragraph(ctx.text("say.reproduce"))),
        )
    )
    return sections


def pieces(doc: Document) -> tuple[tuple[Table, ...], tuple[Figure, ...]]:
    """Tables and figures of a document; a figure that stands twice is drawn once."""
    return doc.tables, doc.figures
