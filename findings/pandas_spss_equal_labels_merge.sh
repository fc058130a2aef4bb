#!/usr/bin/env bash
# A labelled SPSS question in which two codes bear the same label, opened with pandas.
#
# Versions: pandas 2.3.3, pyreadstat 1.3.2.
# Behaviour: read_spss() turns codes into labels by default, and codes that share a label become one
# category without a warning (two answers of a scale that a form translated alike, or two kinds of
# "other"). With convert_categoricals=False the three codes are there.
# Output seen:
#   default: ['Setuju', 'Setuju', 'Tidak setuju'] categories 2
#   convert_categoricals=False: [1.0, 2.0, 3.0]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pandas==2.3.3 pyreadstat==1.3.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
import pyreadstat

labels = {"q": {1.0: "Setuju", 2.0: "Setuju", 3.0: "Tidak setuju"}}
pyreadstat.write_sav(pd.DataFrame({"q": [1.0, 2.0, 3.0]}), "q.sav", variable_value_labels=labels)
read = pd.read_spss("q.sav").q
codes = pd.read_spss("q.sav", convert_categoricals=False).q.tolist()
print("default:", read.tolist(), "categories", len(read.cat.categories))
print("convert_categoricals=False:", codes)
assert read.tolist() == ["Setuju", "Setuju", "Tidak setuju"] and len(read.cat.categories) == 2
assert codes == [1.0, 2.0, 3.0]
PY
