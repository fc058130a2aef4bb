#!/usr/bin/env bash
# An SPSS scale of which only the ends are labelled (1 never, 5 always), read with its labels.
#
# Versions: pyreadstat 1.3.2, pandas 2.3.3.
# Behaviour: with apply_value_formats=True the labelled codes become words and the others stay numbers, in
# one column, marked as an unordered category: no mean, no order, and sorting raises. SPSS users label only
# the ends of a Likert scale as a matter of course.
# Output seen:
#   ['never', 2.0, 3.0, 4.0, 'always'] types ['float', 'str'] ordered False
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pandas==2.3.3 pyreadstat==1.3.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
import pyreadstat

frame = pd.DataFrame({"q": [1.0, 2.0, 3.0, 4.0, 5.0]})
pyreadstat.write_sav(frame, "q.sav", variable_value_labels={"q": {1.0: "never", 5.0: "always"}})
read = pyreadstat.read_sav("q.sav", apply_value_formats=True)[0].q
types = sorted({type(value).__name__ for value in read})
print(read.tolist(), "types", types, "ordered", read.cat.ordered)
assert read.tolist() == ["never", 2.0, 3.0, 4.0, "always"]
assert types == ["float", "str"] and not read.cat.ordered
PY
