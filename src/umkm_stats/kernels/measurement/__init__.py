"""Items, scales and factors: reliability, exploratory factors, validity."""
