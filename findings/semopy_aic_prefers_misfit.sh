#!/usr/bin/env bash
# Two factor models with equally many parameters, one right and one wrong, compared by semopy's AIC and BIC.
#
# Versions: semopy 2.3.11, pandas 2.3.3, scipy 1.15.3.
# Behaviour: LogLik of calc_stats() is the minimised discrepancy (0 = perfect fit), not a log-likelihood, and AIC
# and BIC subtract twice of it: the worse a model fits, the lower both become. Between models of the same size
# they choose the wrong one; a log-likelihood of 400 rows of six variables lies in the thousands below zero.
# Output seen:
#   right items: chi2 7.68, df 8, LogLik 0.019, AIC 25.96, BIC 77.85
#   x2, x3 swapped: chi2 405.12, df 8, LogLik 1.013, AIC 23.97, BIC 75.86
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check semopy==2.3.11 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6 statsmodels==0.14.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
import semopy

rng = np.random.default_rng(2)
f = rng.normal(size=(400, 2)) @ np.linalg.cholesky(np.array([[1.0, 0.4], [0.4, 1.0]])).T
data = pd.DataFrame({f"x{i}": 0.8 * f[:, i // 3] + 0.6 * rng.normal(size=400) for i in range(6)})
MODELS = {
    "right items": "f =~ x0 + x1 + x2\ng =~ x3 + x4 + x5\nf ~~ g",
    "x2, x3 swapped": "f =~ x0 + x1 + x3\ng =~ x2 + x4 + x5\nf ~~ g",
}
found = []
for name, text in MODELS.items():
    model = semopy.Model(text)
    model.fit(data)
    one = semopy.calc_stats(model).iloc[0].astype(float)
    found.append(one)
    print(f"{name}: chi2 {one.chi2:.2f}, df {one.DoF:.0f}, LogLik {one.LogLik:.3f}, AIC {one.AIC:.2f}, BIC {one.BIC:.2f}")
right, wrong = found
assert right["chi2"] < 20.0 and wrong["chi2"] > 300.0 and right["DoF"] == wrong["DoF"]
assert wrong["AIC"] < right["AIC"] - 1.5 and wrong["BIC"] < right["BIC"] - 1.5
assert abs(400 * right["LogLik"] - right["chi2"]) < 1e-6
PY
