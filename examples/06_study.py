"""Satu perintah: baca, periksa, ukur, uji, tulis laporan · One call: read, check, measure, test, write.

python examples/06_study.py [folder]
"""

import sys
from pathlib import Path

from umkm_stats import pack, reproduce, run_study

HERE = Path(__file__).parent / "kedai_kopi"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/kedai_kopi")

# Draws 5000 untuk skripsi; 500 agar contoh cepat · 5000 draws for a thesis; 500 keep the example quick
run_study(
    HERE / "answers.csv",
    HERE,
    model="M1",
    out=out,
    draws=500,
    seed=2026,
    intervals=("percentile",),
    style="skripsi",
)
print(sorted(path.name for path in out.iterdir()))

# Hitung ulang dan bandingkan setiap angka · run again and compare every number
print(reproduce(out).summary("id").split(":")[0])

# Salinan tanpa jawaban siapa pun, untuk dibagikan · a copy without anyone's answers, to be shared
print(pack(out).name)
