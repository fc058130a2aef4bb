"""``umkm-stats demo``: the whole job on simulated answers."""

from pathlib import Path

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def demo(
        out: Path = o["out"],
        draws: int | None = o["draws"],
        seed: int | None = o["seed"],
        style: str | None = o["style"],
        workers: int = o["workers"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.study import run_demo

        terminal = Terminal(lang, as_json=json)
        with terminal.progress() as progress:
            study = run_demo(
                out=out, draws=draws, seed=seed, style=style, lang=lang, workers=workers, progress=progress
            )
        terminal.plain(study.summary(lang))
        terminal.answer(study.outcome())

    app.command("demo", help=messages.text("cli.demo.help", lang))(demo)
