"""Answers that come back: one reader a source, header matching, recoding, rules, privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from umkm_stats._lazy import attach

if TYPE_CHECKING:
    from umkm_stats.responses._map_writing import write_map
    from umkm_stats.responses._mapping import propose_map, read_map
    from umkm_stats.responses._preview import ColumnPreview, Preview, preview
    from umkm_stats.responses._privacy import Identifier, Privacy
    from umkm_stats.responses._reading import read_responses
    from umkm_stats.responses._result import Responses, ResponsesSample, Source
    from umkm_stats.responses.drafting import Draft, draft_instrument

_DOORS = {
    "draft_instrument": "umkm_stats.responses.drafting",
    "Draft": "umkm_stats.responses.drafting",
    "read_responses": "umkm_stats.responses._reading",
    "preview": "umkm_stats.responses._preview",
    "Preview": "umkm_stats.responses._preview",
    "ColumnPreview": "umkm_stats.responses._preview",
    "propose_map": "umkm_stats.responses._mapping",
    "write_map": "umkm_stats.responses._map_writing",
    "read_map": "umkm_stats.responses._mapping",
    "Responses": "umkm_stats.responses._result",
    "ResponsesSample": "umkm_stats.responses._result",
    "Source": "umkm_stats.responses._result",
    "Privacy": "umkm_stats.responses._privacy",
    "Identifier": "umkm_stats.responses._privacy",
}

__getattr__, __dir__ = attach(__name__, _DOORS)
__all__ = [
    "ColumnPreview",
    "Draft",
    "Identifier",
    "Preview",
    "Privacy",
    "Responses",
    "ResponsesSample",
    "Source",
    "draft_instrument",
    "preview",
    "propose_map",
    "read_map",
    "read_responses",
    "write_map",
]
