"""``umkm-stats power`` from the words to the exit code."""

import json

import pytest

from umkm_stats.cli import main

MODEL = "m ~ a*.39*x; y ~ b*.39*m + 0*x; ab := a*b"


def run(capsys, *words):
    with pytest.raises(SystemExit) as stop:
        main(["power", *words])
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def test_curve_as_text_and_json(capsys, tmp_path):
    file = tmp_path / "model.txt"
    file.write_text(MODEL.replace("; ", "\n"), encoding="utf-8")
    words = ("--n", "40", "--n", "60", "--reps", "30", "--draws", "40", "--seed", "3")
    code, said, _ = run(capsys, str(file), *words, "--lang", "id")
    assert code == 0
    assert "n = 60, bootstrap persentil: kekuatan uji 0," in said
    code, there, _ = run(capsys, MODEL, *words, "--json")
    found = json.loads(there)
    assert code == 0
    assert found["seed"] == 3
    assert {row["effect"] for row in found["curve"]} >= {"indirect", "ab"}
    assert found["options"]["n"] == [40, 60]


def test_search_and_a_small_population(capsys):
    code, said, _ = run(
        capsys,
        MODEL,
        "--target",
        "0.8",
        "--interval",
        "joint",
        "--reps",
        "400",
        "--seed",
        "2",
        "--eligible",
        "50",
        "--lang",
        "en",
    )
    assert code == 0
    assert "for a power of 0.80" in said
    assert "Only 50 units are eligible" in said


def test_instrument_and_folder(capsys, tmp_path):
    words = (
        "umkm_inovasi",
        "--n",
        "100",
        "--reps",
        "5",
        "--draws",
        "20",
        "--seed",
        "1",
        "--measurement",
        "scores",
        "--out",
        str(tmp_path / "p"),
    )
    code, said, _ = run(capsys, *words, "--lang", "en")
    assert code == 0
    assert "PI -> OI -> NP" in said
    assert (tmp_path / "p" / "power.csv").is_file()
    assert run(capsys, *words, "--lang", "en")[1] == said


def test_wrong_words_have_exit_code_2(capsys, tmp_path):
    (tmp_path / "model.txt").write_bytes(b"m ~ .4*x \xff\xfe\x81")
    code, _, err = run(capsys, str(tmp_path / "model.txt"), "--lang", "en")
    assert (code, "PLN144" in err) == (2, True)
    code, _, err = run(capsys, MODEL, "--interval", "bootstrap", "--lang", "en")
    assert code == 2
    assert "GEN00" in err
    code, _, err = run(capsys, "no_such_instrument", "--lang", "en")
    assert code in (1, 2)
    assert err


def test_options_of_the_other_question_are_said_to_be_idle(capsys):
    few = ("--reps", "30", "--interval", "joint", "--seed", "1")
    words = ("--path", "x -> m -> y", "--eligible", "500", "--scheduler", "tcp://h:1")
    _, there, _ = run(capsys, MODEL, "--n", "40", *few, *words, "--json")
    idle = [note["params"]["option"] for note in json.loads(there)["option_notes"]]
    assert idle == ["--path", "--eligible", "--scheduler"]
    search = ("--target", "0.8", "--n", "40", "--reps", "400", "--seed", "2", "--interval", "joint")
    _, said, _ = run(capsys, MODEL, *search, "--interval", "delta", "--lang", "id")
    assert "--n = [40] tidak mengubah apa pun" in said
    assert "--interval = delta tidak mengubah apa pun" in said
    _, there, _ = run(capsys, MODEL, "--n", "40", *few, "--json")
    assert json.loads(there)["option_notes"] == []
