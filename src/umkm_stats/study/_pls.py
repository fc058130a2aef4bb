"""The PLS route of a study: outer and inner model, draws, fit, prediction, and effects for the hypotheses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.results import Note, SampleUsed, Unavailable, jsonable

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.pls import Pls, PlsDraws
    from umkm_stats.study._settings import Settings
    from umkm_stats.study._underway import Underway

COLUMNS = ["effect", "path", "method", "est", "mean", "se", "t", "ci_low", "ci_high", "p"]
METHODS = ("percentile", "bc", "bca", "basic")
FITS = 500  # draws of the test of fit: each costs a decomposition
WHAT = ("paths", "loadings", "weights", "indirect", "total", "htmt")


@dataclass(frozen=True, eq=False)
class PlsPath:
    """One model by PLS. model and draws as ``fit_pls`` and ``bootstrap`` gave them; effects: effect path
    method est mean se t ci_low ci_high p; more: fit_test, predict, blindfolding, or why there is none."""

    model: Pls
    drawn: PlsDraws
    effects: pd.DataFrame
    more: Mapping[str, Any]
    notes: tuple[Note, ...]

    @property
    def sample(self) -> SampleUsed:
        """Rows read and used."""
        return self.model.sample

    @property
    def seed(self) -> int | None:
        """Seed of the draws."""
        return self.drawn.seed

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return self.drawn.level

    @property
    def ledger(self) -> dict[str, int]:
        """What became of the draws."""
        used = self.drawn.used
        return {"requested": len(self.drawn), "converged": used, "failed": len(self.drawn) - used}

    def withheld(self, method: str) -> bool:
        """Whether no verdict is given on the interval of ``method``: under 90 % of its draws converged."""
        return method in METHODS and self.drawn.used < 0.9 * max(1, len(self.drawn))

    @property
    def draws(self) -> pd.DataFrame:
        """(draws, K) drawn numbers."""
        return self.drawn.estimates

    def tidy(self) -> pd.DataFrame:
        """The effects."""
        return self.effects.copy()

    def to_dict(self) -> dict[str, Any]:
        """Tables, draws' table and counts, further parts, as plain values."""
        return {
            "model": self.model.to_dict(),
            "effects": jsonable(self.effects),
            "draws": self.drawn.to_dict(),
            **{name: jsonable(part) for name, part in self.more.items()},
            "notes": [note.to_dict() for note in self.notes],
        }


def meaningless(settings: Settings) -> list[tuple[str, str]]:
    """(option, origin) of what was asked for and means nothing on this route."""
    origins = settings.origins
    asked = {name for name, origin in origins.items() if origin not in ("default", "instrument")}
    found: list[tuple[str, str]] = [
        (name, name) for name in ("estimator", "groups") if name in asked and getattr(settings, name)
    ]
    if settings.missing == "fiml":
        found.append(("missing", "missing=fiml"))
    if "measurement" in asked and settings.measurement == "dimension_means":
        found.append(("measurement", "measurement=dimension_means"))
    return [(words, origins[name]) for name, words in found]


def given(settings: Mapping[str, Any], origins: Mapping[str, str]) -> dict[str, Any]:
    """Options of the latent models as they must be given again: on this route only those that were given, for
    the others have no meaning or another default here."""
    names = ("estimator", "measurement", "missing")
    if settings.get("route") != "pls":
        return {name: settings[name] for name in names}
    return {name: settings[name] if origins.get(name) == "argument" else None for name in names}


def check_options(settings: Settings) -> None:
    """``UsageError`` STU080 for options given as arguments that mean nothing on this route, and for intervals
    of which PLS has none; what a study file says beside is told in a note (STU082)."""
    refused = [words for words, origin in meaningless(settings) if origin == "argument"]
    if not [name for name in settings.intervals if name in METHODS]:
        refused.append(f"intervals={','.join(settings.intervals)}")
    if refused:
        raise UsageError("STU080", params={"options": refused})


def analyse(work: Underway, key: str) -> None:
    """The part ``mediation_pls_KEY``."""
    work.attempt(f"mediation_pls_{key}", lambda: path_of(work, key))


def path_of(work: Underway, key: str) -> PlsPath:
    """The model of an instrument by PLS, with everything the chapter shows."""
    from umkm_stats.pls import fit_pls

    settings = work.settings
    second = settings.measurement == "second_order"
    asked = settings.origins.get("missing") not in (None, "default")
    missing = "listwise" if asked and settings.missing == "listwise" else "mean"
    model = fit_pls(
        key,
        work.responses,
        measurement="second_order" if second else "items",
        missing=missing,  # type: ignore[arg-type]
    )
    wanted = [name for name in settings.intervals if name in METHODS]
    drawn = model.bootstrap(
        draws=settings.draws,
        seed=settings.seed,
        level=settings.level,
        what=WHAT,
        workers=work.workers,
        progress=work.ticking("pls"),
    )
    more: dict[str, Any] = {
        "fit_test": _tried(lambda: model.fit_test(min(settings.draws, FITS), seed=settings.seed)),
        "predict": _tried(lambda: model.predict(seed=settings.seed, draws=min(settings.draws, 1000))),
        "blindfolding": _blindfolded(model),
        "mediation": jsonable(drawn.mediation()) if _mediated(drawn) else [],
        "slopes": model.slopes(drawn) if model.compiled.products else [],
    }
    notes = [Note("PLS190"), *model.notes, *drawn.notes]
    gone = [name for name in settings.intervals if name not in METHODS]
    if gone:
        notes.append(Note("STU081", {"methods": gone}))
    beside = [words for words, _ in meaningless(settings)]
    if beside:
        notes.append(Note("STU082", {"options": beside}))
    return PlsPath(model, drawn, effects_of(drawn, wanted, work, key), more, tuple(notes))


def _mediated(drawn: PlsDraws) -> bool:
    return any(entry.kind == "indirect" for entry in drawn.entries)


def _tried(call: Any) -> Any:
    """What the call gives, or the reason why it gives nothing."""
    try:
        return call()
    except UmkmError as error:
        return Unavailable(error.code, error.params)


def _blindfolded(model: Pls) -> Any:
    """Q² at the first omission distance from 7 that the rows and blocks allow."""
    for distance in (7, 5, 6, 8, 9, 10, 11, 12):
        found = _tried(lambda distance=distance: model.blindfolding(distance=distance))
        if not (isinstance(found, Unavailable) and found.code == "PLS134"):
            return found
    return found


def effects_of(drawn: PlsDraws, methods: list[str], work: Underway, key: str) -> pd.DataFrame:
    """Paths, indirect and total effects under the words of the other routes: a, d, b, direct, interaction,
    covariate, indirect, total_indirect, total."""
    import pandas as pd

    roles = work.instrument.structural(key)
    ways = {entry.name: entry.way for entry in drawn.entries}
    rows = []
    for row in drawn.intervals(methods).to_dict("records"):
        kind = _kind(str(row["kind"]), ways[str(row["name"])], roles)
        if kind is None:
            continue
        values = [row[name] for name in ("method", "est", "mean", "se", "t", "ci_low", "ci_high", "p")]
        rows.append((kind, " -> ".join(ways[str(row["name"])]), *values))
    return pd.DataFrame(rows, columns=COLUMNS)


def _kind(kind: str, way: tuple[str, ...], roles: Any) -> str | None:
    if kind in ("indirect", "total_indirect", "total"):
        return kind
    if kind != "paths":
        return None
    left, right = way[0], way[-1]
    if ":" in left:
        return "interaction"
    if left in roles.x:
        return "direct" if right in roles.y else "a"
    if left in roles.m:
        return "b" if right in roles.y else "d"
    return "w" if left == roles.moderator else "covariate"
