"""Variables named on the spot: --iv, --mediator, --dv, on an instrument with or without models."""

import json
from pathlib import Path

import numpy as np
import pytest

from umkm_stats import UsageError, draft_instrument, load_instrument, reproduce, run_study
from umkm_stats.cli import main
from umkm_stats.study import Writing

COFFEE = Path(__file__).resolve().parents[2] / "examples" / "kedai_kopi"
CALL = {"draws": 60, "seed": 4, "cross_check": False, "writing": Writing(files=False)}


def test_a_drafted_instrument_gives_the_numbers_of_the_one_written_by_hand(tmp_path):
    by_hand = run_study(COFFEE / "answers.csv", COFFEE, out=tmp_path / "a", **CALL)
    path = draft_instrument(COFFEE / "answers.csv").save(tmp_path)
    drafted = run_study(
        COFFEE / "answers.csv",
        path,
        out=tmp_path / "b",
        roles={"x": ["PL"], "m": ["KP"], "y": ["LY"]},
        **CALL,
    )
    for basis in ("scores", "latent"):
        a, b = (s.results.get(f"mediation_{basis}_M1").effects for s in (by_hand, drafted))
        columns = ["est", "ci_low", "ci_high"]
        assert np.allclose(a[columns].astype(float), b[columns].astype(float), rtol=1e-10, equal_nan=True)
    a, b = (s.results.get("reliability").tidy()["alpha"] for s in (by_hand, drafted))
    assert list(a) == list(b)


def test_labels_count_regression_without_m_and_the_folder_reruns(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "sys.argv",
        [
            "umkm-stats",
            "analyze",
            str(COFFEE / "answers.csv"),
            "--instrument",
            str(COFFEE),
            "--out",
            "out",
            "--iv",
            "kualitas pelayanan",
            "--iv",
            "KP",
            "--dv",
            "Customer loyalty",
            "--draws",
            "40",
            "--seed",
            "2",
        ],
    )
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    document = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert "regression_scores_M2" in document["parts"]
    assert document["meta"]["models"][0]["x"] == ["PL", "KP"]
    assert reproduce("out").same


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ({"x": ["PLL"], "y": ["LY"]}, "STU093"),
        ({"x": ["PL"], "m": ["KP"], "y": []}, "STU094"),
        ({"x": ["PL"], "y": ["PL"]}, "STU094"),
        ({"x": ["PL"], "z": ["KP"], "y": ["LY"]}, "GEN001"),
    ],
)
def test_names_that_make_no_model_are_refused(tmp_path, roles, code):
    with pytest.raises(UsageError) as caught:
        run_study(COFFEE / "answers.csv", load_instrument(COFFEE), out=tmp_path / "o", roles=roles, **CALL)
    assert caught.value.code == code
    assert caught.value.message("id")


def test_study_file_names_them_too(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(
        "schema: umkm-study/1\nroles: {x: [PL], y: [KP, LY]}\ndraws: 30\nseed: 1\ncross_check: false\n",
        encoding="utf-8",
    )
    done = run_study(
        COFFEE / "answers.csv", COFFEE, out=tmp_path / "o", study=path, writing=Writing(files=False)
    )
    assert done.results.meta["models"][0]["y"] == ["KP", "LY"]


def test_roles_beside_a_model_that_wins_are_told_to_be_idle(tmp_path):
    given = {**CALL, "draws": 20, "out": tmp_path / "o", "roles": {"x": ["PL"], "y": ["LY"]}}
    done = run_study(COFFEE / "answers.csv", COFFEE, model="M1", **given)
    assert [model["key"] for model in done.results.meta["models"]] == ["M1"]
    (note,) = [note for note in done.results.notes if note.code == "GEN013"]
    assert note.params["option"] == "roles"
    assert "M2" in note.message("id")
    assert note.message("en") in done.summary("en")
