"""A study under way: what its steps share, and how a step that fails leaves its reason."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UmkmError
from umkm_stats.results import Unavailable

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument
    from umkm_stats.responses import Responses
    from umkm_stats.study._settings import Settings

Progress = Callable[[str, int, int], None]
MANY = 4_000_000  # answers from which what a step leaves in circles is freed at once: copies of all of them


@dataclass
class Underway:
    """What the steps share while a study runs."""

    responses: Responses
    instrument: Instrument
    settings: Settings
    workers: int
    progress: Progress
    scales: dict[str, list[str]]
    call: dict[str, Any]
    parts: dict[str, Any] = field(default_factory=dict)

    def attempt(self, name: str, call: Callable[[], Any]) -> Any:
        """Run a step; an error becomes its reason, which stands in the report, and the study goes on.

        With ``UMKM_STATS_DEBUG`` set a fault of ours is raised instead.
        """
        try:
            self.parts[name] = call()
        except UmkmError as error:
            self.parts[name] = Unavailable(error.code, error.params)
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception as error:
            if os.environ.get("UMKM_STATS_DEBUG"):
                raise
            self.parts[name] = Unavailable("STU040", {"step": name, "kind": type(error).__name__})
        if self.responses.items.size > MANY:
            gc.collect()
        return self.parts[name]

    def ticking(self, name: str) -> Callable[[int, int], None]:
        """Progress of draws under the step's name."""
        return lambda done, total: self.progress(name, done, total)
