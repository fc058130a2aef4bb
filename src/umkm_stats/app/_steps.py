"""The six steps: which are done, and what the later ones still miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from umkm_stats import messages
from umkm_stats.app import _study

if TYPE_CHECKING:
    from umkm_stats.app._site import Site

ORDER = ("file", "columns", "check", "model", "run", "results")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the stepper. missing: what must be there before it can be opened, "" when it can."""

    name: str
    number: int
    title: str
    done: bool
    missing: str


def steps(site: Site, lang: str) -> list[Step]:
    """The six steps as the folder stands."""
    folder = site.folder
    has_file = folder.answers is not None
    has_instrument = has_file and folder.instrument.is_file()
    chosen = has_instrument and _study.chosen(folder)
    ran = (folder.results / "manifest.json").is_file() and not _study.changed(folder)
    state = folder.state
    done = {
        "file": has_file,
        "columns": has_instrument and bool(state.get("columns_seen")),
        "check": has_instrument and bool(state.get("check_seen")),
        "model": chosen,
        "run": ran,
        "results": ran,
    }
    needs = {
        "file": "",
        "columns": "" if has_file else "file",
        "check": "" if has_instrument else "columns" if has_file else "file",
        "model": "" if has_instrument else "columns" if has_file else "file",
        "run": "" if chosen else "model" if has_instrument else "file" if not has_file else "columns",
        "results": "",
    }
    return [
        Step(
            name,
            number,
            messages.text(f"app.step.{name}", lang),
            done[name],
            messages.text(f"app.needs.{needs[name]}", lang) if needs[name] else "",
        )
        for number, name in enumerate(ORDER, 1)
    ]


def first_open(site: Site) -> str:
    """The step at which the work stands."""
    found = steps(site, messages.FALLBACK)
    return next((step.name for step in found if not step.done), "results")
