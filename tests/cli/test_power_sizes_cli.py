"""``umkm-stats power sizes`` and ``power detect`` from the words to the exit code."""

import json

import pytest

from umkm_stats.cli import main

MODEL = "m ~ a*.39*x; y ~ b*.39*m + 0*x"


def run(capsys, *words):
    with pytest.raises(SystemExit) as stop:
        main(["power", *words])
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def test_rules_with_the_simulated_size_recommended(capsys):
    code, said, _ = run(
        capsys,
        *("sizes", "--population", "500", "--error", "0.05", "--f2", "0.15", "--predictors", "2"),
        *(
            "--model",
            MODEL,
            "--reps",
            "400",
            "--seed",
            "1",
            "--response-rate",
            "0.6",
            "--lang",
            "id",
            "--json",
        ),
    )
    found = json.loads(said)
    assert code == 0
    rows = {row["formula"]: row["n"] for row in found["rows"]}
    assert (rows["slovin"], rows["f2"]) == (223, 68)
    assert found["recommended"] == rows["advised"] == found["simulation"]["answer"]["n"]
    assert found["forms"] == -(-rows["advised"] * 10 // 6)
    assert "simulasi model yang direncanakan" in found["sentence"]


def test_unknown_population_in_words(capsys):
    code, said, _ = run(capsys, "sizes", "--error", "0.1", "--lang", "id")
    assert code == 0
    assert "Lemeshow: n = 97" in said


def test_what_n_respondents_can_find(capsys, tmp_path):
    code, said, _ = run(capsys, "detect", "f2", "--n", "100", "--predictors", "2", "--lang", "id")
    assert (code, "0,0994" in said) == (0, True)
    picture = tmp_path / "power.png"
    words = ("detect", MODEL, "--n", "100", "--reps", "400", "--seed", "1", "--plot", str(picture))
    code, said, _ = run(capsys, *words, "--lang", "en")
    assert code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert str(picture) in said
    picture.write_bytes(b"mine")
    code, _, err = run(capsys, *words, "--lang", "en")
    assert (code, "CLI010" in err) == (2, True)
    assert picture.read_bytes() == b"mine"
    assert run(capsys, *words, "--overwrite")[0] == 0


def test_the_curve_as_a_picture(capsys, tmp_path):
    picture = tmp_path / "power.svg"
    words = (MODEL, "--target", "0.8", "--interval", "joint", "--reps", "300", "--seed", "1")
    code, said, _ = run(capsys, *words, "--plot", str(picture), "--lang", "id")
    assert code == 0
    assert "Ukuran sampel direncanakan" in said
    assert "<svg" in picture.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("sizes",), "PLN136"),
        ((MODEL, "--binary", "x"), "PLN165"),
        ((MODEL, "--outcome", "y=logit", "--n", "80"), "PLN159"),
        ((MODEL, "--measurement", "scores"), "PLN163"),
        (("sizes", "--model", MODEL, "--advised", "90"), "PLN152"),
        (("detect", "f2", "--n", "100"), "PLN146"),
        (("detect", "nowhere.txt", "--n", "100"), "PLN167"),
        (("detect", MODEL, "--n", "90", "--reps", "300", "--plot", "power.pdf"), "PLN153"),
        (("sizes", "--population", "many"), "CLI004"),
        ((), "CLI002"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "id"])
def test_wrong_words(capsys, words, code, lang):
    found, _, err = run(capsys, *words, "--lang", lang)
    assert (found, code in err, "Traceback" in err) == (2, True, False)
