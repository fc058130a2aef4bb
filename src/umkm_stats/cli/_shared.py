"""Options that several commands have, declared once."""

from pathlib import Path
from typing import Annotated, Any

import typer

from umkm_stats import messages


def options(lang: str) -> dict[str, Any]:
    """Annotated option types by name, with help texts in ``lang``."""

    def help_of(key: str) -> str:
        return messages.text(f"cli.{key}", lang)

    return {
        "lang": Annotated[str, typer.Option("--lang", help=help_of("lang"), show_default=False)],
        "json": Annotated[bool, typer.Option("--json", help=help_of("json"))],
        "out": Annotated[Path, typer.Option("--out", "-o", help=help_of("out"), show_default=True)],
        "instrument": Annotated[str, typer.Option("--instrument", "-i", help=help_of("instrument"))],
        "name": Annotated[str, typer.Argument(metavar="INSTRUMENT", help=help_of("instrument"))],
        "responses": Annotated[Path, typer.Argument(metavar="RESPONSES", help=help_of("responses"), show_default=False)],
        "folder": Annotated[Path, typer.Argument(metavar="DIR", help=help_of("folder"), show_default=False)],
        "draws": Annotated[int | None, typer.Option("--draws", help=help_of("draws"), show_default=False)],
        "seed": Annotated[int | None, typer.Option("--seed", help=help_of("seed"), show_default=False)],
        "workers": Annotated[int, typer.Option("--workers", help=help_of("workers"))],
        "style": Annotated[str | None, typer.Option("--style", help=help_of("style"), show_default=False)],
    }
