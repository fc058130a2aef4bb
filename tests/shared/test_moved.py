"""Keywords that moved into option objects: one mechanism, every door that uses it."""

import warnings
from dataclasses import dataclass

import pytest

from umkm_stats._moved import moved


@dataclass(frozen=True)
class Paper:
    size: str = "A4"
    colour: str = "white"


@moved(paper=Paper)
def draw(what, *, scale=1, paper=None):
    return what, scale, paper or Paper()


def test_the_new_way_is_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw("a", scale=2, paper=Paper("A5")) == ("a", 2, Paper("A5"))


def test_old_keywords_go_into_the_object_and_say_where():
    with pytest.warns(DeprecationWarning, match=r"draw\(paper=Paper\(size=\.\.\.\)\)") as told:
        assert draw("a", size="A3")[2] == Paper("A3")
    assert told[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="colour"):
        assert draw("a", paper=Paper("A5"), colour="red")[2] == Paper("A5", "red")


def test_unknown_keywords_stay_errors():
    with pytest.raises(TypeError, match="weight"):
        draw("a", weight=3)
