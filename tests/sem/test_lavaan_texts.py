"""What users of lavaan write, against lavaan 0.6-14 (``tests/reference/lavaan_texts.R``): estimates within
1e-3 of a standard error or 1e-5, standard errors 3e-3, χ² and indices 1e-4 relative."""

import numpy as np
import pytest

from sem_compare import gaps
from sem_data import holzinger, holzinger_missing, reference
from umkm_stats import fit

REFERENCE = reference("lavaan_texts.json")["models"]


def data(case):
    frame = holzinger_missing() if case["missing_data"] else holzinger()
    whole = holzinger()
    frame["m2"] = (whole["x4"] > 3).astype(int)
    for name, source, cuts in (
        ("o5", "x5", (3.5, 4.5, 5.5)),
        ("o9", "x9", (4.7, 5.4, 6)),
        ("o6", "x6", (1.5, 2.2, 3)),
    ):
        frame[name] = np.searchsorted(cuts, whole[source], side="right")
    frame["omzet"] = whole["x9"] * 1e6
    return frame


def ours(name):
    case = REFERENCE[name]
    options = {key.replace(".", "_"): value for key, value in (case["options"] or {}).items()}
    return fit(case["model"], data(case), growth=case["how"] == "growth", **options), case


@pytest.mark.parametrize("name", [n for n in REFERENCE if n != "mediator_serial_delta"])
def test_estimates_errors_and_test_are_lavaans(name):
    got, case = ours(name)
    worst, errors, missing = gaps(got.estimates, case["estimates"], got.group_labels)
    assert not missing
    assert worst[0] < 1.0, worst
    assert errors[0] < 3e-3, errors
    for key, value in case["fit"].items():
        if value is not None:
            mine = got.indices[key.replace(".", "_")]
            assert mine == pytest.approx(value, rel=1e-4, abs=2e-5), key


def test_lavaans_delta_differs_from_its_own_theta_where_ordinal_variables_follow_each_other():
    """The deliberate difference: lavaan 0.6-14 gives the response of a later variable a variance above 1."""
    delta, theta = REFERENCE["mediator_serial_delta"]["fit"], REFERENCE["mediator_serial_theta"]["fit"]
    assert delta["df"] == theta["df"]
    assert abs(delta["chisq"] - theta["chisq"]) > 3
    got, _ = ours("mediator_serial_delta")
    assert got.x2 == pytest.approx(theta["chisq"], rel=1e-6)
    std = [e for e in REFERENCE["mediator_serial_theta"]["std"] if e["op"] in ("~", ":=")]
    worst, errors, missing = gaps(got.standardized(), std, got.group_labels, column="est.std")
    assert not missing
    assert worst[0] < 1.0, worst
    assert errors[0] < 3e-3, errors
    assert "SEM521" not in {note.code for note in got.notes}


def test_errors_behind_an_ordinal_mediator_are_lavaans_in_either_parameterisation():
    """Delta holds the mediator's residual variance still, Theta does not: the note has both errors."""
    delta, _ = ours("mediator_latents_delta")
    theta, _ = ours("mediator_latents_theta")
    (note,) = [note for note in delta.notes if note.code == "SEM521"]
    assert note.params["parameters"] == ["b"]
    pair = [found.standardized().query("op in ('~', '=~', ':=')") for found in (delta, theta)]
    assert pair[0]["est"].to_numpy() == pytest.approx(pair[1]["est"].to_numpy(), abs=1e-6)
    printed = float(delta.estimates.query("label == 'b'")["se"].iloc[0])
    assert note.params["printed"] == pytest.approx(printed, rel=1e-9)
    assert note.params["full"] != pytest.approx(note.params["printed"], rel=5e-3)
    assert "SEM521" not in {note.code for note in theta.notes}
    assert delta.x2 == pytest.approx(theta.x2, rel=1e-8)
