"""A moderator an arrow: every row of the page of PROCESS templates runs and gives its numbers."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from umkm_stats import UsageError, mediate, messages
from umkm_stats.mediation import Mediation

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "templates.md"
ROW = re.compile(r"^\| (\d+) \| ([^|]*) \| `([^`]*)` \|$", re.MULTILINE)
CALLS = {int(number): call for number, _, call in ROW.findall(PAGE.read_text("utf-8"))}
BY_OTHERS = json.loads(
    (Path(__file__).parents[1] / "reference" / "mediation_templates.json").read_text("utf-8")
)
AT, MADE = BY_OTHERS["at"], BY_OTHERS["templates"]
SAME = 1e-8  # the reference's probe values have 12 digits, of effects that cancel
K: dict[str, Any] = {"draws": 8, "seed": 1, "intervals": "percentile"}
PROBES = {"W1": "w", "W2": "v", "X": "x"}


def run(data: pd.DataFrame, number: int, **more: Any) -> Mediation:
    """The call of the page's row."""
    call = eval(f"dict({CALLS[number]})")
    found = mediate(data, x="x", y="y", **call, **{**K, **more})
    assert found.process == str(number)
    return found


def value(found: Mediation, effect: str, path: str, column: str = "est") -> float:
    rows = found.effects
    own = rows[(rows["effect"] == effect) & (rows["path"] == path) & rows["method"].isin(["ols", "delta"])]
    assert len(own) == 1, (effect, path, sorted(set(rows["path"])))
    return float(own[column].iloc[0])


def held(names: str, values: Any) -> str:
    """The end of a path: `` | w = 2, v = 3``."""
    parts = [f"{name} = {one:.6g}" for name, one in zip(names, values, strict=True) if one is not None]
    return " | " + ", ".join(parts) if parts else ""


def test_the_page_has_every_template() -> None:
    wanted = {*range(1, 23), 28, 29, *range(58, 77), *range(80, 93)}
    assert set(CALLS) == wanted
    assert {int(number) for number in MADE} == wanted - {4, 6, *range(80, 93)}


@pytest.mark.parametrize("number", sorted(MADE, key=int))
def test_templates_equal_pyprocessmacro(small: pd.DataFrame, number: str) -> None:
    data = small.rename(columns={"X": "x", "M": "m", "Y": "y", "W1": "w", "W2": "v"})
    text, wanted = CALLS[int(number)], MADE[number]
    probes = {
        PROBES[name]: AT[name] for name in AT if re.search(rf'moderates=.*"\S*\b{PROBES[name]}\b', text)
    }
    found = run(data, int(number), probes=probes)

    def where(places: list[int | None]) -> str:
        at = [None if k is None else AT[name][k] for name, k in zip(AT, places, strict=False)]
        return held("wvx"[: len(at)], at)

    for places, est in wanted.get("indirect", []):
        kind = "conditional_indirect" if places else "indirect"
        assert value(found, kind, f"x -> m -> y{where(places)}") == pytest.approx(est, rel=SAME, abs=SAME)
    for places, est, se in wanted["direct"]:
        kind = "conditional_direct" if places else "direct"
        path = "x -> y | m = 0" if number == "74" else f"x -> y{where(places)}"
        assert value(found, kind, path) == pytest.approx(est, rel=SAME, abs=SAME)
        assert value(found, kind, path, "se") == pytest.approx(se, rel=SAME, abs=SAME)
    for name, est in wanted.get("index", {}).items():
        letters = ":".join(PROBES[one] for one in name.split(":"))
        assert value(found, "index", f"x -> m -> y | {letters}") == pytest.approx(est, rel=SAME, abs=SAME)
    for name, other, est in wanted.get("conditional_index", []):
        rest = {"w": "v", "v": "w"}[PROBES[name]]
        path = f"x -> m -> y | {PROBES[name]} | {rest} = {other:.6g}"
        assert value(found, "conditional_index", path) == pytest.approx(est, rel=SAME, abs=SAME)


# ------------------------------------------------------------------ chains: least squares written out
@pytest.fixture(name="chain", scope="module")
def _chain() -> pd.DataFrame:
    g = np.random.default_rng(83)
    n = 160
    x, w = g.normal(size=n), g.normal(2, 1, size=n)
    m1 = (0.4 + 0.2 * w) * x + g.normal(size=n)
    m2 = 0.3 * x + (0.5 - 0.1 * w) * m1 + g.normal(size=n)
    m3 = 0.2 * x + 0.3 * m1 + 0.2 * m2 + g.normal(size=n)
    m4 = 0.1 * x + 0.4 * m3 + g.normal(size=n)
    y = 0.2 * x + (0.3 + 0.1 * w) * m2 + 0.2 * m1 + 0.3 * m4 + g.normal(size=n)
    return pd.DataFrame({"x": x, "w": w, "m1": m1, "m2": m2, "m3": m3, "m4": m4, "y": y})


def least_squares(data: pd.DataFrame, outcome: str, terms: str) -> dict[str, float]:
    """Coefficients by term, ``x`` or ``x:w``, of a regression with an intercept."""
    names = terms.split()
    columns = [np.prod([data[one] for one in name.split(":")], axis=0) for name in names]
    found = np.linalg.lstsq(np.column_stack([np.ones(len(data)), *columns]), data[outcome], rcond=None)[0]
    return dict(zip(names, found[1:], strict=True))


# equations of m1, m2 and y, and which arrows w moderates, from the diagrams of the templates
CHAINS = {
    6: ("x", "x m1", "x m1 m2"),
    83: ("x x:w w", "x m1", "x m1 m2"),
    84: ("x x:w w", "x x:w w m1", "x m1 m2"),
    85: ("x x:w w", "x x:w w m1", "x x:w w m1 m2"),
    86: ("x x:w w", "x m1", "x x:w w m1 m2"),
    87: ("x", "x m1", "x m1 m2 m2:w w"),
    88: ("x", "x m1", "x m1 m1:w m2 m2:w w"),
    89: ("x", "x m1", "x x:w m1 m1:w m2 m2:w w"),
    90: ("x", "x m1", "x x:w m1 m2 m2:w w"),
    91: ("x", "x m1 m1:w w", "x m1 m2"),
    92: ("x x:w w", "x x:w m1 m1:w w", "x x:w m1 m1:w m2 m2:w w"),
}


@pytest.mark.parametrize("number", CHAINS)
def test_chains_equal_least_squares(chain: pd.DataFrame, number: int) -> None:
    found = run(chain, number, probes={"w": [1.0, 2.5]} if number != 6 else "percentiles")
    fits = {
        name: least_squares(chain, name, terms)
        for name, terms in zip(("m1", "m2", "y"), CHAINS[number], strict=True)
    }
    for route in (("x", "m1", "y"), ("x", "m2", "y"), ("x", "m1", "m2", "y"), ("x", "y")):
        pairs = list(itertools.pairwise(route))
        moved = any(f"{left}:w" in fits[right] for left, right in pairs)
        for w in (1.0, 2.5) if moved else (0.0,):
            wanted = np.prod(
                [fits[right][left] + w * fits[right].get(f"{left}:w", 0) for left, right in pairs]
            )
            kind = "direct" if len(route) == 2 else "indirect"
            path = " -> ".join(route) + (f" | w = {w:g}" if moved else "")
            got = value(found, f"conditional_{kind}" if moved else kind, path)
            assert got == pytest.approx(wanted, rel=SAME)
        count = sum(f"{left}:w" in fits[right] for left, right in pairs)
        if count == 1 and len(route) > 2:
            slope = np.prod([fits[right].get(f"{left}:w", fits[right][left]) for left, right in pairs])
            assert value(found, "index", f"{' -> '.join(route)} | w") == pytest.approx(slope, rel=SAME)
    assert ("index" in set(found.effects["effect"])) == (number not in (6, 92))


@pytest.mark.parametrize(
    ("number", "equations"),
    [
        (80, {"m1": "x", "m2": "x", "m3": "x m1 m2", "y": "x m1 m2 m3"}),
        (81, {"m1": "x", "m2": "x m1", "m3": "x m1", "y": "x m1 m2 m3"}),
        (82, {"m1": "x", "m2": "x m1", "m3": "x", "m4": "x m3", "y": "x m1 m2 m3 m4"}),
    ],
)
def test_stages_equal_least_squares(chain: pd.DataFrame, number: int, equations: dict[str, str]) -> None:
    found = run(chain, number)
    fits = {name: least_squares(chain, name, terms) for name, terms in equations.items()}
    rows = found.effects
    own = rows[(rows["effect"] == "indirect") & (rows["method"] == "delta")]
    for path, est in zip(own["path"], own["est"], strict=True):
        wanted = np.prod([fits[right][left] for left, right in itertools.pairwise(path.split(" -> "))])
        assert est == pytest.approx(wanted, rel=SAME)
    assert len(own) == {80: 5, 81: 5, 82: 6}[number]


# ------------------------------------------------------------------ what is said and refused
def test_a_path_is_probed_only_by_what_moderates_it(chain: pd.DataFrame) -> None:
    found = mediate(
        chain.assign(v=chain["m4"]),
        x="x",
        m=["m1", "m2"],
        y="y",
        moderates={("x", "m1"): "w", ("m2", "y"): "v"},
        probes={"w": [1, 2], "v": [0, 1, 2]},
        **K,
    )
    kinds = found.effects[found.effects["method"] == "delta"].groupby("effect")["path"].apply(list)
    assert sorted(kinds["conditional_indirect"]) == [
        "x -> m1 -> y | w = 1",
        "x -> m1 -> y | w = 2",
        *(f"x -> m2 -> y | v = {v}" for v in (0, 1, 2)),
    ]
    assert kinds["index"] == ["x -> m1 -> y | w", "x -> m2 -> y | v"]
    assert {"a", "b", "direct"} <= set(found.effects["effect"])
    assert "m1 -> y" in set(found.effects["path"])
    assert found.process is None


def test_a_curve_runs_along_one_of_several_moderators(chain: pd.DataFrame) -> None:
    data = chain.rename(columns={"m4": "v", "m1": "m"})
    found = mediate(
        data, x="x", m="m", y="y", moderates={"a": "w", "b": "v"}, probes={"w": [0, 1], "v": [2]}, **K
    )
    frame = found.curve(points=5, moderator="w").frame
    assert set(frame["path"]) == {"x -> m -> y | v = 2"}
    assert len(frame) == 5
    a, b = least_squares(data, "m", "x w x:w"), least_squares(data, "y", "x m v m:v")
    wanted = (a["x"] + a["x:w"] * frame["value"]) * (b["m"] + 2 * b["m:v"])
    np.testing.assert_allclose(frame["est"], wanted, rtol=SAME)
    for name in (None, "x"):
        with pytest.raises(UsageError, match="MED036"):
            found.curve(moderator=name)
    text = found.summary()
    assert "Index of moderated moderated mediation: x -> m -> y | w:v" in text
    both = mediate(data, x="x", m="m", y="y", moderates={"a": ("w", "v")}, **K).summary("id")
    assert "Indeks mediasi termoderasi parsial: x -> m -> y | w" in both


def test_three_way_is_the_product_of_two_and_deprecated(chain: pd.DataFrame) -> None:
    data = chain.rename(columns={"m4": "v", "m1": "m"})
    new = mediate(data, x="x", m="m", y="y", moderates={"a": "w*v"}, **K)
    with pytest.warns(DeprecationWarning, match=r"w\*v"):
        old = mediate(data, x="x", m="m", y="y", moderator=["w", "v"], three_way=True, **K)
    pd.testing.assert_frame_equal(old.effects, new.effects)
    assert new.process == "11"


def test_regions_along_each_moderator_hold_the_other(chain: pd.DataFrame) -> None:
    v = np.random.default_rng(5).normal(size=len(chain))
    data = chain.assign(v=v, m=chain["m1"] - (0.4 + 0.6 * v) * chain["x"])
    found = mediate(data, x="x", m="m", y="y", moderates={"a": ("w", "v")}, probes="sd", **K)
    regions = found.johnson_neyman
    assert regions is not None
    assert set(regions["moderator"]) == {"w", "v"}
    fit = found.regression("m")
    table = fit.coefficients.set_index("term")
    crit = fit.equations[0].fit
    from scipy import stats

    t = stats.t.ppf(0.975, crit.df)
    names = ["x", "x:w", "x:v"]
    places = [1 + fit.equations[0].design.names.index(name) for name in names]
    for row in regions.to_dict("records"):
        other = float(row["held"].split(" = ")[1])
        w, v = (row["value"], other) if row["moderator"] == "w" else (other, row["value"])
        weight = np.array([1.0, w, v])
        est = float(weight @ table.loc[names, "est"].to_numpy())
        se = float(np.sqrt(weight @ crit.cov[np.ix_(places, places)] @ weight))
        assert est == pytest.approx(row["est"], rel=1e-4)  # the held value is printed with six digits
        assert abs(est) == pytest.approx(t * se, rel=1e-3)
    two = mediate(data.assign(w=data["w"] > 2), x="x", m="m", y="y", moderates={"a": "w"}, **K)
    assert two.johnson_neyman is not None
    assert two.johnson_neyman.empty
    assert "MED464" in [note.code for note in two.notes]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MED460", {"moderates": {"a": 3}}),
        ("MED460", {"moderates": {"a": ()}}),
        ("MED460", {"moderates": {"a": "w*v*u"}}),
        ("MED460", {"moderates": {("x", "m1"): "w*w"}}),
        ("MED460", {"moderates": {}}),
        ("MED461", {"moderates": {("x", "q"): "w"}}),
        ("MED461", {"moderates": {("m1", "m2"): "w"}}),
        ("MED433", {"moderates": {"d": "w"}}),
        ("GEN001", {"moderates": {"q": "w"}}),
        ("MED462", {"moderator": ["w", "m4"], "moderates": {"a": "w"}}),
        ("MED462", {"moderator": "w", "moderates": {"a": "m4"}}),
        ("MED462", {"moderates": {"a": "w"}, "three_way": True}),
        ("MED463", {"moderates": {"a": "x"}}),
        ("MED463", {"moderates": {("m1", "y"): "m2"}}),
        ("MED463", {"moderates": {"b": "w*x"}}),
        ("MED012", {"moderates": {"a": ("w", "m3", "m4", "u", "t")}}),
        ("MED003", {"moderates": {"a": "w"}, "covariates": "w"}),
        ("MED002", {"moderates": {"a": "nowhere"}}),
    ],
)
@pytest.mark.filterwarnings("ignore:three_way:DeprecationWarning")
def test_a_moderation_that_cannot_be_read(chain: pd.DataFrame, code: str, change: Any) -> None:
    with pytest.raises(UsageError, match=code) as caught:
        mediate(chain, x="x", m=["m1", "m2"], y="y", **change, **K)
    for lang in messages.languages():
        text = caught.value.message(lang) + caught.value.remedy(lang)
        assert "?" not in text
        assert "{arrow}" not in text


# ------------------------------------------------------------------ covariates on chosen equations
def test_covariates_of_chosen_equations(chain: pd.DataFrame) -> None:
    found = mediate(chain, x="x", m=["m1", "m2"], y="y", covariates={"m1": "m3", "y": ["m3", "m4"]}, **K)
    fits = {
        name: least_squares(chain, name, terms)
        for name, terms in (("m1", "x m3"), ("m2", "x"), ("y", "x m1 m2 m3 m4"))
    }
    ab = [fits[m]["x"] * fits["y"][m] for m in ("m1", "m2")]
    assert value(found, "indirect", "x -> m1 -> y") == pytest.approx(ab[0], rel=SAME)
    assert value(found, "indirect", "x -> m2 -> y") == pytest.approx(ab[1], rel=SAME)
    assert value(found, "total", "x -> y") == pytest.approx(sum(ab) + fits["y"]["x"], rel=SAME)
    assert "MED466" in [note.code for note in found.notes]
    both = {"m1": "m3", "m2": "m3", "y": "m3"}
    one, two = (mediate(chain, x="x", m=["m1", "m2"], y="y", covariates=c, **K) for c in ("m3", both))
    pd.testing.assert_frame_equal(one.effects, two.effects)
    of_w = mediate(chain, x="x", m="m1", y="y", moderates={"b": "w"}, covariates={"m1": ["w"]}, **K)
    assert set(of_w.coefficients.query("outcome == 'm1'")["term"]) == {"(intercept)", "x", "w"}
    with pytest.raises(UsageError, match="MED002"):
        mediate(chain, x="x", m="m1", y="y", covariates={"m1": 5}, **K)
    with pytest.raises(UsageError, match="MED028"):
        found.sensitivity()
    with pytest.raises(UsageError, match="MED465"):
        mediate(chain, x="x", m="m1", y="y", covariates={"m9": "m3"}, **K)


def test_an_arrow_from_a_category_is_moderated_in_every_coded_column(chain: pd.DataFrame) -> None:
    data = chain.assign(k=np.array(["p", "q", "r"])[np.arange(len(chain)) % 3])
    found = mediate(data, x="k", m="m1", y="y", moderates={("k", "m1"): "w"}, coding="indicator", **K)
    same = mediate(data, x="k", m="m1", y="y", moderates={"a": "w"}, coding="indicator", **K)
    pd.testing.assert_frame_equal(found.effects, same.effects)
    assert found.process == "7"
    assert {"k[q]:w", "k[r]:w"} <= set(found.coefficients["term"])
