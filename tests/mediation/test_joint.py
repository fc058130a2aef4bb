"""Errors of effects of several regressions: what the estimates of different equations share.

lavaan 0.6-14 (``tests/reference/mediation_joint.R``) divides by n, regressions by n − q, and it counts
clusters otherwise, so it is met within a hundredth; the formulas by hand exactly.
"""

import numpy as np
import pytest

from sem_data import holzinger, reference
from umkm_stats import mediate
from umkm_stats.mediation import mediate_within

LAVAAN = reference("mediation_joint.json")
PUPILS = holzinger().assign(pair=lambda data: data["id"] // 12)
CALL = {"x": "x1", "y": "x9", "draws": 20, "seed": 1, "intervals": ("delta", "monte_carlo")}


def errors_of(found, effect="indirect", method="delta"):
    rows = found.effects[(found.effects["effect"] == effect) & (found.effects["method"] == method)]
    return rows.set_index("path")["se"]


def solved(outcome, *predictors):
    design = np.column_stack([np.ones(len(outcome)), *predictors])
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ design.T @ outcome
    return design, inverse, slopes, outcome - design @ slopes


def test_parallel_mediators_share_the_residuals_they_share():
    """The total indirect effect had b₁b₂ cov(a₁, a₂) left out (Preacher & Hayes 2008)."""
    found = mediate(PUPILS, m=["x4", "x6"], **{**CALL, "draws": 20_000})
    se = errors_of(found, "total_indirect").item()
    assert se == pytest.approx(LAVAAN["parallel"]["total"], rel=0.01)
    x, m1, m2, y = (PUPILS[name].to_numpy() for name in ("x1", "x4", "x6", "x9"))
    _, inner, one, left = solved(m1, x)
    _, _, two, right = solved(m2, x)
    _, spread, slopes, rest = solved(y, m1, m2, x)
    n = len(x)
    own = np.array([[left @ left, left @ right], [left @ right, right @ right]]) / (n - 2) * inner[1, 1]
    b = spread[1:3, 1:3] * (rest @ rest) / (n - 4)
    a = np.array([one[1], two[1]])
    by_hand = np.sqrt(slopes[1:3] @ own @ slopes[1:3] + a @ b @ a)
    assert se == pytest.approx(by_hand, rel=1e-10)
    alone = np.sqrt(slopes[1:3] ** 2 @ np.diag(own) + a @ b @ a)  # what it was
    assert abs(se / alone - 1) > 0.005
    assert errors_of(found, "total_indirect", "monte_carlo").item() == pytest.approx(se, rel=0.03)
    paths = errors_of(found)
    assert sorted(paths) == pytest.approx(sorted(LAVAAN["parallel"][name] for name in ("i1", "i2")), rel=0.01)


def test_clusters_join_the_equations():
    """a and b come from the same clusters; the sandwich of both equations together knows that."""
    found = mediate(PUPILS, m="x4", errors="cluster", cluster="pair", **CALL)
    se = errors_of(found).item()
    x, m, y = (PUPILS[name].to_numpy() for name in ("x1", "x4", "x9"))
    scores, slopes = [], []
    for outcome, predictors in ((m, (x,)), (y, (m, x))):
        design, inverse, estimates, rest = solved(outcome, *predictors)
        scale = np.sqrt((len(x) - 1) / (len(x) - design.shape[1]))
        scores.append((design * rest[:, None] @ inverse)[:, 1] * scale)
        slopes.append(estimates[1])
    groups = PUPILS["pair"].to_numpy()
    sums = np.array([[part[groups == one].sum() for part in scores] for one in np.unique(groups)])
    cov = sums.T @ sums * len(sums) / (len(sums) - 1)
    by_hand = np.sqrt(np.array(slopes)[::-1] @ cov @ np.array(slopes)[::-1])
    assert se == pytest.approx(by_hand, rel=1e-9)
    assert se == pytest.approx(LAVAAN["clustered"]["ab"], rel=0.05)


@pytest.mark.parametrize("errors", ["classical", "HC3"])
def test_one_mediator_without_clusters_is_sobels(errors):
    found = mediate(PUPILS, m="x4", errors=errors, **CALL)
    arrows = found.effects.set_index("effect").loc[["a", "b"]]
    (a, sa), (b, sb) = arrows[["est", "se"]].to_numpy()
    assert errors_of(found).item() == pytest.approx(np.hypot(a * sb, b * sa), rel=1e-12)


def test_parallel_mediators_of_two_conditions_share_residuals_too():
    """a₁ and a₂ are means of differences; their covariance is that of the differences over n."""
    wide = PUPILS.rename(columns={"x1": "m1", "x2": "m2", "x3": "n1", "x4": "n2", "x5": "y1", "x6": "y2"})
    found = mediate_within(
        wide, m=[("m1", "m2"), ("n1", "n2")], y=("y1", "y2"), draws=20, seed=1, intervals="delta"
    )
    cov = found.found.cov
    differences = np.cov(wide["m2"] - wide["m1"], wide["n2"] - wide["n1"])
    assert cov[:2, :2] == pytest.approx(differences / len(wide), rel=1e-9)
    assert not cov[:2, 2:].any()
    slopes = found.found.theta[[3, 4]]
    spread = cov[3:5, 3:5]
    means = found.found.theta[:2]
    by_hand = np.sqrt(slopes @ cov[:2, :2] @ slopes + means @ spread @ means)
    assert errors_of(found, "total_indirect").item() == pytest.approx(by_hand, rel=1e-9)
