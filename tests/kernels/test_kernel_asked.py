"""UMKM_KERNEL naming no kernel of this machine: every door refuses before it looks at anything."""

import importlib
import os
import subprocess
import sys
from functools import partial
from types import FunctionType

import numpy as np
import pytest

from umkm_stats import examples
from umkm_stats._lazy import COMPUTING
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import draws, path

ROOMS = {room: importlib.import_module(f"umkm_stats.{room}") for room in sorted(COMPUTING)}
DOORS = sorted(
    f"{room}.{name}"
    for room, module in ROOMS.items()
    for name in module.__all__
    if isinstance(getattr(module, name), FunctionType)
)
WRONG = ["numppy", "gpu", "native avx1024"]


def refused(call, *given):
    with pytest.raises(UmkmError) as caught:
        call(*given)
    assert caught.value.code in ("GEN001", "GEN002")
    assert caught.value.params["name"] == path.VARIABLE
    assert "numpy" in caught.value.remedy("id")  # what may be asked for


def test_the_doors_are_those_of_the_contract():
    known = {"sem.fit", "mediation.mediate", "pls.fit_pls", "planning.power", "measurement.reliability"}
    assert known | {"regression.regress", "study.run_study", "study.reproduce"} <= set(DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_refuses_before_it_looks_at_its_arguments(door, monkeypatch):
    """Without any argument: what complains is the kernel's name, not the missing answers."""
    room, _, name = door.partition(".")
    monkeypatch.setenv(path.VARIABLE, WRONG[0])
    refused(getattr(ROOMS[room], name))


METHODS = {
    "Fit.bootstrap": lambda: examples.fit().bootstrap,
    "Fit.summary": lambda: examples.fit().summary,
    "Draws.map": lambda: partial(examples.draws().map, lambda block: block.estimates[:, 0]),
    "Mediation.bollen_stine": lambda: examples.latent().bollen_stine,
    "Pls.bootstrap": lambda: partial(examples.pls().bootstrap, draws=10, seed=1),
    "Pls.fit_test": lambda: partial(examples.pls().fit_test, draws=10, seed=1),
    "Pls.predict": lambda: partial(examples.pls().predict, seed=1),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("wrong", WRONG)
def test_methods_that_compute_draws_refuse_too(method, wrong, monkeypatch):
    call = METHODS[method]()  # the object is made by a kernel that is there
    monkeypatch.setenv(path.VARIABLE, wrong)
    refused(call)


def test_the_kernels_themselves_do_not_replace_it(monkeypatch):
    """Whatever way leads to them: counts of draws and every other loop with two ways ask ``native()``."""
    monkeypatch.setenv(path.VARIABLE, "avx1024")
    refused(path.native)
    refused(draws.count_block, 1, 0, 2, 5)
    refused(draws.Counter(5), 1, 0)


@pytest.mark.parametrize("name", ["", "auto", "AUTO ", "numpy", " NumPy"])
def test_case_and_blanks_do_not_matter(name, monkeypatch):
    monkeypatch.setenv(path.VARIABLE, name)
    path.check()
    assert draws.count_block(1, 0, 2, 5).sum() == 10


@pytest.mark.parametrize("name", path.known())
def test_each_kernel_that_is_there_may_be_asked_for(name):
    with path.using(name):
        path.check()
        assert path.kernel() == name


def test_without_any_library_native_is_refused(monkeypatch):
    monkeypatch.setattr(path, "_folder", lambda: None)
    monkeypatch.setenv(path.VARIABLE, "native")
    refused(path.native)
    monkeypatch.setenv(path.VARIABLE, "numpy")
    assert path.native() is None
    assert np.all(draws.count_block(1, 0, 2, 5).sum(axis=1) == 5)


def test_the_command_that_names_the_kernel_refuses_too():
    pytest.importorskip("umkm_stats.native", reason="the native folder was deleted")
    env = {**os.environ, path.VARIABLE: "gpu"}
    ran = subprocess.run(
        [sys.executable, "-m", "umkm_stats.native"], env=env, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "UMKM_KERNEL=gpu" in ran.stderr
