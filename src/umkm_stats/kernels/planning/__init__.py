"""Before the field: simulated replications, their estimates and limits, sample sizes."""
