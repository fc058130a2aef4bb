"""Every YAML and JSON file a user can hand in is read, or refused with a code."""

import json
import os
import random
from pathlib import Path

import pytest

from damaged_texts import CLAIMS, MAP, STUDY, mutated
from umkm_stats import guarded
from umkm_stats.errors import UmkmError
from umkm_stats.instrument import load_instrument
from umkm_stats.responses import read_map
from umkm_stats.review import check_claims
from umkm_stats.study import _manifest, _pack, _settings, read_study_file


def manifest(path: Path) -> None:
    told = _manifest.read(path.parent)
    _settings.settings_of(told)
    _manifest.state(path.parent, {**told, "files": {}})


KINDS = {
    "instrument.yaml": load_instrument,
    "study.yaml": read_study_file,
    "claims.yaml": check_claims,
    "map.yaml": read_map,
    "manifest.json": manifest,
    "results.json": lambda path: _manifest.results_of(path.parent),
    "moments.json": lambda path: _pack.read_moments(path.parent),
}


@pytest.fixture(scope="module")
def texts(study, instrument):
    return {
        "instrument.yaml": Path(instrument.origin).read_text(encoding="utf-8"),
        "study.yaml": STUDY,
        "claims.yaml": CLAIMS,
        "map.yaml": MAP,
        "results.json": (study.folder / "results.json").read_text(encoding="utf-8")[:20_000],
        "manifest.json": (study.folder / "manifest.json").read_text(encoding="utf-8"),
        "moments.json": (study.folder / "moments.json").read_text(encoding="utf-8"),
    }


def many(texts, folder: Path, count: int, seed: int) -> dict[str, int]:
    draw = random.Random(seed)
    told: dict[str, int] = {}
    for number in range(count):
        name = list(KINDS)[number % len(KINDS)]
        path = folder / name
        path.write_bytes(mutated(texts[name], draw))
        try:
            KINDS[name](path)
        except UmkmError as error:
            told[error.code] = told.get(error.code, 0) + 1
            said = [error.message("en"), error.message("id"), error.remedy("id")]
            if not all(said[:2]):
                pytest.fail(f"{error.code} says nothing")
        except Exception as error:
            kept = folder / f"fault-{number}-{name}"
            path.replace(kept)
            pytest.fail(f"{type(error).__name__} from {kept}: {error}")
    return told


def test_damaged_files_are_read_or_refused_with_a_code(texts, tmp_path):
    """350 of them, or as many as UMKM_FUZZ_FILES says (make fuzz: 20 000)."""
    count = int(os.environ.get("UMKM_FUZZ_FILES", "350"))
    told = many(texts, tmp_path, count, 20261128)
    assert sum(told.values()) > count // 5
    assert count < 2000 or {"GEN010", "GEN011", "GEN012"} <= set(told)


def code_of(text: str, file: str = "study.yaml") -> tuple[str, int | None]:
    with pytest.raises(UmkmError) as caught:
        guarded.parse_yaml(text, file)
    return caught.value.code, caught.value.place.line


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: &x [1]\nc: *x\n", "GEN011", 2),
        ("a: 1\nb: &x text\nc: *x\n", "GEN011", 2),
        ('a:\n  b: !!int "abc"\n', "GEN012", 2),
        ("a: !!binary aGk=\n", "GEN011", 1),
        ("a: !thing x\n", "GEN011", 1),
        ("a: 1e999\n", "GEN012", 1),
        ("a: .nan\n", "GEN012", 1),
        (f"a: {'9' * 5000}\n", "GEN012", 1),
        ('a: 1\nb: "\\ud800"\n', "GEN012", 2),
        ('a: "\\x07"\n', "GEN012", 1),
        ("? [a, b]\n: 1\n", "GEN012", 1),
        ("a: " + "[" * 40 + "]" * 40, "GEN010", 1),
        ("a: " + "[" * 9000, None, None),
    ],
)
def test_what_is_not_read_is_named_with_its_line(text, code, line):
    if code is None:
        with pytest.raises((UmkmError, guarded.Malformed)):
            guarded.parse_yaml(text, "a.yaml")
        return
    assert code_of(text) == (code, line)


def test_dates_and_words_stay_text_and_numbers_are_numbers():
    found = guarded.parse_yaml(
        "title: 2020-99-99\nno: NO\nyes: yes\nn: 0x1F\nf: 1_000.5\nz: ~\nt: true\n", "a"
    ).data
    assert found == {
        "title": "2020-99-99",
        "no": "NO",
        "yes": "yes",
        "n": 31,
        "f": 1000.5,
        "z": None,
        "t": True,
    }
    assert guarded.parse_yaml("a: 0.10\n", "a", texts=True).data == {"a": "0.10"}


def test_a_key_twice_names_both_lines():
    with pytest.raises(guarded.Twice) as caught:
        guarded.parse_yaml("a: 1\nb: 2\na: 3\n", "a")
    assert (caught.value.key, caught.value.line, caught.value.first) == ("a", 3, 1)


@pytest.mark.parametrize("text", ["NaN", "[1e999]", '{"a": "\\ud800"}', f"[{'9' * 400}]", "[" * 100_000])
def test_json_that_could_not_be_written_again_is_refused(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UmkmError) as caught:
        guarded.read_json(tmp_path / "a.json")
    assert caught.value.code in ("GEN010", "GEN012")


def test_large_files_are_refused_before_they_are_read(tmp_path):
    with (tmp_path / "study.yaml").open("wb") as stream:
        stream.truncate(3_000_000_000)
    with pytest.raises(UmkmError) as caught:
        read_study_file(tmp_path / "study.yaml")
    assert caught.value.code == "GEN010"


def test_damaged_files_through_the_commands_give_no_fault_of_the_program(texts, tmp_path, capsys):
    """A sample by the commands themselves, in process; the whole way of ``main`` with its last resort."""
    from umkm_stats.cli import main

    draw = random.Random(5)
    words = {"instrument.yaml": ["instrument", "check"], "claims.yaml": ["review"], "manifest.json": ["pack"]}
    for number in range(45):
        name = list(words)[number % 3]
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_bytes(mutated(texts[name], draw))
        target = folder if name == "manifest.json" else folder / name
        with pytest.raises(SystemExit) as stop:
            main([*words[name], str(target)])
        told = capsys.readouterr().err
        assert stop.value.code in (0, 1, 2), told
        assert "CLI009" not in told


def test_json_of_our_own_reads_back(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"a": [1, 2.5, None, "é"]}))
    assert guarded.read_json(tmp_path / "a.json") == {"a": [1, 2.5, None, "é"]}
