"""Errors, notes and the words they speak."""

import pickle

import pytest

from umkm_stats import messages
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.options import Language, one_of, share, whole


def test_error_says_what_where_and_what_to_do_in_both_languages():
    error = UmkmError(
        "GEN003",
        Place(file="a.csv", row=14, column="F"),
        {"name": "draws", "received": "-1", "low": 1, "high": "∞"},
    )
    assert "draws must be a whole number" in error.message("en")
    assert "row 14" in error.message("en")
    assert "baris 14" in error.message("id")
    assert error.remedy("id").startswith("Ubah draws")
    assert error.exit_code == 1
    assert UsageError("GEN001").exit_code == 2
    assert pickle.loads(pickle.dumps(error)).place == error.place
    assert set(error.to_dict()["message"]) == {"en", "id"}


def test_one_of_names_the_nearest_option():
    assert one_of("lang", "id", Language) == "id"
    with pytest.raises(UsageError) as caught:
        one_of("method", "percentil", ("percentile", "bca"))
    assert caught.value.code == "GEN002"
    assert "percentile" in caught.value.remedy()
    with pytest.raises(UsageError) as caught:
        one_of("method", "zzz", ("percentile", "bca"))
    assert caught.value.code == "GEN001"


@pytest.mark.parametrize("value", [0, -1, 2.5, True, "3", None])
def test_whole_refuses_what_is_no_count(value):
    with pytest.raises(UsageError) as caught:
        whole("draws", value, low=1)
    assert caught.value.code == "GEN003"


@pytest.mark.parametrize("value", [0, 1, 95, "0.9", float("nan"), True])
def test_share_refuses_what_is_no_share(value):
    with pytest.raises(UsageError) as caught:
        share("level", value)
    assert caught.value.code == "GEN004"
    assert share("level", 0.95) == 0.95


def test_numbers_follow_the_language():
    assert messages.number("-1,234.50", "id") == "−1.234,50"
    assert messages.number("-1,234.50", "en") == "−1,234.50"
    assert messages.listing(["PID2", "OI4", "CC1"], "id") == "PID2, OI4, dan CC1"
    assert messages.listing(["a", "b"], "en") == "a and b"


def test_unknown_text_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        messages.text("no.such.key")
    assert messages.message("ZZZ999") == "ZZZ999"
