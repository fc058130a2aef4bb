"""Run a study folder again and compare every number of results.json."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.path import NUMPY, kernel, known, using
from umkm_stats.study import _folder, _manifest
from umkm_stats.study._asked import Chapter, Reading, Writing
from umkm_stats.study._compare import TOLERANCE, Reproduction, compared
from umkm_stats.study._settings import settings_of


def reproduce(
    folder: str | Path,
    *,
    tolerance: float = TOLERANCE,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> Reproduction:
    """Run a study again and compare every value of results.json.

    The hashes of the folder and of its inputs are checked first: a missing or changed file is listed and
    makes the outcome not the same; files that the study did not write are listed too. Numbers agree when
    abs(now - before) is at most ``tolerance`` times max(1, abs(before)); everything else must be equal. A
    pack (see ``pack``) is recomputed from its covariance matrix.

    The kernel that computed the study computes again where it can (manifest.json names it); where it cannot,
    another one does, numbers are compared at a millionth of their standard error, and the summary says so.

    Parameters
    ----------
    folder : str or Path
        Folder of a study, or a pack of one.
    tolerance : float, default TOLERANCE
        Relative difference that counts as equal, between 0 and 1.
    workers : int, default 1
        Processes for the draws; the numbers are the same for any number.
    progress : Callable[[str, int, int], None], optional
        Called with (step, done, total).

    Returns
    -------
    Reproduction
        What was compared and what differs.

    Raises
    ------
    UsageError
        STU030: no study; GEN004: ``tolerance``.
    UmkmError
        STU031, STU032: the manifest; STU033, STU034: an input is gone or has changed; STU035: results.json
        was changed; STU036: the answers were in memory; STU037: a pack that holds too little; STU060, STU066:
        a run is writing the folder, or was killed while it did; STU067: results.json is damaged; and what
        ``run_study`` raises.

    Examples
    --------
    >>> from umkm_stats import examples, reproduce
    >>> reproduce(examples.study().folder).same
    True
    """
    base = Path(folder)
    tolerance = _tolerance(tolerance)
    _folder.mended(base)
    manifest = _manifest.read(base)
    files = _manifest.state(base, manifest)
    if files.get(_manifest.RESULTS) == "changed":
        raise UmkmError("STU035", Place(file=_manifest.RESULTS), {"name": _manifest.RESULTS})
    before = _manifest.results_of(base)
    if manifest.get("pack"):
        from umkm_stats.study._pack import recompute

        return recompute(base, manifest, before, tolerance, files)
    inputs = _inputs(base, manifest)
    then = manifest.get("kernel", "") or NUMPY
    with using(then if then in known() else kernel()):
        now = _again(manifest, inputs, workers, progress)
        here = kernel()
    _both_in_time(before, now)
    return compared(before, now, manifest, tolerance, files=files, kernel=(then, here))


def _tolerance(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 <= value < 1.0:
        raise UsageError("GEN004", params={"name": "tolerance", "received": repr(value)})
    return float(value)


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
        if not isinstance(entry.get("where"), str):
            raise UmkmError("STU031", Place(file=_manifest.NAME, key=f"inputs.{role}"))
        path = _manifest.locate(entry["where"], base)
        if not path.is_file():
            raise UmkmError("STU033", Place(file=entry["name"]), {"name": entry["name"], "role": role})
        if _manifest.sha256(path) != entry["sha256"]:
            raise UmkmError("STU034", Place(file=entry["name"]), {"name": entry["name"], "role": role})
        found[role] = path
    return found


def _call_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """How the answers were read, as the manifest tells it; ``UmkmError`` STU031 for what it cannot be."""
    call = {name: manifest["call"].get(name) for name in ("aliases", "sheet", "source", "reverse")}
    call["reverse"] = call["reverse"] or "score"
    for name, kind in (("aliases", dict), ("sheet", str), ("source", str), ("reverse", str)):
        if call[name] is not None and not isinstance(call[name], kind):
            raise UmkmError("STU031", Place(file=_manifest.NAME, key=f"call.{name}"))
    return call


def _again(manifest: dict[str, Any], inputs: dict[str, Path], workers: int, progress: Any) -> dict[str, Any]:
    from umkm_stats.study import _pls
    from umkm_stats.study._run import run_study

    settings, call = settings_of(manifest), _call_of(manifest)
    told = manifest.get("origins")
    origins = told if isinstance(told, dict) else {}
    with tempfile.TemporaryDirectory() as scratch:
        study = run_study(
            inputs["responses"],
            inputs["instrument"],
            model=settings["models"],
            route=settings["route"],
            roles=settings["roles"],
            out=Path(scratch) / "again",
            study=inputs.get("study"),
            **_pls.given(settings, origins),
            draws=settings["draws"],
            seed=settings["seed"],
            level=settings["level"],
            intervals=settings["intervals"],
            style=settings["style"],
            lang=settings["language"],
            groups=settings["groups"],
            cross_check=bool(settings["cross_check"]),
            chapter=Chapter(
                alpha_cutoff=settings["alpha_cutoff"],
                distributed=settings["distributed"],
                sampling=settings["sampling"],
                tails=settings["tails"],
                directions=settings["directions"],
                unit=settings["unit"],
                pilot=inputs.get("pilot"),
            ),
            workers=workers,
            progress=progress,
            reading=Reading(
                inputs.get("map", call["aliases"]), call["sheet"], call["source"], call["reverse"]
            ),
            writing=Writing(
                title=settings["title"],
                simulated=settings["simulated"],
                decimal=settings["decimal"],
                files=False,
            ),
        )
        return study.to_dict()
