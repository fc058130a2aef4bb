"""JSON Schemas (2020-12) of the files of a study, for editors and for programs that read its numbers."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from umkm_stats import guarded, options
from umkm_stats.study import _file, _manifest

FileKind = Literal["study", "results", "manifest"]
Row = dict[str, JsonValue]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Open(BaseModel):
    """Further keys may stand beside those named here."""

    model_config = ConfigDict(extra="allow")


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SampleRows(_Closed):
    """Rows that came in, rows used, rows set aside by reason; the first is the sum of the others."""

    rows_in: Annotated[int, Field(ge=0)]
    used: Annotated[int, Field(ge=0)]
    dropped: dict[str, Annotated[int, Field(ge=0)]]


class NoteEntry(_Closed):
    """Something to know about the result: a code of the error catalogue, where, and its parameters."""

    code: str
    row: str | int | None
    column: str | None
    params: dict[str, JsonValue]


class Missing(_Closed):
    """A part that could not be given: the code of the reason and its parameters."""

    unavailable: str
    params: dict[str, JsonValue]


class Result(_Open):
    """A result: its sample and notes; tables are lists of rows, a row maps column names to values."""

    sample: SampleRows | None
    notes: list[NoteEntry]
    table: list[Row] | None = None
    glance: list[Row] | None = None
    seed: int | None = None


class Meta(_Open):
    """What was studied, with which options."""

    title: str
    simulated: bool
    language: Literal["id", "en"]
    seed: int
    instrument: dict[str, str]
    source: dict[str, JsonValue]
    sample: SampleRows
    options: dict[str, JsonValue]
    scales: dict[str, list[str]]
    models: list[Row]
    hypotheses: list[Row]
    items: list[Row]


class ResultsFile(_Closed):
    """``results.json``: every number of the study at full precision. A number that cannot be given is null or
    a part
    that says why; there is no NaN, no time, no path and no host."""

    schema_: Literal["umkm-results/1"] = Field(alias="schema")
    meta: Meta
    parts: dict[str, Missing | Result]
    notes: list[NoteEntry]


class InputFile(_Closed):
    """A file that was read. ``where`` is relative to the folder of the study."""

    name: str
    where: str
    sha256: Hash
    bytes: Annotated[int, Field(ge=0)]


class ManifestFile(_Closed):
    """``manifest.json``: what the study was computed from, with which options and versions."""

    schema_: Literal["umkm-manifest/1"] = Field(alias="schema")
    created: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    inputs: dict[str, InputFile]
    settings: dict[str, JsonValue]
    origins: dict[str, Literal["argument", "environment", "study", "instrument", "default", "drawn"]]
    call: dict[str, JsonValue]
    versions: dict[str, str]
    kernel: str = ""
    platform: dict[str, str]
    files: dict[str, Hash]


_FILES: dict[FileKind, tuple[str, str, type[BaseModel]]] = {
    "study": (_file.SCHEMA, "study.yaml", _file.StudyFile),
    "results": ("umkm-results/1", "results.json", ResultsFile),
    "manifest": (_manifest.SCHEMA, "manifest.json", ManifestFile),
}


def json_schema(kind: FileKind = "study") -> dict[str, Any]:
    """JSON Schema (2020-12) of ``study.yaml``, ``results.json`` or ``manifest.json``.

    It holds shape and allowed values.

    Parameters
    ----------
    kind : FileKind, default "study"
        "study", "results" or "manifest".

    Returns
    -------
    dict[str, Any]
        The schema as plain values.

    Raises
    ------
    UsageError
        GEN001, GEN002: another kind.

    Examples
    --------
    >>> from umkm_stats.study import json_schema
    >>> json_schema("study")["$id"]
    'umkm-study/1'
    """
    name, title, model = _FILES[options.one_of("kind", kind, FileKind)]
    made = guarded.explained(model.model_json_schema(by_alias=True, mode="validation"))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": name, "title": title}
    return {**head, **{key: value for key, value in made.items() if key != "title"}}


def json_schema_text(kind: FileKind = "study") -> str:
    """``json_schema`` as sorted, indented text that ends in a line break."""
    return json.dumps(json_schema(kind), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
