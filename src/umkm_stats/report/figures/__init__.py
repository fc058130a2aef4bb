"""Pictures, drawn with matplotlib: publication size, colour-blind safe, labels in the language of the
report."""
