"""From a file of answers to a first instrument: what every column is, guessed with its clue or asked."""

from __future__ import annotations

from umkm_stats.responses.drafting._door import draft_instrument
from umkm_stats.responses.drafting._result import Draft

__all__ = ["Draft", "draft_instrument"]
