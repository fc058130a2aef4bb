#!/usr/bin/env bash
# The test of the number of factors in factor_analyzer, before and after a rotation of the same solution.
#
# Versions: factor_analyzer 0.5.1, scikit-learn 1.6.1.
# Behaviour: a rotation cannot change the fit, a communality or the chi-square of "two factors are enough". Here
# communalities are sums of squared pattern loadings whatever the factors' correlation, and sufficiency() is
# computed from them: after an oblique rotation (promax is the default) one and the same solution, which fits,
# is refused with p < .001.
# Output seen:
#   None     chi2   2.84, df 4, p 0.586; communality of the third item 0.752
#   varimax  chi2   2.84, df 4, p 0.586; communality of the third item 0.752
#   oblimin  chi2 573.14, df 4, p 0.000; communality of the third item 0.432
#   promax   chi2 597.78, df 4, p 0.000; communality of the third item 0.428
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check factor_analyzer==0.5.1 scikit-learn==1.6.1 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from factor_analyzer import FactorAnalyzer

rng = np.random.default_rng(8)
factors = rng.multivariate_normal(np.zeros(2), [[1.0, 0.7], [0.7, 1.0]], size=1500)
weights = np.array([[0.8, 0.0], [0.7, 0.0], [0.5, 0.4], [0.4, 0.5], [0.0, 0.7], [0.0, 0.8]])
data = factors @ weights.T + 0.5 * rng.normal(size=(1500, 6))
found = {}
for rotation in (None, "varimax", "oblimin", "promax"):
    model = FactorAnalyzer(2, rotation=rotation, method="ml").fit(data)
    chi2, df, p = model.sufficiency(1500)
    third = float(model.get_communalities()[2])
    found[rotation] = float(chi2), third
    print(f"{rotation!s:8} chi2 {chi2:6.2f}, df {df}, p {p:.3f}; communality of the third item {third:.3f}")
assert np.allclose(found[None], found["varimax"], atol=1e-6) and found[None][0] < 9.0
assert all(found[name][0] > 400.0 and found[name][1] < 0.5 < found[None][1] for name in ("oblimin", "promax"))
PY
