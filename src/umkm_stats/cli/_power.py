"""``umkm-stats power``: how many respondents a planned study needs."""

from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

from umkm_stats import messages, ways
from umkm_stats.cli import _power_sizes
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options
from umkm_stats.results import idle


class ModelFirst(typer.core.TyperGroup):
    """``power MODEL …`` is ``power model MODEL …``; ``sizes`` and ``detect`` are the other questions."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, "--help", "-h"):
            args = ["model", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer, lang: str) -> None:
    """Add the commands to the app."""
    group = typer.Typer(cls=ModelFirst, help=messages.text("cli.power.group", lang), rich_markup_mode="rich")
    _register_model(group, lang)
    _power_sizes.register(group, lang)
    app.add_typer(group, name="power")


def _register_model(app: typer.Typer, lang: str) -> None:
    o = options(lang)

    def option(*names: str, key: str | None = None) -> Any:
        said = messages.text(
            f"cli.power.{key or names[0].removeprefix('--')}", lang, methods=list(ways.names("power"))
        )
        return typer.Option(*names, help=said, show_default=False)

    def plan(
        model: Annotated[
            str,
            typer.Argument(metavar="MODEL", help=messages.text("cli.power.model", lang), show_default=False),
        ],
        n: Annotated[list[int] | None, option("--n", key="n")] = None,
        reps: Annotated[int, option("--reps")] = 1000,
        draws: int | None = o["draws"],
        seed: int | None = o["seed"],
        interval: Annotated[list[str] | None, option("--interval")] = None,
        target: Annotated[float | None, option("--target")] = None,
        width: Annotated[float | None, option("--width")] = None,
        effect: Annotated[str, option("--effect")] = "indirect",
        path: Annotated[str | None, option("--path")] = None,
        analysis: Annotated[str | None, option("--analysis")] = None,
        estimator: Annotated[str | None, option("--estimator")] = None,
        standardized: Annotated[bool, option("--standardized")] = False,
        categories: Annotated[int | None, option("--categories")] = None,
        missing: Annotated[float, option("--missing")] = 0.0,
        handling: Annotated[str, option("--handling")] = "listwise",
        binary: Annotated[list[str] | None, option("--binary")] = None,
        outcome: Annotated[list[str] | None, option("--outcome")] = None,
        cluster_size: Annotated[float | None, option("--cluster-size", key="cluster_size")] = None,
        icc: Annotated[float | None, option("--icc")] = None,
        equivalence: Annotated[float | None, option("--equivalence")] = None,
        key: Annotated[str | None, option("--model-key", key="key")] = None,
        measurement: Annotated[str | None, option("--measurement")] = None,
        eligible: Annotated[int | None, option("--eligible")] = None,
        backend: Annotated[str, option("--backend")] = "local",
        scheduler: Annotated[str | None, option("--scheduler")] = None,
        workers: Annotated[int | None, option("--workers")] = None,
        out: Annotated[Path | None, option("--out", "-o", key="out")] = None,
        plot: Annotated[Path | None, option("--plot")] = None,
        overwrite: bool = o["overwrite"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.planning import (
            Cluster,
            FromInstrument,
            Recorded,
            population_notes,
            power,
            smallest_n,
        )

        terminal = Terminal(lang, as_json=json)
        text = None if analysis in (None, "scores") else _power_sizes.text_of(analysis or "")
        common: dict[str, Any] = {
            "reps": reps,
            "draws": draws or 1000,
            "seed": seed,
            "analysis": text or analysis,
            "estimator": estimator,
            "standardized": standardized,
            "recorded": Recorded(
                categories,
                None,
                missing,
                handling,
                binary=_power_sizes.pairs_of(binary, float),
                outcomes=_power_sizes.pairs_of(outcome, str),
                cluster_size=cluster_size,
                icc=icc,
            ),
            "equivalence": equivalence,
            "source": None
            if key is None and measurement is None
            else FromInstrument(key, measurement=measurement or "dimension_means"),
            "workers": workers,
        }
        searching = target is not None or width is not None
        unheard = idle(
            ("--n", n, searching and bool(n), "no_target"),
            ("--out", out, searching and out is not None, "no_target"),
            ("--backend", backend, searching and backend != "local", "no_target"),
            (
                "--interval",
                ", ".join((interval or [])[1:]),
                searching and len(interval or []) > 1,
                "no_target",
            ),
            ("--target", target, target is not None and width is not None, "no_width"),
            ("--effect", effect, not searching and effect != "indirect", "target"),
            ("--path", path, not searching and path is not None, "target"),
            ("--eligible", eligible, not searching and eligible is not None, "target"),
            ("--scheduler", scheduler, scheduler is not None and backend == "local", "dask"),
        )
        with terminal.progress() as progress:
            common["progress"] = lambda done, total: progress("power", done, total)
            found: Any
            if searching:
                found = smallest_n(
                    _power_sizes.model_of(model),
                    target=target or 0.80,
                    width=width,
                    effect=effect,
                    path=path,
                    interval=(interval or ["percentile"])[0],
                    **common,
                )
            else:
                found = power(
                    _power_sizes.model_of(model),
                    n=n or [100, 150, 200, 300],
                    interval=interval or ["percentile"],
                    cluster=Cluster(backend, scheduler),
                    folder=out,
                    **common,
                )
        terminal.plain(found.summary(lang))
        if searching:
            terminal.plain(found.sentence(lang))
        if plot is not None:
            drawn = found.plot(lang=lang)
            terminal.plain(_power_sizes.kept(drawn, plot, overwrite, lang))
        size = getattr(found, "n", None)
        notes = population_notes(size, eligible=eligible) if size and eligible else []
        for note in (*notes, *unheard):
            terminal.plain(note.message(lang))
        told = {"population_notes": notes, "option_notes": unheard}
        said = {name: [note.to_dict() for note in some] for name, some in told.items()}
        terminal.answer({**found.to_dict(), **said})

    app.command("model", help=messages.text("cli.power.help", lang))(plan)
