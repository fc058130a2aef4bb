#!/usr/bin/env bash
# Three oblique factors of different sizes in factor_analyzer, and the correlations it reports beside them.
#
# Versions: factor_analyzer 0.5.1, scikit-learn 1.6.1.
# Behaviour: after the rotation fit() sorts the columns of loadings_ and structure_ by their variance, but not
# phi_: the strongest correlation is read off for the wrong pair, and loadings_ @ phi_ @ loadings_.T is no
# longer the model's correlations. Two factors cannot show it; R's psych sorts both. The order that belongs to
# the loadings can be had from structure_.
# Output seen:
#   built:         0.60 (5 and 4 items), 0.10 (5 and 3 items), 0.20 (4 and 3 items)
#   phi_:          0.12 (5 and 4 items), 0.58 (5 and 3 items), 0.23 (4 and 3 items); largest residual 0.33
#   by structure_: 0.58 (5 and 4 items), 0.12 (5 and 3 items), 0.23 (4 and 3 items); largest residual 0.02
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check factor_analyzer==0.5.1 scikit-learn==1.6.1 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from factor_analyzer import FactorAnalyzer

SIZES, PAIRS = (5, 4, 3), ((0, 1), (0, 2), (1, 2))
built = np.array([[1.0, 0.6, 0.1], [0.6, 1.0, 0.2], [0.1, 0.2, 1.0]])
rng = np.random.default_rng(5)
factors = rng.multivariate_normal(np.zeros(3), built, size=1000)
data = np.column_stack([0.8 * factors[:, k] + 0.6 * rng.normal(size=1000) for k in range(3) for _ in range(SIZES[k])])
model = FactorAnalyzer(3, rotation="oblimin", method="ml").fit(data)
loadings, r = model.loadings_, np.corrcoef(data, rowvar=False)
at = [int(np.abs(loadings[item]).argmax()) for item in (0, 5, 9)]  # the columns of the 5, 4 and 3 items
assert at == [0, 1, 2]


def told(phi):
    return ", ".join(f"{phi[i, j]:.2f} ({SIZES[i]} and {SIZES[j]} items)" for i, j in PAIRS)


def residual(phi):
    return float(np.abs((loadings @ phi @ loadings.T - r)[~np.eye(12, dtype=bool)]).max())


right = np.linalg.lstsq(loadings, model.structure_, rcond=None)[0]
print("built:        ", told(built))
print("phi_:         ", told(model.phi_) + f"; largest residual {residual(model.phi_):.2f}")
print("by structure_:", told(right) + f"; largest residual {residual(right):.2f}")
assert np.abs(right - built).max() < 0.06 and residual(right) < 0.03
assert model.phi_[0, 1] < 0.2 and model.phi_[0, 2] > 0.5 and residual(model.phi_) > 0.25
PY
