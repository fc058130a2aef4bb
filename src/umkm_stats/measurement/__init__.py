"""Do the items measure the constructs: items, reliability, EFA, CFA, validity, invariance, method bias."""
