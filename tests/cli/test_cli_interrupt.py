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
    # -kind: the signal came while Python itself was starting; 0: it came when the last step was already done
    assert run.returncode in (130, -kind, 0)
    if run.returncode == 0:
        assert (out / "manifest.json").exists()
        assert (out / "report.docx").exists()
    else:
        assert "Traceback" not in told or run.returncode == -kind
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


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interruption_inside_text_that_is_executed_ends_with_130(tmp_path):
    (tmp_path / "stopped.py").write_text(
        "import sys\n"
        "from umkm_stats.cli import _entry\n"
        "def build(lang):\n"
        "    def run(**named):\n"
        "        exec('raise KeyboardInterrupt')\n"
        "    return run\n"
        "_entry.build = build\n"
        "_entry.main(['demo', '--lang', 'en'])\n",
        encoding="utf-8",
    )
    run = subprocess.run(
        [sys.executable, "-m", "stopped"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 130
    assert "Interrupted" in run.stderr
    assert "Traceback" not in run.stderr
