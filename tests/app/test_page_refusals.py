"""What the page refuses, with its code, and what then stays as it was."""

import csv
import re
import subprocess

import numpy as np
import pytest

from umkm_stats.app._folder import Folder, held
from umkm_stats.errors import UmkmError
from umkm_stats.study import read_study_file

from .visiting import AGREE, Client, Page, answers, codes


@pytest.fixture
def page(tmp_path):
    return Page(tmp_path / "kerja")


@pytest.fixture
def ready(page, tmp_path):
    assert page.upload(answers(tmp_path / "jawaban.csv")).status_code == 200
    return page


def test_a_broken_file_is_said_with_its_line(ready):
    path = ready.folder.instrument
    path.write_text(path.read_text(encoding="utf-8") + "sections: [\n", encoding="utf-8")
    told = ready.get("/columns")
    assert (told.status_code, codes(told)) == (422, {"APP021"})
    assert "baris" in told.text
    for name in ("/check", "/model", "/run"):
        assert ready.get(name).status_code == 200
        assert codes(ready.get(name))
    path.write_text("- 1\n", encoding="utf-8")
    assert codes(ready.get("/columns")) == {"APP021"}
    path.write_text("a: 1\na: 2\n", encoding="utf-8")
    assert codes(ready.get("/columns")) == {"APP021"}


def test_a_form_from_files_that_changed_is_refused_until_it_says_to_overwrite(ready):
    old = ready.digest("/columns")
    ready.post("/columns", action="save", **{"label-X1": "Kualitas"})
    stale = {"digest": old, "action": "save", "label-X1": "Mutu"}
    refused = ready.client.post("/columns", data=stale)
    assert (refused.status_code, codes(refused)) == (409, {"APP009"})
    assert 'name="label-X1" value="Mutu"' in refused.text
    assert "Kualitas" in ready.folder.instrument.read_text(encoding="utf-8")
    ready.client.post("/columns", data={**stale, "overwrite": "yes"})
    assert "Mutu" in ready.folder.instrument.read_text(encoding="utf-8")


def test_what_is_missing_is_said(page, tmp_path, monkeypatch):
    assert codes(page.get("/check")) == {"APP013"}
    assert codes(page.client.post("/file", data={"digest": page.digest("/file")})) == {"APP011"}
    assert codes(page.get("/results/word")) == {"APP016"}
    assert codes(page.get("/nichts")) == {"APP012"}
    assert codes(page.client.get("/run/cancel")) == {"APP018"}
    assert codes(page.client.put("/run")) == {"APP018"}
    assert codes(page.client.post("/columns", content=b"--x", headers=BAD)) == {"APP019"}
    monkeypatch.setattr(subprocess, "Popen", _refusing)
    assert codes(page.client.post("/results/open", data={})) == {"APP025"}


BAD = {"content-type": "multipart/form-data"}


def _refusing(*words, **given):
    raise OSError(2, "no such program")


def test_numbers_of_the_run_are_checked(ready):
    asked = ready.post("/run", action="run", draws="0", seed="x", style="apa", language="id", decimal=",")
    assert (asked.status_code, codes(asked)) == (422, {"APP017"})
    assert "/run" in ready.post("/run", action="run", draws="9", seed="1").url.path


def test_a_file_without_items_can_be_set_by_hand(page, tmp_path):
    path = tmp_path / "tanpa.csv"
    rows = [
        ["Kata", "Teks"],
        *([f"kata {i} panjang sekali lho", f"teks {i} yang lain lagi"] for i in range(20)),
    ]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    page.upload(path)
    assert 'id="refused"' in page.get("/columns").text
    assert codes(page.post("/columns", action="next")) == {"APP026"}
    page.post("/columns", action="save", **{"to-A": "new"})
    assert page.folder.instrument.is_file()


def test_a_scale_that_runs_from_agree_to_disagree_stops_until_it_is_confirmed(page, tmp_path):
    import pandas as pd
    import pyreadstat

    rng = np.random.default_rng(1)
    base = rng.normal(size=40)
    heads = ["X1", "X2", "X3"]
    table = pd.DataFrame({h: np.clip(np.round(3 + base + rng.normal(size=40) * 0.4), 1, 5) for h in heads})
    labels = {float(v): word for v, word in zip(range(5, 0, -1), AGREE, strict=True)}
    path = tmp_path / "jawaban.sav"
    pyreadstat.write_sav(table, str(path), variable_value_labels=dict.fromkeys(heads, labels))
    page.upload(path)
    assert page.folder.answers.name == "jawaban.sav"
    stopped = page.post("/columns", action="next")
    assert codes(stopped) == {"APP027"}
    assert "1 = Sangat Setuju … 5 = Sangat Tidak Setuju · skor dibalik" in stopped.text
    numbers = re.findall(r'name="asked-(\d+)"', stopped.text)
    ticked = {f"{part}-{n}": "yes" for n in numbers for part in ("question", "asked")}
    done = page.post("/columns", action="next", **ticked)
    assert done.url.path == "/check"


def test_a_fault_of_ours_is_a_page_and_one_line_of_log_without_answers(ready, monkeypatch):
    from umkm_stats.app import _columns_page

    def broken(*given, **more):
        raise ZeroDivisionError("Orang 3")

    monkeypatch.setattr(_columns_page._columns, "view", broken)
    told = ready.get("/columns")
    assert (told.status_code, codes(told)) == (500, {"APP020"})
    log = ready.folder.own("log.txt").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log
    assert "Orang" not in log


def test_who_may_not_ask_is_told_in_words(tmp_path):
    page = Page(tmp_path / "kerja")
    plain = Client(page.site)
    assert "APP005" in plain.get("/").text
    assert "APP005" in plain.get("/?token=x").text
    assert "APP006" in page.client.get("/file", headers={"host": "localhost"}).text
    assert "APP007" in page.client.post("/run/cancel", headers={"origin": "http://example.org"}).text
    page.site.guarded.limit = 10
    answer = page.client.post("/file", data={"digest": "x" * 50})
    assert (answer.status_code, "APP008" in answer.text) == (413, True)


def test_a_link_in_the_place_of_a_file_is_refused(ready, tmp_path):
    ready.folder.study.unlink(missing_ok=True)
    (ready.folder.root / "study.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert codes(ready.get("/run")) == {"APP004"}
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_one_app_a_folder(tmp_path):
    one = Folder(tmp_path / "kerja")
    with held(one):
        with pytest.raises(UmkmError) as caught, held(Folder(tmp_path / "kerja")):
            pass
        assert caught.value.code == "APP002"
    with held(one):
        pass


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UmkmError) as caught:
        Folder(tmp_path / "file" / "kerja").prepare()
    assert caught.value.code == "APP003"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_page_is_complete_in_the_language(tmp_path, lang):
    page = Page(tmp_path / "kerja", lang)
    page.upload(answers(tmp_path / "jawaban.csv"))
    heads = {
        "id": ["Pilih berkas jawaban", "Kolom mana mengukur apa?", "Yang kami temukan"],
        "en": ["Choose your answer file", "Which column measures what?", "What we found"],
    }
    more = {
        "id": ["Apa yang ingin Anda uji?", "Hitung", "Hasil"],
        "en": ["What do you want to test?", "Compute", "Results"],
    }
    for name, head in zip(
        ("file", "columns", "check", "model", "run", "results"), heads[lang] + more[lang], strict=True
    ):
        text = page.get(f"/{name}").text
        assert re.findall(r"<h1[^>]*>(.*?)</h1>", text) == [head]
        assert f'<html lang="{lang}">' in text


def upload(page, path, odd=None, n=40):
    assert page.upload(answers(path, odd=odd, n=n)).status_code == 200


@pytest.mark.parametrize(("letter", "asks"), [("B", 0), ("A", 0)])
def test_a_column_in_the_wrong_variable_is_named_and_stops(page, tmp_path, letter, asks):
    upload(page, tmp_path / "a.csv")
    page.post("/columns", action="save", **{f"to-{letter}": "X1"})
    text = page.get("/check").text
    section = text.partition('id="misplaced"')[2].partition("</section>")[0]
    assert f"Kolom {letter} (" in section
    assert "40 dari 40 jawabannya" in section
    assert f'href="/columns#column-{letter}"' in section
    assert text.count('class="word"') == asks  # nobody is asked what forty names mean
    assert codes(page.post("/check", action="next")) >= {"APP022"}
    page.post("/columns", action="undo")
    assert 'id="misplaced"' not in page.get("/check").text
    assert page.post("/check", action="next").url.path == "/model"


def test_a_few_words_in_a_wrong_column_can_still_be_explained(page, tmp_path):
    odd = {(r, "X1.2"): ("Ya" if r % 2 else "Tidak pasti") for r in range(40)}
    upload(page, tmp_path / "a.csv", odd)
    page.post("/columns", action="save", **{"to-D": "X1"})
    text = page.get("/check").text
    words = re.findall(r'name="(word-\d+)" value="([^"]+)"', text)
    assert 'id="misplaced"' in text
    assert len(words) == 2
    told = dict(words)
    told |= {f"mean-{name.removeprefix('word-')}": "missing" for name, _ in words}
    page.post("/check", action="words", **told)
    assert 'id="misplaced"' not in page.get("/check").text
    assert page.post("/check", action="next").url.path == "/model"


PARTS = {"part-X1": "x", "part-M": "m", "part-Y": "y"}


def test_what_the_run_would_refuse_is_said_at_the_model(page, tmp_path):
    upload(page, tmp_path / "a.csv", {(r, "M.2"): "Setuju" for r in range(40)}, 40)
    page.post("/columns", action="next")
    told = page.post("/model", action="next", kind="mediation", **PARTS)
    assert codes(told) == {"STU022"}
    assert told.status_code == 422


def test_few_rows_stop_only_the_model_that_needs_more_of_them(page, tmp_path):
    upload(page, tmp_path / "a.csv", {}, 8)
    page.post("/columns", action="next")
    told = page.post("/model", action="next", kind="cfa", **PARTS)
    assert codes(told) == {"STU021"}
    assert told.status_code == 422
    assert page.post("/model", action="next", kind="mediation", **PARTS).url.path == "/run"


def test_an_item_put_aside_leaves_the_others_their_columns(page, tmp_path):
    upload(page, tmp_path / "a.csv")
    page.post("/columns", action="save", **{"to-F": "ignore"})  # M.1; Y.1 has the same number
    assert page.post("/check", action="next").url.path == "/model"


def chapter(page, **told):
    fields = dict.fromkeys(("title", "tails", "alpha_cutoff", "unit", "distributed", "rule", "N", "e"), "")
    return page.post("/run", action="save", draws="200", seed="7", **{**fields, **told})


@pytest.mark.parametrize(
    ("e", "kept"), [("5", 0.05), ("5 %", 0.05), ("0,05", 0.05), ("0.1", 0.1), ("10%", 0.1), ("2,5", 0.025)]
)
def test_a_margin_of_error_is_read_as_per_cent_or_as_the_formula_has_it(ready, e, kept):
    assert not codes(chapter(ready, rule="slovin", N="500", e=e))
    assert read_study_file(ready.folder.study).sampling.e == pytest.approx(kept)


@pytest.mark.parametrize("e", ["abc", "%", "60", "0,7", "0,05%", "-5", "0"])
def test_a_margin_of_error_that_cannot_be_meant_is_refused(ready, e):
    assert codes(chapter(ready, rule="slovin", N="500", e=e)) == {"APP017"}


def test_fewer_handed_out_than_came_back_is_refused(ready):
    assert codes(chapter(ready, distributed="39")) == {"SCR102"}
    assert not codes(chapter(ready, distributed="40"))


def test_a_refused_file_is_called_by_its_own_name(page, tmp_path):
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4 no table")
    told = page.upload(tmp_path / "x.pdf", name="Bab <1>.pdf")
    assert codes(told) == {"RSP104"}
    assert "Bab &lt;1&gt;.pdf" in told.text
    assert "(file upload" not in told.text


def test_of_several_sheets_with_answers_the_one_shown_is_used(page, tmp_path):
    import openpyxl

    with answers(tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    book = openpyxl.Workbook()
    book.active.title = "Form Responses 1"
    for name, chosen in (("Form Responses 1", rows), ("Salinan", rows[:11])):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for row in chosen:
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    told = page.upload(tmp_path / "a.xlsx")
    assert "<option selected>Form Responses 1</option>" in told.text
    text = page.get("/check").text
    assert "40 dari 40" in text
    assert page.post("/check", action="next").url.path == "/model"
    assert "--sheet" in page.site.runner.command()
    page.post("/file/sheet", sheet="Salinan")
    assert "10 dari 10" in page.get("/check").text
