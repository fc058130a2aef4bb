#!/usr/bin/env bash
# An XLSForm whose skip logic stands under a misspelt heading (relevent), converted with pyxform.
#
# Versions: pyxform 4.5.0, openpyxl 3.1.5.
# Behaviour: a column that pyxform does not know is left out without a word, where a misspelt sheet name is
# warned of: the form has no skip logic, every respondent is asked, and nothing says so. The same with a
# misspelt constraint.
# Output seen:
#   relevent:  conditions [] warnings []
#   relevant:  conditions [' /data/age  > 17'] warnings []
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyxform==4.5.0 openpyxl==3.1.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import io
import re

import openpyxl
from pyxform.xls2xform import convert


def form(rows):
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    made = convert(xlsform=io.BytesIO(out.getvalue()))
    return made.xform, made.warnings


found = {}
for heading in ("relevent", "relevant"):
    head = ["type", "name", "label", heading]
    xml, warnings = form([head, ["integer", "age", "Age", None], ["text", "why", "Why?", "${age} > 17"]])
    found[heading] = re.findall(r'relevant="([^"]*)"', xml.replace("&gt;", ">"))
    print(f"{heading}:  conditions {found[heading]} warnings {warnings}")
    assert warnings == []
assert found["relevent"] == [] and len(found["relevant"]) == 1
PY
