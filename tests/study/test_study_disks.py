"""A full disk, a folder without rights, a disk that may only be read: said with a code, nothing changed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tiny_run import content, write
from umkm_stats import run_study
from umkm_stats.errors import UmkmError
from umkm_stats.study import _folder

WITHOUT_OVERRIDE = """
import ctypes, os, sys
if os.geteuid() == 0:  # the administrator may write everywhere: give that up (prctl 24: CAP_DAC_OVERRIDE, …)
    for power in (1, 2):
        if ctypes.CDLL(None).prctl(24, power, 0, 0, 0):
            sys.exit(77)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def command(*words: str) -> tuple[int, str]:
    """A command in a process that the rights of folders bind."""
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_OVERRIDE, *words], capture_output=True, text=True, check=False
    )
    if run.returncode == 77:
        pytest.skip("the administrator may write everywhere and cannot give it up here")
    return run.returncode, run.stdout + run.stderr


def test_a_disk_that_fills_up_while_files_are_put_in_place(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out, a_txt="1")
    real = os.replace

    def full(source, to):
        if str(to).endswith("journal.json"):
            raise OSError(28, "No space left on device")
        return real(source, to)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write(out, a_txt="2")
    monkeypatch.undo()
    assert content(out) == {"a.txt": "1"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="rights are given up with prctl of Linux")
def test_a_folder_without_rights_is_refused_before_anything_is_computed(tmp_path, answers, instrument):
    """The command itself: a new folder in one that may not be written, and a rerun into a study so closed."""
    closed, out = tmp_path / "closed", tmp_path / "out"
    closed.mkdir(mode=0o555)
    write(out, a_txt="1")
    whole = content(out)
    out.chmod(0o555)
    study = ["-m", "umkm_stats", "analyze", str(answers), "-i", str(instrument.origin), "--draws", "20"]
    try:
        for folder in (closed / "out", out):
            code, told = command(*study, "--out", str(folder))
            assert code == 1, told
            assert "STU011" in told
            assert "Traceback" not in told
    finally:
        out.chmod(0o755)
    assert list(closed.iterdir()) == []
    assert content(out) == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed", "out"]


def mounted(disk: Path, *words: str) -> None:
    disk.mkdir(exist_ok=True)
    run = subprocess.run(
        ["mount", "-t", "tmpfs", *words, "tmpfs", str(disk)], capture_output=True, check=False
    )
    if run.returncode:
        pytest.skip("a small tmpfs cannot be mounted here (no right to)")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="tmpfs is a file system of Linux")
def test_a_disk_that_may_only_be_read_is_refused_before_anything_is_computed(tmp_path):
    disk = tmp_path / "disk"
    mounted(disk)
    try:
        write(disk / "out", a_txt="1")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for out in (disk / "out", disk / "new"):
            with pytest.raises(UmkmError) as caught, _folder.claimed(out):
                pass
            assert caught.value.code == "STU013"
            assert "ead-only" in caught.value.message("en")
        assert content(disk / "out") == {"a.txt": "1"}
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="tmpfs is a file system of Linux")
def test_a_small_disk_that_fills_up_leaves_the_old_folder(tmp_path, answers, instrument):
    disk = tmp_path / "disk"
    mounted(disk, "-o", "size=300k")
    call = {"draws": 20, "seed": 1, "model": "M1", "cross_check": False}
    try:
        write(disk / "out", a_txt="1")
        with pytest.raises(UmkmError) as caught:
            run_study(answers, instrument, out=disk / "out", **call)
        assert caught.value.code == "STU013"
        assert content(disk / "out") == {"a.txt": "1"}
    finally:
        subprocess.run(["umount", str(disk)], check=False)
