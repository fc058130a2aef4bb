#!/usr/bin/env bash
# The mean of a cluster sample against a known value, by samplics' design-based t test.
#
# Versions: samplics 0.6.1, pandas 2.3.3, scipy 1.15.3.
# Behaviour: the standard error and the interval know the design (6 clusters: 5 degrees of freedom), but the p
# value beside them takes the persons less one, as if nobody had been drawn in clusters: the known mean lies
# inside the 95 % interval and is refused at p < .05 by one and the same object.
# Output seen:
#   95 % interval 2.68 to 3.44; degrees of freedom of the design 5
#   known mean 2.72: t 2.32, df 179, p 0.021
#   the same t with the degrees of freedom of the design: p 0.068
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check samplics==0.6.1 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from samplics.categorical import Ttest
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam
from scipy.stats import t as student

rng = np.random.default_rng(1)
cluster = np.repeat(np.arange(6), 30)
y = 3 + 0.5 * rng.normal(size=6)[cluster] + rng.normal(size=180)
design = {"samp_weight": np.ones(180), "psu": cluster}
mean = TaylorEstimator(PopParam.mean)
mean.estimate(y=y, **design)
known = 2.72
test = Ttest("one-sample")
test.compare(y=y, known_mean=known, **design)
low, high, df, t = float(test.lower_ci), float(test.upper_ci), int(test.stats["df"]), float(test.stats["t"])
p = float(test.stats["p_value"]["not_equal"])
print(f"95 % interval {low:.2f} to {high:.2f}; degrees of freedom of the design {mean.degree_of_freedom}")
print(f"known mean {known}: t {t:.2f}, df {df}, p {p:.3f}")
right = float(2 * student.sf(abs(t), mean.degree_of_freedom))
print(f"the same t with the degrees of freedom of the design: p {right:.3f}")
assert low < known < high and mean.degree_of_freedom == 5
assert df == 179 and p < 0.05 < right
PY
