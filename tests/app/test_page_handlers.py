"""The handlers of the page without a server: what each form writes, and every refusal with its code."""

import asyncio
import csv
import re
import subprocess
from pathlib import Path

import httpx
import numpy as np
import pytest

from umkm_stats.app import _site
from umkm_stats.app._folder import Folder, held
from umkm_stats.app._guard import Keys
from umkm_stats.errors import UmkmError
from umkm_stats.responses import read_map
from umkm_stats.study import read_study_file

PORT = 51234
HOST = f"http://127.0.0.1:{PORT}"
AGREE = ("Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju")


def answers(path: Path, *, odd: dict | None = None, n: int = 40, words=AGREE) -> Path:
    """X1.1 … Y.3 in words, with a time and a name; ``odd``: (row, heading) → another answer."""
    rng = np.random.default_rng(3)
    heads = [f"{code}.{i}" for code in ("X1", "M", "Y") for i in (1, 2, 3)]
    base = rng.normal(size=(n, 3)).cumsum(axis=1)
    rows = []
    for r in range(n):
        points = [
            int(np.clip(np.round(3 + base[r, k] * 0.8 + rng.normal() * 0.5), 1, 5))
            for k in range(3)
            for _ in range(3)
        ]
        row = {h: words[p - 1] for h, p in zip(heads, points, strict=True)}
        row |= {h: a for (at, h), a in (odd or {}).items() if at == r}
        rows.append([f"2026/01/{1 + r % 28:02d} 10:00:00", f"Orang {r}", *(row[h] for h in heads)])
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["Timestamp", "Nama", *heads], *rows])
    return path


class Client:
    """Requests to the site as one browser makes them, cookies kept."""

    def __init__(self, site, headers=None) -> None:
        self.site, self.headers, self.jar = site, headers or {}, httpx.Cookies()

    def request(self, method: str, path: str, headers=None, **given) -> httpx.Response:
        async def asked() -> httpx.Response:
            way = httpx.ASGITransport(app=self.site.guarded)
            known = {"transport": way, "base_url": HOST, "cookies": self.jar, "follow_redirects": True}
            async with httpx.AsyncClient(**known) as client:
                answer = await client.request(method, path, headers=self.headers | (headers or {}), **given)
                self.jar = client.cookies
                return answer

        return asyncio.run(asked())

    def get(self, path: str, **given) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given) -> httpx.Response:
        return self.request("POST", path, **given)

    def put(self, path: str) -> httpx.Response:
        return self.request("PUT", path)


class Page:
    """One visitor of a site in a folder."""

    def __init__(self, root: Path, lang: str = "id") -> None:
        self.folder = Folder(root)
        self.folder.prepare()
        keys = Keys()
        self.site = _site.Site(self.folder, port=PORT, keys=keys, lang=lang)
        self.client = Client(self.site, {"origin": HOST})
        assert self.client.get(f"/?token={keys.fresh()}").status_code == 200

    def get(self, path: str):
        return self.client.get(path)

    def digest(self, path: str) -> str:
        return re.search(r'name="digest" value="(\w+)"', self.get(path).text)[1]

    def post(self, path: str, files=None, **data):
        given = {"digest": self.digest("/" + path.split("/")[1]), **data}
        return self.client.post(path, data=given, files=files)

    def upload(self, path: Path, name: str | None = None):
        return self.post("/file", files={"answers": (name or path.name, path.read_bytes())})


@pytest.fixture
def page(tmp_path):
    return Page(tmp_path / "kerja")


@pytest.fixture
def ready(page, tmp_path):
    assert page.upload(answers(tmp_path / "jawaban.csv")).status_code == 200
    return page


def codes(response) -> set[str]:
    return set(re.findall(r"Kode (\w{3}\d{3})", response.text))


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
    assert codes(page.post_open()) == {"APP025"}


BAD = {"content-type": "multipart/form-data"}


def _refusing(*words, **given):
    raise OSError(2, "no such program")


def _post_open(self):
    return self.client.post("/results/open", data={})


Page.post_open = _post_open


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
