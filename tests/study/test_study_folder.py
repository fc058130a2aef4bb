"""The folder a study writes: nothing of the user's is lost, two runs never mix, a killed run is mended."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tiny_run import content, write
from umkm_stats import pack, reproduce, run_study
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.study import _folder, _manifest, _placing


def dated(names) -> list[str]:
    return [re.sub(r" \d{4}-\d\d-\d\d \d\d\.\d\d", " DATE", name) for name in names]


def test_a_rerun_removes_only_what_the_last_run_wrote_and_nobody_changed(tmp_path):
    out = tmp_path / "out"
    write(out, a_txt="1", old_txt="old", sub__gone_txt="g", mine_txt="machine")
    (out / "notes.md").write_text("catatan saya")
    (out / "sub" / "draft.md").write_text("draf")
    (out / "a.txt").write_text("1 dan pembahasan saya")
    (out / "mine.txt").write_text("edited, no longer written")
    claim = write(out, a_txt="2", new_txt="new")
    found = content(out)
    assert found.pop("a.txt") == "2"
    assert found.pop("new.txt") == "new"
    assert found.pop("notes.md") == "catatan saya"
    assert found.pop("sub/draft.md") == "draf"
    assert found.pop("mine.txt") == "edited, no longer written"
    ((name, text),) = found.items()
    assert text == "1 dan pembahasan saya"
    assert dated([name]) == ["a DATE.txt"]
    assert claim.kept == [("a.txt", name)]
    again = write(out, a_txt="3", new_txt="new")
    assert again.kept == []
    assert content(out)[name] == "1 dan pembahasan saya"


def test_two_kept_versions_of_one_minute_have_two_names(tmp_path):
    out = tmp_path / "out"
    write(out, a_txt="1")
    for text in ("x", "y", "z"):
        (out / "a.txt").write_text(text)
        write(out, a_txt=f"new {text}")
    kept = {text for name, text in content(out).items() if name != "a.txt"}
    assert kept == {"x", "y", "z"}


def test_folders_and_links_of_the_user_in_the_way_are_kept(tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    write(out, a_txt="1", sub__b_txt="b")
    elsewhere.mkdir()
    (elsewhere / "b.txt").write_text("theirs")
    shutil.rmtree(out / "sub")
    (out / "sub").symlink_to(elsewhere)
    (out / "a.txt").unlink()
    (out / "a.txt").mkdir()
    (out / "a.txt" / "inside").write_text("kept")
    claim = write(out, a_txt="2", sub__b_txt="b2")
    assert (elsewhere / "b.txt").read_text() == "theirs"
    assert (out / "a.txt").read_text() == "2"
    assert (out / "sub" / "b.txt").read_text() == "b2"
    assert not (out / "sub").is_symlink()
    assert sorted(dated(name for _, name in claim.kept)) == ["a DATE.txt", "sub DATE"]
    assert "kept" in content(out).values()


def refused(out: Path) -> str:
    with pytest.raises(UmkmError) as caught, _folder.claimed(out):
        pass
    for lang in ("en", "id"):
        assert caught.value.message(lang)
    return caught.value.code


def test_what_cannot_be_a_study_folder_is_refused_with_its_reason(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    assert refused(tmp_path / "file") == "STU061"
    assert refused(tmp_path / "file" / "deep" / "out") == "STU061"
    if os.name == "posix":  # Windows has no such name at all
        assert refused(tmp_path / ("a" * 300)) == "STU013"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").write_text("x")
    assert refused(tmp_path / "full") == "STU010"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert refused(tmp_path / "link") == "STU063"
    for text in ('{"name": "my app", "icons": []}', "{", "[]", "{}", '{"schema": "umkm-results/1"}', "null"):
        other = tmp_path / "other"
        shutil.rmtree(other, ignore_errors=True)
        other.mkdir()
        (other / "manifest.json").write_text(text)
        assert refused(other) == "STU062", text
        assert (other / "manifest.json").read_text() == text
    (other / "manifest.json").write_text('{"schema": "umkm-manifest/9", "files": {}}')
    assert refused(other) == "STU032", "a newer version wrote it"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full", "link", "other"]


def test_dots_links_and_empty_folders_are_filled_where_they_are(tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    before = here.stat().st_ino
    monkeypatch.chdir(here)
    write(Path("."), a_txt="1")
    write(Path("."), a_txt="2")
    assert (here / "a.txt").read_text() == "2"
    assert here.stat().st_ino == before
    write(Path("x/../y"), a_txt="3")
    assert (here / "y" / "a.txt").read_text() == "3"
    target = tmp_path / "disk" / "target"
    target.mkdir(parents=True)
    (tmp_path / "link").symlink_to(target)
    write(tmp_path / "link", a_txt="4")
    assert (tmp_path / "link").is_symlink()
    assert (target / "a.txt").read_text() == "4"
    (target / ".DS_Store").write_text("")
    write(target, a_txt="5")
    assert not list(tmp_path.rglob(".*umkm*"))


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no second file system at /dev/shm")
def test_a_link_to_another_disk_is_filled_there(tmp_path):
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        if os.stat(other).st_dev == tmp_path.stat().st_dev:
            pytest.skip("/dev/shm is the same file system")
        (tmp_path / "out").symlink_to(other)
        write(tmp_path / "out", a_txt="1", sub__b_txt="2")
        write(tmp_path / "out", a_txt="3", sub__b_txt="2")
        assert content(Path(other)) == {"a.txt": "3", "sub/b.txt": "2"}
        assert (tmp_path / "out").is_symlink()


def test_a_fault_while_files_are_put_in_place_is_undone(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out, a_txt="1", b_txt="1", gone_txt="g")
    (out / "a.txt").write_text("mine")
    before, real, calls = content(out), os.replace, []

    def failing(source, to):
        calls.append(to)
        if len(calls) == stop:
            raise PermissionError(13, "open in Word", str(to))
        return real(source, to)

    for stop in range(1, 9):
        calls.clear()
        monkeypatch.setattr(os, "replace", failing)
        try:
            write(out, a_txt="2", b_txt="2", c_txt="2")
        except PermissionError:
            monkeypatch.setattr(os, "replace", real)
            assert content(out) == before, stop
        else:
            break
    assert stop > 5


def test_a_journal_is_finished_by_the_next_command_and_keeps_what_changed_since(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out, a_txt="1", b_txt="1", gone_txt="g")

    class Killed(BaseException):
        pass

    real, count = os.replace, 0

    def dying(source, to):
        nonlocal count
        if not str(to).endswith("journal.json"):
            count += 1
        if count > 3:
            raise Killed
        return real(source, to)

    monkeypatch.setattr(os, "replace", dying)
    monkeypatch.setattr(shutil, "rmtree", lambda *a, **k: None)
    with pytest.raises(Killed):
        write(out, a_txt="2", b_txt="2", c_txt="2")
    monkeypatch.undo()
    assert (out / _placing.JOURNAL).is_file()
    (out / "b.txt").write_text("edited after the kill")
    _folder.mended(out)
    found = content(out)
    assert {found.pop(name) for name in ("a.txt", "b.txt", "c.txt")} == {"2"}
    assert list(found.values()) == ["edited after the kill"]
    assert not list(out.glob(".umkm*"))
    (out / _placing.JOURNAL).write_text("{}")
    assert refused(out) == "STU066"


def test_a_second_run_into_a_folder_is_refused_and_a_dead_lock_is_not_one(tmp_path):
    out = tmp_path / "out"
    with _folder.claimed(out):
        other = (
            "import sys; from pathlib import Path; from umkm_stats.study import _folder\n"
            "with _folder.claimed(Path(sys.argv[1])): pass"
        )
        run = subprocess.run([sys.executable, "-c", other, str(out)], capture_output=True, text=True)
        assert "[STU060]" in run.stderr
        assert refused(out) == "STU060"
    (tmp_path / ".out.umkm-lock").write_text("left by a killed run")
    write(out, a_txt="1")
    assert not (tmp_path / ".out.umkm-lock").exists()


def test_part_folders_of_killed_runs_are_removed_and_only_those(tmp_path):
    out = tmp_path / "out"
    write(out, a_txt="1")
    for home, name in ((out, ".umkm-part-abcd1234"), (tmp_path, ".umkm-part-out-abcd1234")):
        (home / name).mkdir()
        (home / name / "half.txt").touch()
    for name in (".umkm-part-other-abcd1234", "part-letters"):
        (tmp_path / name).mkdir()
    write(out, a_txt="2")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [".umkm-part-other-abcd1234", "out", "part-letters"]
    assert content(out) == {"a.txt": "2"}


@pytest.fixture
def copy(study, answers, instrument, tmp_path):
    """The study's folder and its inputs, to be damaged."""
    for path in (answers, Path(instrument.origin)):
        shutil.copy2(path, tmp_path / path.name)
    shutil.copytree(study.folder, tmp_path / "out")
    return tmp_path / "out"


def test_reproduce_lists_missing_changed_and_foreign_files(copy, monkeypatch):
    from umkm_stats.study import _reproduce

    page = copy / "report.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(r"0\.\d{3}", "0.999", text, count=12), encoding="utf-8")
    (copy / "report.docx").unlink()
    (copy / "notes.md").write_text("x")
    (copy / "~$report.docx").write_text("x")
    monkeypatch.setattr(_reproduce, "_again", lambda *a: json.loads((copy / "results.json").read_text()))
    outcome = reproduce(copy)
    assert outcome.files == {"report.docx": "missing", "report.html": "changed", "notes.md": "foreign"}
    assert not outcome.same
    assert len(outcome.table) == 0
    for lang in ("en", "id"):
        said = outcome.summary(lang)
        assert all(name in said for name in ("report.docx", "report.html", "notes.md"))
    assert outcome.to_dict()["files"]["report.docx"] == "missing"
    assert outcome.glance().loc[0, "files"] == 2


def test_a_foreign_file_alone_is_no_difference(copy, monkeypatch):
    from umkm_stats.study import _reproduce

    monkeypatch.setattr(_reproduce, "_again", lambda *a: json.loads((copy / "results.json").read_text()))
    (copy / "notes.md").write_text("x")
    assert reproduce(copy).same


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "{}", "null", '{"parts": [1]}', '{"parts": {"a": 1}}', "\xff"]
)
def test_damaged_results_are_said_with_a_code(copy, text):
    path = copy / "results.json"
    path.unlink()
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
        told = json.loads((copy / "manifest.json").read_text())
        told["files"]["results.json"] = _manifest.sha256(path)
        (copy / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(UmkmError) as caught:
        reproduce(copy)
    assert caught.value.code == "STU067"


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("inputs",), None),
        (("inputs",), []),
        (("inputs", "responses"), None),
        (("inputs", "responses", "where"), None),
        (("inputs", "responses", "sha256"), 3),
        (("settings",), None),
        (("settings", "draws"), "many"),
        (("settings", "models"), None),
        (("settings", "seed"), None),
        (("settings", "title"), {"a": 1}),
        (("call",), None),
        (("call", "aliases"), "x"),
        (("call", "reverse"), 4),
        (("versions",), 1),
        (("versions", "numpy"), None),
        (("files",), None),
        (("files", "report.html"), None),
        (("files", "../answers.csv"), "0" * 64),
        (("schema",), None),
        (("schema",), "something/1"),
    ],
)
def test_damaged_manifests_are_said_with_a_code(copy, keys, value):
    told = json.loads((copy / "manifest.json").read_text())
    place = told
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    (copy / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(UmkmError) as caught:
        reproduce(copy)
    assert caught.value.code == "STU031"
    for end in (1, 50, 400):
        (copy / "manifest.json").write_text(json.dumps(told)[:-end])
        with pytest.raises(UmkmError) as caught:
            reproduce(copy)
        assert caught.value.code == "STU031"


@pytest.mark.parametrize("value", [{}, {"M1": 3}, {"M1": {"text": 3}}, None])
def test_damaged_moments_are_said_with_a_code(copy, tmp_path, value):
    (copy / "moments.json").write_text(json.dumps({"schema": "umkm-moments/1", "models": value}))
    told = json.loads((copy / "manifest.json").read_text())
    told["files"]["moments.json"] = _manifest.sha256(copy / "moments.json")
    (copy / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(UmkmError) as caught:
        pack(copy, out=tmp_path / "pack")
    assert caught.value.code == "STU067"


def test_free_words_about_rows_do_not_travel_in_a_pack(answers, instrument, tmp_path):
    import zipfile

    secret = "Budi Santoso 0812-3456-7890 minta dihapus"
    own = tmp_path / "study.yaml"
    own.write_text(f"schema: umkm-study/1\nexclude:\n- {{row: 5, reason: {secret}}}\n")
    run_study(
        answers, instrument, study=own, model="M1", draws=20, seed=1, cross_check=False, out=tmp_path / "out"
    )
    folder = pack(tmp_path / "out", out=tmp_path / "pack")
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            texts = [raw]
            if path.suffix in (".docx", ".xlsx"):
                with zipfile.ZipFile(path) as archive:
                    texts += [archive.read(name) for name in archive.namelist()]
            assert not [1 for text in texts if b"Budi Santoso" in text or b"0812-3456" in text], path.name
    told = json.loads((folder / "manifest.json").read_text())
    assert told["settings"]["exclude"] == [{"reason": "***", "row": 5}]
    assert not [state for state in _manifest.state(folder, told).values() if state != "foreign"]


def test_the_changed_report_of_a_student_is_kept_and_named(answers, instrument, tmp_path, caplog):
    call = {"model": "M1", "draws": 20, "cross_check": False, "out": tmp_path / "out"}
    run_study(answers, instrument, seed=1, **call)
    (tmp_path / "out" / "report.docx").write_bytes(b"bab IV dengan pembahasan")
    (tmp_path / "out" / "catatan.txt").write_text("catatan")
    done = run_study(answers, instrument, seed=2, **call)
    ((name, kept),) = done.kept
    assert name == "report.docx"
    assert (tmp_path / "out" / kept).read_bytes() == b"bab IV dengan pembahasan"
    assert (tmp_path / "out" / "catatan.txt").read_text() == "catatan"
    assert kept in done.summary("id")
    assert done.outcome()["kept"] == {"report.docx": kept}
    assert kept in caplog.text
    assert [note.code for note in done.notes if note.code == "STU064"] == ["STU064"]


STEPWISE = """
import os, shutil, signal, sys
from pathlib import Path
from umkm_stats.study import _folder, _manifest
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background begins without it
out, seed = Path(sys.argv[1]), sys.argv[2]

def step():
    sys.stdout.write(".")
    sys.stdout.flush()
    sys.stdin.readline()

def asked(real):
    def asking(*given, **named):
        step()
        return real(*given, **named)
    return asking

for name in ("replace", "rename", "unlink", "rmdir", "mkdir", "fsync", "link"):
    setattr(os, name, asked(getattr(os, name)))
with _folder.claimed(out) as claim, claim.filling() as part:
    for number in range(12):
        step()
        (part / f"f{number:02d}.txt").write_text(seed * 2000)
    (part / "sub").mkdir()
    (part / "sub" / "g.txt").write_text(seed)
    told = {"schema": _manifest.SCHEMA, "inputs": {}, "settings": {}, "call": {}, "versions": {}}
    told["files"] = _manifest.digests(part)
    (part / "manifest.json").write_text(_manifest.dump(told))
"""


def stepwise(out: Path, seed: int, steps: int | None, kind: int = 0) -> int:
    """Run the writer up to a step and send it a signal there, or to its end; how many steps it took.

    Before every change to the disk the writer waits for a word, so the signal meets it exactly there.
    """
    run = subprocess.Popen(
        [sys.executable, "-c", STEPWISE, str(out), str(seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    done = 0
    while run.stdout.read(1) and done != steps:
        done += 1
        run.stdin.write(b"\n")
        run.stdin.flush()
    if steps is not None:
        assert run.poll() is None
        run.send_signal(kind)
    run.stdin.close()
    run.stdout.read()
    run.stdout.close()
    assert (run.wait() == 0) == (steps is None)
    return done


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("rerun", [False, True])
def test_sixty_kills_lose_nothing_and_leave_no_half_file(tmp_path, rerun):
    """INT, TERM and KILL at random steps of a first run and of a rerun over the user's files."""
    import random

    draw = random.Random(20261128)
    out = tmp_path / "out"

    def prepare(number):
        if not rerun:
            shutil.rmtree(out, ignore_errors=True)
            return
        (out / "notes.md").write_text(f"catatan {number}")
        (out / "f07.txt").write_text(f"pembahasan {number}")

    if rerun:
        stepwise(out, 0, None)
    prepare(0)
    whole = stepwise(out, 9, None)
    assert whole > 15
    for number in range(1, 31):
        prepare(number)
        kind = draw.choice([signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
        stepwise(out, number % 9, draw.randrange(whole), kind)
        if rerun:
            texts = [path.read_text() for path in out.rglob("*") if path.is_file()]
            assert f"catatan {number}" in texts
            assert f"pembahasan {number}" in texts
        if out.exists():
            _folder.mended(out)
            with _folder.claimed(out):
                pass
            told = _manifest.read(out)
            wrong = {k: v for k, v in _manifest.state(out, told).items() if v != "foreign"}
            assert set(wrong) <= ({"f07.txt"} if rerun else set()), (number, wrong)
            made = {(out / name).read_text()[0] for name in told["files"] if name not in wrong}
            assert len(made) == 1, "a mixture of two runs"
        else:
            assert not rerun
    with _folder.claimed(out):
        pass
    assert not [path for path in tmp_path.rglob(".*") if "umkm" in path.name]


def test_a_wrong_tolerance_is_said(copy):
    for value in (-1, 2, "a", True, float("nan")):
        with pytest.raises(UsageError) as caught:
            reproduce(copy, tolerance=value)
        assert caught.value.code == "GEN004"
