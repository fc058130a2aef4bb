"""The resolved options of a study, each with where it came from: argument > UMKM_STATS_* > study.yaml >
default."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from umkm_stats import options, ways
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.sem import CutoffName
from umkm_stats.sem.estimators import study_estimators
from umkm_stats.study._file import (
    NAME,
    SCHEMA,
    Exclusion,
    Measurement,
    Missing,
    Route,
    Sampling,
    StudyFile,
    Style,
    Tails,
    read_study_file,
)

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

DEFAULTS: Mapping[str, Any] = {
    "models": None,
    "route": "auto",
    "measurement": "dimension_means",
    "estimator": "ML",
    "missing": "listwise",
    "draws": 5000,
    "seed": None,
    "level": 0.95,
    "intervals": ("percentile", "bca"),
    "equivalence": 0.10,
    "fit_cutoffs": "customary",
    "style": "apa",
    "language": None,
    "decimal": None,
    "year": None,
    "profile": None,
    "groups": None,
    "cross_check": True,
    "alpha_cutoff": 0.70,
    "distributed": None,
    "sampling": None,
    "roles": None,
    "tails": "two",
    "directions": None,
    "unit": None,
}
ENVIRONMENT = ("draws", "seed", "style", "language", "estimator")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every option of a study. ``seed`` is always a number here; ``origins`` names the source of each."""

    models: tuple[str, ...]
    route: Route
    measurement: Measurement
    estimator: str
    missing: Missing
    draws: int
    seed: int
    level: float
    intervals: tuple[str, ...]
    equivalence: float
    fit_cutoffs: CutoffName
    style: Style
    language: str
    decimal: str
    year: int | None
    profile: tuple[str, ...] | None
    groups: str | None
    cross_check: bool
    alpha_cutoff: float
    distributed: int | None
    sampling: Mapping[str, Any] | None
    roles: Mapping[str, Any] | None
    tails: Tails
    directions: Mapping[str, str] | None
    unit: str | None
    exclude: tuple[Exclusion, ...]
    title: str
    simulated: bool
    origins: Mapping[str, str]

    @property
    def alpha(self) -> float:
        """Significance level of a test: 1 − level, half of it where the tests are one-tailed."""
        return round((1.0 - self.level) / (2.0 if self.tails == "one" else 1.0), 12)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, origins apart."""
        out = {name.name: getattr(self, name.name) for name in fields(self) if name.name != "origins"}
        out["exclude"] = [{"row": entry.row, "reason": entry.reason} for entry in self.exclude]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in out.items()}


def find_study_file(responses: Path | None, given: Path | None) -> Path | None:
    """The study file: the one given, else ``study.yaml`` beside the answers, else None."""
    if given is not None:
        return Path(given)
    beside = responses.parent / NAME if responses is not None else None
    return beside if beside is not None and beside.is_file() else None


def settings_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """The settings of a manifest, of the kinds that a study file may have; ``UmkmError`` STU031 else."""
    from pydantic import ValidationError

    told = manifest["settings"]
    known = {name: told.get(name) for name in StudyFile.model_fields if name not in ("schema_", "title")}
    try:
        given = {k: v for k, v in known.items() if v is not None and not (k == "models" and v == [])}
        StudyFile.model_validate({"schema": SCHEMA, **given})
        missing = [name for name in ("models", "seed", "draws", "level", "intervals") if known[name] is None]
    except ValidationError as error:
        missing = [str(error.errors()[0]["loc"][0])]
    if missing or not isinstance(told.get("title") or "", str):
        key = f"settings.{missing[0] if missing else 'title'}"
        raise UmkmError("STU031", Place(file="manifest.json", key=key))
    return {**known, "title": told.get("title") or None, "simulated": bool(known["simulated"])}


def resolve(
    instrument: Instrument, arguments: Mapping[str, Any], study_path: Path | None, default_lang: str = "en"
) -> Settings:
    """Settings of a run; every value is checked before anything is computed.

    Raises ``UsageError`` GEN001–GEN006 for a value that is not allowed, STU006 for a model asked of an
    instrument that has none, and the errors of ``read_study_file``.
    """
    from umkm_stats.kernels.draws import new_seed

    file = read_study_file(study_path) if study_path is not None else StudyFile(schema="umkm-study/1")
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, default in DEFAULTS.items():
        environment = (
            os.environ.get(f"UMKM_STATS_{'LANG' if name == 'language' else name.upper()}")
            if name in ENVIRONMENT
            else None
        )
        if arguments.get(name) is not None:
            values[name], origins[name] = arguments[name], "argument"
        elif environment:
            values[name], origins[name] = _number(name, environment), "environment"
        elif getattr(file, name) is not None:
            values[name], origins[name] = getattr(file, name), "study"
        else:
            values[name], origins[name] = default, "default"
    known = tuple(model.key for model in instrument.models)
    if not known and values["models"]:
        raise UsageError("STU006", Place(key="models"), {"instrument": instrument.name})
    if values["models"] is None:
        values["models"], origins["models"] = known[:1], "instrument"
    models = _several(values["models"])
    for key in models:
        options.one_of("model", key, known)
    if values["seed"] is None:
        values["seed"], origins["seed"] = new_seed(), "drawn"
    style = options.one_of("style", values["style"], Style)
    tails = options.one_of("tails", values["tails"], Tails)
    if tails == "one" and origins["level"] == "default":
        values["level"] = 0.90  # the interval of a one-tailed test at 5 %
    language = options.one_of("lang", values["language"] or default_lang, ("id", "en"))
    if style == "skripsi":
        language = "id"
    return Settings(
        models=tuple(dict.fromkeys(models)),
        route=_fitting(instrument, tuple(models), options.one_of("route", values["route"], Route)),
        measurement=options.one_of("measurement", values["measurement"], Measurement),
        estimator=options.one_of("estimator", values["estimator"], study_estimators()),
        missing=options.one_of("missing", values["missing"], Missing),
        draws=options.whole("draws", values["draws"], low=1, high=1_000_000),
        seed=options.whole("seed", values["seed"], low=0, high=2**63 - 1),
        level=options.share("level", values["level"]),
        intervals=ways.chosen(values["intervals"], "study"),
        equivalence=float(values["equivalence"]),
        fit_cutoffs=options.one_of("fit_cutoffs", values["fit_cutoffs"], CutoffName),
        style=style,
        language=language,
        decimal=options.one_of(
            "decimal", values["decimal"] or ("," if language == "id" else "."), (",", ".")
        ),
        year=values["year"],
        profile=values["profile"],
        groups=str(values["groups"]) if values["groups"] else None,
        cross_check=bool(values["cross_check"]),
        alpha_cutoff=options.share("alpha_cutoff", values["alpha_cutoff"]),
        distributed=(
            None
            if values["distributed"] is None
            else options.whole("distributed", values["distributed"], low=1)
        ),
        sampling=_plan(values["sampling"]),
        roles=_roles(values["roles"]),
        tails=tails,
        directions=_directions(instrument, values["directions"], tails),
        unit=" ".join(str(values["unit"]).split()) or None if values["unit"] else None,
        exclude=file.exclude,
        title=str(arguments.get("title") or file.title or ""),
        simulated=bool(arguments.get("simulated") or file.simulated),
        origins=MappingProxyType(origins),
    )


def _fitting(instrument: Instrument, models: tuple[str, ...], wanted: Route) -> Route:
    """The route as it was asked for; STU090 when the main model cannot go it."""
    mediated = bool(models) and bool(instrument.structural(models[0]).m)
    if models and ((wanted == "mediation" and not mediated) or (wanted == "regression" and mediated)):
        raise UsageError("STU090", Place(key="route"), {"route": wanted, "model": models[0]})
    return wanted


def chapter_route(instrument: Instrument, settings: Settings) -> str:
    """The route of the thesis chapter: what was asked for; without a wish, by whether there is a mediator."""
    if settings.route != "auto" or not settings.models:
        return settings.route
    return "mediation" if instrument.structural(settings.models[0]).m else "regression"


def _directions(instrument: Instrument, given: Any, tails: str) -> Mapping[str, str] | None:
    """Hypothesis → sign. STU095 for a hypothesis that the instrument does not have, STU096 for a one-tailed
    study with a hypothesis of no direction."""
    stated = {entry.code: entry for entry in instrument.hypotheses}
    out: dict[str, str] = {}
    for code, sign in dict(given or {}).items():
        if code not in stated:
            raise UsageError(
                "STU095", Place(key="directions"), {"name": str(code), "known": list(stated) or ["none"]}
            )
        out[str(code)] = str(options.one_of("directions", sign, ("+", "-")))
    directed = ("path", "total", "indirect", "serial", "moderation")
    open_ = [code for code, h in stated.items() if h.test in directed and h.sign == "0" and code not in out]
    if tails == "one" and open_:
        raise UsageError("STU096", Place(key="tails"), {"names": open_})
    return out or None


def with_directions(instrument: Instrument, settings: Settings) -> Instrument:
    """The instrument with the signs that the study fixes for its hypotheses."""
    if not settings.directions:
        return instrument
    signs = settings.directions
    fixed = tuple(
        entry.model_copy(update={"sign": signs[entry.code]}) if entry.code in signs else entry
        for entry in instrument.hypotheses
    )
    return instrument.model_copy(update={"hypotheses": fixed})


def _roles(given: Any) -> Mapping[str, Any] | None:
    """Names of x, m and y as plain lists."""
    if given is None:
        return None
    named = given if isinstance(given, Mapping) else given.model_dump()
    return {
        part: [names] if isinstance(names, str) else [str(name) for name in names]
        for part, names in named.items()
    }


def _plan(sampling: Any) -> Mapping[str, Any] | None:
    """The sampling rule as plain values."""
    if sampling is None:
        return None
    try:
        rule = Sampling.model_validate(sampling) if isinstance(sampling, Mapping) else sampling
    except ValueError:
        problem = "{rule: slovin | krejcie | hair, N: , e: }"
        raise UmkmError("STU004", Place(key="sampling"), {"key": "sampling", "problem": problem}) from None
    given = rule.model_dump()
    return {name: value for name, value in given.items() if value is not None}


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _number(name: str, text: str) -> Any:
    if name in ("draws", "seed"):
        return int(text) if text.lstrip("+").isdigit() else text
    return text
