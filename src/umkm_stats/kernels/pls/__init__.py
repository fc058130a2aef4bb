"""Partial least squares from moments: arrays in, frozen dataclasses out, batched over draws on the last axis.

Scores are never formed: with correlations R (p, p) of the items and weights W, the correlations of the
constructs are W′RW and those of items with constructs RW.
"""
