"""Names of variables, cells with several answers, and which state of the file the results belong to."""

import csv
import json
import re

import pytest

from umkm_stats.instrument import load_instrument

from .visiting import Page, answers, codes


@pytest.fixture
def page(tmp_path):
    return Page(tmp_path / "kerja")


@pytest.fixture
def ready(page, tmp_path):
    assert page.upload(answers(tmp_path / "jawaban.csv")).status_code == 200
    return page


def test_no_two_variables_get_one_name(ready):
    told = ready.post("/columns", action="next", **{"label-X1": "Mutu", "label-M": " mutu ", "rev-D": "yes"})
    assert (told.status_code, codes(told)) == (422, {"APP070"})
    text = ready.folder.instrument.read_text(encoding="utf-8")
    assert text.count("Mutu") == 1
    assert "mutu" not in text
    swapped = ready.post("/columns", action="save", **{"label-X1": "M", "label-M": "Mutu"})
    assert not codes(swapped)
    again = ready.post("/columns", action="add", newvar="MUTU")
    assert (again.status_code, codes(again)) == (422, {"APP070"})
    assert not ready.folder.state.get("waiting")
    assert not codes(ready.post("/columns", action="add", newvar="Harga"))


def sold(r):
    return ("Toko", "Pasar", "Toko, Pasar", "Toko, Internet")[r % 4]


def test_whether_a_cell_holds_several_answers_is_stated_and_can_be_changed(page, tmp_path):
    path = answers(tmp_path / "jawaban.csv")
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    rows[0] += ["Saluran", "Komoditas", "Bahan [Kayu]", "Bahan [Rotan]"]
    for r, row in enumerate(rows[1:]):
        goods = ("Kelapa", "Kelapa, Kopra dan lainnya", "Padi")[r % 3]
        row += [sold(r), goods, "Ya" if r % 2 else "Tidak", "Ya" if r % 3 else "Tidak"]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    assert page.upload(path).status_code == 200

    def asked(letter):
        questions = load_instrument(page.folder.instrument).questions
        at = {"L": "Saluran", "M": "Komoditas", "N": "Bahan"}[letter]
        return next(q for q in questions if at in q.text["id"])

    text = page.get("/columns").text
    chosen = dict(re.findall(r'name="several-(\w)">.*?value="(\w+)" selected', text))
    assert chosen == {"L": "many", "M": "one"}  # N and O are boxes: nothing to choose
    assert [c.label["id"] for c in asked("L").choices] == ["Toko", "Pasar", "Internet"]
    assert (asked("M").kind, asked("N").kind) == ("choice", "multiple")
    assert "RSP370" not in codes(page.get("/columns"))
    page.post("/columns", action="save", **{"several-L": "one", "several-M": "many"})
    assert [c.label["id"] for c in asked("L").choices] == sorted({sold(r) for r in range(4)})
    assert (asked("L").kind, asked("M").kind) == ("choice", "multiple")
    assert [c.label["id"] for c in asked("M").choices] == ["Kelapa", "Kopra dan lainnya", "Padi"]
    page.post("/columns", action="save", **{"several-L": "many"})
    assert asked("L").kind == "multiple"
    assert page.post("/check", action="next").url.path == "/model"
    page.post("/columns", action="save", **{"to-N": "new", "to-O": "new"})  # boxes that are items
    made = [q for q in load_instrument(page.folder.instrument).items if "Bahan" in q.text["id"]]
    assert len({item.code for item in made}) == 2
    assert len({item.construct for item in made}) == 1
    page.post("/columns", action="undo")
    assert asked("N").kind == "multiple"
    page.post("/columns", action="save", **{"to-N": "ignore"})  # a box goes with its question
    with pytest.raises(StopIteration):
        asked("N")


def done(folder):
    """Results on disk as a run of the folder as it stands would have left them."""
    now = {"responses": folder.answers, "instrument": folder.instrument, "study": folder.study}
    told = {role: {"sha256": folder.digest_of(path)} for role, path in now.items() if path.is_file()}
    folder.results.mkdir()
    manifest = {"inputs": told, "call": {"sheet": None}}
    (folder.results / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder.results / "report.html").write_text("<p>.</p>", encoding="utf-8")


def test_results_of_an_earlier_state_of_the_file_are_called_so(ready, tmp_path):
    done(ready.folder)
    for path in ("/file", "/run", "/results"):
        assert 'id="outdated"' not in ready.get(path).text, path
    assert (
        "✓" in re.search(r'<li[^>]*>(?:(?!</li>).)*href="/results".*?</li>', ready.get("/file").text, re.S)[0]
    )
    ready.upload(answers(tmp_path / "jawaban.csv", n=52))  # the form went on
    for path in ("/file", "/run", "/results"):
        text = ready.get(path).text
        note = re.search(r'id="outdated">(.*?)</p>', text, re.S)
        assert note, path
        assert "keadaan berkas sebelumnya" in note[1]
    steps = re.search(r'<li[^>]*>(?:(?!</li>).)*href="/results".*?</li>', text, re.S)
    assert "✓" not in steps[0]
    ready.upload(answers(tmp_path / "jawaban.csv"))
    assert 'id="outdated"' not in ready.get("/results").text


def test_a_run_remembers_which_state_of_the_file_it_read(ready, tmp_path):
    runner = ready.site.runner
    then = runner._taken()
    assert (then["name"], then["rows"]) == ("jawaban.csv", 40)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d", then["taken"])
    done(ready.folder)
    ready.folder.write_own("run.json", {"status": "done", "data": then})
    assert "jawaban.csv: 40 baris" in ready.get("/results").text
    ready.upload(answers(tmp_path / "jawaban.csv", n=52))
    assert "Hasil dihitung dari 40 baris; berkas sekarang berisi 52 baris." in ready.get("/results").text


def test_a_doubtful_column_that_was_looked_at_is_asked_about_no_more(page, tmp_path):
    assert (
        page.upload(answers(tmp_path / "a.csv", odd={(r, "X1.1"): "Yups" for r in range(3)})).status_code
        == 200
    )
    shown = page.get("/columns").text
    assert "Yups" in shown
    assert shown.count('class="guess ask"') == 1
    numbers = re.findall(r'name="question-(\d+)"', shown)
    ticks = {f"{word}-{n}": "yes" for n in numbers for word in ("question", "asked")}
    page.post("/columns", action="save", **ticks)
    assert 'class="guess ask"' not in page.get("/columns").text
