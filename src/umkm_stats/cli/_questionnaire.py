"""``umkm-stats questionnaire``: the files people hand out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options
from umkm_stats.errors import UsageError

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument


def blanks(instrument: "Instrument", given: list[str]) -> dict[str, str]:
    """``NAME=TEXT`` of the command line by name.

    Raises ``UsageError`` QST221 for a text without a name, and QST222 for a name that the consent sheet does
    not have.
    """
    sheet = instrument.consent
    known = tuple(sheet.fill_in) if sheet is not None else ()
    found: dict[str, str] = {}
    for entry in given:
        name, mark, text = entry.partition("=")
        if not mark or not name.strip():
            raise UsageError("QST221", params={"received": entry})
        if name.strip() not in known:
            raise UsageError("QST222", params={"name": name.strip(), "known": list(known)})
        found[name.strip()] = text.strip()
    return found


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
        mode: Annotated[str | None, typer.Option("--mode", help=help_of("mode"), show_default=False)] = None,
        screening: Annotated[
            str | None, typer.Option("--screening", help=help_of("screening"), show_default=False)
        ] = None,
        blocks: Annotated[
            list[str] | None, typer.Option("--block", help=help_of("block"), show_default=False)
        ] = None,
        filled: Annotated[
            list[str] | None,
            typer.Option("--fill", metavar="NAME=TEXT", help=help_of("fill"), show_default=False),
        ] = None,
        shuffle: Annotated[bool, typer.Option("--shuffle", help=help_of("shuffle"))] = False,
        seed: Annotated[
            int | None, typer.Option("--seed", help=help_of("seed_help"), show_default=False)
        ] = None,
        order: Annotated[str, typer.Option("--order", help=help_of("order"))] = "instrument",
        stage: Annotated[str, typer.Option("--stage", help=help_of("stage"))] = "main",
        out: Path = o["forms"],
        overwrite: bool = o["overwrite"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.instrument import load_instrument
        from umkm_stats.kernels import draws
        from umkm_stats.questionnaire import write_questionnaire, writing_into

        terminal = Terminal(lang, as_json=json)
        definition = load_instrument(instrument)
        named = blanks(definition, filled or [])
        if shuffle and seed is None and len(format) > 1:
            seed = draws.new_seed()  # one order for all the formats
        written = {}
        with writing_into(out, overwrite=overwrite) as part:  # all the formats or none
            for name in format:
                made = write_questionnaire(
                    definition,
                    format=name,
                    out=part,
                    languages=languages or None,
                    form=form,
                    mode=cast("Any", mode),  # the door says which words it knows
                    screening=screening,
                    blocks=blocks or (),
                    shuffle=shuffle,
                    seed=seed,
                    filled=named,
                    stage=cast("Any", stage),
                    order=cast("Any", order),
                )
                written[name] = out / made.relative_to(part)
        for path in written.values():
            terminal.say("cli.questionnaire.done", path=str(path))
        if shuffle and seed is not None:
            terminal.say("cli.questionnaire.seed", seed=seed)
        terminal.answer({"files": {name: str(path) for name, path in written.items()}})

    app.command("questionnaire", help=help_of("help"))(questionnaire)
