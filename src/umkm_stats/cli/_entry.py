"""``umkm-stats``: builds the commands in the chosen language, runs one, and turns every outcome into an exit
code.

0 done · 1 findings that stop the work · 2 wrong use · 3 a fault of ours · 130 interrupted.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
import typer.core

from umkm_stats import messages
from umkm_stats.cli import (
    _analyze,
    _app,
    _checklist,
    _demo,
    _export,
    _instrument,
    _pack,
    _power,
    _preview,
    _questionnaire,
    _reproduce,
    _review,
    _validate,
)
from umkm_stats.cli._console import Terminal, asked_for_language, choose_language
from umkm_stats.errors import Place, UmkmError, UsageError

COMMANDS = (
    _app,
    _demo,
    _instrument,
    _questionnaire,
    _preview,
    _validate,
    _analyze,
    _reproduce,
    _pack,
    _checklist,
    _export,
    _power,
    _review,
)
ORDER = (
    "app",
    "demo",
    "instrument",
    "questionnaire",
    "preview",
    "validate",
    "analyze",
    "reproduce",
    "pack",
    "checklist",
    "export",
    "power",
    "review",
)
_CLICK_ERROR: Any = typer.BadParameter.__mro__[2]  # ClickException, wherever typer keeps it


class InOrder(typer.core.TyperGroup):
    """Lists the commands in the order of the work."""

    def list_commands(self, ctx: Any) -> list[str]:
        found = super().list_commands(ctx)
        return sorted(found, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def build(lang: str) -> typer.Typer:
    """The whole command line with its help texts in ``lang``."""
    from typer import rich_utils

    rich_utils.OPTIONS_PANEL_TITLE = messages.text("cli.panel.options", lang)
    rich_utils.ARGUMENTS_PANEL_TITLE = messages.text("cli.panel.arguments", lang)
    rich_utils.COMMANDS_PANEL_TITLE = messages.text("cli.panel.commands", lang)
    rich_utils.DEFAULT_STRING = messages.text("cli.panel.default", lang)
    rich_utils.REQUIRED_LONG_STRING = messages.text("cli.panel.required", lang)
    app = typer.Typer(
        name="umkm-stats",
        cls=InOrder,
        help=messages.text("cli.help", lang),
        epilog=messages.text("cli.epilog", lang),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
    )

    def version(value: bool) -> None:
        if value:
            from umkm_stats._version import __version__

            typer.echo(f"umkm-stats {__version__}")
            raise typer.Exit

    def root(lang_: str, version_: bool) -> None:
        """Options that stand before the command."""

    root.__annotations__ = {
        "lang_": _option(str, lang, "--lang", help=messages.text("cli.lang", lang), show_default=False),
        "version_": _option(
            bool, False, "--version", help=messages.text("cli.version", lang), callback=version, is_eager=True
        ),
    }
    root.__defaults__ = (lang, False)
    root.__doc__ = messages.text("cli.help", lang)
    app.callback()(root)
    for command in COMMANDS:
        command.register(app, lang)
    return app


def _option(kind: type, default: Any, *names: str, **settings: Any) -> Any:
    from typing import Annotated

    return Annotated[kind, typer.Option(*names, **settings)]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code (always raises ``SystemExit``)."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        if threading.current_thread() is threading.main_thread():
            for kind in (
                signal.SIGINT,
                signal.SIGTERM,
            ):  # an end the system asks for cleans up as Ctrl-C
                signal.signal(kind, _stop)
        with _seldom_collected():
            outcome = _run(words)
    except KeyboardInterrupt:  # before the command began or after it ended: there is nothing to clean up
        outcome = 130
    if outcome == 130:
        # CPython remembers an interruption that passed through exec(text), as making a dataclass does, and
        # ends a "-m" run by a signal although it was caught; running any text makes it forget.
        exec("pass")
    raise SystemExit(outcome)


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Python looks for unreachable cycles after every 100,000 objects instead of 700: a report makes millions
    of objects that go by themselves, and the looking took a sixteenth of a study's time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 50)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)  # at the end of the process all memory goes: nothing needs to be looked at
    try:
        yield
    finally:
        gc.set_threshold(*before)


_ASKED_TO_STOP = threading.Event()


def _stop(number: int, frame: Any) -> None:
    _ASKED_TO_STOP.set()
    raise KeyboardInterrupt


def _run(words: list[str]) -> int:
    as_json = "--json" in words
    try:
        lang = choose_language(words)
    except UsageError as error:
        Terminal(messages.FALLBACK, as_json=as_json).fault(error)
        return 2
    Terminal.asked = asked_for_language(words)
    terminal = Terminal(lang, as_json=as_json)
    try:
        outcome = build(lang)(args=words, prog_name="umkm-stats", standalone_mode=False)
    except UmkmError as error:
        terminal.fault(error)
        return error.exit_code
    except typer.Exit as leave:
        outcome = int(leave.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        terminal.err.print(terminal.text("cli.interrupted"), markup=False)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError:
        terminal.fault(UmkmError("CLI008"))
        return 1
    except _CLICK_ERROR as error:
        terminal.fault(_usage(error))
        return 2
    except Exception as error:
        if _ASKED_TO_STOP.is_set():  # a library on the way turned the interruption into an error of its own
            terminal.err.print(terminal.text("cli.interrupted"), markup=False)
            return 130
        disk = _of_the_disk(error)
        own = {"kind": type(error).__name__, "where": _where(error)}
        terminal.fault(disk or UmkmError("CLI009", params=own))
        if os.environ.get("UMKM_STATS_DEBUG"):
            traceback.print_exc()
        return 1 if disk else 3
    if outcome == 130:
        terminal.err.print(terminal.text("cli.interrupted"), markup=False)
    return int(outcome) if isinstance(outcome, int) else 0


def _usage(error: Any) -> UmkmError:
    """typer's complaint about the words of the command line, as a coded error in our languages."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "umkm-stats"
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    name = "/".join(getattr(parameter, "opts", ())) or str(getattr(error, "param_hint", "") or "")
    if parameter is not None and getattr(parameter, "param_type_name", "") == "argument":
        name = str(getattr(parameter, "metavar", None) or parameter.name).upper()
    if kind == "NoSuchOption":
        return UsageError("CLI001", params={"option": error.option_name, "command": command})
    if kind == "MissingParameter":
        return UsageError("CLI002", params={"name": name, "command": command})
    if kind == "NoSuchCommand" or str(error.message).startswith("No such command"):
        known = sorted(context.command.list_commands(context)) if context is not None else []
        return UsageError("CLI003", params={"known": known, "command": command})
    if kind == "BadParameter":
        said = str(error.message).rstrip(".")
        wanted = {"valid integer": "integer", "valid float": "float", "valid number": "float"}
        detail = next((sort for words, sort in wanted.items() if words in said), said)
        return UsageError("CLI004", params={"name": name, "command": command, "detail": detail})
    return UsageError("CLI005", params={"command": command, "detail": str(error.message)})


_DISK = ("ENAMETOOLONG", "ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EIO", "EISDIR", "ENOTDIR")


def _of_the_disk(error: BaseException) -> UmkmError | None:
    """CLI012 for what the file system refused: a name too long, no room, no right. None for our faults."""
    if not isinstance(error, OSError) or error.filename is None:
        return None
    reason = errno.errorcode.get(error.errno or 0, "")
    if reason not in _DISK:
        return None
    name = Path(os.fsdecode(error.filename)).name
    short = name if len(name) <= 60 else f"{name[:59]}…"
    return UmkmError("CLI012", Place(file=short), {"reason": reason})


def _where(error: BaseException) -> str:
    """File and line of our own innermost frame; no values."""
    found = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if "umkm_stats" in frame.filename:
            found = f"{Path(frame.filename).name}:{frame.lineno}"
    return found or "?"
