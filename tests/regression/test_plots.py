"""Pictures of a regression: they draw the numbers of the result."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from umkm_stats import UmkmError, regress
from umkm_stats.figures import saved
from umkm_stats.regression._plots import predicted_and_residual, probabilities


@pytest.fixture(name="moderated", scope="module")
def _moderated(survey):
    return regress(survey, y=["Y", "Y2"], x=["X1", "X2"], moderator="W", intervals=(), center=True)


def test_pp_and_scatter_are_the_standardised_values(survey):
    found = regress(survey, y="Y", x=["X1", "X2"], intervals=())
    entry = found.equations[0]
    observed, expected = probabilities(entry)
    z = np.sort(entry.fit.residuals) / found.fits.loc[0, "sigma"]
    assert_allclose(expected, stats.norm.cdf(z))
    assert_allclose(observed, (np.arange(1, 151) - 0.375) / 150.25)
    predicted, residual = predicted_and_residual(entry)
    assert_allclose([predicted.mean(), predicted.std(ddof=1)], [0, 1], atol=1e-12)
    leverage = found.influence["leverage"]
    assert_allclose(residual, entry.fit.residuals / (found.fits.loc[0, "sigma"] * np.sqrt(1 - leverage)))
    (axes,) = found.plot("pp").axes
    assert_allclose(axes.lines[1].get_ydata(), expected)
    (axes,) = found.plot("residuals").axes
    assert_allclose(axes.lines[-1].get_ydata(), residual)


def test_lines_and_band_are_the_simple_slopes(moderated):
    (axes,) = moderated.plot("simple_slopes", outcome="Y").axes
    slopes = moderated.slopes.query("outcome == 'Y' and term == 'X1'")["est"]
    drawn = [
        np.ptp(line.get_ydata()) * np.sign(line.get_ydata()[-1] - line.get_ydata()[0]) for line in axes.lines
    ]
    assert_allclose(np.array(drawn) / np.ptp(axes.lines[0].get_xdata()), slopes, rtol=1e-9)
    (axes,) = moderated.plot("johnson_neyman", outcome="Y").axes
    x, y = axes.lines[0].get_data()
    assert_allclose(np.interp(moderated.slopes["value"].iloc[1], x, y), slopes.iloc[1], rtol=1e-9)
    borders = moderated.johnson_neyman.query("outcome == 'Y' and term == 'X1'")["value"]
    assert_allclose([line.get_xdata()[0] for line in axes.lines[2:]], borders)


def test_coefficients_and_influence(moderated):
    (axes,) = moderated.plot("coefficients", lang="id").axes
    assert axes.get_xlabel() == "Koefisien"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["X1", "X2", "W", "X1:W", "X2:W"]
    picture = moderated.plot("influence")
    assert saved(picture)["png"][:4] == b"\x89PNG"


def test_pictures_a_model_does_not_have(survey, moderated):
    plain = regress(survey, y="Y", x="X1", intervals=())
    by_group = regress(survey, y="Y", x="X1", moderator="GROUP", intervals=())
    for code, ask in (
        ("GEN002", lambda: plain.plot("residual")),
        ("GEN001", lambda: plain.plot("pp", outcome="X1")),
        ("REG126", lambda: plain.plot("simple_slopes")),
        ("REG126", lambda: by_group.plot("johnson_neyman")),
        ("REG125", lambda: regress(survey, y="Y", x="X1", missing="fiml").plot("pp")),
    ):
        with pytest.raises(UmkmError) as caught:
            ask()
        assert caught.value.code == code
    assert len(by_group.plot("simple_slopes").axes[0].lines) == 3
