"""``umkm-stats questionnaire`` sets what Python sets: screening, blocks, blanks of the consent, order."""

from pathlib import Path

import pytest

from umkm_stats import load_instrument
from umkm_stats.cli import main
from umkm_stats.questionnaire import make_plan, write_questionnaire


@pytest.fixture
def run(capsys, monkeypatch):
    for name in ("UMKM_STATS_LANG", "LC_ALL", "LC_MESSAGES", "UMKM_STATS_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def call(*words):
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return int(stop.value.code or 0), told.out, told.err

    return call


def test_the_command_writes_what_python_writes(run, tmp_path):
    code, _, told = run(
        "questionnaire", "umkm_inovasi", "--format", "codebook", "--form", "panjang", "--mode", "enumerator",
        "--screening", "population", "--block", "sumber_daya", "--block", "keuangan", "--shuffle", "--seed",
        "7", "--order", "outcome_first", "--stage", "pilot", "--fill", "peneliti=Sari=Putri", "--out",
        str(tmp_path / "command"),
    )  # fmt: skip
    assert code == 0, told
    write_questionnaire(
        load_instrument("umkm_inovasi"),
        format="codebook",
        out=tmp_path / "python",
        form="panjang",
        mode="enumerator",
        screening="population",
        blocks=("sumber_daya", "keuangan"),
        shuffle=True,
        seed=7,
        order="outcome_first",
        stage="pilot",
        filled={"peneliti": "Sari=Putri"},
    )
    for path in (tmp_path / "python").glob("*codebook.csv"):
        assert path.read_bytes() == (tmp_path / "command" / path.name).read_bytes()


def test_blanks_stand_in_the_consent_text(run, tmp_path):
    code, _, _ = run(
        "questionnaire", "-f", "html", "--fill", "peneliti=Sari Dewi", "--out", str(tmp_path), "--json"
    )
    assert code == 0
    page = next(Path(tmp_path).glob("*.html")).read_text(encoding="utf-8")
    assert "Sari Dewi" in page


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fill", "Sari"), "QST221"),
        (("--fill", "=Sari"), "QST221"),
        (("--fill", "peneliit=Sari"), "QST222"),
        (("--screening", "everybody"), "GEN001"),
        (("--block", "uang"), "GEN00"),
        (("--order", "backwards"), "GEN001"),
        (("--stage", "trial"), "GEN001"),
        (("--mode", "radio"), "GEN001"),
        (("--shuffle", "--seed", "-1"), "GEN00"),
    ],
)
def test_wrong_use_is_said_and_nothing_is_written(run, tmp_path, arguments, code):
    exit_code, _, told = run("questionnaire", *arguments, "--out", str(tmp_path / "forms"))
    assert exit_code == 2
    assert code in told
    assert not list((tmp_path / "forms").glob("*"))


def test_results_first_moves_only_the_sections_of_statements():
    instrument = load_instrument("umkm_inovasi")
    plain = make_plan(instrument, form="panjang")
    first = make_plan(instrument, form="panjang", order="outcome_first")
    before, after = [p.code for p in plain.parts], [p.code for p in first.parts]
    assert sorted(before) == sorted(after)
    assert after.index("PASAR") < after.index("PRODUK") < after.index("LUAR")
    assert {asked.code for asked in plain.asked} == {asked.code for asked in first.asked}
    kept = [code for code in before if code not in {item.section for item in instrument.items}]
    assert [code for code in after if code in kept] == kept
    if "URUTAN" in {question.code for question in instrument.questions}:
        assert (plain.known["URUTAN"], first.known["URUTAN"]) == ("1", "2")
