"""reproduce and pack: equal numbers pass, any change is found, a pack holds nobody's answers."""

import json
import shutil

import pytest

from umkm_stats import pack, reproduce
from umkm_stats.errors import UmkmError, UsageError


@pytest.fixture
def copy(study, place, tmp_path):
    """The study folder with its inputs, somewhere else."""
    for name in ("answers.csv", "instrument.yaml"):
        shutil.copy(place / name, tmp_path / name)
    shutil.copytree(study.folder, tmp_path / "out")
    return tmp_path / "out"


def test_a_study_reproduces(copy):
    outcome = reproduce(copy)
    assert outcome.same
    assert outcome.count > 1000
    assert "Reproduced" in outcome.summary("en")
    assert "Berhasil" in outcome.summary("id")
    assert outcome.to_dict()["same"] is True


def test_a_pack_of_a_folder_without_its_report_says_missing(copy):
    (copy / "report.html").unlink()
    with pytest.raises(UmkmError) as caught:
        pack(copy, out=copy.parent / "shared")
    assert caught.value.code == "STU088"
    assert "missing" in caught.value.message("en")
    assert not (copy.parent / "shared").exists()


def test_a_changed_number_is_found(copy):
    from umkm_stats.study import _manifest

    path = copy / "results.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    results["parts"]["mediation_scores_M1"]["effects"][0]["est"] += 1e-5
    path.write_text(json.dumps(results), encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        reproduce(copy)
    assert caught.value.code == "STU035"
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["results.json"] = _manifest.sha256(path)
    manifest["versions"]["numpy"] = "0.1"
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    outcome = reproduce(copy)
    assert not outcome.same
    assert list(outcome.table["place"]) == ["parts.mediation_scores_M1.effects[0].est"]
    assert outcome.table["difference"].iloc[0] == pytest.approx(1e-5, rel=1e-6)
    assert "numpy 0.1" in outcome.summary("en")


def test_changed_and_missing_inputs(copy):
    path = copy.parent / "answers.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(UmkmError) as caught:
        reproduce(copy)
    assert caught.value.code == "STU034"
    path.unlink()
    with pytest.raises(UmkmError) as caught:
        reproduce(copy)
    assert caught.value.code == "STU033"


def test_not_a_study_folder_and_broken_manifests(tmp_path):
    with pytest.raises(UsageError) as caught:
        reproduce(tmp_path)
    assert caught.value.code == "STU030"
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        reproduce(tmp_path)
    assert caught.value.code == "STU031"
    (tmp_path / "manifest.json").write_text('{"schema": "umkm-manifest/2"}', encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        reproduce(tmp_path)
    assert caught.value.code == "STU032"


def test_answers_in_memory_cannot_be_read_again(copy):
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    del manifest["inputs"]["responses"]
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        reproduce(copy)
    assert caught.value.code == "STU036"


def test_a_pack_holds_no_answers_and_reproduces_by_monte_carlo(copy, tmp_path):
    folder = pack(copy, out=tmp_path / "pack")
    names = {path.name for path in folder.rglob("*")}
    assert "answers.csv" not in names
    assert "analysis.py" not in names
    assert "where" not in json.dumps(
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    )
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    assert "Monte Carlo" in readme
    (copy.parent / "answers.csv").unlink()
    outcome = reproduce(folder)
    assert outcome.same
    assert set(outcome.intervals) == {"M1: PI -> OI -> NP", "M2: OI -> PI -> NP"}
    assert "mediation_scores_M1" in outcome.skipped
    for lang in ("en", "id"):
        assert "Monte Carlo" in outcome.summary(lang)


def test_a_pack_without_a_usable_model_says_so(copy, tmp_path):
    from umkm_stats.study import _manifest

    held = json.loads((copy / "moments.json").read_text(encoding="utf-8"))
    held["models"] = {"M1": {"unavailable": "needs the answers themselves"}}
    (copy / "moments.json").write_text(json.dumps(held), encoding="utf-8")
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["moments.json"] = _manifest.sha256(copy / "moments.json")
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    folder = pack(copy, out=tmp_path / "pack")
    with pytest.raises(UmkmError) as caught:
        reproduce(folder)
    assert caught.value.code == "STU037"
