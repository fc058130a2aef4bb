"""``umkm-stats reproduce``: run a study folder again and compare every number."""

from pathlib import Path

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def rerun(
        folder: Path = o["folder"],
        workers: int = o["workers"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> int:
        from umkm_stats.study import reproduce

        terminal = Terminal(lang, as_json=json)
        with terminal.progress() as progress:
            outcome = reproduce(folder, workers=workers, progress=progress)
        terminal.plain(outcome.summary(lang))
        terminal.answer(outcome.to_dict())
        return 0 if outcome.same else 1

    app.command("reproduce", help=messages.text("cli.reproduce.help", lang))(rerun)
