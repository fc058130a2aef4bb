#!/usr/bin/env bash
# The indirect effect through a mediator with two answers (yes, no) by pingouin's mediation_analysis.
#
# Versions: pingouin 0.7.0, pandas 2.3.3, scipy 1.15.3.
# Behaviour: a mediator of 0 and 1 gets a logistic regression, whose log odds are multiplied by the coefficient
# of the outcome; the product has no unit and is printed beside Total and Direct as their difference: eight
# times the total effect of the same table. The documentation calls it a difference in Y and says that the two
# sum to the total. They do, when the mediator is jittered by a billionth and counts as continuous.
# Output seen:
#   0 and 1:  total 0.13, direct -0.06, indirect 1.06 [0.76, 1.46]
#   jittered: total 0.13, direct -0.06, indirect 0.19 [0.15, 0.25]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pingouin==0.7.0 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6 statsmodels==0.14.5 scikit-learn==1.6.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
import pingouin

rng = np.random.default_rng(1)
x = rng.normal(size=400)
said_yes = (1.5 * x + rng.logistic(size=400) > 0).astype(float)
y = 0.5 * said_yes + 0.8 * rng.normal(size=400)
found = []
for name, mediator in (("0 and 1:", said_yes), ("jittered:", said_yes + 1e-9 * rng.normal(size=400))):
    data = pd.DataFrame({"x": x, "m": mediator, "y": y})
    table = pingouin.mediation_analysis(data, x="x", m="m", y="y", seed=1).set_index("path")
    total, direct, indirect = (float(table.loc[row, "coef"]) for row in ("Total", "Direct", "Indirect"))
    low, high = float(table.loc["Indirect", "CI2.5"]), float(table.loc["Indirect", "CI97.5"])
    found.append((total, direct, indirect))
    print(f"{name:9} total {total:.2f}, direct {direct:.2f}, indirect {indirect:.2f} [{low:.2f}, {high:.2f}]")
binary, jittered = found
assert abs(jittered[0] - jittered[1] - jittered[2]) < 1e-6 and np.allclose(binary[:2], jittered[:2], atol=1e-4)
assert binary[2] > 5 * binary[0] > 0
PY
