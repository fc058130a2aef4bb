"""A fitted model → many re-estimations of resampled data, and statistics of every draw."""
