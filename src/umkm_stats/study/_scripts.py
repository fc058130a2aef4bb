"""``analysis.py`` (the study through the library) and ``model.lavaan.R`` (the main latent model in R)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from umkm_stats import atomic
from umkm_stats.results import Unavailable
from umkm_stats.study import _manifest, _pls

_HEAD = '''"""Computes this study again through umkm-stats {version}. Run it from anywhere:

    python analysis.py

It writes a folder "rerun" beside itself and prints every effect. `umkm-stats reproduce` compares all numbers.
"""

from pathlib import Path

from umkm_stats import load_instrument, mediate_latent, read_responses, run_study
from umkm_stats.study import Chapter, Reading, Writing

HERE = Path(__file__).resolve().parent
INSTRUMENT = {instrument}
RESPONSES = {responses}
STUDY = {study}
'''

_BODY = '''

def whole_study():
    """Everything, with the options of the study."""
    return run_study(
        RESPONSES,
        INSTRUMENT,
        model={models!r},
        study=STUDY,
        estimator={estimator!r},
        measurement={measurement!r},
        missing={missing!r},
        draws={draws!r},
        seed={seed!r},
        level={level!r},
        intervals={intervals!r},
        style={style!r},
        lang={language!r},
        groups={groups!r},
        cross_check={cross_check!r},
        route={route!r},
        roles={roles!r},
        chapter=Chapter(
            alpha_cutoff={alpha_cutoff!r},
            distributed={distributed!r},
            sampling={sampling!r},
            tails={tails!r},
            directions={directions!r},
            unit={unit!r},
            pilot={pilot},
        ),
        reading=Reading(aliases={aliases}, sheet={sheet!r}, source={source!r}, reverse={reverse!r}),
        writing=Writing(title={title!r}, simulated={simulated!r}, decimal={decimal!r}),
        out=HERE / "rerun",
    )
'''

_LATENT_BY_HAND = '''

def main_model_by_hand(seed={seed!r}, draws={draws!r}):
    """The main latent model step by step: instrument, answers, mediation. Rows that study.yaml excludes are still in it."""
    instrument = load_instrument(INSTRUMENT)
    responses = read_responses(RESPONSES, instrument, aliases={aliases}, sheet={sheet!r}, source={source!r}, reverse={reverse!r})
    return mediate_latent(
        responses, model={main!r}, measurement={measurement!r}, estimator={estimator!r}, missing={missing!r},
        draws=draws, seed=seed, level={level!r}, intervals={intervals!r},
    )
'''  # noqa: E501

_PLS_BY_HAND = '''

def main_model_by_hand(seed={seed!r}, draws={draws!r}):
    """The main PLS model step by step: instrument, answers, draws. Rows that study.yaml excludes are still in it."""
    instrument = load_instrument(INSTRUMENT)
    responses = read_responses(RESPONSES, instrument, aliases={aliases}, sheet={sheet!r}, source={source!r}, reverse={reverse!r})
    return fit_pls({main!r}, responses).bootstrap(draws=draws, seed=seed, level={level!r})
'''  # noqa: E501

_END = """

if __name__ == "__main__":
    study = whole_study()
    print(study.summary({language!r}))
    for name, part in study.results.parts.items():
        if name.startswith(("mediation_", "regression_")):
            print()
            print(name)
            print(part.effects.to_string(index=False) if hasattr(part, "effects") else part.message({language!r}))
"""  # noqa: E501


def write_scripts(work: Any, part: Path, inputs: Mapping[str, Path], folder: Path) -> None:
    """Write both scripts into the part folder; a model that R cannot get from here is said in its file."""
    if "responses" in inputs:
        atomic.write_text(part / "analysis.py", analysis(work, inputs, folder))
    atomic.write_text(part / "model.lavaan.R", lavaan(work))


def _place(path: Path | None, folder: Path) -> str:
    """A path as Python source: relative to the script, or beside a bundled instrument."""
    if path is None:
        return "None"
    told = _manifest.where(path, folder)
    if told.startswith(_manifest.BUNDLED):
        name, _, rest = told.removeprefix(_manifest.BUNDLED).partition("/")
        return f"Path(load_instrument({name!r}).origin).parent / {rest!r}"
    return f"HERE / {told!r}"


def analysis(work: Any, inputs: Mapping[str, Path], folder: Path) -> str:
    """The text of ``analysis.py``."""
    from umkm_stats._version import __version__

    settings = work.settings
    origin = inputs.get("instrument")
    bundled = origin is not None and origin.resolve().is_relative_to(_manifest.bundled_root().resolve())
    instrument = repr(work.instrument.name) if bundled or origin is None else _place(origin, folder)
    head = _HEAD.format(
        version=__version__,
        instrument=instrument,
        responses=_place(inputs["responses"], folder),
        study=_place(inputs.get("study"), folder),
    )
    source = work.call
    aliases = _place(inputs.get("map"), folder) if "map" in inputs else repr(source.get("aliases"))
    pls = settings.route == "pls"
    own = _pls.given(settings.to_dict(), settings.origins)
    hand = _PLS_BY_HAND if pls else _LATENT_BY_HAND
    head = head.replace("mediate_latent", "fit_pls") if pls else head
    body = (_BODY + hand + _END).format(
        models=list(settings.models),
        main=settings.models[0] if settings.models else "M1",
        estimator=own["estimator"],
        measurement=own["measurement"],
        missing=own["missing"],
        draws=settings.draws,
        seed=settings.seed,
        level=settings.level,
        intervals=list(settings.intervals),
        style=settings.style,
        language=settings.language,
        decimal=settings.decimal,
        title=settings.title or None,
        simulated=settings.simulated or None,
        groups=settings.groups,
        cross_check=settings.cross_check,
        route=settings.route,
        roles=_plain(settings.roles),
        alpha_cutoff=settings.alpha_cutoff,
        distributed=settings.distributed,
        sampling=_plain(settings.sampling),
        tails=settings.tails,
        directions=_plain(settings.directions),
        unit=settings.unit,
        pilot=_place(inputs.get("pilot"), folder),
        aliases=aliases,
        sheet=source.get("sheet"),
        source=source.get("source"),
        reverse=source.get("reverse", "score"),
    )
    return head + body


def _plain(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if given is None else dict(given)


def lavaan(work: Any) -> str:
    """The text of ``model.lavaan.R``: model, sample covariance matrix, call."""
    settings = work.settings
    if not settings.models:
        return "# This study has no model.\n"
    key = settings.models[0]
    found = work.parts.get(f"mediation_latent_{key}")
    fitted = getattr(found, "fit", None)
    lines = [
        f"# Latent model {key} of this study in R. Needs the package lavaan; reads no other file.",
        "library(lavaan)",
        "",
    ]
    if fitted is None:
        reason = found.message("en") if isinstance(found, Unavailable) else "it was not fitted"
        return "\n".join([*lines[:1], f"# The model is not available: {reason}", ""])
    text = str(fitted.options.model).strip()
    lines += ["model <- '", text, "'", ""]
    whole = fitted.estimator == "ML" and fitted.missing == "listwise" and len(fitted.arrays) == 1
    if not whole:
        lines += [
            f"# Estimator {fitted.estimator} with missing = {fitted.missing} needs the answers themselves:",
            "# answers <- read.csv(...)   # rows used, item codes (or dimension means) as columns, scored",
            f'# fit <- sem(model, data = answers, estimator = "{fitted.estimator}", missing = '
            f'"{fitted.missing}")',
            "# summary(fit, standardized = TRUE, fit.measures = TRUE)",
            "",
        ]
        return "\n".join(lines)
    names = [str(name) for name in fitted.observed]
    cov = np.atleast_2d(np.cov(np.asarray(fitted.arrays[0]), rowvar=False))
    rows = [" ".join(repr(float(cov[i, j])) for j in range(i + 1)) for i in range(len(names))]
    lines += [
        "# sample covariances (divisor n - 1), lower triangle",
        "S <- getCov('",
        *rows,
        f"', names = c({', '.join(repr(n) for n in names)}))",
    ]
    lines += [f"n <- {fitted.n}", "", 'fit <- sem(model, sample.cov = S, sample.nobs = n, estimator = "ML")']
    lines += ["summary(fit, standardized = TRUE, fit.measures = TRUE)", ""]
    lines += [
        f"# {settings.draws} bootstrap draws need the answers themselves:",
        f'# boot <- sem(model, data = answers, se = "bootstrap", bootstrap = {settings.draws}, iseed = '
        f"{settings.seed % 2**31})",
        "# parameterEstimates(boot, boot.ci.type = 'perc')",
        "",
    ]
    return "\n".join(lines)
