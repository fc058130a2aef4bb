#!/usr/bin/env bash
# Rim weights grossed up to a population of 1000, where one group's share in the sample is right already.
#
# Versions: weightipy 0.4.2, pandas 2.3.3.
# Behaviour: with total= the rows whose weight is exactly 1 are taken for rows without a weight: they are neither
# counted nor scaled. The group that needed no correction falls from its target of half to a twentieth, the sum
# is not the total, and a sample that meets every target gets no weights at all. Without total= all is right.
# Output seen:
#   without total: sum  100, shares 0.50 0.30 0.20
#   total=1000:    sum 1050, shares 0.05 0.57 0.38
#   total=1000, every share right already: 0 of 100 rows have a weight
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check weightipy==0.4.2 pandas==2.3.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
import weightipy


def weigh(targets, **how):
    scheme = weightipy.Rim("survey", **how)
    scheme.set_targets([{"group": targets}])
    return weightipy.weight(data, scheme)


data = pd.DataFrame({"group": [1] * 50 + [2] * 25 + [3] * 25})
found = {}
for name, how in (("without total:", {}), ("total=1000:", {"total": 1000})):
    weights = weigh({1: 50, 2: 30, 3: 20}, **how)
    shares = weights.groupby(data["group"]).sum() / weights.sum()
    found[name] = float(weights.sum()), shares.tolist()
    print(f"{name:14} sum {weights.sum():4.0f}, shares " + " ".join(f"{share:.2f}" for share in shares))
balanced = int(weigh({1: 50, 2: 25, 3: 25}, total=1000).notna().sum())
print(f"total=1000, every share right already: {balanced} of {len(data)} rows have a weight")
without, grossed = found.values()
assert abs(without[0] - 100) < 1e-6 and abs(without[1][0] - 0.5) < 1e-6
assert abs(grossed[0] - 1050) < 1e-6 and grossed[1][0] < 0.06 and balanced == 0
PY
