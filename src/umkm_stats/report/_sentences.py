"""Sentences that know their numbers: sign, size, significance, which interval, what was not supported and
why."""

from __future__ import annotations

from typing import Any

from umkm_stats import messages, ways
from umkm_stats.kernels.review import programs
from umkm_stats.report import _regression_sentences
from umkm_stats.report._inline import plain
from umkm_stats.report._measurement_sentences import fit_sentences as fit_sentences
from umkm_stats.report._measurement_sentences import reliability_sentences as reliability_sentences
from umkm_stats.report._voice import Voice, choose_voice
from umkm_stats.report.tables import _analysis
from umkm_stats.report.tables._context import Context, number, route_of
from umkm_stats.results import StudyResults, Unavailable, reason_label

VERDICTS = {True: "main.yes", False: "main.no", None: "main.undecided"}


def main_sentences(results: StudyResults, *, lang: str) -> list[str]:
    """The main result for a terminal: one sentence on scale means, one on latent variables or composites.

    Parameters
    ----------
    results : StudyResults
        What a study computed: ``Study.results``.
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    list[str]
        Sentences.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.report import main_sentences
    >>> print(main_sentences(examples.study().results, lang="en")[0][:78])
    The indirect effect of innovation culture on marketing innovation through prod
    """
    context = context_of(results, choose_voice(style="apa", lang=lang))
    return [plain(sentence) for sentence in headline(context)]


def context_of(results: StudyResults, voice: Voice) -> Context:
    """Results in a voice, with the labels of its language."""
    return Context(results, voice, results.meta["labels"][voice.lang])


def deciding(ctx: Context, own: Any) -> Any:
    """The row of an effect that decides: the primary interval, else its own test or delta."""
    method = ways.deciding(ctx.primary, set(own["method"]))
    return (own if method is None else own[own["method"] == method]).iloc[0]


def excludes_zero(row: Any) -> bool | None:
    """Whether the interval of a row leaves zero out; None without an interval."""
    low, high = number(row["ci_low"]), number(row["ci_high"])
    return None if low is None or high is None else not low <= 0 <= high


def main_model(ctx: Context) -> str:
    """Key of the main model; empty for a study without a model."""
    models = ctx.results.meta["models"]
    return str(models[0]["key"]) if models else ""


def headline(ctx: Context, only: str = "") -> list[str]:
    """One sentence a basis on the main indirect effect (of a chain: through all its mediators; the same one
    for every basis), and one more when the two disagree. ``only``: the basis whose sentence is wanted, where
    it has one."""
    said, verdicts, wanted = [], [], ""
    key = main_model(ctx)
    if not key:
        return [ctx.text("reg.main.no_model", n=ctx.voice.count(ctx.results.meta["sample"]["used"]))]
    said += _regression_sentences.headline(ctx, key)
    for basis in ("scores", "latent", "pls"):
        part = ctx.get(f"mediation_{basis}_{key}")
        if part is None:
            continue
        if isinstance(part, Unavailable):
            said.append(
                ctx.text(
                    "main.failed", basis=ctx.text(f"basis.on.{basis}"), reason=part.message(ctx.voice.lang)
                )
            )
            continue
        own = part.effects[part.effects["effect"] == "indirect"]
        if not len(own):
            own = part.effects[part.effects["effect"] == "conditional_indirect"]
        if not len(own):
            continue
        routes = {str(path): route_of(str(path)) for path in own["path"]}
        wanted = wanted if wanted in routes.values() else max(routes.values(), key=lambda r: r.count("->"))
        own = own[own["path"] == next(path for path, route in routes.items() if route == wanted)]
        row = deciding(ctx, own)
        held = _held(part, row)
        verdict = None if held or part.withheld(str(row["method"])) else excludes_zero(row)
        verdicts.append(verdict)
        route = [ctx.label(piece.strip()) for piece in route_of(str(row["path"])).split("->")]
        how = "main.indirect" if ways.is_random(str(row["method"])) else "main.nodraws"
        if number(row["ci_low"]) is None or number(row["ci_high"]) is None:
            how = "main.none" if number(row["est"]) is None else "main.no_limits"
        sentence = ctx.text(
            how,
            x=ctx.low(route[0]),
            m=", ".join(ctx.low(name) for name in route[1:-1]),
            y=ctx.low(route[-1]),
            basis=ctx.text(f"basis.{basis}"),
            est=ctx.voice.number(number(row["est"])),
            level=_level(ctx, part),
            limits=ctx.voice.interval(number(row["ci_low"]), number(row["ci_high"])),
            method=_analysis.method_label(ctx, str(row["method"])),
            draws=ctx.voice.count(int(part.ledger.get("converged", 0)) or len(part.draws)),
            seed=str(part.seed),
            n=ctx.voice.count(part.sample.used),
        )
        last = ctx.text("main.withheld", reason=ctx.text(f"reason.{held[0]}")) if held else None
        if only in ("", basis):
            said.append(f"{sentence} {last or ctx.text(VERDICTS[verdict])}")
    if {True, False} <= set(verdicts):
        said.append(ctx.text("main.differ"))
    return said


def _held(part: Any, row: Any) -> tuple[str, ...]:
    """Why no verdict is drawn on an effect of a mediation analysis."""
    asked = getattr(part, "withheld_for", None)
    return tuple(asked(str(row["effect"]), str(row["path"]), str(row["method"]))) if asked else ()


def _level(ctx: Context, part: Any) -> str:
    return _analysis.level_of(ctx, part)


def sample_sentences(ctx: Context) -> list[str]:
    """Rows received, used, set aside; columns that the file lacks; missing answers."""
    sample, voice = ctx.results.meta["sample"], ctx.voice
    rows_in, used = sample["rows_in"], sample["used"]
    said = []
    if used == rows_in:
        said.append(ctx.text("say.sample.all", rows_in=voice.count(rows_in)))
    else:
        said.append(
            ctx.text(
                "say.sample",
                rows_in=voice.count(rows_in),
                used=voice.count(used),
                percent=voice.percent(100 * used / rows_in),
            )
        )
        reasons = "; ".join(
            f"{reason_label(r, voice.lang)} ({voice.count(c)})" for r, c in sample["dropped"].items() if c
        )
        said.append(ctx.text("say.dropped", reasons=reasons))
    gone = ctx.get("missing")
    if gone is not None and not isinstance(gone, Unavailable):
        cells, rows = int(gone.table["missing"].sum()), int(gone.rows_with_missing)
        every = used * len(gone.table)
        if cells:
            said.append(
                ctx.text(
                    "say.missing",
                    cells=voice.count(cells),
                    all=voice.count(every),
                    percent=voice.percent(100 * cells / every, 2),
                    rows=voice.count(rows),
                )
            )
        else:
            said.append(ctx.text("say.missing.none"))
    return said + [ctx.note(note) for note in ctx.results.notes if note.code == "STU070"]


def screening_sentences(ctx: Context) -> list[str]:
    """How many rows were marked, and the main indirect effect with and without them."""
    part = ctx.get("screening")
    row = part.glance().iloc[0]
    out = [
        ctx.text(
            "say.flagged",
            n=ctx.voice.count(int(part.responses.kept.sum())),
            flagged=ctx.voice.count(int(row["flagged"])),
        )
    ]
    other = ctx.get("without_flagged")
    key = main_model(ctx)
    main = ctx.get(f"mediation_scores_{key}")
    if other is None or isinstance(other, Unavailable) or main is None or isinstance(main, Unavailable):
        return out
    for _, path in _analysis.pairs(main.effects, ("indirect",)):
        rows = [
            part.effects[(part.effects["effect"] == "indirect") & (part.effects["path"] == path)]
            for part in (main, other)
        ]
        first, second = (deciding(ctx, own) for own in rows)
        out.append(
            ctx.text(
                "say.without_flagged",
                path=ctx.path(path),
                est=ctx.voice.number(number(first["est"])),
                limits=ctx.voice.interval(number(first["ci_low"]), number(first["ci_high"])),
                other=ctx.voice.number(number(second["est"])),
                other_limits=ctx.voice.interval(number(second["ci_low"]), number(second["ci_high"])),
                n=ctx.voice.count(other.sample.used),
            )
        )
    return out


def path_sentences(ctx: Context, name: str) -> list[str]:
    """One sentence an arrow of a model."""
    part = ctx.get(name)
    if part is None or isinstance(part, Unavailable):
        return []
    out = []
    frame = part.effects
    for effect, path in _analysis.pairs(frame, ("a", "d", "b", "direct")):
        own = frame[(frame["effect"] == effect) & (frame["path"] == path)]
        tested = own[own["method"].isin(_analysis.TESTED)]
        row = (tested if len(tested) else own).iloc[0]
        est, p = number(row["est"]), number(row["p"])
        if est is None or p is None:
            continue
        if "|" in path:
            continue  # the arrow depends on a moderator; its value at zero is no main effect
        ends = [ctx.label(piece.strip()) for piece in path.split("->")]
        more = {
            "x": ends[0],
            "y": ctx.low(ends[-1]),
            "est": ctx.voice.number(est),
            "p": ctx.voice.p(p),
        }
        if p < 0.05:
            direction = ctx.text("say.positive" if est > 0 else "say.negative")
            out.append(ctx.text("say.path.yes", direction=direction, coefficient="b", **more))
        else:
            out.append(ctx.text("say.path.no", **(more | {"x": ctx.low(ends[0])})))
    moderated = [arrow for arrow in _analysis.others(part) if ":" in arrow["term"]]
    for arrow in moderated:
        words = {
            "term": ctx.low(_analysis.term(ctx, arrow["term"])),
            "y": ctx.low(ctx.label(arrow["outcome"])),
        }
        words |= {"est": ctx.voice.number(arrow["est"]), "p": ctx.voice.p(arrow["p"])}
        out.append(
            ctx.text("say.interaction.yes" if (arrow["p"] or 1.0) < 0.05 else "say.interaction.no", **words)
        )
    return out


def indirect_sentences(ctx: Context, name: str) -> list[str]:
    """One sentence an indirect effect, and whether the interval methods agree."""
    part = ctx.get(name)
    if part is None or isinstance(part, Unavailable):
        return []
    out = []
    frame = part.effects
    for _effect, path in _analysis.pairs(frame, ("indirect", "total_indirect")):
        own = frame[(frame["effect"].isin(["indirect", "total_indirect"])) & (frame["path"] == path)]
        row = deciding(ctx, own)
        held = _held(part, row)
        sure = None if part.withheld(str(row["method"])) else excludes_zero(row)
        if sure is None and not held:
            continue
        key = "withheld" if held else ("yes" if sure else "no")
        reason = {"reason": ctx.text(f"reason.{held[0]}")} if held else {}
        out.append(
            ctx.text(
                f"say.indirect.{key}",
                path=ctx.path(route_of(path)),
                est=ctx.voice.number(number(row["est"])),
                level=_level(ctx, part),
                limits=ctx.voice.interval(number(row["ci_low"]), number(row["ci_high"])),
                method=_analysis.method_label(ctx, str(row["method"])),
                draws=ctx.voice.count(int(part.ledger.get("converged", 0)) or len(part.draws)),
                **reason,
            )
        )
        out += _agreement(ctx, own)
    index = frame[frame["effect"] == "index"]
    if len(index):
        row = deciding(ctx, index)
        sure = excludes_zero(row)
        limits = ctx.voice.interval(number(row["ci_low"]), number(row["ci_high"]))
        out.append(
            ctx.text(
                "say.index.yes" if sure else "say.index.no",
                est=ctx.voice.number(number(row["est"])),
                limits=limits,
            )
        )
    return out


def cross_sentences(ctx: Context, model: str) -> list[str]:
    """Whether another program agrees on the model, which numbers differ and what explains them, or why it did
    not say."""
    part = ctx.get("cross_check")
    if part is None or model != main_model(ctx):
        return []
    if isinstance(part, Unavailable):
        return [ctx.text("say.cross_check.none", reason=part.message(ctx.voice.lang))]
    row = part.table.iloc[0]
    est, se = ctx.voice.number(part.tolerance_est, decimals=2), ctx.voice.percent(100 * part.tolerance_se, 0)
    key = "say.cross_check.yes" if row["agrees"] else "say.cross_check.no"
    program = str(row["program"])
    first = ctx.text(key, program=program, count=ctx.voice.count(int(row["parameters"])), est=est, se=se)
    return [first, *_explained(ctx, part, program)]


def _explained(ctx: Context, part: Any, program: str) -> list[str]:
    """One sentence a reason: the numbers that differ by it, and what it is."""
    lang, apart = ctx.voice.lang, getattr(part, "differences", None)
    out: list[str] = []
    if apart is None or not len(apart):
        return out
    for key, group in apart.groupby("explanation", sort=False):
        names = [INDICES.get(str(name), str(name)) for name in group["number"]]
        if str(key) in programs.KEYS:
            why = messages.text(f"convention.{key}.says", lang)
        else:
            why = messages.text(f"sem.cross.{key or 'unexplained'}", lang, program=program)
        numbers = messages.listing(names, lang)
        out.append(ctx.text("say.cross_check.differs", numbers=numbers, program=program, why=why))
    return out


INDICES = {
    **{name: name.upper() for name in ("cfi", "tli", "nfi", "rmsea", "gfi", "agfi", "aic", "bic")},
    "chisq": "χ²",
    "baseline_chisq": "χ² (baseline)",
    "baseline_df": "df (baseline)",
}
"""How a report writes the indices that two programs are compared on."""


def _agreement(ctx: Context, own: Any) -> list[str]:
    verdicts = {str(row["method"]): excludes_zero(row) for _, row in own.iterrows()}
    said = {method: sure for method, sure in verdicts.items() if sure is not None}
    if len(said) < 2:
        return []
    yes = [_analysis.method_label(ctx, method) for method, sure in said.items() if sure]
    no = [_analysis.method_label(ctx, method) for method, sure in said.items() if not sure]
    if not yes or not no:
        verdict = ctx.text("say.excludes" if yes else "say.includes")
        return [ctx.text("say.methods.agree", count=str(len(said)), verdict=verdict)]
    return [
        ctx.text(
            "say.methods.differ",
            yes="; ".join(yes),
            no="; ".join(no),
            primary=_analysis.method_label(ctx, ctx.primary),
        )
    ]


def sensitivity_sentences(ctx: Context, name: str) -> list[str]:
    """How strongly the errors of mediator and outcome must correlate before the indirect effect is gone."""
    part = _analysis.detail(ctx, "sensitivity", name)
    meta = getattr(part, "meta", None) or {}
    zero = number(meta.get("rho_zero"))
    if zero is None:
        return []
    return [ctx.text("say.sensitivity", rho=ctx.voice.number(zero, decimals=2, bounded=True))]


def hypothesis_sentences(ctx: Context) -> list[str]:
    """How many hypotheses are supported, not supported, contradicted, not testable; equivalence in words."""
    part = ctx.get("hypotheses")
    if part is None or isinstance(part, Unavailable) or not len(part.table):
        return []
    deciding_rows = part.table[part.table["decides"]].drop_duplicates("code")
    counts = deciding_rows["joint"].value_counts().to_dict()
    out = [
        ctx.text(
            "say.hypotheses",
            all=str(len(deciding_rows)),
            supported=str(counts.get("supported", 0) + counts.get("equivalent", 0)),
            not_supported=str(counts.get("not_supported", 0) + counts.get("not_equivalent", 0)),
            contradicted=str(counts.get("contradicted", 0)),
            not_testable=str(counts.get("not_testable", 0)),
        )
    ]
    for row in deciding_rows.to_dict("records"):
        if row["joint"] in ("equivalent", "not_equivalent"):
            key = "say.equivalence.yes" if row["joint"] == "equivalent" else "say.equivalence.no"
            bound = ctx.voice.number(float(ctx.results.meta["options"]["equivalence"]), decimals=2)
            out.append(
                ctx.text(
                    key,
                    code=row["code"],
                    limits=ctx.voice.interval(number(row["ci_low"]), number(row["ci_high"])),
                    bound=bound,
                )
            )
    return out
