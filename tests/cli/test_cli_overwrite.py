"""What people worked on is never overwritten unasked; 'nothing was written' is true when it is said."""

import pytest

from umkm_stats.cli import main
from umkm_stats.responses import propose_map, read_map, write_map


def run(capsys, *words):
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return stop.value.code, capsys.readouterr().err


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_questionnaires_are_all_written_or_none(tmp_path, capsys, instrument):
    out = tmp_path / "q"
    words = ["questionnaire", instrument.origin, "--out", out, "--format", "codebook", "--format", "trace"]
    assert run(capsys, *words)[0] == 0
    assert run(capsys, *words)[0] == 0
    made = next(path for path in out.iterdir() if path.suffix == ".xlsx")
    made.write_bytes(b"edited in Excel")
    code, told = run(capsys, *words)
    assert code == 2
    assert "CLI010" in told
    assert made.read_bytes() == b"edited in Excel"
    assert run(capsys, *words, "--overwrite")[0] == 0
    assert made.read_bytes() != b"edited in Excel"
    other = tmp_path / "other"
    code, _ = run(
        capsys, "questionnaire", instrument.origin, "--out", other, "-f", "codebook", "-f", "nothing"
    )
    assert code == 2
    assert names(other) == []


def test_exports_keep_what_was_changed(tmp_path, capsys, instrument, answers):
    words = ["export", answers, "-i", instrument.origin, "--out", tmp_path / "e", "--to", "lavaan"]
    assert run(capsys, *words)[0] == 0
    script = next((tmp_path / "e").glob("*.R"))
    script.write_text("# my own model")
    code, told = run(capsys, *words)
    assert code == 2
    assert "CLI010" in told
    assert script.read_text() == "# my own model"
    assert run(capsys, *words, "--overwrite")[0] == 0


def test_an_export_into_a_file_is_said_with_a_code(tmp_path, capsys, instrument, answers):
    (tmp_path / "e").write_text("x")
    code, told = run(capsys, "export", answers, "-i", instrument.origin, "--out", tmp_path / "e")
    assert code == 1
    assert "RPT105" in told


def test_a_map_keeps_its_lines_and_gets_what_is_new(tmp_path, instrument, answers):
    target = tmp_path / "map.yaml"
    found = propose_map(answers, instrument)
    write_map(found, target)
    head = next(str(h) for h, q in zip(found["header"], found["question"], strict=True) if q)
    lines = target.read_text(encoding="utf-8").splitlines()
    mine = [line for line in lines if head not in line]
    mine.insert(mine.index("columns:") + 1, "  Pertanyaan lama: PI1  # sudah saya cocokkan")
    target.write_text("\n".join(mine) + "\n", encoding="utf-8")
    write_map(found, target)
    after = target.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line in mine] == mine
    assert read_map(target).columns["Pertanyaan lama"] == "PI1"
    assert head in read_map(target).columns
    before = target.read_bytes()
    write_map(found, target)
    assert target.read_bytes() == before
    write_map(found, target, overwrite=True)
    assert "Pertanyaan lama" not in target.read_text(encoding="utf-8")


def test_a_map_that_nothing_can_be_added_to_is_left(tmp_path, instrument, answers):
    from umkm_stats.errors import UsageError

    target = tmp_path / "map.yaml"
    text = "schema: umkm-map/1\ncolumns: {Lama: PI1}\n"
    target.write_text(text)
    with pytest.raises(UsageError) as caught:
        write_map(propose_map(answers, instrument), target)
    assert caught.value.code == "CLI010"
    assert target.read_text() == text
