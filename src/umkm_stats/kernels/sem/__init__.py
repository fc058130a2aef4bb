"""Structural models from arrays: structure, moments, indices; one model at a time, or many draws at once."""
