"""After print: recompute what a published table claims, by interval arithmetic over its rounding."""
