"""Exploratory factor analysis: how many factors, their loadings, and whether the data suit it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd

from umkm_stats import messages, options
from umkm_stats.adapters import factor_analyzer, statsmodels_factor
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.kernels.measurement import efa_loadings
from umkm_stats.measurement._answers import Floats
from umkm_stats.measurement._factor_count import Correlation, FactorCount, counted, prepare
from umkm_stats.measurement._outcome import Outcome, table_lines
from umkm_stats.results import Note, SampleUsed, Unavailable, idle

if TYPE_CHECKING:
    from umkm_stats.figures import Picture

Extraction = Literal["minres", "ml", "paf", "principal"]
Rotation = Literal["oblimin", "promax", "geomin", "varimax", "none"]
RUNS = 500
SALIENT, CROSSED, LEAST_KMO = 0.40, 0.30, 0.60


@dataclass(frozen=True, slots=True)
class Bartlett:
    """Bartlett's test that the correlation matrix is an identity.

    Attributes
    ----------
    chi2 : float
        Test statistic.
    df : int
        Degrees of freedom, k(k − 1)/2 for k items.
    p : float
        P-value; small when the items correlate at all.

    Examples
    --------
    >>> from umkm_stats import efa, examples
    >>> found = efa(examples.answers(), n_factors=3).bartlett
    >>> round(found.chi2, 1), found.df
    (625.4, 36)
    """

    chi2: float
    df: int
    p: float


@dataclass(frozen=True, eq=False)
class Efa(Outcome):
    """An exploratory factor solution: what ``umkm_stats.efa`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Item factor loading cross_factor cross_loading communality uniqueness complexity kmo, in the order of
        the factors and of falling loadings.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What a reader must know.
    seed : int or None
        Of the random data sets that chose the number of factors.
    loadings : pandas.DataFrame
        Items × factors (F1, F2, … by the variance they account for).
    phi : pandas.DataFrame
        Factor correlations (identity after an orthogonal rotation).
    communalities : pandas.Series
        Diagonal of ΛΦΛ′, by item.
    kmo : float
        Whether the matrix suits factoring, from 0 to 1.
    kmo_items : pandas.Series
        The same by item.
    bartlett : Bartlett
        Test that all correlations are 0.
    variance : pandas.DataFrame
        Factor, ss_loadings, share (of all items' variance).
    fit : dict of str to float
        Chi2 df p rmsea tli rmsr.
    count : FactorCount or None
        What chose the number of factors; None when it was given.
    method, rotation : str
        As asked.
    n_factors : int
        Number of factors.
    correlations : pandas.DataFrame
        Items × items, as analysed.

    Examples
    --------
    >>> from umkm_stats import efa, examples
    >>> found = efa(examples.answers(), n_factors=3)
    >>> round(found.kmo, 3), found.variance["share"].round(3).tolist()
    (0.822, [0.198, 0.192, 0.171])
    """

    loadings: pd.DataFrame
    phi: pd.DataFrame
    communalities: pd.Series[float]
    kmo: float
    kmo_items: pd.Series[float]
    bartlett: Bartlett
    variance: pd.DataFrame
    fit: dict[str, float]
    count: FactorCount | None
    method: str
    rotation: str
    n_factors: int
    correlations: pd.DataFrame

    TITLE: ClassVar[str] = "measurement.efa.title"
    PARTS: ClassVar[tuple[str, ...]] = (
        "loadings",
        "phi",
        "communalities",
        "kmo",
        "kmo_items",
        "bartlett",
        "variance",
        "fit",
        "count",
        "method",
        "rotation",
        "n_factors",
    )

    def plot(self, kind: str = "scree", *, lang: str = "en") -> Picture:
        """A picture of the result as a matplotlib figure; it draws numbers that stand in the result.

        Parameters
        ----------
        kind : {"scree", "loadings"}, default "scree"
            "scree": eigenvalues beside the 95th percentile of random data of the same size, when parallel
            analysis chose the number of factors (``n_factors=None``), else beside a line at 1. "loadings":
            the pattern matrix in the order of ``table``, each item's own factor framed, numbers below .30
            grey.
        lang : {"en", "id"}, default "en"
            Language of the words and of the decimal mark.

        Returns
        -------
        matplotlib.figure.Figure
            ``savefig("picture.png", dpi=300)`` writes it.

        Raises
        ------
        UsageError
            GEN001 or GEN002 for a kind or language that is not known; the message lists those that are.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import efa
        >>> rng = np.random.default_rng(4)
        >>> factors = rng.normal(size=(200, 2)) + rng.normal(size=(200, 1))
        >>> answers = np.repeat(factors, 3, axis=1) + rng.normal(size=(200, 6))
        >>> data = pd.DataFrame(answers, columns=["a1", "a2", "a3", "b1", "b2", "b3"])
        >>> scales = {"A": ["a1", "a2", "a3"], "B": ["b1", "b2", "b3"]}
        >>> picture = efa(data, n_factors=2).plot("loadings")
        >>> [label.get_text() for label in picture.axes[0].get_xticklabels()]
        ['F1', 'F2']
        """
        from umkm_stats.measurement._plots import of_efa

        return of_efa(self, kind, lang)

    def hierarchical(self) -> efa_loadings.SchmidLeiman | Unavailable:
        """General factor, ω total and ω hierarchical of this oblique solution (Schmid–Leiman).

        Two factors can only be given equal loadings on the general one.

        Returns
        -------
        SchmidLeiman or Unavailable
            MEA201 after an orthogonal rotation, with one factor, or when one factor does not explain Φ.

        Examples
        --------
        >>> from umkm_stats import efa, examples
        >>> round(efa(examples.answers(), n_factors=3).hierarchical().omega_hierarchical, 3)
        0.644
        """
        phi = self.phi.to_numpy()
        oblique = self.n_factors > 1 and self.rotation in ("oblimin", "promax", "geomin")
        found = (
            efa_loadings.schmid_leiman(self.correlations.to_numpy(), self.loadings.to_numpy(), phi)
            if oblique
            else None
        )
        return (
            Unavailable("MEA201", {"factors": self.n_factors, "rotation": self.rotation})
            if found is None
            else found
        )

    def glance(self) -> pd.DataFrame:
        """The solution in one row.

        Returns
        -------
        pandas.DataFrame
            Columns n n_factors kmo bartlett_chi2 bartlett_df bartlett_p chi2 df p rmsea tli rmsr.

        Examples
        --------
        >>> from umkm_stats import efa, examples
        >>> found = efa(examples.answers(), n_factors=3)
        >>> found.glance()[["n_factors", "df", "rmsr"]].round(3).to_dict("records")
        [{'n_factors': 3, 'df': 12, 'rmsr': 0.015}]
        """
        row = {"n": self.sample.used if self.sample else np.nan, "n_factors": self.n_factors, "kmo": self.kmo}
        return pd.DataFrame(
            [
                row
                | {
                    "bartlett_chi2": self.bartlett.chi2,
                    "bartlett_df": self.bartlett.df,
                    "bartlett_p": self.bartlett.p,
                }
                | self.fit
            ]
        )

    def lines(self, lang: str) -> list[str]:
        """KMO, Bartlett's test, and the sorted loadings.

        Parameters
        ----------
        lang : {"en", "id"}
            Language of the text, English or Indonesian.

        Returns
        -------
        list of str
            One a line of the text.

        Examples
        --------
        >>> from umkm_stats import efa, examples
        >>> efa(examples.answers(), n_factors=3).lines("en")[0]
        'KMO 0.822; Bartlett χ² 625.44, df 36.'
        """
        said = messages.text(
            "measurement.efa.adequacy", lang, kmo=self.kmo, chi2=self.bartlett.chi2, df=self.bartlett.df
        )
        return [
            said,
            *table_lines(
                self.table, lang, names=("item", "factor", "loading", "cross_loading", "communality")
            ),
        ]


def efa(
    items: Any,
    *,
    n_factors: int | None = None,
    method: Extraction = "minres",
    rotation: Rotation = "oblimin",
    cor: Correlation = "pearson",
    use: Sequence[str] | None = None,
    runs: int = RUNS,
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Efa:
    """Exploratory factor analysis of complete rows.

    Parameters
    ----------
    items : Responses or pandas.DataFrame
        Answers (rows × items) or a ``Responses``.
    n_factors : int, optional
        None takes the number that parallel analysis on components advises (at least 1), with ``runs`` random
        data sets.
    method : {"minres", "ml", "paf", "principal"}, default "minres"
        "minres", "ml" (factor_analyzer), "paf" (statsmodels), or "principal": components, whose loadings
        carry the unique part of the items too.
    rotation : {"oblimin", "promax", "geomin", "varimax", "none"}, default "oblimin"
        "oblimin", "promax", "geomin" (ε = .01), "varimax" or "none"; oblimin and geomin are not
        Kaiser-normalised, as in psych; varimax, and the varimax that promax (power 4, as R's) starts from,
        are.
    cor : {"pearson", "polychoric"}, default "pearson"
        "pearson" or "polychoric" (answers as ordered categories; parallel analysis still compares with normal
        random data, and Bartlett's χ² is then no exact test, which a note says).
    use : sequence of str, optional
        The item codes to take, all when None.
    runs : int, default 500
        Random data sets of the parallel analysis.
    seed : int, optional
        Of the random data sets; None draws one, and the result keeps it.
    progress : callable, optional
        Called with (random data sets done, runs).

    Returns
    -------
    Efa
        Sorted loadings in ``tidy()``, KMO and Bartlett's test, fit, factor correlations.

    Raises
    ------
    UmkmError
        MEA004, MEA019 and MEA020 (polychoric: too many different answers, no positive definite matrix),
        MEA010 (no complete row), MEA011 (not more rows than items), MEA012 (constant item), MEA013 (fewer
        than three items), MEA014 (singular correlations), MEA015 (too many factors).
    UsageError
        MEA001–MEA003, GEN001, GEN003.

    Examples
    --------
    >>> from umkm_stats import efa, examples
    >>> found = efa(examples.answers(), n_factors=3)
    >>> found.tidy()[["item", "factor", "loading"]].round(2).head(3).to_dict("records")
    [{'item': 'OI1', 'factor': 'F1', 'loading': 0.86}, {'item': 'OI2', 'factor': 'F1', 'loading': 0.74},
    {'item': 'OI3', 'factor': 'F1', 'loading': 0.64}]
    """
    options.one_of("method", method, Extraction)
    options.one_of("rotation", rotation, Rotation)
    options.one_of("cor", cor, Correlation)
    values, corr, names, sample = prepare(items, use, cor)
    n, k = values.shape
    count = None
    if n_factors is None:
        seed = draw_kernel.new_seed() if seed is None else seed
        count = counted(corr, n, sample, options.whole("runs", runs, low=20), 95.0, seed, progress)
        n_factors = max(1, count.advised["parallel_pca"])
    else:
        seed = None
    notes: list[Note] = [*idle(("runs", runs, count is None and runs != RUNS, "counting"))]
    most = k if method == "principal" else max(m for m in range(1, k) if (k - m) ** 2 >= k + m)
    if options.whole("n_factors", n_factors, low=1) > most:
        raise UmkmError("MEA015", params={"n_factors": n_factors, "k": k, "most": most})
    if method == "principal":
        raw, converged = efa_loadings.components(corr, n_factors), True
    elif method == "paf":
        raw, converged = statsmodels_factor.principal_axis(corr, n_factors)
    else:
        raw, converged = factor_analyzer.extract(corr, n_factors, method)
    if not converged:
        notes.append(Note("MEA122", {"method": method, "n_factors": n_factors}))
    phi: Floats | None = None
    loadings = raw
    if n_factors > 1 and rotation != "none":
        kind = {"geomin": "geomin_obl", "promax": "varimax"}.get(rotation, rotation)
        loadings, phi = factor_analyzer.rotate(raw, kind, normalize=kind == "varimax")
        if rotation == "promax":
            loadings, phi = efa_loadings.promax(loadings)
    loadings, phi = efa_loadings.arrange(loadings, phi)
    if cor == "polychoric":
        notes.append(Note("MEA129"))
    return _solution(values, corr, names, sample, loadings, phi, notes, count, method, rotation, seed, cor)


def _solution(
    values: Floats,
    corr: Floats,
    names: list[str],
    sample: SampleUsed,
    loadings: Floats,
    phi: Floats | None,
    notes: list[Note],
    count: FactorCount | None,
    method: str,
    rotation: str,
    seed: int | None,
    cor: str,
) -> Efa:
    n, k = values.shape
    m = loadings.shape[1]
    factors = [f"F{j + 1}" for j in range(m)]
    shared = efa_loadings.communalities(loadings, phi)
    if cor == "polychoric":
        kmo_items, kmo = efa_loadings.sampling_adequacy(corr)
        statistic, p = efa_loadings.sphericity(corr, n)
    else:
        kmo_items, kmo = factor_analyzer.kmo(values)
        statistic, p = factor_analyzer.bartlett(values)
    size = np.abs(loadings)
    main = size.argmax(axis=1)
    second = (
        np.where(np.arange(m)[None, :] == main[:, None], -1.0, size).argmax(axis=1)
        if m > 1
        else np.full(k, -1)
    )
    row = np.arange(k)
    table = pd.DataFrame(
        {
            "item": names,
            "factor": [factors[j] for j in main],
            "loading": loadings[row, main],
            "cross_factor": [factors[j] if j >= 0 else None for j in second],
            "cross_loading": loadings[row, second] if m > 1 else np.full(k, np.nan),
            "communality": shared,
            "uniqueness": 1 - shared,
            "complexity": efa_loadings.complexity(loadings),
            "kmo": kmo_items,
        }
    )
    order = np.lexsort((-size[row, main], main))
    table = table.iloc[order].reset_index(drop=True)
    notes += _remarks(table, kmo, p, m, components=method == "principal")
    variance = efa_loadings.factor_variance(loadings, phi)
    found = efa_loadings.fit_of(corr, loadings, phi, n)
    return Efa(
        table=table,
        sample=sample,
        notes=tuple(notes),
        seed=seed,
        loadings=pd.DataFrame(loadings, index=pd.Index(names, name="item"), columns=factors),
        phi=pd.DataFrame(np.eye(m) if phi is None else phi, index=factors, columns=factors),
        communalities=pd.Series(shared, index=pd.Index(names, name="item"), name="communality"),
        kmo=kmo,
        kmo_items=pd.Series(kmo_items, index=pd.Index(names, name="item"), name="kmo"),
        bartlett=Bartlett(statistic, k * (k - 1) // 2, p),
        variance=pd.DataFrame({"factor": factors, "ss_loadings": variance, "share": variance / k}),
        fit={
            "chi2": found.chi2,
            "df": found.df,
            "p": found.p,
            "rmsea": found.rmsea,
            "tli": found.tli,
            "rmsr": found.rmsr,
        },
        count=count,
        method=method,
        rotation=rotation,
        n_factors=m,
        correlations=pd.DataFrame(corr, index=names, columns=names),
    )


def _remarks(table: pd.DataFrame, kmo: float, p: float, m: int, *, components: bool) -> list[Note]:
    """Notes on adequacy, items without a salient loading, cross-loadings, Heywood cases, thin factors."""
    notes: list[Note] = []
    if kmo < LEAST_KMO:
        notes.append(Note("MEA123", {"kmo": kmo}))
    if p >= 0.05:
        notes.append(Note("MEA124", {"p": p}))
    weak = table.loc[table["loading"].abs() < SALIENT, "item"].tolist()
    if weak:
        notes.append(Note("MEA125", {"items": weak, "border": SALIENT}, row=weak[0], column="loading"))
    crossed = table.loc[table["cross_loading"].abs() >= CROSSED, "item"].tolist() if m > 1 else []
    if crossed:
        notes.append(
            Note("MEA126", {"items": crossed, "border": CROSSED}, row=crossed[0], column="cross_loading")
        )
    heywood = table.loc[table["communality"] >= 0.995, "item"].tolist()
    if heywood and not components:  # as many components as items leave nothing over
        notes.append(Note("MEA127", {"items": heywood}, row=heywood[0], column="communality"))
    salient = table[table["loading"].abs() >= SALIENT].groupby("factor").size()
    thin = [f"F{j + 1}" for j in range(m) if salient.get(f"F{j + 1}", 0) < 3]
    if thin:
        notes.append(Note("MEA128", {"factors": thin, "border": SALIENT}))
    return notes
