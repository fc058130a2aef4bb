"""A reader added as CONTRIBUTING says works in the door, the summary, a study and its report."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import umkm_stats

SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
import umkm_stats
from umkm_stats import load_instrument, read_responses, run_study
from small_study import write_answers, write_instrument

assert Path(umkm_stats.__file__).is_relative_to({copy!r}), umkm_stats.__file__
here = Path({here!r})
instrument = load_instrument(write_instrument(here))
plain = write_answers(here, instrument, n=60)
lines = plain.read_text(encoding="utf-8").splitlines()
marked = ["_bogus_id,_bogus_uuid," + lines[0], *(f"{{i}},u{{i}}," + line for i, line in enumerate(lines[1:]))]
path = here / "bogus.csv"
path.write_text(chr(10).join(marked) + chr(10), encoding="utf-8")
read = read_responses(path, instrument)
assert read.source.name == "bogusforms" and read.sample.used == 60
assert read.items.equals(read_responses(plain, instrument).items)
for lang in ("en", "id"):
    assert "bogusforms (" in read.summary(lang), read.summary(lang)
assert read_responses(plain, instrument, source="bogusforms").source.forced
run_study(path, instrument, out=here / "out", draws=40, seed=3, workers=1, cross_check=False)
"""


def test_a_reader_added_as_contributing_says_works_everywhere(tmp_path):
    lines = Path("CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith("| reader of answers |"))
    copied, registered = re.findall(r"`(responses/readers/[^`]+)`", line)[:2]
    assert "`READERS`" in line
    copy = tmp_path / "copy" / "umkm_stats"
    shutil.copytree(Path(umkm_stats.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / copied).read_text(encoding="utf-8")
    made = text.replace('NAME = "kobotoolbox"', 'NAME = "bogusforms"')
    made = made.replace('"_id"', '"_bogus_id"').replace('"_uuid"', '"_bogus_uuid"')
    assert made.count("bogus") >= 4
    (copy / copied).with_name("_bogus.py").write_text(made, encoding="utf-8")
    register = (copy / registered).read_text(encoding="utf-8")
    known = register.replace("for reader in (", "for reader in (_bogus, ", 1)
    known = known.replace("readers import ", "readers import _bogus, ", 1).replace(
        "readers import _bogus, (", "readers import (_bogus, "
    )
    (copy / registered).write_text(known, encoding="utf-8")
    script = SCRIPT.format(tests=str(Path("tests").resolve()), copy=str(copy.parent), here=str(tmp_path))
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(copy.parent)},
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert results["meta"]["source"]["name"] == "bogusforms"
    assert "mediation_scores_M1" in results["parts"]
    assert next((tmp_path / "out").rglob("*.html")).stat().st_size > 0
