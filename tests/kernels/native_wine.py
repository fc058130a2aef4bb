"""The wheel's Windows libraries, run under Wine, and their numbers beside those of this machine's libraries.

    python tests/kernels/native_wine.py                     # make wine-check: makes the wheels, then compares
    python tests/kernels/native_wine.py --wheels FOLDER     # with the wheels that are in FOLDER
    python tests/kernels/native_wine.py --libraries FOLDER  # with libraries that another compiler made
    python tests/kernels/native_wine.py --arm               # the Linux wheel for ARM under QEMU, nothing else

Each library is taken out of the wheel that the build hook made for its system. A program beside it loads it
and calls every function that it exports with the arguments that small fits gave to this machine's library of
the same variant. The Linux wheel's libraries are run too, without Wine: what they give is what the same
compiler makes of the same sources, so they tell a difference of compilers from one of systems.

Ends with 0 when all agree, 1 when a number, a symbol or an import is not as it should be, 2 for wrong use, 3
when it could not be done because something is not installed: then nothing was shown.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import platform
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from umkm_stats.native import _build, _load

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from kernels import native_calls as calls_of  # noqa: E402

PROGRAM = Path(__file__).with_suffix(".cpp")
SAME, DIFFERENT, NOT_DONE = 0, 1, 3
EVERY_WINDOWS = ("kernel32.dll", "ntdll.dll", "ucrtbase.dll", "msvcrt.dll", "api-ms-win-crt-")
"""What a library may import: the kernel, and the C runtimes that are part of Windows since version 10."""
RELATIVE, UNITS, LEVEL, EXACT = "relative to the largest", "standard errors", "absolute", "equal"
LIMITS = {RELATIVE: 1e-10, UNITS: 1e-7, LEVEL: 1e-9, EXACT: 0.0}
"""Largest difference let pass, by what it is measured in. A draw is certified within 1e-7 standard errors."""
MEASURES = {
    "free": UNITS,
    "gradient": LEVEL,
    "value": LEVEL,
    "scaled": LEVEL,
    "extent": LEVEL,
    "end": EXACT,
    "safe": EXACT,
    "rho": LEVEL,
    "variance": LEVEL,
}
"""Of written arrays; integers are equal, all others relative. ``rounds``, the evaluations that a draw took,
is not judged: the last bit may decide on one more."""
UNJUDGED = ("rounds",)


class NotDoneError(Exception):
    """Something that is needed is not installed."""


class WrongError(Exception):
    """A wheel or the program was not made, or a wheel does not hold what it should."""


@dataclass(slots=True)
class Found:
    """Differences of an entry point: what they are measured in -> the largest and where it is; whether all
    results have the same bits, those that are not judged too."""

    gaps: dict[str, tuple[float, str]]
    bits: bool = True

    @property
    def good(self) -> bool:
        return all(size <= LIMITS[measure] for measure, (size, _) in self.gaps.items())

    def add(self, size: float, measure: str, name: str) -> None:
        if size > self.gaps.get(measure, (-1.0, ""))[0]:
            self.gaps[measure] = size, name

    def __str__(self) -> str:
        if self.bits:
            return "the same bits"
        parts = [
            f"{size:.1e} {measure} ({name}){'' if size <= LIMITS[measure] else ' ABOVE'}"
            for measure, (size, name) in self.gaps.items()
            if size
        ]
        return ", ".join(parts) or "other evaluations"


def imports_and_exports(data: bytes) -> tuple[list[str], list[str]]:
    """Names of the libraries that a 64-bit Windows library needs, and of the functions that it offers."""
    head = struct.unpack_from("<I", data, 0x3C)[0]
    sections, optional = (
        struct.unpack_from("<H", data, head + 6)[0],
        struct.unpack_from("<H", data, head + 20)[0],
    )
    if data[head : head + 4] != b"PE\0\0" or struct.unpack_from("<H", data, head + 24)[0] != 0x20B:
        raise ValueError("not a 64-bit Windows library")
    table = [struct.unpack_from("<IIII", data, head + 32 + optional + 40 * k) for k in range(sections)]

    def at(address: int) -> int:
        for size, start, raw, place in table:
            if start <= address < start + max(size, raw):
                return int(address - start + place)
        raise ValueError("an address outside the sections")

    def text(address: int) -> str:
        place = at(address)
        return data[place : data.index(b"\0", place)].decode()

    directories = head + 24 + 112
    exported, imported = (struct.unpack_from("<I", data, directories + 8 * k)[0] for k in (0, 1))
    offers: list[str] = []
    if exported:
        count, _, names = struct.unpack_from("<III", data, at(exported) + 24)
        offers = [text(struct.unpack_from("<I", data, at(names) + 4 * k)[0]) for k in range(count)]
    needs: list[str] = []
    place = at(imported) if imported else 0
    while place and (name := struct.unpack_from("<I", data, place + 12)[0]):
        needs.append(text(name))
        place += 20
    return needs, offers


def gap(name: str, found: np.ndarray, expected: np.ndarray, sound: np.ndarray | None) -> tuple[float, str]:
    """The largest difference of one written array and its measure; of draws only those that ended well."""
    measure = EXACT if expected.dtype.kind in "iu" else MEASURES.get(name, RELATIVE)
    if sound is not None and name != "end":
        found, expected = found[sound], expected[sound]
    if found.tobytes() == expected.tobytes() or not expected.size:
        return 0.0, measure
    if not (np.isfinite(found) == np.isfinite(expected)).all():
        return np.inf, measure
    both = np.isfinite(expected)
    apart = np.where(both, np.abs(np.where(both, found, 0.0) - np.where(both, expected, 0.0)), 0.0)
    if measure == UNITS:
        spread = expected.std(axis=0)
        apart = apart / np.where(spread > 0.0, spread, 1.0)
    elif measure == RELATIVE:
        apart = apart / max(float(np.abs(expected[both]).max()), np.finfo(float).tiny)
    return float(apart.max()), measure


def compared(ours: list[calls_of.Call], theirs: list[calls_of.Call]) -> tuple[dict[str, Found], list[str]]:
    """Entry point -> differences, and faults in words."""
    found: dict[str, Found] = {}
    faults = []
    if len(ours) < len(theirs):
        faults.append(f"the program ended in call {len(ours) + 1}: {theirs[len(ours)].name}")
    for made, known in zip(ours, theirs, strict=False):
        faults += [f"{made.name} {text}" for k, text in enumerate(calls_of.FAULTS) if made.faults >> k & 1]
        ends = known.written.get("end")
        sound = None if ends is None else (ends == 0) & (made.written["end"] == 0)
        here = found.setdefault(made.name, Found({}))
        here.add(float(made.result != known.result), EXACT, "result")
        here.bits &= made.result == known.result
        for name, expected in known.written.items():
            here.bits &= made.written[name].tobytes() == expected.tobytes()
            if name not in UNJUDGED:
                here.add(*gap(name, made.written[name], expected, sound), name)
    return found, faults


def wheels(folder: Path, targets: tuple[str, ...]) -> None:
    """The wheels for some systems, as ``make wheels`` makes them."""
    for module in ("ziglang", "build", "hatchling"):
        if importlib.util.find_spec(module) is None:
            raise NotDoneError(f"the Python package {module} is not installed")
    order = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    for target in targets:
        env = {**os.environ, "UMKM_WHEEL_TARGET": target}
        ran = subprocess.run(order, env=env, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise WrongError(f"the wheel for {target} was not made:\n{(ran.stdout + ran.stderr)[-2000:]}")


def unpacked(folder: Path, into: Path, targets: tuple[str, ...]) -> str:
    """The libraries of the wheels in ``folder``, each wheel with all of its system and no other; the name of
    the first wheel."""
    names = []
    for target in targets:
        _, machine, system, tag = _build.TARGETS[target]
        found = sorted(folder.glob(f"*-py3-none-{tag}.whl"))
        if len(found) != 1:
            raise NotDoneError(f"one wheel for {tag} is needed in {folder}, there are {len(found)}")
        wanted = {f"umkm_stats/native/{_build.file_name(name, system)}" for name in _build.VARIANTS[machine]}
        with zipfile.ZipFile(found[0]) as wheel:
            held = {name for name in wheel.namelist() if name.endswith((".dll", ".so", ".dylib"))}
            if held != wanted:
                raise WrongError(f"{found[0].name} holds {', '.join(sorted(held)) or 'no library'}")
            for name in held:
                (into / Path(name).name).write_bytes(wheel.read(name))
        names.append(found[0].name)
    return names[0]


def program(folder: Path, target: str) -> Path:
    """The program that calls a library, for the system of ``target``."""
    out = folder / ("native_wine.exe" if target.startswith("windows") else "native_wine")
    name = _build.TARGETS[target][0]
    order = [sys.executable, "-m", "ziglang", "c++", "-target", name, "-nostdlib++", "-std=c++17", "-O1"]
    ran = subprocess.run([*order, str(PROGRAM), "-o", str(out)], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise WrongError(f"{PROGRAM.name} was not compiled:\n{ran.stderr[-2000:]}")
    return out


def wine_words() -> list[str]:
    """The command that starts a Windows program."""
    for name in ("wine64", "wine", "/usr/lib/wine/wine64"):
        if found := shutil.which(name):
            return [found]
    raise NotDoneError("Wine is not installed (Debian: apt-get install wine wine64)")


@contextlib.contextmanager
def wine(folder: Path) -> Iterator[dict[str, str]]:
    """Environment of a Windows of its own in ``folder``, closed afterwards."""
    words = wine_words()
    env = {**os.environ, "WINEPREFIX": str(folder / "wine"), "WINEARCH": "win64", "WINEDEBUG": "-all"}
    env["WINEDLLOVERRIDES"] = "mscoree=;mshtml=;winemenubuilder.exe="
    ran = subprocess.run(
        [*words, "wineboot", "-i"], env=env, capture_output=True, text=True, check=False, timeout=600
    )
    if ran.returncode:
        raise NotDoneError(f"Wine does not start: {ran.stderr[-500:]}")
    try:
        yield env
    finally:
        server = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        subprocess.run([server, "-k"], env=env, capture_output=True, check=False, timeout=60)


def played(
    words: list[str],
    library: Path,
    calls: list[calls_of.Call],
    folder: Path,
    env: dict[str, str] | None = None,
) -> list[calls_of.Call]:
    """The same calls made by a program in the library."""
    (folder / "calls").write_bytes(calls_of.Tape.written(calls))
    results = folder / "results"
    results.unlink(missing_ok=True)
    order = [*words, str(library), "calls", "results"]
    try:
        ran = subprocess.run(
            order, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=600
        )
    except subprocess.TimeoutExpired as error:
        raise WrongError(f"{library.name}: the program did not end in ten minutes") from error
    made = calls_of.Tape.read(calls, results.read_bytes() if results.exists() else b"")
    if ran.returncode:
        said = f"{library.name}: the program ended with {ran.returncode}: {ran.stderr[-500:].strip()}"
        if len(made) == len(calls):
            raise WrongError(said)
        sys.stdout.write(f"  {said}\n")
    return made


def told(
    title: str,
    calls: list[calls_of.Call],
    found: dict[str, Found],
    beside: dict[str, Found],
    faults: list[str],
) -> bool:
    """Print the table of one library and its faults; whether there are none."""
    counts = Counter(call.name for call in calls)
    sys.stdout.write(f"{title}\n")
    for name in sorted(counts):
        other = f" | {beside[name]}" if name in beside else ""
        sys.stdout.write(f"  {name:22s}{counts[name]:4d} calls   {found.get(name, 'NOT CALLED')}{other}\n")
    above = [f"{name}: {one}" for name, one in (*found.items(), *beside.items()) if not one.good]
    for text in dict.fromkeys([*faults, *above]):
        sys.stdout.write(f"  FAULT {text}\n")
    return not faults and not above


def judged(
    variant: str, dll: Path, own: Path | None, words: list[str], env: dict[str, str], folder: Path
) -> bool:
    """Print the table of one Windows library; whether all is as it should be."""
    needs, offers = imports_and_exports(dll.read_bytes())
    known = calls_of.record(variant)
    called = {call.name for call in known}
    faults = [
        f"imports {name}, which not every Windows has"
        for name in needs
        if not name.lower().startswith(EVERY_WINDOWS)
    ]
    faults += [f"{name} is exported and was not called" for name in sorted(set(offers) - called)]
    faults += [f"{name} was called and is not exported" for name in sorted(called - set(offers))]
    there = played([*words, str(folder / "native_wine.exe")], dll, known, folder, env)
    found, wrong = compared(there, known)
    faults += wrong
    beside: dict[str, Found] = {}
    if own is not None:
        native = played([str(folder / "native_wine")], own, known, folder)
        beside, wrong = compared(there, native)
        faults += wrong
        away, wrong = compared(native, known)
        faults += [f"Linux wheel: {text}" for text in wrong]
        faults += [f"Linux wheel: {name}: {one}" for name, one in away.items() if not one.good]
    title = f"{dll.name} ({dll.stat().st_size:,} bytes) imports {', '.join(needs)}"
    return told(title, known, found, beside, faults)


def zig() -> str:
    """Version of the cross compiler."""
    if importlib.util.find_spec("ziglang") is None:
        raise NotDoneError("the Python package ziglang is not installed")
    order = [sys.executable, "-m", "ziglang", "version"]
    return "zig " + subprocess.run(order, capture_output=True, text=True, check=False).stdout.strip()


def here() -> None:
    """Whether this machine has what the libraries are compared with."""
    if platform.system() != "Linux" or _build.processor() != "x86_64":
        raise NotDoneError("this needs Linux on an x86-64 processor")
    lacking = sorted(set(_build.variants()) - set(_load.available()))
    if lacking:
        why = ", ".join(f"{name} ({_load._state(name)})" for name in lacking)
        raise NotDoneError(f"no library of this machine for {why}; python -m umkm_stats.native build")


def checked(given: Path | None, libraries: Path | None) -> int:
    """The Windows libraries; how it ended."""
    here()
    words, compiler = wine_words(), zig()
    targets = ("windows-x86_64", "linux-x86_64")
    with tempfile.TemporaryDirectory(prefix="umkm-wine-") as name:
        folder = Path(name)
        if libraries is not None:
            for path in (libraries / _build.file_name(variant, "Windows") for variant in _build.variants()):
                if not path.is_file():
                    raise NotDoneError(f"there is no {path}")
                shutil.copy(path, folder)
            source = str(libraries)
        else:
            if given is None:
                wheels(folder, targets)
            source = unpacked(given or folder, folder, targets)
            program(folder, "linux-x86_64")
        program(folder, "windows-x86_64")
        good = True
        with wine(folder) as env:
            order = [*words, "--version"]
            ran = subprocess.run(order, env=env, capture_output=True, text=True, check=False)
            sys.stdout.write(f"{ran.stdout.strip()} · {compiler} · {source}\n")
            sys.stdout.write("differences from this machine's library | from the Linux wheel's\n")
            for variant in _build.variants():
                dll, so = (folder / _build.file_name(variant, system) for system in ("Windows", "Linux"))
                good &= judged(variant, dll, None if libraries else so, words, env, folder)
    return ended(good)


def armed(given: Path | None) -> int:
    """The Linux wheel's library for ARM, beside the SSE2 one here: a register holds two numbers in both."""
    here()
    compiler, emulator, root = zig(), shutil.which("qemu-aarch64"), Path("/usr/aarch64-linux-gnu")
    if emulator is None or not root.is_dir():
        raise NotDoneError("QEMU is not installed (Debian: apt-get install qemu-user libc6-arm64-cross)")
    targets = ("linux-aarch64",)
    with tempfile.TemporaryDirectory(prefix="umkm-arm-") as name:
        folder = Path(name)
        if given is None:
            wheels(folder, targets)
        source = unpacked(given or folder, folder, targets)
        words = [emulator, "-L", str(root), str(program(folder, targets[0]))]
        known = calls_of.record("sse2")
        for call in known:
            if call.name == "umkm_avx2":
                call.result = 0
        library = folder / _build.file_name("neon", "Linux")
        found, faults = compared(played(words, library, known, folder), known)
        ran = subprocess.run([emulator, "--version"], capture_output=True, text=True, check=False)
        sys.stdout.write(f"{ran.stdout.splitlines()[0]} · {compiler} · {source}\n")
        good = told(f"{library.name}: differences from this machine's SSE2 library", known, found, {}, faults)
    return ended(good)


def ended(good: bool) -> int:
    sys.stdout.write("all as it should be\n" if good else "NOT as it should be\n")
    return SAME if good else DIFFERENT


def main() -> int:
    """Exit code of the check."""
    parser = argparse.ArgumentParser(description="The libraries of wheels for other systems, run.")
    parser.add_argument("--wheels", type=Path, help="folder of the wheels; without it they are made")
    parser.add_argument("--libraries", type=Path, help="folder of Windows libraries of another compiler")
    parser.add_argument("--arm", action="store_true", help="the Linux wheel for ARM under QEMU instead")
    given = parser.parse_args()
    try:
        return armed(given.wheels) if given.arm else checked(given.wheels, given.libraries)
    except NotDoneError as error:
        sys.stdout.write(f"not checked: {error}\n")
        return NOT_DONE
    except WrongError as error:
        sys.stdout.write(f"{error}\n")
        return DIFFERENT


if __name__ == "__main__":
    sys.exit(main())
