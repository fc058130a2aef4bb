"""Careless-response measures, missingness, flags and the exclusion ledger."""
