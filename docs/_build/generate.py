"""Fill the generated parts of the documentation.

    python docs/_build/generate.py            # write
    python docs/_build/generate.py --check    # only say which page is out of date; exit code 1 when one is

A page holds ``<!-- generated: NAME -->`` … ``<!-- end -->``; NAME is a key of PARTS. The parity table is made
by ``parity.py`` because it runs the tests.
"""

from __future__ import annotations

import ast
import csv
import importlib
import json
import math
import re
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import get_args

from umkm_stats import __version__, messages, ways
from umkm_stats.kernels.review import conventions as reading
from umkm_stats.kernels.review import programs
from umkm_stats.review.checks import CHECKS
from umkm_stats.review.checks import _fields as fields

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.append(str(HERE))
room_pages = importlib.import_module("room_pages")

ROOT = HERE.parents[1]
DOCS = ROOT / "docs"
PACKAGE = ROOT / "src" / "umkm_stats"
ROOMS = {
    "GEN": "everywhere",
    "INS": "instrument",
    "QST": "questionnaire",
    "RSP": "responses",
    "SCR": "screening",
    "MEA": "measurement",
    "SEM": "sem",
    "REG": "regression",
    "MED": "mediation",
    "PLS": "pls",
    "PLN": "planning",
    "REV": "review",
    "RPT": "report",
    "STU": "study",
    "CLI": "cli",
    "APP": "app",
}


def cell(text: str) -> str:
    """Text for a table cell or paragraph; what stands in backticks is left as it is."""
    parts = " ".join(str(text).split()).replace("``", "`").replace("|", "\\|").split("`")
    return "`".join(
        part
        if position % 2
        else part.replace("{", "&#123;").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
        for position, part in enumerate(parts)
    )


def rows(head: tuple[str, ...], body: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in body)])


def errors() -> str:
    """Every coded error, finding and note with its remedy, English and Indonesian."""
    english, indonesian = messages.catalogue("en"), messages.catalogue("id")
    codes = sorted(key for key in english if re.fullmatch(r"[A-Z]{3}\d{3}", key))
    parts = []
    for room, name in ROOMS.items():
        mine = [code for code in codes if code.startswith(room)]
        if not mine:
            continue
        parts.append(f"## {room}: {name}\n")
        for code in mine:
            en, id_ = english[code], indonesian[code]
            parts.append(
                f"### {code}\n\n{cell(en['message'])}<br>*{cell(en.get('remedy', ''))}*\n\n"
                f"{cell(id_['message'])}<br>*{cell(id_.get('remedy', ''))}*\n"
            )
    return "\n".join(parts).replace("<br>**", "").rstrip()


def columns() -> str:
    """Every output column with its labels."""
    english, indonesian = messages.catalogue("en")["columns"], messages.catalogue("id")["columns"]
    return rows(
        ("column", "label", "what it holds", "judul", "isi"),
        [
            (
                f"`{name}`",
                *(
                    cell(part)
                    for part in (
                        english[name]["label"],
                        english[name].get("about", ""),
                        indonesian[name]["label"],
                        indonesian[name].get("about", ""),
                    )
                ),
            )
            for name in sorted(english)
        ],
    )


def layers() -> list[list[str]]:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]
    found = [[name.strip().strip("()") for name in re.split("[|:]", line)] for line in contract["layers"]]
    there = [
        [name for name in names if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()]
        for names in found
    ]
    return [names for names in there if names]


def about(room: str) -> tuple[str, int, int]:
    """First sentence of a room's docstring, its files, its lines."""
    home = PACKAGE / room
    files = sorted(home.rglob("*.py")) if home.is_dir() else [PACKAGE / f"{room}.py"]
    top = (
        ast.get_docstring(
            ast.parse((home / "__init__.py" if home.is_dir() else files[0]).read_text(encoding="utf-8"))
        )
        or ""
    )
    return top.split("\n\n")[0].replace("\n", " "), len(files), 0


def architecture() -> str:
    body = []
    for level, names in enumerate(layers(), start=1):
        for name in names:
            body.append((str(level), f"`{name}`", cell(about(name)[0])))
    return rows(("level", "room or file", "what it says of itself"), body)


def read(name: str) -> list[dict[str, str]]:
    path = ROOT / "benchmarks" / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def rate_table(name: str, column: str, wanted) -> str:
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    order: list[tuple[str, str, str]] = []
    for entry in read(name):
        key = (entry["n"], entry["a"], entry["b"])
        if not wanted(float(entry["a"]), float(entry["b"])):
            continue
        if key not in found:
            found[key] = {}
            order.append(key)
        found[key][entry["method"]] = entry[column] or "–"
    present = [
        method
        for method in ways.names()
        if any(method in cells and cells[method] != "–" for cells in found.values())
    ]
    body = []
    for key in order:
        cells = [found[key].get(method, "–") for method in present]
        body.append(
            (
                key[0],
                f"{float(key[1]):.2f}",
                f"{float(key[2]):.2f}",
                *(c if c == "–" else f"{float(c):.3f}" for c in cells),
            )
        )
    return (
        rows(("n", "a", "b", *(f"`{method}`" for method in present)), body)
        if body
        else "No figures yet: run the script."
    )


def repetitions(name: str) -> str:
    """How many samples, how exact, and where a method had to refuse some of them."""
    entries = read(name)
    counts = sorted({entry["reps"] for entry in entries}, key=int)
    widest = max((float(entry["three_se_of_reject"]) for entry in entries), default=0.0)
    lines = [
        f"Repetitions a row: {', '.join(counts)}. Three Monte Carlo standard errors of a rejection rate are "
        f"at most {widest:.3f}."
    ]
    refused = [entry for entry in entries if int(entry["used"]) < int(entry["reps"])]
    if refused:
        least = min(refused, key=lambda entry: int(entry["used"]))
        lines.append(
            f"Samples in which a method refused an interval are left out of its row: {len(refused)} of "
            f"{len(entries)} rows, at most "
            f"{int(least['reps']) - int(least['used'])} samples (`{least['method']}`, n = {least['n']}, a = "
            f"{float(least['a']):.2f}, b = {float(least['b']):.2f})."
        )
    return " ".join(lines)


def coverage_of(name: str) -> str:
    def null(a, b):
        return a * b == 0.0

    def real(a, b):
        return a * b != 0.0

    return "\n\n".join(
        [
            repetitions(name),
            "### Coverage of the 95 % interval",
            rate_table(name, "coverage", lambda a, b: True),
            "### Rejection when the indirect effect is 0 (Type I error, nominal .05)",
            rate_table(name, "reject", null),
            "### Rejection when it is not 0 (power)",
            rate_table(name, "reject", real),
        ]
    )


def coverage() -> str:
    return coverage_of("mediation_coverage.csv")


def coverage_latent() -> str:
    return coverage_of("mediation_coverage_latent.csv")


def mackinnon() -> str:
    """Rejection rates of a = b cells beside the printed ones, with the difference in standard errors of both
    sides."""
    ours = {
        (e["method"], float(e["a"]), e["n"]): e for e in read("mediation_coverage.csv") if e["a"] == e["b"]
    }
    body, apart = [], []
    for line in read("mackinnon_2002.csv"):
        for n in ("50", "100", "200", "500"):
            here = ours[line["method"], float(line["path"]), n]
            printed, found, reps = float(line[f"n{n}"]), float(here["reject"]), int(here["reps"])
            pooled = (500 * printed + reps * found) / (500 + reps)
            se = math.sqrt(pooled * (1 - pooled) * (1 / 500 + 1 / reps))
            apart.append(abs(printed - found) / se if se else 0.0)
            body.append(
                (
                    f"{float(line['path']):.2f}",
                    n,
                    line["printed_method"],
                    f"{printed:.3f}",
                    f"`{line['method']}`",
                    f"{found:.3f}",
                    f"{(found - printed) / se:+.1f}" if se else "0",
                )
            )
    text = (
        f"{sum(entry <= 2 for entry in apart)} of {len(apart)} differences lie within two standard "
        f"errors, {sum(entry <= 3 for entry in apart)} within three."
    )
    return (
        text
        + "\n\n"
        + rows(
            (
                "a = b",
                "n",
                "printed method",
                "printed",
                "method here",
                "here",
                "difference in standard errors",
            ),
            body,
        )
    )


def published() -> str:
    body = [
        (
            e["condition"],
            f"`{e['method']}`",
            e["published"],
            f"{e['power_at_published']} ± {3 * float(e['se_power']):.4f}",
            f"{e['smallest_n']} ± {3 * float(e['se_n']):.0f}",
            e["reps"],
            e["draws"],
        )
        for e in read("power.csv")
    ]
    return rows(
        (
            "paths",
            "method",
            "printed N for .80",
            "power found at that N (± 3 SE)",
            "smallest N found (± 3 SE)",
            "repetitions",
            "draws",
        ),
        body,
    )


def ordinal() -> str:
    body = [
        (
            e["categories"],
            e["shape"],
            e["n"],
            e["estimator"],
            e["samples"],
            f"{float(e['bias']):+.3f}",
            f"{float(e['se_ratio']):.2f}",
            f"{float(e['coverage']):.3f} ± {3 * float(e['coverage_se']):.3f}",
        )
        for e in read("ordinal_intervals.csv")
    ]
    return rows(
        (
            "categories",
            "answers",
            "n",
            "estimator",
            "samples used",
            "bias (true .16)",
            "mean SE / SD of estimates",
            "coverage of 95 % (± 3 SE)",
        ),
        body,
    )


def speed() -> str:
    path = ROOT / "benchmarks" / "engine_speed.json"
    if not path.is_file():
        return "No figures yet: `make bench` prints them."
    found = json.loads(path.read_text(encoding="utf-8"))
    jobs = {
        "ml27": "27 items, 3 latent variables, N = 250, ML, a draw",
        "democracy": "PoliticalDemocracy with residual covariances, a draw",
        "fiml15": "15 items, N = 250, 10 % missing, FIML, a draw",
    }
    jobs |= {f"{name}_cold": said.replace(", a draw", ", one whole fit") for name, said in jobs.items()}
    body = []
    for entry in found["table"]:
        if "lavaan" not in entry or "cpu" not in entry:
            continue
        name = jobs.get(entry["job"], entry["job"])
        body.append(
            (
                name,
                micro(entry["cpu"]),
                micro(entry["numpy"]) if "numpy" in entry else "–",
                micro(entry["lavaan"]["cpu"]),
                f"{entry['ratio']:,.0f}",
                micro(entry["floor"]) if "floor" in entry else "–",
            )
        )
    head = (
        "job (processor time)",
        "here",
        "numpy alone",
        "lavaan 0.6-14",
        "ratio",
        "floor of the arithmetic",
    )
    grown = [
        (e["grow"], str(e["items"]), str(e["n"]), str(e["draws"]), micro(e["cpu"]))
        for e in found.get("growth", [])
    ]
    parts = [
        f"Machine: {cell(found['machine'])}.",
        rows(head, body),
        "### Growth of one draw",
        rows(("grows", "items", "N", "draws", "a draw"), grown),
    ]
    if "workers" in found:
        pair = found["workers"]
        same = "the same numbers" if pair["same"] else "different numbers"
        parts.append(
            f"Two workers took {pair['two']:.2f} s where one took {pair['one']:.2f} s (wall time, {same})."
        )
    if "memory" in found:
        parts.append(f"Peak memory of {found['memory']['draws']:,} draws: {found['memory']['mib']:.0f} MiB.")
    return "\n\n".join(parts)


def speed_ordinal() -> str:
    path = ROOT / "benchmarks" / "ordinal_speed.json"
    if not path.is_file():
        return "No figures yet: `python benchmarks/ordinal_speed.py` prints them."
    found = json.loads(path.read_text(encoding="utf-8"))
    names = {"draw": "one bootstrap draw", "cold": "one whole fit"}
    body = [
        (
            said,
            micro(found[key]["cpu"]),
            micro(found[key]["numpy"]) if "numpy" in found[key] else "–",
            micro(found["lavaan"][key]["cpu"]),
            f"{found['lavaan'][key]['cpu'] / found[key]['cpu']:,.0f}",
        )
        for key, said in names.items()
    ]
    return f"Machine: {cell(found['machine'])}.\n\n" + rows(
        ("job (processor time)", "here", "numpy alone", f"lavaan {found['lavaan']['version']}", "ratio"),
        body,
    )


def micro(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:,.0f} ms"


def interval_methods() -> str:
    """Every interval method: what it needs and where it may be asked for."""
    places = get_args(ways.Where)
    body = []
    for way in ways.ALL:
        others = ", ".join(f"`{alias}`" for alias in way.aliases)
        name = f"`{way.name}`" + (f" (also {others})" if others else "")
        marks = ("yes" if place in way.where else "" for place in places)
        body.append((name, ", ".join(way.needs), *marks))
    return rows(("method", "needs", *places), body)


def conventions() -> str:
    """How programs print, a row a program: what the number is, by which formula, how to compare, how it is
    known."""
    order = {program: place for place, program in enumerate(sorted(reading.ALIASES, key=reading.title))}
    body = []
    for row in programs.ROWS:
        for maker in row.makers:
            versions = maker.name + (" (on request)" if maker.option else "")
            words = {
                part: cell(messages.text_or(f"convention.{row.key}.{part}", "", "en"))
                for part in ("number", "formula", "textbook", "seen", "says", "compare")
            }
            about = f"{words['formula']}; textbook: {words['textbook']}"
            known = cell(messages.text(row.source_for(maker.program), "en"))
            seen = known + (f"; seen {words['seen']}" if words["seen"] and not maker.source else "")
            checked = ", ".join(f"`{check}`" for check in row.checks) or "–"
            body.append(
                (
                    order[maker.program],
                    (
                        cell(versions),
                        words["number"],
                        words["says"],
                        about,
                        words["compare"],
                        seen,
                        checked,
                    ),
                )
            )
    head = (
        "program",
        "number",
        "what the table really says",
        "formula",
        "how to compare",
        "known from",
        "check",
    )
    return rows(head, [line for _, line in sorted(body, key=lambda entry: entry[0])])


def claim_fields() -> str:
    """Every kind of claim with its fields and what they hold."""
    parts = []
    for kind, check in CHECKS.items():
        body = [
            (
                f"`{name}`",
                "needed" if name in check.needed else "",
                fields.form(kind, name) if not fields.choices(name) else ", ".join(fields.choices(name)),
                cell(check.about(name)),
            )
            for name in (*check.needed, *check.optional)
        ]
        said = messages.text(f"review.kind.{kind}", "en")
        parts.append(f"### `{kind}`\n\n{said[0].upper()}{said[1:]}.\n")
        parts.append(rows(("field", "", "form", "what it holds"), body) + "\n")
    return "\n".join(parts).rstrip()


def conventions_shown() -> str:
    """Correct tables and altered digits, a row a convention."""
    found = read("review_conventions.csv")
    keys = (
        "tables",
        "numbers",
        "accused",
        "accused_without_program",
        "caught_by_textbook",
        "still_caught",
        "share",
    )
    body = [(cell(e["convention"]), cell(e["program"]), *(e[key] or "–" for key in keys)) for e in found]
    head = (
        "printed under",
        "program",
        "tables",
        "numbers",
        "accused",
        "accused, program not named",
        "altered digits the textbook catches",
        "still caught",
        "share",
    )
    return rows(head, body)


VERSIONED = (
    (ROOT / "CITATION.cff", r"^version: .+$", f"version: {__version__}"),
    *(
        (page, r"umkm_stats-[\d.]+-py3-none-any", f"umkm_stats-{__version__}-py3-none-any")
        for page in (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
    ),
    (ROOT / "packaging" / "conda" / "recipe.yaml", r'^  version: ".+"$', f'  version: "{__version__}"'),
)
CLAIMS_SCHEMA = DOCS / "schemas" / "umkm-claims-1.schema.json"

PARTS = {
    "conventions": conventions,
    "conventions_shown": conventions_shown,
    "claim_fields": claim_fields,
    "interval_methods": interval_methods,
    "errors": errors,
    "columns": columns,
    "architecture": architecture,
    "coverage": coverage,
    "coverage_latent": coverage_latent,
    "published": published,
    "mackinnon": mackinnon,
    "ordinal": ordinal,
    "speed": speed,
    "speed_ordinal": speed_ordinal,
}
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


PARTS |= {f"room_{room}": partial(room_pages.page, room) for room in room_pages.ROOMS}
AT_BUILD = (
    "errors",
    "columns",
    *(f"room_{room}" for room in room_pages.ROOMS),
)  # long, and changing with every message: filled when the site is built, not kept in the files


def filled(text: str, leave: tuple[str, ...] = ()) -> str:
    def one(match: re.Match[str]) -> str:
        made = PARTS.get(match[2])
        return match[0] if made is None or match[2] in leave else f"{match[1]}\n{made()}\n\n{match[3]}"

    return BLOCK.sub(one, text)


def fresh(page: Path) -> str:
    return filled(page.read_text(encoding="utf-8"), leave=AT_BUILD)


def on_page_markdown(markdown: str, **_: object) -> str:
    """MkDocs hook: the pages of the site always hold the newest parts."""
    return filled(markdown)


def pages() -> list[Path]:
    return [
        page
        for page in [ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
        if "<!-- generated:" in page.read_text(encoding="utf-8")
    ]


def main(words: list[str]) -> int:
    stale = []
    for page in pages():
        text = fresh(page)
        if text != page.read_text(encoding="utf-8"):
            stale.append(page.relative_to(ROOT).as_posix())
            if "--check" not in words:
                page.write_text(text, encoding="utf-8")
    schema = fields.schema_text()
    if not CLAIMS_SCHEMA.is_file() or schema != CLAIMS_SCHEMA.read_text(encoding="utf-8"):
        stale.append(CLAIMS_SCHEMA.relative_to(ROOT).as_posix())
        if "--check" not in words:
            CLAIMS_SCHEMA.write_text(schema, encoding="utf-8")
    for file, pattern, line in VERSIONED:
        text = re.sub(pattern, line, file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if text != file.read_text(encoding="utf-8"):
            stale.append(file.name)
            if "--check" not in words:
                file.write_text(text, encoding="utf-8")
    sys.stderr.write("".join(f"{name}\n" for name in stale))
    return int(bool(stale) and "--check" in words)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
