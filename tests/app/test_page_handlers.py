"""What each form of the page writes."""

import re

import pytest

from umkm_stats.responses import read_map
from umkm_stats.study import read_study_file

from .visiting import AGREE, Page, answers, codes


@pytest.fixture
def page(tmp_path):
    return Page(tmp_path / "kerja")


@pytest.fixture
def ready(page, tmp_path):
    assert page.upload(answers(tmp_path / "jawaban.csv")).status_code == 200
    return page


def test_each_form_writes_its_file(ready):
    text = ready.get("/columns").text
    assert 'value="X1" selected' in text
    assert "tebakan" in text
    done = ready.post("/columns", action="next", **{"label-X1": "Kualitas", "role-X1": "x"})
    assert done.url.path == "/check"
    assert "label: {id: Kualitas}" in ready.folder.instrument.read_text(encoding="utf-8").replace('"', "")
    assert ready.post("/check", action="next").url.path == "/model"
    parts = {"part-X1": "x", "part-M": "m", "part-Y": "y"}
    assert ready.post("/model", action="next", kind="mediation", **parts).url.path == "/run"
    study = read_study_file(ready.folder.study)
    assert study.models == ("M1",)
    hypotheses = re.findall(r'name="hyp-\d+" value="([^"]+)"', ready.get("/model").text)
    assert hypotheses == [
        "Kualitas berpengaruh positif terhadap M.",
        "M berpengaruh positif terhadap Y.",
        "Kualitas berpengaruh positif terhadap Y.",
        "M memediasi pengaruh Kualitas terhadap Y.",
    ]
    ready.post("/run", action="save", draws="5.000", seed="7", style="apa", language="en", decimal=",")
    study = read_study_file(ready.folder.study)
    assert (study.draws, study.seed, study.style, study.language, study.decimal) == (
        5000,
        7,
        "apa",
        "en",
        ",",
    )
    command = ready.site.runner.command()
    assert command == [
        *("analyze", "data/jawaban.csv", "--instrument", "instrument.yaml", "--out", "hasil"),
        *("--study", "study.yaml"),
    ]


def test_an_own_sentence_of_a_hypothesis_stays(ready):
    parts = {"part-X1": "x", "part-M": "", "part-Y": "y"}
    ready.post("/model", action="save", kind="regression", **parts)
    ready.post("/model", action="save", kind="regression", **parts, **{"hyp-1": "X1 menaikkan Y."})
    assert 'value="X1 menaikkan Y."' in ready.get("/model").text
    assert "X1 menaikkan Y." in ready.folder.instrument.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "parts", "expected"),
    [
        ("serial", {"X1": "x", "M": "m", "Y": "m"}, {"APP028"}),
        ("regression", {"X1": "x", "M": "m", "Y": "y"}, {"APP028"}),
        ("", {"X1": "x", "M": "", "Y": "y"}, {"APP014"}),
    ],
)
def test_a_picture_that_is_not_whole_is_said_at_the_cards(ready, kind, parts, expected):
    before = ready.folder.instrument.read_text(encoding="utf-8")
    asked = ready.post("/model", action="next", kind=kind, **{f"part-{k}": v for k, v in parts.items()})
    assert asked.status_code == 422
    assert codes(asked) == expected
    assert ready.folder.instrument.read_text(encoding="utf-8") == before


def test_serial_order_pls_moderation_and_cfa_are_written_as_the_engine_reads_them(ready):
    from umkm_stats import load_instrument

    parts = {"part-X1": "x", "part-M": "m", "part-Y": "y"}
    ready.post("/model", action="save", kind="pls", **parts)
    assert read_study_file(ready.folder.study).route == "pls"
    ready.post("/model", action="save", kind="moderation", **(parts | {"part-M": "z"}))
    made = load_instrument(ready.folder.instrument)
    assert (made.structural("M1").moderator, made.structural("M1").moderates) == ("M", ("direct",))
    assert read_study_file(ready.folder.study).route is None
    ready.post("/model", action="save", kind="cfa", **dict.fromkeys(parts, ""))
    assert not load_instrument(ready.folder.instrument).models
    assert read_study_file(ready.folder.study).route == "sem"
    assert 'value="cfa" checked' in ready.get("/model").text


def test_unknown_and_ambiguous_words_are_asked_and_kept_in_the_map(page, tmp_path):
    odd = {(4, "X1.2"): "Yups banget", (6, "M.1"): "5 - Netral", (7, "Y.2"): "5 - Netral", (9, "Y.3"): "Hmm"}
    page.upload(answers(tmp_path / "bersih.csv"))
    page.upload(answers(tmp_path / "jawaban.csv", odd=odd))
    text = page.get("/check").text
    assert "Yups banget" in text
    assert "(1 sel: D6): apa artinya?" in text
    keys = re.findall(r'name="(word-\d+)" value="([^"]+)"', text)
    stopped = page.post("/check", action="next")
    assert (stopped.status_code, codes(stopped) & {"APP022"}) == (422, {"APP022"})
    meant = {"Yups banget": "5", "5 - Netral": "missing", "Hmm": ""}
    form = dict(keys)
    for name, key in keys:
        form[name.replace("word", "mean")] = meant[key.split("|")[1]]
    page.post("/check", action="words", **form)
    assert read_map(page.folder.map).answers == {"X1.2": {"Yups banget": 5}}
    assert page.post("/check", action="next").url.path == "/model"
    page.post("/check", action="forget:Yups banget")
    assert read_map(page.folder.map).answers == {}


def test_rows_put_aside_stand_in_the_study_file_with_their_reason(ready):
    ready.post("/check", action="exclude", row="5", reason="uji coba")
    assert "39 dari 40 baris digunakan" in ready.get("/check").text
    assert read_study_file(ready.folder.study).exclude[0].reason == "uji coba"
    assert codes(ready.post("/check", action="exclude", row="999", reason="uji coba")) >= {"APP023"}
    assert codes(ready.post("/check", action="exclude", row="6", reason="")) >= {"APP024"}
    ready.post("/check", action="include:5")
    assert read_study_file(ready.folder.study).exclude == ()


def test_another_file_takes_no_rows_aside_along_and_matching_headings_keep_their_place(ready, tmp_path):
    ready.post("/columns", action="save", **{"label-X1": "Kualitas"})
    ready.post("/check", action="exclude", row="5", reason="uji coba")
    again = ready.upload(answers(tmp_path / "kedua.csv", n=44))
    assert "1 baris yang dikeluarkan" in again.text
    assert read_study_file(ready.folder.study).exclude == ()
    assert 'value="Kualitas"' in ready.get("/columns").text


def test_scale_order_is_moved_turned_and_taken_back(ready):
    from umkm_stats import load_instrument, read_responses

    def scores() -> list[float]:
        read = read_responses(ready.folder.answers, load_instrument(ready.folder.instrument))
        return read.items["X1.1"].tolist()

    def labels() -> list[str]:
        scale = load_instrument(ready.folder.instrument).response_scales["setuju5"]
        return [scale.labels["id"][v] for v in scale.values]

    before = scores()
    assert labels() == list(AGREE)
    done = ready.post("/columns", action="flip:setuju5")
    assert "berlaku untuk kolom C, D, E, F, G, H, I, J, dan K" in done.text
    assert labels() == list(reversed(AGREE))
    assert scores() == [6 - v for v in before]
    ready.post("/columns", action="undo")
    ready.post("/columns", action="down:setuju5:0")
    assert labels() == [AGREE[1], AGREE[0], *AGREE[2:]]
    ready.post("/columns", action="undo")
    assert (labels(), scores()) == (list(AGREE), before)


def test_columns_move_between_variables_and_a_new_one(ready):
    from umkm_stats import load_instrument

    def where() -> dict[str, str]:
        return {item.code: item.construct for item in load_instrument(ready.folder.instrument).items}

    moved = ready.post("/columns", action="save", **{"to-C": "M"})
    assert "Dipindahkan: kolom C." in moved.text
    assert where()["X1.1"] == "M"
    ready.post("/columns", action="move", tick=["C", "D"], **{"move-to": "new"})
    made = where()["X1.1"]
    assert where()["X1.2"] == made
    assert made not in ("X1", "M", "Y")
    ready.post("/columns", action="save", **{"to-E": "ignore", "to-B": "personal"})
    assert "X1.3" not in where()
    text = ready.get("/columns").text
    assert 'name="label-X1"' in text  # it has no column left and waits
    ready.post("/columns", action="save", **{"to-E": "X1", "rev-E": "yes"})
    assert where()["X1.3"] == "X1"
    assert load_instrument(ready.folder.instrument).item("X1.3").reverse
    ready.post("/columns", action="guess")
    assert where()["X1.1"] == "X1"


def test_comments_and_unknown_keys_of_the_files_stay(ready):
    path = ready.folder.instrument
    path.write_text("# catatan saya\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    ready.post("/columns", action="save", **{"to-C": "M"})
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# catatan saya\n")
    assert "# kolom D" in text


def test_what_the_chapter_asks_is_written_and_taken_out_again(ready):
    run = {"action": "save", "draws": "500", "seed": "1", "style": "skripsi", "decimal": ","}
    more = {"title": "Loyalitas pelanggan", "tails": "one", "alpha_cutoff": "0.6", "unit": "pelanggan"}
    drawn = {"distributed": "120", "rule": "slovin", "N": "1.500", "e": "5"}
    ready.post("/run", **run, **more, **drawn)
    study = read_study_file(ready.folder.study)
    assert (study.title, study.tails, study.alpha_cutoff, study.unit, study.distributed) == (
        *("Loyalitas pelanggan", "one", 0.6, "pelanggan"),
        120,
    )
    assert (study.sampling.rule, study.sampling.N, study.sampling.e) == ("slovin", 1500, 0.05)
    assert 'id="e" name="e" value="5"' in ready.get("/run").text
    refused = ready.post("/run", **run, **more, **(drawn | {"N": ""}))
    assert codes(refused) == {"APP017"}
    ready.post("/run", **run, **dict.fromkeys([*more, *drawn], ""))
    study = read_study_file(ready.folder.study)
    assert (study.title, study.tails, study.sampling, study.distributed) == (None, None, None, None)


def sentences(path):
    """Six items under plain sentences, for one variable until somebody says otherwise."""
    heads = [
        "Layanan ramah.",
        "Layanan cepat.",
        "Harga murah.",
        "Harga pantas.",
        "Saya kembali.",
        "Saya puas.",
    ]
    text = answers(path).read_text(encoding="utf-8").splitlines()
    rows = [",".join(row.split(",")[:8]) for row in text[1:]]
    path.write_text("\n".join([",".join(["Timestamp", "Nama", *heads]), *rows]) + "\n", encoding="utf-8")
    return path


def codes_now(page):
    return re.findall(r'<p class="code">([^<]+)</p>', page.get("/columns").text)


def move(page, letters, to):
    return page.post("/columns", action="move", tick=list(letters), **{"move-to": to})


def test_codes_that_no_heading_has_follow_the_variable(page, tmp_path):
    page.upload(sentences(tmp_path / "a.csv"))
    assert codes_now(page) == ["V1.1", "V1.2", "V1.3", "V1.4", "V1.5", "V1.6"]
    move(page, "CD", "new")  # the first two leave
    assert codes_now(page) == ["V2.1", "V2.2", "V1.1", "V1.2", "V1.3", "V1.4"]
    move(page, "GH", "new")
    assert codes_now(page) == ["V2.1", "V2.2", "V1.1", "V1.2", "V3.1", "V3.2"]
    text = page.get("/columns").text
    assert 'value="Variabel 2"' in text
    assert text.count('class="unnamed"') == 3
    page.post("/columns", action="undo")
    assert codes_now(page) == ["V2.1", "V2.2", "V1.1", "V1.2", "V1.3", "V1.4"]
    move(page, "E", "V2")
    assert codes_now(page) == ["V2.1", "V2.2", "V2.3", "V1.1", "V1.2", "V1.3"]


def test_codes_of_the_file_stay_when_a_column_moves(ready):
    assert codes_now(ready)[:3] == ["X1.1", "X1.2", "X1.3"]
    move(ready, "C", "M")
    assert codes_now(ready)[:3] == ["X1.1", "X1.2", "X1.3"]


def test_explained_words_and_questions_follow_a_code(page, tmp_path):
    path = sentences(tmp_path / "a.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(",")
    cells[6] = "Yups"
    path.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:]]) + "\n", encoding="utf-8")
    page.upload(path)
    word = re.search(r'name="(word-\d+)" value="([^"]+Yups)"', page.get("/check").text)
    number = word[1].removeprefix("word-")
    page.post("/check", action="words", **{word[1]: word[2], f"mean-{number}": "5"})
    assert read_map(page.folder.map).answers == {"V1.5": {"Yups": 5}}
    move(page, "GH", "new")
    assert read_map(page.folder.map).answers == {"V2.1": {"Yups": 5}}
    assert "Yups" not in str(page.get("/check").text.partition("explained-title")[0])
    page.post("/columns", action="undo")
    assert read_map(page.folder.map).answers == {"V1.5": {"Yups": 5}}


def test_a_part_that_a_picture_has_not_is_said_in_words(ready):
    told = ready.post(
        "/model", action="next", kind="regression", **{"part-X1": "x", "part-M": "m", "part-Y": "y"}
    )
    assert codes(told) == {"APP028"}
    assert "M (mediasi) tidak dipakai pada gambar ini, sekarang 1 variabel." in told.text
    assert "0 sampai 0" not in told.text
    told = ready.post(
        "/model", action="next", kind="mediation", **{"part-X1": "x", "part-M": "", "part-Y": "y"}
    )
    assert "M (mediasi) harus 1 variabel, sekarang 0 variabel." in told.text


def test_answer_codes_begin_in_their_own_order(page, tmp_path):
    path = answers(tmp_path / "a.csv", words=("A1", "A2", "A3", "A4", "A5"))
    page.upload(path)
    move(page, "CDE", "new")
    scale = re.search(r'<p class="range">([^<]+)</p>', page.get("/columns").text)[1]
    assert scale.startswith("1 = A1 … 5 = A5")
    assert codes(page.post("/columns", action="next")) == {"APP027"}  # and still asked
