"""r2, probes, quantile, communality, crosstab, lilliefors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats.review import _regressions, _ways_of_printing
from umkm_stats.review._verdict import Verdict
from umkm_stats.review.checks._base import Check, listed, maybe, real, table_of, whole_number, wholes


def _r2(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    return _regressions.r_squared(
        **maybe(given, "r", "r2", "adj_r2", "f", "p"), **wholes(given, "n", "k", "df", "df2", "n_before")
    )


def _probes(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    percentiles = listed(given["percentiles"]) if "percentiles" in given else None
    return _ways_of_printing.probes(
        mean=given["mean"], sd=given["sd"], values=listed(given["values"]), percentiles=percentiles
    )


def _quantile(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    return (_ways_of_printing.quantile(given["value"], values=listed(given["values"]), q=real(given["q"])),)


def _communality(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    phi = table_of(given["phi"]) if "phi" in given else None
    loadings = listed(given["loadings"])
    return (_ways_of_printing.communality(given["communality"], loadings=loadings, phi=phi),)


def _crosstab(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    return _ways_of_printing.crosstab(table_of(given["counts"]), **maybe(given, "chi2", "p"))


def _lilliefors(given: Mapping[str, Any]) -> tuple[Verdict, ...]:
    return (_ways_of_printing.lilliefors(given["p"], d=given["d"], n=whole_number(given["n"])),)


R2 = Check("r2", (), ("r", "r2", "adj_r2", "f", "p", "n", "k", "df", "df2", "n_before"), _r2)
PROBES = Check("probes", ("mean", "sd", "values"), ("percentiles",), _probes)
QUANTILE = Check("quantile", ("value", "values", "q"), (), _quantile)
COMMUNALITY = Check("communality", ("communality", "loadings"), ("phi",), _communality)
CROSSTAB = Check("crosstab", ("counts",), ("chi2", "p"), _crosstab)
LILLIEFORS = Check("lilliefors", ("d", "n", "p"), (), _lilliefors)
