"""``umkm-stats pack``: a study folder that may be shared, without anyone's answers."""

from pathlib import Path
from typing import Annotated

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def bundle(
        folder: Path = o["folder"],
        out: Annotated[
            Path | None,
            typer.Option("--out", "-o", help=messages.text("cli.pack.out", lang), show_default=False),
        ] = None,
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.study import pack

        terminal = Terminal(lang, as_json=json)
        path = pack(folder, out=out)
        terminal.say("cli.pack.done", path=str(path))
        terminal.answer({"folder": str(path)})

    app.command("pack", help=messages.text("cli.pack.help", lang))(bundle)
