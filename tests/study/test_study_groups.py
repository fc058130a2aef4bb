"""Groups: invariance first, effects compared only where loadings are equal, small groups said and left
out."""

import json
from dataclasses import replace

import numpy as np
import pytest

import small_study
from umkm_stats import load_instrument, read_responses, reproduce, run_study
from umkm_stats.errors import UsageError
from umkm_stats.measurement import invariance
from umkm_stats.mediation import free_paths
from umkm_stats.report import build_document
from umkm_stats.report._spec import Failure
from umkm_stats.results import Unavailable
from umkm_stats.sem import fit
from umkm_stats.study import Writing
from umkm_stats.study._groups import holds


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("groups")


@pytest.fixture(scope="module")
def own(folder):
    return load_instrument(small_study.write_instrument(folder))


@pytest.fixture(scope="module")
def read(folder, own):
    return read_responses(small_study.write_answers(folder, own, n=400, mess={"missing": 0.004}), own)


@pytest.fixture(scope="module")
def done(folder, own, read):
    return run_study(
        read,
        own,
        draws=60,
        seed=11,
        cross_check=False,
        groups="CITY",
        intervals=["percentile"],
        out=folder / "out",
        writing=Writing(files=False),
    )


def texts(results, **voice):
    from umkm_stats import figures

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "saved", lambda picture: {"png": b"", "svg": b""})
        document = build_document(results, **voice)[0]
    section = next(section for section in document.sections if section.key == "groups")
    return section.blocks


def test_the_ladder_is_that_of_the_measurement_room(done, read):
    part = done.results.get("invariance")
    complete = read.kept_items.notna().all(axis=1)
    frame = read.kept_items[complete].assign(CITY=read.respondents.loc[complete[complete].index, "CITY"])
    scales = {"PI": ["PI1", "PI2", "PI3"], "OI": ["OI1", "OI2", "OI3"], "NP": ["NP1", "NP2", "NP3"]}
    alone = invariance(frame, scales=scales, group="CITY")
    assert np.allclose(part.table["chisq"], alone.table["chisq"], rtol=1e-8)
    assert part.reached == alone.reached
    assert holds(part.reached)
    assert done.results.get("invariance_model") is None  # the model has the same indicators


def test_effects_are_free_between_groups_and_differences_add_up(done, read):
    frame = done.results.get("group_effects").effects
    own = frame[frame["method"] == "percentile"].set_index(["effect", "path"])["est"]
    first, second = own["indirect", "PI -> OI -> NP [1]"], own["indirect", "PI -> OI -> NP [2]"]
    assert abs(first - second) > 1e-3  # labels of the model text would hold them equal
    assert own["difference_indirect", "PI -> OI -> NP [1] - [2]"] == pytest.approx(first - second, abs=1e-12)
    text = free_paths(read.instrument.model_syntax("M1"))
    data = read.kept_items.assign(CITY=read.respondents.loc[read.kept_items.index, "CITY"])
    alone = fit(text, data, group="CITY", group_equal="loadings").estimates
    paths = alone[alone["op"] == "~"].set_index(["lhs", "rhs"])["est"]
    products = sorted(paths["OI", "PI"].to_numpy() * paths["NP", "OI"].to_numpy())
    assert products == pytest.approx(sorted([first, second]), abs=1e-7)


@pytest.mark.parametrize(
    ("voice", "title", "names"),
    [
        ({"style": "skripsi", "lang": "id"}, "Hasil Uji Invariansi Pengukuran", ("Konfigural", "Metrik")),
        ({"style": "apa", "lang": "id"}, "Hasil Uji Invariansi Pengukuran", ("Konfigural", "Metrik")),
        ({"style": "apa", "lang": "en"}, "Measurement Invariance Between Groups", ("Configural", "Metric")),
    ],
)
def test_tables_and_sentences_in_every_voice(done, voice, title, names):
    blocks = texts(done.results, **voice)
    tables = {block.key: block for block in blocks if hasattr(block, "rows")}
    assert tables["invariance"].title == title
    assert [row[0] for row in tables["invariance"].rows[:2]] == list(names)
    assert [row[0] for row in tables["group_effects"].rows] == [
        "Samarinda",
        "Balikpapan",
        "Samarinda − Balikpapan",
    ]
    frame = done.results.get("group_effects").effects
    row = frame[(frame["effect"] == "difference_indirect") & (frame["method"] == "percentile")].iloc[0]
    assert tables["group_effects"].rows[2][2:6] == pytest.approx(
        [row["est"], row["se"], row["ci_low"], row["ci_high"]]
    )
    said = " ".join(block.text for block in blocks if hasattr(block, "text"))
    assert "Samarinda (n = " in said
    assert (
        "does not show that they are equal"
        if voice["lang"] == "en"
        else "tidak membuktikan bahwa kedua kelompok sama"
    ) in said


def test_results_are_plain_and_named_by_the_value_not_the_words(done):
    parts = json.loads(json.dumps(done.to_dict()["parts"], allow_nan=False))
    assert [row["group"] for row in parts["groups"]["table"]] == ["1", "2"]
    assert parts["invariance"]["table"][0]["step"] == "configural"


def test_no_comparison_where_metric_invariance_fails(folder, own, read):
    bent = read.items.copy()
    there = read.respondents["CITY"] == 2
    rng = np.random.default_rng(1)
    for code in ("PI3", "OI3", "NP3"):  # these items measure nothing in the second city
        bent.loc[there, code] = rng.integers(1, 6, size=int(there.sum())).astype(float)
    done = run_study(
        replace(read, items=bent),
        own,
        draws=50,
        cross_check=False,
        seed=1,
        groups="CITY",
        out=folder / "x",
        writing=Writing(files=False),
    )
    assert done.results.get("invariance").reached == "configural"
    gone = done.results.get("group_effects")
    assert isinstance(gone, Unavailable)
    assert gone.code == "STU052"
    blocks = texts(done.results, style="skripsi", lang="id")
    assert any(
        isinstance(block, Failure) and "invariansi metrik tidak terpenuhi" in block.reason for block in blocks
    )
    assert any(
        "tidak terpenuhi" in str(row[-1])
        for block in blocks
        if getattr(block, "key", "") == "invariance"
        for row in block.rows
    )


def test_small_groups_take_no_part_and_are_said(folder, own, read):
    third = read.respondents.copy()
    third.loc[third.index[:30], "CITY"] = 3
    done = run_study(
        replace(read, respondents=third),
        own,
        draws=50,
        cross_check=False,
        seed=1,
        groups="CITY",
        out=folder / "x",
        writing=Writing(files=False),
    )
    split = done.results.get("groups")
    assert split.table.set_index("group")["used"].to_dict() == {"1": True, "2": True, "3": False}
    assert [note.code for note in split.notes] == ["STU050"]
    assert split.sample.used == int(split.table.loc[split.table["used"], "n"].sum())
    assert split.sample.rows_in - split.sample.used == sum(split.sample.dropped.values())
    assert sorted(done.results.get("invariance").groups["n"]) == sorted(split.table["n"][:2])


def test_a_group_alone_gives_the_reason(place, instrument, answers):
    read = read_responses(answers, instrument)
    alone = replace(read, respondents=read.respondents.assign(CITY=1))
    done = run_study(
        alone,
        instrument,
        draws=50,
        cross_check=False,
        seed=1,
        groups="CITY",
        out=place / "x",
        writing=Writing(files=False),
    )
    assert done.results.get("invariance").code == "STU051"
    assert done.results.get("group_effects").code == "STU053"


def test_model_without_mediator_has_nothing_to_compare(folder, read):
    text = (
        small_study.instrument_text() + "  - {key: M3, title: {id: Langsung, en: Direct}, x: [PI], y: [NP]}\n"
    )
    (folder / "direct").mkdir()
    direct = load_instrument(small_study.write_instrument(folder / "direct", text))
    again = read_responses(folder / "answers.csv", direct)
    done = run_study(
        again,
        direct,
        model="M3",
        draws=50,
        cross_check=False,
        seed=1,
        groups="CITY",
        out=folder / "x",
        writing=Writing(files=False),
    )
    assert holds(done.results.get("invariance").reached)
    gone = done.results.get("group_effects")
    assert gone.code == "STU054"
    assert "M3" in gone.message("id")


def test_unknown_column_stops_before_anything_is_computed(place, instrument, answers):
    with pytest.raises(UsageError) as caught:
        run_study(
            answers,
            instrument,
            draws=50,
            cross_check=False,
            groups="TOWN",
            out=place / "x",
            writing=Writing(files=False),
        )
    assert caught.value.code == "STU027"
    assert "CITY" in caught.value.remedy("id")


def test_study_file_and_reproduction_carry_the_groups(folder, own):
    path = small_study.write_answers(folder, own, n=150, seed=8, name="again.csv")
    settings = folder / "groups.yaml"
    settings.write_text(
        "schema: umkm-study/1\ngroups: CITY\ndraws: 50\nseed: 4\nintervals: [percentile]\n", encoding="utf-8"
    )
    done = run_study(path, own, study=settings, out=folder / "again")
    assert done.settings.origins["groups"] == "study"
    assert "groups='CITY'" in (done.folder / "analysis.py").read_text(encoding="utf-8")
    assert reproduce(done.folder).same


def test_free_paths_drops_labels_of_regressions_only():
    text = "F =~ x1 + l*x2\nG =~ y1 + y2\nG ~ a*F + 0.5*z  # path\nx1 ~~ v*x1\nindirect := a*b\n"
    assert free_paths(text).splitlines() == [
        "F =~ x1 + l*x2",
        "G =~ y1 + y2",
        "G ~ F + 0.5*z  ",
        "x1 ~~ v*x1",
    ]
