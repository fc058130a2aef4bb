"""Random shapes through the compiled kernels, built with the sanitizers of addresses and undefined behaviour.

    python tests/kernels/native_fuzz.py 200           # builds into a temporary folder, starts itself again
    python tests/kernels/native_fuzz.py 4 --plain     # only the variant that every processor knows

Counts, sums, moments, factors and ML draws of random sizes (one group or several, means, exogenous variables,
equal parameters, cycles, no paths at all) are compared with numpy, as are polychoric correlations, the
curvature of least squares on them, draws of categories and draws with missing values. Any report of a
sanitizer ends the run, and so does an exported function that was never called.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from umkm_stats.native import _build

ASKED = "UMKM_FUZZ_LIBRARIES"
CHECKED = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")


def runtime(words: list[str]) -> str:
    """The sanitizer's library, which must be loaded first; empty where the compiler has none."""
    said = subprocess.run(
        [*words, "-print-file-name=libasan.so"], capture_output=True, text=True, check=False
    )
    found = said.stdout.strip()
    return found if os.path.isabs(found) else ""


def started(rounds: int, plain: bool) -> subprocess.CompletedProcess[str] | None:
    """The run in a child with the checked libraries; None without a compiler that can make them."""
    words = _build.compiler()
    library = runtime(words) if words else ""
    if not library:
        return None
    with tempfile.TemporaryDirectory() as folder:
        _build.build(Path(folder), words=words, extra=CHECKED, plain=plain)
        env = {**os.environ, ASKED: folder, "LD_PRELOAD": library, "ASAN_OPTIONS": "detect_leaks=0"}
        order = [sys.executable, __file__, str(rounds)]
        return subprocess.run(order, env=env, capture_output=True, text=True, check=False)


def small(rng: np.random.Generator) -> None:
    """Counts, sums, moments and factors of one random size."""
    from umkm_stats import native
    from umkm_stats.kernels import draws, path
    from umkm_stats.kernels.sem.many import algebra, ml

    n, p, size = (int(k) for k in rng.integers([1, 1, 1], [90, 9, 12]))
    sizes = (n,) if rng.random() < 0.5 else (n, int(rng.integers(1, 40)))
    found = draws.strata_block(int(rng.integers(2**62)), int(rng.integers(99)), size, sizes)
    assert all((part.sum(axis=1) == part.shape[1]).all() for part in found)
    data = rng.normal(size=(n, p))
    products, centre = ml.cross_products(data)
    assert np.allclose(native.weighted_sums(found[0], products), found[0] @ products, atol=1e-9)
    ours = ml.weighted_moments(found[0], products, centre)
    ours_factors = algebra.log_determinant(ours.cov)
    with path.using("numpy"):
        theirs = ml.weighted_moments(found[0], products, centre)
        theirs_factors = algebra.log_determinant(ours.cov)
    assert np.allclose(ours.cov, theirs.cov, atol=1e-12)
    clear = ours_factors[1] & theirs_factors[1]
    assert np.allclose(ours_factors[0][clear], theirs_factors[0][clear], atol=1e-6)


def model(rng: np.random.Generator) -> None:
    """Draws of one random model on both ways."""
    import pandas as pd

    from umkm_stats import fit
    from umkm_stats.errors import UmkmError
    from umkm_stats.kernels import path
    from umkm_stats.kernels.sem.many import ml
    from umkm_stats.sem.draws._kernels import MlKernel

    factors, each, n = (int(k) for k in rng.integers([1, 2, 60], [4, 5, 140]))
    eta = rng.normal(size=(n, 1)) * 0.6 + rng.normal(size=(n, factors))
    names = [f"v{k}" for k in range(factors * each)]
    values = np.repeat(eta, each, axis=1) * 0.7 + rng.normal(size=(n, len(names)))
    data = pd.DataFrame(values, columns=names).assign(
        x=eta[:, 0] + rng.normal(size=n), g=rng.integers(0, 2, n)
    )
    data = data.assign(y=data["x"] * 0.4 + rng.normal(size=n), z=rng.normal(size=n))
    text = [f"f{k} =~ " + " + ".join(names[k * each : (k + 1) * each]) for k in range(factors)]
    kind = int(rng.integers(5))
    options: dict[str, object] = {}
    if each == 2 and factors == 1:
        text = ["v0 ~ x + z", "v1 ~ v0"]
    if kind == 1:
        options = {"group": "g", "group_equal": ["loadings"]} if each > 2 else {"group": "g"}
    elif kind == 2:
        options = {"meanstructure": True}
        text.append("f0 ~ x" if "=~" in text[0] else "v1 ~ x")
    elif kind == 3:
        text = ["y ~ x + v0", "v0 ~ z + y"]
    elif kind == 4 and each > 3:
        text[0] = f"f0 =~ {names[0]} + a*{names[1]} + a*{names[2]} + {names[3]}"
    count = int(rng.integers(1, 14))
    try:
        fitted = fit("\n".join(text), data, **options)  # type: ignore[arg-type]
        made = fitted.bootstrap(draws=count, seed=1)
    except UmkmError:
        return
    ours, kernel = made.batch, made.engine.kernel
    if isinstance(kernel, MlKernel) and kernel.search.compiled is not None:
        task, _ = ml.MlBatch.of(kernel.search.model, kernel._moments(made.source.sample(0, 0, count)))
        free = kernel.search.begin.free
        starts = free * (1.0 + 0.2 * rng.normal(size=(count, len(free))))
        own = ml.compiled_from(kernel.search.compiled, task, starts)
        assert own.free.shape == starts.shape
        last = ml.compiled_from(kernel.search.compiled, task.take(np.array([count - 1])), starts[-1:])
        assert np.array_equal(own.free[-1], last.free[0], equal_nan=True)
    with path.using("numpy"):
        theirs = fitted.bootstrap(draws=count, seed=1).batch
    both = (ours.end == 0) & (theirs.end == 0) & (np.abs(ours.x2 - theirs.x2) < 1e-6)
    assert both.sum() >= 0.7 * (theirs.end == 0).sum(), (text, ours.end, theirs.end)


def ordinal(rng: np.random.Generator) -> None:
    """Correlations of tables of random shapes, some of them with empty categories."""
    from umkm_stats.kernels import path
    from umkm_stats.kernels.ordinal import many_polychoric

    n, items, count = (int(k) for k in rng.integers([8, 2, 1], [90, 5, 11]))
    categories = rng.integers(2, 8, items)
    codes = rng.integers(0, categories, (n, items))
    counts = rng.integers(0, 3, (count, n)).astype(float)
    counts[:, 0] += 1.0
    groups = many_polychoric.pair_tables(codes, categories)
    centre = rng.uniform(-0.9, 0.9, items * (items - 1) // 2)
    ours = many_polychoric.correlations(groups, counts, centre)
    with path.using("numpy"):
        theirs = many_polychoric.correlations(groups, counts, centre)
    good = ours.sound & theirs.sound & (np.abs(theirs.rho) < 0.98)
    assert np.allclose(ours.rho[good], theirs.rho[good], atol=1e-6)


def curvature(rng: np.random.Generator) -> None:
    """2J'WJ of correlations whose derivatives are random, and draws of a fit to categories, on both ways."""
    import pandas as pd

    from umkm_stats import fit, native
    from umkm_stats.errors import UmkmError
    from umkm_stats.kernels import path

    p, across, cells, draws = (int(k) for k in rng.integers([2, 1, 1, 1], [7, 5, 9, 4]))
    q = int(rng.integers(1, cells + 1))
    first, second = (one.astype(np.int64) for one in np.tril_indices(p, -1))
    u = rng.integers(0, p, cells)
    v = rng.integers(p, p + across, cells)
    half = rng.choice([0.5, 1.0], cells)
    spread = np.zeros((cells, q))
    spread[np.arange(cells), rng.integers(0, q, cells)] = 1.0
    right = rng.normal(size=(4 * draws, p, across))
    weight = rng.uniform(0.5, 2.0, (4 * draws, len(first)))
    slots = native.slots_of(first, second, u, v, half, spread, p, across)
    found, least = native.dwls_inverse(slots, right, weight)
    columns = np.concatenate([np.broadcast_to(np.eye(p), (4 * draws, p, p)), right], axis=2)
    left, other = columns[:, :, u], columns[:, :, v]
    slope = (left[:, first] * other[:, second] + left[:, second] * other[:, first]) * half @ spread
    matrix = 2.0 * slope.transpose(0, 2, 1) @ (weight[:, :, None] * slope)
    for one, inverse in zip(matrix[least > 1e-5], found[least > 1e-5], strict=True):
        assert np.allclose(one @ inverse, np.eye(q), atol=1e-8)
    items, n, count = (int(k) for k in rng.integers([3, 60, 1], [8, 120, 9]))
    values = rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, items))
    codes = np.stack(
        [np.searchsorted(np.sort(rng.normal(size=int(rng.integers(1, 5)))), x) for x in values.T]
    )
    data = pd.DataFrame(codes.T.astype(float), columns=[f"v{k}" for k in range(items)])
    text = "f =~ " + " + ".join(data.columns)
    if items > 5 and rng.random() < 0.5:
        text = f"f =~ {' + '.join(data.columns[:3])}\ng =~ {' + '.join(data.columns[3:])}\ng ~ f"
    try:
        fitted = fit(text, data, ordered=list(data))
        ours = fitted.bootstrap(draws=count, seed=1).batch
    except UmkmError:
        return
    with path.using("numpy"):
        theirs = fitted.bootstrap(draws=count, seed=1).batch
    both = (ours.end == 0) & (theirs.end == 0)
    assert both.sum() >= 0.7 * (theirs.end == 0).sum(), (text, n, ours.end, theirs.end)


def gaps(rng: np.random.Generator) -> None:
    """Draws with missing values on both ways: one factor, groups, causes, a cycle, residual covariances."""
    import pandas as pd

    from umkm_stats import fit
    from umkm_stats.errors import UmkmError
    from umkm_stats.kernels import path

    items, n, count = (int(k) for k in rng.integers([3, 50, 1], [8, 120, 9]))
    values = rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, items))
    values[rng.random(values.shape) < rng.uniform(0.02, 0.3)] = np.nan
    data = pd.DataFrame(values, columns=[f"v{k}" for k in range(items)])
    text = ["f =~ " + " + ".join(data.columns)]
    data = data.assign(x=rng.normal(size=n), z=rng.normal(size=n), g=rng.integers(0, 2, n))
    kind, options = int(rng.integers(5)), {}
    if kind == 1:
        options = {"group": "g", "group_equal": ["loadings"]}
    elif kind == 2:
        text.append("f ~ x + z")
    elif kind == 3:
        text = ["v0 ~ x + v1", "v1 ~ z + v0"]
    elif kind == 4 and items > 3:
        text.append("v0 ~~ v1")
    try:
        fitted = fit("\n".join(text), data, missing="fiml", **options)  # type: ignore[arg-type]
        ours = fitted.bootstrap(draws=count, seed=1).batch
    except UmkmError:
        return
    with path.using("numpy"):
        theirs = fitted.bootstrap(draws=count, seed=1).batch
    both = (ours.end == 0) & (theirs.end == 0)
    assert both.sum() >= 0.7 * (theirs.end == 0).sum(), (items, n, ours.end, theirs.end)


def never_called(variant: str) -> set[str]:
    """Functions that the C++ sources export and no round has called in a variant."""
    from umkm_stats.native import _draws, _dwls, _fiml, _load, _ml, _moments, _polychoric

    modules = (_draws, _dwls, _fiml, _ml, _moments, _polychoric)
    entries = [value for one in modules for value in vars(one).values() if isinstance(value, _load.Entry)]
    called = {entry.name for entry in entries if variant in entry._functions}
    return exported() - called


def exported() -> set[str]:
    """Names of the functions that the C++ sources export, without those of ``library.cpp``."""
    sources = (Path(_build.__file__).parent / "cpp").glob("*.cpp")
    found = [
        re.findall(r"^UMKM_ENTRY \w+ (umkm_\w+)\(", s.read_text(encoding="utf-8"), re.M)
        for s in sources
        if s.name != "library.cpp"
    ]
    return {name for names in found for name in names}


def main(rounds: int) -> None:
    folder = os.environ.get(ASKED)
    if not folder:
        ran = started(rounds, plain="--plain" in sys.argv)
        if ran is None:
            sys.stdout.write("no compiler with sanitizers was found\n")
            return
        sys.stdout.write(ran.stdout)
        sys.stderr.write(ran.stderr[-6000:])
        sys.exit(ran.returncode)
    _build.HERE = Path(folder)
    from umkm_stats import native
    from umkm_stats.kernels import path

    for variant in native.available():
        with path.using(variant):
            for number in range(rounds):
                rng = np.random.Generator(np.random.Philox(key=number))
                small(rng)
                if number % 3 == 0:
                    ordinal(rng)
                if number % 4 == 0:
                    model(rng)
                if number % 8 == 0:
                    gaps(rng)
                    curvature(rng)
        left = never_called(variant)
        if left:
            sys.exit(f"{variant}: never called: {', '.join(sorted(left))}")
        sys.stdout.write(f"{variant}: {rounds} rounds\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
