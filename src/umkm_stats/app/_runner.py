"""The run: one child process with the very command that the page shows; its state stands on disk."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from typing import IO, Any

from umkm_stats.app._folder import COLUMNS, INSTRUMENT, MAP, RESULTS, RUN, STUDY, Folder
from umkm_stats.errors import UmkmError

STEPS = ("read", "measure", "mediation", "report")
GRACE = 1.0
FOLLOWED = (
    "--json",
    "--progress",
    "jsonl",
    "--stop-with-stdin",
)  # how it speaks, nothing of what it computes


class Runner:
    """Starts, follows and cancels the one run of a folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._cancelled = False
        self._live: dict[str, Any] = {}
        self._data: dict[str, Any] = {}

    def command(self) -> list[str]:
        """The words after ``umkm-stats``; paths are relative to the folder."""
        answers = self.folder.answers
        name = f"data/{answers.name}" if answers else "data/jawaban.csv"
        out = ["analyze", name, "--instrument", INSTRUMENT, "--out", RESULTS, "--study", STUDY]
        if self.folder.map.is_file():
            out += ["--map", MAP]
        sheet = self.folder.state.get("sheet")
        if sheet:
            out += ["--sheet", str(sheet)]
        return out

    def start(self, lang: str) -> None:
        """Start the run; APP010 when one is under way."""
        with self._lock:
            if self.running():
                raise UmkmError("APP010")
            self._cancelled = False
            self.folder.path(RESULTS)  # refused when a link stands there
            words = self.command()
            env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
            self._live = {
                # of the results that stay until this run is done
                "main": self.state().get("main", []),
                "data": self.state().get("data"),
                "status": "running",
                "step": "read",
                "steps": {},
                "started": time.time(),
                "lang": lang,
            }
            self._store()
            self._data = self._taken()
            self._child = subprocess.Popen(
                [sys.executable, "-m", "umkm_stats", *words, *FOLLOWED],
                cwd=self.folder.root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=env,
            )
            threading.Thread(target=self._follow, args=(self._child,), daemon=True).start()

    def _taken(self) -> dict[str, Any]:
        """Name and rows of the answers, and when they were handed in: what this run computes from."""
        record, state = self.folder.read_own(COLUMNS), self.folder.state
        taken = str(state.get("taken") or "").replace("T", " ")
        return {"name": str(state.get("name") or ""), "rows": record.get("n_rows"), "taken": taken}

    def running(self) -> bool:
        """Whether the child of this process is at work."""
        return self._live.get("status") == "running"

    def state(self) -> dict[str, Any]:
        """status (none, running, done, failed, cancelled, killed), steps, started, ended, error."""
        if self._live:
            return dict(self._live)
        kept = self.folder.read_own(RUN)
        if kept.get("status") == "running":  # the page that ran it is gone, and its child with it
            kept["status"] = "killed"
        return kept or {"status": "none", "steps": {}}

    def cancel(self) -> None:
        """End the child, kindly and then at once."""
        with self._lock:
            child = self._child
            if child is None or child.poll() is not None:
                return
            self._cancelled = True
            with contextlib.suppress(OSError):
                child.terminate()
            try:
                child.wait(GRACE)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(OSError):
                    child.kill()
                child.wait(GRACE)
            self.sweep()

    def sweep(self) -> None:
        """Finish or clear what a run that was killed left half put in place; the old results stay."""
        from umkm_stats.study._folder import claimed

        with contextlib.suppress(UmkmError), claimed(self.folder.results):
            pass

    def _store(self) -> None:
        kept = {key: value for key, value in self._live.items() if key != "steps"}
        with contextlib.suppress(UmkmError):
            self.folder.write_own(RUN, kept)

    def _follow(self, child: subprocess.Popen[bytes]) -> None:
        """Read the child's lines until it ends, then say how it ended."""
        assert child.stdout is not None
        assert child.stderr is not None
        answer: list[bytes] = []
        reader = threading.Thread(target=_drain, args=(child.stdout, answer), daemon=True)
        reader.start()
        rest = ""
        for line in child.stderr:
            told = _json(line)
            if told is not None and "step" in told:
                steps = {**self._live["steps"], str(told["step"]): told}
                self._live = {**self._live, "steps": steps, "step": str(told["step"])}
            elif told is None and line.strip():
                rest = line.decode("utf-8", "replace").strip()[:400]
        code = child.wait()
        reader.join(GRACE)
        with contextlib.suppress(OSError):
            if child.stdin:
                child.stdin.close()
        ended: dict[str, Any] = {"code": code, "ended": time.time()}
        said = _json(b"".join(answer)) or {}
        if code == 0:
            ended |= {"status": "done", "main": said.get("main", []), "data": self._data}
        elif self._cancelled:
            ended["status"] = "cancelled"
        else:
            ended |= {"status": "failed", "error": said.get("error"), "said": rest}
            self.folder.log(f"run ended with {code}")
        self._live = {**self._live, **ended}
        self._store()


def _drain(stream: IO[bytes], into: list[bytes]) -> None:
    into.extend(stream)


def _json(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
