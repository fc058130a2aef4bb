"""An estimator added as CONTRIBUTING says works in the doors, the summaries, a study and its report."""

import json
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
import numpy as np, pandas as pd
import umkm_stats
from umkm_stats import cfa, fit, invariance, load_instrument, mediate_latent, read_responses, run_study
from umkm_stats.study import _schemas
from small_study import write_answers, write_instrument

assert Path(umkm_stats.__file__).is_relative_to({copy!r}), umkm_stats.__file__
here = Path({here!r})
instrument = load_instrument(write_instrument(here))
responses = read_responses(write_answers(here, instrument, n=140), instrument)
items = responses.kept_items
new = fit("PI =~ PI1 + PI2 + PI3", items, estimator="mlx")
old = fit("PI =~ PI1 + PI2 + PI3", items, estimator="MLM")
assert new.estimator == "MLX" and new.vcov.tolist() == old.vcov.tolist()
assert "MLX" in new.summary() and "MLX" in new.glance()["estimator"].tolist()
found = cfa(responses, estimator="MLX")
assert found.fit.estimator == "MLX" and found.summary() and len(found.tidy())
latent = mediate_latent(responses, model="M1", measurement="items", estimator="MLX", draws=40, seed=1)
assert latent.fit.estimator == "MLX" and latent.summary()
study = here / "study.yaml"
lines = ("schema: umkm-study/1",
    "estimator: MLX", "measurement: items", "models: [M1]", "draws: 60", "seed: 3")
study.write_text("".join(line + chr(10) for line in lines))
run_study(here / "answers.csv", instrument, study=study, out=here / "out", workers=1)
assert "MLX" in _schemas.json_schema_text("study")
"""


def test_an_estimator_added_as_contributing_says_works_everywhere(tmp_path):
    line = next(
        line
        for line in Path("CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
        if "| estimator |" in line
    )
    copied, registered = re.findall(r"`(sem/estimators/[^`]+)`", line)
    assert "`ESTIMATORS`" in line
    copy = tmp_path / "copy" / "umkm_stats"
    shutil.copytree(Path(umkm_stats.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    made = (copy / copied).read_text(encoding="utf-8").replace('"MLM"', '"MLX"').replace("MLM = ", "MLX = ")
    assert '"MLX"' in made
    (copy / copied).with_name("_mlx.py").write_text(made, encoding="utf-8")
    register = copy / registered
    text = register.read_text(encoding="utf-8")
    text = text.replace("for entry in (", "for entry in (MLX, ").replace(
        "from umkm_stats.sem.estimators._wls",
        "from umkm_stats.sem.estimators._mlx import MLX\nfrom umkm_stats.sem.estimators._wls",
    )
    register.write_text(text, encoding="utf-8")
    script = SCRIPT.format(tests=str(Path("tests").resolve()), copy=str(copy.parent), here=str(tmp_path))
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=_path(copy.parent),
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    out = tmp_path / "out"
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["meta"]["options"]["estimator"] == "MLX"
    assert "mediation_latent_M1" in results["parts"]
    assert not results["parts"]["mediation_latent_M1"].get("unavailable")
    report = next(out.rglob("*.html")).read_text(encoding="utf-8")
    assert "MLX" in report


def _path(folder: Path) -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(folder)}
