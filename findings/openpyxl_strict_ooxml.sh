#!/usr/bin/env bash
# A valid workbook in Strict Open XML ("Strict Open XML Spreadsheet" of Excel) opened with openpyxl.
#
# Versions: openpyxl 3.1.5, python-calamine 0.4.0.
# Behaviour: openpyxl raises nothing and hands out a workbook without a single sheet, so that a survey saved
# that way looks like an empty file (its only sign is a warning of an invalid specification, which does not
# name the cause); calamine reads the same bytes.
# Output seen:
#   openpyxl sheets: []
#   calamine sheets: ['Answers'] rows: [['Q1', 'Q2'], [4.0, 5.0]]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.4.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
import zipfile

import openpyxl
import python_calamine

MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}" conformance="strict">'
    '<sheets><sheet name="Answers" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Q1</t></is></c><c r="B1" t="inlineStr"><is><t>Q2</t></is></c></row>'
    '<row r="2"><c r="A2"><v>4</v></c><c r="B2"><v>5</v></c></row></sheetData></worksheet>',
}
with zipfile.ZipFile("strict.xlsx", "w") as file:
    for name, text in PARTS.items():
        file.writestr(name, HEAD + text)

sheets = openpyxl.load_workbook("strict.xlsx").sheetnames
print("openpyxl sheets:", sheets)
other = python_calamine.CalamineWorkbook.from_path("strict.xlsx")
rows = other.get_sheet_by_name("Answers").to_python() if "Answers" in other.sheet_names else None
print("calamine sheets:", other.sheet_names, "rows:", rows)
assert openpyxl.__version__ == "3.1.5"
assert sheets == []
assert other.sheet_names == ["Answers"] and rows == [["Q1", "Q2"], [4.0, 5.0]]
PY
