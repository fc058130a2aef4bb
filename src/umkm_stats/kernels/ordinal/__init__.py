"""Ordered answers: thresholds, polychoric correlations, and structures fitted to them."""
