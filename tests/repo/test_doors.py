"""The public doors: they resolve, they are keyword-only, and importing the package is light."""

import inspect
import json
import subprocess
import sys

import pytest

import umkm_stats

HEAVY = {
    "pandas",
    "scipy",
    "numpy",
    "statsmodels",
    "pingouin",
    "semopy",
    "factor_analyzer",
    "openpyxl",
    "matplotlib",
    "docx",
    "sklearn",
    "pydantic",
}


def loaded_after(code: str) -> set[str]:
    script = (
        f"import sys\n{code}\nimport json; print(json.dumps(sorted({{m.split('.')[0] for m in "
        f"sys.modules}})), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(run.stderr.strip().splitlines()[-1]))


def test_import_loads_no_heavy_library():
    assert not loaded_after("import umkm_stats") & HEAVY


@pytest.mark.parametrize("argv", [["--help"], ["--lang", "id", "--help"], ["analyze", "--help"]])
def test_help_loads_no_heavy_library(argv):
    code = (
        f"sys.argv = ['umkm-stats', *{argv!r}]\ntry:\n    from umkm_stats.cli import main; "
        f"main()\nexcept SystemExit as stop:\n    assert not stop.code"
    )
    assert not loaded_after(code) & (HEAVY - {"pydantic"})


@pytest.mark.parametrize("name", sorted(set(umkm_stats.__all__) - {"__version__"}))
def test_every_public_name_resolves(name):
    door = getattr(umkm_stats, name)
    assert door.__doc__, f"{name} has no docstring"
    if inspect.isfunction(door):
        positional = [
            p for p in inspect.signature(door).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD
        ]
        assert len(positional) <= 2, f"{name} takes {len(positional)} positional arguments"


def test_all_and_lazy_table_name_the_same_things():
    assert set(umkm_stats.__all__) == set(umkm_stats._DOORS) | {"__version__"}


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_door"):
        _ = umkm_stats.no_such_door
