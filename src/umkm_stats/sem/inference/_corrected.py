"""Robust CFI, TLI and RMSEA from a χ² and its scaling factors."""

from __future__ import annotations

import math
from dataclasses import dataclass

from umkm_stats.kernels.sem import fit_indices as kernel


@dataclass(frozen=True, slots=True)
class Corrected:
    """What robust indices are made from: χ² and df of model and baseline, their scaling factors c, the scaled
    χ² with the factor ``wide`` of its interval, rows and groups."""

    x2: float
    df: int
    c: float
    base: float
    base_df: int
    c_base: float
    scaled: float
    wide: float
    n: int
    groups: int

    def indices(self) -> dict[str, float]:
        """Robust CFI, TLI and RMSEA (Brosseau-Liard & Savalei 2014; Zhang & Savalei 2023 under missing
        data)."""
        if self.df == 0:
            names = (
                "cfi_robust",
                "tli_robust",
                "rmsea_robust",
                "rmsea_ci_low_robust",
                "rmsea_ci_high_robust",
            )
            return dict(zip(names, (1.0, 1.0, 0.0, 0.0, 0.0), strict=True))
        df, n, groups = self.df, self.n, self.groups
        low, high = kernel.rmsea_interval(self.scaled, df, n, groups)
        factor = math.sqrt(self.wide) if self.wide > 0 else math.nan
        top, bottom = self.x2 - self.c * df, self.base - self.c_base * self.base_df
        worst = max(top, bottom, 0.0)
        close = kernel.rmsea_close(self.scaled, df, n, groups, 0.05 / factor if factor > 0 else math.nan)
        return {
            "cfi_robust": math.nan
            if math.isnan(top - bottom)
            else 1.0 - max(top, 0.0) / worst
            if worst > 0
            else 1.0,
            "tli_robust": 1.0 - top / bottom * self.base_df / df if bottom != 0 else math.nan,
            "rmsea_robust": math.sqrt(max((self.x2 / n) / df - self.c / n, 0.0) * groups),
            "rmsea_ci_low_robust": low * factor,
            "rmsea_ci_high_robust": high * factor,
            "rmsea_pvalue_robust": close,
        }
