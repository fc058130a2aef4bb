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
    r"""A PLS path model: what ``umkm_stats.fit_pls`` returns.

    Attributes
    ----------
    structure : Structure
        Constructs with their items and modes, and the paths.
    compiled : Compiled
        The same as the kernels take it.
    options : Options
        Scheme, consistent, second_order, moderation, tolerance, max_iterations.
    answers : Answers
        Items and their values, with gaps.
    moments : Moments
        Standardised items and their correlations.
    found : Estimates
        Weights, correlations and paths.
    notes : tuple of Note
        What a reader must know.
    data : pandas.DataFrame or Responses
        What was handed over.
    missing : str
        "mean" or "listwise".
    key : str
        Key of the instrument's model, "" for model text.
    scales : mapping of str to tuple of float
        Item → lowest and highest value of its answer scale, where the instrument knows it.
    seed : int or None
        None: nothing is drawn.

    Notes
    -----
    Frames: ``paths loadings cross_loadings quality htmt fornell_larcker correlations vif r2 f2 effects fit``.
    Methods: ``bootstrap fit_test predict blindfolding ipma mga micom slopes scores``. For a model in two
    stages ``stage_one`` is the first.

    Examples
    --------
    >>> from umkm_stats import examples, fit_pls
    >>> found = fit_pls(examples.MEASURES + "\nIP ~ OI\nBP ~ IP + OI", examples.answers())
    >>> found.paths.round(3).to_dict("records")
    [{'lhs': 'IP', 'rhs': 'OI', 'est': 0.423}, {'lhs': 'BP', 'rhs': 'IP', 'est': 0.385}, {'lhs': 'BP', 'rhs':
    'OI', 'est': 0.184}]
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
        """Rows read and used.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().sample.used
        200
        """
        return self.answers.sample

    @property
    def constructs(self) -> tuple[str, ...]:
        """Constructs of the last stage.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().constructs
        ('OI', 'IP', 'BP')
        """
        return self.compiled.last.constructs

    @property
    def iterations(self) -> int:
        """Iterations until the weights of the last stage stood still.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().iterations < 50
        True
        """
        return int(self.found.found.iterations[0])

    @cached_property
    def paths(self) -> pd.DataFrame:
        """Path coefficients.

        Returns
        -------
        pandas.DataFrame
            Columns lhs rhs est (in SDs); those of a product ``A:B`` in units of the raw product.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().paths.set_index(["lhs", "rhs"])["est"].round(3).to_dict()
        {('IP', 'OI'): 0.423, ('BP', 'IP'): 0.385, ('BP', 'OI'): 0.184}
        """
        return _frame(
            ("lhs", "rhs", "est"),
            [
                (*pair, value)
                for pair, value in zip(path_names(self.compiled), self.found.inner.paths[:, 0], strict=True)
            ],
        )

    @cached_property
    def loadings(self) -> pd.DataFrame:
        """Loadings and weights of the items.

        Returns
        -------
        pandas.DataFrame
            Columns construct item est (loading) weight mode ("A" reflective, "B" formative); of dimensions
            from stage one.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().loadings[["item", "est", "weight"]].round(3).to_dict("records")[0]
        {'item': 'OI1', 'est': 0.872, 'weight': 0.402}
        """
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
        """Correlations of items (rows) with constructs (columns).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().cross_loadings.round(2).loc["OI1"].to_dict()
        {'OI': 0.87, 'IP': 0.36, 'BP': 0.31}
        """
        import pandas as pd

        items = pd.Index(self.compiled.last.items, name="item")
        return pd.DataFrame(self.found.found.cross[..., 0], index=items, columns=list(self.constructs))

    @cached_property
    def correlations(self) -> pd.DataFrame:
        """Correlations of the constructs; corrected for attenuation when consistent.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().correlations.round(3).loc["BP"].to_dict()
        {'OI': 0.347, 'IP': 0.463, 'BP': 1.0}
        """
        return _square(self.constructs, self.found.outer.corr[..., 0])

    @cached_property
    def quality(self) -> pd.DataFrame:
        """Reliability and average variance extracted of the constructs.

        Returns
        -------
        pandas.DataFrame
            Columns construct alpha rho_a rho_c ave; blank for formative and single-item constructs.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().quality.round(3).to_dict("records")[0]
        {'construct': 'OI', 'alpha': 0.801, 'rho_a': 0.805, 'rho_c': 0.883, 'ave': 0.715}
        """
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
        """Heterotrait–monotrait ratios of every pair of reflective constructs.

        Returns
        -------
        pandas.DataFrame
            Columns construct other htmt htmt_plus (absolute correlations) htmt2 (geometric means).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().htmt.round(3).to_dict("records")[0]
        {'construct': 'OI', 'other': 'IP', 'htmt': 0.529, 'htmt_plus': 0.529, 'htmt2': 0.526}
        """
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
        """√AVE on the diagonal (blank where AVE is), correlations of the constructs beside it.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().fornell_larcker.round(3).loc["IP"].to_dict()
        {'OI': 0.423, 'IP': 0.843, 'BP': 0.463}
        """
        table = self.found.outer.corr[..., 0].copy()
        plan = self.compiled.model.plan
        np.fill_diagonal(table, np.sqrt(quality(plan, self.found.r, self.found.outer).ave[:, 0]))
        return _square(self.constructs, table)

    @cached_property
    def vif(self) -> pd.DataFrame:
        """Variance inflation.

        Returns
        -------
        pandas.DataFrame
            Columns kind ("outer": an item in its block; "inner": a predictor of a construct) construct name
            vif.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> found = examples.pls().vif
        >>> found[found["kind"] == "inner"].round(3).to_dict("records")[-1]
        {'kind': 'inner', 'construct': 'BP', 'name': 'OI', 'vif': 1.218}
        """
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
        """Explained variance of the constructs that have predictors.

        Returns
        -------
        pandas.DataFrame
            Columns construct r2 r2_adj.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().r2.round(3).to_dict("records")
        [{'construct': 'IP', 'r2': 0.179, 'r2_adj': 0.175}, {'construct': 'BP', 'r2': 0.242, 'r2_adj': 0.234}]
        """
        n, rows = self.sample.used, []
        model = self.compiled.model
        equations = model.equations if model.products else model.plan.equations
        for (target, several), value in zip(equations, self.found.inner.r2[:, 0], strict=True):
            free = n - len(several) - 1
            rows.append((self.constructs[target], value, 1.0 - (1.0 - value) * (n - 1) / free))
        return _frame(("construct", "r2", "r2_adj"), rows)

    @cached_property
    def f2(self) -> pd.DataFrame:
        """Effect size of each predictor, with the scores held.

        Returns
        -------
        pandas.DataFrame
            Columns lhs rhs f2.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().f2.round(3).to_dict("records")[0]
        {'lhs': 'IP', 'rhs': 'OI', 'f2': 0.218}
        """
        pairs = zip(path_names(self.compiled), self.found.inner.f2[:, 0], strict=True)
        return _frame(("lhs", "rhs", "f2"), [(*pair, value) for pair, value in pairs])

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Direct, indirect (specific), total indirect and total effects.

        Returns
        -------
        pandas.DataFrame
            Columns effect path lhs rhs est.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().effects.query("effect == 'indirect'")[["path", "est"]].round(3).to_dict("records")
        [{'path': 'OI -> IP -> BP', 'est': 0.163}]
        """
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
        """Fit of the saturated and the estimated model, with the defaults of ``fit_of``.

        Returns
        -------
        pandas.DataFrame
            Columns model srmr d_uls d_g d_g_log10 chi2 nfi.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().fit[["model", "srmr"]].round(3).to_dict("records")
        [{'model': 'saturated', 'srmr': 0.075}, {'model': 'estimated', 'srmr': 0.075}]
        """
        return self.fit_of()

    def fit_of(self, *, blocks: str = "factor", variances: str = "reset") -> pd.DataFrame:
        """Fit of the saturated and the estimated model.

        Parameters
        ----------
        blocks : str, default "factor"
            "factor" implies a reflective block by its loadings, "composite" reproduces every block.
        variances : str, default "reset"
            "reset" sets the constructs' implied variances to 1 at the end, "unit" holds them at 1 while paths
            are traced.

        Returns
        -------
        pandas.DataFrame
            Columns model srmr d_uls d_g (natural logarithms) d_g_log10 (what ADANCO and cSEM print) chi2 nfi.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().fit_of(blocks="composite")["srmr"].round(4).tolist()
        [0.034, 0.034]
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
        """Item correlations implied by the model.

        Parameters
        ----------
        which : str, default "estimated"
            "estimated" or "saturated".
        blocks : str, default "factor"
            As in ``fit_of``.
        variances : str, default "reset"
            As in ``fit_of``.

        Returns
        -------
        array of float or None
            (items, items); None for the estimated model with products.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> round(float(examples.pls().implied()[0, 3]), 3)
        0.323
        """
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
        """The first of two stages as a model of its own: the dimensions beside the other constructs.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().stage_one is None
        True
        """
        return first_stage(self) if self.compiled.two_stages else None

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Standardised scores of the constructs, rows as analysed, indexed as the data.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().scores.round(2).iloc[0].to_dict()
        {'OI': 0.88, 'IP': -1.13, 'BP': 1.37}
        """
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
        """Paths, loadings and weights in one frame.

        Returns
        -------
        pandas.DataFrame
            Columns lhs op rhs est: paths (``~``), loadings (``=~``) and weights (``<~``).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().tidy()["op"].value_counts().to_dict()
        {'=~': 9, '<~': 9, '~': 3}
        """
        rows = [(row.lhs, "~", row.rhs, row.est) for row in self.paths.itertuples()]
        rows += [(row.construct, "=~", row.item, row.est) for row in self.loadings.itertuples()]
        rows += [(row.construct, "<~", row.item, row.weight) for row in self.loadings.itertuples()]
        return _frame(("lhs", "op", "rhs", "est"), rows)

    def glance(self) -> pd.DataFrame:
        """The model in one row.

        Returns
        -------
        pandas.DataFrame
            Columns n items constructs scheme consistent iterations srmr nfi (of the estimated model).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().glance()[["n", "items", "scheme", "srmr"]].round(3).to_dict("records")
        [{'n': 200, 'items': 9, 'scheme': 'path', 'srmr': 0.075}]
        """
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
        """The tables in SmartPLS' order, in words.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().summary().splitlines()[0]
        'Partial least squares (path scheme)'
        """
        return text_of(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Every table as plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.pls().to_dict()["options"]["scheme"]
        'path'
        """
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
