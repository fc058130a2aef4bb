"""Every public name of the rooms around a survey has a docstring in numpydoc form whose example runs."""

import pytest

from public_names import COMPUTING, everything, failures, faults, of
from public_names import ROOMS as ALL

ROOMS = tuple(room for room in ALL if room not in COMPUTING)


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_explained_and_has_an_example(room):
    assert {public.name: said for public in of(room) if (said := faults(public))} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_examples_say_what_stands_below_them(room, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "".join(failures(public) for public in of(room) if ">>>" in public.text) == ""


def test_no_room_is_left_out():
    assert set(ROOMS) <= set(ALL)
    assert {public.room for public in everything()} <= set(ALL)
