"""Benchmarks are fair: every peer runs at its fastest legitimate setting, and the setting stands by the
figure."""

import ast
import re
import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
R_SCRIPTS = sorted((FOLDER / "peers").glob("*.R"))
PEERS = ("pingouin", "pyprocessmacro", "seminr", "semopy")


def code_of(text: str) -> str:
    """An R script without its comments."""
    return "\n".join(line.split("#")[0] for line in text.splitlines())


def faults(text: str) -> list[str]:
    """What would hold lavaan back in a script that times its draws."""
    code = code_of(text)
    found = []
    if re.search(r"\bFUN\s*=\s*[^\s\"']", code):
        found.append("a function object as FUN makes lavaan compute more than coefficients")
    for name in re.findall(r"bootstrapLavaan\(\s*(\w+)", code):
        made = re.search(rf"\b{name}\s*<-[^\n]*", code)
        if made is None or not re.search(r"se = \"none\", test = \"none\"", made.group()):
            found.append(f"bootstrapLavaan on {name}, which computes errors and tests")
    loop = code[code.index("set.seed(") :] if "set.seed(" in code else code
    for call in re.findall(r"\bsem\(model, rows[^\n]*", loop):
        if not re.search(r"se = \"none\", test = \"none\"", call):
            found.append(f"a refit with errors or tests: {call}")
    if not re.search(r"\bif \(cpu\(boot\) <= cpu\(refit\)\)", code):
        found.append("only one way is timed")
    if '"setting": "%s"' not in code:
        found.append("the setting does not come back with the time")
    return found


@pytest.mark.parametrize("path", R_SCRIPTS, ids=lambda path: path.name)
def test_lavaan_draws_at_its_fastest(path):
    assert faults(path.read_text(encoding="utf-8")) == []


def test_a_held_back_peer_is_found():
    slow = """
    set.seed(1)
    t <- system.time(bootstrapLavaan(fit, R = 10, FUN = coef)) # se = "none"
    sem(model, rows, estimator = "DWLS")
    """
    said = " | ".join(faults(slow))
    for piece in ("function object", "bootstrapLavaan on fit", "a refit with", "only one way", "the setting"):
        assert piece in said
    assert "function object" not in " ".join(faults('bootstrapLavaan(bare, R = 1, FUN = "coef")'))


def test_the_setting_of_every_python_peer_is_printed():
    settings = runpy.run_path(str(FOLDER / "peer_settings.py"))["SETTINGS"]
    assert set(settings) == set(PEERS)
    timed = 0
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8").replace("from semopy.examples", "from data")
        used = {
            (node.names[0].name if isinstance(node, ast.Import) else str(node.module)).split(".")[0]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.Import, ast.ImportFrom))
        }
        for peer in used & set(PEERS):
            timed += 1
            assert f"said('{peer}')" in text, f"{path.name} times {peer} and does not say how"
    assert timed >= 4


def test_quick_settings_stand_in_the_calls():
    mediation = (FOLDER / "mediation_speed.py").read_text(encoding="utf-8")
    assert '"suppr_init": True' in mediation
    assert "percent=False" in mediation
    assert "percent=True" in mediation
    pls = (FOLDER / "pls_speed.py").read_text(encoding="utf-8")
    assert "indices=rows" in pls


def test_the_rule_is_written():
    assert "fastest legitimate setting" in (FOLDER / "README.md").read_text(encoding="utf-8")
