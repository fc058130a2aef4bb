"""The tables of docs/benchmarks.md that say which draws the compiled kernels compute: every row is run."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from umkm_stats import fit
from umkm_stats.kernels import draws as streams
from umkm_stats.kernels import path
from umkm_stats.sem.draws import _search
from umkm_stats.sem.draws._ordinal import DwlsKernel

native = pytest.importorskip("umkm_stats.native", reason="the native folder was deleted")

pytestmark = pytest.mark.skipif(len(path.known()) < 2, reason="no compiled library fits this machine")
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
NUMPY, LOOP = "numpy", "one fit a draw"
FACTOR = "f =~ v0 + v1 + v2 + v3"
SIX = "f =~ v0 + v1 + v2\ng =~ v3 + v4 + v5"


def answers(n=160, gaps=0.0, cut=False):
    z = streams.normal_block(51, 0, n, 10)
    f = z[:, :1] + 0.4 * z[:, 8:9]
    values = 0.8 * np.repeat(f, 6, axis=1) + 0.3 * np.repeat(z[:, 1:3], 3, axis=1) + 0.6 * z[:, 2:8]
    values[:, 0] += z[:, 8]
    values[:, 1] += 0.3 * values[:, 0] + z[:, 9]
    if cut:
        values = np.digitize(values, [-0.6, 0.7]).astype(float)
    values[streams.uniform_block(52, 0, n, 6) < gaps] = np.nan
    data = pd.DataFrame(values, columns=[f"v{k}" for k in range(6)])
    data = data.assign(x=z[:, 8], z=z[:, 9], w=0.5 + streams.uniform_block(53, 0, n, 1)[:, 0])
    return data.assign(g=np.where(np.arange(n) % 2, "a", "b"), c=np.arange(n) % 40, many=np.arange(n) % 65)


HOLES = {"missing": "fiml"}
ORDERED = {"estimator": "WLSMV", "ordered": [f"v{k}" for k in range(6)]}
# row of the page → (text, options of fit, what is drawn) of every model that it names
ROWS = {
    "ML and its robust companions, complete data": [
        (SIX, {"estimator": name}, {}) for name in ("ML", "MLR", "MLM", "MLMV")
    ],
    "… with means, several groups, parameters set equal (labels, group constraints, linear constraints)": [
        (FACTOR, {"meanstructure": True}, {}),
        (FACTOR, {"group": "g"}, {}),
        (FACTOR, {"group": "g", "group_equal": ["loadings", "intercepts"]}, {}),
        ("f =~ v0 + a*v1 + a*v2 + v3", {}, {}),
        ("f =~ v0 + a*v1 + b*v2 + v3\na == 2*b", {}, {}),
    ],
    "… with exogenous observed variables (fixed or not), residual covariances, higher order factors": [
        (f"{SIX}\nf ~ x", {}, {}),
        (f"{SIX}\nf ~ x", {"fixed_x": False}, {}),
        (f"{SIX}\ng ~ f\nv0 ~~ v3", {}, {}),
        (f"{SIX}\nh =~ 1*f + 1*g", {}, {}),
    ],
    "… with paths that form a cycle": [("v0 ~ x + v1\nv1 ~ z + v0", {}, {})],
    "… with sampling weights, clusters; parametric and Bollen–Stine draws; the jackknife": [
        (FACTOR, {"sampling_weights": "w"}, {}),
        (FACTOR, {"estimator": "MLR", "cluster": "c"}, {}),
        (FACTOR, {}, {"kind": "parametric"}),
        (FACTOR, {}, {"kind": "bollen-stine"}),
        (FACTOR, {}, {"kind": "jackknife"}),
    ],
    "… with bounds on parameters": [(FACTOR, {"bounds": "pos_var"}, {})],
    "… with non-linear constraints": [("f =~ v0 + a*v1 + b*v2 + v3\na == b^2", {}, {})],
    "… with more than 64 groups": [("v0 ~ x", {"group": "many", "n": 520}, {})],
    "GLS, ULS of continuous variables": [(FACTOR, {"estimator": name}, {}) for name in ("GLS", "ULS")],
    "a draw that the compiled kernel cannot certify": [],  # tests/kernels/test_polished_draws.py
    "missing values (FIML), one or several groups": [
        (FACTOR, HOLES, {}),
        (FACTOR, {**HOLES, "group": "g", "group_equal": ["loadings"]}, {}),
    ],
    "… with equality constraints, residual covariances, exogenous observed variables, paths that form a "
    "cycle": [
        ("f =~ v0 + a*v1 + a*v2 + v3", HOLES, {}),
        (f"{FACTOR}\nv0 ~~ v1", HOLES, {}),
        (f"{FACTOR}\nf ~ x", HOLES, {}),
        ("v0 ~ x + v1\nv1 ~ z + v0", HOLES, {}),
    ],
    "… with sampling weights, clusters; the jackknife": [
        (FACTOR, {**HOLES, "sampling_weights": "w"}, {}),
        (FACTOR, {**HOLES, "estimator": "MLR", "cluster": "c"}, {}),
        (FACTOR, HOLES, {"kind": "jackknife"}),
    ],
    "… with bounds on parameters; with more than 64 groups; with rows simulated for each draw (parametric)": [
        (FACTOR, {**HOLES, "bounds": "pos_var"}, {}),
        ("v0 ~~ v1", {**HOLES, "group": "many", "n": 780}, {}),
        (FACTOR, HOLES, {"kind": "parametric"}),
    ],
    "… with non-linear constraints (missing values)": [
        ("f =~ v0 + a*v1 + b*v2 + v3\na == b^2", HOLES, {}),
    ],
    "ordinal items (WLSMV, DWLS, ULSMV), one group, free thresholds, response scales 1 (delta)": [
        (SIX, {**ORDERED, "estimator": name}, {}) for name in ("WLSMV", "DWLS", "ULSMV")
    ],
    "… with several groups, restricted thresholds, numeric indicators, observed predictors, answers missing "
    "(pairwise), bounds, non-linear constraints, theta; full WLS": [
        (SIX, {**ORDERED, "parameterization": "theta"}, {}),
        (SIX, {**ORDERED, "group": "g"}, {}),
        (f"{SIX}\nv0 | a*t1\nv1 | a*t1", ORDERED, {}),
        (SIX, {**ORDERED, "ordered": ["v0", "v1", "v2"]}, {}),
        (f"{SIX}\nf ~ x", ORDERED, {}),
        (SIX, {**ORDERED, "missing": "pairwise"}, {}),
        (SIX, {**ORDERED, "bounds": "pos_var"}, {}),
        ("f =~ v0 + a*v1 + b*v2\ng =~ v3 + v4 + v5\na == b^2", ORDERED, {}),
        (SIX, {**ORDERED, "estimator": "WLS"}, {}),
    ],
}


def told():
    """(row, compiled, otherwise) of the page's tables; the second "non-linear constraints" is FIML's."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.match(r"\| (ML and|…|GLS,|a draw that|missing values|ordinal items)", line) and len(cells) == 3:
            name = f"{cells[0]} (missing values)" if cells[0] in found else cells[0]
            found[name] = cells[1], cells[2]
    return found


def test_the_page_and_this_file_have_the_same_rows():
    assert list(told()) == list(ROWS)


CASES = [(row, number) for row, models in ROWS.items() for number in range(len(models))]


@pytest.mark.parametrize(
    ("row", "number"), CASES, ids=[f"{list(ROWS).index(row)}-{number}" for row, number in CASES]
)
def test_every_row_computes_as_the_page_says(row, number, monkeypatch):
    compiled, otherwise = told()[row]
    text, options, drawn = ROWS[row][number]
    options = dict(options)
    holes, cut = 0.1 if options.get("missing") else 0.0, "ordered" in options
    data = answers(options.pop("n", 160), holes, cut)
    if options.get("ordered") == ["v0", "v1", "v2"]:
        data[["v3", "v4", "v5"]] = answers()[["v3", "v4", "v5"]]
    called, by_numpy = [], []

    def entry(home, name):
        real = getattr(home, name)

        def counted(*given, **more):
            called.append(name)
            return real(*given, **more)

        monkeypatch.setattr(home, name, counted)

    entry(native.MlModel, "draws")
    entry(native.FimlModel, "fiml_draws")
    entry(native, "polychoric")
    entry(native, "dwls_inverse")
    solve = _search.solve
    monkeypatch.setattr(_search, "solve", lambda *given, **more: by_numpy.append(1) or solve(*given, **more))
    with path.using(path.known()[0]):
        fitted = fit(text, data, **options)
        rows = streams.row_block(1, 0, 3, fitted.n)
        if "group" in options:  # a draw of small groups must not leave one empty
            rows = np.tile(np.arange(fitted.n), (2, 1))
        if drawn.get("kind") == "parametric":
            found = fitted.bootstrap(draws=2, seed=1, **drawn)
        elif drawn.get("kind") == "jackknife":
            found = fitted.bootstrap(rows=rows)
            called.clear()
            found = found.jackknife()
        else:
            found = fitted.bootstrap(rows=rows, **drawn)
    wanted = "fiml_draws" if holes and not cut else "draws"
    if compiled == "yes":
        assert called
        assert set(called) == {wanted}
        assert not found.engine.looping
    elif otherwise == NUMPY:
        assert not called
        assert by_numpy
        assert not found.engine.looping
    elif otherwise == LOOP:
        assert not called
        assert found.engine.looping
    else:
        assert set(called) == {"polychoric", "dwls_inverse"}
        assert isinstance(found.engine.kernel, DwlsKernel)
    if compiled != "no":
        assert (found.batch.end == 0).mean() > 0.5
