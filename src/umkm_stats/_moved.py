"""Keywords that moved into an option object: the old ones work one minor version longer, with a warning."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


def outside() -> int:
    """How many frames above the warning the caller stands: wrappers of the door are stepped over."""
    level, frame = 2, sys._getframe(2)
    while frame is not None and frame.f_code.co_name in ("holding", "taking"):
        level, frame = level + 1, frame.f_back  # type: ignore[assignment]
    return level


def moved(**groups: type) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a door take keywords that now are fields of one of its option objects.

    Parameters
    ----------
    groups : type
        argument of the door → the frozen dataclass it takes. A keyword that the door does not have and a
        dataclass does is put into that object; every other unknown keyword stays the door's ``TypeError``.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Paper:
    ...     size: str = "A4"
    >>> @moved(paper=Paper)
    ... def draw(*, paper: Paper = Paper()) -> str:
    ...     return paper.size
    >>> draw(paper=Paper(size="A5"))
    'A5'
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     draw(size="A3"), told[0].category.__name__
    ('A3', 'DeprecationWarning')
    """

    def around(door: Callable[P, R]) -> Callable[P, R]:
        here = set(inspect.signature(door).parameters)
        home = {
            field.name: (argument, kind)
            for argument, kind in groups.items()
            for field in dataclasses.fields(kind)
            if field.name not in here
        }

        @functools.wraps(door)
        def taking(*args: Any, **given: Any) -> R:
            found: dict[str, dict[str, Any]] = {}
            for name in [name for name in given if name in home]:
                argument, kind = home[name]
                warnings.warn(
                    f"{door.__name__}({name}=...) is now "
                    f"{door.__name__}({argument}={kind.__name__}({name}=...)); "
                    "the old keyword goes with the next minor version",
                    DeprecationWarning,
                    stacklevel=outside(),
                )
                found.setdefault(argument, {})[name] = given.pop(name)
            for argument, values in found.items():
                start = given.get(argument)
                given[argument] = (
                    groups[argument](**values) if start is None else dataclasses.replace(start, **values)
                )
            return cast("Callable[..., R]", door)(*args, **given)

        return cast("Callable[P, R]", taking)

    return around
