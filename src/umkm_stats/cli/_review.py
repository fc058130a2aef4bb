"""``umkm-stats review``: hold a published table against itself, or begin a claims file from a table or a
text."""

from pathlib import Path
from typing import Annotated, Any

import typer

from umkm_stats import messages
from umkm_stats.cli._console import Terminal
from umkm_stats.cli._shared import options
from umkm_stats.errors import UsageError


def register(app: typer.Typer, lang: str) -> None:
    """Add the command to the app."""
    o = options(lang)

    def help_of(key: str) -> str:
        return messages.text(f"cli.review.{key}", lang)

    def option(*names: str, key: str) -> Any:
        return typer.Option(*names, help=help_of(key), show_default=False)

    def review(
        claims: Annotated[Path, typer.Argument(metavar="CLAIMS", help=help_of("claims"), show_default=False)],
        table: Annotated[
            Path | None, typer.Argument(metavar="TABLE", help=help_of("table"), show_default=False)
        ] = None,
        kind: Annotated[str | None, option("--kind", key="kind")] = None,
        fields: Annotated[list[str] | None, option("--map", key="map")] = None,
        sheet: Annotated[str | None, option("--sheet", key="sheet")] = None,
        number: Annotated[int, option("--table", key="number")] = 1,
        where: Annotated[str, option("--where", key="where")] = "",
        program: Annotated[str, option("--program", key="program")] = "",
        constants: Annotated[list[str] | None, option("--set", key="set")] = None,
        out: Annotated[Path | None, option("--out", "-o", key="out")] = None,
        overwrite: bool = o["overwrite"],
        json: bool = o["json"],
        lang_: str = o["lang"],
    ) -> int:
        terminal = Terminal(lang, as_json=json)
        if str(claims) != "scaffold" or table is None:
            unused = {
                "TABLE": str(claims) != "scan" and table is not None,
                "--kind": kind is not None,
                "--map": bool(fields),
                "--sheet": sheet is not None,
                "--table": number != 1,
                "--where": bool(where),
                "--set": bool(constants),
            }
            if any(unused.values()):
                raise UsageError("REV036", params={"options": [name for name, on in unused.items() if on]})
        if str(claims) in ("scaffold", "scan") and table is not None:
            if not table.is_file():
                raise UsageError("REV032", params={"name": table.name})
            if str(claims) == "scan":
                return _scan(terminal, table, program=program, out=out, overwrite=overwrite)
            return _scaffold(
                terminal,
                table,
                kind=kind or "mediation",
                fields=fields or [],
                sheet=sheet,
                number=number,
                where=where,
                program=program,
                constants=_constants(constants or []),
                out=out,
                overwrite=overwrite,
            )
        from umkm_stats.review import check_claims

        found = check_claims(claims, program=program or None)
        terminal.plain(found.summary(lang))
        files: tuple[Path, ...] = ()
        if out is not None:
            from umkm_stats.report import write_review

            files = write_review(found, out, lang=lang)
            for path in files:
                terminal.say("cli.review.written", path=str(path))
        terminal.answer({**found.to_dict(), "files": [str(path) for path in files]})
        return 1 if found.counts["inconsistent"] else 0

    app.command("review", help=f"{help_of('help')} {help_of('more')}")(review)


def _scaffold(
    terminal: Terminal,
    table: Path,
    *,
    kind: str,
    fields: list[str],
    sheet: str | None,
    number: int,
    where: str,
    program: str,
    constants: dict[str, str],
    out: Path | None,
    overwrite: bool,
) -> int:
    from umkm_stats.report import printed_rows
    from umkm_stats.review import scaffold

    rows = printed_rows(table, sheet=sheet, table=number)
    columns: dict[str, str] = {}
    for pair in fields:
        name, mark, column = pair.partition("=")
        if not mark or not name.strip() or not column.strip():
            raise UsageError("PLN142", params={"received": repr(pair)})
        columns[name.strip()] = column.strip()
    known = list(rows[0])
    absent = [column for column in columns.values() if column not in known]
    if absent:
        raise UsageError("PLN143", params={"columns": absent, "known": known})
    if not columns:
        _fields_or_map(known, kind, table)
    text = scaffold(
        rows,
        kind=kind,
        columns=columns or {name: name for name in known},
        where=where or table.stem,
        program=program,
        constants=constants,
        lang=terminal.lang,
    )
    target = _keep(terminal, text, out, overwrite)
    terminal.answer({"claims": text, "file": None if target is None else str(target)})
    return 0


def _fields_or_map(known: list[str], kind: str, table: Path) -> None:
    """REV035 when headings are not the fields of the kind: what ``--map`` is for."""
    from umkm_stats.options import one_of
    from umkm_stats.review.checks import CHECKS

    check = CHECKS[one_of("kind", kind, tuple(CHECKS))]
    fields = (*check.needed, *check.optional)
    strange = [column for column in known if column not in fields]
    if strange:
        params = {"name": table.name, "kind": kind, "columns": strange, "column": strange[0]}
        raise UsageError("REV035", params={**params, "field": fields[0], "fields": list(fields)})


def _scan(terminal: Terminal, file: Path, *, program: str, out: Path | None, overwrite: bool) -> int:
    from umkm_stats.report import printed_text
    from umkm_stats.review import from_prose, scan

    found = scan(printed_text(file))
    text = from_prose(found, title=file.stem, source=file.name, program=program)
    target = _keep(terminal, text, out, overwrite) if found else None
    terminal.say("cli.review.found", count=len(found), name=file.name)
    terminal.answer({"claims": text, "found": len(found), "file": None if target is None else str(target)})
    return 0


def _constants(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name.strip() or not value.strip():
            raise UsageError("REV033", params={"received": repr(pair)})
        found[name.strip()] = value.strip()
    return found


def _keep(terminal: Terminal, text: str, out: Path | None, overwrite: bool) -> Path | None:
    """The claims file in the folder ``out``, or on the screen when there is none."""
    from umkm_stats import keeping

    if out is None:
        terminal.plain(text.rstrip("\n"))
        return None
    target = out / "claims.yaml"
    keeping.write_text(target, text, overwrite=overwrite)
    terminal.say("cli.review.written", path=str(target))
    return target
