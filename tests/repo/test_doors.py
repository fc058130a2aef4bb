"""The public doors: they resolve, they are keyword-only, and importing the package is light."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

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


def test_rooms_are_attributes_after_the_import():
    code = """
import umkm_stats
rooms = [name for name in dir(umkm_stats) if name not in umkm_stats.__all__]
assert {"review", "planning", "responses", "study"} <= set(rooms), rooms
assert umkm_stats.review.grim("5.19", n=28, items=1).verdict == "inconsistent"
assert all(getattr(umkm_stats, room).__name__ == f"umkm_stats.{room}" for room in rooms)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_doors_take_an_instrument_by_name_path_or_value(tmp_path):
    instrument = umkm_stats.load_instrument("umkm_inovasi")
    path = Path(instrument.origin)
    answers = path.parent / "demo" / "jawaban_simulasi.xlsx"
    read = [umkm_stats.read_responses(answers, given) for given in (instrument, "umkm_inovasi", path.parent)]
    assert read[0].items.equals(read[1].items)
    assert read[0].items.equals(read[2].items)
    written = [
        umkm_stats.write_questionnaire(given, format="limesurvey", out=tmp_path / str(i)).read_bytes()
        for i, given in enumerate((instrument, "umkm_inovasi", str(path)))
    ]
    assert written[0] == written[1] == written[2]
    drawn = [
        umkm_stats.simulate_responses(given, population=None, n=5, seed=1).clean
        for given in (instrument, "umkm_inovasi", path)
    ]
    assert drawn[0].equals(drawn[1])
    assert drawn[0].equals(drawn[2])
    assert umkm_stats.instrument.trace("umkm_inovasi").codes == umkm_stats.instrument.trace(instrument).codes
    plan = umkm_stats.questionnaire.make_plan("umkm_inovasi")
    assert plan.instrument is umkm_stats.questionnaire.make_plan(instrument).instrument
    proposed = umkm_stats.responses.propose_map(answers, "umkm_inovasi")
    assert proposed.equals(umkm_stats.responses.propose_map(answers, instrument))


@pytest.mark.parametrize(
    "door",
    [
        lambda u, given, here: u.read_responses(here / "a.csv", given),
        lambda u, given, here: u.write_questionnaire(given, format="html", out=here),
        lambda u, given, here: u.simulate_responses(given, population=None, n=5, seed=1),
        lambda u, given, here: u.run_study(here / "a.csv", given, out=here / "o"),
        lambda u, given, here: u.instrument.trace(given),
        lambda u, given, here: u.responses.propose_map(here / "a.csv", given),
        lambda u, given, here: u.questionnaire.read_expert_sheets(here, given),
    ],
)
def test_what_is_no_instrument_is_refused_with_a_code(door, tmp_path):
    (tmp_path / "a.csv").write_text("XA1\n1\n", encoding="utf-8")
    with pytest.raises(umkm_stats.UsageError) as fault:
        door(umkm_stats, 3.5, tmp_path)
    assert fault.value.code == "INS126"
    assert "float" in fault.value.message("id")


def test_screening_a_path_says_to_read_it_first():
    with pytest.raises(umkm_stats.UsageError) as fault:
        umkm_stats.screen("jawaban.xlsx")
    assert fault.value.code == "GEN008"
    assert "read_responses" in fault.value.remedy("id")


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_door"):
        _ = umkm_stats.no_such_door
