"""``umkm-stats app``: one listener on this machine, its address printed once, an end that leaves nothing."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from umkm_stats.errors import UmkmError

HOST = "127.0.0.1"
FOLDER = "umkm-stats"
LAST = 4.0  # seconds between Ctrl-C and the end at the latest


def serve(
    folder: str | Path = FOLDER,
    *,
    port: int = 0,
    browser: bool = True,
    lang: str | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Open the local page and stay until Ctrl-C.

    Parameters
    ----------
    folder : str or Path, default FOLDER
        Where the answers' copy, the three YAML files and the results stand; made when it is missing.
    port : int, default 0
        Port to listen at; 0 takes a free one.
    browser : bool, default True
        Whether the address is opened in the browser.
    lang : str, optional
        "id" or "en"; None follows the browser, Indonesian when it names neither.
    ready : Callable[[str], None], optional
        Called with the address, once, when the page answers.

    Raises
    ------
    UmkmError
        APP001: the port is taken; APP002: another app works in the folder; APP003: the folder cannot be made
        or written; APP004: a link stands where one of its files should.
    UsageError
        GEN001, GEN002, GEN003: an argument that is not allowed.

    Examples
    --------
    >>> from umkm_stats.app import serve
    >>> from umkm_stats.errors import UsageError
    >>> try:
    ...     serve("penelitian", port=70000)
    ... except UsageError as refused:
    ...     refused.code
    'GEN003'
    """
    from umkm_stats import messages, options
    from umkm_stats.app._folder import Folder, held

    options.whole("port", port, low=0, high=65535)
    if lang is not None:
        options.one_of("lang", lang, messages.languages())
    at = Folder(Path(folder))
    with held(at), _listening(port) as listener:
        _run(at, listener, browser, lang, ready)


@contextlib.contextmanager
def _listening(port: int) -> Any:
    """A socket bound to this machine alone; APP001 when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        if exclusive is not None:
            listener.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise UmkmError("APP001", params={"port": port, "problem": problem}) from None
        yield listener
    finally:
        listener.close()


def _run(
    folder: Any,
    listener: socket.socket,
    browser: bool,
    lang: str | None,
    ready: Callable[[str], None] | None,
) -> None:
    import uvicorn

    from umkm_stats.app._folder import OWN
    from umkm_stats.app._guard import Keys
    from umkm_stats.app._site import Site

    port = int(listener.getsockname()[1])
    keys = Keys()
    site = Site(folder, port=port, keys=keys, lang=lang)

    site.runner.sweep()

    def address(token: str) -> str:
        return f"http://{HOST}:{port}/?token={token}"

    class Server(uvicorn.Server):
        """Tells the address as soon as it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                where = address(keys.fresh())
                (ready or _print)(where)
                if browser:
                    threading.Thread(target=_open, args=(where,), daemon=True).start()
                if sys.stdin is not None and sys.stdin.isatty():
                    threading.Thread(
                        target=_on_enter, args=(lambda: address(keys.fresh()),), daemon=True
                    ).start()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            site.leaving.set()
            threading.Thread(target=_at_last, daemon=True).start()
            site.runner.cancel()
            await super().shutdown(sockets=sockets)

    logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
    config = uvicorn.Config(
        site.guarded,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=2,
    )
    before, tempfile.tempdir = tempfile.tempdir, str(folder.path(OWN))  # a large upload is spooled there
    try:
        with contextlib.suppress(KeyboardInterrupt):
            Server(config).run(sockets=[listener])
    finally:
        tempfile.tempdir = before
        site.runner.cancel()


def _at_last() -> None:
    """An end that nothing can hold up: a long read in a thread, a connection that stays open."""
    time.sleep(LAST)
    os._exit(0)


def _print(where: str) -> None:
    sys.stdout.write(f"{where}\n")
    sys.stdout.flush()


def _open(where: str) -> None:
    import webbrowser

    desk = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform not in ("win32", "darwin") and not any(os.environ.get(name) for name in desk):
        return  # a text browser would take the terminal
    with contextlib.suppress(Exception):
        webbrowser.open(where)


def _on_enter(fresh: Callable[[], str]) -> None:
    """Every Enter in the window prints a fresh address."""
    for _ in sys.stdin:
        _print(fresh())
