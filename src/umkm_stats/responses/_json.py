"""JSON of survey platforms as a table: a list of submissions, groups as paths (``PROFIL/USED``)."""

from __future__ import annotations

import json
from typing import Any

LISTS = ("answers", "results", "value", "submissions", "data")
"""Keys under which a list of submissions stands: our page, KoboToolbox, ODK Central's OData, others."""


def looks_like_json(head: str) -> bool:
    """Whether a text begins as JSON does."""
    return head.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def rows_of(text: str) -> list[list[Any]] | None:
    """Heading and rows of a JSON list of records, or of the list under one of ``LISTS``; None for
    anything else."""
    if not looks_like_json(text):
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    records = data
    if isinstance(data, dict):
        records = next((data[key] for key in LISTS if isinstance(data.get(key), list)), None)
    if not isinstance(records, list) or not records or not all(isinstance(entry, dict) for entry in records):
        return None
    flat = [_flat(entry) for entry in records]
    names = list(dict.fromkeys(name for entry in flat for name in entry))
    return [list(names), *([entry.get(name) for name in names] for entry in flat)]


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Groups become paths; a list of plain values is a tuple (ticked choices); anything else is its JSON."""
    out: dict[str, Any] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            if len(name) < 400:
                out.update(_flat(value, f"{name}/"))
        elif isinstance(value, list):
            plain = all(isinstance(entry, (str, int, float, bool)) for entry in value)
            out[name] = tuple(value) if plain else json.dumps(value)
        else:
            out[name] = value
    return out
