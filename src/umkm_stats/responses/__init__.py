"""Answers that come back: one reader a source, header matching, recoding, rules, privacy."""
