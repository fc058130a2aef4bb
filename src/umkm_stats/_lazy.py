"""Doors that load on first use: ``import umkm_stats`` stays light whatever stands behind the doors."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from umkm_stats import _threads

COMPUTING = frozenset(
    {"measurement", "mediation", "planning", "pls", "regression", "review", "screening", "sem", "study"}
)


def _rooms(package: str) -> list[str]:
    """Names of the folders of a package that hold Python files, private ones left out."""
    import pkgutil  # only when a room is asked for: the import of the package stays light

    where = importlib.import_module(package).__path__
    return [m.name for m in pkgutil.iter_modules(where) if m.ispkg and not m.name.startswith("_")]


def attach(
    package: str, doors: Mapping[str, str], *, rooms: bool = False
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package whose public names live in private modules.

    Parameters
    ----------
    package : str
        the package's ``__name__``.
    doors : Mapping[str, str]
        public name → module that defines it (absolute, or starting with "." for a file of the package).
    rooms : bool, default False
        whether subpackages are attributes too.

    Returns
    -------
    tuple[Callable[[str], Any], Callable[[], list[str]]]
        The two functions; an unknown name raises ``AttributeError`` as Python does.
    """

    def __getattr__(name: str) -> Any:
        if rooms and name not in doors and name in _rooms(package):
            return importlib.import_module(f"{package}.{name}")
        if name not in doors:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = importlib.import_module(doors[name], package)
        value = getattr(home, name)
        if isinstance(value, FunctionType) and package.rpartition(".")[2] in COMPUTING:
            value = _threads.held(value)
            setattr(home, name, value)  # the same object under both names, so that it can be pickled
        setattr(importlib.import_module(package), name, value)
        return value

    def __dir__() -> list[str]:
        return sorted({*doors, *(_rooms(package) if rooms else ())})

    return __getattr__, __dir__
