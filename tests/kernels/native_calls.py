"""Real calls of the compiled kernels, written down with all the memory they saw, and made again elsewhere.

``declarations`` reads the entry points from the C++ sources. ``record`` computes a few small fits and keeps
every call of a library that they make: arguments, what their addresses held, and what came out. ``Tape``
writes such calls as the file that ``native_wine.cpp`` reads, and reads its results.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umkm_stats.native import _build, _draws, _dwls, _fiml, _load, _ml, _moments, _polychoric

ROOMS = (_draws, _dwls, _fiml, _ml, _moments, _polychoric)
READ, WORK, WRITTEN = range(3)
INTEGER, DOUBLE, ADDRESS, NONE = range(4)
SCALARS = {"int64_t": "I", "whole": "I", "uint64_t": "W", "double": "D"}
STRUCTURES: dict[str, Any] = {"Model": _ml._Model, "Rows": _fiml._Rows, "Draws": _fiml._Draws}
FAULTS = ("writes outside its memory", "changes what it was given", "depends on the stack", "is not there")


@dataclass(frozen=True, slots=True)
class Declared:
    """An entry point as the C++ source declares it; of each argument the name, the type without const and its
    letter (I, W, D, P), and what is done with the memory it points at."""

    name: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    letters: str
    kinds: tuple[int, ...]


def declarations() -> dict[str, Declared]:
    """Every entry point of the C++ sources."""
    found: dict[str, Declared] = {}
    for path in sorted(_build.SOURCES.glob("*.cpp")):
        text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
        for name, inside in re.findall(r"UMKM_ENTRY\s[\w\s*]*?\b(umkm_\w+)\(([^)]*)\)", text):
            given = [" ".join(one.split()) for one in inside.split(",") if one.strip() not in ("", "void")]
            names = tuple(one.rpartition(" ")[2] for one in given)
            types = tuple(one.rpartition(" ")[0].removeprefix("const ") for one in given)
            letters = "".join("P" if "*" in one else SCALARS[one] for one in types)
            kinds = tuple(
                READ if one.startswith("const ") else WORK if name in ("memory", "room") else WRITTEN
                for one, name in zip(given, names, strict=True)
            )
            found[name] = Declared(name, names, types, letters, kinds)
    return found


def table(text: str) -> dict[str, str]:
    """Entry point -> letters of its arguments, from the table of ``native_wine.cpp``."""
    rows = re.findall(r"^    (?:NUMBER|DIGITS)\((umkm_\w+)((?:, [IWDP])*)\),$", text, flags=re.M)
    return {name: letters.replace(", ", "") for name, letters in rows}


@dataclass(slots=True)
class Block:
    """Memory of one call: what it held, and at which offsets stand the addresses of other blocks."""

    kind: int
    size: int
    held: bytes
    links: list[tuple[int, int]] = field(default_factory=list)
    dtype: Any = np.float64
    shape: tuple[int, ...] = ()
    name: str = ""


@dataclass(slots=True)
class Call:
    """One call: arguments as (sort, value or number of the block), result, written arrays by their name."""

    name: str
    values: list[tuple[int, float]]
    blocks: list[Block]
    result: int = 0
    written: dict[str, NDArray[Any]] = field(default_factory=dict)
    faults: int = 0


class Recorder:
    """Keeps the calls of the libraries while it is active; what an address holds it knows from the arrays
    that pass ``pointer`` and from the structures."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.declared = declarations()
        self._arrays: dict[int, NDArray[Any]] = {}

    @contextlib.contextmanager
    def active(self) -> Iterator[Recorder]:
        pointer, keep, call = _load.pointer, _ml.MlModel._keep, _load.Entry.__call__

        def pointed(array: Any, *rest: Any) -> int:
            place = pointer(array, *rest)
            self._arrays[place] = array
            return place

        def kept(model: Any, values: Any) -> int:
            place = keep(model, values)
            self._arrays[place] = values
            return place

        def called(entry: Any, *values: Any, chosen: str = "") -> int:
            made = self._call(entry.name, values)
            made.result = call(entry, *values, chosen=chosen)
            self._after(made, values)
            return made.result

        try:
            for room in ROOMS:
                room.pointer = pointed
            _ml.MlModel._keep, _load.Entry.__call__ = kept, called
            yield self
        finally:
            for room in ROOMS:
                room.pointer = pointer
            _ml.MlModel._keep, _load.Entry.__call__ = keep, call

    def _call(self, name: str, values: tuple[Any, ...]) -> Call:
        known = self.declared[name]
        made = Call(name, [], [])
        groups = 0
        for k, (value, letter, kind) in enumerate(zip(values, known.letters, known.kinds, strict=True)):
            if letter == "D":
                made.values.append((DOUBLE, float(value)))
            elif letter != "P":
                made.values.append((INTEGER, int(value)))
            elif value is None:
                made.values.append((NONE, 0))
            else:
                kept = STRUCTURES.get(known.types[k].rstrip("*"))
                if kept is _ml._Model:
                    groups = _ml._Model.from_address(value).groups
                    number = self._structures(made, kept, value, 1)
                elif kept is not None:
                    number = self._structures(made, kept, value, groups)
                elif known.types[k].count("*") == 2:
                    number = self._table(made, value, groups)
                else:
                    number = self._plain(made, value, kind, known.names[k])
                made.values.append((ADDRESS, number))
        return made

    def _plain(self, made: Call, place: int, kind: int = READ, name: str = "") -> int:
        array = self._arrays[place]
        held = array.tobytes() if kind == READ else b""
        made.blocks.append(Block(kind, array.nbytes, held, [], array.dtype, array.shape, name))
        return len(made.blocks) - 1

    def _table(self, made: Call, place: int, count: int) -> int:
        made.blocks.append(Block(READ, 8 * count, bytes(8 * count)))
        number = len(made.blocks) - 1
        for k, value in enumerate((ctypes.c_void_p * count).from_address(place)):
            made.blocks[number].links.append((8 * k, self._plain(made, value)))
        return number

    def _structures(self, made: Call, kept: Any, place: int, count: int) -> int:
        size = ctypes.sizeof(kept)
        made.blocks.append(Block(READ, size * count, ctypes.string_at(place, size * count)))
        number = len(made.blocks) - 1
        for k in range(count):
            one = kept.from_address(place + k * size)
            for name, kind in kept._fields_:
                if kind is not ctypes.c_void_p:
                    continue
                value = getattr(one, name)
                inner = name == "group"
                other = (
                    self._structures(made, _ml._Group, value, one.groups)
                    if inner
                    else self._plain(made, value)
                )
                made.blocks[number].links.append((k * size + getattr(kept, name).offset, other))
        return number

    def _after(self, made: Call, values: tuple[Any, ...]) -> None:
        known = self.declared[made.name]
        for value, name, kind, letter in zip(values, known.names, known.kinds, known.letters, strict=True):
            if letter == "P" and kind == WRITTEN and value is not None:
                made.written[name] = self._arrays[value].copy()
        self.calls.append(made)


class Tape:
    """Calls as the file that the program reads."""

    @staticmethod
    def written(calls: list[Call]) -> bytes:
        parts = [struct.pack("<q", len(calls))]
        for call in calls:
            parts.append(struct.pack("<32sq", call.name.encode(), len(call.values)))
            for sort, value in call.values:
                form = "<qd" if sort == DOUBLE else "<qQ" if value > 2**63 - 1 else "<qq"
                parts.append(struct.pack(form, sort, value))
            parts.append(struct.pack("<q", len(call.blocks)))
            for block in call.blocks:
                parts += [struct.pack("<qqq", block.kind, block.size, len(block.links)), block.held]
                parts += [struct.pack("<qq", *link) for link in block.links]
        return b"".join(parts)

    @staticmethod
    def read(calls: list[Call], results: bytes) -> list[Call]:
        """The same calls as they ended there; fewer when the program ended before the last."""
        out: list[Call] = []
        at = 0
        for call in calls:
            if at == len(results):
                break
            result, faults = struct.unpack_from("<qq", results, at)
            at += 16
            made = Call(call.name, call.values, call.blocks, result, {}, faults)
            for block in call.blocks:
                if block.kind == WRITTEN:
                    count = block.size // np.dtype(block.dtype).itemsize
                    array = np.frombuffer(results, block.dtype, count, at).reshape(block.shape)
                    made.written[block.name] = array
                    at += block.size
            out.append(made)
        return out


def record(variant: str, draws: int = 40) -> list[Call]:
    """Calls of every entry point of a variant, from small fits and their draws.

    One group and several, equal parameters, exogenous observed variables, a cycle, residual covariances;
    missing values; ordered answers; counts of strata and in two bytes; what the loader asks.
    """
    import pandas as pd

    from umkm_stats import fit, native
    from umkm_stats.kernels import path
    from umkm_stats.kernels.sem.many import ml

    rng = np.random.Generator(np.random.Philox(key=31))
    n, items = 110, [f"v{k}" for k in range(1, 7)]
    eta = rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, 2))
    values = np.repeat(eta, 3, axis=1) * 0.8 + 0.7 * rng.normal(size=(n, 6))
    data = pd.DataFrame(values, columns=items).assign(x=eta[:, 0] + rng.normal(size=n), z=rng.normal(size=n))
    data = data.assign(y=0.5 * data["x"] + rng.normal(size=n), g=np.where(np.arange(n) % 3 == 0, "a", "b"))
    data = data.assign(w=0.4 * data["y"] + 0.5 * data["z"] + rng.normal(size=n))
    holes = data.copy()
    holes[items] = holes[items].mask(rng.random((n, 6)) < 0.12)
    steps = pd.DataFrame(np.digitize(values, [-1.2, -0.3, 0.4, 1.2]), columns=items)
    two = "f =~ v1 + v2 + v3\ng =~ v4 + v5 + v6\n"
    fits = (
        (two + "g ~ f", data, {}),
        (two + "g ~ x\nf ~ x", data, {"meanstructure": True}),
        (two, data, {"group": "g", "group_equal": ["loadings", "intercepts"]}),
        (two + "v1 ~~ v4", data, {}),
        ("y ~ x + w\nw ~ z + y", data, {}),
        (two + "g ~ f + x\nf ~ x", holes, {"missing": "fiml"}),
        (two, holes, {"missing": "fiml", "group": "g"}),
        (two + "g ~ f", steps, {"estimator": "WLSMV", "ordered": items}),
    )
    recorder = Recorder()
    with path.using(variant), recorder.active():
        library = _load._opened(variant)[0]
        assert library is not None, f"no library of the variant {variant}"
        for name, result in (
            ("umkm_abi", _build.ABI),
            ("umkm_digest", _signed(_build.digest())),
            ("umkm_avx2", int(library.umkm_avx2())),
        ):
            recorder.calls.append(Call(name, [], [], result))
        strata = np.repeat([4, 7], [4, 7]).astype(np.uint32), np.repeat([0, 4], [4, 7]).astype(np.uint32)
        native.draw_counts(2**63 + 5, 3, 101, 19, 77, dtype=np.uint16)
        native.draw_counts(2**64 - 1, 2**33, 0, 256, 11, purpose=2, span=strata[0], start=strata[1])
        native.weighted_sums(rng.integers(0, 5, (6, 300)).astype(float), rng.normal(size=(300, 14)))
        for number, (text, frame, options) in enumerate(fits):
            made = fit(text, frame, **options).bootstrap(draws=draws, seed=7)  # type: ignore[arg-type]
            if number == 0:
                kernel = made.engine.kernel  # draws from starts of their own
                task, _ = ml.MlBatch.of(kernel.search.model, kernel._moments(made.source.sample(0, 0, draws)))
                free = np.tile(kernel.search.begin.free, (draws, 1))
                starts = free * (1.0 + 0.1 * rng.normal(size=free.shape))
                ml.compiled_from(kernel.search.compiled, task, starts)
    return recorder.calls


def _signed(digits: str) -> int:
    number = int(digits, 16)
    return number - 2**64 if number >= 2**63 else number
