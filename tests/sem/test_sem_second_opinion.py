"""The second opinion says which number differs and which convention explains it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from sem_data import holzinger
from umkm_stats import sem
from umkm_stats.adapters.semopy_check import Opinion
from umkm_stats.kernels.review import programs
from umkm_stats.report import _sentences
from umkm_stats.report._voice import choose_voice
from umkm_stats.results import SampleUsed
from umkm_stats.sem.inference import _cross
from umkm_stats.study._descriptions import Part

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"


def why(check):
    return dict(zip(check.differences["number"], check.differences["explanation"], strict=True))


def test_every_index_semopy_prints_otherwise_is_explained():
    check = sem.fit(MODEL, holzinger()).cross_check()
    assert why(check) == {
        "rmsea": "rmsea_n_minus_1",
        "gfi": "gfi_is_nfi",
        "agfi": "agfi_from_baseline_df",
        "aic": "aic_from_discrepancy",
        "bic": "aic_from_discrepancy",
    }
    assert set(why(check).values()) <= programs.KEYS
    lines = check.summary("id").splitlines()
    assert (
        lines[1]
        == "- rmsea: 0,092121 di sini, 0,092275 di semopy: RMSEA dihitung dengan n − 1 sebagai pengganti n."
    )
    assert check.to_dict()["differences"][0]["number"] == "rmsea"


def test_an_observed_predictor_moves_df_and_what_follows():
    check = sem.fit("visual =~ x1 + x2 + x3\nvisual ~ ageyr", holzinger()).cross_check()
    found = why(check)
    assert found["df"] == found["cfi"] == found["tli"] == found["rmsea"] == "df_observed_predictor"
    row = check.differences.set_index("number").loc["df"]
    assert (row["here"], row["other"]) == (2, 3)


def test_a_variance_held_at_zero():
    z = np.random.default_rng(2).multivariate_normal(
        [0] * 3, [[1, 0.8, 0.7], [0.8, 1, 0.4], [0.7, 0.4, 1]], 150
    )
    check = sem.fit("f =~ a + b + c", pd.DataFrame(z, columns=list("abc"))).cross_check()
    assert [note.code for note in check.notes] == ["SEM418"]
    assert why(check)["a ~~ a"] == why(check)["f =~ b"] == "zero_variance"
    assert "holds a negative variance at 0" in check.summary()
    assert "semopy differs" in check.summary()


@pytest.mark.parametrize(("shift", "reason"), [(5.0, "other_minimum"), (-5.0, "our_minimum")])
def test_another_minimum(monkeypatch, shift, reason):
    fit = sem.fit("f =~ x1 + x2 + x3 + x4", holzinger())
    rows = {("v1", "~", "f0"): (fit.params[0] + 1.0, 0.1)}
    monkeypatch.setattr(_cross, "ask", lambda *_, **__: Opinion(rows, "", {"chisq": fit.x2 + shift}))
    check = fit.cross_check()
    assert set(why(check).values()) == {reason}
    assert check.summary("id") != check.summary("en")


@dataclasses.dataclass
class Desk:
    """What the sentences need of a report."""

    part: Part
    voice: object

    def get(self, name):
        return self.part if name == "cross_check" else None

    def text(self, key, **params):
        return self.voice.text(key, **params)


@pytest.mark.parametrize(("lang", "word"), [("id", "NFI"), ("en", "NFI")])
def test_the_report_names_the_numbers_and_the_reason(monkeypatch, lang, word):
    monkeypatch.setattr(_sentences, "main_model", lambda ctx: "M1")
    apart = pd.DataFrame(
        {
            "number": ["rmsea", "gfi", "PI =~ PI2"],
            "explanation": ["rmsea_n_minus_1", "gfi_is_nfi", ""],
        }
    )
    row = pd.DataFrame([{"model": "M1", "program": "semopy", "parameters": 21, "agrees": False}])
    sample = SampleUsed(rows_in=301, used=301, dropped={})
    extra = {"tolerance_est": 0.05, "tolerance_se": 0.02, "differences": apart}
    desk = Desk(Part("cross_check", row, sample, extra=extra), choose_voice(lang=lang))
    said = _sentences.cross_sentences(desk, "M1")
    assert len(said) == 4
    assert "cross_check()" not in " ".join(said)
    assert "RMSEA" in said[1]
    assert "n − 1" in said[1]
    assert word in said[2]
    assert "PI =~ PI2" in said[3]
    old = Desk(
        Part("cross_check", row, sample, extra={"tolerance_est": 0.05, "tolerance_se": 0.02}), desk.voice
    )
    assert len(_sentences.cross_sentences(old, "M1")) == 1
    assert _sentences.cross_sentences(desk, "M2") == []


def test_long_data_go_over_as_covariances_with_the_same_answer(monkeypatch):
    """semopy 2.3: estimates within 1e-6, errors and indices within 1e-5 of those from all rows."""
    from umkm_stats.adapters import semopy_check

    rows = sem.fit(MODEL, holzinger()).cross_check()
    monkeypatch.setattr(semopy_check, "MANY", 100)
    monkeypatch.setattr(semopy_check, "START", 120)
    moments = sem.fit(MODEL, holzinger()).cross_check()
    one, other = rows.tidy(), moments.tidy()
    np.testing.assert_allclose(other["est_other"], one["est_other"], atol=1e-6)
    np.testing.assert_allclose(other["se_other"], one["se_other"], atol=1e-5)
    one, other = (entry.differences.set_index("number")["other"] for entry in (rows, moments))
    np.testing.assert_allclose(other.loc[one.index], one, rtol=1e-5)
