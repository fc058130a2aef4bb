"""What the study file and the instrument's models say, as pages 4 to 6 need it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from umkm_stats.app import _instrument, _yaml
from umkm_stats.app._folder import Folder
from umkm_stats.errors import UmkmError

KINDS = ("regression", "mediation", "parallel", "serial", "moderation", "cfa", "pls")


def plain(folder: Folder, name: str) -> dict[str, Any]:
    """A YAML file of the folder as plain values; empty when it is absent or broken."""
    path = folder.path(name)
    if not path.is_file():
        return {}
    try:
        data = folder.parsed(path, _yaml.read)
    except UmkmError:
        return {}
    return data if isinstance(data, dict) else {}


def kind_of(study: Mapping[str, Any], model: Mapping[str, Any] | None) -> str:
    """The card that a study's main model stands for; "" when none was chosen."""
    if study.get("route") == "sem" and model is None:
        return "cfa"
    if model is None:
        return ""
    if study.get("route") == "pls":
        return "pls"
    if model.get("moderator"):
        return "moderation"
    mediators = model.get("m") or []
    if not mediators:
        return "regression"
    if len(mediators) == 1:
        return "mediation"
    return "serial" if model.get("structure") == "serial" else "parallel"


def main_model(instrument: Mapping[str, Any], study: Mapping[str, Any]) -> dict[str, Any] | None:
    """The model that the study runs first, as plain values."""
    models = [m for m in _instrument.entries(instrument, "models") if isinstance(m, Mapping)]
    wanted = study.get("models")
    keys = list(wanted) if isinstance(wanted, (list, tuple)) else []
    if keys:
        models = [m for m in models if m.get("key") == keys[0]]
    return dict(models[0]) if models else None


def chosen(folder: Folder) -> bool:
    """Whether a model was chosen that still names variables of the instrument."""
    instrument, study = plain(folder, "instrument.yaml"), plain(folder, "study.yaml")
    return bool(kind_of(study, main_model(instrument, study)))


def faults(folder: Folder) -> list[UmkmError]:
    """What makes the instrument or the study file unreadable, with its line."""
    from umkm_stats.instrument import load_instrument
    from umkm_stats.study import read_study_file

    found = []
    for path, read in ((folder.instrument, load_instrument), (folder.study, read_study_file)):
        if path.is_file():
            try:
                read(path)
            except UmkmError as error:
                found.append(error)
    return found


def manifest(folder: Folder) -> dict[str, Any]:
    """The manifest of the results; empty when there is none."""
    try:
        found = json.loads((folder.results / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def changed(folder: Folder) -> list[str]:
    """What is no longer as the results on disk had it: responses, sheet, instrument, study, map."""
    told = manifest(folder)
    inputs = told.get("inputs")
    if not isinstance(inputs, dict):
        return []
    now = {
        "responses": folder.answers,
        "instrument": folder.instrument,
        "study": folder.study,
        "map": folder.map,
    }
    other = [
        role
        for role, path in now.items()
        if (inputs.get(role) or {}).get("sha256", "") != folder.digest_of(path)
    ]
    call = told.get("call")
    if isinstance(call, dict) and (call.get("sheet") or None) != (folder.state.get("sheet") or None):
        other.append("sheet")
    return other


def of_other_answers(roles: Sequence[str]) -> bool:
    """Whether the answers themselves are others than those of the results."""
    return "responses" in roles or "sheet" in roles
