"""Pages agree with the code they speak of."""

import importlib
import importlib.util
import os
import re
import subprocess
import sys

import pytest

import umkm_stats
import umkm_stats.study
from doc_blocks import PAGES, ROOT
from umkm_stats import messages

DOCS = ROOT / "docs"
GROWING = (
    "ordinal",
    "coverage",
    "coverage_latent",
    "published",
    "speed",
    "speed_ordinal",
)  # made from files that longer runs extend


def tool(name):
    build = str(DOCS / "_build")  # its files import each other
    if build not in sys.path:
        sys.path.append(build)
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / "_build" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def generated():
    build = tool("generate")
    for page in build.pages():
        for match in re.finditer(
            r"<!-- generated: (\w+) -->\n(.*?)<!-- end -->", page.read_text(encoding="utf-8"), re.DOTALL
        ):
            if match[1] in build.PARTS and match[1] not in build.AT_BUILD:
                yield pytest.param(build.PARTS[match[1]], match[1], match[2], id=f"{page.stem}-{match[1]}")


@pytest.mark.parametrize(("make", "name", "found"), list(generated()))
def test_generated_parts_are_up_to_date(make, name, found):
    fresh = make()
    if name in GROWING:
        assert fresh.strip()
        assert len(found.splitlines()) > 4
    else:
        assert found.strip() == fresh.strip(), f"run python docs/_build/generate.py ({name})"


def test_the_parity_table_names_tests_that_exist():
    for _, _, _, test in tool("parity").ROWS:
        path, name = test.split("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {name}(" in source or name == "estimates", test


def test_the_parity_table_is_complete():
    page = (DOCS / "parity.md").read_text(encoding="utf-8")
    missing = [test for _, _, _, test in tool("parity").ROWS if test.split("::")[1] not in page]
    assert not missing


def test_every_door_stands_in_the_reference():
    page = (DOCS / "reference" / "index.md").read_text(encoding="utf-8")
    doors = [name for name in umkm_stats.__all__ if not name.startswith("_") and name[0].islower()]
    assert [name for name in doors if f"::: umkm_stats.{name}\n" not in page] == []


def test_every_page_is_in_the_menu():
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")]
    assert [name for name in pages if name not in menu] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http", "mailto")):
            assert (page.parent / target).exists(), target


def test_files_named_in_contributing_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`([a-z_]+/[\w/]+\.py)`", text)
    assert paths
    assert [path for path in paths if not (ROOT / "src" / "umkm_stats" / path).is_file()] == []


def test_registers_named_in_contributing_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(r"`([A-Z]+)` in `([\w/]+)\.py`", text)
    assert len(found) == 6
    for register, path in found:
        assert hasattr(
            importlib.import_module("umkm_stats." + path.replace("/", ".").removesuffix(".__init__")),
            register,
        ), path


def test_codes_and_columns_of_the_pages_exist():
    known = set(messages.catalogue("en"))
    for page in PAGES:
        if page.name != "errors.md":
            codes = set(
                re.findall(
                    r"\b(?:INS|QST|RSP|SCR|MEA|SEM|REG|MED|PLN|REV|RPT|STU|CLI)\d{3}\b",
                    page.read_text(encoding="utf-8"),
                )
            )
            assert codes <= known, page.name


def test_nothing_of_the_workplace_is_told():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w/])/(work|tmp|root|home)/", text), page.name


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    pytest.importorskip("mkdocs", reason="the docs extra is not installed")
    pytest.importorskip("material", reason="the docs extra is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "fonts.googleapis" not in page
    errors = (tmp_path / "site" / "errors.html").read_text(encoding="utf-8")
    assert all(code in errors for code in ("GEN001", "RSP202", "MED001"))
    assert "alpha_low" in (tmp_path / "site" / "columns.html").read_text(encoding="utf-8")


def test_the_map_of_the_answers_page_works(tmp_path):
    from doc_blocks import blocks

    body = next(
        block.body
        for block in blocks(DOCS / "howto" / "answers.md")
        if block.body.startswith("schema: umkm-map/1")
    )
    (tmp_path / "map.yaml").write_text(body, encoding="utf-8")
    example = ROOT / "examples" / "kedai_kopi"
    read = umkm_stats.read_responses(
        example / "headings.csv", umkm_stats.load_instrument(example), aliases=tmp_path / "map.yaml"
    )
    assert list(read.items.columns) == ["PL1", "PL2", "PL3", "KP1", "KP2", "KP3", "LY1", "LY2", "LY3"]
    assert "SEX" in read.respondents.columns


def test_study_and_claims_files_of_the_pages_are_valid(tmp_path):
    from doc_blocks import blocks

    claims = next(block.body for block in blocks(DOCS / "tutorials" / "reviewer.md") if block.kind == "yaml")
    (tmp_path / "claims.yaml").write_text(claims, encoding="utf-8")
    from umkm_stats import review

    assert review.check_claims(tmp_path / "claims.yaml").counts["inconsistent"] == 0
    study = next(
        block.body
        for block in blocks(DOCS / "tutorials" / "researcher.md")
        if block.body.startswith("schema: umkm-study/1")
    )
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    example = ROOT / "examples" / "kedai_kopi"
    found = umkm_stats.run_study(
        example / "answers.csv",
        example,
        study=tmp_path / "study.yaml",
        draws=50,
        out=tmp_path / "out",
        writing=umkm_stats.study.Writing(files=False),
    )
    assert found is not None


def test_every_picture_is_made_by_the_build():
    made = {*tool("screenshots").PICTURES, *tool("page_pictures").names()}
    assert {path.name for path in (DOCS / "img").iterdir()} == made
    shown = {
        name
        for page in PAGES
        for name in re.findall(r"\]\((?:[\w./]*/)?img/([\w.]+)\)", page.read_text(encoding="utf-8"))
    }
    assert shown == made


@pytest.mark.slow
def test_the_pictures_can_be_made_anew(tmp_path):
    pictures = tool("screenshots")
    done = subprocess.run(
        [sys.executable, str(DOCS / "_build" / "screenshots.py"), "--into", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    missing = set(pictures.PICTURES) - {path.name for path in tmp_path.iterdir()}
    assert all(pictures.PICTURES[name][0] for name in missing), (
        "a picture that needs no other program was not made"
    )
    assert not missing or "not installed" in done.stdout
