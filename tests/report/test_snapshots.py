"""Reports of three studies in both styles, word for word: what a reader sees in Word, web page and workbook
is held against the texts in ``snapshots/``; ``make snapshots`` renews them and review reads the change."""

import pytest

import snapshots
from umkm_stats import figures, load_instrument, run_study
from umkm_stats.report import build_document
from umkm_stats.report._html import write_html
from umkm_stats.study import Chapter, Writing

ROOT = snapshots.FOLDER.parents[2]
SHOP = ROOT / "examples" / "kedai_kopi"
REGRESSION = """\
hypotheses:
  - {code: H1, text: {id: Inovasi produk berpengaruh positif terhadap kinerja., en: Innovation is positively related to performance.}, test: path, sign: '+', constructs: [PI, NP], models: [M1]}
  - {code: H2, text: {id: Open innovation berpengaruh positif terhadap kinerja., en: Open innovation is positively related to performance.}, test: path, sign: '+', constructs: [OI, NP], models: [M1]}
models:
  - {key: M1, title: {id: Regresi, en: Regression}, x: [PI, OI], y: [NP], hypotheses: [H1, H2]}
"""  # noqa: E501
STYLES = {"apa": "en", "skripsi": "id"}
STUDIES = ("mediation", "regression", "pls")


@pytest.fixture(scope="module")
def reports(small, tmp_path_factory):
    """{study_style: folder}: each study run once a style; one small picture stands for all."""
    place = tmp_path_factory.mktemp("snapshots")
    whole = load_instrument(small.write_instrument(place))
    answers = small.write_answers(place, whole, n=90, mess={"missing": 0.004, "duplicates": 2})
    text = small.instrument_text()
    (place / "regression").mkdir()
    plain = small.write_instrument(place / "regression", text[: text.index("hypotheses:")] + REGRESSION)
    given = {
        "mediation": (SHOP / "answers.csv", SHOP, {}),
        "regression": (answers, plain, {}),
        "pls": (answers, whole, {"model": "M1", "route": "pls"}),
    }
    saved = figures.saved
    drawn = {}

    def once(picture):
        if not drawn:
            drawn.update(saved(picture))
        return dict(drawn)

    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "saved", once)
        for study, (file, instrument, more) in given.items():
            for style, lang in STYLES.items():
                name = f"{study}_{style}"
                done = run_study(
                    file,
                    instrument,
                    out=place / name,
                    draws=40,
                    seed=3,
                    style=style,
                    lang=lang,
                    chapter=Chapter(distributed=200) if style == "skripsi" else None,
                    cross_check=False,
                    writing=Writing(simulated=False),
                    **more,
                )
                found[name] = place / name
                if style == "apa":  # the other language of the style: written, not computed again
                    document, voice = build_document(done.results, style="apa", lang="id")
                    write_html(document, voice, place / f"{name}_id" / "report.html")
                    found[f"{name}_id"] = place / f"{name}_id"
    return found


@pytest.mark.parametrize(
    ("kind", "file"), [("docx", "report.docx"), ("html", "report.html"), ("xlsx", "tables.xlsx")]
)
@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("style", STYLES)
def test_report_reads_as_reviewed(study, style, kind, file, reports, request):
    name = f"{study}_{style}"
    found = snapshots.READERS[kind](reports[name] / file)
    snapshots.compare(f"{name}_{kind}", found, renew=request.config.getoption("--snapshots"))


@pytest.mark.parametrize("study", STUDIES)
def test_indonesian_apa_report_reads_as_reviewed(study, reports, request):
    found = snapshots.READERS["html"](reports[f"{study}_apa_id"] / "report.html")
    snapshots.compare(f"{study}_apa_id_html", found, renew=request.config.getoption("--snapshots"))


def test_no_snapshot_is_left_over():
    wanted = {
        f"{study}_{style}_{kind}.txt" for study in STUDIES for style in STYLES for kind in snapshots.READERS
    } | {f"{study}_apa_id_html.txt" for study in STUDIES}
    assert {path.name for path in snapshots.FOLDER.iterdir()} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("b = −0,412 [−0,5; 1.573,2], p < .001", "b = #,### [#,#; #,#], p < .###"),
        ("Tabel 4.10 memuat 151 baris (84,4%) dari 5.000", "Tabel 4.10 memuat 151 baris (#,#%) dari #.###"),
        ("numpy 2.5.1 and umkm-stats 0.9.0", "numpy # and umkm-stats #"),
        ("Subbab 4.3; https://doi.org/10.1177/109442", "Subbab 4.3; https://doi.org/10.1177/109442"),
        ("≥ 0,70; df = 24; M1", "≥ #,##; df = 24; M1"),
    ],
)
def test_only_numbers_with_a_decimal_mark_are_masked(text, wanted):
    assert snapshots.masked(text) == wanted


def test_a_changed_sentence_is_shown_as_a_difference(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshots, "FOLDER", tmp_path)
    snapshots.compare("one", "first\nThe model fits.\nlast\n", renew=True)
    snapshots.compare("one", "first\nThe model fits.\nlast\n", renew=False)
    with pytest.raises(pytest.fail.Exception) as caught:
        snapshots.compare("one", "first\nThe model fit.\nlast\n", renew=False)
    said = str(caught.value)
    assert "make snapshots" in said
    assert "-The model fits.\n+The model fit." in said
    with pytest.raises(pytest.fail.Exception):
        snapshots.compare("another", "text\n", renew=False)
