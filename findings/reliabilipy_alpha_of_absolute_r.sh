#!/usr/bin/env bash
# Cronbach's alpha of a scale with three reverse-worded items that nobody turned, from rows and from a matrix.
#
# Versions: reliabilipy 0.0.36, factor_analyzer 0.5.1, scikit-learn 1.6.1.
# Behaviour: given rows, reliability_analysis takes the absolute value of every correlation; given the matrix
# of the same rows it does not. The forgotten recoding, which alpha is there to show, disappears: .90 for a scale
# whose alpha is about 0. Answers without anything in common get a respectable alpha and omega too.
# Output seen:
#   three items not turned: alpha from rows 0.90, from their matrix -0.02
#   noise: alpha from rows 0.51, from their matrix 0.16
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check reliabilipy==0.0.36 factor_analyzer==0.5.1 scikit-learn==1.6.1 pandas==2.3.3 scipy==1.15.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
from reliabilipy import reliability_analysis

rng = np.random.default_rng(3)
f = rng.normal(size=400)
scale = pd.DataFrame({f"q{i}": (f if i < 6 else -f) + rng.normal(size=400) for i in range(9)})
noise = pd.DataFrame(rng.normal(size=(60, 9)))
found = {}
for name, data in (("three items not turned", scale), ("noise", noise)):
    rows = reliability_analysis(raw_dataset=data.copy(), is_corr_matrix=False)
    matrix = reliability_analysis(correlations_matrix=data.corr())
    rows.fit()
    matrix.fit()
    found[name] = float(rows.alpha_cronbach), float(matrix.alpha_cronbach)
    print(f"{name}: alpha from rows {found[name][0]:.2f}, from their matrix {found[name][1]:.2f}")
turned, nothing = found.values()
assert turned[0] > 0.85 and abs(turned[1]) < 0.1
assert nothing[0] > 0.45 and nothing[1] < 0.25
PY
