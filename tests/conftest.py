"""One small study, run once a session and looked at by the tests of study, report and cli; and the message
codes that the run met (see ``met_codes``)."""

import os
import tempfile
from pathlib import Path

import pytest

import met_codes

met_codes.install()

import small_study  # noqa: E402
from umkm_stats.instrument import load_instrument  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
UNMET = pytest.StashKey[list]()


def pytest_configure(config):
    """One folder a run for the codes met, shared with xdist's workers and with child processes."""
    if met_codes.FOLDER not in os.environ:
        os.environ[met_codes.FOLDER] = tempfile.mkdtemp(prefix="codes-met-")
        paths = [str(ROOT / "tests" / "child"), *filter(None, [os.environ.get("PYTHONPATH")])]
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)


def pytest_addoption(parser):
    parser.addoption("--codes", action="store_true", help="list the message codes that this run did not meet")
    parser.addoption("--snapshots", action="store_true", help="write the texts of the reports anew")


def _whole(config):
    """Whether everything was asked to run: no path, no selection."""
    option = config.option
    chosen = (
        option.keyword or option.markexpr or option.deselect or option.ignore or getattr(option, "lf", False)
    )
    return not chosen and config.args_source is not pytest.Config.ArgsSource.ARGS


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """A whole run that never met some code has failed: every code is raised in a test."""
    config = session.config
    if hasattr(config, "workerinput") or not (_whole(config) or config.getoption("--codes")):
        return
    found = met_codes.met(Path(os.environ[met_codes.FOLDER]))
    config.stash[UNMET] = sorted(met_codes.catalogue(ROOT) - found.keys())
    if config.stash[UNMET] and _whole(config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    unmet = config.stash.get(UNMET, None)
    if unmet:
        terminalreporter.section("message codes that no test met")
        terminalreporter.write_line(" ".join(unmet))


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
