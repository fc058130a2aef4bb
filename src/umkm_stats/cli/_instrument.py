"""``umkm-stats instrument``: list, look at, check, trace or begin an instrument."""

from pathlib import Path
from typing import Annotated

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def shown(path: Path | str) -> str:
    """A path or name as it is typed: in quotes when it has blanks or brackets."""
    text = str(path)
    return f'"{text}"' if any(ch in text for ch in " ()&;'") else text


def register(app: typer.Typer, lang: str) -> None:
    """Add the command group to the app."""
    o = options(lang)

    def help_of(key: str) -> str:
        return messages.text(f"cli.instrument.{key}", lang)

    group = typer.Typer(help=help_of("help"), no_args_is_help=True, rich_markup_mode="rich")

    def listing(json: bool = o["json"], lang_: str = o["lang"]) -> None:
        from umkm_stats.instrument import available_instruments, load_instrument

        terminal = Terminal(lang, as_json=json)
        found = {name: load_instrument(name) for name in available_instruments()}
        for name, instrument in found.items():
            terminal.plain(f"{name}: {instrument.title.get(lang, next(iter(instrument.title.values())))}")
        terminal.answer(
            {
                name: {"title": dict(i.title), "version": i.version, "file": i.origin}
                for name, i in found.items()
            }
        )

    def show(name: str = o["name"], json: bool = o["json"], lang_: str = o["lang"]) -> None:
        from umkm_stats.instrument import load_instrument

        terminal = Terminal(lang, as_json=json)
        instrument = load_instrument(name)
        terminal.plain(instrument.summary(lang))
        if json:
            terminal.answer(instrument.model_dump(mode="json", by_alias=True))

    def check(name: str = o["checked"], json: bool = o["json"], lang_: str = o["lang"]) -> int:
        from umkm_stats.instrument import check as checked

        terminal = Terminal(lang, as_json=json)
        found = checked(name)
        terminal.plain(found.summary(lang))
        terminal.answer(found.to_dict())
        return 0 if found.ok else 1

    def new(
        name: Annotated[str, typer.Argument(metavar="NAME", help=help_of("name"))],
        out: Annotated[Path, typer.Option("--out", "-o", help=help_of("folder"))] = Path("."),
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.instrument import scaffold

        terminal = Terminal(lang, as_json=json)
        path = scaffold(name, out, lang=lang)
        terminal.say("cli.instrument.done", path=str(path))
        terminal.answer({"file": str(path)})

    def draft(
        answers: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("answers"))],
        out: Annotated[
            Path | None, typer.Option("--out", "-o", help=help_of("out"), show_default=False)
        ] = None,
        sheet: Annotated[
            str | None,
            typer.Option("--sheet", help=messages.text("cli.analyze.sheet", lang), show_default=False),
        ] = None,
        overwrite: Annotated[bool, typer.Option("--overwrite", help=help_of("overwrite"))] = False,
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.responses import draft_instrument

        terminal = Terminal(lang, as_json=json)
        found = draft_instrument(answers, lang=lang, sheet=sheet)
        path = found.save(out or Path("instrument.yaml"), overwrite=overwrite)
        same = f" --sheet {shown(sheet)}" if sheet is not None else ""
        same += f" --lang {lang}" if Terminal.asked else ""
        terminal.plain(found.summary(lang))
        terminal.plain("")
        terminal.say("draft.written", path=str(path))
        terminal.say("draft.next", answers=shown(answers), file=shown(path) + same)
        terminal.answer({**found.to_dict(), "file": str(path)})

    def trace(
        name: str = o["name"],
        format: Annotated[str, typer.Option("--format", "-f", help=help_of("format"))] = "xlsx",
        out: Annotated[Path, typer.Option("--out", "-o", help=help_of("folder"))] = Path("."),
        form: Annotated[
            str | None,
            typer.Option("--form", help=messages.text("cli.questionnaire.form", lang), show_default=False),
        ] = None,
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats import atomic
        from umkm_stats.instrument import load_instrument
        from umkm_stats.instrument import trace as traced
        from umkm_stats.options import one_of

        terminal = Terminal(lang, as_json=json)
        one_of("--format", format, ("xlsx", "html", "md"))
        instrument = load_instrument(name)
        matrix = traced(instrument, form=form)
        path = out / f"{instrument.name}_trace.{format}"
        if format == "xlsx":
            from umkm_stats.report import write_sheet

            write_sheet(path, help_of("matrix"), matrix.headings(lang), matrix.rows(lang))
        else:
            atomic.write_text(path, matrix.html(lang) if format == "html" else matrix.markdown(lang))
        terminal.say("cli.instrument.done", path=str(path))
        terminal.answer({"file": str(path), "rows": len(matrix.codes)})

    group.command("list", help=help_of("list"))(listing)
    group.command("show", help=help_of("show"))(show)
    group.command("check", help=help_of("check"))(check)
    group.command("trace", help=help_of("trace"))(trace)
    group.command("new", help=help_of("new"))(new)
    group.command("draft", help=help_of("draft"))(draft)
    app.add_typer(group, name="instrument")
