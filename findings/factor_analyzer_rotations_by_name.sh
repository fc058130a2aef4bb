#!/usr/bin/env bash
# The rotation "equamax", and "oblimin" with a gamma, asked of factor_analyzer's Rotator.
#
# Versions: factor_analyzer 0.5.1, scikit-learn 1.6.1.
# Behaviour: "equamax" is the Crawford-Ferguson family with its kappa at 0, which is quartimax (equamax has
# factors / 2 items): without the keyword the two names give one solution to the last digit. "oblimin" obeys
# gamma 0 only: every other value gives one and the same unrotated orthogonal solution, without a warning.
# Output seen:
#   equamax - quartimax: largest difference 0.000
#   equamax with kappa 3/24 - quartimax: largest difference 0.051
#   gamma  0.0: factor correlations [-0.35  0.56 -0.11]
#   gamma -0.5: factor correlations [0. 0. 0.]
#   gamma -4.0: factor correlations [0. 0. 0.]
#   gamma  0.3: factor correlations [0. 0. 0.]
#   the last three against the loadings before rotation: largest difference 0.000
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check factor_analyzer==0.5.1 scikit-learn==1.6.1 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from factor_analyzer import FactorAnalyzer, Rotator

rng = np.random.default_rng(5)
built = np.array([[1.0, 0.6, 0.1], [0.6, 1.0, 0.3], [0.1, 0.3, 1.0]])
factors = rng.multivariate_normal(np.zeros(3), built, size=1000)
sizes = (3, 4, 5)
data = np.column_stack([0.8 * factors[:, k] + 0.6 * rng.normal(size=1000) for k in range(3) for _ in range(sizes[k])])
before = FactorAnalyzer(3, rotation=None).fit(data).loadings_
quartimax, equamax = (Rotator(name).fit_transform(before) for name in ("quartimax", "equamax"))
with_kappa = Rotator("equamax", kappa=3 / (2 * 12)).fit_transform(before)
same, other = (float(np.abs(one - quartimax).max()) for one in (equamax, with_kappa))
print(f"equamax - quartimax: largest difference {same:.3f}")
print(f"equamax with kappa 3/24 - quartimax: largest difference {other:.3f}")
assert same < 1e-9 and other > 0.02
kept = {}
for gamma in (0.0, -0.5, -4.0, 0.3):
    rotator = Rotator("oblimin", gamma=gamma)
    kept[gamma] = rotator.fit_transform(before), rotator.phi_[np.triu_indices(3, 1)]
    print(f"gamma {gamma:4.1f}: factor correlations {np.round(kept[gamma][1], 2) + 0.0}")
still = max(float(np.abs(np.abs(kept[gamma][0]) - np.abs(before)).max()) for gamma in (-0.5, -4.0, 0.3))
print(f"the last three against the loadings before rotation: largest difference {still:.3f}")
assert np.abs(kept[0.0][1]).max() > 0.5 and still < 0.01
assert all(np.abs(kept[gamma][1]).max() < 0.01 for gamma in (-0.5, -4.0, 0.3))
PY
