"""Parameter table and data → index arrays, statistics and the search for the optimum."""
