"""``umkm-stats checklist``: reporting checklists filled in from a study folder."""

from pathlib import Path
from typing import Annotated

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def checklist(
        folder: Path = o["folder"],
        out: Annotated[
            Path | None,
            typer.Option("--out", "-o", help=messages.text("cli.checklist.out", lang), show_default=False),
        ] = None,
        overwrite: bool = o["overwrite"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.report import write_checklists

        terminal = Terminal(lang, as_json=json)
        path = write_checklists(folder, out=out, lang="id" if lang == "id" else "en", overwrite=overwrite)
        terminal.say("cli.checklist.done", path=str(path))
        terminal.answer({"file": str(path)})

    app.command("checklist", help=messages.text("cli.checklist.help", lang))(checklist)
