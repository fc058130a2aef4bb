"""Which message codes the library itself made while the tests ran.

A code counts when an error, note, reason or finding that bears it is made by code of the library: not when a
test writes the code or makes such an object by hand. Child processes of the tests are watched too (see
``tests/child/sitecustomize.py``), and the workers of pytest-xdist write into the same folder.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.machinery
import os
import re
import sys
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

CODE = re.compile(r"[A-Z]{3}\d{3}")
FOLDER = "UMKM_CODES_MET"
LIBRARY = str(Path(__file__).resolve().parents[1] / "src" / "umkm_stats") + os.sep
_seen: set[str] = set()


def bears_code(kind: Any) -> bool:
    """Whether objects of the class carry a message code: errors, and dataclasses with a field ``code``."""
    if not isinstance(kind, type):
        return False
    if dataclasses.is_dataclass(kind):
        return any(field.name == "code" for field in dataclasses.fields(kind))
    return issubclass(kind, Exception) and kind.__name__ == "UmkmError"


def maker(frame: FrameType | None, made: Any) -> str:
    """The file whose code made the object: the first frame that is no constructor of it."""
    while frame is not None and frame.f_code.co_name in ("__init__", "__post_init__", "watched"):
        if frame.f_locals.get("self", made) is not made:
            break
        frame = frame.f_back
    return "" if frame is None else frame.f_code.co_filename


def watch(kind: type) -> None:
    """Let the class tell which codes it was made with."""
    plain = kind.__init__  # type: ignore[misc]

    @functools.wraps(plain)
    def watched(self: Any, *args: Any, **given: Any) -> None:
        plain(self, *args, **given)
        code = getattr(self, "code", None)
        if not isinstance(code, str) or code in _seen or not CODE.fullmatch(code):
            return
        if maker(sys._getframe(1), self).startswith(LIBRARY):
            _seen.add(code)
            told = os.environ.get(FOLDER)
            if told and os.path.isdir(told):
                with open(os.path.join(told, f"{os.getpid()}.txt"), "a", encoding="utf-8") as stream:
                    stream.write(f"{code}\t{os.environ.get('PYTEST_CURRENT_TEST', '')}\n")

    kind.__init__ = watched  # type: ignore[misc]


def dress(module: ModuleType) -> None:
    """Watch every class of a freshly loaded module of the library that bears a code."""
    for kind in list(vars(module).values()):
        if bears_code(kind) and kind.__module__ == module.__name__ and "__init__" in vars(kind):
            watch(kind)


class Watcher:
    """Finds the library's modules as Python does, and dresses them once they are loaded."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "umkm_stats" and not name.startswith("umkm_stats."):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                dress(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def install() -> None:
    """Watch this process, modules already loaded included."""
    if any(isinstance(finder, Watcher) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, Watcher())  # type: ignore[arg-type]
    for name, module in list(sys.modules.items()):
        if name == "umkm_stats" or name.startswith("umkm_stats."):
            dress(module)


def met(folder: Path) -> dict[str, str]:
    """Code → the test that met it, from what every process wrote."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            code, _, test = line.partition("\t")
            found.setdefault(code, test.partition(" ")[0])
    return found


def catalogue(root: Path) -> set[str]:
    """Every code that has a message."""
    import tomllib

    texts = (root / "src" / "umkm_stats" / "messages" / "en").glob("*.toml")
    return {
        key
        for path in texts
        for key in tomllib.loads(path.read_text(encoding="utf-8"))
        if CODE.fullmatch(key)
    }
