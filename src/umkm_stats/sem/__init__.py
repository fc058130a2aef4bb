"""lavaan-style model text → parameter table → compiled arrays → fit → indices → draws."""
