"""The interface of the compiled kernels is written three times, in C++, for ctypes and for the program that
calls the Windows libraries under Wine: the three say the same, in types of one width on every system; and
that program and its comparison see what they are there to see (``native_wine.py``; no Wine is needed)."""

import ctypes
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

native = pytest.importorskip("umkm_stats.native", reason="the native folder was deleted")

from kernels import native_calls, native_wine  # noqa: E402
from umkm_stats.native import _build, _fiml, _load, _ml  # noqa: E402

DECLARED = native_calls.declarations()
ASKED_BY_LOADER = {"umkm_abi", "umkm_digest", "umkm_avx2"}
LETTERS = {ctypes.c_int64: "I", ctypes.c_uint64: "W", ctypes.c_void_p: "P", ctypes.c_double: "D"}
COMPILER = _build.compiler()


def entries():
    found = [
        one for room in native_calls.ROOMS for one in vars(room).values() if isinstance(one, _load.Entry)
    ]
    return {one.name: "".join(LETTERS[kind] for kind in one.types) for one in found}


def test_c_plus_plus_ctypes_and_the_program_declare_the_same_functions():
    declared = {name: one.letters for name, one in DECLARED.items()}
    assert len(declared) > 12
    assert native_calls.table(native_wine.PROGRAM.read_text(encoding="utf-8")) == declared
    assert entries() == {name: letters for name, letters in declared.items() if name not in ASKED_BY_LOADER}


def test_no_type_has_another_width_on_windows():
    """There ``long`` has 32 bits; an entry point takes nothing but 64-bit numbers and addresses."""
    for path in [*_build.SOURCES.glob("*.cpp"), *_build.SOURCES.glob("*.h")]:
        code = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
        assert not re.findall(
            r"\b(?:long|wchar_t|va_list|time_t|off_t)\b|\.\.\.", code.replace("<typename... A>", "")
        ), path.name
    for one in DECLARED.values():
        assert set(one.types) <= {*native_calls.SCALARS} | {kind for kind in one.types if kind.endswith("*")}
        assert not {kind.rstrip("* ").split()[0] for kind in one.types} & {
            "int",
            "unsigned",
            "size_t",
            "float",
        }


@pytest.mark.parametrize(
    ("file", "name", "kept"),
    [
        ("model.h", "Group", _ml._Group),
        ("model.h", "Model", _ml._Model),
        ("fiml.cpp", "Rows", _fiml._Rows),
        ("fiml.cpp", "Draws", _fiml._Draws),
    ],
)
def test_a_structure_has_the_same_fields_in_both_languages(file, name, kept):
    text = re.sub(r"//[^\n]*", "", (_build.SOURCES / file).read_text(encoding="utf-8"))
    (inside,) = re.findall(rf"struct {name} {{(.*?)\n}};", text, flags=re.S)
    found = []
    for line in filter(None, (" ".join(part.split()) for part in inside.split(";"))):
        for one in re.sub(r"^(?:const )?\w+ ?", "", line).replace("*", "* ").split(","):
            count = re.search(r"\[(\d+)\]", one)
            kind = ctypes.c_void_p if "*" in line else ctypes.c_int64
            found.append((re.sub(r"\[\d+\]|[* ]", "", one), kind * int(count[1]) if count else kind))
        assert line.removeprefix("const ").split()[0].rstrip("*") in ("whole", "double", "Group")
    assert found == [tuple(field) for field in kept._fields_]
    assert ctypes.sizeof(kept) == sum(ctypes.sizeof(kind) for _, kind in found)  # no gaps


@pytest.fixture(scope="module")
def calls():
    """Real calls of the variant that every processor knows."""
    if not native.available():
        pytest.skip("no compiled library fits this machine")
    variant = native.available()[-1]
    return _build.HERE / _build.file_name(variant), native_calls.record(variant, draws=6)


def test_every_entry_point_is_called(calls):
    assert {call.name for call in calls[1]} == set(DECLARED)
    for call in calls[1]:
        assert {block.name for block in call.blocks if block.kind == native_calls.WRITTEN} == set(
            call.written
        )
    draws = [call for call in calls[1] if call.name.endswith("_draws")]
    assert len(draws) >= 6
    assert all((call.written["end"] == 0).any() for call in draws)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    if not COMPILER:
        pytest.skip("no C++ compiler")
    folder = tmp_path_factory.mktemp("program")
    out = folder / "native_wine"
    order = [*COMPILER, "-std=c++17", str(native_wine.PROGRAM), "-o", str(out)]
    subprocess.run([*order, *(["-ldl"] if sys.platform == "linux" else [])], check=True)
    return out


def test_the_program_gets_the_same_bits_from_the_same_library(calls, program):
    """Also with other addresses, another stack, and memory that begins as what is no number."""
    library, known = calls
    worst, faults = native_wine.compared(
        native_wine.played([str(program)], library, known, program.parent), known
    )
    assert faults == []
    assert set(worst) == set(DECLARED)
    assert all(one.bits and one.good for one in worst.values()), worst


BAD = """
#include <stdint.h>
extern "C" int64_t umkm_abi(void) { return 77; }
extern "C" int64_t umkm_moments(int64_t draws, int64_t p, const double* sums, const double*, const double*,
                                double, double* cov, double* mean) {
    for (int64_t k = 0; k <= draws * p; ++k) mean[k] = 1.0;
    for (int64_t k = 0; k < draws * p * p; ++k) cov[k] = (double)(uintptr_t)__builtin_frame_address(0);
    *(double*)sums = 2.0;
    return 0;
}
"""


def test_a_library_that_errs_is_seen(calls, program, tmp_path):
    (tmp_path / "bad.cpp").write_text(BAD, encoding="utf-8")
    library = tmp_path / "bad.so"
    order = [*COMPILER, "-O1", "-shared", "-fPIC", str(tmp_path / "bad.cpp"), "-o", str(library)]
    subprocess.run(order, check=True)
    known = [call for call in calls[1] if call.name in ("umkm_abi", "umkm_moments", "umkm_factors")]
    worst, faults = native_wine.compared(native_wine.played([str(program)], library, known, tmp_path), known)
    assert set(faults) == {
        "umkm_moments writes outside its memory",
        "umkm_moments changes what it was given",
        "umkm_moments depends on the stack",
        "umkm_factors is not there",
    }
    assert not any(one.good for one in worst.values())


def test_a_program_that_ends_early_and_a_number_beyond_its_limit_are_seen(calls):
    known = calls[1]
    made = [*known[:-1]]
    assert native_wine.compared(made, known)[1] == [
        f"the program ended in call {len(known)}: {known[-1].name}"
    ]
    ml = next(call for call in known if call.name == "umkm_ml_draws")
    for share, good in ((1e-8, True), (1e-6, False)):
        moved = ml.written["free"] + share * ml.written["free"][ml.written["end"] == 0].std(axis=0)
        other = native_calls.Call(ml.name, ml.values, ml.blocks, ml.result, {**ml.written, "free": moved})
        (one,) = native_wine.compared([other], [ml])[0].values()
        assert (one.bits, one.good) == (False, good)
        assert one.gaps[native_wine.UNITS] == (pytest.approx(share, rel=1e-3), "free")
        assert "ABOVE" in str(one) or good
    lost = native_calls.Call(ml.name, ml.values, ml.blocks, ml.result, {**ml.written})
    lost.written["value"] = np.full_like(ml.written["value"], np.nan)
    assert not native_wine.compared([lost], [ml])[0]["umkm_ml_draws"].good


def test_what_a_windows_file_imports_is_read():
    spec = find_spec("pip")
    launcher = Path(spec.origin).parent / "_vendor/distlib/t64.exe" if spec and spec.origin else Path()
    if not launcher.is_file():
        pytest.skip("no Windows program is at hand (the launcher that pip carries)")
    needs, offers = native_wine.imports_and_exports(launcher.read_bytes())
    assert "kernel32.dll" in [name.lower() for name in needs]
    assert offers == []
    with pytest.raises(ValueError, match="64-bit Windows"):
        native_wine.imports_and_exports(b"MZ" + bytes(200))


@pytest.mark.parametrize("words", [[], ["--arm"]])
def test_without_wine_or_qemu_nothing_is_claimed(monkeypatch, capsys, words):
    monkeypatch.setattr(native_wine.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["native_wine.py", *words])
    assert native_wine.main() == native_wine.NOT_DONE
    assert native_wine.NOT_DONE not in (native_wine.SAME, native_wine.DIFFERENT)
    assert capsys.readouterr().out.startswith("not checked: ")


@pytest.mark.parametrize(
    ("says", "flag"), [("#define __GNUC__ 12", True), ("#define __GNUC__ 4\n#define __clang__ 1", False)]
)
def test_only_gcc_is_told_to_move_wide_registers_anywhere_on_windows(tmp_path, says, flag):
    script = tmp_path / "compiler.py"
    script.write_text(f"print({says!r})\n", encoding="utf-8")
    words = [sys.executable, str(script)]
    assert (_build.UNALIGNED in _build.command(words, (), tmp_path / "x.dll", "Windows")) == flag
    assert _build.UNALIGNED not in _build.command(words, (), tmp_path / "x.so", "Linux")
