"""Makes the demo answers: simulated from a stated population model, messy as a real Google Forms export.

Nobody gave these answers. Run it again and the same file comes out:

    python instruments/umkm_inovasi/demo/make_demo.py
"""

from __future__ import annotations

from pathlib import Path

from umkm_stats.instrument import load_instrument
from umkm_stats.planning import simulate_responses

HERE = Path(__file__).resolve().parent
SEED = 20260301
N = 214

# Standardised population: product innovation works through open innovation, hardly by itself.
POPULATION = {
    "model": "M1",
    "loadings": 0.76,
    "dimension_loadings": 0.86,
    "paths": {
        "OI ~ PI": 0.55,
        "ACAP ~ OI": 0.40,
        "NP ~ OI": 0.42,
        "NP ~ PI": 0.08,
        "NP ~ ACAP": 0.20,
    },
}

# What a form that went round really looks like.
MESS = {
    "missing": 0.004,
    "variants": 0.02,
    "duplicates": 2,
    "straight_liners": 1,
    "out_of_range": 1,
    "header_noise": True,
    "identifiers": True,
}


def main() -> Path:
    """Write ``jawaban_simulasi.xlsx`` beside this script and return its path."""
    made = simulate_responses(
        load_instrument("umkm_inovasi"),
        population=POPULATION,
        n=N,
        mess=MESS,
        seed=SEED,
        form="pendek",
        lang="id",
    )
    path = made.write(HERE / "jawaban_simulasi.xlsx")
    print(made.summary("en"))
    return path


if __name__ == "__main__":
    print(main())
