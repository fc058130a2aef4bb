"""An interval method added as CONTRIBUTING says works in the doors, the summary, the study and the report."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import umkm_stats

METHOD = '''"""Nine units on either side: a method that never excludes zero in these data."""

from umkm_stats.kernels.intervals._limits import One


def wide(column, level):
    return One(column.point - 9.0, column.point + 9.0, 0.9)
'''

SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
import numpy as np
import pandas as pd
import umkm_stats
from umkm_stats import load_instrument, mediate, mediate_latent, messages, power, run_study
from umkm_stats.mediation import mediate_binary
from small_study import write_answers, write_instrument

assert Path(umkm_stats.__file__).is_relative_to({copy!r}), umkm_stats.__file__
g = np.random.default_rng(1)
x = g.normal(size=80)
m = 0.6 * x + g.normal(size=80)
data = pd.DataFrame(dict(x=x, m=m, y=0.6 * m + g.normal(size=80), b=(m + g.normal(size=80) > 0) * 1.0))
roles = dict(x="x", m="m", draws=60, seed=1)
found = mediate(data, y="y", intervals=("wide", "percentile"), **roles)
own = found.effects.query("effect == 'indirect'").set_index("method")
assert own.loc["wide", "ci_low"] == own.loc["wide", "est"] - 9.0
assert own.loc["percentile", "ci_low"] > 0
assert found.typology().frame["mediation_type"].item() == "no_effect"
for lang, words in (("en", "nine units"), ("id", "sembilan satuan")):
    assert words in found.summary(lang)
latent = mediate_latent(data, model="m ~ x\\ny ~ m + x", draws=60, seed=1, intervals="wide")
assert "wide" in set(latent.effects["method"])
binary = mediate_binary(data, y="b", intervals="wide", **roles)
assert "nine units" in binary.summary()
curve = power("m ~ .4*x\\ny ~ .4*m", n=60, reps=20, draws=20, seed=1, interval=("wide", "percentile"))
chance = curve.tidy().query("effect == 'indirect'").set_index("method")["power"]
assert chance["wide"] == 0.0 < chance["percentile"]
assert "nine units" in curve.summary()

here = Path({here!r})
instrument = load_instrument(write_instrument(here))
answers = write_answers(here, instrument, n=140)
(here / "study.yaml").write_text("schema: umkm-study/1\\nintervals: [wide, percentile]\\n")
study = run_study(answers, instrument, model="M1", draws=60, seed=3, cross_check=False, out=here / "out",
    study=here / "study.yaml", lang="en")
assert "nine units" in study.summary("en")
table = study.results.parts["hypotheses"].table.query("code == 'H4'")
assert table["method"].tolist() == ["wide", "wide"]
assert table.query("basis == 'scores'")["verdict"].tolist() == ["not_supported"]
assert table.query("basis == 'latent'")["verdict"].item() in ("not_supported", "withheld")  # few draws
from umkm_stats.study import json_schema
assert "wide" in str(json_schema("study"))
"""


def test_an_interval_added_as_contributing_says_works_everywhere(tmp_path: Path) -> None:
    lines = Path("CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith("| interval |"))
    model, pattern = re.findall(r"`([^`]+)`", line)[:2]
    assert (pattern, re.findall(r"`(ALL)` in `([^`]+)`", line)) == ("_NAME.py", [("ALL", "ways.py")])
    package = Path(umkm_stats.__file__).parent
    copy = tmp_path / "copy" / "umkm_stats"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    home = copy / model
    assert home.is_file()
    home.with_name("_wide.py").write_text(METHOD, encoding="utf-8")
    ways = copy / "ways.py"
    entry = '    Way("wide", ("draws",), ("scores", "latent", "binary", "power", "study"), beside=True),\n'
    text = ways.read_text(encoding="utf-8")
    start = text.index("= (\n", text.index("\nALL")) + len("= (\n")
    ways.write_text(text[:start] + entry + text[start:], encoding="utf-8")
    for lang, words in (("en", "nine units"), ("id", "sembilan satuan")):
        path = copy / "messages" / lang / "mediation.toml"
        path.write_text(
            path.read_text(encoding="utf-8").replace(
                "[text]\n", f'[text]\n"mediation.method.wide" = "{words}"\n', 1
            ),
            encoding="utf-8",
        )
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
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert report.count("nine units") > 3
