"""Option objects of latent mediation: how the model is estimated, which paths are told, what is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Estimation:
    """How the model is estimated; every field is that argument of ``fit``.

    Parameters
    ----------
    group_equal : sequence of str or str, default ()
        What is held equal in all groups ("loadings", "regressions", …).
    std_lv : bool, default False
        Latent variances are 1 and every loading is free.
    cluster : str, optional
        Column of cluster labels; standard errors allow for them and whole clusters are drawn.

    Examples
    --------
    >>> from umkm_stats.mediation import Estimation
    >>> Estimation(group_equal="loadings").std_lv
    False
    """

    group_equal: Sequence[str] | str = ()
    std_lv: bool = False
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Paths:
    """Which paths are told of a model, and at which values of its moderators.

    Parameters
    ----------
    x, y, covariates : str or sequence of str, default ()
        Variables that start and end the paths, and those that are only held constant; found from the model
        when not given.
    products : mapping of str to (str, str), optional
        Product → the pair of variables it multiplies, the moderated one first, for a moderated path in model
        text. ``x:w`` and columns that are an exact product of two others are found without. Products of an
        instrument's moderated model are built from indicators by double mean centring.
    probes : mapping of str to sequence of float or {"sd", "percentiles"}, optional
        Moderator values, {"w": [1, 2]}, "sd" (None: mean and ± 1 SD) or "percentiles" (16th, 50th, 84th of an
        observed one); both values of a dichotomy. An observed moderator stands on its own scale, a latent one
        has mean 0.

    Examples
    --------
    >>> from umkm_stats.mediation import Paths
    >>> Paths(products={"xw": ("x", "w")}, probes={"w": [0, 1]}).x
    ()
    """

    x: str | Sequence[str] = ()
    y: str | Sequence[str] = ()
    covariates: str | Sequence[str] = ()
    products: Mapping[str, tuple[str, str]] | None = None
    probes: Mapping[str, Sequence[float]] | Literal["sd", "percentiles"] | None = None


@dataclass(frozen=True, slots=True)
class Resampling:
    """What is drawn; both fields are those of ``Fit.bootstrap``.

    Parameters
    ----------
    rows : array of int, optional
        (draws, rows) positions, from 0, in the analysed rows: the draws of other software. None: drawn here.
    kind : str, default "ordinary"
        "ordinary" draws rows, "parametric" draws from the distribution that the model implies.

    Examples
    --------
    >>> from umkm_stats.mediation import Resampling
    >>> Resampling(kind="parametric").rows is None
    True
    """

    rows: Any = None
    kind: str = "ordinary"
