#!/usr/bin/env bash
# One missing answer in a regression given to statsmodels as arrays and as a formula.
#
# Versions: statsmodels 0.14.5, pandas 2.3.3.
# Behaviour: OLS() of arrays does not look at the outcome's missing cells by default (missing="none"):
# every coefficient is NaN, without a warning. The same data as a formula drop the row without a word and
# report the smaller n, so that two calls that look alike fit different samples; a gap among the predictors
# is an error in the first and silent in the second.
# Output seen:
#   arrays: [nan, nan]
#   formula: n 49 of 50
#   gap in a predictor, arrays: MissingDataError
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check statsmodels==0.14.5 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

rng = np.random.default_rng(1)
data = pd.DataFrame({"x": rng.normal(size=50)})
data["y"] = data.x + rng.normal(size=50)
data.loc[3, "y"] = np.nan
arrays = sm.OLS(data.y, sm.add_constant(data.x)).fit().params.tolist()
rows = int(smf.ols("y ~ x", data).fit().nobs)
print("arrays:", arrays)
print(f"formula: n {rows} of {len(data)}")
data.loc[3, "x"] = np.nan
try:
    sm.OLS(data.y, sm.add_constant(data.x)).fit()
    said = "nothing"
except Exception as error:
    said = type(error).__name__
print("gap in a predictor, arrays:", said)
assert all(np.isnan(arrays)) and rows == 49 and said == "MissingDataError"
PY
