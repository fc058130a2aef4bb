"""Indirect effects: systems of regressions, their draws, tests and sensitivity."""
