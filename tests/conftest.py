"""One small study, run once a session and looked at by the tests of study, report and cli."""

import pytest

import small_study
from umkm_stats.instrument import load_instrument


@pytest.fixture(scope="session")
def small():
    return small_study


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("small")


@pytest.fixture(scope="session")
def instrument(small, place):
    return load_instrument(small.write_instrument(place))


@pytest.fixture(scope="session")
def answers(small, place, instrument):
    return small.write_answers(place, instrument, mess={"missing": 0.004, "duplicates": 2})


@pytest.fixture(scope="session")
def study(place, instrument, answers):
    from umkm_stats import run_study
    from umkm_stats.study import Writing

    return run_study(
        answers,
        instrument,
        model=["M1", "M2"],
        draws=120,
        seed=11,
        out=place / "out",
        writing=Writing(simulated=True),
    )
