"""Every public name of the rooms that compute has a docstring in numpydoc form whose example runs."""

import pytest

from public_names import COMPUTING as ROOMS
from public_names import failures, faults, of


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_explained_and_has_an_example(room):
    assert {public.name: said for public in of(room) if (said := faults(public))} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_examples_say_what_stands_below_them(room, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = [public for public in of(room) if ">>>" in public.text]
    assert shown
    assert "".join(failures(public) for public in shown) == ""
