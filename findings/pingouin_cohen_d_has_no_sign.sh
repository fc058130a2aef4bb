#!/usr/bin/env bash
# The effect size in the table of pingouin's ttest(), for a difference below 0 and for paired answers.
#
# Versions: pingouin 0.6.1, pandas 2.3.3.
# Behaviour: cohen-d in the table is positive whatever the sign of T, while compute_effsize() of the same
# two samples keeps the sign; and for paired samples it is the difference over the average SD, not over the
# SD of the differences (d_z) that belongs to the paired T: T/sqrt(n) is another number.
# Output seen:
#   T -4.6697, d in the table 2.9534, compute_effsize -2.9534
#   paired: T -5.7155, d in the table 1.4000, T/sqrt(n) -2.556
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pingouin==0.6.1 pandas==2.3.3
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pingouin as pg

one, two = np.array([1.0, 2, 3, 4, 5]), np.array([6.0, 7, 8, 9, 11])
table = pg.ttest(one, two).iloc[0]
name = next(column for column in table.index if column.startswith("cohen"))
sign = pg.compute_effsize(one, two)
print(f"T {table['T']:.4f}, d in the table {table[name]:.4f}, compute_effsize {sign:.4f}")
before, after = np.array([3.0, 2, 4, 3, 5]), np.array([4.0, 4, 5, 5, 6])
pair = pg.ttest(before, after, paired=True).iloc[0]
print(f"paired: T {pair['T']:.4f}, d in the table {pair[name]:.4f}, T/sqrt(n) {pair['T'] / 5**0.5:.3f}")
assert table["T"] < 0 < table[name] and abs(table[name] + sign) < 1e-9
assert pair["T"] < 0 < pair[name] and abs(pair[name] - abs(pair["T"]) / 5**0.5) > 0.5
PY
