"""The run's progress as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from umkm_stats.app._site import Site

PAUSE = 0.25


def stream(site: Site, request: Request) -> StreamingResponse:
    """One event a change of the run's state, until it ends or the page is left."""

    async def told() -> AsyncIterator[str]:
        last = ""
        while not site.leaving.is_set() and not await request.is_disconnected():
            state = site.runner.state()
            line = json.dumps(state, sort_keys=True)
            if line != last:
                last = line
                yield f"data: {line}\n\n"
            if state["status"] != "running":
                return
            await asyncio.sleep(PAUSE)

    return StreamingResponse(told(), media_type="text/event-stream")
