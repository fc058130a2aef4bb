"""The kernel that computed a study stands in its manifest and computes again where it can."""

import json
import shutil

import pytest

from umkm_stats import reproduce, run_study
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import path
from umkm_stats.study import _manifest, _reproduce

MADE_BY = path.kernel()


@pytest.fixture
def copy(study, place, tmp_path):
    """The study folder with its inputs, somewhere else."""
    for name in ("answers.csv", "instrument.yaml"):
        shutil.copy(place / name, tmp_path / name)
    shutil.copytree(study.folder, tmp_path / "out")
    return tmp_path / "out"


def _told(copy, kernel):
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["kernel"] = kernel
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_the_kernel_stands_in_the_manifest_and_not_in_the_results(copy):
    assert json.loads((copy / "manifest.json").read_text(encoding="utf-8"))["kernel"] == MADE_BY
    results = (copy / "results.json").read_text(encoding="utf-8")
    assert '"kernel"' not in results
    assert "native avx2" not in results


@pytest.mark.parametrize("told", path.known())
def test_the_manifests_kernel_computes_again(copy, monkeypatch, told):
    seen = []
    before = _manifest.results_of(copy)
    monkeypatch.setattr(_reproduce, "_again", lambda *given: (seen.append(path.kernel()), before)[1])
    _told(copy, told)
    outcome = reproduce(copy)
    assert seen == [told]
    assert outcome.kernel == (told, told)
    assert "kernel" not in outcome.summary("en")
    assert path.kernel() == MADE_BY  # as it was before


def test_another_kernel_is_said_and_agrees_to_a_millionth_of_the_standard_error(copy):
    """A study told to be of a kernel that is not here, computed by one and then by the other way."""
    _told(copy, "native far-away")
    with path.using("numpy"):
        outcome = reproduce(copy)
    assert outcome.same, outcome.table
    assert outcome.kernel == ("native far-away", "numpy")
    for lang in ("en", "id"):
        said = outcome.summary(lang)
        assert "native far-away" in said
        assert "1e-06" in said.replace("\N{MINUS SIGN}", "-")
    assert outcome.to_dict()["kernel"] == ["native far-away", "numpy"]


def test_a_difference_beyond_a_millionth_is_still_found(copy, monkeypatch):
    now = _manifest.results_of(copy)
    row = next(row for row in now["parts"]["mediation_latent_M1"]["effects"] if row.get("se"))
    row["est"] += 2e-6 * row["se"]
    monkeypatch.setattr(_reproduce, "_again", lambda *given: now)
    _told(copy, "native far-away")
    assert len(reproduce(copy, tolerance=0.0).table) == 1
    row["est"] -= 1.5e-6 * row["se"]
    assert reproduce(copy, tolerance=0.0).same


def test_another_seed_is_another_value(copy, monkeypatch):
    """Within 1e-8 of its size, and so it counted as equal."""
    now = _manifest.results_of(copy)
    before = _manifest.results_of(copy)
    found = next(part for part in now["parts"].values() if part.get("seed") is not None)
    twin = next(part for part in before["parts"].values() if part.get("seed") is not None)
    twin["seed"], found["seed"] = 2**40, 2**40 + 1
    monkeypatch.setattr(_manifest, "results_of", lambda _: before)
    monkeypatch.setattr(_reproduce, "_again", lambda *given: now)
    outcome = reproduce(copy)
    assert [place.rpartition(".")[2] for place in outcome.table["place"]] == ["seed"]


def test_a_kernel_that_is_no_text_is_refused(copy):
    _told(copy, 7)
    with pytest.raises(UmkmError) as caught:
        reproduce(copy)
    assert caught.value.code == "STU031"


def test_a_kernel_that_is_not_there_stops_a_study_before_it_reads(place, tmp_path, monkeypatch):
    monkeypatch.setenv(path.VARIABLE, "gpu")
    with pytest.raises(UmkmError) as caught:
        run_study(place / "answers.csv", place / "instrument.yaml", out=tmp_path / "out")
    assert caught.value.code in ("GEN001", "GEN002")
    assert "numpy" in str(caught.value)  # what may be asked for
    assert not (tmp_path / "out").exists()
