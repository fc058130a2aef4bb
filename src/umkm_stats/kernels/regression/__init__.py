"""Regression: draws, influence of single rows, deviation from linearity."""
