"""Compile the C++ sources of this folder into one shared library a variant of the processor.

Only the standard library is used and nothing of the package is imported: the build hook loads this file by
its path. A compiler is whatever ``CXX`` names, or the first of c++, g++ and clang++ that is there.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ABI = 1
"""Number of the interface between the libraries and the Python side; raised when a signature changes."""
HERE = Path(__file__).resolve().parent
SOURCES = HERE / "cpp"
FLAGS = (
    "-std=c++17",
    "-O3",
    "-shared",
    "-fvisibility=hidden",
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-math-errno",
)
WARNINGS = ("-Wall", "-Wextra", "-Wno-psabi", "-Wno-unknown-warning-option")
VARIANTS: dict[str, dict[str, tuple[str, ...]]] = {
    "x86_64": {"avx2": ("-mavx2", "-mfma"), "sse2": ()},
    "arm64": {"neon": ()},
}
"""Processor → variants, the best first, each with its flags; the last runs on every such processor."""
TARGETS = {
    "windows-x86_64": ("x86_64-windows-gnu", "x86_64", "Windows", "win_amd64"),
    "macos-arm64": ("aarch64-macos.11.0", "arm64", "Darwin", "macosx_11_0_arm64"),
    "linux-x86_64": ("x86_64-linux-gnu.2.17", "x86_64", "Linux", "manylinux_2_17_x86_64"),
    "linux-aarch64": ("aarch64-linux-gnu.2.17", "arm64", "Linux", "manylinux_2_17_aarch64"),
}
"""What ``make wheels`` makes: the cross compiler's name, processor, system, tag of the wheel."""
UNALIGNED = "-Wa,-muse-unaligned-vector-move"
"""On 64-bit Windows the stack is aligned to 16 bytes and GCC does not align it further, yet may put registers
of 32 bytes there by instructions that end the program at such an address (GCC bug 54412). This has its
assembler write the instructions that take any address; Clang aligns the stack and knows no such word."""
ENDS = {"Linux": "so", "Darwin": "dylib", "Windows": "dll"}


class BuildError(Exception):
    """The compiler was not there or refused; the text says which."""


@functools.cache
def processor(machine: str | None = None) -> str:
    """``x86_64``, ``arm64``, or another processor's own name."""
    name = (machine or platform.machine()).lower()
    return {"amd64": "x86_64", "aarch64": "arm64"}.get(name, name)


def variants(machine: str | None = None) -> dict[str, tuple[str, ...]]:
    """Variant → compiler flags; empty for a processor without one, or where an address has 32 bits."""
    return VARIANTS.get(processor(machine), {}) if machine or sys.maxsize > 2**32 else {}


def file_name(variant: str, system: str | None = None) -> str:
    """Name of a variant's library."""
    return f"umkm_{variant}.{ENDS.get(system or platform.system(), 'so')}"


def digest() -> str:
    """Sixteen hexadecimal digits that tell these sources from others."""
    total = hashlib.sha256()
    for path in sorted([*SOURCES.glob("*.cpp"), *SOURCES.glob("*.h")]):
        total.update(path.name.encode() + b"\0")
        total.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()[:16]


def compiler() -> list[str]:
    """The command of a C++ compiler, empty where there is none."""
    asked = shlex.split(os.environ.get("CXX", ""))
    for words in [asked] if asked else [["c++"], ["g++"], ["clang++"]]:
        if shutil.which(words[0]):
            return words
    return []


@functools.cache
def _gnu(words: tuple[str, ...]) -> bool:
    """Whether a compiler is GCC, which some systems also call c++."""
    asked = [*words, "-dM", "-E", "-x", "c++", os.devnull]
    try:
        ran = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=600)
    except (OSError, subprocess.SubprocessError):
        return False
    return "__GNUC__" in ran.stdout and "__clang__" not in ran.stdout


def command(words: list[str], flags: tuple[str, ...], out: Path, system: str | None = None) -> list[str]:
    """The whole command that makes a library."""
    position: tuple[str, ...] = ("-fPIC",)
    if (system or platform.system()) == "Windows":
        position = (UNALIGNED,) if _gnu(tuple(words)) else ()
    known = (f"-DUMKM_ABI={ABI}", f'-DUMKM_DIGEST="{digest()}"')
    files = [str(path) for path in sorted(SOURCES.glob("*.cpp"))]
    return [*words, *FLAGS, *position, *WARNINGS, *flags, *known, *files, "-o", str(out)]


def cross(folder: Path, target: str) -> tuple[list[Path], str]:
    """The libraries of another system by the package ``ziglang``, and the wheel's tag."""
    name, machine, system, tag = TARGETS[target]
    words = [sys.executable, "-m", "ziglang", "c++", "-target", name, "-nostdlib++", "-s"]
    return build(folder, words=words, machine=machine, system=system), tag


def build(
    folder: Path = HERE,
    *,
    words: list[str] | None = None,
    machine: str | None = None,
    system: str | None = None,
    extra: tuple[str, ...] = (),
    plain: bool = False,
) -> list[Path]:
    """Compile every variant, or the ``plain`` one that every processor knows, into ``folder``; a library
    appears whole or not at all.

    Raises :class:`BuildError` without a compiler, or with the compiler's own words.
    """
    words = compiler() if words is None else words
    if not words:
        raise BuildError("no C++ compiler was found")
    known = dict(list(variants(machine).items())[-1:]) if plain else variants(machine)
    if not known:
        raise BuildError(f"no variant for the processor {processor(machine)}")
    made: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".build-") as room:
        for variant, flags in known.items():
            name = file_name(variant, system)
            order = command(words, (*flags, *extra), Path(room) / name, system)
            try:
                ran = subprocess.run(order, capture_output=True, text=True, check=False, timeout=3600)
            except (OSError, subprocess.SubprocessError) as error:
                raise BuildError(str(error)) from error
            if ran.returncode:
                raise BuildError(f"{words[0]} ended with {ran.returncode}:\n{ran.stderr.strip()}")
            made.append(Path(room) / name)
        for path in made:
            os.replace(path, folder / path.name)
    return [folder / path.name for path in made]
