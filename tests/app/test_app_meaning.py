"""What answers mean: points 15 to 17. The page and the command line read the same numbers."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from umkm_stats.responses import read_responses

from .files import google_form, sav, write_xlsx
from .running import faults

OWN = ("Ogah", "Malas", "Biasa saja", "Mau", "Mau banget")


def read(folder):
    """The answers as the command line reads them."""
    answers = next(path for path in (folder / "data").iterdir() if path.name.startswith("jawaban"))
    given = folder / "map.yaml"
    return read_responses(answers, folder / "instrument.yaml", aliases=given if given.exists() else None)


def asked(client, word):
    """The number of a word's question on page 3, and its whole block."""
    text = client.get("/check").text
    block = next(
        (b for b in re.findall(r"<fieldset class=\"word\".*?</fieldset>", text, re.S) if word in b), ""
    )
    return re.search(r'name="word-(\d+)" value="([^"]*)"', block), block


def test_15_an_unknown_word_is_asked_with_its_cells_and_kept_in_the_map(app, tmp_path):
    client = app.client()
    rows = google_form(n=60, messy=False)
    rows[34][5] = "Yups banget"
    rows[12][6] = "zzz"
    assert client.upload(write_xlsx(tmp_path / "a.xlsx", ("A", rows))).status_code == 303
    client.post("/columns", {**client.settled(), "action": "next"})
    _, block = asked(client, "Yups banget")
    assert "F35" in block
    assert "1 sel" in block
    assert "Sangat Setuju" in block
    before = read(app.folder).items
    assert (
        before.loc[before.index[33], "X1.1"] != before.loc[before.index[33], "X1.1"]
    )  # missing until it is said
    one, _ = asked(client, "Yups banget")
    other, _ = asked(client, "zzz")
    said = {
        f"word-{one[1]}": one[2],
        f"mean-{one[1]}": "5",
        f"word-{other[1]}": other[2],
        f"mean-{other[1]}": "missing",
        "action": "words",
    }
    assert client.post("/check", said).status_code == 303
    text = (app.folder / "map.yaml").read_text(encoding="utf-8")
    assert "Yups banget" in text
    after = read(app.folder).items
    assert after["X1.1"].iloc[33] == 5
    assert pd.isna(after["X1.2"].iloc[11])
    assert client.post("/check", {"action": "next"}).headers["location"] == "/model"


def order(client, name):
    """The words of a scale as the page shows them."""
    text = client.get("/columns").text
    block = re.search(rf'id="scale-{name}">.*?</fieldset>', text, re.S)[0]
    return re.findall(r"<li><span>(\d+) = ([^<]+)</span>", block), block


def placed(client, letters, name):
    """Put columns into a new variable; its code."""
    assert client.post("/columns", {"action": "add", "newvar": name}).status_code == 303
    code = re.findall(r'id="label-([^"]+)"', client.get("/columns").text)[-1]
    moved = client.post("/columns", {"action": "move", "tick": letters, "move-to": code})
    assert moved.status_code == 303, faults(moved)
    return code


def test_16_own_words_are_put_in_order_by_the_user_and_read_alike_by_the_command_line(app, tmp_path):
    client = app.client()
    rows = google_form(n=60, messy=False, words=OWN)
    assert client.upload(write_xlsx(tmp_path / "a.xlsx", ("A", rows))).status_code == 303
    assert 'id="refused"' in client.get("/columns").text
    code = placed(client, ["F", "G", "H"], "Minat")
    text = client.get("/columns").text
    (name,) = set(re.findall(r'<fieldset class="scale" id="scale-([^"]+)"', text))
    shown, block = order(client, name)
    assert {word for _, word in shown} == set(OWN)
    assert re.search(r'class="touches">([^<]*)', block)[1].count("F") == 1
    stopped = client.post("/columns", {"action": "next"})  # never an order that nobody said
    assert (stopped.status_code, faults(stopped)) == (422, ["APP027"])
    for wanted, word in enumerate(OWN):
        while (at := [w for _, w in order(client, name)[0]].index(word)) > wanted:
            assert client.post("/columns", {"action": f"up:{name}:{at}"}).status_code == 303
    assert [w for _, w in order(client, name)[0]] == list(OWN)
    value = {word: number for number, word in enumerate(OWN, 1)}
    first, second = (f"{code}{k}" for k in (1, 2))
    assert read(app.folder).items[first].tolist() == [value[row[5]] for row in rows[1:]]
    turned = {"rev-F": "yes", "to-F": code}
    client.post("/columns", {**turned, "action": "save"})
    items = read(app.folder).items
    assert items[first].tolist() == [6 - value[row[5]] for row in rows[1:]]
    assert items[second].tolist() == [value[row[6]] for row in rows[1:]]
    assert client.post("/columns", {**turned, "action": f"flip:{name}"}).status_code == 303
    assert [w for _, w in order(client, name)[0]] == list(reversed(OWN))
    assert read(app.folder).items[second].tolist() == [6 - value[row[6]] for row in rows[1:]]
    sure = {f"question-scale:{name}": "yes", f"asked-scale:{name}": "yes", "action": "next"}
    assert client.post("/columns", sure).headers["location"] == "/check"


def test_17_spss_labels_order_and_missing_values_are_kept(app, tmp_path):
    client = app.client()
    import pyreadstat

    file = sav(tmp_path / "data.sav")
    assert client.upload(file).status_code == 303
    page = client.get("/file").text
    assert "SPSS" in page
    text = client.get("/columns").text
    assert "1 = Sangat Tidak Setuju" in text
    client.post("/columns", {**client.settled(), "action": "next"})
    items = read(app.folder).items
    frame, _ = pyreadstat.read_sav(str(file), user_missing=True)
    assert pd.isna(items["Y_1"].iloc[3])
    assert frame["Y_1"].iloc[3] == 99
    assert items["X1_1"].tolist() == frame["X1_1"].tolist()
    assert items.drop(index=items.index[3])["Y_1"].tolist() == frame["Y_1"].drop(index=3).tolist()
    assert client.post("/check", {"action": "next"}).status_code == 303


@pytest.mark.parametrize("word", ["99", "99 "])
def test_15_ninety_nine_is_asked_not_taken(app, tmp_path, word):
    client = app.client()
    from .files import numbers

    file = numbers(tmp_path / "a.csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[5] = ",".join([word, *lines[5].split(",")[1:]])
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert client.upload(file).status_code == 303
    client.post("/columns", {**client.settled(), "action": "next"})
    text = client.get("/check").text + client.get("/columns").text
    assert "99" in text
    assert pd.isna(read(app.folder).items["X1.1"].iloc[4])
