#!/usr/bin/env bash
# A model fitted in semopy to a covariance matrix and, in the same call, to some rows of data.
#
# Versions: semopy 2.3.11, pandas 2.3.3, scipy 1.15.3.
# Behaviour: fit() takes data= and cov= together. The estimates and the chi-square of the model follow the
# matrix, but calc_stats fits the model of independence to the rows, so that CFI, GFI and NFI compare two
# samples: with 60 of 600 rows beside the matrix of all 600, CFI rises from .92 above 1, without a word.
# With cov= alone calc_stats compares like with like.
# Output seen:
#   all 600 rows: loading of x1 0.644, CFI 0.924, GFI 0.914, NFI 0.914
#   matrix of all, 60 rows: loading of x1 0.644, CFI 1.035, GFI 0.920, NFI 0.920
#   matrix alone: loading of x1 0.644, CFI 0.924, GFI 0.914, NFI 0.914
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

rng = np.random.default_rng(11)
f = rng.normal(size=(600, 2)) @ np.linalg.cholesky(np.array([[1.0, 0.5], [0.5, 1.0]])).T
data = pd.DataFrame({f"x{i}": 0.6 * f[:, i // 3] + 0.8 * rng.normal(size=600) for i in range(6)})
data["x5"] += 0.5 * data["x0"]
cov = data.cov() * 599 / 600
text = "f =~ x0 + x1 + x2\ng =~ x3 + x4 + x5"
calls = {
    "all 600 rows": {"data": data},
    "matrix of all, 60 rows": {"data": data.head(60), "cov": cov, "n_samples": 600},
    "matrix alone": {"cov": cov, "n_samples": 600},
}
found = {}
for name, given in calls.items():
    model = semopy.Model(text)
    model.fit(**given)
    rows = model.inspect()
    found[name] = float(rows.loc[(rows.lval == "x1") & (rows.op == "~"), "Estimate"].iloc[0]), semopy.calc_stats(model).iloc[0]
for name, (loading, one) in found.items():
    print(f"{name}: loading of x1 {loading:.3f}, CFI {one['CFI']:.3f}, GFI {one['GFI']:.3f}, NFI {one['NFI']:.3f}")
rows, both, alone = (found[name] for name in calls)
assert abs(rows[0] - both[0]) < 0.005
assert float(both[1]["CFI"]) > 1.0 > float(rows[1]["CFI"]) + 0.05
assert abs(float(rows[1]["CFI"]) - float(alone[1]["CFI"])) < 0.005
PY
