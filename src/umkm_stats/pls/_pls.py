"""A fitted PLS model: the tables of outer and inner model, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.kernels.pls.distances import construct_correlations, distance, implied
from umkm_stats.kernels.pls.estimate import Estimates
from umkm_stats.kernels.pls.moments import Moments
from umkm_stats.kernels.pls.products import all_scores, standardised
from umkm_stats.kernels.pls.statistics import htmt, outer_vif, quality
from umkm_stats.options import one_of
from umkm_stats.pls._bootstrap import draw
from umkm_stats.pls._compile import Compiled, Options
from umkm_stats.pls._data import Answers
from umkm_stats.pls._fit_test import fit_test
from umkm_stats.pls._groups import mga, micom
from umkm_stats.pls._importance import ipma
from umkm_stats.pls._layout import layout, main_paths, path_names
from umkm_stats.pls._lower import first_stage
from umkm_stats.pls._moderating import slopes
from umkm_stats.pls._predict import blindfolding, predict
from umkm_stats.pls._structure import Structure
from umkm_stats.pls._summary import text_of
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pls:
    """Result of ``fit_pls``.

    Frames: ``paths`` (lhs rhs est), ``loadings`` (construct item est weight mode), ``cross_loadings``,
    ``quality`` (construct alpha rho_a rho_c ave), ``htmt`` (construct other htmt htmt_plus htmt2),
    ``fornell_larcker``, ``correlations``, ``vif`` (kind construct name vif), ``r2`` (construct r2 r2_adj),
    ``f2`` (lhs rhs f2), ``effects`` (effect path lhs rhs est), ``fit`` (model srmr d_uls d_g d_g_log10 chi2
    nfi). Methods: ``bootstrap fit_test predict blindfolding ipma mga micom slopes scores``. For a model in
    two stages ``stage_one`` is the first.
    """

    structure: Structure
    compiled: Compiled
    options: Options
    answers: Answers
    moments: Moments
    found: Estimates
    notes: tuple[Note, ...]
    data: Any
    missing: str
    key: str = ""
    scales: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    seed: int | None = None

    @property
    def sample(self) -> SampleUsed:
        """Rows read and used."""
        return self.answers.sample

    @property
    def constructs(self) -> tuple[str, ...]:
        """Constructs of the last stage."""
        return self.compiled.last.constructs

    @property
    def iterations(self) -> int:
        """Iterations until the weights of the last stage stood still."""
        return int(self.found.found.iterations[0])

    @cached_property
    def paths(self) -> pd.DataFrame:
        """lhs rhs est: path coefficients; those of a product ``A:B`` in units of the raw product."""
        return _frame(
            ("lhs", "rhs", "est"),
            [
                (*pair, value)
                for pair, value in zip(path_names(self.compiled), self.found.inner.paths[:, 0], strict=True)
            ],
        )

    @cached_property
    def loadings(self) -> pd.DataFrame:
        """construct item est weight mode: loadings and weights; of dimensions from stage one."""
        drawn = layout(self.compiled, ("loadings", "weights"))
        values = drawn.read(self.found)[:, 0]
        half = len(values) // 2
        modes = {entry.name: entry.mode for entry in self.structure.constructs}
        return _frame(
            ("construct", "item", "est", "weight", "mode"),
            [
                (entry.lhs, entry.rhs, values[k], values[half + k], modes[entry.lhs])
                for k, entry in enumerate(drawn.entries[:half])
            ],
        )

    @cached_property
    def cross_loadings(self) -> pd.DataFrame:
        """Correlations of items (rows) with constructs (columns)."""
        import pandas as pd

        items = pd.Index(self.compiled.last.items, name="item")
        return pd.DataFrame(self.found.found.cross[..., 0], index=items, columns=list(self.constructs))

    @cached_property
    def correlations(self) -> pd.DataFrame:
        """Correlations of the constructs; corrected for attenuation when consistent."""
        return _square(self.constructs, self.found.outer.corr[..., 0])

    @cached_property
    def quality(self) -> pd.DataFrame:
        """construct alpha rho_a rho_c ave; blank for formative and single-item constructs."""
        plan = self.compiled.model.plan
        found = quality(plan, self.found.r, self.found.outer)
        columns = zip(found.alpha, found.rho_a, found.rho_c, found.ave, strict=True)
        rows = [
            (name, *(float(v[0]) for v in values))
            for name, values in zip(self.constructs, columns, strict=True)
        ]
        lower = [] if self.stage_one is None else self._lower(self.stage_one.quality)
        return _frame(("construct", "alpha", "rho_a", "rho_c", "ave"), [*lower, *rows])

    def _lower(self, frame: pd.DataFrame) -> list[tuple[Any, ...]]:
        """Rows of a table of stage one that speak of dimensions."""
        dims = self.structure.dimensions
        return [row for row in frame.itertuples(index=False, name=None) if row[0] in dims]

    @cached_property
    def htmt(self) -> pd.DataFrame:
        """construct other htmt htmt_plus htmt2 of every pair of reflective constructs."""
        plan, names = self.compiled.model.plan, self.constructs
        ratio = {kind: htmt(plan, self.found.r, kind)[..., 0] for kind in ("plain", "plus", "geometric")}
        own = [j for j, formative in enumerate(plan.formative) if not formative]
        return _frame(
            ("construct", "other", "htmt", "htmt_plus", "htmt2"),
            [
                (names[a], names[b], *(float(table[a, b]) for table in ratio.values()))
                for place, a in enumerate(own)
                for b in own[place + 1 :]
            ],
        )

    @cached_property
    def fornell_larcker(self) -> pd.DataFrame:
        """√AVE on the diagonal (blank where AVE is), correlations of the constructs beside it."""
        table = self.found.outer.corr[..., 0].copy()
        plan = self.compiled.model.plan
        np.fill_diagonal(table, np.sqrt(quality(plan, self.found.r, self.found.outer).ave[:, 0]))
        return _square(self.constructs, table)

    @cached_property
    def vif(self) -> pd.DataFrame:
        """kind construct name vif: *outer* for items in their block, *inner* for
        predictors of a construct."""
        plan, last = self.compiled.model.plan, self.compiled.last
        values = outer_vif(plan, self.found.r)[:, 0]
        rows: list[tuple[Any, ...]] = [
            ("outer", self.constructs[plan.own[p]], last.items[p], values[p]) for p in range(plan.n_items)
        ]
        if self.stage_one is not None:
            dims = self.structure.dimensions
            low = self.stage_one.vif.itertuples(index=False, name=None)
            rows = [*(row for row in low if row[0] == "outer" and row[1] in dims), *rows]
        inner = zip(path_names(self.compiled), self.found.inner.vif[:, 0], strict=True)
        rows += [("inner", target, name, value) for (target, name), value in inner]
        return _frame(("kind", "construct", "name", "vif"), rows)

    @cached_property
    def r2(self) -> pd.DataFrame:
        """construct r2 r2_adj."""
        n, rows = self.sample.used, []
        model = self.compiled.model
        equations = model.equations if model.products else model.plan.equations
        for (target, several), value in zip(equations, self.found.inner.r2[:, 0], strict=True):
            free = n - len(several) - 1
            rows.append((self.constructs[target], value, 1.0 - (1.0 - value) * (n - 1) / free))
        return _frame(("construct", "r2", "r2_adj"), rows)

    @cached_property
    def f2(self) -> pd.DataFrame:
        """lhs rhs f2, with the scores held."""
        pairs = zip(path_names(self.compiled), self.found.inner.f2[:, 0], strict=True)
        return _frame(("lhs", "rhs", "f2"), [(*pair, value) for pair, value in pairs])

    @cached_property
    def effects(self) -> pd.DataFrame:
        """effect path lhs rhs est: direct, indirect (specific), total_indirect and total effects."""
        drawn = layout(self.compiled, ("paths", "indirect", "total"))
        values = drawn.read(self.found)[:, 0]
        return _frame(
            ("effect", "path", "lhs", "rhs", "est"),
            [
                (
                    "direct" if entry.kind == "paths" else entry.kind,
                    " -> ".join(entry.way),
                    entry.lhs,
                    entry.rhs,
                    value,
                )
                for entry, value in zip(drawn.entries, values, strict=True)
            ],
        )

    @cached_property
    def fit(self) -> pd.DataFrame:
        """Fit of the saturated and the estimated model, see ``fit_of``."""
        return self.fit_of()

    def fit_of(self, *, blocks: str = "factor", variances: str = "reset") -> pd.DataFrame:
        """model srmr d_uls d_g d_g_log10 chi2 nfi of the saturated and the estimated model.

        blocks: *factor* implies a reflective block by its loadings, *composite* reproduces every block.
        variances: *reset* sets the constructs' implied variances to 1 at the end, *unit* holds them at 1
        while paths are traced. ``d_g`` has natural logarithms, ``d_g_log10`` is what ADANCO and cSEM print.
        """
        one_of("blocks", blocks, ("factor", "composite"))
        one_of("variances", variances, ("reset", "unit"))
        rows = []
        for which in ("saturated", "estimated"):
            sigma = self.implied(which, blocks=blocks, variances=variances)
            if sigma is None:
                rows.append((which, *[np.nan] * 6))
                continue
            one = distance(self.found.r[..., 0], sigma, self.sample.used)
            tens = one.d_g / np.log(10.0) ** 2
            rows.append((which, one.srmr, one.d_uls, one.d_g, tens, one.chi2, one.nfi))
        return _frame(("model", "srmr", "d_uls", "d_g", "d_g_log10", "chi2", "nfi"), rows)

    def implied(
        self, which: str = "estimated", *, blocks: str = "factor", variances: str = "reset"
    ) -> Floats | None:
        """(p, p) item correlations implied by the model; None for the estimated model with products."""
        plan, found = self.compiled.model.plan, self.found
        corr = found.outer.corr[..., 0]
        if which == "estimated":
            if self.compiled.products:
                return None
            paths, r2 = main_paths(self.compiled, found)[:, 0], found.inner.r2[:, 0]
            corr = construct_correlations(plan, corr, paths, r2, unit=variances == "unit")
        return implied(
            plan, found.r[..., 0], found.outer.loadings[:, 0], corr, composite=blocks == "composite"
        )

    @cached_property
    def stage_one(self) -> Pls | None:
        """The first of two stages as a model of its own: the dimensions beside the other constructs."""
        return first_stage(self) if self.compiled.two_stages else None

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Standardised scores of the constructs, rows as analysed, indexed as the data."""
        import pandas as pd

        z = standardised(self.moments, np.ones(self.moments.n))
        weights = self.found.stage.weights[:, 0], self.found.found.weights[:, 0]
        _, values = all_scores(self.compiled.model, z, *weights)
        index = self.data.index[self.answers.kept]
        return pd.DataFrame(values, index=index, columns=list(self.constructs))

    bootstrap = draw
    fit_test = fit_test
    predict = predict
    blindfolding = blindfolding
    ipma = ipma
    mga = mga
    micom = micom
    slopes = slopes

    def tidy(self) -> pd.DataFrame:
        """lhs op rhs est: paths (``~``), loadings (``=~``) and weights (``<~``)."""
        rows = [(row.lhs, "~", row.rhs, row.est) for row in self.paths.itertuples()]
        rows += [(row.construct, "=~", row.item, row.est) for row in self.loadings.itertuples()]
        rows += [(row.construct, "<~", row.item, row.weight) for row in self.loadings.itertuples()]
        return _frame(("lhs", "op", "rhs", "est"), rows)

    def glance(self) -> pd.DataFrame:
        """One row: n, items, constructs, scheme, consistent, iterations, SRMR and NFI of the estimated
        model."""
        fit = self.fit.iloc[1]
        return _frame(
            ("n", "items", "constructs", "scheme", "consistent", "iterations", "srmr", "nfi"),
            [
                (
                    self.sample.used,
                    len(self.answers.items),
                    len(self.constructs),
                    self.options.scheme,
                    self.options.consistent,
                    self.iterations,
                    fit["srmr"],
                    fit["nfi"],
                )
            ],
        )

    def summary(self, lang: str = "en") -> str:
        """The tables in SmartPLS' order, in words."""
        return text_of(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Every table as plain values."""
        tables = ("paths", "loadings", "quality", "htmt", "vif", "r2", "f2", "effects", "fit")
        wide = ("cross_loadings", "fornell_larcker", "correlations")
        return {
            **{name: jsonable(getattr(self, name)) for name in tables},
            **{name: jsonable(getattr(self, name).reset_index()) for name in wide},
            "options": jsonable(self.options),
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "notes": [note.to_dict() for note in self.notes],
        }


def _frame(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))


def _square(names: Sequence[str], values: Floats) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(values, index=pd.Index(names, name="construct"), columns=list(names))
