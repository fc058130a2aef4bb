"""Files stay small enough to hold in the head, bear no public function's name, and hide nothing
unfinished."""

import ast
import re

import umkm_stats

LIMIT = 400
UNFINISHED = re.compile(r"TODO|FIXME|XXX|NotImplementedError|placeholder code|not implemented", re.IGNORECASE)


def lines_of_code(path):
    """Lines of a file without its docstrings: explaining a name must not push code apart."""
    text = path.read_text(encoding="utf-8")
    count = len(text.splitlines())
    if count <= LIMIT:
        return count
    told = sum(
        node.body[0].end_lineno - node.body[0].lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    )
    return count - told


def test_no_source_file_is_too_long(sources):
    assert {str(path): count for path in sources if (count := lines_of_code(path)) > LIMIT} == {}


def test_no_file_bears_the_name_of_a_public_function(sources, root):
    names = set(umkm_stats.__all__)
    assert not [path for path in sources if path.stem in names]


def test_nothing_is_left_unfinished(sources):
    assert not [str(path) for path in sources if UNFINISHED.search(path.read_text(encoding="utf-8"))]


def test_room_files_are_private_or_kernels(sources, root):
    base = root / "src" / "umkm_stats"
    open_rooms = {"kernels", "adapters", "cli", "messages"}
    public = [
        str(path.relative_to(base))
        for path in sources
        if len(path.relative_to(base).parts) == 2
        and path.relative_to(base).parts[0] not in open_rooms
        and not path.name.startswith("_")
    ]
    assert not public


def test_every_file_says_what_it_is(sources):
    assert not [
        str(path)
        for path in sources
        if not path.read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))
    ]
