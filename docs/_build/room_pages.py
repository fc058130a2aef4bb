"""The reference of one room: its public names, rendered by mkdocstrings from their numpydoc docstrings."""

from __future__ import annotations

import importlib
import inspect

ROOMS = (
    "instrument",
    "questionnaire",
    "responses",
    "screening",
    "measurement",
    "sem",
    "regression",
    "mediation",
    "pls",
    "planning",
    "review",
    "report",
    "figures",
    "study",
    "results",
    "errors",
)
RETURNED = {
    "sem": (
        "sem.draws._draws.Draws",
        "sem.draws._draws.DrawBlock",
        "sem.inference._cross.CrossCheck",
        "sem.inference._headline.Border",
        "sem.inference._headline.Judged",
        "sem.estimators._base.Estimator",
    ),
    "measurement": ("kernels.measurement.efa_loadings.SchmidLeiman",),
    "questionnaire": ("questionnaire._plan.Asked",),
    "responses": ("responses._mapping.Confirmed",),
    "pls": ("pls._part.Part", "pls._predict.Prediction", "pls._importance.Map"),
}
"""Classes that are no names of their room but what its functions and methods return."""

MEMBERS = "    options: {members: true, filters: ['!^_'], inherited_members: true, heading_level: 3}"


def documented(room: str) -> list[tuple[str, object]]:
    """Public functions and classes a room defines with the object each name stands for, functions first.

    Names lent by another room (aliases kept for old callers) stand on the page of that room.
    """
    module = importlib.import_module(f"umkm_stats.{room}")
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    found = [(name, getattr(module, name)) for name in names]
    own = [
        (name, value)
        for name, value in found
        if (inspect.isfunction(value) or inspect.isclass(value))
        and f"{value.__module__}.".startswith(f"umkm_stats.{room}.")
    ]
    return sorted(own, key=lambda pair: (inspect.isclass(pair[1]), pair[0].lower()))


def page(room: str) -> str:
    """The block of one room: a line of mkdocstrings a name, classes with their members."""
    lines = []
    for name, value in documented(room):
        lines.append(f"::: umkm_stats.{room}.{name}")
        if inspect.isclass(value):
            lines.append(MEMBERS)
        lines.append("")
    for path in RETURNED.get(room, ()):
        lines += [f"::: umkm_stats.{path}", MEMBERS, ""]
    return "\n".join(lines)
