"""Questionnaires: a plan (sections, order, skip logic) and one writer a format."""
