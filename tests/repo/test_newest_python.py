"""Every source file compiles without a warning on Pythons newer than any this machine has.

The npm package pyodide carries CPython 3.14 and 3.15 compiled to WebAssembly; ``make newest`` installs it.
Without it the test says so and is skipped. Nothing but the compiler is asked: numpy is not there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(__file__).parent / "node"
FOLDERS = ("src", "tests", "examples", "benchmarks", "instruments", "docs/_build")


def compiled(package: str, files: list[Path]) -> dict[str, object]:
    done = subprocess.run(
        ["node", str(NODE / "compile.mjs"), package],
        input="\n".join(map(str, files)),
        capture_output=True,
        text=True,
        cwd=NODE,
        timeout=600,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.14", "3.15"])
def test_all_sources_compile_without_a_warning(version: str, tmp_path: Path) -> None:
    package = f"python-{version}"
    if shutil.which("node") is None or not (NODE / "node_modules" / package).is_dir():
        pytest.skip("node or the npm package pyodide is not installed (make newest)")
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    outdated = tmp_path / "outdated.py"
    outdated.write_text('PATTERN = "\\d"\ntry:\n    pass\nfinally:\n    while True:\n        break\n')
    found = compiled(package, [*files, outdated])
    assert str(found["python"]).startswith(version)
    assert found["files"] == len(files) + 1
    faults = found["faults"]
    assert isinstance(faults, list)
    ours = [one for one in faults if str(outdated) not in one]
    assert not ours, "\n".join(ours)
    assert len(faults) > len(ours), "a file with an invalid escape must be warned about"
    print(f"Python {found['python']}: {len(files)} files compile without a warning")  # noqa: T201
