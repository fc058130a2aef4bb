"""Run a study folder again and compare every number of results.json."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from umkm_stats.errors import Place, UmkmError
from umkm_stats.study import _manifest
from umkm_stats.study._asked import Reading, Writing
from umkm_stats.study._compare import TOLERANCE, Reproduction, compared


def reproduce(
    folder: str | Path,
    *,
    tolerance: float = TOLERANCE,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> Reproduction:
    """Check the hashes of a study folder and of its inputs, run it again, and compare every value of
    results.json.

    Numbers agree when |now − before| ≤ ``tolerance`` · max(1, |before|); everything else must be equal. A
    pack (see :func:`umkm_stats.study.pack`) is recomputed from its covariance matrix.

    Raises ``UsageError`` STU030, ``UmkmError`` STU031, STU032 (manifest), STU033, STU034 (an input is gone or
    has changed), STU035 (a file of the folder was changed), STU036 (answers were in memory), and what
    ``run_study`` raises.
    """
    base = Path(folder)
    manifest = _manifest.read(base)
    for name, digest in manifest["files"].items():
        path = base / name
        if path.is_file() and _manifest.sha256(path) != digest and name == _manifest.RESULTS:
            raise UmkmError("STU035", Place(file=name), {"name": name})
    before = json.loads((base / _manifest.RESULTS).read_text(encoding="utf-8"))
    if manifest.get("pack"):
        from umkm_stats.study._pack import recompute

        return recompute(base, manifest, before, tolerance)
    inputs = _inputs(base, manifest)
    now = _again(manifest, inputs, workers, progress)
    _both_in_time(before, now)
    return compared(before, now, manifest, tolerance)


def _both_in_time(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Leave the second opinion out of the comparison when one of the two did not come in time: that is no
    number of ours."""
    from umkm_stats.study._second import TIME

    found = [document["parts"].get("cross_check") for document in (before, now)]
    if any(part is not None and part.get("unavailable") == TIME for part in found):
        for document in (before, now):
            document["parts"].pop("cross_check", None)


def _inputs(base: Path, manifest: dict[str, Any]) -> dict[str, Path]:
    if "responses" not in manifest["inputs"]:
        raise UmkmError("STU036")
    found = {}
    for role, entry in manifest["inputs"].items():
        path = _manifest.locate(entry["where"], base)
        if not path.is_file():
            raise UmkmError("STU033", Place(file=entry["name"]), {"name": entry["name"], "role": role})
        if _manifest.sha256(path) != entry["sha256"]:
            raise UmkmError("STU034", Place(file=entry["name"]), {"name": entry["name"], "role": role})
        found[role] = path
    return found


def _again(manifest: dict[str, Any], inputs: dict[str, Path], workers: int, progress: Any) -> dict[str, Any]:
    from umkm_stats.study._run import run_study

    settings, call = manifest["settings"], manifest["call"]
    with tempfile.TemporaryDirectory() as scratch:
        study = run_study(
            inputs["responses"],
            inputs["instrument"],
            model=settings["models"],
            out=Path(scratch) / "again",
            study=inputs.get("study"),
            estimator=settings["estimator"],
            measurement=settings["measurement"],
            missing=settings["missing"],
            draws=settings["draws"],
            seed=settings["seed"],
            level=settings["level"],
            intervals=settings["intervals"],
            style=settings["style"],
            lang=settings["language"],
            groups=settings.get("groups"),
            cross_check=settings.get("cross_check", False),
            workers=workers,
            progress=progress,
            reading=Reading(
                inputs.get("map", call["aliases"]), call["sheet"], call["source"], call["reverse"]
            ),
            writing=Writing(
                title=settings["title"] or None,
                simulated=settings["simulated"],
                decimal=settings["decimal"],
                files=False,
            ),
        )
        return study.to_dict()
