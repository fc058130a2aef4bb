"""What a user installs: the wheel and the source archive carry the instruments and run from another
folder."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    root = Path(__file__).resolve().parents[2]
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(root)],
        check=True,
        capture_output=True,
        text=True,
    )
    return out


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory) -> Path:
    """The wheel's files alone in a folder; third-party libraries come from this environment."""
    folder = tmp_path_factory.mktemp("installed with blank ä")
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, where: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "import umkm_stats; assert umkm_stats.__file__.startswith(sys.path[0]), umkm_stats.__file__\n"
        "from umkm_stats.cli import main\nsys.exit(main())"
    )
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "UMKM"))}
    return subprocess.run(
        [sys.executable, "-c", code, str(installed), *argv],
        cwd=where,
        env=plain,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_wheel_holds_package_instruments_and_licence(built):
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "umkm_stats/py.typed",
        "umkm_stats/messages/id/shared.toml",
        "umkm_stats/_instruments/umkm_inovasi/instrument.yaml",
        "umkm_stats/_instruments/umkm_inovasi/SOURCES.md",
        "umkm_stats/_instruments/msme_colombia/instrument.yaml",
    ):
        assert wanted in names, wanted
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith("tests/") or "node_modules" in name]


def test_a_wheel_names_its_platform_exactly_when_it_holds_compiled_kernels(built):
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    compiled = [name for name in names if name.endswith((".so", ".dylib", ".dll"))]
    assert all(name.startswith("umkm_stats/native/umkm_") for name in compiled)
    assert bool(compiled) != wheel.name.endswith("-py3-none-any.whl")


def test_source_archive_holds_what_a_rebuild_needs(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        names = {"/".join(name.split("/")[1:]) for name in source.getnames()}
    for wanted in (
        "pyproject.toml",
        "LICENSE",
        "README.md",
        "instruments/umkm_inovasi/instrument.yaml",
        "Makefile",
        "hatch_build.py",
        "src/umkm_stats/native/cpp/ml.cpp",
    ):
        assert wanted in names, wanted


def test_the_installed_demo_runs_from_another_folder(installed, tmp_path):
    done = run(installed, tmp_path, "demo", "--out", "hasil", "--draws", "200")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "hasil" / "report.html").is_file()
    assert (tmp_path / "hasil" / "tables.xlsx").is_file()


def test_an_unknown_instrument_is_told_apart_in_the_wheel_too(installed, tmp_path):
    done = run(installed, tmp_path, "instrument", "show", "umkm_inovassi")
    assert done.returncode in (1, 2)
    assert "umkm_inovasi" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
