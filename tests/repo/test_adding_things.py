"""A questionnaire format, a table of the report and a claim check added as CONTRIBUTING says work everywhere.

Each is a new file and a line in the register that CONTRIBUTING names, in a copy of the package.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import umkm_stats

FORMAT = '''"""The codes of a questionnaire, one a line."""

from umkm_stats.questionnaire._files import write_text


def write(plan, folder):
    codes = [asked.code for part in plan.faced() for asked in part.asked]
    return write_text(folder / f"{plan.instrument.name}_codes.txt", "\\n".join(codes) + "\\n")
'''

TABLE = '''"""How many items each scale has."""


def items_table(ctx):
    rows = [(name, len(members)) for name, members in ctx.results.meta["scales"].items()]
    heads = [ctx.column("scale", "scale"), ctx.column("count", "count", "integer")]
    return ctx.made("item_counts", ctx.text("title.item_counts"), heads, rows)


def model_table(ctx, name):
    heads = [ctx.column("count", "count", "integer")]
    return ctx.made(f"count_{name}", "Bogus of " + name, heads, [(len(ctx.get(name).effects),)])
'''

CHECK = '''"""even."""

from umkm_stats.review._verdict import Verdict
from umkm_stats.review.checks._base import Check, whole_number
from umkm_stats.review.checks._items import MEAN


def _even(given):
    same = MEAN.run({"mean": "3.00" if whole_number(given["count"]) % 2 == 0 else "3.05", "n": "4"})
    return same


EVEN = Check("even", ("count",), (), _even)
'''

SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
import umkm_stats
from umkm_stats import load_instrument, run_study
from umkm_stats.questionnaire import FORMATS, write_questionnaire
from umkm_stats.review import check_claims
from small_study import write_answers, write_instrument

assert Path(umkm_stats.__file__).is_relative_to({copy!r}), umkm_stats.__file__
here = Path({here!r})
instrument = load_instrument(write_instrument(here))
assert "codes" in FORMATS
made = write_questionnaire(instrument, format="codes", out=here / "forms")
assert made.read_text().split()[:3] == ["PI1", "PI2", "PI3"]
(here / "claims.yaml").write_text(
    "schema: umkm-claims/1\\nclaims:\\n- {{kind: even, count: 4}}\\n- {{kind: even, count: 5}}\\n"
)
review = check_claims(here / "claims.yaml")
assert review.counts["consistent"] == review.counts["inconsistent"] == 1, review.counts
assert review.summary("id") and len(review.tidy()) == 2
run_study(write_answers(here, instrument, n=140), instrument, model="M1", draws=40, seed=3, cross_check=False,
    out=here / "out")
"""


def row(kind: str) -> tuple[str, str]:
    """(register name, register file) of a row of CONTRIBUTING's table."""
    lines = Path("CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(f"| {kind} |"))
    names = re.findall(r"`([A-Z_]+)` in `([^`]+)`", line)
    return names[0]


def register(copy: Path, kind: str, opening: str, entry: str, imported: str = "") -> None:
    """Write ``entry`` as the first of the register, and the import it needs."""
    name, file = row(kind)
    path = copy / file
    text = path.read_text(encoding="utf-8")
    start = text.index("\n" + name)
    place = text.index(opening, start) + len(opening)
    text = text[:place] + entry + text[place:]
    path.write_text(
        text.replace(
            "from __future__ import annotations\n", f"from __future__ import annotations\n{imported}", 1
        )
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    place = tmp_path_factory.mktemp("adding")
    copy = place / "copy" / "umkm_stats"
    shutil.copytree(Path(umkm_stats.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "questionnaire" / "_code_list.py").write_text(FORMAT, encoding="utf-8")
    register(copy, "questionnaire format", "for entry in (", 'Format("codes", "_code_list", "paper", False),')
    (copy / "report" / "tables" / "_counts.py").write_text(TABLE, encoding="utf-8")
    load = "from umkm_stats.report.tables import _counts\n"
    register(copy, "table of the report", "= {", '"counts": Entry(_counts.items_table, at="answers"),', load)
    tables = copy / "report" / "tables" / "__init__.py"
    text = tables.read_text(encoding="utf-8")
    line = '"counts": Entry(_counts.model_table, at="scores"),'
    tables.write_text(
        text.replace("MODEL_TABLES: dict[str, Entry] = {", f"MODEL_TABLES: dict[str, Entry] = {{{line}")
    )
    for lang, title in (("en", "Items of each scale"), ("id", "Item setiap skala")):
        words = copy / "messages" / lang / "report.toml"
        words.write_text(
            words.read_text(encoding="utf-8").replace(
                "[text]\n", f'[text]\n"report.title.item_counts" = "{title}"\n', 1
            ),
            encoding="utf-8",
        )
    (copy / "review" / "checks" / "_even.py").write_text(CHECK, encoding="utf-8")
    load = "from umkm_stats.review.checks._even import EVEN\n"
    register(copy, "claim check", "for entry in (", "EVEN,", load)
    script = SCRIPT.format(tests=str(Path("tests").resolve()), copy=str(copy.parent), here=str(place))
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(copy.parent)},
        check=False,
    )
    return run, place


def test_format_and_check_work_in_their_doors(ran):
    run, _ = ran
    assert run.returncode == 0, run.stderr[-3000:]


def test_a_registered_table_stands_in_the_report_and_the_workbook(ran):
    import openpyxl

    run, place = ran
    assert run.returncode == 0, run.stderr[-3000:]
    page = (place / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("Items of each scale") >= 1
    assert page.count("Bogus of mediation_scores_M1") >= 1
    assert "Bogus of mediation_latent_M1" not in page
    book = openpyxl.load_workbook(place / "out" / "tables.xlsx", read_only=True)
    cells = {str(cell) for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line}
    assert any("Items of each scale" in cell for cell in cells)


def test_a_table_for_a_section_that_is_none_is_refused_at_once():
    from umkm_stats.report.tables import SECTIONS, Entry

    with pytest.raises(ValueError, match="no section 'answer'"):
        Entry(lambda ctx: None, at="answer")
    assert "answers" in SECTIONS
