"""The conda recipe and the citation say what pyproject.toml and the package say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

import umkm_stats

ROOT = Path(__file__).resolve().parents[2]
OTHER_NAME = {"matplotlib": "matplotlib-base"}  # the same library without the Qt programs


def test_dependencies_and_version_of_the_recipe():
    recipe = YAML(typ="safe").load((ROOT / "packaging/conda/recipe.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = set()
    for one in project["dependencies"]:
        name, bound = re.fullmatch(r"([\w.-]+)(>=.+)", one).groups()
        asked.add(f"{OTHER_NAME.get(name, name)} {bound}")
    assert asked | {f"python {project['requires-python']}"} == set(recipe["requirements"]["run"])
    assert recipe["context"]["version"] == umkm_stats.__version__
    (entry,) = recipe["build"]["python"]["entry_points"]
    assert entry.split(" = ") == ["umkm-stats", project["scripts"]["umkm-stats"]]


def test_the_version_stands_in_one_place():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/umkm_stats/_version.py"
    citation = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == umkm_stats.__version__, "run python docs/_build/generate.py"
