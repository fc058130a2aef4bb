"""Memeriksa tabel mediasi yang tercetak · Checking a printed mediation table.

python examples/08_reviewer.py
"""

from pathlib import Path

from umkm_stats import review

# Angka ditulis seperti tercetak, sebagai teks · numbers as printed, as text
print(review.product(".2413", a=".4765", b=".5064").summary("id"))
print(review.product(".2913", a=".4765", b=".5064").summary("en"))
print(review.total(".4957", c_prime=".2544", ab=".2413").summary("en"))

# Rata-rata 5,19 dari 28 jawaban bulat tidak mungkin · a mean of 5.19 from 28 whole answers cannot be
print(review.grim("5.19", n=28, items=1).summary("id"))

# Seluruh tabel dari file klaim · a whole table from a claims file
claims = Path(__file__).parents[1] / "docs" / "reviews" / "hayes_pmi.yaml"
found = review.check_claims(claims)
print(found.counts)
print(found.tidy()[["check", "where", "verdict"]].to_string(index=False))
