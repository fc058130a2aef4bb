"""Message files: the same keys and placeholders in every language, every code used and raised in a test."""

import re
import string
import subprocess
import sys
import tomllib

import pytest

import met_codes
from umkm_stats import messages

CODE = re.compile(r"\b([A-Z]{3}\d{3})\b")
ROOMS = {
    "GEN",
    "INS",
    "QST",
    "RSP",
    "SCR",
    "MEA",
    "SEM",
    "REG",
    "MED",
    "PLS",
    "PLN",
    "REV",
    "RPT",
    "STU",
    "CLI",
    "APP",
}


def entries(lang: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for path in sorted((messages.FOLDER / lang).glob("*.toml")):
        for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if key == "text":
                flat.update({f"text.{name}": entry for name, entry in value.items()})
            elif key == "columns":
                flat.update(
                    {
                        f"columns.{name}.{part}": entry
                        for name, parts in value.items()
                        for part, entry in parts.items()
                    }
                )
            else:
                flat.update({f"{key}.{part}": entry for part, entry in value.items()})
    return flat


def placeholders(sentence: str) -> set[str]:
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in string.Formatter().parse(sentence) if name}


def codes_in(folder) -> set[str]:
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        found |= {code for code in CODE.findall(path.read_text(encoding="utf-8")) if code[:3] in ROOMS}
    return found


@pytest.fixture
def catalogue_codes():
    return {key.split(".")[0] for key in entries("en") if CODE.fullmatch(key.split(".")[0])}


def test_languages_have_the_same_keys():
    english, indonesian = entries("en"), entries("id")
    assert english.keys() - indonesian.keys() == set()
    assert indonesian.keys() - english.keys() == set()


def test_languages_have_the_same_placeholders():
    english, indonesian = entries("en"), entries("id")
    different = {key for key in english if placeholders(english[key]) != placeholders(indonesian[key])}
    assert not different


def test_every_code_has_message_and_remedy(catalogue_codes):
    english = entries("en")
    assert not [code for code in catalogue_codes if not english.get(f"{code}.message")]
    assert not [code for code in catalogue_codes if f"{code}.remedy" not in english]
    assert {code[:3] for code in catalogue_codes} <= ROOMS


def test_every_code_in_the_source_has_a_text_and_every_text_is_used(root, catalogue_codes):
    used = codes_in(root / "src" / "umkm_stats")
    assert used - catalogue_codes == set()
    assert catalogue_codes - used == set()


def test_a_code_is_met_when_the_library_makes_it_and_not_when_a_test_writes_it(monkeypatch, tmp_path):
    """``conftest`` fails a whole run that left a code of the catalogue unmet; this is what it counts."""
    from umkm_stats import options
    from umkm_stats.errors import UmkmError, UsageError
    from umkm_stats.results import Note

    monkeypatch.setenv(met_codes.FOLDER, str(tmp_path))
    monkeypatch.setattr(met_codes, "_seen", set())
    UmkmError("GEN003"), UsageError("GEN001"), Note("MEA101")
    assert met_codes.met(tmp_path) == {}
    with pytest.raises(UsageError):
        options.whole("n", 0, low=1)
    assert list(met_codes.met(tmp_path)) == ["GEN003"]
    assert "test_messages.py::test_a_code_is_met" in met_codes.met(tmp_path)["GEN003"]


def test_codes_met_in_a_child_process_count_too(monkeypatch, tmp_path, root):
    monkeypatch.setenv(met_codes.FOLDER, str(tmp_path))
    command = [sys.executable, "-m", "umkm_stats", "instrument", "show", "nothing_of_that_name"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode
    assert [code for code in met_codes.met(tmp_path) if code in done.stderr]
    assert set(met_codes.met(tmp_path)) <= met_codes.catalogue(root)


WRONG_WORDS = re.compile(
    r"\b(kuisioner|kwesioner|analisa|hipotesa|omset|merk|praktek|varian(?!s)|kita|responden "
    r"s|prosentase|resiko|"
    r"non-?finansial yang|kebaikan model|aktifitas|kwalitas|jadual|ijin|silahkan|sistim|metoda)\b",
    re.IGNORECASE,
)


def test_indonesian_texts_use_the_glossary_spelling():
    wrong = {
        key: WRONG_WORDS.search(value).group()
        for key, value in entries("id").items()
        if WRONG_WORDS.search(value)
    }
    assert not wrong


def test_messages_do_not_shout():
    shouting = [
        key
        for lang in messages.languages()
        for key, value in entries(lang).items()
        if "!" in value.replace("!=", "")
    ]
    assert not shouting
