#!/usr/bin/env bash
# The counts that pingouin's chi2_independence() calls observed.
#
# Versions: pingouin 0.6.1, pandas 2.3.3.
# Behaviour: with Yates' correction (the default for a 2 x 2 table) the second table it returns, named
# "observed" in the documentation, holds the counts moved by 0.5 toward the expected ones; a table copied
# from it shows half persons. Without the correction it holds the counts.
# Output seen:
#   counted:            [[10, 20], [20, 10]]
#   observed:           [[10.5, 19.5], [19.5, 10.5]]
#   correction=False:   [[10, 20], [20, 10]]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pingouin==0.6.1 pandas==2.3.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
import pingouin as pg

data = pd.DataFrame({"sex": [0] * 30 + [1] * 30, "buys": [0] * 10 + [1] * 20 + [0] * 20 + [1] * 10})
counted = pd.crosstab(data.sex, data.buys).values.tolist()
observed = pg.chi2_independence(data, "sex", "buys")[1].values.tolist()
plain = pg.chi2_independence(data, "sex", "buys", correction=False)[1].values.tolist()
print("counted:           ", counted)
print("observed:          ", observed)
print("correction=False:  ", plain)
assert counted == [[10, 20], [20, 10]] == plain
assert observed == [[10.5, 19.5], [19.5, 10.5]]
PY
