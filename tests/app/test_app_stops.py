"""Runs that are cancelled, killed or orphaned: points 18 and 20 to 22, 26 in a run; nothing is lost."""

from __future__ import annotations

import os
import signal

import pytest

from .files import form_export
from .running import alive, children, faults, running, until

pytestmark = pytest.mark.slow
MANY = 900_000
posix = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc of Linux")


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A folder that is ready to run, and the form it came from."""
    root = tmp_path_factory.mktemp("ready")
    file = form_export(root / "form.xlsx", n=60)
    folder = root / "penelitian"
    folder.mkdir()
    (folder / "study.yaml").write_text("schema: umkm-study/1\ncross_check: false\n", encoding="utf-8")
    with running(folder) as app:
        app.client().through(file)
    return folder


def parts(folder):
    """Half-written folders."""
    return [
        path.name
        for path in (*folder.iterdir(), *folder.parent.iterdir())
        if ".part" in path.name or path.name.startswith(".hasil")
    ]


@posix
def test_18_20_a_run_seen_from_two_tabs_and_cancelled(ready):
    with running(ready) as app:
        client = app.client()
        assert client.run(draws=MANY).status_code == 303
        state = client.drawing()
        for _ in range(2):  # a refresh and a second tab show the same run
            page = client.get("/run").text
            assert 'id="progress"' in page
            assert 'id="cancel"' in page
            assert "<progress" in page
        assert client.state()["started"] == state["started"]
        answer = client.run(draws=10, digest=client.digest("/model"))  # one run at a time
        assert (answer.status_code, faults(answer)) == (422, ["APP010"])
        (child,) = children(app.process.pid)
        assert client.post("/run/cancel").status_code == 303
        assert client.ended()["status"] == "cancelled"
        assert until(lambda: not alive(child))
        assert parts(ready) == []
        assert not (ready / "hasil").exists()
        page = client.get("/run").text
        assert 'id="run-cancelled"' in page
        assert 'id="run"' in page
        assert app.stop() == 0


@posix
@pytest.mark.parametrize("how", ["kill", "interrupt"])
def test_22_26_the_run_ends_with_the_page(ready, how):
    with running(ready) as app:
        client = app.client()
        assert client.run(draws=MANY).status_code == 303
        client.drawing()
        (child,) = children(app.process.pid)
        if how == "kill":
            app.kill()
        else:
            assert app.stop(signal.SIGINT) == 0
            assert "Traceback" not in app.said()
        assert until(lambda: not alive(child))
    assert parts(ready) == []
    with running(ready) as again:  # what was killed is said, and can be run again
        client = again.client()
        page = client.get("/run").text
        assert ('id="run-killed"' if how == "kill" else 'id="run-') in page
        assert 'id="run"' in page
        assert client.get("/run/state").json()["status"] in ("killed", "cancelled")


@posix
def test_21_kill_9_at_each_step_loses_nothing(tmp_path, form):
    folder = tmp_path / "penelitian"

    def files():
        names = ("instrument.yaml", "study.yaml", "map.yaml", "data/jawaban.xlsx")
        return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}

    steps = (
        lambda c: c.upload(form),
        lambda c: c.post("/columns", {"label-X1": "Mutu", "action": "save"}),
        lambda c: c.post("/columns", {**c.settled(), "action": "next"}),
        lambda c: c.post("/check", {"row": "5", "reason": "uji coba", "action": "exclude"}),
        lambda c: c.post("/check", {"action": "next"}),
        lambda c: c.post("/model", {**c.model(), "action": "next"}),
        lambda c: c.post(
            "/run",
            {"draws": "300", "seed": "3", "style": "apa", "language": "en", "decimal": ".", "action": "save"},
        ),
    )
    kept = {}
    for step in steps:
        with running(folder) as app:
            assert files() == kept
            client = app.client()
            answer = step(client)
            assert answer.status_code == 303, faults(answer)
            kept = files()
            app.kill()
    with running(folder) as app:
        client = app.client()
        assert "Mutu" in client.get("/columns").text
        assert "uji coba" in client.get("/check").text
        page = client.get("/run").text
        assert 'value="300"' in page
        assert 'value="3"' in page
        assert client.http.get("/").headers["location"] == "/run"
    assert not [path.name for path in folder.rglob("*") if path.name.startswith(".") and path.name != ".app"]
