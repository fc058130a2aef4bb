"""Who may ask and what they may send: points 1 to 8, 10, 11 of the page's acceptance, over plain HTTP."""

from __future__ import annotations

import http.client
import os
import re
import socket
import sys
from pathlib import Path

import pytest

from .files import AGREE, bomb, form_export, google_form, locked, write_xlsx
from .running import App, faults, running

HEADERS = {
    "content-security-policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
LIMIT = 200_000_000


def raw(app: App, path: str, host: str | None = None, method: str = "GET", **headers: str):
    """A request whose path and Host no client tidies up."""
    link = http.client.HTTPConnection("127.0.0.1", app.port, timeout=60)
    try:
        link.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        link.putheader("Host", host if host is not None else f"127.0.0.1:{app.port}")
        for name, value in headers.items():
            link.putheader(name.replace("_", "-"), value)
        link.endheaders()
        answer = link.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.getheaders())
    finally:
        link.close()


def test_01_one_line_then_the_page(app):
    client = app.client()
    page = client.http.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "<h1" in page.text
    assert app.stop() == 0
    assert app.lines == [f"{app.address}\n"]
    assert "Traceback" not in app.said()


def test_02_without_with_a_wrong_or_a_used_token_nobody_comes_in(app):
    for path in (
        "/",
        "/file",
        "/static/app.css",
        "/run/state",
        "/?token=",
        "/?token=wrong",
        "/?token=" + "A" * 43,
    ):
        with app.guest() as guest:
            answer = guest.get(path)
        assert answer.status_code == 403, path
        assert "Enter" in answer.text
        assert "set-cookie" not in answer.headers
    client = app.client()
    assert client.get("/file").status_code == 200
    with app.guest() as guest:
        assert guest.get(f"/?token={app.token}").status_code == 403
        assert guest.get("/file").status_code == 403
    assert client.get("/file").status_code == 200


def test_02_the_words_of_a_refusal_follow_the_browser(app):
    for tongue, words in (("id-ID,id;q=0.9", "jendela perintah"), ("en-GB", "command window")):
        with app.guest() as guest:
            assert words in guest.get("/", headers={"Accept-Language": tongue}).text


def test_02_the_cookie_is_another_secret_bound_to_the_port(app):
    with app.guest() as guest:
        answer = guest.get(f"/?token={app.token}")
        bound = answer.headers["set-cookie"]
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert str(app.port) in bound.split("=")[0]
        assert app.token not in bound
        assert {"HttpOnly", "SameSite=Strict", "Max-Age=604800"} <= {
            part.strip() for part in bound.split(";")
        }
        assert len(app.token) >= 43
        assert len(re.match(r"[^=]+=([^;]+)", bound)[1]) >= 43


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_02_enter_prints_a_fresh_address(tmp_path):
    import pty
    import subprocess

    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "umkm_stats", "app", "--folder", str(tmp_path / "p"), "--no-browser"]
    with subprocess.Popen(
        words, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        try:
            first = run.stdout.readline()
            os.write(ours, b"\n")
            second = run.stdout.readline()
            port = re.search(r":(\d+)/", first)[1]
            assert re.search(r":(\d+)/", second)[1] == port
            assert first != second
            tokens = [line.strip().partition("token=")[2] for line in (first, second)]
            import httpx

            codes = [
                httpx.get(f"http://127.0.0.1:{port}/?token={token}", trust_env=False, timeout=60).status_code
                for token in tokens
            ]
            assert codes == [403, 303]
        finally:
            run.kill()
            os.close(ours)
            os.close(theirs)


def test_03_a_wrong_host_is_refused_before_all_and_spends_no_token(app):
    for host in (
        f"localhost:{app.port}",
        "evil.example",
        f"127.0.0.1:{app.port + 1}",
        "127.0.0.1",
        "",
        f"[::1]:{app.port}",
    ):
        status, text, headers = raw(app, f"/?token={app.token}", host)
        assert status in (400, 403), host
        assert "Set-Cookie" not in headers
        assert app.token not in text
    assert app.client().get("/file").status_code == 200


def test_04_forms_of_other_pages_are_refused(shared_app, client, form):
    before = sorted(path.name for path in shared_app.folder.rglob("*"))
    own = shared_app.origin
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": own.replace("127.0.0.1", "localhost")},
        {"Origin": own.replace("http", "https")},
        {"Origin": f"http://127.0.0.1:{shared_app.port + 1}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ):
        answer = client.http.post(
            "/file", data={"digest": client.digest()}, files={"answers": form.read_bytes()}, headers=headers
        )
        assert answer.status_code == 403, headers
    assert sorted(path.name for path in shared_app.folder.rglob("*")) == before
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        answer = client.http.post("/lang", data={"lang": "en"}, headers=headers)
        assert answer.status_code == 303
    client.post("/lang", {"lang": "id"})


def test_04_asking_changes_nothing(shared_app, client):
    def state():
        return {path: path.stat().st_mtime_ns for path in shared_app.folder.rglob("*") if path.is_file()}

    before = state()
    for path in (
        "/",
        "/file",
        "/columns",
        "/check",
        "/model",
        "/run",
        "/run/state",
        "/results",
        "/file/example",
        "/run/cancel",
        "/lang?lang=en",
    ):
        client.get(path)
    assert state() == before
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = client.http.request(method, "/file", headers={"Origin": shared_app.origin})
        assert answer.status_code in (403, 405), method
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc of Linux")
def test_05_one_listener_on_this_machine_alone(shared_app):
    own = set()
    for entry in Path(f"/proc/{shared_app.process.pid}/fd").iterdir():
        try:
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(entry))
        except OSError:
            continue
        if found:
            own.add(found[1])
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{shared_app.process.pid}/net/{table}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and parts[9] in own:
                listening.append(parts[1])
    assert listening == [f"0100007F:{shared_app.port:04X}"]
    with pytest.raises(ConnectionError), socket.create_connection(("::1", shared_app.port), timeout=5):
        pass


def test_06_every_answer_bears_the_headers(shared_app, client):
    for path in (
        "/file",
        "/columns",
        "/results",
        "/static/app.css",
        "/static/app.js",
        "/no-such-page",
        "/run/state",
    ):
        answer = client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (path, name)
        assert "server" not in answer.headers
        assert not [name for name in answer.headers if name.startswith("access-control")]
    with shared_app.guest() as guest:
        assert {**guest.get("/file").headers}.items() >= HEADERS.items()
    for path in ("/file", "/columns", "/check", "/model", "/run", "/results"):
        text = client.http.get(path, follow_redirects=True).text
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|\son\w+\s*=\s*[\"']|javascript:|\bstyle\s*=\s*[\"']", text
        ), path
        assert not re.findall(r"(?:src|href|action)=[\"']?(?:https?:)?//", text), path


PATHS = (
    "/static/../_server.py",
    "/static/..%2f_server.py",
    "/static/%2e%2e/_server.py",
    "/static/%2e%2e%2f%2e%2e%2f__init__.py",
    "/static/..\\_server.py",
    "/static//etc/passwd",
    "/../../etc/passwd",
    "/results/..%2f..%2fetc%2fpasswd",
    "/results/../../../etc/passwd",
    "/static/app.css%00.py",
    "/%2e%2e/%2e%2e/etc/passwd",
)


@pytest.mark.parametrize("path", PATHS)
def test_07_no_way_out_of_the_folder(shared_app, client, path):
    cookie = "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())
    status, text, _ = raw(shared_app, path, Cookie=cookie)
    assert status in (303, 307, 400, 403, 404), (path, status)
    assert "root:" not in text
    assert "import" not in text


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_07_links_are_refused(tmp_path, form):
    folder, other = tmp_path / "penelitian", tmp_path / "lain"
    folder.mkdir()
    other.mkdir()
    secret = other / "rahasia.yaml"
    secret.write_text("schema: umkm-study/1\ntitle: jangan disentuh\n", encoding="utf-8")
    with running(folder) as app:
        client = app.client()
        (folder / "study.yaml").symlink_to(secret)
        answer = client.http.get("/file")
        assert answer.status_code == 422
        assert "APP004" in faults(answer)
        assert "jangan disentuh" not in answer.text
        (folder / "study.yaml").unlink()
        (folder / "hasil").symlink_to(other)
        for path in ("/results", "/results/zip", "/results/report"):
            answer = client.http.get(path)
            assert "APP004" in faults(answer), path
        (folder / "hasil").unlink()
        assert client.upload(form).status_code == 303
        (folder / "data" / "jawaban.xlsx").unlink()
        (folder / "data" / "jawaban.xlsx").symlink_to(secret)
        assert "APP004" in faults(client.http.get("/file"))
    assert secret.read_text(encoding="utf-8").endswith("jangan disentuh\n")


def test_08_a_file_name_is_text(tmp_path, form):
    with running(tmp_path / "penelitian") as app:
        client = app.client()
        name = "../../x<b>$(id)`;{{7*7}}.xlsx"
        assert client.upload(form, name).status_code == 303
        page = client.get("/file").text
        assert "x&lt;b&gt;" in page
        assert "<b>" not in page
        assert "49.xlsx" not in page
        names = {path.name for path in app.folder.rglob("*") if path.is_file()}
        assert "jawaban.xlsx" in names
        assert not [name for name in names if "x<b>" in name or name.startswith("x")]
    assert {path.name for path in tmp_path.iterdir()} == {"penelitian", "penelitian.stderr"}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda at: _bytes(at / "foto.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200)), "RSP104"),
        (lambda at: bomb(at / "bom.xlsx"), "RSP107"),
        (lambda at: locked(at / "terkunci.xlsx"), "RSP103"),
        (lambda at: _bytes(at / "kosong.csv", b""), "RSP102"),
        (lambda at: _bytes(at / "lama.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "RSP105"),
        (lambda at: _bytes(at / "rusak.xlsx", form_export(at / "a.xlsx", n=5).read_bytes()[:3000]), "RSP106"),
        (lambda at: _bytes(at / "surat.csv", b"%PDF-1.7\n..."), "RSP104"),
    ],
    ids=["png", "bomb", "password", "empty", "xls", "damaged", "pdf"],
)
def test_10_a_file_that_cannot_be_used_is_an_alert_with_a_remedy(
    shared_app, client, form, tmp_path, make, code
):
    assert client.upload(form).status_code == 303
    kept = (shared_app.folder / "data" / "jawaban.xlsx").read_bytes()
    answer = client.upload(make(tmp_path))
    assert answer.status_code == 422
    assert faults(answer) == [code]
    assert 'role="alert"' in answer.text
    assert "Yang dapat dilakukan" in answer.text or "What to do" in answer.text
    assert (shared_app.folder / "data" / "jawaban.xlsx").read_bytes() == kept
    assert not list((shared_app.folder / ".app").glob("upload*"))


def _bytes(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_10_no_file_at_all(client):
    answer = client.post("/file", files={"answers": ("", b"")})
    assert (answer.status_code, faults(answer)) == (422, ["APP011"])


@pytest.mark.parametrize("chunked", [False, True])
def test_11_a_body_over_the_limit_is_413_however_it_comes(shared_app, client, chunked):
    mark = "grenze"
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="answers"; filename="a.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    ).encode()
    block = b"1,2,3,4\n" * 131_072

    def body():
        yield head
        for _ in range(LIMIT // len(block) + 1):
            yield block
        yield f"\r\n--{mark}--\r\n".encode()

    headers = {"Origin": shared_app.origin, "Content-Type": f"multipart/form-data; boundary={mark}"}
    if not chunked:
        headers["Content-Length"] = str(sum(map(len, body())))
    answer = client.http.post("/file", content=body(), headers=headers)
    assert answer.status_code == 413
    assert "APP008" in answer.text
    assert "200" in answer.text
    assert not list((shared_app.folder / ".app").glob("upload*"))


def test_11_other_forms_have_a_small_limit(shared_app, client):
    answer = client.http.post(
        "/columns",
        content=b"a=" + b"x" * 5_000_000,
        headers={"Origin": shared_app.origin, "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413


def test_11_the_upload_of_an_other_kind_of_body_is_refused(shared_app, client):
    for body, kind in (
        (b"not a form", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
    ):
        answer = client.http.post(
            "/file", content=body, headers={"Origin": shared_app.origin, "Content-Type": kind}
        )
        assert answer.status_code in (400, 409, 422), kind


def test_logs_hold_no_answer(tmp_path):
    with running(tmp_path / "penelitian") as app:
        client = app.client()
        rows = google_form(n=30)
        rows[5][6] = "RahasiaSekali"
        assert client.upload(write_xlsx(tmp_path / "a.xlsx", ("A", rows))).status_code == 303
        for path in ("/columns", "/check", "/model", "/run"):
            client.get(path)
        log = app.folder / ".app" / "log.txt"
        told = (log.read_text(encoding="utf-8") if log.exists() else "") + app.said()
    assert not [word for word in ("RahasiaSekali", "Budi", "08123", *AGREE) if word in told]
