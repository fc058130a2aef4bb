"""``umkm-stats review``: hold a published table against itself."""

from pathlib import Path
from typing import Annotated

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def help_of(key: str) -> str:
        return messages.text(f"cli.review.{key}", lang)

    def review(
        claims: Annotated[Path, typer.Argument(metavar="CLAIMS", help=help_of("claims"), show_default=False)],
        strict: Annotated[bool, typer.Option("--strict", help=help_of("strict"))] = False,
        json: o["json"] = False,
        lang_: o["lang"] = lang,
    ) -> int:
        from umkm_stats.review import check_claims

        terminal = Terminal(lang, as_json=json)
        found = check_claims(claims)
        terminal.plain(found.summary(lang))
        terminal.answer(found.to_dict())
        return 1 if strict and found.counts["inconsistent"] else 0

    app.command("review", help=help_of("help"))(review)
