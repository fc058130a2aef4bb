"""Exports for other software are read back and hold the answers, the labels and the codes."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from doc_blocks import ROOT
from umkm_stats import load_instrument, read_responses, simulate_responses
from umkm_stats.cli import main
from umkm_stats.errors import UsageError
from umkm_stats.report import EXPORTS, export_answers


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    instrument = load_instrument(ROOT / "examples" / "kedai_kopi")
    folder = tmp_path_factory.mktemp("export")
    made = simulate_responses(
        instrument,
        population="default",
        n=120,
        seed=5,
        mess={"missing": 0.01, "duplicates": 2, "identifiers": True},
    )
    answers = made.write(folder / "jawaban é.xlsx")
    responses = read_responses(answers, instrument)
    return (
        instrument,
        responses,
        answers,
        export_answers(responses, instrument, out=folder / "out"),
        folder / "out",
    )


def test_every_program_gets_the_rows_used(case):
    _, responses, _, files, out = case
    assert {path.name for path in files} == {
        "crosswalk.csv",
        "smartpls.csv",
        "answers.sav",
        "answers.sps",
        "lavaan.csv",
        "lavaan.R",
        "jamovi.csv",
    }
    assert len(responses.kept_items) == 120
    wanted = responses.kept_items.to_numpy()
    pls = pd.read_csv(out / "smartpls.csv")
    assert list(pls.columns) == ["X1.1", "X1.2", "X1.3", "M1.1", "M1.2", "M1.3", "Y1.1", "Y1.2", "Y1.3"]
    np.testing.assert_array_equal(pls.replace(-99, np.nan).to_numpy(float), wanted)
    for name in ("jamovi.csv", "lavaan.csv"):
        np.testing.assert_array_equal(pd.read_csv(out / name).to_numpy(float), wanted)
    assert np.isnan(wanted).any()


def test_nobody_can_be_recognised(case):
    out = case[4]
    for path in out.glob("*.csv"):
        assert "@" not in path.read_text(encoding="utf-8")
        assert "SEX" not in path.read_text(encoding="utf-8")


def test_spss_file_has_labels(case):
    import pyreadstat

    instrument, responses, _, _, out = case
    frame, meta = pyreadstat.read_sav(str(out / "answers.sav"))
    np.testing.assert_array_equal(frame.to_numpy(float), responses.kept_items.to_numpy())
    assert meta.column_names_to_labels["PL1"] == f"X1.1 {instrument.item('PL1').text['en']}"
    assert meta.variable_value_labels["PL1"][5.0] == "Strongly agree"
    syntax = (out / "answers.sps").read_text(encoding="utf-8")
    assert "RELIABILITY /VARIABLES=KP1 KP2 KP3" in syntax
    assert "/DEPENDENT=LY_mean /METHOD=ENTER PL_mean KP_mean." in syntax
    assert all(line.endswith(".") for line in syntax.splitlines())


def test_reversed_items_are_marked_and_carry_no_labels_of_the_other_direction(tmp_path):
    import pyreadstat
    from ruamel.yaml import YAML

    yaml = YAML()
    text = yaml.load((ROOT / "examples" / "kedai_kopi" / "instrument.yaml").read_text(encoding="utf-8"))
    text["questions"][1]["reverse"] = True
    with (tmp_path / "instrument.yaml").open("w", encoding="utf-8") as stream:
        yaml.dump(text, stream)
    instrument = load_instrument(tmp_path)
    responses = read_responses(
        simulate_responses(instrument, population="default", n=40, seed=1).write(tmp_path / "a.csv"),
        instrument,
    )
    export_answers(responses, instrument, out=tmp_path / "out", to="spss", lang="id")
    assert pd.read_csv(tmp_path / "out" / "crosswalk.csv").set_index("item")["turned"].sum() == 1
    _, meta = pyreadstat.read_sav(str(tmp_path / "out" / "answers.sav"))
    assert "PL2" not in meta.variable_value_labels
    assert meta.variable_value_labels["PL1"][5.0] == "Sangat Setuju"


def test_codes_of_the_bundled_instrument(tmp_path):
    from umkm_stats.report._exports import other_codes

    instrument = load_instrument("umkm_inovasi")
    codes = other_codes(instrument, [item.code for item in instrument.items], "M1")
    assert codes["PID1"] == "X1.1"
    assert codes["OI1"] == "M1.1"
    assert len(set(codes.values())) == len(codes)
    assert any(code.startswith("V") for code in codes.values())


def _without_english(node):
    entries = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and "id" in node:
        node.pop("en", None)
    for entry in entries:
        _without_english(entry)


def test_an_instrument_of_one_language_without_models_leaves_too(tmp_path):
    """As ``instrument draft`` writes it: nobody has said yet who is x, m or y, and the words are those of the
    form."""
    import pyreadstat
    from ruamel.yaml import YAML

    yaml = YAML()
    text = yaml.load((ROOT / "examples" / "kedai_kopi" / "instrument.yaml").read_text(encoding="utf-8"))
    del text["models"]
    text.pop("hypotheses", None)
    text["languages"] = ["id"]
    _without_english(text)
    with (tmp_path / "instrument.yaml").open("w", encoding="utf-8") as stream:
        yaml.dump(text, stream)
    instrument = load_instrument(tmp_path)
    responses = read_responses(ROOT / "examples" / "kedai_kopi" / "answers.csv", instrument)
    files = export_answers(responses, instrument, out=tmp_path / "out", lang="en")
    assert len(files) == 7
    _, meta = pyreadstat.read_sav(str(tmp_path / "out" / "answers.sav"))
    assert meta.column_names_to_labels["PL1"] == f"V1.1 {instrument.item('PL1').text['id']}"
    assert meta.variable_value_labels["PL1"][5.0] == "Sangat Setuju"
    codes = pd.read_csv(tmp_path / "out" / "crosswalk.csv")["other_code"].tolist()
    assert codes == [f"V{scale}.{item}" for scale in (1, 2, 3) for item in (1, 2, 3)]
    script = (tmp_path / "out" / "lavaan.R").read_text(encoding="utf-8")
    assert "PL =~ PL1 + PL2 + PL3\nKP =~" in script
    assert "~ a*" not in script
    assert "REGRESSION" not in (tmp_path / "out" / "answers.sps").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_lavaan_script_runs(case):
    ran = subprocess.run(
        [
            "Rscript",
            "-e",
            'if (!requireNamespace("lavaan", quietly = TRUE)) quit(status = 77); source("lavaan.R")',
        ],
        cwd=case[4],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode == 77:
        pytest.skip("lavaan is not installed")
    assert ran.returncode == 0, ran.stderr


def test_unknown_names_are_explained(case):
    instrument, responses, *_ = case
    with pytest.raises(UsageError, match="GEN00"):
        export_answers(responses, instrument, out="x", to="spps")
    with pytest.raises(UsageError, match="GEN00"):
        export_answers(responses, instrument, out="x", model="M9")
    assert set(EXPORTS) == {"smartpls", "spss", "lavaan", "jamovi"}


@pytest.mark.parametrize(("lang", "word"), [("en", "Written:"), ("id", "Ditulis:")])
def test_the_command(case, tmp_path, monkeypatch, capsys, lang, word):
    words = [
        "umkm-stats",
        "export",
        str(case[2]),
        "-i",
        str(ROOT / "examples" / "kedai_kopi"),
        "--to",
        "smartpls",
        "--out",
        str(tmp_path / "out"),
        "--lang",
        lang,
    ]
    monkeypatch.setattr("sys.argv", words)
    try:
        code = main()
    except SystemExit as stop:
        code = stop.code
    assert not code
    said = capsys.readouterr().out
    assert said.count(word) == 2
    assert (tmp_path / "out" / "smartpls.csv").is_file()
