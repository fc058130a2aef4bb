"""What a fit computes when it is asked is held to one thread of linear algebra, as the door itself."""

import numpy as np
import pandas as pd
import pytest

from umkm_stats import _threads, fit
from umkm_stats.sem import _fit


@pytest.mark.parametrize("name", ["vcov", "estimates", "indices", "notes", "baseline"])
def test_a_property_of_a_fit_is_held(name):
    assert hasattr(vars(_fit.Fit)[name].func, "__wrapped__")


def test_errors_are_computed_inside_the_hold(monkeypatch):
    g = np.random.default_rng(1)
    x = g.normal(size=60)
    found = fit("y ~ x", pd.DataFrame({"x": x, "y": x + g.normal(size=60)}))
    depth = []
    inverse = np.linalg.inv
    monkeypatch.setattr(np.linalg, "inv", lambda a: depth.append(_threads._DEPTH) or inverse(a))
    assert len(found.estimates)
    assert found.indices
    assert all(depth)
