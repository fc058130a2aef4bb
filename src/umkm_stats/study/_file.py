"""``study.yaml``, ``umkm-study/1``: what a study fixes before the data are seen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from umkm_stats import ways
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.sem.estimators import study_estimators

SCHEMA = "umkm-study/1"
NAME = "study.yaml"

Style = Literal["apa", "skripsi"]
Measurement = Literal["dimension_means", "second_order", "items"]


def _known_estimator(name: str) -> str:
    known = study_estimators()
    if name not in known:
        raise PydanticCustomError(
            "literal_error", "Input should be one of {known}", {"known": ", ".join(known)}
        )
    return name


EstimatorName = Annotated[
    str, AfterValidator(_known_estimator), Field(json_schema_extra={"enum": list(study_estimators())})
]
Missing = Literal["listwise", "fiml"]


def _interval(value: str) -> str:
    """The method's own name; raises ``ValueError`` for one that a study cannot have."""
    try:
        return ways.chosen((value,), "study")[0]
    except UsageError as error:
        raise ValueError(error.remedy("en")) from error


IntervalName = Annotated[
    str,
    AfterValidator(_interval),
    WithJsonSchema({"type": "string", "enum": list(ways.names("study"))}),
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, populate_by_name=True)


class Exclusion(_Part):
    """A row set aside by the researcher, with the reason that stands in the ledger. ``row`` as the file shows
    it."""

    row: Annotated[int, Field(ge=1)]
    reason: Annotated[str, Field(min_length=3, max_length=200)]


class StudyFile(_Part):
    """Everything is optional except the schema; what is not said keeps the instrument's value or the
    default."""

    schema_: Literal["umkm-study/1"] = Field(alias="schema")
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    simulated: bool = False
    models: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)] | None = None
    measurement: Measurement | None = None
    estimator: EstimatorName | None = None
    missing: Missing | None = None
    draws: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    level: Annotated[float, Field(gt=0.5, lt=1.0)] | None = None
    intervals: Annotated[tuple[IntervalName, ...], Field(min_length=1)] | None = None
    equivalence: Annotated[float, Field(gt=0.0)] | None = None
    style: Style | None = None
    language: Literal["id", "en"] | None = None
    decimal: Literal[",", "."] | None = None
    year: Annotated[int, Field(ge=1900, le=2999)] | None = None
    profile: tuple[str, ...] | None = None
    groups: str | None = None
    cross_check: bool | None = None
    exclude: tuple[Exclusion, ...] = ()


def read_study_file(path: Path) -> StudyFile:
    """The checked file.

    Raises ``UmkmError`` STU001 (no such file), STU002 (not YAML: line and cause), STU003 (a newer or unknown
    schema), STU004 (a key or value that is not allowed: key, line and what is expected).
    """
    if not path.is_file():
        raise UmkmError("STU001", Place(file=path.name))
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UmkmError("STU002", Place(file=path.name), {"problem": "UTF-8"}) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise UmkmError(
            "STU002", Place(file=path.name, line=line), {"problem": str(error.problem or "")}
        ) from error
    except YAMLError as error:
        raise UmkmError("STU002", Place(file=path.name), {"problem": type(error).__name__}) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        received = str(data.get("schema", "")) if isinstance(data, dict) else ""
        raise UmkmError(
            "STU003", Place(file=path.name, line=1, key="schema"), {"received": received, "known": SCHEMA}
        )
    try:
        return StudyFile.model_validate(_plain(data))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        place = Place(file=path.name, line=_line(data, first["loc"]), key=key)
        expected = sorted(name for name in StudyFile.model_fields if name != "schema_")
        if first["type"] == "extra_forbidden":
            raise UmkmError("STU005", place, {"key": key, "known": expected}) from error
        raise UmkmError("STU004", place, {"key": key, "problem": first["msg"]}) from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _line(data: Any, where: tuple[Any, ...]) -> int | None:
    line = None
    here = data
    for part in where:
        position = getattr(here, "lc", None)
        try:
            line = (position.key(part) if isinstance(here, dict) else position.item(part))[0] + 1  # type: ignore[union-attr]
            here = here[part]
        except (KeyError, AttributeError, TypeError, IndexError):
            break
    return line
