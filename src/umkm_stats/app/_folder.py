"""The folder that one app works in: fixed names, no links, every change written whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from umkm_stats import atomic
from umkm_stats.errors import Place, UmkmError

INSTRUMENT, STUDY, MAP = "instrument.yaml", "study.yaml", "map.yaml"
DATA, RESULTS, OWN = "data", "hasil", ".app"
ANSWERS = "jawaban"
STATE, COLUMNS, DRAFT, RUN, LOG = "state.json", "columns.json", "draft.yaml", "run.json", "log.txt"
UNDO = "undo.json"
ENDINGS = (".xlsx", ".csv", ".zip", ".sav", ".dta", ".parquet", ".html", ".lss")


class Folder:
    """Paths of the folder, what stands in them, and their digest."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self._digests: dict[Path, tuple[tuple[int, int], str]] = {}
        self._parsed: dict[Path, tuple[str, Any]] = {}

    def path(self, *parts: str) -> Path:
        """A path of ours; APP004 when a link stands in its place."""
        at = self.root
        for part in parts:
            at = at / part
            if at.is_symlink():
                raise UmkmError("APP004", Place(file="/".join(parts)), {"file": "/".join(parts)})
        return at

    @property
    def instrument(self) -> Path:
        """instrument.yaml."""
        return self.path(INSTRUMENT)

    @property
    def study(self) -> Path:
        """study.yaml."""
        return self.path(STUDY)

    @property
    def map(self) -> Path:
        """map.yaml."""
        return self.path(MAP)

    @property
    def results(self) -> Path:
        """The folder that a run writes."""
        return self.path(RESULTS)

    def own(self, name: str) -> Path:
        """A file of the app itself."""
        return self.path(OWN, name)

    @property
    def answers(self) -> Path | None:
        """The copy of the answers, or None."""
        for ending in ENDINGS:
            at = self.path(DATA, ANSWERS + ending)
            if at.is_file():
                return at
        return None

    def prepare(self) -> None:
        """Make the folder and its parts; APP003 when that is not allowed."""
        try:
            for part in ((), (DATA,), (OWN,)):
                self.path(*part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self.refused(error) from None

    def refused(self, error: OSError) -> UmkmError:
        """APP003 for what the system refused."""
        problem = error.strerror or type(error).__name__
        return UmkmError("APP003", Place(file=self.root.name), {"folder": str(self.root), "problem": problem})

    def write(self, path: Path, text: str) -> None:
        """Write a text whole or not at all, and remember when."""
        try:
            atomic.write_text(path, text)
        except OSError as error:
            raise self.refused(error) from None

    def digest(self) -> str:
        """One digest of the answers and the three YAML files: what a form was made from."""
        whole = hashlib.sha256()
        for path in (self.answers, self.instrument, self.study, self.map):
            whole.update(self.digest_of(path).encode() + b"\n")
        return whole.hexdigest()[:24]

    def digest_of(self, path: Path | None) -> str:
        """SHA-256 of a file, "" when there is none; read again only when its size or time changed."""
        if path is None or not path.is_file():
            return ""
        seen = path.stat()
        mark = (seen.st_mtime_ns, seen.st_size)
        known = self._digests.get(path)
        if known is None or known[0] != mark:
            with path.open("rb") as stream:
                known = (mark, hashlib.file_digest(stream, "sha256").hexdigest())
            self._digests[path] = known
        return known[1]

    def parsed(self, path: Path, parse: Callable[[Path], Any]) -> Any:
        """What ``parse`` makes of a file, kept until the file changes. Nobody may change it."""
        digest = self.digest_of(path)
        known = self._parsed.get(path)
        if known is None or known[0] != digest:
            known = self._parsed[path] = (digest, parse(path))
        return known[1]

    def read_own(self, name: str) -> dict[str, Any]:
        """One of the app's own records; empty when it is absent or broken."""
        path = self.own(name)
        if not path.is_file():
            return {}
        found = self.parsed(path, _json)
        return dict(found) if isinstance(found, dict) else {}

    def write_own(self, name: str, record: dict[str, Any]) -> None:
        """Write one of the app's own records."""
        self.write(self.own(name), json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True))

    def note(self, **changes: Any) -> dict[str, Any]:
        """Change the state record; returns it."""
        record = {**self.read_own(STATE), **changes}
        self.write_own(STATE, {key: value for key, value in record.items() if value is not None})
        return record

    @property
    def state(self) -> dict[str, Any]:
        """The state record: original name, sheet, what was answered."""
        return self.read_own(STATE)

    def saved_at(self) -> dt.datetime | None:
        """When one of the files was last written."""
        times = [
            path.stat().st_mtime
            for path in (self.answers, self.instrument, self.study, self.map)
            if path is not None and path.is_file()
        ]
        return dt.datetime.fromtimestamp(max(times)) if times else None

    def log(self, line: str) -> None:
        """One line in the log: kinds and places of faults, never an answer."""
        with contextlib.suppress(OSError), self.own(LOG).open("a", encoding="utf-8") as stream:
            stream.write(f"{dt.datetime.now():%Y-%m-%d %H:%M:%S} {line}\n")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


@contextlib.contextmanager
def held(folder: Folder) -> Iterator[None]:
    """The folder for this process alone; APP002 when another app works in it."""
    folder.prepare()
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(atomic.locked(folder.own("lock")))
        except BlockingIOError:
            raise UmkmError("APP002", Place(file=folder.root.name), {"folder": str(folder.root)}) from None
        except OSError as error:
            raise folder.refused(error) from None
        yield
