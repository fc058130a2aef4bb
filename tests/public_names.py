"""Every public function, class, method and property of the library, room by room, and what its docstring
holds."""

import dataclasses
import doctest
import importlib
import inspect
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "docs" / "_build"))
from room_pages import RETURNED

COMPUTING = ("examples", "sem", "measurement", "mediation", "pls", "regression", "planning")
ROOMS = (
    *COMPUTING,
    "instrument",
    "questionnaire",
    "responses",
    "screening",
    "review",
    "report",
    "study",
    "figures",
    "messages",
    "options",
    "results",
    "ways",
    "errors",
    "app",
    "columns",
    "guarded",
    "keeping",
    "atomic",
    "",
)
"""Where a name is looked for, first come first served; the last is the package itself."""

SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
ROLE = re.compile(r":(?:func|class|meth|attr|data|mod|exc):`")
ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*) : \S.*$")


@dataclass(frozen=True)
class Public:
    """A public name: where it stands, the object that bears the docstring, the class it belongs to."""

    room: str
    name: str
    item: Any
    home: str

    @property
    def text(self):
        """The docstring, unindented."""
        return inspect.cleandoc(self.item.__doc__ or "")

    @property
    def sections(self):
        """Heading → lines of the section."""
        parts = SECTION.split(self.text)
        return dict(zip(parts[1::2], (part.strip("\n").splitlines() for part in parts[2::2]), strict=True))

    def entries(self, *headings):
        """Names entered in the sections, in order: ``name : type`` lines with a text below each."""
        found = []
        for heading in headings:
            lines = self.sections.get(heading, [])
            for line, after in zip(lines, [*lines[1:], ""][: len(lines)], strict=True):
                if ENTRY.match(line) and after.startswith("    "):
                    found += [name.lstrip("*") for name in line.split(" : ")[0].split(", ")]
        return found

    @property
    def arguments(self):
        """What the docstring has to explain: arguments of a function, fields of a data class."""
        if inspect.isclass(self.item):
            fields = dataclasses.fields(self.item) if dataclasses.is_dataclass(self.item) else ()
            return [field.name for field in fields if not field.name.startswith("_")]
        names = list(inspect.signature(inspect.unwrap(self.item)).parameters)
        return names[1:] if self.home else names


def function(value):
    """The function behind a method, property or cached property; None for anything else."""
    if isinstance(value, property):
        value = value.fget
    value = getattr(value, "func", value)  # functools.cached_property
    value = getattr(value, "__func__", value)
    return value if inspect.isfunction(value) else None


def public_names(module):
    return getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]


def returned(path):
    module, _, name = path.rpartition(".")
    return name, getattr(importlib.import_module(f"umkm_stats.{module}"), name)


def methods(room, name, item, seen):
    """Public methods and properties of a class and of the classes of the library that it stands on."""
    found = []
    for owner in item.__mro__:
        if owner.__module__.startswith("umkm_stats"):
            for method, value in vars(owner).items():
                held = function(value)
                if held is None or not held.__module__.startswith("umkm_stats"):
                    continue
                if not method.startswith("_") and id(held) not in seen:
                    seen.add(id(held))
                    home = "" if isinstance(value, staticmethod) else name
                    found.append(Public(room, f"{owner.__name__}.{method}", held, home))
    return found


@cache
def everything():
    """All public names, each once."""
    found, seen = [], set()
    for room in ROOMS:
        module = importlib.import_module("umkm_stats." + room if room else "umkm_stats")
        named = [(name, getattr(module, name)) for name in public_names(module)]
        for name, item in [*named, *map(returned, RETURNED.get(room, ()))]:
            known = inspect.isclass(item) or (callable(item) and inspect.isfunction(inspect.unwrap(item)))
            if not known or id(item) in seen:
                continue
            if not item.__module__.startswith("umkm_stats"):
                continue
            seen.add(id(item))
            found.append(Public(room, name, item, ""))
            if inspect.isclass(item):
                found += methods(room, name, item, seen)
    return tuple(found)


def of(room):
    return [name for name in everything() if name.room == room]


def faults(public):
    """What is wrong with a docstring, in words."""
    said = []
    if not public.text:
        return ["has no docstring"]
    if ">>>" not in public.text or "Examples" not in public.sections:
        said.append("has no section Examples with a line that begins with >>>")
    if ROLE.search(public.text):
        said.append("holds a role of Sphinx, which the pages show as it stands")
    missing = set(public.arguments) - set(public.entries("Parameters", "Other Parameters", "Attributes"))
    if missing:
        said.append(f"does not explain {sorted(missing)}")
    if not inspect.isclass(public.item):
        told = public.entries("Parameters")
        if set(told) - set(public.arguments):
            said.append(f"explains {sorted(set(told) - set(public.arguments))}, which it does not take")
        elif told != [name for name in public.arguments if name in told]:
            said.append("explains its arguments in another order than it takes them")
    if not public.text.splitlines()[0].endswith((".", "?")) and not missing:
        said.append("has no first line that is a sentence")
    return said


def failures(public):
    """Examples whose output is not what stands below them; every docstring runs by itself, with no name but
    those it imports."""
    test = doctest.DocTestParser().get_doctest(public.text, {"__name__": "__main__"}, public.name, None, 0)
    said = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE, verbose=False).run(test, out=said.append)
    return "".join(said)
