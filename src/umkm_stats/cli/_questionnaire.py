"""``umkm-stats questionnaire``: the files people hand out."""

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
        return messages.text(f"cli.questionnaire.{key}", lang)

    def questionnaire(
        instrument: Annotated[
            str, typer.Argument(metavar="INSTRUMENT", help=messages.text("cli.instrument", lang))
        ] = "umkm_inovasi",
        format: Annotated[list[str], typer.Option("--format", "-f", help=help_of("format"))] = ["xlsx"],  # noqa: B006 (typer reads the default, nothing changes it)
        form: Annotated[str | None, typer.Option("--form", help=help_of("form"), show_default=False)] = None,
        languages: Annotated[
            list[str] | None, typer.Option("--language", help=help_of("language"), show_default=False)
        ] = None,
        out: Path = o["forms"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.instrument import load_instrument
        from umkm_stats.questionnaire import write_questionnaire

        terminal = Terminal(lang, as_json=json)
        definition = load_instrument(instrument)
        written = {}
        for name in format:
            written[name] = write_questionnaire(
                definition, format=name, out=out, languages=languages or None, form=form
            )
            terminal.say("cli.questionnaire.done", path=str(written[name]))
        terminal.answer({"files": {name: str(path) for name, path in written.items()}})

    app.command("questionnaire", help=help_of("help"))(questionnaire)
