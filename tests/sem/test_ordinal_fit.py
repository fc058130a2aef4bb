"""Ordinal estimators against lavaan 0.6-14 on data this suite simulates, their derivatives, and hostile
items."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import umkm_stats as us
from ordinal_data import NAMES, ordinal_codes
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.ordinal.one_fit import OrdinalProblem

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "lavaan_ordinal.json").read_text())
MODEL = "f1 =~ u1+u2+u3\nf2 =~ u4+u5+u6\nf2 ~ b*f1"
GROUPS = "f1 =~ u1+u2+u3\nf2 =~ u4+u5+u6"
PLAIN = (
    "npar",
    "chisq",
    "df",
    "pvalue",
    "cfi",
    "tli",
    "rmsea",
    "srmr",
    "baseline.chisq",
    "gfi",
    "rmr",
    "cn_05",
)
SCALED = (
    "chisq.scaled",
    "pvalue.scaled",
    "chisq.scaling.factor",
    "cfi.scaled",
    "tli.scaled",
    "rmsea.scaled",
    "rmsea.ci.upper.scaled",
    "baseline.chisq.scaled",
    "cfi.robust",
    "tli.robust",
    "rmsea.robust",
)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.DataFrame(ordinal_codes() + 1, columns=NAMES)


@pytest.fixture(scope="module")
def halves(frame) -> pd.DataFrame:
    return frame.assign(half=np.repeat(["a", "b"], len(frame) // 2), u4=frame["u4"].clip(upper=4))


def held(fit, reference, *, errors: bool = True, scaled: bool = True) -> None:
    """Estimates to 1e-3 standard errors, standard errors to 1e-3, indices to 1e-4 (as the suite's table
    says)."""
    table = fit.estimates
    numbers = {label: i + 1 for i, label in enumerate(fit.group_labels)}
    ours = {
        (row.lhs, row.op, row.rhs, numbers.get(row.group, 1)): row for row in table.itertuples(index=False)
    }
    seen = 0
    groups = reference.get("group", [1] * len(reference["lhs"]))
    for lhs, op, rhs, group, est, se in zip(
        reference["lhs"],
        reference["op"],
        reference["rhs"],
        groups,
        reference["est"],
        reference["se"],
        strict=True,
    ):
        if se == 0:
            continue
        row = ours[lhs, op, rhs, group]
        assert abs(row.est - est) < 1e-3 * se, (lhs, op, rhs, group)
        if errors:
            assert row.se == pytest.approx(se, rel=1e-3), (lhs, op, rhs, group)
        seen += 1
    assert seen == fit.compiled.n_params or len(fit.group_labels) > 1
    known = dict(zip(reference["fit_names"], reference["fit"], strict=True))
    for name in (*PLAIN, *SCALED) if scaled else PLAIN:
        key = name.replace("ci.lower", "ci_low").replace("ci.upper", "ci_high").replace(".", "_")
        if name in known:
            assert fit.indices[key] == pytest.approx(known[name], rel=1e-4, abs=1e-5), name


def test_wlsmv_equals_lavaan(frame):
    fit = us.fit(MODEL, frame, estimator="WLSMV", ordered=NAMES)
    assert fit.converged
    held(fit, REFERENCE)
    assert fit.sample.used == 240


def test_two_groups_equal_lavaan(halves):
    free = us.fit(GROUPS, halves, estimator="WLSMV", ordered=NAMES, group="half")
    held(free, REFERENCE["groups_free"])
    equal = us.fit(
        GROUPS, halves, estimator="WLSMV", ordered=NAMES, group="half", group_equal=("loadings", "thresholds")
    )
    held(equal, REFERENCE["groups_equal"])
    scales = equal.estimates.query("op == '~*~'")
    assert (scales["se"] > 0).sum() == 6
    assert np.isnan(equal.indices["cfi_robust"])
    assert any(note.code == "SEM412" for note in equal.notes)


def test_nested_wlsmv_fits_equal_lavaan(halves):
    """lavTestLRT (Satorra 2000, scaled and shifted): free, equal thresholds, equal thresholds and
    loadings."""
    ladder = [
        us.fit(GROUPS, halves, estimator="WLSMV", ordered=NAMES, group="half", group_equal=equal)
        for equal in ((), ("thresholds",), ("loadings", "thresholds"))
    ]
    for k, (wide, narrow) in enumerate(itertools.pairwise(ladder)):
        found = narrow.nested_test(wide)
        assert found.df_diff == REFERENCE["lrt_df"][k]
        assert found.chisq_diff == pytest.approx(REFERENCE["lrt_diff"][k], rel=1e-3)
        assert found.p == pytest.approx(REFERENCE["lrt_p"][k], abs=1e-3)


@pytest.mark.parametrize("estimator", ["WLS", "WLSM", "ULSMV"])
def test_other_weights_equal_lavaan(frame, estimator):
    fit = us.fit(MODEL, frame, estimator=estimator, ordered=NAMES)
    held(fit, REFERENCE[estimator], errors=estimator != "WLS", scaled=estimator != "WLS")


@pytest.fixture(scope="module")
def wide(frame) -> pd.DataFrame:
    i = np.arange(1, 241)
    return frame.assign(
        w=frame["u1"] + ((i * 7) % 11) / 3,
        v=frame["u4"] / 2 + ((i * 5) % 13) / 4,
        z=frame["u2"] / 3 + ((i * 3) % 17) / 5,
        k=(i * 11) % 3,
    )


MIXED = "f1 =~ u1+u2+u3+w\nf2 =~ u4+u5+u6+v\nf2 ~ b*f1"
GIVEN_X = "f1 =~ u1+u2+u3+w\nf2 =~ u4+u5+u6\nf2 ~ b*f1+z+k\nf1 ~ z"


@pytest.mark.parametrize(("model", "name"), [(MIXED, "mixed"), (GIVEN_X, "given_x")])
def test_numeric_indicators_and_observed_predictors_equal_lavaan(wide, model, name):
    """Polyserial correlations, and all statistics given x (lavaan's conditional.x)."""
    fit = us.fit(model, wide, estimator="WLSMV", ordered=NAMES)
    held(fit, REFERENCE[name])
    task = fit.task
    exact = task.jacobian(fit.params, 0, task.states(fit.params)[0])
    step = 1e-6
    for k in range(len(fit.params)):
        up, down = fit.params.copy(), fit.params.copy()
        up[k] += step
        down[k] -= step
        slope = (task.implied(up, 0, task.states(up)[0]) - task.implied(down, 0, task.states(down)[0])) / (
            2 * step
        )
        assert np.allclose(exact[:, k], slope, atol=5e-8), fit.param_names[k]
    assert np.isfinite(fit.factor_scores().to_numpy()).all()


def test_derived_residual_variances_complete_the_responses(frame):
    fit = us.fit(MODEL, frame, estimator="WLSMV", ordered=NAMES)
    table = fit.estimates.set_index(["lhs", "op", "rhs"])["est"]
    std = fit.estimates.set_index(["lhs", "op", "rhs"])["std_all"]
    for name in NAMES:
        factor = "f1" if name in ("u1", "u2", "u3") else "f2"
        assert table[name, "~~", name] == pytest.approx(1 - std[factor, "=~", name] ** 2, abs=1e-10)
    assert fit.r2().set_index("item")["r2"]["u1"] == pytest.approx(std["f1", "=~", "u1"] ** 2, abs=1e-10)


@pytest.mark.parametrize("equal", [(), ("loadings", "thresholds")])
def test_jacobian_by_central_differences(halves, equal):
    """Every family: loadings, paths, variances, covariances, thresholds, scales, means."""
    model = GROUPS + "\nu1 ~~ u4"
    fit = us.fit(model, halves, estimator="WLSMV", ordered=NAMES, group="half", group_equal=equal)
    task = fit.task
    assert isinstance(task, OrdinalProblem)
    params, step = fit.params, 1e-6
    for group in range(2):
        exact = task.jacobian(params, group, task.states(params)[group])
        for k in range(len(params)):
            up, down = params.copy(), params.copy()
            up[k] += step
            down[k] -= step
            slope = (
                task.implied(up, group, task.states(up)[group])
                - task.implied(down, group, task.states(down)[group])
            ) / (2 * step)
            assert np.allclose(exact[:, k], slope, atol=2e-8), fit.param_names[k]
    gradient = task.gradient(fit.point)
    free = fit.compiled.basis.T @ gradient
    assert np.abs(free).max() < 1e-7
    hessian = task.hessian(params)
    assert np.allclose(hessian, hessian.T)
    for k in range(0, len(params), 5):
        moved = params.astype(complex)
        moved[k] += 1e-30j
        assert np.allclose(hessian[k], np.imag(task.complex_gradient(moved)) / 1e-30, atol=1e-8), (
            fit.param_names[k]
        )


def test_fit_does_not_depend_on_row_or_item_order(frame):
    first = us.fit(MODEL, frame, estimator="WLSMV", ordered=NAMES)
    turned = us.fit(
        "f1 =~ u1+u3+u2\nf2 =~ u4+u6+u5\nf2 ~ b*f1", frame.iloc[::-1], estimator="WLSMV", ordered=NAMES[::-1]
    )
    assert turned.indices["chisq_scaled"] == pytest.approx(first.indices["chisq_scaled"], rel=1e-6)
    assert turned.params[list(turned.param_names).index("b")] == pytest.approx(
        first.params[list(first.param_names).index("b")], rel=1e-6
    )


def test_scores_residuals_and_modification_indices_equal_lavaan(frame):
    """lavaan 0.6-14: lavPredict (EBM) 1e-4, lavResiduals z 1e-3, modindices 1e-3 relative."""
    fit = us.fit(MODEL, frame, estimator="WLSMV", ordered=NAMES)
    scores = fit.factor_scores()
    assert scores["f1"].to_numpy()[:20] == pytest.approx(REFERENCE["scores_f1"], abs=1e-4)
    assert scores["f2"].to_numpy()[:20] == pytest.approx(REFERENCE["scores_f2"], abs=1e-4)
    (parts,) = fit.residuals("standardized").values()
    z = parts["cov"].to_numpy().T[np.triu_indices(6, 1)]
    assert z == pytest.approx(REFERENCE["residual_z"], abs=2e-3)
    found = fit.modification_indices().set_index(["lhs", "op", "rhs"])
    for lhs, op, rhs, mi, epc in zip(
        *(REFERENCE[key] for key in ("mi_lhs", "mi_op", "mi_rhs", "mi", "epc")), strict=True
    ):
        assert found.loc[(lhs, op, rhs), "mi"] == pytest.approx(mi, rel=1e-3), (lhs, op, rhs)
        assert found.loc[(lhs, op, rhs), "epc"] == pytest.approx(epc, rel=1e-3)
    with pytest.raises(UsageError) as caught:
        fit.factor_scores("bartlett")
    assert caught.value.code == "SEM228"


def test_scores_of_a_heywood_case_are_refused(frame):
    fit = us.fit(
        "f1 =~ u1+u2+u3\nf2 =~ u4+u5+u6\nu1 ~~ u2",
        frame.assign(u3=frame["u1"].clip(upper=4)),
        estimator="WLSMV",
        ordered=NAMES,
    )
    assert min(fit.point.states[0].theta.diagonal()) <= 0
    with pytest.raises(UsageError) as caught:
        fit.factor_scores()
    assert caught.value.code == "SEM227"


def test_polychoric_gives_tidy_pairs(frame):
    found = us.polychoric(frame)
    tidy = found.tidy()
    assert len(tidy) == 15
    assert ((tidy["ci_low"] < tidy["est"]) & (tidy["est"] < tidy["ci_high"])).all()
    lower = found.correlations.to_numpy().T[np.triu_indices(6, 1)]
    assert lower == pytest.approx(REFERENCE["correlations_lower_by_columns"], abs=1e-6)
    cuts = found.thresholds
    assert cuts["est"].to_numpy() == pytest.approx(REFERENCE["thresholds"], abs=1e-10)
    gamma = np.array(REFERENCE["gamma_diagonal"])
    assert cuts["se"].to_numpy() == pytest.approx(np.sqrt(gamma[: len(cuts)] / 240), rel=1e-8)
    assert found.glance()["pairs"].item() == 15
    holes = frame.astype(float)
    holes.iloc[3, 2] = np.nan
    assert us.polychoric(holes).sample.dropped == {"missing": 1}
    assert found.to_dict()["sample"]["used"] == 240
    assert "240" in found.summary("id")


def test_an_item_with_one_answer_is_refused(frame):
    with pytest.raises(UmkmError) as caught:
        us.fit(MODEL, frame.assign(u2=3), estimator="WLSMV", ordered=NAMES)
    assert caught.value.code in ("SEM209", "SEM220")
    with pytest.raises(UmkmError) as caught:
        us.polychoric(frame.assign(u2=3))
    assert caught.value.code == "SEM220"
    assert caught.value.place.item == "u2"


def test_too_many_answers_are_refused(frame):
    wide = frame.assign(u1=np.arange(240) % 40)
    for call in (lambda: us.fit(MODEL, wide, estimator="WLSMV", ordered=NAMES), lambda: us.polychoric(wide)):
        with pytest.raises(UmkmError) as caught:
            call()
        assert caught.value.code == "SEM221"


def test_an_answer_missing_in_one_group_is_refused(frame):
    split = frame.assign(half=np.where(frame["u4"] == 5, "a", np.where(np.arange(240) % 2 == 0, "a", "b")))
    with pytest.raises(UmkmError) as caught:
        us.fit(GROUPS, split, estimator="WLSMV", ordered=NAMES, group="half")
    assert caught.value.code == "SEM222"
    assert "5" in caught.value.message("id")


def test_ordinal_estimators_need_ordinal_items(frame):
    for ordered, code in (((), "SEM223"), (("x9",), "SEM230")):
        with pytest.raises(UsageError) as caught:
            us.fit(MODEL, frame, estimator="WLSMV", ordered=ordered)
        assert caught.value.code == code
    with pytest.raises(UsageError) as caught:
        us.fit(MODEL, frame, estimator="ML", ordered=NAMES)
    assert caught.value.code == "SEM301"


def test_wls_needs_more_rows_than_statistics(frame):
    with pytest.raises(UmkmError) as caught:
        us.fit(MODEL, frame.iloc[:30], estimator="WLS", ordered=NAMES)
    assert caught.value.code == "SEM224"


def test_copies_of_an_item_are_noted(frame):
    twin = frame.assign(u2=frame["u1"])
    fit = us.fit(MODEL, twin, estimator="WLSMV", ordered=NAMES)
    assert any(note.code == "SEM225" for note in fit.notes)
    assert any(note.code == "SEM225" for note in us.polychoric(twin).notes)


def test_empty_cells_are_noted_and_rare_categories_survive(frame):
    rare = frame.assign(u1=np.where(np.arange(240) == 7, 1, frame["u1"].clip(lower=2)))
    fit = us.fit(MODEL, rare, estimator="WLSMV", ordered=NAMES)
    assert fit.converged
    assert any(note.code == "SEM226" for note in fit.notes)
    assert any(note.code == "SEM226" for note in us.polychoric(rare).notes)


def test_binary_and_ten_category_items(frame):
    binary = (frame > 2).astype(int).assign(u6=frame["u6"] - 1)
    fit = us.fit(MODEL, binary, estimator="WLSMV", ordered=NAMES)
    assert fit.converged
    z = np.arange(240)
    ten = frame.assign(u1=frame["u1"] * 2 - z % 2, u4=frame["u4"] * 2 - z % 2)
    fit = us.fit(MODEL, ten, estimator="WLSMV", ordered=NAMES)
    assert fit.converged
    assert fit.compiled.n_params == (9 + 4 + 3 + 9 + 2 + 1) + 7


def test_forty_rows_end_converged_or_noted(frame):
    for start in range(0, 200, 40):
        part = frame.iloc[start : start + 40]
        fit = us.fit(MODEL, part, estimator="WLSMV", ordered=NAMES)
        assert fit.converged or any(note.code == "SEM401" for note in fit.notes)
        assert any(note.code in ("SEM408", "SEM226") for note in fit.notes)
