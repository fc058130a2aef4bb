"""``umkm-stats preview``: what a file of answers holds, before there is an instrument."""

from pathlib import Path
from typing import Annotated, Any

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def help_of(key: str) -> str:
        return messages.text(f"cli.preview.{key}", lang)

    def preview(
        responses: Path = o["responses"],
        sheet: Annotated[
            str | None, typer.Option("--sheet", help=help_of("sheet"), show_default=False)
        ] = None,
        rows: Annotated[int, typer.Option("--rows", help=help_of("rows"))] = 5,
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.responses import preview as seen

        terminal = Terminal(lang, as_json=json)
        found = seen(responses, sheet=sheet, rows=rows)
        terminal.plain(found.summary(lang))
        if found.rows and not json:
            terminal.plain(terminal.text("preview.rows"))
            for number, cells in zip(found.row_numbers, found.rows, strict=True):
                terminal.plain(f"  {number:>3}  {_line(found.columns, cells)}")
        terminal.answer(found.to_dict())

    app.command("preview", help=help_of("help"))(preview)


def _line(columns: Any, cells: tuple[str, ...]) -> str:
    """The cells of a row that hold something, each behind its column's letter."""
    shown = (
        f"{column.letter}: {text if len(text) <= 30 else text[:29] + '…'}"
        for column, text in zip(columns, cells, strict=True)
        if text
    )
    return " | ".join(shown)
