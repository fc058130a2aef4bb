"""The command line: one thin file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.cli._entry import main

__getattr__, __dir__ = attach(__name__, {"main": "._entry"})
__all__ = ["main"]
