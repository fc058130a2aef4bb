"""The rooms' import rules (pyproject.toml, [tool.importlinter]) hold."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_every_room_imports_only_what_stands_below_it(capsys):
    status = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


SOURCE = Path("src")


def _runtime_imports(path: Path) -> set[str]:
    """Modules of the package a file imports when it runs, in functions too; type-only ones left out."""

    def walk(node: ast.AST):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING":
                continue
            yield child
            yield from walk(child)

    found: set[str] = set()
    for node in walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("umkm_stats"):
            found.add(node.module)
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def _room(name: str) -> dict[str, set[str]]:
    files = {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts): path
        for path in sorted((SOURCE / "umkm_stats" / name).rglob("*.py"))
        if path.name != "__init__.py"
    }
    return {module: _runtime_imports(path) & set(files) for module, path in files.items()}


def _circle(graph: dict[str, set[str]]) -> list[str]:
    """Some way from a module back to itself, or nothing."""
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module in done:
            return []
        for other in sorted(graph[module]):
            if found := visit(other, [*way, module]):
                return found
        done.add(module)
        return []

    return next((found for module in sorted(graph) if (found := visit(module, []))), [])


@pytest.mark.parametrize("room", ["sem"])
def test_no_file_of_a_room_imports_itself_through_others(room):
    graph = _room(room)
    assert len(graph) > 20
    assert _circle(graph) == []


def test_the_steps_of_sem_follow_each_other():
    steps = ["text", "estimate", "inference", "draws"]
    for module, imported in _room("sem").items():
        step = module.split(".")[2]
        if step not in steps:
            continue
        for other in imported:
            there = other.split(".")[2]
            if there in steps:
                assert steps.index(there) <= steps.index(step), (module, other)
            else:
                assert there == "estimators", (module, other)


def test_a_circle_is_found():
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
