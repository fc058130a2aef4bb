"""Progress for another program, and the end that comes with that program's end."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from umkm_stats.cli import _progress


def command(answers, instrument, out, *more):
    words = ["analyze", str(answers), "-i", instrument.origin, "--out", str(out), "-m", "M1", "--seed", "11"]
    return [sys.executable, "-m", "umkm_stats", *words, "--progress", "jsonl", *more]


@pytest.fixture(scope="module")
def told(tmp_path_factory, answers, instrument):
    out = tmp_path_factory.mktemp("told") / "out"
    run = subprocess.run(
        command(answers, instrument, out, "--draws", "300", "--json"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stderr.splitlines()], json.loads(run.stdout)


def test_one_json_line_a_step_in_the_order_of_the_work(told):
    lines, outcome = told
    assert {tuple(sorted(line)) for line in lines} == {("done", "part", "step", "task", "tasks", "total")}
    assert list(dict.fromkeys(line["step"] for line in lines)) == ["read", "measure", "mediation", "report"]
    assert all(0 <= line["done"] <= line["total"] and line["task"] <= line["tasks"] for line in lines)
    assert [line["task"] for line in lines] == sorted(line["task"] for line in lines)
    assert [line["done"] for line in lines if line["part"] == "report"] == [0, 1, 2, 3, 4, 5]
    assert lines[-1]["done"] == lines[-1]["total"]
    assert outcome["seed"] == 11


def test_the_draws_are_real_ones(told):
    lines, _ = told
    for part in ("scores", "latent"):
        done = [(line["done"], line["total"]) for line in lines if line["part"] == part]
        assert done[-1] == (300, 300)
        assert [d for d, total in done if total == 300] == sorted(d for d, total in done if total == 300)
    inside = [(line["done"], line["total"]) for line in lines if line["part"] == "measurement"]
    drawn = [done for done, total in inside if total == 500 + 2 * 300]  # random sets, HTMT, refits
    assert drawn == sorted(drawn)
    assert drawn[-1] == 1100


def test_a_reader_that_has_gone_and_no_input_change_no_number(tmp_path, answers, instrument, told):
    out = tmp_path / "out"
    words = command(answers, instrument, out, "--draws", "300")
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, **quiet) as run:
        run.stderr.close()
        assert run.wait(timeout=300) == 0
    ours = json.loads((out / "results.json").read_text(encoding="utf-8"))
    theirs = json.loads((Path(told[1]["folder"]) / "results.json").read_text(encoding="utf-8"))
    assert ours == theirs


def test_it_ends_with_the_program_that_started_it(tmp_path, answers, instrument):
    words = command(answers, instrument, tmp_path / "out", "--draws", "900000", "--stop-with-stdin")
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, text=True, **piped) as run:
        for line in run.stderr:
            if json.loads(line)["total"] == 900_000:
                break
        run.stdin.close()
        rest = run.stderr.read()
        assert run.wait(timeout=120) == 130
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_is_wrong_use(tmp_path, answers, instrument):
    words = command(answers, instrument, tmp_path / "out", "--json")
    words[words.index("jsonl")] = "xml"
    run = subprocess.run(words, capture_output=True, text=True, encoding="utf-8")
    assert (run.returncode, json.loads(run.stdout)["error"]["code"]) == (2, "GEN001")
    assert not (tmp_path / "out").exists()


def test_what_does_not_stop_is_ended(monkeypatch):
    ended, asked, done = [], [], threading.Event()
    monkeypatch.setattr(os, "read", lambda descriptor, size: b"")
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(_progress, "GRACE", 0.0)
    _progress._watch(done, lambda: asked.append(1))
    assert (asked, ended) == ([1], [130])
    done.set()
    _progress._watch(done, lambda: asked.append(2))
    assert (asked, ended) == ([1], [130])
