"""``umkm-stats instrument``: look at, check, trace or begin an instrument."""

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command group to the app."""
    o = options(lang)

    def help_of(key: str) -> str:
        return messages.text(f"cli.instrument.{key}", lang)

    group = typer.Typer(help=help_of("help"), no_args_is_help=True, rich_markup_mode="rich")

    def show(
        name: o["name"] = "umkm_inovasi",
        json: o["json"] = False,
        lang_: o["lang"] = lang,
    ) -> None:
        from umkm_stats.instrument import load_instrument

        terminal = Terminal(lang, as_json=json)
        instrument = load_instrument(name)
        terminal.plain(instrument.summary(lang))
        terminal.answer(instrument.to_dict())

    group.command("show", help=help_of("show"))(show)
    app.add_typer(group, name="instrument")
