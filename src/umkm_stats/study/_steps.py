"""The steps of a study, in order. Each hands its result on, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from umkm_stats import ways
from umkm_stats.errors import UmkmError
from umkm_stats.results import Unavailable
from umkm_stats.screening import return_rate
from umkm_stats.study import (
    _checks,
    _descriptions,
    _groups,
    _hypotheses,
    _latent_checks,
    _limit_tables,
    _pls,
    _regression,
    _second,
)
from umkm_stats.study._settings import chapter_route

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument import Instrument
    from umkm_stats.responses import Responses
    from umkm_stats.study._file import StudyFile
    from umkm_stats.study._settings import Settings
    from umkm_stats.study._underway import Underway

RANDOM_SETS = 500
"""Of the parallel analysis."""


def without_excluded(responses: Responses, settings: Settings | StudyFile) -> Responses:
    """The answers with the rows named in study.yaml set aside, counted under ``excluded``."""
    if not settings.exclude:
        return responses
    rows = responses.sample.rows
    wanted = {entry.row for entry in settings.exclude}
    unknown = sorted(wanted - {int(row) for row in rows["row"]})
    if unknown:
        raise UmkmError("STU026", params={"rows": unknown})
    chosen = rows["row"].isin(wanted).to_numpy()
    newly = chosen & responses.kept.to_numpy()
    kept = responses.kept & ~chosen
    table = rows.copy()
    table["kept"] = kept.to_numpy()
    table.loc[newly, "reason"] = "excluded"
    dropped = dict(responses.sample.dropped) | ({"excluded": int(newly.sum())} if newly.any() else {})
    sample = replace(responses.sample, used=int(kept.sum()), dropped=dropped, rows=table)
    return replace(responses, kept=kept, sample=sample)


def check(responses: Responses, instrument: Instrument, settings: Settings) -> dict[str, list[str]]:
    """Scale → items of the models; raises the coded errors of ``_checks``, and SCR102 when fewer forms were
    handed out than came back."""
    if settings.distributed is not None:
        return_rate(responses, distributed=settings.distributed)
    if not int(responses.kept.sum()):
        raise UmkmError("STU020", params={"rows_in": responses.sample.rows_in})
    present = [str(code) for code in responses.items.columns if responses.items[code].notna().any()]
    scales = _checks.model_scales(instrument, settings.models, present)
    _checks.check_answers(
        responses.kept_items,
        scales,
        instrument=instrument,
        models=settings.models,
        route=settings.route,
    )
    return scales


def complete_cases(responses: Responses, scales: dict[str, list[str]]) -> Responses:
    """One n for a chapter: rows that lack an item of the models are set aside, counted ``missing``."""
    used = sorted({code for members in scales.values() for code in members})
    gaps = responses.items[used].isna().any(axis=1)
    newly = (gaps & responses.kept).to_numpy()
    if not newly.any():
        return responses
    kept = responses.kept & ~gaps
    table = responses.sample.rows.copy()
    table["kept"] = kept.to_numpy()
    table.loc[newly, "reason"] = "missing"
    dropped = dict(responses.sample.dropped)
    dropped["missing"] = dropped.get("missing", 0) + int(newly.sum())
    sample = replace(responses.sample, used=int(kept.sum()), dropped=dropped, rows=table)
    return replace(responses, kept=kept, sample=sample)


def compute(work: Underway) -> dict[str, Any]:
    """All parts of the study, by name, in the order of the report."""
    settings, instrument = work.settings, work.instrument
    steps: list[tuple[str, Callable[[], None]]] = [
        ("describe", lambda: _describe(work)),
        ("measurement", lambda: _measurement(work)),
    ]
    for key in settings.models:
        steps.append(("scores", lambda key=key: _scores(work, key)))  # type: ignore[misc]
    for key in settings.models:
        steps.append(("latent", lambda key=key: _latent(work, key)))  # type: ignore[misc]
    if settings.cross_check:
        steps.append(("cross_check", lambda: _second.opinion(work)))
    if settings.groups is not None:
        steps.append(("groups", lambda: _groups.compare(work)))
    if settings.route == "pls":
        steps = [("describe", lambda: _describe(work))]
        steps += [("pls", lambda key=key: _pls.analyse(work, key)) for key in settings.models]  # type: ignore[misc]
    for place, (name, call) in enumerate(steps):
        work.progress("study", place, len(steps))
        work.progress(name, 0, 1)
        call()
        work.progress(name, 1, 1)
    work.progress("study", len(steps), len(steps))
    if settings.route != "pls":
        _without_flagged(work)
        _details(work)
    _for_appendix(work)
    primary = settings.intervals[0]
    work.parts["hypotheses"] = _hypotheses.recapitulate(
        instrument,
        work.parts,
        primary=primary,
        bound=settings.equivalence,
        route=chapter_route(instrument, settings),
        tails=settings.tails,
        alpha=settings.alpha,
    )
    return work.parts


def _describe(work: Underway) -> None:
    from umkm_stats.measurement import item_analysis
    from umkm_stats.screening import screen

    responses = work.responses
    work.parts["responses"] = _descriptions.reading(responses)
    work.attempt("screening", lambda: screen(responses))
    found = _descriptions.profile(
        responses, work.instrument, responses.kept, work.settings.language, work.settings.profile
    )
    if found is not None:
        work.parts["profile"] = found
    counted = _descriptions.numbers(responses, work.instrument, responses.kept, work.settings.profile)
    if counted is not None:
        work.parts["profile_numbers"] = counted
    work.parts["missing"] = _descriptions.missing(responses.kept_items)
    work.attempt("items", lambda: item_analysis(responses, scales=_all_scales(work)))
    work.parts["scales"] = _descriptions.scales(means(work))


def _all_scales(work: Underway) -> dict[str, list[str]]:
    present = [str(code) for code in work.responses.items.columns if work.responses.items[code].notna().any()]
    found: dict[str, list[str]] = work.instrument.scales(present)
    return found


def means(work: Underway) -> pd.DataFrame:
    """(rows used, scales) means of the models' scales, named by construct."""
    return _descriptions.scale_means(work.responses.kept_items, work.scales)


def _measurement(work: Underway) -> None:
    from umkm_stats.measurement import cfa, factor_count, method_bias, reliability, validity

    responses, settings = work.responses, work.settings
    work.attempt("reliability", lambda: reliability(responses, scales=_all_scales(work)))
    items = responses.kept_items[[code for members in work.scales.values() for code in members]]
    draws = min(settings.draws, 1000)
    tell, whole = work.ticking("measurement"), RANDOM_SETS + 2 * draws
    work.attempt(
        "factor_count",
        lambda: factor_count(
            items, runs=RANDOM_SETS, seed=settings.seed, progress=lambda done, _: tell(done, whole)
        ),
    )
    work.attempt("cfa", lambda: cfa(responses, structure="first_order", cutoffs=work.settings.fit_cutoffs))
    disjoint = sum(map(len, work.scales.values())) == items.shape[1] and not items.columns.duplicated().any()
    scales = work.scales if disjoint else _all_scales(work)
    found = work.attempt(
        "cfa_constructs",
        lambda: cfa(
            responses.kept_items,
            scales=scales,
            structure="first_order",
            compare=(),
            cutoffs=work.settings.fit_cutoffs,
        ),
    )
    if not isinstance(found, Unavailable) and not found.fit.converged:
        work.parts["validity"] = Unavailable("MEA220")
    elif not isinstance(found, Unavailable):
        work.attempt(
            "validity",
            lambda: validity(
                found,
                draws=draws,
                seed=settings.seed,
                workers=work.workers,
                progress=lambda done, of: tell(RANDOM_SETS + 2 * draws * done // of, whole),
            ),
        )
    work.attempt("method_bias", lambda: method_bias(responses, scales=scales))


def _scores(work: Underway, key: str) -> None:
    from umkm_stats.mediation import mediate

    model, settings = work.instrument.structural(key), work.settings
    if not model.m:
        _regression.scores(work, key)
        return
    frame = means(work)
    errors = "classical" if model.moderator else _regression.equations(work, key)
    covariates = [code for code in model.covariates if code in frame.columns]
    moderation = (
        {
            "moderator": model.moderator,
            "moderates": tuple("c" if m == "direct" else m for m in model.moderates),
        }
        if model.moderator
        else {}
    )
    work.attempt(
        f"mediation_scores_{key}",
        lambda: mediate(
            frame,
            x=list(model.x),
            m=list(model.m),
            y=list(model.y),
            structure=model.structure,
            covariates=covariates,
            errors=errors,
            draws=settings.draws,
            seed=settings.seed,
            level=settings.level,
            intervals=beside(settings.intervals),
            workers=work.workers,
            progress=work.ticking("scores"),
            **moderation,  # type: ignore[arg-type]
        ),
    )


def beside(asked: Sequence[str]) -> tuple[str, ...]:
    """The study's intervals, then the others that stand beside them on scale means."""
    return tuple(dict.fromkeys([*asked, *(way.name for way in ways.ALL if way.beside)]))


def _without_flagged(work: Underway) -> None:
    """The main indirect effects on scale means once more without the rows that screening marked."""
    from umkm_stats.mediation import mediate

    screened = work.parts.get("screening")
    if not work.settings.models:
        return
    if (
        screened is None
        or isinstance(screened, Unavailable)
        or not int(screened.flagged[work.responses.kept].sum())
    ):
        return
    key, settings = work.settings.models[0], work.settings
    model = work.instrument.structural(key)
    if model.moderator or not model.m:
        return
    frame = means(work)
    frame = frame.loc[~screened.flagged.loc[frame.index]]
    work.attempt(
        "without_flagged",
        lambda: mediate(
            frame,
            x=list(model.x),
            m=list(model.m),
            y=list(model.y),
            structure=model.structure,
            draws=settings.draws,
            seed=settings.seed,
            level=settings.level,
            intervals=settings.intervals[:1],
            workers=work.workers,
        ),
    )


def _details(work: Underway) -> None:
    """What is asked of the finished analyses: VAF and kind of mediation, equivalence, f², assumptions,
    sensitivity."""
    settings = work.settings
    tested = {
        code
        for h in work.instrument.hypotheses
        if h.test == "equivalence"
        for code in (h.models or settings.models)
    }
    for key in settings.models:
        for basis in ("scores", "latent"):
            part = work.parts.get(f"mediation_{basis}_{key}")
            if part is not None and not isinstance(part, Unavailable):
                _asked(work, part, key, basis, key in tested)
    for hypothesis in work.instrument.hypotheses:
        if hypothesis.test == "necessity":
            _necessity(work, hypothesis.code, hypothesis.constructs[0], hypothesis.constructs[-1])


def _asked(work: Underway, part: Any, key: str, basis: str, tested: bool) -> None:
    model, end = work.instrument.structural(key), f"{basis}_{key}"
    if model.moderator:
        work.attempt(f"detail_curve_{end}", part.curve)
        return
    if model.m:
        work.attempt(f"detail_vaf_{end}", part.vaf)
        work.attempt(f"detail_typology_{end}", part.typology)
    if tested:
        work.attempt(f"detail_equivalence_{end}", lambda: part.equivalence(work.settings.equivalence))
    if basis == "scores":
        work.attempt(f"detail_f2_{end}", part.variance_explained)
        work.attempt(f"detail_assumptions_{end}", part.assumptions)
        if len(model.m) == len(model.x) == len(model.y) == 1:
            grid = [round(0.05 * step, 2) for step in range(21)]
            work.attempt(f"detail_sensitivity_{end}", part.sensitivity)
            work.attempt(f"detail_confounder_{end}", lambda: part.confounder(effect_on_y=grid, per_m=grid))


def _necessity(work: Underway, code: str, x: str, y: str) -> None:
    from umkm_stats.mediation import necessary_condition

    if {x, y} <= set(work.scales):
        work.attempt(
            f"detail_necessity_{code}",
            lambda: necessary_condition(means(work), x=x, y=y, seed=work.settings.seed),
        )


def _latent(work: Underway, key: str) -> None:
    from umkm_stats.mediation import mediate_latent

    settings = work.settings

    def one(estimator: str) -> Any:
        return mediate_latent(
            work.responses,
            model=key,
            measurement=settings.measurement,
            estimator=estimator,
            missing=settings.missing,
            draws=settings.draws,
            seed=settings.seed,
            level=settings.level,
            intervals=settings.intervals,
            workers=work.workers,
            progress=work.ticking("latent"),
        )

    name = f"mediation_latent_{key}"
    found = work.attempt(name, lambda: one(settings.estimator))
    if settings.route != "sem" or isinstance(found, Unavailable):
        return
    seen = work.attempt(f"latent_checks_{key}", lambda: _latent_checks.checks(found.fit))
    bent = not isinstance(seen, Unavailable) and abs(float(seen.facts["cr"].iloc[0])) > _latent_checks.NORMAL
    if bent and _latent_checks.robust(work):
        work.attempt(name, lambda: one("MLR"))


def _for_appendix(work: Underway) -> None:
    """What only the appendix of a thesis shows: tables of limits, the scored answers without identifiers."""
    if work.settings.style != "skripsi":
        return
    work.attempt("limit_tables", lambda: _limit_tables.limit_tables(work.parts, work.settings))
    codes = [code for members in work.scales.values() for code in members]
    work.parts["tabulation"] = _descriptions.tabulation(work.responses.kept_items[list(dict.fromkeys(codes))])
