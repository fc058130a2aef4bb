"""Mediasi PI → OI → NP pada rata-rata skala dan variabel laten · Mediation on scale means and on latent
variables.

python examples/03_mediation.py
"""

from pathlib import Path

import pandas as pd

from umkm_stats import load_instrument, mediate, mediate_latent, read_responses

SEED = 20260301  # angka yang sama setiap kali · the same numbers every time

instrument = load_instrument("umkm_inovasi")
responses = read_responses(Path(instrument.origin).parent / "demo" / "jawaban_simulasi.xlsx", instrument)
answers = responses.kept_items
scales = instrument.scales(answers.columns)

# Rata-rata skala · scale means
means = pd.DataFrame({name: answers[scales[name]].mean(axis=1, skipna=False) for name in ("PI", "OI", "NP")})
print(mediate(means, x="PI", m="OI", y="NP", draws=2000, seed=SEED).summary("id"))

# Variabel laten, model M1 dari instrumen · latent variables, model M1 of the instrument
latent = mediate_latent(
    responses,
    model="M1",
    measurement="dimension_means",
    draws=1000,
    seed=SEED,
    intervals=("percentile", "monte_carlo"),
)
print(latent.summary("en"))
