"""What power refuses, and what it says; notes of a curve."""

import numpy as np
import pytest

from umkm_stats import load_instrument
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.planning import Cluster, FromInstrument, Recorded, power, smallest_n

SIMPLE = "m ~ a*.39*x\ny ~ b*.39*m + 0*x"
LATENT = "\n".join(f"{v} =~ .7*{v}1 + .7*{v}2 + .7*{v}3" for v in "XMY") + "\nM ~ .4*X\nY ~ .4*M"


@pytest.mark.parametrize(
    ("code", "model", "given"),
    [
        ("PLN111", "m ~ c(.1,.2)*x", {}),
        ("PLN112", "m ~ .2*y\ny ~ .2*m", {}),
        ("PLN113", "x1 ~~ 1.2*x2\ny ~ .2*x1 + .2*x2", {}),
        ("PLN113", "y ~ .9*x1 + .9*x2", {"standardized": True}),
        ("PLN113", "y ~ .9*x\ny ~~ -1*y", {}),
        ("PLN114", "y ~ .2*x\nq := zz*2", {}),
        ("PLN115", "y ~ a*.2*x\na == 1", {}),
        ("PLN115", "y ~ .2*x\ny | .5*t1", {}),
        ("PLN116", "x:w ~ .2*z\ny ~ .1*x:w", {}),
        ("PLN116", "y ~ .1*x:w:z", {}),
        ("PLN117", SIMPLE, {"recorded": Recorded(thresholds=[1, 0])}),
        ("PLN117", SIMPLE, {"recorded": Recorded(5, [0, 1])}),
        ("PLN118", SIMPLE, {"analysis": "m ~ x\ny ~ m + zz"}),
        ("PLN119", LATENT, {"estimator": "OLS"}),
        ("PLN119", LATENT, {"estimator": "WLSMV"}),
        ("PLN119", SIMPLE, {"recorded": Recorded(handling="fiml")}),
        ("PLN119", "y ~ .2*x + .1*x:w", {"estimator": "ML"}),
        ("PLN129", SIMPLE, {"n": []}),
        ("PLN129", SIMPLE, {"n": [50, 50]}),
        ("GEN003", SIMPLE, {"n": 2}),
        ("GEN003", SIMPLE, {"reps": 0}),
        ("GEN003", SIMPLE, {"draws": 3}),
        ("GEN003", SIMPLE, {"recorded": Recorded(categories=1)}),
        ("GEN003", SIMPLE, {"workers": 0}),
        ("GEN004", SIMPLE, {"recorded": Recorded(missing=1.5)}),
        ("GEN002", SIMPLE, {"interval": "percentil"}),
        ("GEN001", SIMPLE, {"cluster": Cluster("cloud")}),
    ],
)
def test_refusals(code, model, given):
    with pytest.raises(UmkmError) as caught:
        power(model, **{"n": 50, "reps": 3, "draws": 20, "seed": 1, **given})
    assert caught.value.code == code
    for lang in ("en", "id"):
        assert "?" not in caught.value.message(lang).replace("x?", "")
        assert caught.value.remedy(lang)


def test_searches_refuse():
    for code, given in (
        ("PLN132", {"effect": "nothing"}),
        ("PLN133", {"width": 0.1, "interval": "joint"}),
        ("PLN133", {"width": -1.0}),
    ):
        with pytest.raises(UsageError) as caught:
            smallest_n(SIMPLE, reps=100, seed=1, **given)
        assert caught.value.code == code
    two = "m1 ~ .4*x\nm2 ~ .4*x\ny ~ .4*m1 + .3*m2"
    with pytest.raises(UsageError) as caught:
        smallest_n(two, reps=100, seed=1)
    assert "x -> m2 -> y" in caught.value.remedy()


def test_a_target_out_of_reach_is_a_note():
    found = smallest_n(SIMPLE, interval="joint", reps=300, seed=1, high=30)
    assert found.n is None
    assert [note.code for note in found.notes] == ["PLN134"]
    assert found.notes[0].message("id") in found.summary("id")
    assert np.isnan(found.tidy().loc[0, "n"])


def test_paths_without_a_number_are_said():
    curve = power("m ~ .4*x\ny ~ .4*m + x", n=40, reps=3, draws=20, seed=1)
    assert [note.code for note in curve.notes] == ["PLN130"]
    assert curve.detail().set_index("effect").loc["direct", "population"] == pytest.approx(0.0, abs=1e-12)


def test_replications_without_estimate_count_as_not_significant():
    """Twelve rows for nine indicators: many searches fail; they are counted, and told."""
    curve = power(LATENT, n=9, reps=12, draws=20, seed=1, standardized=True)
    codes = {note.code for note in curve.notes}
    assert "PLN126" in codes
    assert curve.detail()["unavailable"].max() == 12
    assert np.isnan(curve.detail()["power"]).all()


def test_refused_intervals_are_said():
    """A quantity that never varies has no interval."""
    curve = power("m ~ a*.3*x\ny ~ .3*m\nnothing := 0*a", n=30, reps=10, draws=20, seed=3)
    told = {note.code: note for note in curve.notes}
    assert told["PLN127"].params == {"n": 30, "count": 10, "reps": 10, "method": "percentile"}
    assert curve.detail().set_index("effect").loc["nothing", "unavailable"] == 10


def test_instrument_models_with_a_moderator_are_refused():
    instrument = load_instrument("umkm_inovasi")
    key = next(m.key for m in instrument.models if m.moderator)
    with pytest.raises(UsageError) as caught:
        power(instrument, source=FromInstrument(key), n=100, reps=2, draws=20)
    assert caught.value.code == "PLN131"


def test_scenarios_stand_beside_each_other():
    curve = power(
        {"small": "y ~ .1*x", "large": "y ~ .6*x"},
        n=50,
        reps=40,
        draws=40,
        seed=1,
        interval=("percentile", "delta"),
    )
    table = curve.tidy()
    assert list(table.columns) == ["effect", "path", "n", "power", "se_power", "method", "scenario"]
    found = table.query("method == 'delta'").set_index("scenario")["power"]
    assert found["small"] < found["large"]
    assert "large: direct" in curve.summary()
    assert curve.glance().loc[0, "scenarios"] == 2
    assert len(curve.to_dict()["curve"]) == 4


def test_seed_is_drawn_and_kept():
    one, two = (power(SIMPLE, n=40, reps=3, draws=20) for _ in range(2))
    assert one.seed != two.seed
    again = power(SIMPLE, n=40, reps=3, draws=20, seed=one.seed)
    assert again.cells.equals(one.cells)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("GEN004", {"recorded": Recorded(missing=1.5)}),
        ("GEN004", {"recorded": Recorded(missing=-0.5)}),
        ("GEN004", {"recorded": Recorded(missing="a")}),
        ("GEN003", {"recorded": Recorded(categories=1)}),
        ("GEN001", {"recorded": Recorded(handling="drop")}),
        ("PLN117", {"recorded": Recorded(thresholds=[1, 0])}),
        ("GEN003", {"workers": -3}),
        ("GEN003", {"seed": -1}),
        ("GEN004", {"level": 95}),
        ("GEN001", {"interval": "nothing"}),
        ("PLN118", {"analysis": "m ~ x\ny ~ m + zz"}),
    ],
)
def test_twin_doors_refuse_the_same(code, given):
    call = {"reps": 100, "draws": 20, "seed": 1, **given}
    for door in (lambda: power(SIMPLE, n=50, **call), lambda: smallest_n(SIMPLE, high=500, **call)):
        with pytest.raises(UmkmError) as caught:
            door()
        assert caught.value.code == code


def test_a_search_takes_one_scenario_and_a_width_that_is_a_number():
    for given in ({"width": "wide"}, {"width": float("inf")}, {"width": True}):
        with pytest.raises(UsageError) as caught:
            smallest_n(SIMPLE, reps=100, seed=1, **given)
        assert caught.value.code == "PLN133"
    with pytest.raises(UsageError) as caught:
        smallest_n({"one": SIMPLE, "two": SIMPLE}, reps=100, seed=1)
    assert caught.value.code == "GEN003"


def test_keywords_that_moved_work_with_a_warning_and_give_the_same():
    call = {"n": 60, "reps": 10, "draws": 20, "seed": 1}
    new = power(SIMPLE, recorded=Recorded(missing=0.1), **call)
    with pytest.warns(DeprecationWarning, match=r"recorded=Recorded\(missing=\.\.\.\)"):
        old = power(SIMPLE, missing=0.1, **call)
    assert old.cells.equals(new.cells)
    with pytest.warns(DeprecationWarning, match="handling"):
        both = power(SIMPLE, recorded=Recorded(missing=0.1), handling="listwise", **call)
    assert both.cells.equals(new.cells)
    with pytest.raises(TypeError, match="nonsense"):
        power(SIMPLE, nonsense=1, **call)
