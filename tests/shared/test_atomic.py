"""Writes leave the whole new file or the old one."""

import pytest

from umkm_stats.atomic import filling, replacing, write_text


def test_a_failed_write_leaves_the_old_file(tmp_path):
    target = write_text(tmp_path / "a.txt", "old")
    with pytest.raises(RuntimeError), replacing(target) as part:
        part.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_failed_folder_leaves_the_old_folder(tmp_path):
    folder = tmp_path / "out"
    with filling(folder) as part:
        (part / "one").write_text("1")
    with pytest.raises(KeyboardInterrupt), filling(folder) as part:
        (part / "two").write_text("2")
        raise KeyboardInterrupt
    assert [entry.name for entry in folder.iterdir()] == ["one"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]
    with filling(folder, keep=("one",)) as part:
        (part / "three").write_text("3")
    assert sorted(entry.name for entry in folder.iterdir()) == ["one", "three"]
