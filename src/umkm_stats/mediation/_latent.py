"""Mediation on latent variables: the structural part of a fitted model, with every interval side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from umkm_stats._moved import moved
from umkm_stats.mediation._asked import Estimation, Paths, Resampling
from umkm_stats.mediation._crossings import lone_products
from umkm_stats.mediation._fitted import analyse
from umkm_stats.mediation._result import Mediation
from umkm_stats.mediation._sources import fitted
from umkm_stats.options import one_of
from umkm_stats.results import idle

if TYPE_CHECKING:
    pass


@moved(estimation=Estimation, paths=Paths, resampling=Resampling)
def mediate_latent(
    source: Any,
    *,
    model: str = "M1",
    measurement: str = "second_order",
    estimator: str = "ML",
    missing: str = "listwise",
    ordered: Sequence[str] | str = (),
    group: str | None = None,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    estimation: Estimation | None = None,
    paths: Paths | None = None,
    resampling: Resampling | None = None,
) -> Mediation:
    """Direct, specific and total indirect, and total effects between latent variables, found from the paths.

    Parameters
    ----------
    source : object
        ``Responses`` (then ``model`` is a key of the instrument's models, M1 … M4), a ``Fit`` (then the model
        and estimation options are its own), or a frame (then ``model`` is model text for ``fit``).
    model : str, default "M1"
        A key of the instrument's models, or model text.
    measurement : str, default "second_order"
        "second_order", "dimension_means" or "items": how an instrument's constructs are measured.
    estimator : str, default "ML"
        As in ``fit``.
    missing : str, default "listwise"
        As in ``fit``.
    ordered : sequence of str or str, default ()
        As in ``fit``.
    group : str, optional
        As in ``fit``. With several groups the paths of an instrument's model are free in each (a label in
        your own text holds its path equal: note MED213); every effect stands once a group, and differences
        between groups have rows of their own; that comparison needs equal loadings
        (``estimation=Estimation(group_equal="loadings")``).
    draws : int, default 5000
        Full refits; 5000 and more for a publication.
    seed : int, optional
        Of the draws; Monte Carlo draws use the same one. None draws one and keeps it.
    level : float, default 0.95
        Of the intervals.
    intervals : str or sequence of str, optional
        One or several of ``umkm_stats.ways.names("latent")``, or "all"; the first one named decides what the
        result says in words. bca costs one refit a row. None: percentile, bca and monte_carlo; monte_carlo
        alone with latent products, whose draws are slow and centred at the means of the sample. The Wald and
        delta rows are always there.
    workers : int, default 1
        As in ``Fit.bootstrap``.
    progress : callable, optional
        Called with (draws done, draws).
    estimation : Estimation, optional
        Equal parameters of groups, scaling, clusters, see ``Estimation``.
    paths : Paths, optional
        Which paths are told, products and probes, see ``Paths``.
    resampling : Resampling, optional
        The draws of other software, or parametric ones, see ``Resampling``.

    Returns
    -------
    Mediation
        With ``.fit``. Inadmissible draws are kept; when there are any, percentile limits without them stand
        beside (method "percentile_admissible").

    Raises
    ------
    UsageError
        MED021 (no path x → m → y), MED022, MED023 (a source that cannot be used), MED472, MED473 (products
        that cannot be told), GEN00x; what ``fit``
        raises.

    Examples
    --------
    >>> from umkm_stats import examples, mediate_latent
    >>> answers, model = examples.answers(), examples.MODEL
    >>> found = mediate_latent(answers, model=model, draws=50, seed=1, intervals="percentile")
    >>> found.tidy().query("effect == 'indirect'")[["method", "est"]].round(3).to_dict("records")
    [{'method': 'percentile', 'est': 0.216}, {'method': 'delta', 'est': 0.216}]
    """
    more, told, drawn = estimation or Estimation(), paths or Paths(), resampling or Resampling()
    found = fitted(
        source,
        model=model,
        measurement=measurement,
        estimator=estimator,
        missing=missing,
        ordered=ordered,
        group=group,
        group_equal=more.group_equal,
        std_lv=more.std_lv,
        cluster=more.cluster,
    )
    handed = found.fit is source
    said = idle(
        ("model", model, handed and model != "M1", "data"),
        ("measurement", measurement, handed and measurement != "second_order", "data"),
        ("estimator", estimator, handed and estimator != "ML", "data"),
        ("missing", missing, handed and missing != "listwise", "data"),
        ("ordered", ordered, handed and bool(ordered), "data"),
        ("group", group, handed and group is not None, "data"),
        ("estimation", more, handed and more != Estimation(), "data"),
        (
            "measurement",
            measurement,
            hasattr(source, "select_dtypes") and measurement != "second_order",
            "instrument",
        ),
    )
    if hasattr(source, "select_dtypes"):
        lone_products(found.fit, source, (*_names(told.covariates), *(told.products or ())))
    return analyse(
        found.fit,
        kind="latent",
        x=_names(told.x) or found.x,
        y=_names(told.y) or found.y,
        covariates=_names(told.covariates) or found.covariates,
        products=told.products or found.products,
        probes=told.probes,
        draws=draws,
        seed=seed,
        level=level,
        intervals=_default(bool(told.products or found.products)) if intervals is None else intervals,
        resampling=one_of("kind", drawn.kind, ("ordinary", "parametric")),
        rows=drawn.rows,
        workers=workers,
        progress=progress,
        notes=(*found.notes, *said),
    )


def _default(crossed: bool) -> tuple[str, ...]:
    return ("monte_carlo",) if crossed else ("percentile", "bca", "monte_carlo")


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
