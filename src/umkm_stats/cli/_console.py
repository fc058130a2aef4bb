"""What every command shares: the language, the two consoles, progress bars, and how an error is said."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from rich.console import Console
from rich.markup import escape

from umkm_stats import messages
from umkm_stats.cli import _progress
from umkm_stats.errors import UmkmError
from umkm_stats.options import one_of

Progress = Callable[[str, int, int], None]


def asked_for_language(argv: Sequence[str]) -> bool:
    """Whether the words name a language."""
    return any(word == "--lang" or word.startswith("--lang=") for word in argv)


def choose_language(argv: Sequence[str]) -> str:
    """The language of this run: ``--lang``, else ``UMKM_STATS_LANG``, else the system's when it is
    Indonesian, else English.

    Raises ``UsageError`` for a language the library does not speak.
    """
    wanted = ""
    for position, word in enumerate(argv):
        if word == "--":
            break
        if word.startswith("--lang="):
            wanted = word.removeprefix("--lang=")
        elif word == "--lang" and position + 1 < len(argv):
            wanted = argv[position + 1]
    wanted = wanted or os.environ.get("UMKM_STATS_LANG", "")
    if wanted:
        return one_of("--lang", wanted, messages.languages())
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        system = os.environ.get(name, "")
        if system:
            return (
                "id"
                if system.lower().startswith(("id_", "id.", "in_id")) or system.lower() == "id"
                else messages.FALLBACK
            )
    return messages.FALLBACK


class Terminal:
    """Standard output for results, standard error for progress and faults; ``--json`` turns the prose off."""

    asked: ClassVar[bool] = False  # whether this run named its language itself

    def __init__(self, lang: str, *, as_json: bool = False) -> None:
        self.lang = lang
        self.as_json = as_json
        self.out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self.err = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    def text(self, key: str, /, **params: Any) -> str:
        """A catalogue sentence in the language of the run."""
        return messages.text(key, self.lang, **params)

    def say(self, key: str, /, **params: Any) -> None:
        """Print a catalogue sentence, unless the run answers in JSON."""
        if not self.as_json:
            self.out.print(self.text(key, **params), markup=False)

    def plain(self, line: str = "") -> None:
        """Print a line as it is, unless the run answers in JSON."""
        if not self.as_json:
            self.out.print(line, markup=False)

    def show(self, renderable: Any) -> None:
        """Print a rich object, unless the run answers in JSON."""
        if not self.as_json:
            self.out.print(renderable)

    def answer(self, value: Any) -> None:
        """The machine answer of ``--json``: one document, sorted keys, nothing else on standard output."""
        if self.as_json:
            from umkm_stats.results import jsonable

            text = json.dumps(jsonable(value), ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
            sys.stdout.write(text + "\n")

    def fault(self, error: UmkmError) -> None:
        """Say an error with its place and its remedy, in the language of the run."""
        if self.as_json:
            self.answer({"error": error.to_dict()})
            return
        self.err.print(
            f"[bold red]{escape(self.text('cli.error', code=error.code))}[/] "
            f"{escape(error.message(self.lang))}"
        )
        remedy = error.remedy(self.lang)
        if remedy and remedy != error.code:
            self.err.print(f"{self.text('cli.advice')} {remedy}", markup=False)

    @contextlib.contextmanager
    def progress(self, kind: str = "bar") -> Iterator[Progress]:
        """A callback ``(step, done, total)`` that draws one bar a step on a terminal and nothing
        elsewhere, writes JSON lines, or says nothing."""
        if kind == "jsonl":
            yield _progress.lines()
            return
        if kind == "none" or self.as_json or not self.err.is_terminal:
            yield lambda step, done, total: None
            return
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=self.err, transient=True) as bars:
            tasks: dict[str, Any] = {}

            def advance(step: str, done: int, total: int) -> None:
                if step not in tasks:
                    try:
                        label = self.text(f"step.{step}")
                    except KeyError:
                        label = step
                    tasks[step] = bars.add_task(label, total=max(total, 1))
                bars.update(tasks[step], completed=done, total=max(total, 1))

            yield advance
