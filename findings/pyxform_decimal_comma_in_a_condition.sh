#!/usr/bin/env bash
# A constraint with a decimal comma, as an Indonesian or German keyboard writes it, in an XLSForm.
#
# Versions: pyxform 4.5.0, openpyxl 3.1.5.
# Behaviour: the expression ". <= 3,5" is no XPath (a comma separates arguments), but pyxform writes it
# into the form as it stands, without an error or a warning; unknown references and unbalanced brackets of
# the same cell are refused.
# Output seen:
#   comma:  written ['. <= 3,5'] warnings []
#   unknown reference: refused
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


head = ["type", "name", "label", "constraint"]
xml, warnings = form([head, ["decimal", "w", "W", ". <= 3,5"]])
written = re.findall(r'constraint="([^"]*)"', xml.replace("&lt;", "<"))
print(f"comma:  written {written} warnings {warnings}")
assert written == [". <= 3,5"] and warnings == []
try:
    form([head, ["decimal", "w", "W", ". <= ${nobody}"]])
    refused = False
except Exception:
    refused = True
print("unknown reference:", "refused" if refused else "accepted")
assert refused
PY
