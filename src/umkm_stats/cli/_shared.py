"""Options that several commands have, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from umkm_stats import messages


def options(lang: str) -> dict[str, Any]:
    """Parameter defaults of typer by name, with help texts in ``lang``."""

    def help_of(key: str) -> str:
        return messages.text(f"cli.{key}", lang)

    return {
        "lang": typer.Option(lang, "--lang", help=help_of("lang"), show_default=False),
        "json": typer.Option(False, "--json", help=help_of("json")),
        "out": typer.Option(Path("out"), "--out", "-o", help=help_of("out")),
        "forms": typer.Option(Path("questionnaire"), "--out", "-o", help=help_of("instrument.folder")),
        "instrument": typer.Option(..., "--instrument", "-i", help=help_of("instrument")),
        "name": typer.Argument("umkm_inovasi", metavar="INSTRUMENT", help=help_of("instrument")),
        "checked": typer.Argument(..., metavar="INSTRUMENT", help=help_of("instrument"), show_default=False),
        "responses": typer.Argument(..., metavar="RESPONSES", help=help_of("responses"), show_default=False),
        "folder": typer.Argument(..., metavar="DIR", help=help_of("folder"), show_default=False),
        "overwrite": typer.Option(False, "--overwrite", help=help_of("overwrite")),
        "draws": typer.Option(None, "--draws", help=help_of("draws"), show_default=False),
        "seed": typer.Option(None, "--seed", help=help_of("seed"), show_default=False),
        "workers": typer.Option(1, "--workers", help=help_of("workers")),
        "style": typer.Option(None, "--style", help=help_of("style"), show_default=False),
    }
