#!/usr/bin/env bash
# The polyserial correlation of an ordered answer with a measured variable, in metres and in centimetres.
#
# Versions: semopy 2.3.11, scipy 1.13.1, Python up to 3.12 (newer scipy lacks mvn.mvnun, which semopy calls here).
# Behaviour: the measured variable is divided by its variance where its standard deviation is meant, so that the
# correlation, which has no unit, depends on the unit: right at a variance of 1, too small in metres and in
# centimetres.
# hetcor() does the same; the polychoric correlation of two ordered answers is not touched.
# Output seen:
#   standard deviation 1 (standardised): polyserial 0.62, Pearson 0.58
#   standard deviation 0.1 (metres): polyserial 0.07, Pearson 0.58
#   standard deviation 10 (centimetres): polyserial 0.49, Pearson 0.58
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check semopy==2.3.11 pandas==2.2.3 scipy==1.13.1 numpy==1.26.4 statsmodels==0.14.4 scikit-learn==1.5.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from semopy.polycorr import polyserial_corr

rng = np.random.default_rng(2)
pair = rng.multivariate_normal([0, 0], [[1.0, 0.6], [0.6, 1.0]], size=1000)
answer = np.digitize(pair[:, 1], [-0.8, 0.0, 0.9]) + 1.0
found = {}
for unit, scale in (("1 (standardised)", 1.0), ("0.1 (metres)", 0.1), ("10 (centimetres)", 10.0)):
    found[unit] = float(polyserial_corr(pair[:, 0] * scale, answer))
    pearson = float(np.corrcoef(pair[:, 0] * scale, answer)[0, 1])
    print(f"standard deviation {unit}: polyserial {found[unit]:.2f}, Pearson {pearson:.2f}")
one, metres, centimetres = found.values()
assert abs(one - 0.6) < 0.05 and metres < 0.15 and centimetres < 0.54
PY
