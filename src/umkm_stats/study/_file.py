"""``study.yaml``, ``umkm-study/1``: what a study fixes before the data are seen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from umkm_stats import guarded, ways
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.sem import CutoffName
from umkm_stats.sem.estimators import study_estimators
from umkm_stats.study._expected import problem, unreadable

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
Route = Literal["auto", "regression", "mediation", "sem", "pls"]
Tails = Literal["two", "one"]
_SIGNS = {"positif": "+", "positive": "+", "negatif": "-", "negative": "-", "\N{MINUS SIGN}": "-"}


def _sign(value: object) -> object:
    """``+`` or ``-`` for a direction in words."""
    return _SIGNS.get(value.strip().casefold(), value.strip()) if isinstance(value, str) else value


Direction = Annotated[Literal["+", "-"], BeforeValidator(_sign)]


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


class Sampling(_Part):
    """The rule that gave the sample size: ``slovin`` (N, e), ``krejcie`` (N), ``hair`` (5–10 a question)."""

    rule: Literal["slovin", "krejcie", "hair"]
    N: Annotated[int, Field(ge=2, le=10**9)] | None = None
    e: Annotated[float, Field(gt=0.0, lt=0.5)] | None = None

    @model_validator(mode="after")
    def _whole_rule(self) -> Sampling:
        if self.rule != "hair" and self.N is None:
            raise ValueError("N")
        return self


class RoleNames(_Part):
    """Who stands where: codes or labels of constructs; no ``m`` is a regression."""

    x: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]
    m: Annotated[tuple[str, ...], Field(max_length=10)] = ()
    y: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]


class StudyFile(_Part):
    """What a ``study.yaml`` says.

    Everything is optional except the schema; what is not said keeps the instrument's value or the default.

    Attributes
    ----------
    schema_ : str
        "umkm-study/1"; in a file the key is ``schema``.
    title : str or None
        Title of the report.
    simulated : bool
        Whether the answers were made, and every document says so.
    models : tuple[str, ...] or None
        Keys of the structural models; the first is the main one.
    route : str or None
        "auto", "regression", "mediation", "sem" or "pls".
    measurement : str or None
        Measurement part of the latent models: "dimension_means", "second_order" or "items".
    estimator : str or None
        Estimator of the latent models.
    missing : str or None
        Missing answers: "listwise" or "fiml".
    draws : int or None
        Draws of the bootstrap.
    seed : int or None
        Seed of every draw.
    level : float or None
        Confidence level, above .5 and below 1.
    intervals : tuple[str, ...] or None
        Interval methods; the first decides.
    equivalence : float or None
        Half-width of the zone in which a direct effect counts as none, on the scale of the coefficient.
    fit_cutoffs : str or None
        Cut-offs of fit: "customary" or "strict".
    style : str or None
        "apa" or "skripsi".
    language : str or None
        Language of the report: "id" or "en".
    decimal : str or None
        Decimal mark: "," or ".".
    year : int or None
        Year of the study, for its documents.
    profile : tuple[str, ...] or None
        Questions in the table of respondents.
    groups : str or None
        Question whose groups are compared.
    cross_check : bool or None
        Whether the main latent model is fitted in semopy too.
    alpha_cutoff : float or None
        Reliability from which a scale counts as reliable.
    distributed : int or None
        Questionnaires handed out.
    sampling : Sampling or None
        Rule of the sample size: ``rule``, ``N`` and ``e``.
    roles : RoleNames or None
        Who is x, m and y.
    tails : str or None
        "two" or "one".
    directions : dict[str, str] or None
        Hypothesis to "+" or "-".
    unit : str or None
        Word for the respondents.
    pilot : str or None
        File with the answers of the try-out.
    texts : str or None
        Folder of the author's own paragraphs.
    exclude : tuple[Exclusion, ...]
        Rows set aside by the researcher: ``row`` (as the file shows it) and ``reason``.

    Examples
    --------
    >>> from umkm_stats.study import StudyFile
    >>> StudyFile(schema="umkm-study/1", draws=5000, seed=7).draws
    5000
    """

    schema_: Literal["umkm-study/1"] = Field(alias="schema")
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    simulated: bool = False
    models: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)] | None = None
    route: Route | None = None
    measurement: Measurement | None = None
    estimator: EstimatorName | None = None
    missing: Missing | None = None
    draws: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    level: Annotated[float, Field(gt=0.5, lt=1.0)] | None = None
    intervals: Annotated[tuple[IntervalName, ...], Field(min_length=1)] | None = None
    equivalence: Annotated[float, Field(gt=0.0)] | None = None
    fit_cutoffs: CutoffName | None = None
    style: Style | None = None
    language: Literal["id", "en"] | None = None
    decimal: Literal[",", "."] | None = None
    year: Annotated[int, Field(ge=1900, le=2999)] | None = None
    profile: tuple[str, ...] | None = None
    groups: str | None = None
    cross_check: bool | None = None
    alpha_cutoff: Annotated[float, Field(ge=0.5, le=0.95)] | None = None
    distributed: Annotated[int, Field(ge=1, le=10**9)] | None = None
    sampling: Sampling | None = None
    roles: RoleNames | None = None
    tails: Tails | None = None
    directions: dict[str, Direction] | None = None
    unit: Annotated[str, Field(min_length=2, max_length=60)] | None = None
    pilot: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    texts: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    exclude: tuple[Exclusion, ...] = ()


def read_study_file(path: Path) -> StudyFile:
    r"""Read and check a ``study.yaml``.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    StudyFile
        What it says.

    Raises
    ------
    UmkmError
        STU001: no such file; STU002: not YAML, with line and cause; STU003: a newer or unknown schema;
        STU004: a key or value that is not allowed, with key, line and what is expected.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats.study import read_study_file
    >>> _ = Path("plan.yaml").write_text("schema: umkm-study/1\ndraws: 5000\n", encoding="utf-8")
    >>> read_study_file(Path("plan.yaml")).draws
    5000
    """
    if not path.is_file():
        raise UmkmError("STU001", Place(file=path.name))
    try:
        read = guarded.read_yaml(path)
    except guarded.Malformed as error:
        raise UmkmError(
            "STU002", Place(file=path.name, line=error.line), {"problem": unreadable(error.problem)}
        ) from None
    except guarded.Twice as error:
        place = Place(file=path.name, line=error.line, key=error.key)
        raise UmkmError(
            "STU002", place, {"problem": f"twice: {error.key} ({error.first}, {error.line})"}
        ) from None
    data = read.data
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        received = str(data.get("schema", "")) if isinstance(data, dict) else ""
        raise UmkmError(
            "STU003", Place(file=path.name, line=1, key="schema"), {"received": received, "known": SCHEMA}
        )
    try:
        return StudyFile.model_validate({str(key): value for key, value in data.items()})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        place = Place(file=path.name, line=read.line(tuple(first["loc"])), key=key)
        expected = sorted(name for name in StudyFile.model_fields if name != "schema_")
        if first["type"] == "extra_forbidden":
            raise UmkmError("STU005", place, {"key": key, "known": expected}) from error
        raise UmkmError("STU004", place, {"key": key, "problem": problem(first)}) from error
