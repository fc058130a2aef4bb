"""A study of a model without a mediator: regression on scale means first, latent variables second."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from small_study import INSTRUMENT, QUESTION
from umkm_stats import Unavailable, load_instrument, read_responses, regress, reproduce, run_study
from umkm_stats.report import main_sentences
from umkm_stats.results import StudyResults
from umkm_stats.study import Writing

CODES = tuple((f"{c}{k}", c) for c in ("PI", "OI", "NP", "KP") for k in (1, 2, 3))
HEAD, _, _ = INSTRUMENT.partition("hypotheses:")
CONSTRUCTS = "  - {code: KP, label: {id: Kepuasan, en: Satisfaction}, role: y}\nquestions:\n"
TAIL = """hypotheses:
  - {code: H1, text: {id: A., en: A.}, test: path, sign: "+", constructs: [PI, NP], models: [M1]}
  - {code: H2, text: {id: B., en: B.}, test: path, sign: "+", constructs: [OI, NP], models: [M1]}
  - {code: H3, text: {id: C., en: C.}, test: joint, constructs: [PI, OI, NP], models: [M1]}
  - {code: H4, text: {id: D., en: D.}, test: path, sign: "+", constructs: [PI, KP], models: [M1]}
  - {code: H5, text: {id: E., en: E.}, test: moderation, constructs: [PI, OI, NP], models: [M2]}
models:
  - {key: M1, title: {id: Regresi, en: Regression}, x: [PI, OI], y: [NP, KP], hypotheses: [H1, H2, H3, H4]}
  - {key: M2, title: {id: Moderasi, en: Moderation}, x: [PI], y: [NP], moderator: OI, moderates: [direct], hypotheses: [H5]}
"""  # noqa: E501


def answers(folder, n=120, bend=0.0, uneven=0.0, skew=0.0):
    rng = np.random.default_rng(77)
    x = rng.normal(size=(n, 2)) @ np.linalg.cholesky([[1, 0.3], [0.3, 1]]).T
    error = rng.normal(size=n) * np.exp(uneven * x[:, 0])
    if skew:
        error = skew * (rng.exponential(size=n) - 1)
    y = 0.5 * x[:, 0] + 0.1 * x[:, 1] + bend * x[:, 0] ** 2 + 0.7 * error
    z = 0.4 * x[:, 1] + rng.normal(size=n)
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([code for code, _ in CODES])
        latent = {"PI": x[:, 0], "OI": x[:, 1], "NP": y, "KP": z}
        table = [
            np.clip(np.round(3 + latent[c] + 0.5 * rng.normal(size=n)), 1, 5).astype(int) for _, c in CODES
        ]
        writer.writerows(np.column_stack(table).tolist())
    return folder / "answers.csv"


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regression")
    questions = "\n".join(QUESTION.format(code=code, construct=construct) for code, construct in CODES)
    text = HEAD.replace("questions:\n", CONSTRUCTS).replace("QUESTIONS", questions) + TAIL
    (folder / "instrument.yaml").write_text(text, encoding="utf-8")
    return folder


def run(place, path, out, **options):
    options = {"draws": 200, "seed": 5, "cross_check": False, "intervals": "percentile"} | options
    return run_study(path, place / "instrument.yaml", out=out, **options)


@pytest.fixture(name="study", scope="module")
def _study(place):
    return run(place, answers(place), place / "out", model=["M1", "M2"], style="skripsi")


def test_regression_of_scale_means_is_regress(study, place):
    items = read_responses(place / "answers.csv", load_instrument(place / "instrument.yaml")).items
    means = pd.DataFrame(
        {c: items[[f"{c}{k}" for k in (1, 2, 3)]].mean(axis=1) for c in ("PI", "OI", "NP", "KP")}
    )
    ours = study.results.get("regression_scores_M1")
    plain = regress(means, y=["NP", "KP"], x=["PI", "OI"], errors=ours.errors, draws=200, seed=5)
    assert_allclose(ours.coefficients["est"], plain.coefficients["est"], rtol=1e-12)
    assert_allclose(ours.intervals["ci_low"], plain.intervals["ci_low"], rtol=1e-12)
    assert ours.outcomes == ("NP", "KP")
    latent = study.results.get("mediation_latent_M1")
    assert set(latent.effects["path"]) == {"PI -> NP", "OI -> NP", "PI -> KP", "OI -> KP"}


def test_hypotheses_rest_on_the_t_test_of_the_scores(study):
    table = study.tidy()
    ours = study.results.get("regression_scores_M1").coefficients.set_index(["outcome", "term"])
    first = table[(table["code"] == "H1") & table["decides"]].iloc[0]
    assert (first["basis"], first["method"], first["verdict"]) == ("scores", "ols", "supported")
    assert_allclose(first["p"], ours.loc[("NP", "PI"), "p"])
    assert set(table[table["code"] == "H1"]["basis"]) == {"scores", "latent"}
    together = table[(table["code"] == "H3") & table["decides"]].iloc[0]
    fit = study.results.get("regression_scores_M1").fits.set_index("outcome").loc["NP"]
    assert (together["method"], together["verdict"]) == ("f", "supported")
    assert_allclose([together["est"], together["p"]], [fit["f"], fit["p"]])
    moderated = table[(table["code"] == "H5") & table["decides"]].iloc[0]
    assert moderated["path"] == "PI -> NP | OI"


def test_the_main_sentence_of_a_moderation_names_the_moderator_and_its_test(study):
    results = study.results
    meta = {**results.meta, "models": [m for m in results.meta["models"] if m["key"] == "M2"]}
    said = " ".join(main_sentences(StudyResults(results.parts, meta, ()), lang="id"))
    part = results.get("regression_scores_M2")
    p, r2 = float(part.moderation["p_product"].iloc[0]), float(part.fits["r2"].iloc[0])
    label = {code: words[0].lower() + words[1:] for code, words in results.meta["labels"]["id"].items()}
    assert f"atas {label['PI']} dengan {label['OI']} sebagai variabel moderasi" in said
    assert f"R² = {r2:.3f}".replace(".", ",") in said
    assert ("terbukti memoderasi" in said) == (p < 0.05)
    assert "Yang terbukti berkaitan" not in said
    assert "pada taraf 5%: " in " ".join(main_sentences(results, lang="id"))


def test_report_holds_the_chapter_of_a_regression(study):
    text = (study.folder / "report.html").read_text(encoding="utf-8")
    for words in (
        "Uji Asumsi Klasik",
        "Hasil Uji Normalitas",
        "Hasil Uji Multikolinearitas",
        "Hasil Uji Heteroskedastisitas (Glejser)",
        "Hasil Uji Linearitas",
        "Hasil Analisis Regresi",
        "Hasil Uji F",
        "Koefisien Determinasi",
        "F-hitung",
        "t-tabel",
        "Hasil pada Variabel Laten",
        "Analisis Regresi Moderasi",
    ):
        assert words in text, words
    assert "variabel mediasi ada" not in text
    assert "Mediasi pada" not in text
    assert "MED0" not in text
    assert "0,000)" not in text.split("Hasil Uji F")[1][:3000]
    tables = {path.stem.split("_", 1)[1] for path in (study.folder / "tables").glob("*.csv")}
    assert {"normality", "collinearity", "glejser", "linearity", "anova", "determination"} <= tables
    assert {"coefficients_NP", "coefficients_KP", "bootstrap_M1", "blocks_M2", "slopes_M2"} <= tables
    assert not tables & {"normality_M1", "coefficients_M1", "anova_M1"}, "a result of the body stands twice"
    assert "Regresi inovasi" in study.summary("id") or "Regresi kinerja" in study.summary("id")


def test_tables_read_back_the_numbers(study):
    rows = []
    for name in ("NP", "KP"):
        (path,) = (study.folder / "tables").glob(f"*_coefficients_{name}.csv")
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows += list(csv.reader(stream))
    flat = " ".join(" ".join(row) for row in rows)
    for est in study.results.get("regression_scores_M1").coefficients["est"]:
        near = [
            cell
            for row in rows
            for cell in row
            if _number(cell) is not None and abs(_number(cell) - est) < 6e-4
        ]
        assert near, (est, flat)
    document = json.loads((study.folder / "results.json").read_text(encoding="utf-8"))
    assert document["parts"]["regression_scores_M1"]["kind"] == "scores"
    assert document["parts"]["detail_regression_M1"]["checks"]


def _number(cell):
    try:
        return float(cell.replace("−", "-").replace(",", "."))
    except ValueError:
        return None


def test_it_reproduces(study):
    found = reproduce(study.folder)
    assert "none differs" in found.summary("en")


def test_english_report(place, tmp_path):
    found = run(place, place / "answers.csv", tmp_path / "out", lang="en", style="apa")
    text = (found.folder / "report.html").read_text(encoding="utf-8")
    for words in (
        "Deviation from Linearity",
        "Regression Coefficients",
        "Analysis of Variance",
        "Adjusted R²",
    ):
        assert words in text
    assert "The regression of" in found.summary("en")


def quiet(place, path, tmp_path, **options):
    return run(place, path, tmp_path / "o", writing=Writing(files=False), **options).results


def test_unequal_variance_brings_robust_errors(place, tmp_path):
    found = quiet(place, answers(tmp_path, n=200, uneven=0.5), tmp_path)
    part = found.get("regression_scores_M1")
    checks = found.get("detail_regression_M1").frame
    assert (checks[checks["check"] == "glejser"]["decision"] == "not_met").any()
    assert part.errors == "HC3"
    assert "STU085" in [note.code for note in part.notes]


def test_residuals_that_are_not_normal_bring_the_bootstrap(place, tmp_path):
    found = quiet(place, answers(tmp_path, n=200, skew=1.5), tmp_path)
    table = found.get("hypotheses").table
    row = table[(table["code"] == "H1") & table["decides"]].iloc[0]
    assert row["method"] == "percentile"


def test_a_square_that_changes_the_decision_withholds(place, tmp_path):
    from umkm_stats.study._hypotheses import recapitulate

    found = quiet(place, answers(tmp_path, n=150), tmp_path)
    instrument = load_instrument(place / "instrument.yaml")
    checks = found.get("detail_regression_M1")
    bent = checks.frame.copy()
    bent.loc[(bent["check"] == "linearity") & (bent["term"] == "PI"), "with_square"] = "change"
    parts = {
        **found.parts,
        "detail_regression_M1": type(checks)(
            bent, *[getattr(checks, n) for n in ("level", "robust", "sample", "seed", "notes")]
        ),
    }
    table = recapitulate(instrument, parts, primary="percentile", bound=0.1).table
    row = table[(table["code"] == "H1") & (table["basis"] == "scores")].iloc[0]
    assert (row["verdict"], row["reason"]) == ("withheld", "square")


def test_methods_and_covariates_a_regression_does_not_have_are_said(place, tmp_path):
    text = (place / "instrument.yaml").read_text(encoding="utf-8")
    changed = text.replace("y: [NP, KP], hypo", "y: [NP, KP], covariates: [CITY], hypo")
    (tmp_path / "instrument.yaml").write_text(changed, encoding="utf-8")
    path = answers(tmp_path)
    found = run_study(
        path, tmp_path / "instrument.yaml", out=tmp_path / "o", draws=100, seed=1, cross_check=False,
        intervals=["monte_carlo", "percentile"], writing=Writing(files=False),
    ).results  # fmt: skip
    codes = [note.code for note in found.get("regression_scores_M1").notes]
    assert {"STU086", "STU087"} <= set(codes)
    assert isinstance(found.get("mediation_latent_M1"), Unavailable)


def test_a_study_without_any_model_describes_and_measures(place, tmp_path):
    text = (place / "instrument.yaml").read_text(encoding="utf-8").partition("hypotheses:")[0]
    (tmp_path / "instrument.yaml").write_text(text, encoding="utf-8")
    found = run_study(
        answers(tmp_path),
        tmp_path / "instrument.yaml",
        out=tmp_path / "o",
        draws=100,
        seed=1,
        style="skripsi",
    )
    parts = found.results.parts
    assert {"responses", "items", "reliability", "cfa", "validity", "factor_count"} <= set(parts)
    assert not [name for name in parts if name.startswith(("mediation_", "regression_"))]
    assert len(parts["reliability"].tidy()) == 4
    report = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    for words in (
        "Uji Validitas",
        "Uji Reliabilitas",
        "Analisis Faktor Konfirmatori",
        "tidak memiliki model",
    ):
        assert words in report
    assert not found.tidy()["decides"].any()
    assert "none differs" in reproduce(tmp_path / "o").summary("en")
