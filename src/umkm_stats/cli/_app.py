"""``umkm-stats app``: the local page."""

from pathlib import Path
from typing import Annotated

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def help_of(key: str) -> str:
        return messages.text(f"cli.app.{key}", lang)

    def page(
        folder: Annotated[Path, typer.Option("--folder", help=help_of("folder"))] = Path("umkm-stats"),
        port: Annotated[int, typer.Option("--port", help=help_of("port"))] = 0,
        no_browser: Annotated[bool, typer.Option("--no-browser", help=help_of("no_browser"))] = False,
        shortcut: Annotated[bool, typer.Option("--shortcut", help=help_of("shortcut"))] = False,
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.app import serve, write_starter

        terminal = Terminal(lang)
        if shortcut:
            terminal.plain(str(write_starter(folder)))
            return
        terminal.err.print(terminal.text("cli.app.hint"), markup=False)
        serve(folder, port=port, browser=not no_browser, lang=lang if Terminal.asked else None)

    app.command("app", help=help_of("help"))(page)
