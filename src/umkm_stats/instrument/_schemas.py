"""Two schemas derived from the definitions: JSON Schema of instrument files, pandera schema of scored
answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UmkmError
from umkm_stats.instrument._instrument import SCHEMA, Instrument

if TYPE_CHECKING:
    from collections.abc import Iterable


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``umkm-instrument/1`` files, for editors and other programs.

    It holds the shape and the allowed values; the rules between parts (known references, complete
    translations, codes used once) are those of ``check``.
    """
    made = Instrument.model_json_schema(by_alias=True, mode="validation")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "umkm-stats instrument",
    }
    return {**head, **{key: value for key, value in made.items() if key != "title"}}


def json_schema_text() -> str:
    """:func:`json_schema` as sorted, indented text that ends in a line break."""
    return json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def answer_schema(instrument: Instrument, items: Iterable[str] | None) -> Any:
    """See :meth:`Instrument.schema`."""
    try:
        import pandera.pandas as pa
    except ImportError:
        raise UmkmError("INS026") from None
    wanted = None if items is None else set(items)
    columns = {}
    for item in instrument.items:
        if wanted is None or item.code in wanted:
            allowed = [float(value) for value in item.values]
            columns[item.code] = pa.Column(
                float, pa.Check.isin(allowed), nullable=True, coerce=True, required=True
            )
    return pa.DataFrameSchema(columns, strict=False, name=instrument.name)
