"""Mediation on latent variables: the structural part of a fitted model, with every interval side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from umkm_stats.mediation._fitted import analyse
from umkm_stats.mediation._result import Mediation
from umkm_stats.mediation._sources import fitted
from umkm_stats.options import one_of

if TYPE_CHECKING:
    pass


def mediate_latent(
    source: Any,
    *,
    model: str = "M1",
    measurement: str = "second_order",
    estimator: str = "ML",
    missing: str = "listwise",
    ordered: Sequence[str] | str = (),
    group: str | None = None,
    group_equal: Sequence[str] | str = (),
    std_lv: bool = False,
    cluster: str | None = None,
    x: str | Sequence[str] = (),
    y: str | Sequence[str] = (),
    covariates: str | Sequence[str] = (),
    products: Mapping[str, tuple[str, str]] | None = None,
    probes: Mapping[str, Sequence[float]] | Literal["sd", "percentiles"] | None = None,
    draws: int = 5000,
    seed: int | None = None,
    level: float = 0.95,
    intervals: str | Sequence[str] | None = None,
    rows: Any = None,
    kind: str = "ordinary",
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Mediation:
    """Direct, specific and total indirect, and total effects between latent variables, found from the paths.

    Parameters
    ----------
    source: ``Responses`` (then ``model`` is a key of the instrument's models, M1 … M4), a ``Fit`` (then the
    model and
        estimation options are its own), or a frame (then ``model`` is model text for ``fit``).
    measurement: "second_order", "dimension_means" or "items": how an instrument's constructs are measured.
    estimator, missing, ordered, group, group_equal, std_lv, cluster: as in ``fit``. With several groups the
    paths of an
        instrument's model are free in each (a label in your own text holds its path equal: note MED213);
        every effect stands once a group, and differences between groups have rows of their own; that
        comparison needs equal loadings.
    x, y, covariates: which variables start and end the paths; found from the model when not given.
    products: product → the pair of variables it multiplies, the moderated one first, for a moderated path in
        model text. ``x:w`` and columns that are an exact product of two others are found without.
    Products of an
        instrument's moderated model are built here from indicators by double mean centring.
    probes: moderator values, {"w": [1, 2]}, "sd" (None: mean and ± 1 SD) or "percentiles" (16th, 50th, 84th
        of an observed one); both values of a dichotomy. An observed moderator stands on its own scale, a
        latent one has mean 0.
    draws, seed, rows, workers, kind, progress: of ``Fit.bootstrap`` (kind "ordinary" or "parametric"); Monte
    Carlo draws
        use the same seed.
    intervals: one or several of ``umkm_stats.ways.names("latent")``, or "all"; the first one named decides
        what the result says in words. bca costs one refit a row. None: percentile, bca and monte_carlo;
        monte_carlo alone with latent products, whose draws are slow and centred at the means of the sample.
        The Wald and delta rows are always there.

    Returns
    -------
    :class:`Mediation` with ``.fit``. Inadmissible draws are kept; when there are any, percentile limits
    without them stand beside (method "percentile_admissible").

    Raises
    ------
    UsageError: MED021 (no path x → m → y), MED022, MED023 (a source that cannot be used), GEN00x; what
    ``fit`` raises.
    """
    found = fitted(
        source,
        model=model,
        measurement=measurement,
        estimator=estimator,
        missing=missing,
        ordered=ordered,
        group=group,
        group_equal=group_equal,
        std_lv=std_lv,
        cluster=cluster,
    )
    return analyse(
        found.fit,
        kind="latent",
        x=_names(x) or found.x,
        y=_names(y) or found.y,
        covariates=_names(covariates) or found.covariates,
        products=products or found.products,
        probes=probes,
        draws=draws,
        seed=seed,
        level=level,
        intervals=_default(bool(products or found.products)) if intervals is None else intervals,
        resampling=one_of("kind", kind, ("ordinary", "parametric")),
        rows=rows,
        workers=workers,
        progress=progress,
        notes=found.notes,
    )


def _default(crossed: bool) -> tuple[str, ...]:
    return ("monte_carlo",) if crossed else ("percentile", "bca", "monte_carlo")


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
