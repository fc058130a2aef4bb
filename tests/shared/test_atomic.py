"""Writes leave the whole new file or the old one; a lock is held by one process."""

import subprocess
import sys

import pytest

from umkm_stats.atomic import locked, replacing, write_text


def test_a_failed_write_leaves_the_old_file(tmp_path):
    target = write_text(tmp_path / "a.txt", "old")
    with pytest.raises(RuntimeError), replacing(target) as part:
        part.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_lock_is_held_by_one_process_and_freed_when_it_is_killed(tmp_path):
    lock = tmp_path / "lock"
    holder = (
        "import sys, time; from pathlib import Path; from umkm_stats.atomic import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", holder, str(lock)], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline().strip() == b"held"
        with pytest.raises(BlockingIOError), locked(lock):
            pass
        run.kill()
    with locked(lock):
        assert lock.exists()
    assert not lock.exists()
