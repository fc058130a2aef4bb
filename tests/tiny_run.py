"""A folder as a study writes it, without the study."""

from pathlib import Path

from umkm_stats.study import _folder, _manifest


def write(out: Path, **files: str) -> _folder.Claim:
    """A tiny run: the files named (``_`` for ``/``), and a manifest as a study has it."""
    with _folder.claimed(out) as claim, claim.filling() as part:
        for name, text in files.items():
            path = part / name.replace("__", "/").replace("_txt", ".txt")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        told = {"schema": _manifest.SCHEMA, "inputs": {}, "settings": {}, "call": {}, "versions": {}}
        told["files"] = _manifest.digests(part)
        (part / "manifest.json").write_text(_manifest.dump(told))
    return claim


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
