"""``umkm-stats validate``: what the answers look like before anything is computed."""

from pathlib import Path
from typing import Annotated, Any

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options

SHOWN = 40


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def help_of(key: str) -> str:
        return messages.text(f"cli.validate.{key}", lang)

    def validate(
        responses: o["responses"],
        instrument: o["instrument"],
        map_: Annotated[Path | None, typer.Option("--map", help=messages.text("cli.analyze.map", lang), show_default=False)] = None,
        sheet: Annotated[str | None, typer.Option("--sheet", help=messages.text("cli.analyze.sheet", lang), show_default=False)] = None,
        strict: Annotated[bool, typer.Option("--strict", help=help_of("strict"))] = False,
        json: o["json"] = False,
        lang_: o["lang"] = lang,
    ) -> int:
        from umkm_stats.instrument import load_instrument
        from umkm_stats.responses import read_responses

        terminal = Terminal(lang, as_json=json)
        definition = load_instrument(instrument)
        read = read_responses(responses, definition, aliases=map_, sheet=sheet)
        counts = {name: int((read.findings["severity"] == name).sum()) for name in ("error", "warning", "note")}
        terminal.plain(read.summary(lang))
        if len(read.findings):
            terminal.show(_findings_table(read, terminal))
        terminal.answer({"sample": read.sample, "findings": read.findings, "counts": counts, "source": str(read.source)})
        stopped = counts["error"] or (strict and counts["warning"])
        return 1 if stopped else 0

    app.command("validate", help=help_of("help"))(validate)


def _findings_table(read: Any, terminal: Terminal) -> Any:
    from rich.table import Table
    from rich.text import Text

    from umkm_stats import columns

    names = ("code", "severity", "row", "column", "value", "message" if terminal.lang == "en" else "message_id")
    heads = [columns.label("message" if name == "message_id" else name, terminal.lang) for name in names]
    table = Table(*heads, title=terminal.text("cli.validate.findings", n=len(read.findings), shown=min(SHOWN, len(read.findings))))
    for row in read.findings.head(SHOWN)[list(names)].itertuples(index=False, name=None):
        table.add_row(*[Text("" if _blank(value) else str(value)) for value in row])
    return table


def _blank(value: Any) -> bool:
    return value is None or str(value) in ("<NA>", "nan", "NaT")
