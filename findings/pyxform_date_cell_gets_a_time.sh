#!/usr/bin/env bash
# A default date typed into the cell of an XLSForm, as a spreadsheet stores it.
#
# Versions: pyxform 4.5.0, openpyxl 3.1.5.
# Behaviour: the cell is a true date for the spreadsheet; pyxform writes it into the form with a space and
# a midnight (2026-01-05 00:00:00), which is no xsd:date and no xsd:dateTime, without a warning. The same
# day typed as text is right.
# Output seen:
#   date cell: 2026-01-05 00:00:00
#   text cell: 2026-01-05
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyxform==4.5.0 openpyxl==3.1.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import datetime
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


head = ["type", "name", "label", "default"]
found = {}
for kind, value in (("date cell", datetime.date(2026, 1, 5)), ("text cell", "2026-01-05")):
    xml, warnings = form([head, ["date", "visit", "Visit", value]])
    found[kind] = re.search(r"<visit>([^<]*)</visit>", xml).group(1)
    print(f"{kind}: {found[kind]}")
    assert warnings == []
assert found == {"date cell": "2026-01-05 00:00:00", "text cell": "2026-01-05"}
PY
