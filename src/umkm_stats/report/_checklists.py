"""AGReMA and JARS-Quant SEM filled in from a study folder: each item answered from the study, or owed by the
author.

Reads ``results.json`` and ``manifest.json``; computes nothing. To add an item: a row in ``ITEMS``, its text
under ``checklist.GUIDE.NAME`` in the messages, and, when a study can answer it, a function of ``Known``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umkm_stats import guarded, keeping, messages
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.options import Language, one_of
from umkm_stats.sem import headline


@dataclass(frozen=True, slots=True)
class Known:
    """What a study folder holds: parts of the results, settings and versions of the manifest."""

    parts: Mapping[str, Any]
    manifest: Mapping[str, Any]

    @property
    def settings(self) -> Mapping[str, Any]:
        return dict(self.manifest.get("settings", {}))

    @property
    def main(self) -> str:
        """Key of the main model."""
        return str(next(iter(self.settings["models"]), ""))

    def part(self, name: str) -> Mapping[str, Any] | None:
        """A part that was computed; None when it is absent or says why it is unavailable."""
        found = self.parts.get(name)
        return found if isinstance(found, dict) and "reason" not in found and "code" not in found else None


Answer = Callable[[Known], dict[str, Any] | None]


def _sample(known: Known) -> dict[str, Any] | None:
    read, main = known.part("responses"), known.part(f"mediation_scores_{known.main}")
    if read is None or main is None:
        return None
    return {"rows_in": read["sample"]["rows_in"], "used": read["sample"]["used"], "n": main["sample"]["used"]}


def _hypotheses(known: Known) -> dict[str, Any] | None:
    found = known.part("hypotheses")
    return None if found is None else {"count": len({row["code"] for row in found["table"]})}


def _models(known: Known) -> dict[str, Any]:
    return {"models": list(known.settings["models"])}


def _rival(known: Known) -> dict[str, Any] | None:
    models = list(known.settings["models"])
    return {"models": models[1:]} if len(models) > 1 else None


def _measures(known: Known) -> dict[str, Any] | None:
    found = known.part("reliability")
    return None if found is None else dict(found["glance"][0])


def _methods(known: Known) -> dict[str, Any]:
    names = ("estimator", "intervals", "draws", "seed", "level")
    versions = known.manifest.get("versions", {})
    return {
        **{name: known.settings[name] for name in names},
        "version": versions.get("umkm-stats"),
        "python": versions.get("python"),
    }


def _missing(known: Known) -> dict[str, Any] | None:
    found = known.part("missing")
    return (
        None
        if found is None
        else {
            "rows": found["rows_with_missing"],
            "n": found["sample"]["used"],
            "missing": known.settings["missing"],
        }
    )


def _sensitivity(known: Known) -> dict[str, Any] | None:
    names = [
        name
        for name in (
            "without_flagged",
            f"detail_confounder_scores_{known.main}",
            f"detail_sensitivity_scores_{known.main}",
        )
        if known.part(name)
    ]
    return {"parts": names} if names else None


def _profile(known: Known) -> dict[str, Any] | None:
    found = known.part("profile")
    return (
        None
        if found is None
        else {"questions": list(dict.fromkeys(row["question"] for row in found["table"]))}
    )


def _estimates(known: Known) -> dict[str, Any] | None:
    for kind in ("latent", "scores"):
        found = known.part(f"mediation_{kind}_{known.main}")
        for row in () if found is None else found["effects"]:
            if row["effect"] == "indirect" and row.get("ci_low") is not None:
                return {
                    "path": row["path"],
                    "est": row["est"],
                    "low": row["ci_low"],
                    "high": row["ci_high"],
                    "method": row["method"],
                }
    return None


def _fit(known: Known) -> dict[str, Any] | None:
    found = known.part("cfa")
    if found is None:
        return None
    decide = headline(found["indices"])
    values = {name: getattr(decide, name) for name in ("chisq", "df", "cfi", "rmsea", "srmr")}
    return values if all(math.isfinite(value) for value in values.values()) else None


def _draws(known: Known) -> dict[str, Any] | None:
    found = known.part(f"mediation_latent_{known.main}")
    ledger = None if found is None else found.get("ledger")
    return {name: ledger[name] for name in ("requested", "inadmissible", "failed")} if ledger else None


def _plan(known: Known) -> dict[str, Any] | None:
    return (
        {"file": known.manifest["inputs"]["study"]["name"]}
        if known.manifest.get("inputs", {}).get("study")
        else None
    )


def _simulated(known: Known) -> dict[str, Any] | None:
    return {} if known.settings.get("simulated") else None


def _source(known: Known) -> dict[str, Any] | None:
    found = known.manifest.get("inputs", {}).get("responses")
    return None if not found else {"file": found["name"], "sha": found["sha256"][:12]}


def _folder(known: Known) -> dict[str, Any]:
    return {}


ITEMS: tuple[tuple[str, str, str, Answer | None], ...] = (
    # guideline, item, words of the answer, answer
    ("agrema", "title", "", None),
    ("agrema", "background", "", None),
    ("agrema", "objectives", "hypotheses", _hypotheses),
    ("agrema", "protocol", "plan", _plan),
    ("agrema", "design", "source", _source),
    ("agrema", "participants", "sample", _sample),
    ("agrema", "size", "", None),
    ("agrema", "effects", "estimates", _estimates),
    ("agrema", "model", "models", _models),
    ("agrema", "assumptions", "rival", _rival),
    ("agrema", "measures", "measures", _measures),
    ("agrema", "times", "", None),
    ("agrema", "methods", "methods", _methods),
    ("agrema", "missing", "missing", _missing),
    ("agrema", "sensitivity", "sensitivity", _sensitivity),
    ("agrema", "ethics", "", None),
    ("agrema", "flow", "profile", _profile),
    ("agrema", "results", "estimates", _estimates),
    ("agrema", "limits", "", None),
    ("agrema", "meaning", "", None),
    ("agrema", "interests", "", None),
    ("agrema", "data", "folder", _folder),
    ("jars", "abstract", "fit", _fit),
    ("jars", "theory", "", None),
    ("jars", "collected", "simulated", _simulated),
    ("jars", "indicators", "measures", _measures),
    ("jars", "power", "", None),
    ("jars", "missing", "missing", _missing),
    ("jars", "summary", "folder", _folder),
    ("jars", "software", "methods", _methods),
    ("jars", "specification", "models", _models),
    ("jars", "convergence", "draws", _draws),
    ("jars", "fit", "fit", _fit),
    ("jars", "estimates", "estimates", _estimates),
    ("jars", "rivals", "rival", _rival),
    ("jars", "respecification", "", None),
)


def write_checklists(
    folder: str | Path,
    *,
    out: str | Path | None = None,
    lang: Language = "en",
    overwrite: bool = False,
) -> Path:
    r"""Write the reporting checklists of a study folder as Markdown.

    Items that a program cannot know are marked as owed by the author.

    Parameters
    ----------
    folder : str or Path
        Folder of a study.
    out : str or Path, optional
        The file; None takes ``NAME-checklists.md`` beside the folder, so that the folder and its hashes stay
        as they are.
    lang : Language, default "en"
        Language of the words: "en" or "id".
    overwrite : bool, default False
        Whether a file there that you have worked on is replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        RPT040: the folder holds no study; GEN001, GEN002: an unknown language; CLI010: a file you have worked
        on stands there.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.report import write_checklists
    >>> file = write_checklists(examples.study().folder, out="checklists.md")
    >>> file.read_text(encoding="utf-8").count("\n## ")
    2
    """
    lang = one_of("lang", lang, Language)
    home = Path(folder)
    try:
        results = guarded.read_json(home / "results.json")
        manifest = guarded.read_json(home / "manifest.json")
        known = Known(results["parts"], manifest)
        known.settings["models"]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, UmkmError):
        raise UsageError("RPT040", Place(file=home.name)) from None
    target = home.with_name(f"{home.resolve().name}-checklists.md") if out is None else Path(out)
    return keeping.write_text(target, _text(known, lang), overwrite=overwrite)


def _text(known: Known, lang: str) -> str:
    def say(key: str, **params: Any) -> str:
        return messages.text(f"checklist.{key}", lang, **params)

    lines = [f"# {say('title', title=str(known.settings.get('title') or known.main))}"]
    guide, owed = "", 0
    for of, name, words, answer in ITEMS:
        if of != guide:
            guide = of
            lines += [
                "",
                f"## {say(f'{of}.name')}",
                "",
                say(f"{of}.source"),
                "",
                f"| {say('asked')} | {say('answered')} |",
                "|---|---|",
            ]
        params = None if answer is None else answer(known)
        owed += params is None
        said = f"**{say('owed')}**" if params is None else say(f"answer.{words}", **params)
        lines.append(f"| {say(f'{of}.{name}')} | {said} |".replace("\n", " "))
    return "\n".join([*lines, "", say("count", owed=owed, total=len(ITEMS))]) + "\n"
