"""The main job on answers that nobody here made: MSME Colombia, through the command line."""

import json
from pathlib import Path

import pytest

from umkm_stats.cli import main

ANSWERS = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "msme_colombia" / "Innovation Capabilities.csv"
)

# R 4.x, psych 2.2.9 and lm, on the published answers (n = 106), items grouped by the authors' dictionary; ±
# half a unit of the last digit printed.
ALPHA = {"PRD": 0.755537, "PRC": 0.639100, "ORG": 0.792743, "MKT": 0.808941, "CUL": 0.932894, "RES": 0.877696}
EFFECTS = {"a": 0.597855, "b": 0.399674, "direct": 0.490736, "indirect": 0.238947}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "id"])
def test_culture_product_marketing(tmp_path, lang, capsys):
    if not ANSWERS.is_file():
        pytest.skip("the published answers of MSME Colombia are not beside the project")
    out = tmp_path / "out"
    style = ["--style", "skripsi"] if lang == "id" else []
    words = [
        "--lang",
        lang,
        "analyze",
        str(ANSWERS),
        "--instrument",
        "msme_colombia",
        "--out",
        str(out),
        "--draws",
        "200",
        "--seed",
        "7",
        *style,
    ]
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert not stop.value.code
    assert str(out) in capsys.readouterr().out
    parts = json.loads((out / "results.json").read_text(encoding="utf-8"))["parts"]
    alpha = {row["scale"]: row["alpha"] for row in parts["reliability"]["table"]}
    assert alpha == pytest.approx(ALPHA, abs=5e-7)
    effects = parts["mediation_scores_M1"]["effects"]
    for name, value in EFFECTS.items():
        assert next(row["est"] for row in effects if row["effect"] == name) == pytest.approx(value, abs=5e-7)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert ("0,239" if lang == "id" else "0.239") in page
    assert 'class="warning failure"' not in page
