#!/usr/bin/env bash
# An ordered pandas category written to SPSS with pyreadstat.
#
# Versions: pyreadstat 1.3.2, pandas 2.3.3.
# Behaviour: write_sav() stores the words of the category as text and no value labels, so that SPSS has a
# string variable without an order; a missing word comes back as an empty string that counts as an answer.
# The codes have to be written with variable_value_labels.
# Output seen:
#   type string, value labels {}
#   read back: ['rendah', 'tinggi', '']
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pandas==2.3.3 pyreadstat==1.3.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
import pyreadstat

words = pd.Categorical(["rendah", "tinggi", None], categories=["rendah", "sedang", "tinggi"], ordered=True)
pyreadstat.write_sav(pd.DataFrame({"q": words}), "q.sav")
read, meta = pyreadstat.read_sav("q.sav")
print(f"type {meta.readstat_variable_types['q']}, value labels {meta.variable_value_labels}")
print("read back:", read.q.tolist())
assert meta.readstat_variable_types["q"] == "string" and meta.variable_value_labels == {}
assert read.q.tolist() == ["rendah", "tinggi", ""]
PY
