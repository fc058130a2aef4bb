"""The JSON Schema of instrument files, derived from the definitions."""

from __future__ import annotations

import json
from typing import Any

from umkm_stats import guarded
from umkm_stats.instrument._definition import SCHEMA
from umkm_stats.instrument._instrument import Instrument


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``umkm-instrument/1`` files, for editors and other programs.

    It holds the shape and the allowed values; the rules between parts (known references, complete
    translations, codes used once) are those of ``check``.

    Returns
    -------
    dict[str, Any]
        The schema as plain values.

    Examples
    --------
    >>> from umkm_stats.instrument import json_schema
    >>> json_schema()["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    made = guarded.explained(Instrument.model_json_schema(by_alias=True, mode="validation"))
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "umkm-stats instrument",
    }
    return {**head, **{key: value for key, value in made.items() if key != "title"}}


def json_schema_text() -> str:
    """``json_schema`` as sorted, indented text that ends in a line break."""
    return json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
