"""Before the field: sample size, power and simulated answers."""
