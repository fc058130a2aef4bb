"""``umkm-stats export``: the checked answers for other software."""

from pathlib import Path
from typing import Annotated

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def export(
        responses: Path = o["responses"],
        instrument: str = o["instrument"],
        to: Annotated[
            list[str] | None,
            typer.Option("--to", help=messages.text("cli.export.to", lang), show_default=False),
        ] = None,
        model: Annotated[
            str | None,
            typer.Option("--model", "-m", help=messages.text("cli.export.model", lang), show_default=False),
        ] = None,
        map_: Annotated[
            Path | None,
            typer.Option("--map", help=messages.text("cli.analyze.map", lang), show_default=False),
        ] = None,
        sheet: Annotated[
            str | None,
            typer.Option("--sheet", help=messages.text("cli.analyze.sheet", lang), show_default=False),
        ] = None,
        out: Path = o["out"],
        overwrite: bool = o["overwrite"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.instrument import load_instrument
        from umkm_stats.report import export_answers
        from umkm_stats.responses import read_responses

        terminal = Terminal(lang, as_json=json)
        definition = load_instrument(instrument)
        read = read_responses(responses, definition, aliases=map_, sheet=sheet)
        terminal.plain(read.sample.describe(lang))
        files = export_answers(
            read,
            definition,
            out=out,
            to=to or "all",
            model=model,
            lang="id" if lang == "id" else "en",
            overwrite=overwrite,
        )
        for path in files:
            terminal.say("cli.export.done", path=str(path))
        terminal.answer({"files": [str(path) for path in files], "sample": read.sample})

    app.command("export", help=messages.text("cli.export.help", lang))(export)
