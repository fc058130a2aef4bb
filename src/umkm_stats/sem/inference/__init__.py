"""A fitted model → standard errors, tests, indices, standardised solution, residuals, scores, notes."""
