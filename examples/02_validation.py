"""Periksa jawaban sebelum menghitung apa pun · Check the answers before computing anything.

python examples/02_validation.py
"""

from pathlib import Path

from umkm_stats import load_instrument, read_responses, reliability

instrument = load_instrument("umkm_inovasi")
# Jawaban simulasi yang belum rapi, seperti ekspor Google Forms · simulated answers, messy as a Google Forms
# export
answers = Path(instrument.origin).parent / "demo" / "jawaban_simulasi.xlsx"

responses = read_responses(answers, instrument)
print(responses.sample.describe("id"))
print(responses.sample.describe("en"))

# Setiap temuan: kode, baris, kolom, saran · every finding: code, row, column, remedy
found = responses.findings
serious = found[found["severity"] != "note"]
for row in serious.head(5).itertuples():
    print(f"[{row.code}] {row.message_id} {row.remedy_id}")

# Reliabilitas hanya dari baris yang dipakai · reliability from the rows that are used
scales = instrument.scales(responses.items.columns)
result = reliability(responses, scales={name: scales[name] for name in ("PI", "OI", "NP")})
print(
    result.tidy()[["scale", "n", "k", "alpha", "alpha_low", "alpha_high", "omega_total"]]
    .round(3)
    .to_string(index=False)
)
