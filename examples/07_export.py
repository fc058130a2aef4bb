"""Teruskan ke SmartPLS, SPSS, lavaan, jamovi · Go on in SmartPLS, SPSS, lavaan, jamovi.

python examples/07_export.py [folder]
"""

import sys
from pathlib import Path

import pandas as pd

from umkm_stats import load_instrument, read_responses
from umkm_stats.report import export_answers

HERE = Path(__file__).parent / "kedai_kopi"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/export")
instrument = load_instrument(HERE)
responses = read_responses(HERE / "answers.csv", instrument)

# Hanya jawaban item dari baris yang dipakai · only item answers of the rows used
for path in export_answers(responses, instrument, out=out, lang="id"):
    print(path.name)

# Padanan kode item dan X1.1 … · item codes and their X1.1 … codes
print(pd.read_csv(out / "crosswalk.csv")[["item", "other_code", "construct"]].to_string(index=False))
