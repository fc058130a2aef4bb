"""Steps taken back, names changed late, another file: what was said before stays true or is let go."""

import re

import pytest

from umkm_stats.responses import read_map

from .visiting import Page, answers, codes

PARTS = {"part-X1": "x", "part-M": "m", "part-Y": "y"}


@pytest.fixture
def page(tmp_path):
    page = Page(tmp_path / "kerja")
    page.upload(answers(tmp_path / "a.csv", odd={(2, "M.2"): "Yups"}))
    return page


def hypotheses(page):
    return re.findall(r'name="hyp-\d+" value="([^"]+)"', page.get("/model").text)


def explain(page, value):
    word = re.search(r'name="(word-\d+)" value="([^"]+Yups)"', page.get("/check").text)
    number = word[1].removeprefix("word-")
    page.post("/check", action="words", **{word[1]: word[2], f"mean-{number}": value})


def test_a_name_changed_after_the_model_reaches_hypotheses_and_title(page):
    page.post(
        "/columns", action="next", **{"label-X1": "Harga", "label-M": "Kepuasan", "label-Y": "Loyalitas"}
    )
    page.post("/model", action="save", kind="mediation", **PARTS)
    told = hypotheses(page)
    own = {f"hyp-{n}": text for n, text in enumerate(told, 1)} | {"hyp-2": "Makin puas makin setia."}
    page.post("/model", action="save", kind="mediation", **PARTS, **own)
    page.post("/columns", action="save", **{"label-X1": "Harga Produk", "label-M": "Kepuasan Pelanggan"})
    assert hypotheses(page) == [
        "Harga Produk berpengaruh positif terhadap Kepuasan Pelanggan.",
        "Makin puas makin setia.",
        "Harga Produk berpengaruh positif terhadap Loyalitas.",
        told[3].replace("Harga", "Harga Produk").replace("Kepuasan", "Kepuasan Pelanggan"),
    ]
    text = page.folder.instrument.read_text(encoding="utf-8")
    assert "Harga Produk \N{RIGHTWARDS ARROW} Kepuasan Pelanggan \N{RIGHTWARDS ARROW} Loyalitas" in text


def test_an_explained_word_keeps_its_meaning_when_the_scale_is_turned(page):
    explain(page, "5")
    assert read_map(page.folder.map).answers == {"M.2": {"Yups": 5}}
    page.post("/columns", action="flip:setuju5")
    assert read_map(page.folder.map).answers == {"M.2": {"Yups": 1}}  # still "Sangat Setuju"
    page.post("/columns", action="undo")
    assert read_map(page.folder.map).answers == {"M.2": {"Yups": 5}}
    page.post("/columns", action="up:setuju5:4")
    assert read_map(page.folder.map).answers == {"M.2": {"Yups": 4}}


def test_taking_a_column_back_keeps_the_model_made_since(page):
    page.post("/columns", action="save", **{"to-C": "X1", "rev-C": "yes"})
    assert 'id="rev-C" value="yes" checked' in page.get("/columns").text
    page.post("/model", action="save", kind="mediation", **PARTS)
    before = hypotheses(page)
    assert len(before) == 4
    page.post("/columns", action="undo")
    assert 'id="rev-C" value="yes" checked' not in page.get("/columns").text
    assert hypotheses(page) == before
    assert page.post("/check", action="next").url.path == "/model"


def test_nothing_of_the_file_before_can_be_taken_back(page, tmp_path):
    page.post("/columns", action="save", **{"to-C": "X1", "rev-C": "yes"})
    assert 'id="undo"' in page.get("/columns").text
    other = answers(tmp_path / "b.csv")
    text = other.read_text(encoding="utf-8")
    other.write_text(text.replace("X1.", "KL").replace("M.", "KP").replace("Y.", "LY"), encoding="utf-8")
    assert not codes(page.upload(other))
    assert 'id="undo"' not in page.get("/columns").text
    page.post("/columns", action="undo")
    assert 'value="KL" selected' in page.get("/columns").text


def test_columns_known_by_letters_are_looked_at_anew_when_another_file_shifts_them(tmp_path):
    page = Page(tmp_path / "kerja")
    rows = [[1 + (3 * r + c * r) % 5 for c in range(6)] for r in range(20)]
    heads = ["Skor"] * 6

    def upload(name, heads, rows):
        path = tmp_path / name
        path.write_text("\n".join(",".join(map(str, row)) for row in [heads, *rows]) + "\n", encoding="utf-8")
        assert page.upload(path).status_code == 200
        return page.folder.instrument.read_text(encoding="utf-8")

    first = upload("a.csv", ["Jenis Kelamin", *heads], [["L" if r[0] > 2 else "P", *r] for r in rows])
    assert "[B]" in first
    corrected = upload("b.csv", ["Jenis Kelamin", *heads], [["L", *r] for r in rows])
    assert corrected == first  # the same columns: the work stays
    second = upload(
        "c.csv", ["Nomor urut", "Jenis Kelamin", *heads], [[i, "L", *r] for i, r in enumerate(rows)]
    )
    assert "[B]" not in second
    assert "[H]" in second
    assert (page.folder.root / "instrument.1.yaml").read_text(encoding="utf-8") == first
