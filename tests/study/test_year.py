"""The year under a table is that of the answers, or of the study file; unknown, it stays open."""

from types import SimpleNamespace

import pandas as pd
import pytest

from umkm_stats import messages
from umkm_stats.report._voice import choose_voice
from umkm_stats.report.tables._context import Context
from umkm_stats.study._meta import _year


def moments(**columns):
    return SimpleNamespace(times=pd.DataFrame({name: pd.to_datetime(own) for name, own in columns.items()}))


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        (moments(time=["2027-12-30", "2028-01-02", None]), {"year": 2028}),
        (moments(start=["2025-05-01"], end=["2025-06-01"]), {"year": 2025}),
        (moments(time=[None, None]), {}),
        (moments(), {}),
        (SimpleNamespace(), {}),
    ],
)
def test_the_last_answer_gives_the_year(read, wanted):
    assert _year(read) == wanted


def test_an_unknown_year_stays_open():
    results = SimpleNamespace(meta={"simulated": False})
    assert messages.text("report.source.year", "en") == "[year]"
    skripsi = Context(results, choose_voice(style="skripsi"), {})
    assert skripsi.source == "Sumber: Data primer diolah, [tahun]"
    assert Context(results, choose_voice(style="skripsi", year="2027"), {}).source.endswith("2027")
