"""The local page: answers in, chapter out, in the browser of this machine.

A face over ``study``: it writes the three YAML files and runs the command it shows; no number is computed
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.app._server import serve
    from umkm_stats.app._starter import write_starter

_DOORS = {
    "serve": "umkm_stats.app._server",
    "write_starter": "umkm_stats.app._starter",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = ["serve", "write_starter"]
