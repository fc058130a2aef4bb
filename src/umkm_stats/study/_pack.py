"""A study folder that may be shared: no answers, but the covariance matrix and item counts to compute
from."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from umkm_stats import atomic, messages
from umkm_stats.errors import Place, UmkmError
from umkm_stats.results import Unavailable, jsonable
from umkm_stats.study import _folder, _manifest

if TYPE_CHECKING:
    from umkm_stats.study._compare import Reproduction

MOMENTS = "moments.json"
SCHEMA = "umkm-moments/1"
KEPT = ("results.json", "report.html", "report.docx", "tables.xlsx", "model.lavaan.R")


def moments(work: Any) -> dict[str, Any]:
    """What a pack is computed from: per latent model its text, covariance matrix (divisor n − 1), means and
    n; item counts."""
    models: dict[str, Any] = {}
    for key in work.settings.models:
        found = work.parts.get(f"mediation_latent_{key}")
        fitted = getattr(found, "fit", None)
        if fitted is None:
            models[key] = {
                "unavailable": found.message("en") if isinstance(found, Unavailable) else "not fitted"
            }
            continue
        model = work.instrument.structural(key)
        if (
            fitted.estimator != "ML"
            or fitted.missing != "listwise"
            or len(fitted.arrays) != 1
            or model.moderator
        ):
            models[key] = {"unavailable": "needs the answers themselves"}
            continue
        data = np.asarray(fitted.arrays[0])
        models[key] = {
            "text": str(fitted.options.model),
            "observed": [str(name) for name in fitted.observed],
            "cov": np.atleast_2d(np.cov(data, rowvar=False)).tolist(),
            "mean": data.mean(axis=0).tolist(),
            "n": int(fitted.n),
            "x": list(model.x),
            "y": list(model.y),
        }
    items = work.parts.get("items")
    counts = (
        None
        if items is None or isinstance(items, Unavailable)
        else items.frequencies[["scale", "item", "value", "count"]]
    )
    return {"schema": SCHEMA, "models": jsonable(models), "items": jsonable(counts)}


def pack(folder: str | Path, *, out: str | Path | None = None) -> Path:
    """Copy a study folder without anyone's answers.

    The pack holds results, report, tables, the instrument, the moments and a manifest without the place of
    the answer file. ``reproduce`` on it fits the latent ML models from the covariance matrix and replaces
    case resampling by Monte Carlo from the estimates; what needs the answers is listed, not computed. Reasons
    of exclusions are left out: they are free text.

    Parameters
    ----------
    folder : str or Path
        Folder of a study.
    out : str or Path, optional
        New folder; None takes ``FOLDER-pack``.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    UsageError
        STU030: no study; STU010, STU061-STU063: the new folder cannot be written.
    UmkmError
        STU031, STU032, STU035, STU060, STU066, STU067, STU088: the study is not as it was written.

    Examples
    --------
    >>> from umkm_stats import examples, pack
    >>> folder = pack(examples.study().folder, out="pack")
    >>> (folder / "results.json").exists(), any(folder.glob("*.csv"))
    (True, False)
    """
    base = Path(folder)
    _folder.mended(base)
    manifest = _manifest.read(base)
    for name, digest in manifest["files"].items():
        if name not in (*KEPT, MOMENTS):
            continue
        if not (base / name).is_file():
            raise UmkmError("STU088", Place(file=name), {"name": name})
        if _manifest.sha256(base / name) != digest:
            raise UmkmError("STU035", Place(file=name), {"name": name})
    target = Path(out) if out is not None else base.absolute().parent / f"{base.absolute().name}-pack"
    held = read_moments(base)
    n = max([entry["n"] for entry in held.values() if "n" in entry], default=0)
    with _folder.claimed(target) as claim, claim.filling() as part:
        for name in (*KEPT, MOMENTS):
            if (base / name).is_file():
                shutil.copy2(base / name, part / name)
        results = _manifest.results_of(base)
        asked = results.get("meta", {}).get("options")
        if isinstance(asked, dict) and asked.get("exclude"):
            results["meta"]["options"] = _without_words(asked)
            atomic.write_text(part / _manifest.RESULTS, _manifest.dump(results))
        for name in ("tables", "figures"):
            if (base / name).is_dir():
                shutil.copytree(base / name, part / name)
        instrument = (
            _manifest.locate(manifest["inputs"]["instrument"]["where"], base)
            if "instrument" in manifest["inputs"]
            else None
        )
        if instrument is not None and instrument.is_file():
            shutil.copy2(instrument, part / "instrument.yaml")
        both = "\n\n".join(messages.text("study.pack.readme", lang, n=n) for lang in ("en", "id"))
        atomic.write_text(part / "README.txt", both + "\n")
        inputs = {
            role: {key: value for key, value in entry.items() if key != "where"}
            for role, entry in manifest["inputs"].items()
        }
        fresh = {**manifest, "pack": True, "inputs": inputs, "settings": _without_words(manifest["settings"])}
        fresh["files"] = _manifest.digests(part)
        atomic.write_text(part / _manifest.NAME, _manifest.dump(fresh))
    return target


def _without_words(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without what a researcher wrote about single rows: a reason may name a person."""
    rows = settings.get("exclude")
    rows = rows if isinstance(rows, list) else []
    return {**settings, "exclude": [{"row": entry.get("row"), "reason": "***"} for entry in rows]}


def read_moments(base: Path) -> dict[str, dict[str, Any]]:
    """Model → its moments; ``UmkmError`` STU067 when ``moments.json`` is missing or damaged."""
    found = _manifest.document(base / MOMENTS, "STU067").get("models")
    if not isinstance(found, dict) or not found:
        raise UmkmError("STU067", Place(file=MOMENTS, key="models"))
    for key, entry in found.items():
        if not isinstance(entry, dict) or ("text" in entry and not _sound(entry)):
            raise UmkmError("STU067", Place(file=MOMENTS, key=f"models.{key}"))
    return found


def _sound(entry: dict[str, Any]) -> bool:
    names = [entry.get(name) for name in ("observed", "x", "y")]
    if not all(isinstance(part, list) and all(isinstance(n, str) for n in part) for part in names):
        return False
    try:
        cov = np.asarray(entry.get("cov"), dtype=np.float64)
    except (TypeError, ValueError):
        return False
    size = len(entry["observed"])
    whole = isinstance(entry.get("n"), int) and entry["n"] > size
    return (
        whole
        and isinstance(entry["text"], str)
        and cov.shape == (size, size)
        and bool(np.isfinite(cov).all())
    )


def recompute(
    base: Path, manifest: dict[str, Any], before: dict[str, Any], tolerance: float, files: dict[str, str]
) -> Reproduction:
    """Fit every latent model of a pack from its moments and compare estimates; Monte Carlo limits of indirect
    effects."""
    from umkm_stats.mediation import Paths, mediate_latent
    from umkm_stats.sem import fit
    from umkm_stats.study._compare import compared
    from umkm_stats.study._settings import settings_of

    held = read_moments(base)
    then: dict[str, Any] = {}
    now: dict[str, Any] = {}
    intervals: dict[str, tuple[float, float]] = {}
    skipped = [name for name in before["parts"] if not name.startswith("mediation_latent_")]
    settings = settings_of(manifest)
    import pandas as pd

    done = 0
    for key, entry in held.items():
        if "text" not in entry:
            skipped.append(f"mediation_latent_{key}")
            continue
        names = entry["observed"]
        cov = pd.DataFrame(entry["cov"], index=names, columns=names)
        fitted = fit(entry["text"], sample_cov=cov, n_obs=entry["n"])
        found = mediate_latent(
            fitted,
            paths=Paths(x=entry["x"], y=entry["y"]),
            draws=settings["draws"],
            seed=settings["seed"],
            level=settings["level"],
            intervals=("monte_carlo",),
        )
        part = before["parts"].get(f"mediation_latent_{key}", {})
        if not isinstance(part.get("effects"), list):
            raise UmkmError("STU067", Place(file=_manifest.RESULTS, key=f"parts.mediation_latent_{key}"))
        kept = ("wald", "delta")
        then[key] = [
            _effect(row) for row in part["effects"] if isinstance(row, dict) and row.get("method") in kept
        ]
        now[key] = [_effect(row) for row in jsonable(found.effects) if row.get("method") in kept]
        for row in jsonable(found.effects):
            if row["effect"] == "indirect" and row["method"] == "monte_carlo":
                intervals[f"{key}: {row['path']}"] = (row["ci_low"], row["ci_high"])
        done += 1
    if not done:
        key, entry = next(iter(held.items()))
        raise UmkmError("STU037", params={"model": key, "reason": entry.get("unavailable", "")})
    return compared(
        then, now, manifest, max(tolerance, 1e-6), files=files, skipped=tuple(skipped), intervals=intervals
    )


def _effect(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row.get(name) for name in ("effect", "path", "method", "est", "se", "ci_low", "ci_high")}
