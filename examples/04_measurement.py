"""Apakah item mengukur konstruknya · Do the items measure their constructs.

python examples/04_measurement.py
"""

from pathlib import Path

from umkm_stats import cfa, efa, load_instrument, read_responses, validity

HERE = Path(__file__).parent / "kedai_kopi"
instrument = load_instrument(HERE)
responses = read_responses(HERE / "answers.csv", instrument)

# Eksplorasi: muatan faktor, KMO · exploration: loadings, KMO
explored = efa(responses, n_factors=3, rotation="oblimin")
print(f"KMO {explored.kmo:.3f}")
print(explored.loadings.round(2).to_string())

# Konfirmasi: kecocokan model; varians dan AVE · confirmation: fit of the model, AVE, CR, discriminant
# validity
model = cfa(responses, estimator="MLR", compare=("one_factor",))
fit = model.fit.indices
print(
    f"chisq {fit['chisq_scaled']:.2f}, df {fit['df']:.0f}, CFI {fit['cfi_robust']:.3f}, SRMR "
    f"{fit['srmr']:.3f}"
)
found = validity(model)
print(
    found.tidy()[["construct", "ave", "cr_std", "sqrt_ave", "max_r", "fornell_larcker"]]
    .round(3)
    .to_string(index=False)
)
print(found.pairs[["construct", "other", "htmt", "problem"]].round(3).to_string(index=False))
