"""What a student fixes before the data, the try-out, the PLS and SEM chapters; the journal report's order."""

import csv
import json
import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from typer.testing import CliRunner

from umkm_stats import UmkmError, UsageError, load_instrument, messages, run_study
from umkm_stats.cli._analyze import _directions
from umkm_stats.report import build_document
from umkm_stats.report._docx_table import pieces
from umkm_stats.report._sentences import context_of
from umkm_stats.report._spec import Column, Figure, Paragraph, Table
from umkm_stats.report._voice import choose_voice
from umkm_stats.study import Chapter, Writing
from umkm_stats.study._latent_checks import checks
from umkm_stats.study._texts import unused

QUICK = {"draws": 40, "seed": 3, "style": "skripsi", "cross_check": False, "writing": Writing(files=False)}


@pytest.fixture(scope="module")
def pilot(small, instrument, tmp_path_factory):
    return small.write_answers(tmp_path_factory.mktemp("uji"), instrument, n=30, seed=8, name="uji.csv")


@pytest.fixture(scope="module")
def one_tailed(place, instrument, answers, pilot):
    given = Chapter(
        pilot=pilot,
        tails="one",
        directions={"H1": "+", "H2": "-"},
        unit="pengusaha kerajinan",
        sampling={"rule": "slovin", "N": 500, "e": 0.05},
    )
    return run_study(answers, instrument, model="M1", out=place / "satu", chapter=given, **QUICK)


@pytest.fixture(scope="module")
def sem(place, instrument, answers):
    return run_study(answers, instrument, model="M1", route="sem", out=place / "sem", **QUICK)


@pytest.fixture(scope="module")
def pls(place, instrument, answers):
    return run_study(answers, instrument, model="M1", route="pls", out=place / "pls", **QUICK)


def chapter(study, texts=None):
    document, _ = build_document(study.results, style="skripsi", texts=texts or {})
    sections = [s for s in document.sections if s.chapter in ("3", "4")]
    blocks = [block for section in sections for block in section.blocks]
    text = "\n".join(block.text for block in blocks if isinstance(block, Paragraph))
    return document, {b.key: b for b in blocks if isinstance(b, (Table, Figure))}, text


def test_try_out_stands_in_bab_three_and_never_in_the_data(one_tailed, answers):
    _, tables, text = chapter(one_tailed)
    rows = tables["pilot_validity"].rows
    assert len(rows) == 9
    assert rows[0][2] == pytest.approx(0.361, abs=5e-4)  # r-tabel of n = 30, two-tailed
    assert "diujicobakan kepada 30 responden" in text
    with answers.open(encoding="utf-8-sig") as stream:
        assert one_tailed.results.meta["sample"]["rows_in"] == sum(1 for _ in csv.reader(stream)) - 1
    assert {row[0] for row in tables["pilot_alpha"].rows} == {
        "Inovasi produk",
        "Open innovation",
        "Kinerja pemasaran nonfinansial",
    }


def test_without_a_try_out_the_chapter_says_so(pls):
    _, tables, text = chapter(pls)
    assert "pilot_validity" not in tables
    assert "Uji coba instrumen tidak dilakukan dengan data tersendiri" in text


def test_one_tail_halves_p_on_its_side_and_knows_no_contradiction(one_tailed):
    part = one_tailed.results.get("equation_M1_OI").effects
    found = one_tailed.tidy().set_index(["code", "basis"])
    assert one_tailed.settings.level == 0.90
    assert one_tailed.settings.alpha == 0.05
    assert found.loc[("H1", "scores"), "verdict"] == "supported"
    two = part.loc[part["method"] == found.loc[("H1", "scores"), "method"], "p"].iloc[0]
    assert_allclose(found.loc[("H1", "scores"), "p"], two / 2, rtol=1e-12)
    assert found.loc[("H2", "scores"), "verdict"] == "not_supported"  # significant, but on the other side
    assert found.loc[("H2", "scores"), "p"] > 0.5
    _, tables, text = chapter(one_tailed)
    fit = one_tailed.results.get("equation_M1_OI").fits.iloc[0]
    assert_allclose(tables["t_test"].rows[0][2], stats.t.isf(0.05, fit["df2"]), rtol=1e-12)
    assert "satu arah" in text
    assert "Responden penelitian ini adalah pengusaha kerajinan." in text
    assert "dibulatkan menjadi 223" in text


def test_tables_of_limits_are_those_of_scipy_and_answers_stay_out_of_the_results(one_tailed):
    part = one_tailed.results.get("limit_tables")
    r, t, f = (getattr(part, name) for name in ("r", "t", "f"))
    df = r["df"].to_numpy()
    quantile = stats.t.isf(0.025, df)
    assert_allclose(r["0.05"], quantile / np.sqrt(df + quantile**2), rtol=1e-12)
    assert_allclose(t["0.01"], stats.t.isf(0.005, t["df"]), rtol=1e-12)
    assert_allclose(f["2"], stats.f.isf(0.05, 2, f["df"]), rtol=1e-12)
    document, _ = build_document(one_tailed.results, style="skripsi")
    shown = next(table for table in document.tables if table.key.startswith("tabulation"))
    assert len(shown.rows) == one_tailed.sample.used
    told = json.loads(json.dumps(one_tailed.to_dict()))["parts"]["tabulation"]
    assert told["table"] == [{"rows": one_tailed.sample.used, "items": 9}]
    assert "_answers" not in told


def test_assumptions_of_sem_are_computed_from_the_rows_of_the_fit(sem):
    part = sem.results.get("latent_checks_M1")
    facts = part.facts.iloc[0]
    x = np.asarray(sem.results.get("mediation_latent_M1").fit.arrays[0])
    n, k = x.shape
    d = x - x.mean(axis=0)
    d2 = np.einsum("ij,jk,ik->i", d, np.linalg.inv(np.cov(x.T)), d)
    assert_allclose(facts["mardia"], (d2**2).mean() - k * (k + 2), rtol=1e-9)
    assert_allclose(facts["cr"], facts["mardia"] / np.sqrt(8 * k * (k + 2) / n), rtol=1e-9)
    assert_allclose(part.far["d2"].iloc[0], d2.max(), rtol=1e-9)
    assert facts["far"] == (stats.chi2.sf(d2, k) < 0.001).sum()
    assert sem.results.get("mediation_latent_M1").fit.estimator == (
        "MLR" if abs(facts["cr"]) > 2.58 else "ML"
    )
    both = type("Fit", (), {"arrays": (x, x)})()  # two groups
    assert checks(both).code == "STU101"
    _, tables, text = chapter(sem)
    assert {"mardia", "outliers", "direct", "effects", "recap"} <= set(tables)
    assert "C.R. multivariat" in text
    assert sem.tidy().set_index("code").loc["H4", "basis"].tolist()[0] == "scores"
    assert sem.tidy().query("decides and code == 'H4'")["basis"].tolist() == ["latent"]


def test_pls_chapter_has_the_order_and_names_of_smartpls(pls):
    document, tables, _ = chapter(pls)
    order = [key for key in tables if key in ORDER]
    assert order == list(ORDER)
    assert [column.head.replace("*", "") for column in tables["pls_paths"].columns] == [
        "Jalur", "O", "M", "STDEV", "T Statistics", "p",
    ]  # fmt: skip
    part = pls.results.get("mediation_pls_M1")
    own = part.effects.query("effect == 'indirect' and method == 'percentile'").iloc[0]
    assert tables["pls_through"].rows[0][1:] == (own["est"], own["mean"], own["se"], own["t"], own["p"])
    assert tables["recap"].rows[0][2] == part.effects.query("effect == 'a'")["est"].iloc[0]
    titles = [s.title for s in document.sections if s.chapter == "4" and s.level == 2]
    assert [title[4:].replace("*", "") for title in titles] == [
        "Gambaran Umum",
        "Deskripsi Variabel",
        "Model Pengukuran (Outer Model)",
        "Model Struktural (Inner Model)",
        "Pengaruh Langsung dan Tidak Langsung",
        "Uji Hipotesis",
        "Pembahasan",
    ]


ORDER = (
    "outer", "cross", "fornell", "htmt", "pls_quality", "inner_vif", "pls_r2_M1", "f2", "pls_fit_M1",
    "pls_paths", "pls_through", "recap",
)  # fmt: skip


@pytest.mark.parametrize("name", ["one_tailed", "sem", "pls"])
def test_word_bodies_name_no_option_code_or_file(name, request):
    document, tables, text = chapter(request.getfixturevalue(name))
    cells = [str(c) for t in tables.values() if isinstance(t, Table) for r in t.rows for c in r]
    words = "\n".join([text, *cells, *(note for t in tables.values() for note in t.notes)])
    assert not re.search(r"\b[A-Z]{3}\d{3}\b", words)
    assert not re.search(r"\w=\w|--\w|`|\.(csv|yaml|json|py|docx)\b|listwise|\bM1\b", words)
    appended = [b for s in document.sections if s.chapter == "L" for b in s.blocks]
    notes = "\n".join(b.text for b in appended if isinstance(b, Paragraph))
    assert not re.search(r"\w=\w|marker=|method_|`", notes)


def test_texts_of_the_author_have_a_place_by_section(pls, instrument):
    _, _, text = chapter(pls, {"PEMBAHASAN-H1": "Pembahasan kami.", "deskripsi-PI": "Deskripsi kami."})
    assert "Pembahasan kami." in text
    assert "Deskripsi kami." in text
    known = {"objek": "", "pembahasan-h1": "", "pembahasan-h77": "", "obyek": ""}
    assert unused(known, instrument, pls.settings) == ["obyek", "pembahasan-h77"]


def test_a_text_that_finds_no_place_is_told(small, answers, instrument, tmp_path):
    (tmp_path / "teks").mkdir()
    (tmp_path / "teks" / "obyek.txt").write_text("Salah nama.", encoding="utf-8")
    done = run_study(
        answers,
        instrument,
        out=tmp_path / "o",
        route="pls",
        chapter=Chapter(texts=tmp_path / "teks"),
        **QUICK,
    )
    note = next(note for note in done.notes if note.code == "STU100")
    assert note.params == {"files": ["obyek"]}
    assert "obyek" in done.summary("id")


def test_faults_of_what_is_fixed_beforehand_are_coded(small, answers, instrument, pilot, tmp_path):
    def code(**given):
        with pytest.raises(UmkmError) as caught:
            run_study(answers, instrument, out=tmp_path / "o", chapter=Chapter(**given), **QUICK)
        return caught.value.code

    assert code(directions={"H77": "+"}) == "STU095"
    assert code(pilot=tmp_path / "none.csv") == "STU097"
    assert code(pilot=answers) == "STU098"
    few = tmp_path / "few.csv"
    few.write_text("\n".join(pilot.read_text(encoding="utf-8-sig").splitlines()[:4]), encoding="utf-8")
    assert code(pilot=few) == "STU099"
    assert code(sampling={"rule": "slovin"}) == "STU004"
    open_ = small.instrument_text().replace('test: path, sign: "+"', 'test: path, sign: "0"')
    undirected = load_instrument(small.write_instrument(tmp_path, open_))
    with pytest.raises(UsageError) as caught:
        run_study(answers, undirected, out=tmp_path / "o", chapter=Chapter(tails="one"), **QUICK)
    assert caught.value.code == "STU096"
    with pytest.raises(UsageError) as caught:
        _directions(["H1:+"])
    assert caught.value.code == "CLI011"
    assert _directions(["H1=-"]) == {"H1": "-"}


def test_an_item_against_its_scale_and_a_model_that_does_not_fit_withhold_the_verdict(one_tailed):
    from umkm_stats.study._withholding import reason

    class Held:
        def withheld_for(self, *names):
            return ("fit",)

    row = {"effect": "a", "path": "PI -> OI", "method": "ols"}
    results = dict(one_tailed.results.parts)
    assert reason(results, Held(), "M1", "latent", row) == "fit"
    items = one_tailed.results.get("items")
    turned = items.table.assign(item_rest=-0.2)
    results["items"] = type("Items", (), {"table": turned})()
    assert reason(results, object(), "M1", "latent", row) == "negative"
    pairs = one_tailed.results.get("validity").pairs.assign(htmt_low=0.8, htmt_high=1.1)
    results = dict(one_tailed.results.parts) | {"validity": type("Validity", (), {"pairs": pairs})()}
    assert reason(results, object(), "M1", "latent", row) == "htmt"


def test_a_long_table_goes_on_under_its_own_head_and_loses_no_row():
    columns = (Column("a", "Item", wide=True), Column("b", "N", "integer"))
    table = Table(
        "t",
        "T",
        columns,
        tuple((f"item {k}", k) for k in range(95)),
        groups=((0, "Satu"), (30, "Dua"), (60, "Tiga")),
    )
    parts = pieces(table, choose_voice(style="skripsi"), 5_000_000)
    assert [len(part.rows) for part in parts] == [30, 30, 35]
    assert [part.groups for part in parts] == [((0, "Satu"),), ((0, "Dua"),), ((0, "Tiga"),)]
    assert tuple(row for part in parts for row in part.rows) == table.rows


def test_journal_report_has_one_main_analysis_and_an_appendix(study):
    document, _ = build_document(study.results, style="apa", lang="en")
    titles = [s.title for s in document.sections if s.level == 1]
    cut = next(place for place, title in enumerate(titles) if title.startswith("Appendix A"))
    assert titles[:cut] == ["Summary", "Method", "Results", "What these results can and cannot say"]
    assert all(title.startswith("Appendix ") for title in titles[cut:])
    first = [s.title for s in document.sections].index(titles[cut])
    body = [b for s in document.sections[:first] for b in s.blocks]
    keys = [b.key for b in body if isinstance(b, Table)]
    assert "main_indirect_scores_M1" in keys
    assert not any("latent" in key for key in keys)
    verdicts = next(b for b in body if isinstance(b, Table) and b.key == "verdicts")
    assert len({row[0] for row in verdicts.rows}) == len(study.results.meta["hypotheses"])
    every = [b.key for s in document.sections for b in s.blocks if isinstance(b, (Table, Figure))]
    assert len(every) == len(set(every))
    text = "\n".join(b.text for b in body if isinstance(b, Paragraph))
    assert "one person per business" not in text


def test_a_regression_report_loses_no_table_to_the_appendix(small, answers, tmp_path):
    text = small.instrument_text()
    text = text[: text.index("hypotheses:")] + (
        "models:\n  - {key: M1, title: {id: Regresi, en: Regression}, x: [PI, OI], y: [NP]}\n"
    )
    given = QUICK | {"style": "apa"}
    done = run_study(answers, small.write_instrument(tmp_path, text), out=tmp_path / "o", **given)
    document, _ = build_document(done.results, style="apa", lang="en")
    keys = {table.key for table in document.tables}
    assert {"coefficients_M1", "determination_M1"} <= {key.replace("regression_", "") for key in keys}
    assert {"normality", "vif", "glejser", "linearity"} <= {key.split("_")[0] for key in keys}


def test_no_advice_is_a_code(study):
    for style, lang in (("apa", "en"), ("apa", "id"), ("skripsi", "id")):
        document, _ = build_document(study.results, style=style, lang=lang)
        for table in document.tables:
            if table.key == "findings":
                assert not any(re.fullmatch(r"[A-Z]{3}\d{3}", str(row[-1])) for row in table.rows)


def test_a_chapter_without_hypotheses_has_a_place_for_them_and_says_so(small, tmp_path):
    text = small.instrument_text().partition("hypotheses:")[0]
    path = small.write_instrument(tmp_path, text)
    answers = small.write_answers(tmp_path, load_instrument(small.write_instrument(tmp_path)), n=40)
    path.write_text(text, encoding="utf-8")
    roles = {"x": ["PI"], "m": ["OI"], "y": ["NP"]}
    done = run_study(answers, path, out=tmp_path / "o", roles=roles, route="pls", **QUICK)
    (note,) = [note for note in done.notes if note.code == "STU072"]
    assert "rekapitulasi" in note.message("id")
    for texts, shown in (({}, True), ({"rekapitulasi": "Ditulis sendiri."}, False)):
        document, _ = build_document(done.results, style="skripsi", lang="id", texts=texts)
        (recap,) = [section for section in document.sections if section.key == "recap"]
        said = [block.text for block in recap.blocks if isinstance(block, Paragraph)]
        assert any("diisi penulis: hipotesis penelitian" in text for text in said) is shown
        assert ("Ditulis sendiri." in said) is not shown


def _frame(**counts):
    whole = sum(counts.values())
    rows = [
        {"question": "Q", "answer": answer, "count": count, "percent": 100 * count / whole}
        for answer, count in counts.items()
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (
            {"Kota": 4, "Desa": 4},
            "Responden pada kategori Kota dan Desa berjumlah sama (masing-masing 4 orang",
        ),
        (
            {"A": 4, "B": 4, "C": 2},
            "kategori A dan B (masing-masing 4 orang; 40,0%), sedangkan yang paling sedikit C",
        ),
        (
            {"A": 6, "B": 2, "C": 2},
            "kategori A (6 orang; 60,0%), sedangkan yang paling sedikit B dan C (masing-masing",
        ),
        (
            {"A": 6, "B": 2},
            "terdiri atas 6 orang pada kategori A (75,0%) dan 2 orang pada kategori B (25,0%)",
        ),
        ({"A": 6, "B": 0}, "Seluruh responden (6 orang) berada pada kategori A"),
    ],
)
def test_equally_many_are_all_named(study, counts, said):
    from umkm_stats.report.chapter import _respondents
    from umkm_stats.report.chapter._kit import Kit

    ctx = context_of(study.results, choose_voice(style="skripsi", lang="id"))
    assert said in _respondents._who(Kit(ctx, "mediation", "M1", {}), _frame(**counts))


@pytest.mark.parametrize(("stem", "most"), [("X1.", 10), ("KUAL", 8), ("PELAYANAN", 4)])
def test_codes_of_the_tabulation_stand_on_one_line(study, stem, most):
    from dataclasses import replace

    from umkm_stats.report.chapter import _appendix
    from umkm_stats.report.chapter._kit import Kit
    from umkm_stats.study._descriptions import tabulation

    codes = [f"{stem}{k}" for k in range(1, 13)]
    part = tabulation(pd.DataFrame(np.ones((3, 12)), columns=codes))
    results = replace(study.results, parts={**study.results.parts, "tabulation": part})
    kit = Kit(context_of(results, choose_voice(style="skripsi", lang="id")), "mediation", "M1", {})
    tables = [block for block in _appendix._tabulation(kit) if isinstance(block, Table)]
    assert max(len(table.columns) for table in tables) <= most + 1
    assert [column.head for table in tables for column in table.columns[1:]] == codes


def test_help_of_analyze_names_what_is_fixed_beforehand():
    from umkm_stats.cli._entry import build

    shown = re.sub(r"\x1b\[[0-9;]*m", "", CliRunner().invoke(build("id"), ["analyze", "--help"]).output)
    for option in ("--pilot", "--tails", "--direction", "--unit", "--distributed", "--texts"):
        assert option in shown


def test_statements_with_the_same_printed_mean_are_named_together():
    from types import SimpleNamespace

    from umkm_stats.report.chapter._respondents import _alike

    voice = choose_voice(style="skripsi")
    kit = SimpleNamespace(
        number=lambda value, form: voice.number(value, form),
        say=lambda key, **given: messages.text(f"report.bab.{key}", "id", **given),
    )
    means = [
        (3.381, "Saya kembali."),
        (3.379, "Saya menyarankan."),
        (3.46, "Saya setia."),
        (3.384, "Saya puas."),
    ]
    assert f"“{_alike(kit, means, 3.379)}”" == "“Saya kembali”, “Saya menyarankan”, dan “Saya puas”"
    assert _alike(kit, means, 3.46) == "Saya setia"
