"""Printed numbers of published data sets (the data stay beside the project)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from umkm_stats import mediate

from .conftest import SHARED
from .test_scores import cell, coefficient

pytestmark = pytest.mark.shared
Read = Callable[[str], pd.DataFrame]
FOUR = 5e-5  # half a unit of the fourth printed digit


def limits(found: Any, method: str, effect: str = "indirect") -> list[float]:
    row = cell(found.effects, effect, method)
    return [row["ci_low"], row["ci_high"]]


def within(found: list[float], printed: list[float], sd: list[float], times: float = 4.0) -> None:
    assert np.all(np.abs(np.array(found) - printed) < times * np.array(sd) + FOUR), (found, printed)


def test_pmi(shared: Read) -> None:
    data = shared("process_book/pmi.csv")
    found = mediate(data, x="cond", m="pmi", y="reaction", draws=10_000, seed=20_260_101)
    assert coefficient(found, "pmi", "cond")[::2] == pytest.approx([0.4765, 2.0218], abs=FOUR)
    assert coefficient(found, "reaction", "pmi")[::2] == pytest.approx([0.5064, 5.2185], abs=FOUR)
    assert coefficient(found, "reaction", "cond")[::2] == pytest.approx([0.2544, 0.9943], abs=FOUR)
    assert coefficient(found, "reaction", "cond", "total")[::2] == pytest.approx([0.4957, 1.7860], abs=FOUR)
    sobel = cell(found.effects, "indirect", "delta")
    assert sobel["est"] == pytest.approx(0.2413, abs=FOUR)
    assert sobel["est"] / sobel["se"] == pytest.approx(1.8853, abs=FOUR)
    assert sobel["p"] == pytest.approx(0.0594, abs=FOUR)
    within(limits(found, "percentile"), [0.0065, 0.5193], [0.003, 0.0045])
    two = mediate(data, x="cond", m=["pmi", "import"], y="reaction", draws=50, seed=1)
    rows = two.effects[(two.effects["effect"] == "indirect") & (two.effects["method"] == "delta")]
    assert list(rows["est"]) == pytest.approx([0.1890, 0.2033], abs=FOUR)
    assert cell(two.effects, "total_indirect", "delta")["est"] == pytest.approx(0.3923, abs=FOUR)


def test_estress(shared: Read) -> None:
    data = shared("process_book/estress.csv")
    found = mediate(data, x="estress", m="affect", y="withdraw", draws=10_000, seed=20_260_101)
    got = [cell(found.effects, name, "ols")["est"] for name in ("a", "b", "direct")]
    assert got == pytest.approx([0.172876, 0.769129, -0.076847], abs=5e-7)
    sobel = cell(found.effects, "indirect", "delta")
    assert [sobel["est"], sobel["se"]] == pytest.approx([0.132964, 0.028939], abs=5e-7)
    within(limits(found, "percentile"), [0.0706, 0.2022], [0.0008, 0.0011])
    more = mediate(
        data,
        x="estress",
        m="affect",
        y="withdraw",
        covariates=["ese", "sex", "tenure"],
        draws=10_000,
        seed=20_260_101,
    )
    got = [cell(more.effects, name, "ols")["est"] for name in ("a", "b", "direct")]
    assert got == pytest.approx([0.159344, 0.707137, -0.093542], abs=5e-7)
    assert cell(more.effects, "indirect", "delta")["est"] == pytest.approx(0.112678, abs=5e-7)
    within(limits(more, "percentile"), [0.0571, 0.1716], [0.0008, 0.0011])


def test_protest_teams_disaster(shared: Read) -> None:
    data = shared("process_book/protest.csv")
    data["pr"] = (data["protest"] > 0).astype(float)
    found = mediate(
        data, x="pr", m="respappr", y="liking", moderator="sexism", moderates=("a", "c"), draws=50, seed=1
    )
    assert found.process == "8"
    got = [coefficient(found, "respappr", name)[0] for name in ("(intercept)", "pr", "sexism", "pr:sexism")]
    assert got == pytest.approx([6.5667, -2.6866, -0.5290, 0.8100], abs=FOUR)
    terms = ("(intercept)", "pr", "sexism", "respappr", "pr:sexism")
    got = [coefficient(found, "liking", name)[0] for name in terms]
    assert got == pytest.approx([5.3471, -2.8075, -0.2824, 0.3593, 0.5426], abs=FOUR)
    data = shared("process_book/teams.csv")
    found = mediate(
        data, x="dysfunc", m="negtone", y="perform", moderator="negexp", moderates="b", draws=50, seed=1
    )
    assert found.process == "14"
    assert coefficient(found, "negtone", "dysfunc")[0] == pytest.approx(0.6198, abs=FOUR)
    terms = ("dysfunc", "negtone", "negexp", "negtone:negexp")
    got = [coefficient(found, "perform", name)[0] for name in terms]
    assert got == pytest.approx([0.3661, -0.4357, -0.0192, -0.5170], abs=FOUR)
    data = shared("process_book/disaster.csv")
    found = mediate(data, x="frame", m=None, y="justify", moderator="skeptic", draws=50, seed=1)
    assert found.process == "1"
    got = [coefficient(found, "justify", name)[0] for name in ("frame", "skeptic", "frame:skeptic")]
    assert got == pytest.approx([-0.5625, 0.1051, 0.2012], abs=FOUR)


def test_preacher_and_hayes(shared: Read) -> None:
    data = shared("mediation/preacher_hayes_2004.csv")
    methods = ("percentile", "bc", "bca", "aroian")
    found = mediate(data, x="x", m="m", y="y", draws=40_000, seed=20_260_101, intervals=methods)
    assert coefficient(found, "m", "x")[:2] == pytest.approx([0.818571, 0.299020], abs=1e-6)
    assert coefficient(found, "y", "m")[:2] == pytest.approx([0.403887, 0.180815], abs=1e-6)
    assert coefficient(found, "y", "x")[0] == pytest.approx(0.433407, abs=1e-6)
    assert coefficient(found, "y", "x", "total")[0] == pytest.approx(0.764018, abs=1e-6)
    sobel, aroian = (cell(found.effects, "indirect", name) for name in ("delta", "aroian"))
    assert sobel["est"] == pytest.approx(0.330611, abs=1e-6)
    assert sobel["est"] / sobel["se"] == pytest.approx(1.7307, abs=FOUR)
    assert sobel["p"] == pytest.approx(0.0835, abs=FOUR)
    assert aroian["est"] / aroian["se"] == pytest.approx(1.6653, abs=FOUR)
    # Monte Carlo SD of a limit at 40 000 draws: .0013 (lower) and .0024 (upper) by 50 repeated runs
    within(limits(found, "percentile"), [0.0366, 0.6997], [0.0013, 0.0024])
    sentence = next(note for note in found.notes if note.code == "MED414")
    assert sentence.params["yes"] == ["percentile", "bc", "bca"]
    assert sentence.params["no"] == ["delta", "aroian"]
    within(limits(found, "bc"), [0.0723, 0.7773], [0.0015, 0.0035])
    within(limits(found, "bca"), [0.0795, 0.7997], [0.0015, 0.004])


def test_stored_resamples_through_the_door(shared: Read) -> None:
    import json

    data = shared("mediation/preacher_hayes_2004.csv")
    rows = np.loadtxt(SHARED / "reference" / "preacher_hayes_rows.csv.gz", delimiter=",").astype(int) - 1
    wanted = json.loads((SHARED / "reference" / "preacher_hayes.json").read_text())
    found = mediate(data, x="x", m="m", y="y", rows=rows, intervals=("percentile", "basic", "bc", "bca"))
    for method in ("percentile", "basic", "bc", "bca"):
        assert limits(found, method) == pytest.approx(wanted[method], abs=1e-8)
    assert cell(found.effects, "indirect", "percentile")["p"] == pytest.approx(
        wanted["p_percentile"], abs=1e-9
    )
    assert cell(found.effects, "indirect", "percentile")["se"] == pytest.approx(wanted["se"], abs=1e-8)


def test_msme_scale_means(shared: Read) -> None:
    data = shared("msme_colombia/Innovation Capabilities.csv")
    table = data.select_dtypes("number")
    items = {name.upper(): name for name in table.columns}

    def mean(*numbers: int) -> pd.Series:
        return table[[items[f"INN{number}"] for number in numbers]].mean(axis=1)

    frame = pd.DataFrame(
        {
            "culture": mean(*range(47, 53)),
            "product": mean(30, 32, 33, 34),
            "marketing": mean(*range(43, 47)),
        }
    )
    found = mediate(frame, x="culture", m="product", y="marketing", draws=50, seed=1)
    got = [cell(found.effects, name, "ols")["est"] for name in ("a", "b", "direct")]
    assert got == pytest.approx([0.597855, 0.399674, 0.490736], abs=5e-7)
    assert cell(found.effects, "indirect", "delta")["est"] == pytest.approx(0.238947, abs=5e-7)


def test_political_democracy_on_lavaans_resamples(shared: Read) -> None:
    from umkm_stats import mediate_latent
    from umkm_stats.kernels.intervals import quantile
    from umkm_stats.mediation import Resampling

    from .test_latent import MODEL

    data = shared("lavaan/political_democracy.csv")
    folder = SHARED / "reference"
    rows = np.loadtxt(folder / "political_democracy_bootstrap_rows.csv.gz", delimiter=",").astype(int) - 1
    theirs = pd.read_csv(folder / "political_democracy_bootstrap_estimates.csv.gz")
    found = mediate_latent(
        data, model=MODEL, resampling=Resampling(rows=rows), seed=1, intervals="percentile"
    )
    ours = found.draws["indirect: ind60 -> dem60 -> dem65"].to_numpy()
    assert np.abs(ours - theirs["indirect"]).max() < 1e-4 * (1 + np.abs(theirs["indirect"])).max()
    assert found.ledger["inadmissible"] == int((theirs["admissible"] == 0).sum())
    wanted = quantile(theirs["indirect"].to_numpy(), [0.025, 0.975])
    assert limits(found, "percentile") == pytest.approx(list(wanted), abs=2e-4)
    kept = theirs.loc[theirs["admissible"] == 1, "indirect"].to_numpy()
    assert limits(found, "percentile_admissible") == pytest.approx(
        list(quantile(kept, [0.025, 0.975])), abs=2e-4
    )
