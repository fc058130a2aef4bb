"""What stands in the folder, and who else may work in it: points 19, 24, 26, 30, and files edited by hand."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest

from umkm_stats.instrument import load_instrument
from umkm_stats.study import read_study_file

from .files import numbers
from .running import faults, running

WORD = re.compile(r"[A-Z]{3}\d{3}")


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "umkm_stats", "app", "--no-browser", *words]


def test_19_a_stale_tab_gets_409_and_a_choice(shared_app, client, form):
    assert client.upload(form).status_code == 303
    stale = client.digest("/columns")
    assert client.post("/columns", {"label-X1": "Mutu produk", "action": "save"}).status_code == 303
    data = {"label-X1": "Harga", "action": "save", "digest": stale}
    answer = client.post("/columns", data)
    assert answer.status_code == 409
    assert "diubah di tab lain" in answer.text or "changed in another tab" in answer.text
    assert 'id="reload"' in answer.text
    assert 'id="overwrite"' in answer.text
    kept = (shared_app.folder / "instrument.yaml").read_text(encoding="utf-8")
    assert "Mutu produk" in kept
    assert "Harga" not in kept
    assert client.post("/columns", {**data, "overwrite": "yes"}).status_code == 303
    assert "Harga" in (shared_app.folder / "instrument.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["file/example", "check", "model", "run"])
def test_19_every_form_is_held_against_the_files(client, form, page):
    assert client.upload(form).status_code == 303
    answer = client.post(f"/{page}", {"digest": "0" * 24, "action": "save"})
    assert (answer.status_code, faults(answer)) == (409, ["APP009"])


def test_24_comments_and_unknown_keys_outlive_the_page(shared_app, client, form):
    assert client.upload(form).status_code == 303
    client.post("/columns", {**client.settled(), "action": "save"})
    study, instrument = shared_app.folder / "study.yaml", shared_app.folder / "instrument.yaml"
    study.write_text("schema: umkm-study/1\n# penting\nlevel: 0.90  # sesuai proposal\n", encoding="utf-8")
    text = instrument.read_text(encoding="utf-8").replace("constructs:", "# catatan saya\nconstructs:", 1)
    instrument.write_text(
        text.replace("Produk di toko ini awet.", "Produknya awet sekali."), encoding="utf-8"
    )
    assert "catatan saya" in instrument.read_text(encoding="utf-8")
    assert client.post("/columns", {"label-X1": "Mutu", "action": "save"}).status_code == 303
    assert client.post("/check", {"row": "5", "reason": "uji coba", "action": "exclude"}).status_code == 303
    text = instrument.read_text(encoding="utf-8")
    assert "# catatan saya" in text
    assert "Produknya awet sekali." in text
    assert "Mutu" in text
    told = study.read_text(encoding="utf-8")
    assert "# penting\nlevel: 0.90" in told
    assert "# sesuai proposal" in told
    assert [(e.row, e.reason) for e in read_study_file(study).exclude] == [(5, "uji coba")]
    assert "uji coba" in client.get("/check").text


def test_24_a_hand_edit_appears_on_reload(shared_app, client, form):
    assert client.upload(form).status_code == 303
    instrument = shared_app.folder / "instrument.yaml"
    text = instrument.read_text(encoding="utf-8")
    changed = re.sub(r"(code: X1, label: \{id: )[^}]*", r'\1"Diubah tangan"', text, count=1)
    assert changed != text
    instrument.write_text(changed, encoding="utf-8")
    assert load_instrument(instrument).constructs[0].label["id"] == "Diubah tangan"
    assert "Diubah tangan" in client.get("/columns").text
    assert "Diubah tangan" in client.get("/model").text


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("instrument.yaml", "schema: umkm-instrument/1\nname: [x\n"),
        ("study.yaml", "schema: umkm-study/1\ndraws: [5\n"),
    ],
)
def test_24_broken_yaml_is_said_with_line_and_remedy_and_left_alone(shared_app, client, form, name, broken):
    assert client.upload(form).status_code == 303
    path = shared_app.folder / name
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(broken, encoding="utf-8")
    try:
        for page in ("/columns", "/check", "/model", "/run"):
            answer = client.http.get(page)
            assert answer.status_code < 500, (page, answer.text)
            assert path.read_text(encoding="utf-8") == broken
        page = {"instrument.yaml": "/check", "study.yaml": "/check"}[name]
        answer = client.http.get(page)
        assert WORD.search(" ".join(faults(answer))), answer.text
        assert name in answer.text
        assert re.search(r"(?:baris|line) [23]", answer.text)
        assert client.post(page, {"row": "5", "reason": "uji", "action": "exclude"}).status_code in (409, 422)
        assert path.read_text(encoding="utf-8") == broken
    finally:
        path.unlink()
        if before is not None:
            path.write_text(before, encoding="utf-8")


def test_a_new_file_keeps_what_matching_headings_were_told(shared_app, client, form, tmp_path):
    assert client.upload(form).status_code == 303
    assert client.post("/columns", {"label-X1": "Mutu yang saya namai", "action": "save"}).status_code == 303
    assert client.upload(form, "jawaban baru.xlsx").status_code == 303
    assert "Mutu yang saya namai" in client.get("/columns").text
    assert (
        client.upload(numbers(tmp_path / "lain.csv", head=tuple(f"Q{k}" for k in range(9)))).status_code
        == 303
    )
    assert (shared_app.folder / "data" / "jawaban.csv").exists()
    assert not (shared_app.folder / "data" / "jawaban.xlsx").exists()
    assert [p.name for p in shared_app.folder.glob("instrument.*.yaml")], "the old instrument is kept aside"


def test_26_ctrl_c_while_idle(app):
    app.client().get("/file")
    assert app.stop(signal.SIGINT) == 0
    assert "Traceback" not in app.said()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_26_an_end_the_system_asks_for(app):
    assert app.stop(signal.SIGTERM) == 0
    assert "Traceback" not in app.said()


def test_30_a_second_app_on_the_folder_is_refused_until_the_first_is_gone(tmp_path):
    folder = tmp_path / "penelitian"
    with running(folder) as app:
        second = subprocess.run(
            command("--folder", str(folder), "--lang", "id"),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        assert second.returncode == 1
        assert "APP002" in second.stderr
        assert second.stdout == ""
        assert "Traceback" not in second.stderr
        assert app.client().get("/file").status_code == 200
        app.kill()
        with running(folder) as again:
            assert again.client().get("/file").status_code == 200


def test_a_port_that_is_taken_and_options_that_cannot_be(app, tmp_path):
    for words, code, exit_code in (
        (("--port", str(app.port)), "APP001", 1),
        (("--port", "70000"), "GEN003", 2),
        (("--lang", "fr"), "GEN001", 2),
    ):
        run = subprocess.run(
            command("--folder", str(tmp_path / "lain"), *words),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        assert (run.returncode, code in run.stderr) == (exit_code, True), run.stderr
    (tmp_path / "berkas").write_text("x", encoding="utf-8")
    run = subprocess.run(
        command("--folder", str(tmp_path / "berkas")),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (run.returncode, "APP003" in run.stderr) == (1, True), run.stderr


def test_a_folder_is_made_and_a_named_port_is_taken(tmp_path):
    with running(tmp_path / "satu" / "dua") as app:
        port = app.port
        assert {path.name for path in app.folder.iterdir()} >= {"data", ".app"}
        assert app.stop() == 0
    with running(tmp_path / "satu" / "dua", "--port", str(port)) as again:
        assert again.port == port


def test_the_starter_opens_the_same_folder(tmp_path):
    run = subprocess.run(
        command("--folder", str(tmp_path / "data saya"), "--shortcut"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    found = [path for path in tmp_path.iterdir() if path.suffix in (".cmd", ".command", ".desktop")]
    assert len(found) == 1
    text = found[0].read_text(encoding="utf-8")
    assert "umkm_stats app" in text
    assert "data saya" in text


def test_the_language_is_the_browsers_else_indonesian_else_what_was_said(tmp_path):
    with running(tmp_path / "a") as app:
        client = app.client()
        for tongue, lang in (("en-US,en;q=0.8", "en"), ("id,en;q=0.5", "id"), ("fr", "id"), ("", "id")):
            page = client.http.get("/file", headers={"Accept-Language": tongue})
            assert f'<html lang="{lang}"' in page.text, tongue
        client.post("/lang", {"lang": "en", "back": "/file"})
        assert '<html lang="en"' in client.http.get("/file", headers={"Accept-Language": "id"}).text
    with running(tmp_path / "b", "--lang", "en") as app:
        page = app.client().http.get("/file", headers={"Accept-Language": "id"})
        assert '<html lang="en"' in page.text
