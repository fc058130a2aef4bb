"""Not more rows than items: scale means and composites are computed, and the study says what is left out."""

import docx
import pytest

from small_study import instrument_text, write_answers, write_instrument
from umkm_stats import UmkmError, fit_pls, load_instrument, run_study
from umkm_stats.results import Unavailable
from umkm_stats.study import Writing

CHANNEL = """\
  - code: CHAN
    kind: multiple
    section: ISI
    text: {id: Saluran penjualan, en: Sales channels}
    choices:
      - {value: 1, label: {id: Toko, en: Shop}}
      - {value: 2, label: {id: Pasar, en: Market}}
      - {value: 3, label: {id: Internet, en: Internet}}
  - {code: AGE, kind: number, section: ISI, minimum: 17, maximum: 60, text: {id: Umur, en: Age}}
hypotheses:
"""


def answered(folder, n, *, each=3):
    codes = tuple((f"{name}{k}", name) for name in ("PI", "OI", "NP") for k in range(1, each + 1))
    text = instrument_text(codes).replace("hypotheses:\n", CHANNEL, 1)
    instrument = load_instrument(write_instrument(folder, text))
    return write_answers(folder, instrument, n=n), instrument


def run(answers, instrument, out, **options):
    return run_study(answers, instrument, out=out, draws=60, seed=1, cross_check=False, **options)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    folder = tmp_path_factory.mktemp("few")
    return run(*answered(folder, 12, each=4), folder / "out", style="skripsi")


def told(study):
    return [note for note in study.notes if note.code == "STU070"]


def test_scale_means_are_analysed_and_the_note_names_what_is_left_out(few):
    (note,) = told(few)
    left = ["factor_count", "cfa", "validity", "method_bias", "latent"]
    assert note.params == {"rows": 12, "items": 12, "left": left, "basis": "scores"}
    assert set(few.tidy()["basis"]) <= {"scores", ""}
    assert few.tidy().set_index("code").loc["H4", "est"] == pytest.approx(
        few.results.get("mediation_scores_M1").effects.query("effect == 'indirect'")["est"].iloc[0]
    )
    for name in ("cfa", "cfa_constructs", "method_bias", "mediation_latent_M1"):
        assert isinstance(few.results.get(name), Unavailable), name
    assert not isinstance(few.results.get("reliability"), Unavailable)
    assert note.message("id") in few.summary("id")
    assert note.message("id") in few.outcome()["main"]


def test_the_chapter_says_it_in_the_method_and_among_the_limits(few):
    said = [part.text for part in docx.Document(str(few.folder / "report.docx")).paragraphs]
    method = next(text for text in said if text.startswith("Jumlah responden dengan jawaban lengkap (12)"))
    assert "analisis faktor konfirmatori" in method
    assert "hipotesis diuji pada rata-rata skala" in method
    assert any("(12 jawaban lengkap untuk 12 item)" in text for text in said)


def test_choices_are_counted_in_per_cent_of_the_respondents_who_answered(few):
    part = few.results.get("profile")
    own = part.table[part.table["question"] == "CHAN"]
    n = part.several["CHAN"]
    assert own["percent"].sum() > 100
    assert own["percent"].tolist() == pytest.approx([100 * count / n for count in own["count"]])
    document = docx.Document(str(few.folder / "report.docx"))
    (table,) = [t for t in document.tables if t.cell(0, 0).text == "Saluran Penjualan"]
    printed = {row.cells[0].text: (row.cells[1].text, row.cells[2].text) for row in table.rows[1:]}
    assert printed["Responden yang menjawab"] == (str(n), "100,0")
    assert printed["Pasar"][0] == str(own["count"].iloc[1])
    said = " ".join(part.text for part in document.paragraphs)
    whole = f"{own['percent'].sum():.1f}%".replace(".", ",")
    assert f"dihitung dari {n} responden yang menjawab dan berjumlah {whole}" in said
    assert "Pilihan yang paling banyak disebut adalah" in said


def test_characteristics_in_numbers_have_their_own_table(few):
    row = few.results.get("profile_numbers").table.set_index("question").loc["AGE"]
    assert 17 <= row["min"] < row["mean"] < row["max"] <= 60
    document = docx.Document(str(few.folder / "report.docx"))
    (table,) = [t for t in document.tables if t.cell(0, 0).text == "Karakteristik"]
    printed = [cell.text for cell in table.rows[1].cells]
    low, high = f"{row['min']:.0f}", f"{row['max']:.0f}"
    assert printed[:4] == ["Umur", f"{row['n']:.0f}", low, high]
    mean = f"{row['mean']:.2f}".replace(".", ",")
    said = [part.text for part in document.paragraphs]
    assert f"Umur berkisar antara {low} dan {high} dengan rata-rata {mean}." in said


def test_enough_rows_leave_nothing_to_say(tmp_path):
    study = run(*answered(tmp_path, 40), tmp_path / "out", writing=Writing(files=False))
    assert not told(study)


def test_composites_keep_their_fit_and_lose_its_test(tmp_path):
    study = run(*answered(tmp_path, 12, each=4), tmp_path / "out", route="pls", writing=Writing(files=False))
    (note,) = told(study)
    assert note.params["left"] == ["pls_fit"]
    assert note.params["basis"] == "pls"
    assert study.results.get("mediation_pls_M1").more["fit_test"].code == "PLS191"


def test_a_test_of_fit_needs_more_rows_than_items(tmp_path):
    answers, instrument = answered(tmp_path, 12, each=4)
    from umkm_stats import read_responses

    with pytest.raises(UmkmError) as refused:
        fit_pls("M1", read_responses(answers, instrument)).fit_test(20, seed=1)
    assert refused.value.code == "PLS191"


@pytest.mark.parametrize(("n", "route", "code"), [(9, "sem", "STU021"), (4, "auto", "STU071")])
def test_what_cannot_be_computed_is_still_refused(tmp_path, n, route, code):
    with pytest.raises(UmkmError) as refused:
        run(*answered(tmp_path, n), tmp_path / "out", route=route)
    assert refused.value.code == code
    assert not (tmp_path / "out").exists()
