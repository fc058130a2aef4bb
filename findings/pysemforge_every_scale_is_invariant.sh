#!/usr/bin/env bash
# Measurement invariance of a scale whose items work quite differently in two groups, by pysemforge.
#
# Versions: pysemforge 0.1.0, pandas 2.3.3, scipy 1.15.3.
# Behaviour: invariance_test() fits every group for itself at all three levels; nothing is held equal across
# groups. The chi-square differences are 0 on 0 degrees of freedom (equal loadings of 4 items in 2 groups have 3)
# and whatever the data, the scale is INVARIANT with a p value of 1.
# Output seen:
#   configural_vs_metric: chi2 difference 0.00, df 0, p 1.00, INVARIANT
#   metric_vs_scalar: chi2 difference 0.00, df 0, p 1.00, INVARIANT
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pysemforge==0.1.0 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6 matplotlib==3.10.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
from pysemforge import Model, invariance_test

rng = np.random.default_rng(1)


def group(name, loadings, means):
    f = rng.normal(size=500)
    items = {f"x{i}": means[i] + loadings[i] * f + 0.6 * rng.normal(size=500) for i in range(4)}
    return pd.DataFrame({**items, "group": name})


data = pd.concat([group("a", (0.8, 0.8, 0.8, 0.8), (3, 3, 3, 3)), group("b", (0.8, 0.3, 1.4, 0.4), (3, 5, 1, 4))])
found = invariance_test(Model("f =~ x0 + x1 + x2 + x3"), data, "group")
for step, one in found.comparisons.items():
    told = f"chi2 difference {one['delta_chisq']:.2f}, df {one['delta_df']}, p {one['pvalue']:.2f}"
    print(f"{step}: {told}, {found.decisions[step]}")
assert set(found.decisions.values()) == {"INVARIANT"} and len(found.decisions) == 2
assert all(one["delta_df"] == 0 and abs(one["delta_chisq"]) < 1e-9 for one in found.comparisons.values())
PY
