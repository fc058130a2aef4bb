"""``umkm-stats analyze``: answers in, a report folder out."""

from pathlib import Path
from typing import Annotated

import typer

from umkm_stats import messages
from umkm_stats.cli import _progress
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options
from umkm_stats.errors import UsageError
from umkm_stats.options import one_of
from umkm_stats.sem.estimators import study_estimators


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def help_of(key: str, **values: str) -> str:
        return messages.text(f"cli.analyze.{key}", lang, **values)

    def analyze(
        responses: Path = o["responses"],
        instrument: str = o["instrument"],
        out: Path = o["out"],
        model: Annotated[
            list[str] | None, typer.Option("--model", "-m", help=help_of("model"), show_default=False)
        ] = None,
        study: Annotated[
            Path | None, typer.Option("--study", help=help_of("study"), show_default=False)
        ] = None,
        route: Annotated[
            str | None, typer.Option("--route", help=help_of("route"), show_default=False)
        ] = None,
        draws: int | None = o["draws"],
        seed: int | None = o["seed"],
        estimator: Annotated[
            str | None,
            typer.Option(
                "--estimator",
                help=help_of("estimator", estimators=", ".join(study_estimators())),
                show_default=False,
            ),
        ] = None,
        style: str | None = o["style"],
        iv: Annotated[list[str] | None, typer.Option("--iv", help=help_of("iv"), show_default=False)] = None,
        mediator: Annotated[
            list[str] | None, typer.Option("--mediator", help=help_of("mediator"), show_default=False)
        ] = None,
        dv: Annotated[list[str] | None, typer.Option("--dv", help=help_of("dv"), show_default=False)] = None,
        alpha_cutoff: Annotated[
            float | None, typer.Option("--alpha-cutoff", help=help_of("alpha_cutoff"), show_default=False)
        ] = None,
        texts: Annotated[
            Path | None, typer.Option("--texts", help=help_of("texts"), show_default=False)
        ] = None,
        pilot: Annotated[
            Path | None, typer.Option("--pilot", help=help_of("pilot"), show_default=False)
        ] = None,
        distributed: Annotated[
            int | None, typer.Option("--distributed", help=help_of("distributed"), show_default=False)
        ] = None,
        tails: Annotated[
            str | None, typer.Option("--tails", help=help_of("tails"), show_default=False)
        ] = None,
        direction: Annotated[
            list[str] | None, typer.Option("--direction", help=help_of("direction"), show_default=False)
        ] = None,
        unit: Annotated[str | None, typer.Option("--unit", help=help_of("unit"), show_default=False)] = None,
        groups: Annotated[
            str | None, typer.Option("--groups", help=help_of("groups"), show_default=False)
        ] = None,
        template: Annotated[
            Path | None, typer.Option("--template", help=help_of("template"), show_default=False)
        ] = None,
        map_: Annotated[Path | None, typer.Option("--map", help=help_of("map"), show_default=False)] = None,
        sheet: Annotated[
            str | None, typer.Option("--sheet", help=help_of("sheet"), show_default=False)
        ] = None,
        workers: int = o["workers"],
        progress_: Annotated[str, typer.Option("--progress", help=help_of("progress"))] = "bar",
        stop_with_stdin: Annotated[bool, typer.Option("--stop-with-stdin", help=help_of("stdin"))] = False,
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.study import Chapter, Reading, Writing, run_study

        terminal = Terminal(lang, as_json=json)
        one_of("--progress", progress_, _progress.KINDS)
        ending = _progress.ending_with_stdin(stop_with_stdin, _progress.interrupted)
        with ending, terminal.progress(progress_) as progress:
            done = run_study(
                responses,
                instrument,
                model=model or None,
                out=out,
                study=study,
                route=route,
                roles={"x": iv or [], "m": mediator or [], "y": dv or []} if iv or mediator or dv else None,
                draws=draws,
                seed=seed,
                estimator=estimator,
                style=style,
                groups=groups,
                lang=lang if Terminal.asked else None,
                workers=workers,
                progress=progress,
                reading=Reading(aliases=map_, sheet=sheet),
                chapter=Chapter(
                    alpha_cutoff=alpha_cutoff,
                    texts=texts,
                    pilot=pilot,
                    distributed=distributed,
                    tails=tails,
                    directions=_directions(direction or []) or None,
                    unit=unit,
                ),
                writing=Writing(template=template, default_lang=lang),
            )
        terminal.plain(done.summary(lang))
        terminal.answer(done.outcome())

    app.command("analyze", help=messages.text("cli.analyze.help", lang))(analyze)


def _directions(given: list[str]) -> dict[str, str]:
    """``H1=+`` as hypothesis → sign; CLI011 for another form."""
    out = {}
    for text in given:
        code, equals, sign = (piece.strip() for piece in text.partition("="))
        if not (code and equals and sign in ("+", "-")):
            raise UsageError("CLI011", params={"received": text})
        out[code] = sign
    return out
