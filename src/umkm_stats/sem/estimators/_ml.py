"""Normal-theory maximum likelihood and its robust companions: one discrepancy, four ways to errors and test.

ML: information of the likelihood. MLM: Satorra & Bentler 1994. MLMV: mean- and variance-adjusted (scaled and
shifted, Asparouhov & Muthén 2010). MLR: sandwich of Huber and White with the test of Yuan & Bentler 2000 in
Mplus' form.
"""

from __future__ import annotations

from umkm_stats.sem.estimators._base import FEATURES, Estimator

_PLAIN = frozenset(FEATURES) - {"ordered"}
_RAW = _PLAIN - {"moments"}

ML = Estimator("ML", "ml", "expected", "standard", "standard", 0, True, _PLAIN)
MLM = Estimator("MLM", "ml", "expected", "robust_sem", "satorra_bentler", 0, True, _RAW - {"fiml", "cluster"})
MLMV = Estimator(
    "MLMV", "ml", "expected", "robust_sem", "scaled_shifted", 0, True, _RAW - {"fiml", "cluster"}
)
CLUSTERED_ML = Estimator("ML", "ml", "observed", "huber_white", "yuan_bentler_mplus", 0, True, _RAW)
MLR = Estimator("MLR", "ml", "observed", "huber_white", "yuan_bentler_mplus", 0, True, _RAW)
