"""After print: printed numbers as intervals, and what follows from published ones."""
