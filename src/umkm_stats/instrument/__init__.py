"""Instrument definitions: schema, loading, lint, traceability, structural models."""
