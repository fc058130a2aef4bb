"""Tables, figures and wording; takes StudyResults and computes no statistic."""
