"""Interrupted at any point: exit code 130 and nothing half-written."""

import os
import signal
import subprocess
import sys
import time

import pytest

from umkm_stats.cli import _entry


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("after", [2.0, 6.0])
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_part_folder(tmp_path, answers, instrument, kind, after):
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "umkm_stats",
        "analyze",
        str(answers),
        "-i",
        instrument.origin,
        "--out",
        str(out),
        "--draws",
        "400000",
    ]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after)
    if run.poll() is not None:
        pytest.skip("the study ended before the signal")
    run.send_signal(kind)
    _, told = run.communicate(timeout=60)
    assert run.returncode in (130, -kind)  # -kind: the signal came while Python itself was starting
    if run.returncode == 130:
        assert "Traceback" not in told
    assert not out.exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]


@pytest.mark.parametrize("gap", ["choose_language", "Terminal"])
def test_an_interruption_before_the_command_begins(monkeypatch, gap):
    def stopped(*given, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(_entry, gap, stopped)
    with pytest.raises(SystemExit) as left:
        _entry.main(["demo", "--lang", "en"])
    assert left.value.code == 130
