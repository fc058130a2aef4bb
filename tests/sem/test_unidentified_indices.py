"""Where a model is not identified its scaled test does not exist, and no index follows from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from umkm_stats import fit

FREE_MARKER = "A =~ NA*x1 + x2 + x3\nB =~ x4 + x5 + x6\nB ~ A"


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    common = rng.normal(size=(250, 1)) @ np.ones((1, 6))
    return pd.DataFrame(common + rng.normal(size=(250, 6)), columns=[f"x{k}" for k in range(1, 7)])


NUMERIC = [{"estimator": "MLM"}, {"missing": "fiml"}]


@pytest.mark.parametrize("options", NUMERIC)
def test_no_index_of_1_beside_a_test_that_does_not_exist(data: pd.DataFrame, options) -> None:
    """CFI and robust CFI were 1 because max() passed NaN over."""
    holed = data.copy()
    if "missing" in options:
        holed.iloc[:40, 0] = np.nan
    found = fit(FREE_MARKER, holed, **options)
    assert "SEM403" in [note.code for note in found.notes]
    if "missing" not in options:
        assert np.isnan([found.indices["chisq_scaled"], found.indices["cfi_scaled"]]).all()
    assert np.isnan([found.indices["rmsea_robust"], found.indices["cfi_robust"]]).all()


@pytest.mark.parametrize("extra", [{}, {"growth": True, "std_lv": True}])
def test_ordinal_items_have_no_scaled_test_without_regular_information(data: pd.DataFrame, extra) -> None:
    """lavaan 0.6-14: "could not invert information matrix needed for robust test statistic", NA. Here growth
    factors beside free thresholds; the scaled χ² was negative, or its interval broke off with a traceback."""
    cut = (data > data.median()).astype(int) + (data > 1.0).astype(int)
    found = fit(
        FREE_MARKER if not extra else "A =~ x1 + x2 + x3\nB =~ x4 + x5 + x6", cut, ordered=True, **extra
    )
    assert "SEM403" in [note.code for note in found.notes]
    for name in ("chisq_scaled", "cfi_scaled", "rmsea_ci_high_scaled", "cfi_robust", "rmsea_robust"):
        assert np.isnan(found.indices[name]), name
    assert found.indices["chisq"] > 0


def test_what_has_no_meaning_for_a_fit_is_said(data: pd.DataFrame) -> None:
    """lavaan 0.6-14 warns that information and meanstructure are overruled; these requests went unsaid."""
    cut = (data > data.median()).astype(int)
    text = "A =~ x1 + x2 + x3 + x4 + x5"
    for values, options, told in [
        (cut, {"ordered": True, "information": "observed"}, "information"),
        (cut, {"ordered": True, "meanstructure": False}, "meanstructure"),
        (data, {"missing": "fiml", "meanstructure": False}, "meanstructure"),
        (data, {"parameterization": "theta"}, "parameterization"),
    ]:
        notes = [note for note in fit(text, values, **options).notes if note.code == "SEM435"]
        assert [note.params["option"] for note in notes] == [told]
    for values, options in [(cut, {"ordered": True}), (data, {"missing": "fiml"}), (data, {})]:
        assert "SEM435" not in [note.code for note in fit(text, values, **options).notes]
