"""The same model by partial least squares, for readers of SmartPLS tables. Needs the extra
``umkm-stats[pls]``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import messages, ways
from umkm_stats.adapters import seminr_pls
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels.mediation.effects import evaluate
from umkm_stats.mediation import _rows
from umkm_stats.mediation._detail import Detail
from umkm_stats.mediation._effects import Named, indirect, single
from umkm_stats.mediation._spec import Spec, build
from umkm_stats.options import one_of, share, whole
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True)
class PlsView(Detail):
    """Effects in ``frame``; ``outer``: construct, item, loading, weight; ``r2``: construct and R²."""

    meta: dict[str, Any]
    outer: pd.DataFrame
    r2: pd.DataFrame

    def summary(self, lang: str = "en") -> str:
        """The effects as lines, the notes, and how many draws could be used."""
        requested, used = self.meta["draws"], self.meta["used"]
        counts = {"requested": requested, "converged": used, "inadmissible": 0, "failed": requested - used}
        return "\n".join([super().summary(lang), messages.text("mediation.ledger", lang, **counts)])

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {**super().to_dict(), "outer": jsonable(self.outer), "r2": jsonable(self.r2)}


def pls_view(
    responses: Any,
    *,
    model: str = "M1",
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] = ("percentile", "bc"),
    progress: Callable[[int, int], None] | None = None,
) -> PlsView:
    """A model of the instrument estimated as composites, with bootstrap intervals, beside ``mediate_latent``.

    Composites are weighted sums of items (mode A, path weighting scheme), not common factors: their paths are
    usually nearer to 0 than latent ones when reliability is low, and loadings are higher. Do not mix the two
    in one table.

    Parameters
    ----------
    responses: what ``read_responses`` returned; rows with an answer missing in the model's items are left
    out.
    model: key of a model of the instrument without a moderator; its constructs and dimensions are measured by
    all their items.
    draws, seed, level: as in ``mediate``; a seed picks the same rows as there. intervals: one or several of
    ``umkm_stats.ways.names("pls")``, or "all".
    progress: called with (done, draws).

    Returns
    -------
    :class:`PlsView`: ``.tidy()`` has columns effect, path, method, est, se, ci_low, ci_high, p of
    standardised effects (est/se is what SmartPLS prints as T statistic); ``.outer``, ``.r2``.

    Raises
    ------
    UsageError: INS020 (a variable without items), MED039 (seminr is not installed), MED040 (a moderated
    model), GEN00x.
    UmkmError: MED006, MED007, MED008, MED041 (collinear).
    """
    if not seminr_pls.installed():
        raise UsageError("MED039", params={})
    wanted = list(ways.chosen(intervals, "pls"))
    draws = whole("draws", draws, low=2, high=1_000_000)
    level = share("level", level)
    seed = streams.new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    instrument = responses.instrument
    key = one_of("model", model, tuple(entry.key for entry in instrument.models))
    roles = instrument.structural(key)
    if roles.moderator:
        raise UsageError("MED040", params={"model": key})
    spec = build(
        x=roles.x,
        m=roles.m,
        y=roles.y,
        structure=roles.structure,
        covariates=(),
        moderator=None,
        moderates=(),
        three_way=False,
    )
    answers = responses.kept_items
    scales = instrument.model_scales(key, items=answers.columns)
    own = {name: scales[name] for name in spec.names}
    items = [code for codes in own.values() for code in codes]
    values, sample = _complete(answers[items])
    try:
        fit = seminr_pls.pls(values, items, own, list(_arrows(spec)))
    except (ValueError, np.linalg.LinAlgError) as error:
        raise UmkmError("MED041", params={"problem": str(error)}) from None
    done = [0]

    def step(size: int) -> None:
        done[0] += size
        if progress is not None:
            progress(done[0], draws)

    blocks = (
        streams.row_block(seed, block, streams.BLOCK, len(values))[:size]
        for block, _, size in streams.blocks(draws)
    )
    drawn = seminr_pls.draws(fit, blocks, step)
    return _view(spec, fit, drawn, own, sample, seed, level, wanted, draws, bool(roles.covariates))


def _complete(answers: pd.DataFrame) -> tuple[Any, SampleUsed]:
    kept = answers.dropna()
    values = kept.to_numpy(dtype=np.float64)
    lost = len(answers) - len(kept)
    sample = SampleUsed(len(answers), len(kept), {"missing": lost} if lost else {})
    if not len(kept):
        empty = [str(name) for name in answers.columns if answers[name].isna().all()]
        raise UmkmError("MED006", params={"rows": len(answers), "empty": empty or ["–"]})
    if len(kept) < values.shape[1] + 2:
        raise UmkmError(
            "MED007", params={"n": len(kept), "needed": values.shape[1] + 2, "rows_in": len(answers)}
        )
    for name, column in zip(kept.columns, values.T, strict=True):
        if np.ptp(column) == 0:
            raise UmkmError("MED008", params={"name": str(name)})
    return values, sample


def _arrows(spec: Spec) -> dict[tuple[str, str], None]:
    """(from, to) in the order of the spec's coefficients; the regression of the total effect is none of the
    model's."""
    return {
        (term[0], outcome): None for (outcome, role, term) in spec.place if role != "total" and len(term) == 1
    }


def _named(spec: Spec) -> list[Named]:
    """Arrows, specific and total indirect effects, and totals as the sum of their paths."""
    arrows, through = single(spec), indirect(spec, [])
    totals = []
    for entry in arrows:
        if entry.kind == "direct":
            ways = tuple(
                path
                for other in through
                if other.kind == "indirect" and _ends(other) == _ends(entry)
                for path in other.paths
            )
            totals.append(Named("total", entry.path, entry.route, (*entry.paths, *ways)))
    return [*arrows, *totals, *through]


def _ends(entry: Named) -> tuple[str, str]:
    return entry.route[0], entry.route[-1]


def _view(
    spec: Spec,
    fit: seminr_pls.PlsFit,
    drawn: Any,
    own: dict[str, list[str]],
    sample: SampleUsed,
    seed: int,
    level: float,
    wanted: list[str],
    draws: int,
    covariates: bool,
) -> PlsView:
    import pandas as pd

    order = {pair: place for place, pair in enumerate(fit.paths)}
    theta = np.full((len(spec.place), len(drawn) + 1), np.nan)
    for (outcome, role, term), place in spec.place.items():
        if role != "total":
            column = order[(term[0], outcome)]
            theta[place] = [fit.paths[(term[0], outcome)], *drawn[:, column]]
    named = _named(spec)
    values = evaluate(theta, [entry.bare for entry in named])
    rows, said = _rows.drawn(named, values[:, 0], values[:, 1:].T, None, level, wanted)
    failed = draws - len(drawn)
    notes = [Note("MED214", {})]
    if failed:
        notes.append(Note("MED209", {"failed": failed, "requested": draws}))
    if covariates:
        notes.append(Note("MED215", {}))
    outer = [
        (name, item, fit.loadings[name, item], fit.weights[name, item])
        for name, codes in own.items()
        for item in codes
    ]
    return PlsView(
        "pls",
        pd.DataFrame(rows, columns=list(_rows.COLUMNS)),
        sample,
        seed,
        (*notes, *said),
        meta={"draws": draws, "used": len(drawn), "iterations": fit.iterations},
        outer=pd.DataFrame(outer, columns=["construct", "item", "loading", "weight"]),
        r2=pd.DataFrame(list(fit.r2.items()), columns=["construct", "r2"]),
    )
