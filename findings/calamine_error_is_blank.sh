#!/usr/bin/env bash
# A cell that holds an error of the spreadsheet (#N/A of a failed lookup) read with python-calamine.
#
# Versions: python-calamine 0.4.0, openpyxl 3.1.5.
# Behaviour: calamine's rows have an empty string in the place of the error, the same as for a cell that nobody
# filled in, so that a broken formula counts as a question left open. openpyxl keeps the error's text and type.
# Output seen:
#   calamine: [[4.0], [''], [''], [5.0]]
#   openpyxl: [(4, 'n'), ('#N/A', 'e'), (None, 'n'), (5, 'n')]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.4.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
import openpyxl
import python_calamine

book = openpyxl.Workbook()
for row, value in enumerate((4, "#N/A", None, 5), 1):
    book.active.cell(row, 1, value)
book.save("errors.xlsx")

rows = python_calamine.CalamineWorkbook.from_path("errors.xlsx").get_sheet_by_index(0).to_python()
cells = [(row[0].value, row[0].data_type) for row in openpyxl.load_workbook("errors.xlsx").active.iter_rows()]
print("calamine:", rows)
print("openpyxl:", cells)
assert rows == [[4.0], [""], [""], [5.0]]
assert cells == [(4, "n"), ("#N/A", "e"), (None, "n"), (5, "n")]
PY
