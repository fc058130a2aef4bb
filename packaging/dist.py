"""Build what is handed out, check it, and use it as its first user would.

    python packaging/dist.py            # make dist
    python packaging/dist.py --quick    # one Python instead of every Python found

1. A source archive and a wheel for every system (without compiled kernels) into dist/.
2. ``twine check --strict``, ``check-wheel-contents`` and ``pyroma``, each pinned, in an
   environment of their own; version and citation agree.
3. On each Python found (3.11 or newer): a new environment, one line of pip with the wheel's name, and then,
   from an empty folder and with no checkout in reach, the demo (its report is looked for) and the local page
   (its first page is asked for, then it is stopped).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
CHECKERS = ("twine==7.0.0", "check-wheel-contents==0.6.3", "pyroma==5.0.1")
UNKNOWN_ADDRESSES = ("author-email", "'url' field")  # no public home yet: nothing is invented
NEWEST, OLDEST = 15, 11


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(*words: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run a command; what it printed. A failure ends the whole with the command and its output."""
    done = subprocess.run([*map(str, words)], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"failed: {' '.join(map(str, words))}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def binary(environment: Path, name: str) -> Path:
    """A program of a virtual environment on any system."""
    return environment / ("Scripts" if os.name == "nt" else "bin") / name


def outside() -> dict[str, str]:
    """The environment's variables without any that would lead back to the checkout."""
    return {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "UMKM", "VIRTUAL"))
    }


def version() -> str:
    found = re.search(
        r'__version__ = "([^"]+)"', (ROOT / "src/umkm_stats/_version.py").read_text(encoding="utf-8")
    )
    if found is None:
        raise SystemExit("no version in src/umkm_stats/_version.py")
    return found[1]


def build() -> tuple[Path, Path]:
    """Wheel and source archive, in dist/."""
    shutil.rmtree(DIST, ignore_errors=True)
    pure = os.environ | {"UMKM_NATIVE": "0"}
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", DIST, ROOT, env=pure)
    (wheel,) = DIST.glob("*.whl")
    (source,) = DIST.glob("*.tar.gz")
    expected = {f"umkm_stats-{version()}-py3-none-any.whl", f"umkm_stats-{version()}.tar.gz"}
    if {wheel.name, source.name} != expected:
        raise SystemExit(f"unexpected names: {wheel.name}, {source.name}")
    return wheel, source


def check(wheel: Path, source: Path, room: Path) -> None:
    """The rules of twine, check-wheel-contents and pyroma; one version everywhere."""
    venv.create(room / "checkers", with_pip=True)
    run(binary(room / "checkers", "python"), "-m", "pip", "install", "--quiet", *CHECKERS, env=outside())
    say(run(binary(room / "checkers", "twine"), "check", "--strict", wheel, source).strip())
    # W002: a stored version of the bundled instrument is kept whole, with files equal to today's
    say(run(binary(room / "checkers", "check-wheel-contents"), "--ignore", "W002", wheel).strip())
    rating = run(binary(room / "checkers", "pyroma"), "--min=8", source)
    said = [line for line in rating.splitlines() if line.startswith(("Your", "The ", "You "))]
    new = [line for line in said if not any(known in line for known in UNKNOWN_ADDRESSES)]
    if new:
        raise SystemExit("pyroma: " + "; ".join(new))
    say("pyroma: nothing but the addresses that the project does not have yet (home page, electronic mail)")
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        printed = re.search(r"^Version: (.+)$", archive.read(metadata).decode(), re.MULTILINE)
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    found = {version(), printed[1] if printed else "", cited[1] if cited else ""}
    if len(found) != 1:
        raise SystemExit(f"versions differ: {sorted(found)}")
    say(f"version {version()} in package, wheel and citation")


def pythons() -> list[str]:
    """Every Python this machine has, newest first, each starting and able to make environments."""
    found: dict[str, str] = {}
    for minor in range(NEWEST, OLDEST - 1, -1):
        name = f"3.{minor}"
        homes = sorted(
            Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions").glob(
                f"{name}.*/bin/python"
            )
        )
        for candidate in [shutil.which(f"python{name}"), sys.executable, *map(str, homes)]:
            if candidate is None or name in found:
                continue
            asked = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
            answer = subprocess.run([candidate, "-c", asked], capture_output=True, text=True, check=False)
            if answer.stdout.strip() == name:
                found[name] = candidate
    return list(found.values())


def demo(python: Path, folder: Path) -> None:
    """The demo from an empty folder; its report must be there."""
    run(python, "-m", "umkm_stats", "demo", "--out", "out", "--draws", "200", cwd=folder, env=outside())
    for name in ("report.html", "report.docx", "tables.xlsx", "results.json"):
        if not (folder / "out" / name).is_file():
            raise SystemExit(f"the demo did not write {name}")


def page(python: Path, folder: Path) -> None:
    """The local page answers and stops when it is told to."""
    process = subprocess.Popen(
        [str(python), "-u", "-m", "umkm_stats", "app", "--no-browser", "--folder", str(folder / "work")],
        cwd=folder,
        env=outside(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        address = None
        stop = time.monotonic() + 120
        assert process.stdout is not None
        while address is None and time.monotonic() < stop:
            line = process.stdout.readline()
            if not line and process.poll() is not None:
                break
            met = re.search(r"http://\S+", line)
            address = met[0] if met else None
        if address is None:
            raise SystemExit("the page did not say its address")
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with browser.open(address, timeout=60) as answer:
            text = answer.read().decode("utf-8")
        if "umkm" not in text.lower():
            raise SystemExit("the page is not the page")
    finally:
        process.terminate()
        process.wait(60)


def used(python: str, wheel: Path, room: Path) -> None:
    """One line installs the wheel; the demo and the page run from an empty folder."""
    started = time.perf_counter()
    name = run(python, "-c", "import platform; print(platform.python_version())").strip()
    environment, folder = room / f"env-{name}", room / f"folder of {name}"
    run(python, "-m", "venv", environment, env=outside())
    folder.mkdir()
    shutil.copy(wheel, folder)
    inside = binary(environment, "python")
    run(
        inside,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        wheel.name,
        cwd=folder,
        env=outside(),
    )
    where = run(inside, "-c", "import umkm_stats; print(umkm_stats.__file__)", cwd=folder, env=outside())
    if str(ROOT) in where:
        raise SystemExit(f"the checkout was in reach: {where}")
    demo(inside, folder)
    page(inside, folder)
    say(f"Python {name}: installed, demo and page from the wheel, {time.perf_counter() - started:.0f} s")


def main(words: list[str]) -> int:
    if "version" in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]:
        raise SystemExit("the version stands in src/umkm_stats/_version.py alone")
    wheel, source = build()
    with tempfile.TemporaryDirectory(prefix="umkm-dist-") as folder:
        room = Path(folder)
        check(wheel, source, room)
        found = pythons()
        for python in found[:1] if "--quick" in words else found:
            used(python, wheel, room)
    say(f"in {DIST.name}/: {wheel.name}, {source.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
