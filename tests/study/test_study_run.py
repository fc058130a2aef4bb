"""run_study: the folder it writes, what its numbers are, and that equal input gives equal bytes."""

import json
import subprocess
import sys

import pytest

from umkm_stats import mediate, reliability, run_study
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.results import Unavailable
from umkm_stats.study import Chapter, Reading, Writing, _descriptions, read_study_file


def test_folder_has_every_promised_file(study):
    names = set(study.files)
    assert {
        "report.html",
        "report.docx",
        "tables.xlsx",
        "results.json",
        "manifest.json",
        "analysis.py",
        "model.lavaan.R",
    } <= names
    assert any(name.startswith("tables/") and name.endswith(".csv") for name in names)
    assert any(name.startswith("tables/") and name.endswith(".tex") for name in names)
    assert any(name.startswith("figures/") and name.endswith(".svg") for name in names)
    assert all((study.folder / name).stat().st_size > 0 for name in names)
    assert not [path for path in study.folder.parent.iterdir() if path.name.startswith(".")]


def test_every_step_gave_a_result(study):
    assert not [name for name, part in study.results.parts.items() if isinstance(part, Unavailable)]


def test_sample_adds_up_and_says_what_was_set_aside(study):
    sample = study.sample
    assert sample.rows_in == 142
    assert sample.used == 140
    assert sum(sample.dropped.values()) == 2


def test_results_hold_what_the_doors_give(study, instrument, answers):
    from umkm_stats import read_responses

    responses = read_responses(answers, instrument)
    scales = instrument.scales(responses.items.columns)
    means = _descriptions.scale_means(responses.kept_items, scales)
    alone = mediate(means, x="PI", m="OI", y="NP", draws=120, seed=11)
    own = study.results.get("mediation_scores_M1").effects
    for row in alone.effects.itertuples():
        same = own[(own["effect"] == row.effect) & (own["path"] == row.path) & (own["method"] == row.method)]
        assert same["est"].iloc[0] == row.est
        assert same["ci_low"].iloc[0] == row.ci_low
    alpha = reliability(responses, scales=scales).tidy()
    assert alpha["alpha"].equals(study.results.get("reliability").table["alpha"])


def test_results_json_is_strict_sorted_and_says_nothing_of_place_or_time(study, place):
    text = (study.folder / "results.json").read_text(encoding="utf-8")
    loaded = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in results.json"))
    assert loaded["schema"] == "umkm-results/1"
    assert text == json.dumps(loaded, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    assert str(place) not in text
    assert "answers.csv" not in text
    assert "created" not in text


def test_manifest_names_inputs_settings_origins_and_hashes(study):
    manifest = json.loads((study.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"]["responses"]["name"] == "answers.csv"
    assert len(manifest["inputs"]["responses"]["sha256"]) == 64
    assert manifest["settings"]["seed"] == 11
    assert manifest["origins"]["draws"] == "argument"
    assert manifest["origins"]["level"] == "default"
    assert set(manifest["files"]) == set(study.files) - {"manifest.json"}


@pytest.mark.slow
def test_same_seed_gives_the_same_bytes_whatever_workers_and_hash_seed(study, place, instrument, answers):
    script = (
        "import sys; from umkm_stats import run_study; from umkm_stats.study import Writing; "
        "run_study(sys.argv[1], sys.argv[2], model=['M1', 'M2'], draws=120, seed=11, out=sys.argv[3], "
        "writing=Writing(simulated=True), workers=2)"
    )
    out = place / "again"
    command = [sys.executable, "-c", script, str(answers), instrument.origin, str(out)]
    import os

    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "4242"}, capture_output=True)
    for name in ("results.json", "tables.xlsx", "report.docx", "report.html", "model.lavaan.R"):
        assert (out / name).read_bytes() == (study.folder / name).read_bytes(), name


def test_m1_and_m2_are_equivalent_and_the_report_says_so(study):
    first = study.results.get("mediation_latent_M1").fit.indices
    second = study.results.get("mediation_latent_M2").fit.indices
    assert abs(first["chisq"] - second["chisq"]) < 1e-5
    assert first["df"] == second["df"]
    assert "equivalent" in (study.folder / "report.html").read_text(encoding="utf-8")


def test_verdicts(study):
    table = study.tidy().set_index(["code", "basis"])
    assert table.loc[("H1", "latent"), "verdict"] == "supported"
    assert table.loc[("H2", "latent"), "verdict"] == "contradicted"
    assert table.loc[("H4", "latent"), "verdict"] == "supported"
    assert table.loc[("H5", "scores"), "method"] == "necessity"
    assert table.loc[("H5", "scores"), "verdict"] in ("supported", "not_supported")
    assert table.loc[("H6", ""), "verdict"] == "not_testable"
    assert table.loc[("H6", ""), "reason"] == "other_method"
    assert table.loc[("H9", "scores"), "model"] == "M2"
    for basis in ("scores", "latent"):
        row = table.loc[("H3", basis)]
        within = row["ci_low"] > -0.1 and row["ci_high"] < 0.1
        assert row["verdict"] == ("equivalent" if within else "not_equivalent")


def test_summary_gives_the_main_result_and_the_place(study):
    for lang in ("en", "id"):
        said = study.summary(lang)
        assert str(study.report) in said
        assert said.count("seed 11") == 2
    assert "DATA SIMULASI" in study.summary("id")


@pytest.fixture
def plain_report(monkeypatch):
    """A report of one line, for tests about folders and not about pages."""

    def write(results, part, **_):
        (part / "report.html").write_text("report", encoding="utf-8")
        return ()

    monkeypatch.setattr("umkm_stats.report.write_report", write, raising=False)


def test_a_failing_step_stands_in_the_report_with_its_reason(place, instrument, answers, monkeypatch):
    def broken(*args, **kwargs):
        raise UmkmError("MED011")

    monkeypatch.setattr("umkm_stats.mediation.mediate_latent", broken, raising=False)
    done = run_study(answers, instrument, draws=50, cross_check=False, seed=1, out=place / "broken")
    assert isinstance(done.results.get("mediation_latent_M1"), Unavailable)
    page = done.report.read_text(encoding="utf-8")
    assert "The model needs at least one predictor" in page
    assert isinstance(done.summary("id"), str)


def test_a_fault_of_ours_in_a_step_is_said_and_costs_only_that_step(place, instrument, answers, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("umkm_stats.measurement.method_bias", broken, raising=False)
    done = run_study(
        answers,
        instrument,
        draws=50,
        cross_check=False,
        seed=1,
        out=place / "fault",
        writing=Writing(files=False),
    )
    part = done.results.get("method_bias")
    assert isinstance(part, Unavailable)
    assert part.code == "STU040"
    assert "ZeroDivisionError" in part.message("id")
    monkeypatch.setenv("UMKM_STATS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run_study(
            answers,
            instrument,
            draws=50,
            cross_check=False,
            seed=1,
            out=place / "fault",
            writing=Writing(files=False),
        )


def test_a_failure_while_writing_leaves_the_old_folder_and_no_part(place, instrument, answers, plain_report):
    out = place / "twice"
    run_study(answers, instrument, draws=50, cross_check=False, seed=1, out=out)
    before = (out / "results.json").read_bytes()

    def stop(part):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(
            answers, instrument, draws=50, cross_check=False, seed=2, out=out, writing=Writing(extra=stop)
        )
    assert (out / "results.json").read_bytes() == before
    assert not [path for path in place.iterdir() if path.name.startswith(".twice")]


def test_a_locked_file_is_a_coded_error(place, instrument, answers, plain_report):
    def locked(part):
        raise PermissionError(13, "in use", str(part / "report.docx"))

    with pytest.raises(UmkmError) as caught:
        run_study(
            answers,
            instrument,
            draws=50,
            cross_check=False,
            seed=1,
            out=place / "locked",
            writing=Writing(extra=locked),
        )
    assert caught.value.code == "STU012"
    assert caught.value.place.file == "report.docx"

    def full(part):
        raise OSError(28, "No space left on device")

    with pytest.raises(UmkmError) as caught:
        run_study(
            answers,
            instrument,
            draws=50,
            cross_check=False,
            seed=1,
            out=place / "full",
            writing=Writing(extra=full),
        )
    assert caught.value.code == "STU013"
    assert not (place / "full").exists()


def test_foreign_folders_are_never_replaced(tmp_path, instrument, answers):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("precious")
    with pytest.raises(UsageError) as caught:
        run_study(answers, instrument, draws=50, cross_check=False, out=tmp_path / "mine")
    assert caught.value.code == "STU010"
    assert (tmp_path / "mine" / "thesis.docx").read_text() == "precious"


def test_no_more_forms_come_back_than_were_handed_out(tmp_path, instrument, answers):
    with pytest.raises(UsageError) as caught:
        run_study(
            answers,
            instrument,
            draws=50,
            cross_check=False,
            chapter=Chapter(distributed=5),
            out=tmp_path / "o",
        )
    assert caught.value.code == "SCR102"
    assert not (tmp_path / "o").exists()


def test_exclusions_are_counted_and_unknown_rows_refused(tmp_path, instrument, answers):
    path = tmp_path / "study.yaml"
    path.write_text(
        "schema: umkm-study/1\ndraws: 50\nseed: 3\nexclude:\n  - {row: 5, reason: tested the form}\n",
        encoding="utf-8",
    )
    done = run_study(answers, instrument, study=path, out=tmp_path / "o", writing=Writing(files=False))
    assert done.sample.dropped["excluded"] == 1
    assert done.sample.used == 139
    assert done.settings.origins["draws"] == "study"
    path.write_text("schema: umkm-study/1\nexclude:\n  - {row: 9999, reason: not there}\n", encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        run_study(answers, instrument, study=path, out=tmp_path / "o", writing=Writing(files=False))
    assert caught.value.code == "STU026"
    every = "".join(f"  - {{row: {row}, reason: all}}\n" for row in range(2, done.sample.rows_in + 2))
    path.write_text(f"schema: umkm-study/1\nexclude:\n{every}", encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        run_study(answers, instrument, study=path, out=tmp_path / "o", writing=Writing(files=False))
    assert caught.value.code == "STU020"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("schema: umkm-study/1\ndraws: [1\n", "STU002", None),
        ("draws: 5\n", "STU003", 1),
        ("schema: umkm-study/9\n", "STU003", 1),
        ("schema: umkm-study/1\ndraws: many\n", "STU004", 2),
        ("schema: umkm-study/1\nseed: 1\ndrows: 5\n", "STU005", 3),
    ],
)
def test_study_file_faults_name_line_and_key(tmp_path, text, code, line):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        read_study_file(path)
    assert caught.value.code == code
    if line:
        assert caught.value.place.line == line
    for lang in ("en", "id"):
        assert caught.value.message(lang)
        assert caught.value.remedy(lang)


@pytest.mark.parametrize(
    ("line", "english", "indonesian"),
    [
        ("draws: many", "a whole number is expected.", "yang diharapkan bilangan bulat."),
        ("draws: 0", "the smallest value allowed is: 1.", "nilai terkecil yang diperbolehkan: 1."),
        ("alpha_cutoff: 0,70", "a number is expected, with", "yang diharapkan angka, dengan"),
        ("groups: {by: SEX}", "a text is expected.", "yang diharapkan teks."),
        ("exclude: [3]", "keys with values are expected", "yang diharapkan kunci"),
        (
            "sampling: {rule: solvin}",
            "one of these is expected: slovin, krejcie, hair.",
            "salah satu dari: slovin",
        ),
        ("estimator: OLS", "one of these is expected: ML, MLM", "salah satu dari: ML, MLM"),
        ("exclude: [{row: 3, reason: x}]", "characters needed: 3.", "karakter yang diperlukan: 3."),
        ("seed: 1\nseed: 2", "seed (2, 3).", "ditulis dua kali"),
        ("sampling:\n\trule: hair", "a tab stands", "ada tab"),
        ("  draws: 5\n seed: 3", "the indentation or a colon", "indentasi atau titik dua"),
    ],
)
def test_faults_of_a_study_file_speak_both_languages(tmp_path, line, english, indonesian):
    """No words of a parser: they are English in every language, and name types of a program."""
    path = tmp_path / "study.yaml"
    path.write_text(f"schema: umkm-study/1\n{line}\n", encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        read_study_file(path)
    assert english in caught.value.message("en")
    assert indonesian in caught.value.message("id")
    assert "Input should" not in caught.value.message("id")


def test_study_file_that_is_not_there(tmp_path):
    with pytest.raises(UmkmError) as caught:
        read_study_file(tmp_path / "study.yaml")
    assert caught.value.code == "STU001"


def test_precedence_argument_environment_file_default(tmp_path, instrument, monkeypatch):
    from umkm_stats.study import _settings

    path = tmp_path / "study.yaml"
    path.write_text("schema: umkm-study/1\ndraws: 70\nseed: 7\nstyle: skripsi\n", encoding="utf-8")
    monkeypatch.setenv("UMKM_STATS_SEED", "8")
    found = _settings.resolve(instrument, {"draws": 90}, path)
    assert (found.draws, found.origins["draws"]) == (90, "argument")
    assert (found.seed, found.origins["seed"]) == (8, "environment")
    assert (found.style, found.origins["style"]) == ("skripsi", "study")
    assert found.language == "id"
    assert found.decimal == ","
    assert (found.level, found.origins["level"]) == (0.95, "default")


def test_no_seed_given_means_one_is_drawn_and_kept(instrument):
    from umkm_stats.study import _settings

    found = _settings.resolve(instrument, {}, None)
    assert found.origins["seed"] == "drawn"
    assert 10_000_000 <= found.seed < 100_000_000


def test_missing_template_and_instrument_without_models(tmp_path, small, instrument, answers):
    from umkm_stats.instrument import load_instrument

    with pytest.raises(UsageError) as caught:
        run_study(answers, instrument, out=tmp_path / "o", writing=Writing(template=tmp_path / "no.docx"))
    assert caught.value.code == "STU007"
    text = small.instrument_text()
    text = text[: text.index("hypotheses:")]
    bare = load_instrument(small.write_instrument(tmp_path, text))
    with pytest.raises(UsageError) as caught:
        run_study(answers, bare, model="M1", out=tmp_path / "o")
    assert caught.value.code == "STU006"


def test_second_opinion_is_a_verdict_without_figures_of_the_other_program(study):
    part = json.loads((study.folder / "results.json").read_text(encoding="utf-8"))["parts"]["cross_check"]
    assert part["table"] == [
        {
            "model": "M1",
            "program": "semopy",
            "parameters": len(study.results.get("mediation_latent_M1").fit.free),
            "agrees": True,
        }
    ]
    assert "another program" in study.report.read_text(encoding="utf-8")


@pytest.fixture
def late(monkeypatch):
    from umkm_stats.adapters.semopy_check import Opinion

    monkeypatch.setattr("umkm_stats.sem.inference._cross.ask", lambda *args, **kwargs: Opinion({}, "time"))


def test_second_opinion_that_does_not_come_in_time_says_so_and_costs_no_reproduction(study, late):
    from umkm_stats import reproduce
    from umkm_stats.report._sentences import context_of, cross_sentences
    from umkm_stats.report._voice import choose_voice
    from umkm_stats.results import StudyResults
    from umkm_stats.study import _second

    assert reproduce(study.folder).same
    fitted = study.results.get("mediation_latent_M1").fit
    gone = _second._asked(fitted, "M1")
    assert gone.code == "SEM416"
    results = StudyResults({"cross_check": gone}, study.results.meta, ())
    for lang, word in (("en", "did not finish within 120 seconds"), ("id", "120 detik")):
        said = cross_sentences(context_of(results, choose_voice(style="apa", lang=lang)), "M1")
        assert word in said[0]


def test_keywords_that_moved_still_work_with_a_warning(answers, instrument, tmp_path):
    with pytest.warns(DeprecationWarning, match="writing=Writing") as told:
        done = run_study(
            answers,
            instrument,
            draws=20,
            cross_check=False,
            seed=1,
            out=tmp_path / "o",
            title="Lama",
            files=False,
        )
    assert {str(entry.message).split("(")[1].split("=")[0] for entry in told} == {"title", "files"}
    assert done.results.meta["title"] == "Lama"
    assert not (tmp_path / "o").exists()


def test_a_map_given_as_a_mapping_stands_in_the_manifest():
    assert Reading(aliases={"Umur": "AGE"}, sheet="S").to_dict() == {
        "aliases": {"Umur": "AGE"},
        "sheet": "S",
        "source": None,
        "reverse": "score",
    }
    assert Reading(aliases="map.yaml").to_dict()["aliases"] is None


def test_a_construct_with_one_question_stops_only_the_factor_models(tmp_path):
    from small_study import CODES, instrument_text, write_answers, write_instrument
    from umkm_stats import load_instrument

    codes = [entry for entry in CODES if entry[0] not in ("NP2", "NP3")]
    made = load_instrument(write_instrument(tmp_path, instrument_text(codes)))
    answers = write_answers(tmp_path, made, n=80)
    done = run_study(answers, made, out=tmp_path / "out", draws=40, seed=2, workers=1, cross_check=False)
    parts = done.results.parts
    assert not isinstance(parts["mediation_scores_M1"], Unavailable)
    assert not isinstance(parts["reliability"], Unavailable)
    assert parts["cfa"].code == "MEA008"
    assert "NP" in parts["cfa"].message("id")
