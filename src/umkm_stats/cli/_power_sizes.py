"""``umkm-stats power sizes`` and ``power detect``: the rules side by side, and the other direction."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options
from umkm_stats.errors import Place, UsageError

if TYPE_CHECKING:
    from umkm_stats.figures import Picture


def register(app: typer.Typer, lang: str) -> None:
    """Add the two commands to the group."""
    o = options(lang)

    def option(*names: str, key: str | None = None) -> Any:
        said = messages.text(f"cli.power.{key or names[0].removeprefix('--').replace('-', '_')}", lang)
        return typer.Option(*names, help=said, show_default=False)

    def sizes(
        population: Annotated[int | None, option("--population")] = None,
        error: Annotated[float | None, option("--error")] = None,
        proportion: Annotated[float | None, option("--proportion")] = None,
        confidence: Annotated[float | None, option("--confidence")] = None,
        eligible: Annotated[int | None, option("--eligible")] = None,
        purposive: Annotated[bool, option("--purposive")] = False,
        model: Annotated[str | None, option("--model", key="sizes_model")] = None,
        interval: Annotated[str, option("--interval", key="sizes_interval")] = "joint",
        reps: Annotated[int, option("--reps", key="sizes_reps")] = 4000,
        draws: int | None = o["draws"],
        seed: int | None = o["seed"],
        standardized: Annotated[bool, option("--standardized")] = False,
        advised: Annotated[int | None, option("--advised")] = None,
        f2: Annotated[float | None, option("--f2")] = None,
        predictors: Annotated[int | None, option("--predictors")] = None,
        r: Annotated[float | None, option("--r")] = None,
        d: Annotated[float | None, option("--d")] = None,
        w: Annotated[float | None, option("--w")] = None,
        df: Annotated[int | None, option("--df")] = None,
        tails: Annotated[int | None, option("--tails")] = None,
        alpha: Annotated[float, option("--alpha")] = 0.05,
        power: Annotated[float, option("--power")] = 0.80,
        path: Annotated[float | None, option("--path", key="sizes_path")] = None,
        arrows: Annotated[int | None, option("--arrows")] = None,
        items: Annotated[int | None, option("--items")] = None,
        latents: Annotated[int | None, option("--latents")] = None,
        effect: Annotated[float | None, option("--effect", key="sizes_effect")] = None,
        parameters: Annotated[int | None, option("--parameters")] = None,
        model_df: Annotated[int | None, option("--model-df")] = None,
        response_rate: Annotated[float | None, option("--response-rate")] = None,
        usable: Annotated[float | None, option("--usable")] = None,
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.planning import sample_sizes, smallest_n

        terminal = Terminal(lang, as_json=json)
        best: Any = advised
        if model is not None:
            if advised is not None:
                raise UsageError("PLN152")
            with terminal.progress() as progress:
                best = smallest_n(
                    model_of(model),
                    target=power,
                    interval=interval,
                    reps=reps,
                    draws=draws or 1000,
                    seed=seed,
                    level=1.0 - alpha,
                    standardized=standardized,
                    progress=lambda done, total: progress("power", done, total),
                )
            terminal.plain(best.summary(lang))
        found = sample_sizes(
            population=population,
            eligible=eligible,
            margin=error,
            proportion=proportion,
            confidence=confidence,
            path=path,
            f2=f2,
            predictors=predictors,
            r=r,
            d=d,
            w=w,
            df=df,
            alpha=alpha,
            power=power,
            tails=tails,
            arrows=arrows,
            items=items,
            parameters=parameters,
            latents=latents,
            effect=effect,
            model_df=model_df,
            advised=best,
            purposive=purposive,
            response_rate=response_rate,
            usable=usable,
        )
        terminal.plain(found.summary(lang))
        terminal.plain(found.sentence(lang))
        simulated = best.to_dict() if model is not None else None
        terminal.answer({**found.to_dict(), "simulation": simulated, "sentence": found.sentence(lang)})

    def detect(
        model: Annotated[
            str,
            typer.Argument(
                metavar="MODEL", help=messages.text("cli.power.detect_model", lang), show_default=False
            ),
        ],
        n: Annotated[int, option("--n", key="detect_n")],
        power: Annotated[float, option("--power")] = 0.80,
        effect: Annotated[str, option("--effect")] = "indirect",
        path: Annotated[str | None, option("--path")] = None,
        predictors: Annotated[int | None, option("--predictors")] = None,
        tested: Annotated[int | None, option("--tested")] = None,
        df: Annotated[int | None, option("--df")] = None,
        tails: Annotated[int | None, option("--tails")] = None,
        alpha: Annotated[float, option("--alpha")] = 0.05,
        interval: Annotated[str, option("--interval", key="sizes_interval")] = "joint",
        reps: Annotated[int, option("--reps", key="sizes_reps")] = 4000,
        draws: int | None = o["draws"],
        seed: int | None = o["seed"],
        standardized: Annotated[bool, option("--standardized")] = False,
        plot: Annotated[Path | None, option("--plot")] = None,
        overwrite: bool = o["overwrite"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> None:
        from umkm_stats.planning import detectable

        terminal = Terminal(lang, as_json=json)
        if "~" not in model and Path(model).suffix and not Path(model).is_file():
            raise UsageError("PLN167", Place(file=Path(model).name))
        found = detectable(
            model if "~" not in model and not Path(model).is_file() else text_of(model),
            n=n,
            power=power,
            effect=effect,
            path=path,
            predictors=predictors,
            tested=tested,
            df=df,
            tails=tails,
            interval=interval,
            reps=reps,
            draws=draws or 1000,
            seed=seed,
            level=1.0 - alpha,
            standardized=standardized,
        )
        terminal.plain(found.summary(lang))
        if plot is not None:
            terminal.plain(kept(found.plot(lang), plot, overwrite, lang))
        terminal.answer(found.to_dict())

    app.command("sizes", help=messages.text("cli.power.sizes", lang))(sizes)
    app.command("detect", help=messages.text("cli.power.detect", lang))(detect)


def kept(picture: "Picture", target: Path, overwrite: bool, lang: str) -> str:
    """Write a picture as PNG or SVG, never over somebody's file; the sentence that says where."""
    from umkm_stats import figures, keeping

    kind = target.suffix.lower().removeprefix(".")
    if kind not in ("png", "svg"):
        raise UsageError("PLN153", Place(file=target.name))
    content = figures.saved(picture)[kind]
    with keeping.staged(target.parent, overwrite=overwrite) as part:
        (part / target.name).write_bytes(content)
    return messages.text("cli.power.drawn", lang, file=str(target))


def pairs_of(given: list[str] | None, kind: Callable[[str], Any]) -> dict[str, Any] | None:
    """``NAME=VALUE`` words as a mapping; ``UsageError`` PLN165."""
    out: dict[str, Any] = {}
    for word in given or ():
        name, found, value = word.partition("=")
        try:
            if not found or not name.strip():
                raise ValueError
            out[name.strip()] = kind(value.strip())
        except ValueError:
            raise UsageError("PLN165", params={"received": word}) from None
    return out or None


def text_of(value: str) -> str:
    """The text of a file, or the value itself with ``;`` as line ends."""
    path = Path(value)
    if "~" in value or not path.is_file():
        return value.replace(";", "\n")
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError("PLN144", Place(file=path.name)) from None


def model_of(value: str) -> Any:
    """Model text (given or from a file), otherwise an instrument by name or path."""
    if "~" in value or (Path(value).is_file() and Path(value).suffix.lower() not in (".yaml", ".yml")):
        return text_of(value)
    from umkm_stats.instrument import load_instrument

    return load_instrument(value)
