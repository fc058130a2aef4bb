#!/usr/bin/env bash
# A one-factor model whose solution has a negative error variance (a Heywood case), in semopy.
#
# Versions: semopy 2.3.11, pandas 2.3.3, scipy 1.15.3.
# Behaviour: variances are bounded at 0 unless asked otherwise, so the model is reported as successful with
# an error variance of 0.0 and another solution; three indicators fit exactly, and the correlations .9, .8,
# .5 give 1 - .9*.8/.5 = -.44, which lavaan prints with a warning.
# Output seen:
#   success: True
#   error variance of a: 0.0 (exact solution -0.44)
#   implied r(b, c) 0.720, data 0.500
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check semopy==2.3.11 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6 statsmodels==0.14.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
import semopy

names = ["a", "b", "c"]
r = pd.DataFrame([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]], index=names, columns=names)
model = semopy.Model("f =~ a + b + c")
result = model.fit(cov=r, n_samples=200)
rows = model.inspect()
error = float(rows.query("lval == 'a' and op == '~~' and rval == 'a'")["Estimate"].iloc[0])
implied = pd.DataFrame(model.calc_sigma()[0], index=model.vars["observed"], columns=model.vars["observed"])
print("success:", bool(result.success))
print(f"error variance of a: {error:.1f} (exact solution {1 - 0.9 * 0.8 / 0.5:.2f})")
print(f"implied r(b, c) {implied.loc['b', 'c']:.3f}, data {r.loc['b', 'c']:.3f}")
assert result.success and abs(error) < 1e-6 and abs(implied.loc["b", "c"] - 0.72) < 0.005
PY
