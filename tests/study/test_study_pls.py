"""The PLS route: its chapter in SmartPLS order, hypotheses on composites, idle options, run again."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from umkm_stats import fit_pls, load_instrument, read_responses, reproduce, run_study
from umkm_stats.errors import UsageError

SHOP = Path(__file__).resolve().parents[2] / "examples" / "kedai_kopi"


@pytest.fixture(scope="module", name="done")
def _done(tmp_path_factory):
    out = tmp_path_factory.mktemp("pls") / "out"
    return run_study(
        SHOP / "answers.csv", SHOP, model="M1", out=out, route="pls", draws=150, seed=4, lang="id"
    )


def text_of(study):
    """The report's words, a line a row."""
    page = study.report.read_text(encoding="utf-8")
    page = re.sub(r"<(svg|style|script).*?</\1>", "", page, flags=re.S)
    page = re.sub(r"</(tr|p|h\d|caption)>", "\n", page)
    return re.sub(r"<[^>]+>", " ", re.sub(r"</t[dh]>", " | ", page))


def test_numbers_are_those_of_the_door(done):
    part = done.results.parts["mediation_pls_M1"]
    responses = read_responses(SHOP / "answers.csv", load_instrument(SHOP))
    model = fit_pls("M1", responses)
    drawn = model.bootstrap(draws=150, seed=4, what=("paths", "indirect"))
    row = part.effects.query("effect == 'indirect' and method == 'percentile'").iloc[0]
    own = drawn.intervals(("percentile",)).query("name == 'ind:PL->KP->LY'").iloc[0]
    assert [row[c] for c in ("est", "mean", "se", "t", "p", "ci_low", "ci_high")] == pytest.approx(
        [own[c] for c in ("est", "mean", "se", "t", "p", "ci_low", "ci_high")], abs=1e-12
    )
    assert not [name for name in done.results.parts if "latent" in name or "scores" in name]


def test_sections_stand_in_smartpls_order(done):
    said = text_of(done)
    order = [
        "Distribusi Jawaban",
        "Outer Model",
        "Validitas Konvergen",
        "Validitas Diskriminan",
        "Reliabilitas Konstruk",
        "Inner Model",
        "Uji Multikolinearitas",
        "Koefisien Determinasi",
        "Uji Kecocokan Model",
        "Pengaruh Langsung",
        "Pengaruh Tidak Langsung",
        "Pengujian Hipotesis",
    ]
    body = said[said.index("Sumber") if "Sumber" in said else said.index("Outer Model", 3000) :]
    places = [said.rindex(words) if words == "Pengujian Hipotesis" else said.index(words) for words in order]
    assert places == sorted(places)
    for head in ("Original sample (O)", "Sample mean (M)", "STDEV", "T statistics", "rho_c", "HI95"):
        assert head in body
    loading = f"{done.results.parts['mediation_pls_M1'].model.loadings['est'].iloc[0]:.3f}".replace(".", ",")
    assert loading in said


def test_hypotheses_rest_on_composites(done):
    table = done.tidy()
    tested = table[table["verdict"] != "not_testable"]
    assert set(tested["basis"]) == {"pls"}
    assert tested["decides"].all()


def test_it_runs_again(done):
    assert reproduce(done.folder).same
    script = (done.folder / "analysis.py").read_text(encoding="utf-8")
    assert "route='pls'" in script
    assert "fit_pls(" in script
    compile(script, "analysis.py", "exec")


def test_options_that_mean_nothing_are_refused(tmp_path):
    for given in (
        {"estimator": "MLR"},
        {"measurement": "dimension_means"},
        {"missing": "fiml"},
        {"intervals": ["monte_carlo"]},
    ):
        with pytest.raises(UsageError) as caught:
            run_study(SHOP / "answers.csv", SHOP, out=tmp_path / "x", route="pls", **given)
        assert caught.value.code == "STU080"
    with pytest.raises(UsageError) as caught:
        run_study(SHOP / "answers.csv", SHOP, out=tmp_path / "x", route="amos")
    assert caught.value.code in ("GEN001", "GEN002")
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
def test_what_the_study_file_says_beside_is_told(tmp_path):
    (tmp_path / "study.yaml").write_text(
        "schema: umkm-study/1\nroute: pls\nestimator: MLR\nintervals: [percentile, monte_carlo]\n",
        encoding="utf-8",
    )
    done = run_study(
        SHOP / "answers.csv", SHOP, out=tmp_path / "o", study=tmp_path / "study.yaml", draws=60, seed=1
    )
    told = {note.code for note in done.results.parts["mediation_pls_M1"].notes}
    assert {"STU081", "STU082", "PLS190"} <= told


@pytest.mark.slow
def test_command_line(tmp_path):
    words = [
        sys.executable,
        "-m",
        "umkm_stats",
        "analyze",
        str(SHOP / "answers.csv"),
        "--instrument",
        str(SHOP),
    ]
    run = subprocess.run(
        [*words, "--out", str(tmp_path / "o"), "--route", "pls", "--draws", "40", "--seed", "1"],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert "PLS composites" in run.stdout
