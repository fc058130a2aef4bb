"""Berapa responden yang diperlukan · How many respondents are needed.

python examples/05_power.py
"""

from umkm_stats import power
from umkm_stats.planning import sample_sizes

# Dugaan sebelum data: jalur a dan b sedang, langsung nol · guesses before the data: medium a and b, no direct
# effect
model = """
m ~ a*.39*x
y ~ b*.39*m + 0*x
ab := a*b
"""

# Simulasi dengan uji yang akan dipakai · simulation with the test that will be used
curve = power(model, n=[60, 80, 100], reps=1000, seed=1, interval="joint", workers=1)
table = curve.tidy()
print(
    table[table["effect"] == "indirect"][["path", "n", "power", "se_power"]].round(3).to_string(index=False)
)

# Rumus yang sering diminta penguji · formulas examiners often ask for
print(
    sample_sizes(population=500, path=0.197, arrows=3, items=27)
    .tidy()[["formula", "n"]]
    .to_string(index=False)
)
