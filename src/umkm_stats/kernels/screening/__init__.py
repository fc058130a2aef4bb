"""Before the analysis: careless answering, gaps, distributions."""
