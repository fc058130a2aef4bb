"""The real command in a folder of its own, and ways to ask it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

LONG = 120.0  # seconds until a wait is given up; nothing waits that long where all is well


class App:
    """``umkm-stats app`` as a child process. ``address``: what it printed."""

    def __init__(self, folder: Path, *words: str, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.errors = folder.with_name(f"{folder.name}.stderr")
        self.errors.parent.mkdir(parents=True, exist_ok=True)
        env = {**os.environ, "PYTHONIOENCODING": "utf-8", **(environment or {})}
        with self.errors.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "umkm_stats", "app", "--folder", str(folder), "--no-browser", *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                env=env,
                text=True,
            )
        self.lines: list[str] = []
        self.told = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        assert self.told.wait(LONG), self.said()
        assert self.lines, self.said()
        self.address = self.lines[0].strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]+)", self.address)
        assert found, self.address
        self.port, self.token = int(found[1]), found[2]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.guests: list[httpx.Client] = []

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)
            self.told.set()
        self.told.set()

    def said(self) -> str:
        """What it wrote to standard error."""
        return self.errors.read_text(encoding="utf-8", errors="replace")

    def guest(self) -> httpx.Client:
        """A client that knows nothing yet."""
        self.guests.append(httpx.Client(base_url=self.origin, timeout=LONG, trust_env=False))
        return self.guests[-1]

    def client(self) -> Client:
        """The one client that has spent the token."""
        client = Client(self.guest())
        answer = client.http.get(f"/?token={self.token}")
        assert answer.status_code == 303, answer.text
        return client

    def stop(self, how: int = signal.SIGINT) -> int:
        """End it with a signal; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(LONG)
        self.close()
        return code

    def kill(self) -> None:
        """End it as kill -9 does."""
        self.process.kill()
        self.process.wait(LONG)
        self.close()

    def close(self) -> None:
        """Let go of the pipes and the links."""
        for guest in self.guests:
            guest.close()
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.reader.join(LONG)
        self.process.stdout.close()


class Client:
    """A browser without eyes: cookie, digest, Origin."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self.http.get(path)

    def digest(self, path: str = "/file") -> str:
        """What forms of the page carry."""
        answer = self.get(path)
        found = re.search(r'name="digest" value="([^"]*)"', answer.text)
        assert found, answer.text
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A form of ours, sent as the browser sends it."""
        page = "/" + path.strip("/").split("/")[0]
        known = data is not None and "digest" in data
        given = {} if known or page == "/lang" or path == "/run/cancel" else {"digest": self.digest(page)}
        headers = {"Origin": str(self.http.base_url).rstrip("/"), **more.pop("headers", {})}
        return self.http.post(path, data={**given, **(data or {})}, headers=headers, **more)

    def upload(self, path: Path, name: str | None = None) -> httpx.Response:
        """A file handed in on page 1."""
        with path.open("rb") as stream:
            return self.post("/file", files={"answers": (name or path.name, stream)})

    def through(self, file: Path, **choices: str) -> None:
        """From page 1 to the choices of page 5, with the guesses as they are."""
        for answer in (
            self.upload(file),
            self.post("/columns", {**self.settled(), "action": "next"}),
            self.post("/check", {"action": "next"}),
            self.post("/model", {**self.model(), "action": "next", **choices}),
        ):
            assert answer.status_code == 303, faults(answer)

    def settled(self) -> dict[str, str]:
        """Every question of page 2 ticked as answered."""
        numbers = re.findall(r'name="question-(\d+)"', self.get("/columns").text)
        return {f"question-{n}": "yes" for n in numbers} | {f"asked-{n}": "yes" for n in numbers}

    def model(self) -> dict[str, Any]:
        """The form of page 4 as it stands."""
        text = self.get("/model").text
        order = re.findall(r'name="order" value="([^"]+)"', text)
        kind = re.search(r'name="kind"[^>]*value="(\w+)" checked', text)
        parts = {
            f"part-{code}": next(iter(re.findall(r'<option value="(\w*)" selected', block)), "")
            for code, block in re.findall(r'name="part-([^"]+)">(.*?)</select>', text, re.S)
        }
        return {"order": order, "kind": kind[1] if kind else "", **parts}

    def run(self, *, draws: int, seed: int = 7, **more: str) -> httpx.Response:
        """Start the run of page 5."""
        given = {"draws": str(draws), "seed": str(seed), "style": "skripsi", "language": "id", "decimal": ","}
        return self.post("/run", {**given, "action": "run", **more})

    def state(self) -> dict[str, Any]:
        """The run's state."""
        return self.get("/run/state").json()

    def ended(self) -> dict[str, Any]:
        """The run's state when it has ended."""
        return until(lambda: (s := self.state())["status"] != "running" and s)

    def drawing(self) -> dict[str, Any]:
        """The run's state once draws are being made."""

        def at() -> Any:
            state = self.state()
            assert state["status"] == "running", state
            step = state["steps"].get("mediation")
            return step and state

        return until(at)


def until(ask: Callable[[], Any]) -> Any:
    """What ``ask`` gives as soon as it is true."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came about")


def faults(answer: httpx.Response) -> list[str]:
    """Codes of the faults on a page."""
    assert answer.status_code != 500, answer.text
    block = re.search(r'role="alert".*?</div>', answer.text, re.S)
    return re.findall(r"\b([A-Z]{3}\d{3})\b", block[0] if block else answer.text)


def children(process: int) -> list[int]:
    """Processes that a process started and that still run (Linux; empty elsewhere)."""
    out = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            parts = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(parts[1]) == process and parts[0] != "Z":
                out.append(int(entry.name))
    return out


def alive(process: int) -> bool:
    """Whether a process still runs."""
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def running(folder: Path, *words: str, **more: Any) -> Iterator[App]:
    """An app that ends with the block."""
    app = App(folder, *words, **more)
    try:
        yield app
    finally:
        if app.process.poll() is None:
            app.kill()
        else:
            app.close()


def results(folder: Path) -> Any:
    """The numbers of a finished run."""
    return json.loads((folder / "hasil" / "results.json").read_text(encoding="utf-8"))
