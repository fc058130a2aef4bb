"""Files among the user's own: all or none, and nothing of theirs replaced unasked."""

import os

import pytest

from umkm_stats import keeping
from umkm_stats.errors import UsageError


def put(folder, overwrite=False, **files):
    with keeping.staged(folder, overwrite=overwrite) as part:
        for name, text in files.items():
            (part / name).write_text(text)


def content(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.name != keeping.RECORD}


def test_own_unchanged_files_are_replaced_and_changed_ones_are_not(tmp_path):
    put(tmp_path, a="1", b="1")
    put(tmp_path, a="2", b="2")
    (tmp_path / "a").write_text("mine")
    with pytest.raises(UsageError) as caught:
        put(tmp_path, a="3", b="3", c="3")
    assert caught.value.code == "CLI010"
    assert caught.value.params["files"] == ["a"]
    assert content(tmp_path) == {"a": "mine", "b": "2"}
    put(tmp_path, overwrite=True, a="3", b="3", c="3")
    assert content(tmp_path) == {"a": "3", "b": "3", "c": "3"}
    put(tmp_path, a="4")
    assert content(tmp_path)["a"] == "4"


def test_a_file_of_the_user_that_says_the_same_is_no_matter(tmp_path):
    (tmp_path / "a").write_text("1")
    put(tmp_path, a="1")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(UsageError):
        put(tmp_path, b="1")
    assert (tmp_path / "b").is_symlink()


def test_a_fault_leaves_everything_as_it_was(tmp_path, monkeypatch):
    put(tmp_path, a="1", b="1")
    with pytest.raises(ZeroDivisionError), keeping.staged(tmp_path) as part:
        (part / "a").write_text("2")
        raise ZeroDivisionError
    real, calls = os.replace, []

    def failing(source, to):
        calls.append(to)
        if len(calls) == 4:
            raise PermissionError(13, "open", str(to))
        return real(source, to)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(PermissionError):
        put(tmp_path, a="2", b="2")
    monkeypatch.undo()
    assert content(tmp_path) == {"a": "1", "b": "1"}


def test_a_damaged_record_protects_everything(tmp_path):
    put(tmp_path, a="1")
    (tmp_path / keeping.RECORD).write_text("[")
    with pytest.raises(UsageError):
        put(tmp_path, a="2")
