#!/usr/bin/env bash
# An SPSS file whose missing answers are declared for a number (99) and for a text variable ("none"), read by
# three libraries on the same C code.
#
# Versions: svy-io 0.7.1, pyreadstat 1.3.2, readstat-arrow 2026.10.20.0.
# Behaviour: svy-io makes the number missing, as asked by default, and hands out the declared text as an answer;
# its list of declared missing values (user_missing) has the number alone, so that nothing can be done about it
# afterwards. pyreadstat and readstat-arrow make both missing, as SPSS does.
# Output seen:
#   svy-io: age [21.0, None, 35.0] job ['farmer', 'none', 'driver']
#   readstat-arrow: age [21.0, None, 35.0] job ['farmer', None, 'driver']
#   pyreadstat: age [21.0, None, 35.0] job ['farmer', None, 'driver']
#   declared missing by svy-io: ['age']
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check svy-io==0.7.1 polars==2.1.0 pyreadstat==1.3.2 readstat-arrow==2026.10.20.0 pandas==2.3.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
import pyreadstat
import readstat_arrow
import svy_io

data = pd.DataFrame({"age": [21.0, 99.0, 35.0], "job": ["farmer", "none", "driver"]})
pyreadstat.write_sav(data, "answers.sav", missing_ranges={"age": [99], "job": ["none"]})
frame, meta = svy_io.read_sav("answers.sav")
found = {"svy-io": frame.to_dict(as_series=False)}
found["readstat-arrow"] = readstat_arrow.read_sav("answers.sav")[0].to_pydict()
read = pyreadstat.read_sav("answers.sav")[0]
found["pyreadstat"] = {name: [None if pd.isna(value) else value for value in read[name]] for name in read}
for name, columns in found.items():
    print(f"{name}: age {columns['age']} job {columns['job']}")
declared = [one["col"] for one in svy_io.read_sav("answers.sav", user_na=True)[1]["user_missing"]]
print("declared missing by svy-io:", declared)
right = {"age": [21.0, None, 35.0], "job": ["farmer", None, "driver"]}
assert found["pyreadstat"] == found["readstat-arrow"] == right
assert found["svy-io"] == {**right, "job": ["farmer", "none", "driver"]} and declared == ["age"]
PY
