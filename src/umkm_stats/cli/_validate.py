"""``umkm-stats validate``: what the answers look like before anything is computed."""

from pathlib import Path
from typing import Annotated, Any

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options

SHOWN = 3


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def help_of(key: str) -> str:
        return messages.text(f"cli.validate.{key}", lang)

    def validate(
        responses: Path = o["responses"],
        instrument: str = o["instrument"],
        map_: Annotated[
            Path | None,
            typer.Option("--map", help=messages.text("cli.analyze.map", lang), show_default=False),
        ] = None,
        sheet: Annotated[
            str | None,
            typer.Option("--sheet", help=messages.text("cli.analyze.sheet", lang), show_default=False),
        ] = None,
        write_map: Annotated[
            Path | None, typer.Option("--write-map", help=help_of("writemap"), show_default=False)
        ] = None,
        overwrite: bool = o["overwrite"],
        strict: Annotated[bool, typer.Option("--strict", help=help_of("strict"))] = False,
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> int:
        from umkm_stats.instrument import load_instrument
        from umkm_stats.responses import read_responses

        terminal = Terminal(lang, as_json=json)
        definition = load_instrument(instrument)
        if write_map is not None:
            from umkm_stats.responses import propose_map
            from umkm_stats.responses import write_map as written

            path = written(
                propose_map(responses, definition, sheet=sheet), write_map, lang=lang, overwrite=overwrite
            )
            terminal.say("cli.validate.mapdone", path=str(path))
            terminal.answer({"map": str(path)})
            return 0
        read = read_responses(responses, definition, aliases=map_, sheet=sheet)
        counts = {
            name: int((read.findings["severity"] == name).sum()) for name in ("error", "warning", "note")
        }
        terminal.plain(read.summary(lang))
        _say_findings(read, terminal)
        terminal.answer(
            {"sample": read.sample, "findings": read.findings, "counts": counts, "source": str(read.source)}
        )
        stopped = counts["error"] or (strict and counts["warning"])
        return 1 if stopped else 0

    app.command("validate", help=help_of("help"))(validate)


def _say_findings(read: Any, terminal: Terminal) -> None:
    """Findings by code, errors first: the first few in full, and how many more."""
    from umkm_stats.responses._findings import shared_advice

    found, own = read.findings, terminal.lang == "id"
    order = {"error": 0, "warning": 1, "note": 2}
    groups = found.groupby(["severity", "code"], sort=False).size().reset_index(name="count")
    groups = groups.sort_values(
        ["severity", "code"], key=lambda c: c.map(order) if c.name == "severity" else c, kind="stable"
    )
    for group in groups.itertuples(index=False):
        kind = terminal.text(f"report.severity.{group.severity}")
        terminal.plain()
        terminal.plain(
            terminal.text("cli.validate.group", code=group.code, severity=kind, count=int(group.count))
        )
        rows = found[found["code"] == group.code]
        first = rows.head(SHOWN)
        advice, tails = shared_advice(rows["remedy_id" if own else "remedy"].tolist())
        for message, tail in zip(first["message_id" if own else "message"], tails, strict=False):
            label = f"{terminal.text('cli.advice')} " if tail and not advice else ""
            terminal.plain(f"  - {message} {label}{tail}".rstrip())
        if len(rows) > SHOWN:
            terminal.plain(f"  {terminal.text('study.more', count=len(rows) - SHOWN)}")
        if advice:
            terminal.plain(f"  {terminal.text('cli.advice')} {advice}")
