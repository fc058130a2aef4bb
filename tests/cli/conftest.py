"""One small study, run once and looked at by many tests."""

import importlib.util
from pathlib import Path

import pytest

from umkm_stats.instrument import load_instrument


def _small():
    spec = importlib.util.spec_from_file_location("umkm_small_study", Path(__file__).resolve().parents[1] / "study" / "_small.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def small():
    return _small()


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

    return run_study(answers, instrument, model=["M1", "M2"], draws=120, seed=11, out=place / "out", simulated=True)
