"""Kuesioner dari instrumen bawaan · Questionnaires from the bundled instrument.

python examples/01_questionnaire.py [folder]
"""

import sys
from pathlib import Path

from umkm_stats import load_instrument, write_questionnaire

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/questionnaire")

# Instrumen: konstruk, item dalam dua bahasa, hipotesis, model · constructs, items in two languages,
# hypotheses, models
instrument = load_instrument("umkm_inovasi")
print(instrument.title["id"])

# Setiap item menunjuk kutipan artikel · every item points to a passage of the paper
item = instrument.item("OI1")
print(f"{item.code}: {item.text['id']} | {item.text['en']}")
print(f'  "{item.source.quote}" ({item.source.section})')

# Tulis tiga format: cetak, KoboToolbox, Google Forms · write three formats: print, KoboToolbox, Google Forms
for kind in ("docx", "xlsform", "google-forms"):
    path = write_questionnaire(instrument, format=kind, out=out, form="inti")
    print(f"{kind}: {path}")
