#!/usr/bin/env bash
# A number with a unit in its format ('0 "jam; menit"', an answer in hours) read with openpyxl.
#
# Versions: openpyxl 3.1.5, python-calamine 0.4.0.
# Behaviour: when the quoted unit holds a semicolon, openpyxl cuts the format there, sees the letters d, h, m, s
# or y outside any quotation, and hands out a date of 1900 without a warning. The same unit without a semicolon
# stays a number. calamine reads 42 in both.
# Output seen:
#   openpyxl: 0 "th" -> 42
#   openpyxl: 0 "th; umur" -> 1900-02-11 00:00:00
#   openpyxl: 0.0 "jam; menit" -> 1900-02-11 00:00:00
#   calamine: [42.0, 42.0, 42.0]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.4.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
import datetime

import openpyxl
import python_calamine

FORMATS = ('0 "th"', '0 "th; umur"', '0.0 "jam; menit"')
book = openpyxl.Workbook()
for row, form in enumerate(FORMATS, 1):
    book.active.cell(row, 1, 42).number_format = form
book.save("units.xlsx")

read = [row[0].value for row in openpyxl.load_workbook("units.xlsx").active.iter_rows()]
for form, value in zip(FORMATS, read):
    print("openpyxl:", form, "->", value)
other = [row[0] for row in python_calamine.CalamineWorkbook.from_path("units.xlsx").get_sheet_by_index(0).to_python()]
print("calamine:", other)
day = datetime.datetime(1900, 2, 11)
assert openpyxl.__version__ == "3.1.5"
assert read == [42, day, day]
assert other == [42.0, 42.0, 42.0]
PY
