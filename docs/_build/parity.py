"""Write docs/parity.md from the comparisons the tests make.

    python docs/_build/parity.py

Runs the tests named in ROWS with every ``assert_allclose`` and ``approx`` watched, and writes the largest
difference each has met. A difference is |ours − theirs| / max(1, |theirs|). Tests that need data sets which
may not be passed on are skipped where those are absent; their row then says so.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
LAVAAN, PSYCH, SEMTOOLS, R = "lavaan 0.6-14", "psych 2.2.9", "semTools 0.5-6", "R 4.2.2"
ESTIMATES = (
    "tests/sem/test_sem_lavaan.py::estimates"  # compared by a bound in standard errors, so recomputed below
)
ROWS: tuple[tuple[str, str, str, str], ...] = (
    # room, statistic, producer, test
    ("Models", "estimates (ML, MLM, MLR, MLMV, GLS, ULS, FIML, clusters, groups)", LAVAAN, ESTIMATES),
    ("Models", "their standard errors", LAVAAN, "tests/sem/test_sem_lavaan.py::test_estimates_and_errors"),
    (
        "Models",
        "standardised estimates and their standard errors",
        LAVAAN,
        "tests/sem/test_sem_lavaan.py::test_standardised",
    ),
    (
        "Models",
        "χ², scaled χ², CFI, TLI, RMSEA and limits, SRMR, AIC, BIC and the other indices",
        LAVAAN,
        "tests/sem/test_sem_lavaan.py::test_indices",
    ),
    (
        "Models",
        "modification indices, expected changes",
        LAVAAN,
        "tests/sem/test_sem_lavaan.py::test_modification_indices",
    ),
    (
        "Models",
        "factor scores (regression, Bartlett)",
        LAVAAN,
        "tests/sem/test_sem_lavaan.py::test_factor_scores",
    ),
    (
        "Models",
        "residuals (correlation, standardised)",
        LAVAAN,
        "tests/sem/test_sem_lavaan.py::test_residuals",
    ),
    (
        "Models",
        "χ² difference tests, scaled ones too",
        LAVAAN,
        "tests/sem/test_sem_lavaan.py::test_nested_tests",
    ),
    ("Models", "structural after measurement (SAM)", LAVAAN, "tests/sem/test_sem_sam.py::test_equals_lavaan"),
    (
        "Models",
        "40 stored bootstrap draws of a model with negative variances, parameters a draw",
        LAVAAN,
        "tests/sem/test_bootstrap_lavaan.py::test_forty_resamples",
    ),
    (
        "Models",
        "200 stored bootstrap draws, parameters a draw",
        LAVAAN,
        "tests/sem/test_bootstrap_lavaan.py::test_all_two_hundred_resamples",
    ),
    (
        "Models",
        "published innovation model of Colombian MSMEs",
        f"{LAVAAN}; printed in F1000Research 14:1313",
        "tests/sem/test_sem_shared.py::test_published_model",
    ),
    (
        "Ordinal",
        "thresholds and polychoric correlations",
        LAVAAN,
        "tests/kernels/test_ordinal_kernels.py::test_thresholds_and_correlations_equal_lavaan",
    ),
    (
        "Ordinal",
        "their asymptotic covariances",
        LAVAAN,
        "tests/kernels/test_ordinal_kernels.py::test_gamma_equals_lavaan",
    ),
    (
        "Ordinal",
        "WLSMV estimates, errors, scaled tests",
        LAVAAN,
        "tests/sem/test_ordinal_fit.py::test_wlsmv_equals_lavaan",
    ),
    (
        "Ordinal",
        "two groups, free and equal loadings",
        LAVAAN,
        "tests/sem/test_ordinal_fit.py::test_two_groups_equal_lavaan",
    ),
    (
        "Models",
        "30 texts and options of lavaan's users: equal(), tau-equivalence, curved and unequal constraints, "
        "composites, growth, orthogonal, effect coding, fiml.x, clusters under FIML",
        LAVAAN,
        "tests/sem/test_lavaan_texts.py::test_estimates_errors_and_test_are_lavaans",
    ),
    (
        "Models",
        "score and Wald tests, std.nox, normalised and correlation residuals, predicted outcomes",
        LAVAAN,
        "tests/sem/test_handed_out.py::test_score_tests_of_equalities_are_lavaans",
    ),
    (
        "Ordinal",
        "ordinal mediators: numeric, ordinal and latent outcomes",
        LAVAAN,
        "tests/sem/test_lavaan_texts.py::test_estimates_errors_and_test_are_lavaans",
    ),
    (
        "Ordinal",
        "ordinal variables that follow each other",
        f"{LAVAAN}, parameterization theta",
        "tests/sem/test_lavaan_texts.py::"
        "test_lavaans_delta_differs_from_its_own_theta_where_ordinal_variables_follow_each_other",
    ),
    (
        "Ordinal",
        "Theta parameterisation, pairwise answers; sampling weights, clusters: fit indices",
        LAVAAN,
        "tests/sem/test_lavaan_options.py::test_estimates_errors_and_test_are_lavaans",
    ),
    (
        "Ordinal",
        "factor scores beside numeric items and given x (lavaan's search ends within 5e-5)",
        LAVAAN,
        "tests/sem/test_ordinal_scores.py::test_scores_are_those_of_lavpredict",
    ),
    ("Ordinal", "WLS, WLSM, ULSMV", LAVAAN, "tests/sem/test_ordinal_fit.py::test_other_weights_equal_lavaan"),
    (
        "Ordinal",
        "mixed ordinal and numeric indicators, observed predictors",
        LAVAAN,
        "tests/sem/test_ordinal_fit.py::test_numeric_indicators_and_observed_predictors_equal_lavaan",
    ),
    (
        "Ordinal",
        "scores, residuals, modification indices",
        LAVAAN,
        "tests/sem/test_ordinal_fit.py::test_scores_residuals_and_modification_indices_equal_lavaan",
    ),
    (
        "Intervals",
        "percentile, basic, BC, BCa limits on the same 2,000 resamples",
        f"{R}, quantile rule of boot",
        "tests/kernels/test_intervals.py::test_limits_equal_r",
    ),
    (
        "Intervals",
        "z₀, acceleration, bootstrap p",
        R,
        "tests/kernels/test_intervals.py::test_bias_acceleration_and_p_equal_r",
    ),
    (
        "Mediation",
        "a, b, c, c′, errors, Sobel of a simple model",
        R,
        "tests/mediation/test_scores.py::test_simple_mediation_equals_r",
    ),
    ("Mediation", "with covariates", R, "tests/mediation/test_scores.py::test_covariates_equal_r"),
    (
        "Mediation",
        "HC0 to HC4 standard errors",
        R,
        "tests/mediation/test_scores.py::test_robust_errors_equal_r",
    ),
    ("Mediation", "moderated paths", R, "tests/mediation/test_scores.py::test_moderated_paths_equal_r"),
    (
        "Mediation",
        "MBESS Jessor numbers from the printed covariances",
        "MBESS, printed",
        "tests/mediation/test_scores.py::test_jessor_covariance_gives_the_printed_numbers",
    ),
    (
        "Mediation",
        "PROCESS models, conditional and moderated-mediation effects",
        "pyprocessmacro 2.2.0",
        "tests/mediation/test_routes.py::test_process_models_equal_pyprocessmacro",
    ),
    (
        "Mediation",
        "PROCESS templates 1–3, 5, 7–22, 28, 29, 58–76: conditional effects, their errors, all indices",
        "pyprocessmacro 2.2.0",
        "tests/mediation/test_templates.py::test_templates_equal_pyprocessmacro",
    ),
    (
        "Mediation",
        "templates 6, 80–92 (chains, stages)",
        "least squares written out (numpy)",
        "tests/mediation/test_templates.py::test_chains_equal_least_squares",
    ),
    (
        "Mediation",
        "natural effects with x × m, and their delta errors",
        "VanderWeele's formulas written out (numpy)",
        "tests/mediation/test_interaction.py::test_natural_effects_equal_the_formulas",
    ),
    (
        "Mediation",
        "F and ΔR² of products",
        "statsmodels 0.15.0",
        "tests/mediation/test_reviewed.py::test_what_products_add_is_the_comparison_of_two_models",
    ),
    (
        "Mediation",
        "serial paths (PROCESS model 6)",
        "pyprocessmacro 2.2.0",
        "tests/mediation/test_routes.py::test_serial_paths_equal_pyprocessmacro",
    ),
    (
        "Mediation",
        "logistic outcome or mediator",
        R,
        "tests/mediation/test_routes.py::test_logistic_rows_equal_r",
    ),
    (
        "Mediation",
        "count outcomes: Poisson and negative binomial coefficients",
        "R 4.2.2, MASS 7.3-58.2",
        "tests/mediation/test_natural.py::test_coefficients_equal_r",
    ),
    (
        "Mediation",
        "count outcomes: natural effects",
        "statsmodels 0.15.0 Mediation",
        "tests/mediation/test_natural.py::test_statsmodels_mediation_finds_the_same",
    ),
    (
        "Mediation",
        "FIML with gaps and a moderator",
        LAVAAN,
        "tests/mediation/test_fiml_moderated.py::test_gaps_are_filled_as_lavaan_does",
    ),
    (
        "Mediation",
        "sampling weights: estimates and robust errors",
        "statsmodels 0.15.0 WLS",
        "tests/mediation/test_weights.py::test_sampling_weights_are_weighted_regressions_with_robust_errors",
    ),
    (
        "Mediation",
        "x of several categories",
        "PROCESS 3, printed in Hayes (2018)",
        "tests/mediation/test_coding.py::test_protest_as_the_process_book_prints_it",
    ),
    (
        "Mediation",
        "FIML with missing answers",
        LAVAAN,
        "tests/mediation/test_latent.py::test_fiml_equals_lavaan",
    ),
    (
        "Mediation",
        "latent effects and errors (largest: Monte Carlo SE beside the delta SE)",
        LAVAAN,
        "tests/mediation/test_latent.py::test_estimates_equal_lavaan",
    ),
    ("Mediation", "Holm, Hochberg, FDR", R, "tests/mediation/test_asked.py::test_adjusted_p_equal_r"),
    ("Mediation", "assumption tests", R, "tests/mediation/test_asked.py::test_assumptions_equal_r"),
    (
        "Mediation",
        "reliability-corrected effect",
        LAVAAN,
        "tests/mediation/test_asked.py::test_reliability_correction_equals_lavaan",
    ),
    (
        "Mediation",
        "Hayes pmi (Tal-Or), n = 123",
        "PROCESS, printed",
        "tests/mediation/test_acceptance.py::test_pmi",
    ),
    (
        "Mediation",
        "Hayes estress, n = 262",
        "PROCESS, printed",
        "tests/mediation/test_acceptance.py::test_estress",
    ),
    (
        "Mediation",
        "protest, teams, disaster",
        "PROCESS, printed",
        "tests/mediation/test_acceptance.py::test_protest_teams_disaster",
    ),
    (
        "Mediation",
        "Preacher & Hayes 2004, n = 30",
        "printed; R boot",
        "tests/mediation/test_acceptance.py::test_preacher_and_hayes",
    ),
    (
        "Regression",
        "B, standard errors, t, p, limits, β, VIF, ANOVA, R²",
        f"{R}, lm",
        "tests/regression/test_producers.py::test_lm",
    ),
    (
        "Regression",
        "HC0–HC4",
        f"{R}, sandwich 3.0-2",
        "tests/regression/test_producers.py::test_robust_errors_are_those_of_sandwich",
    ),
    (
        "Regression",
        "cluster-robust errors",
        f"{R}, sandwich 3.0-2",
        "tests/regression/test_producers.py::test_cluster_errors_are_those_of_sandwich",
    ),
    (
        "Regression",
        "leverage, studentised residuals, Cook, DFFITS, dfbetas",
        f"{R}, statsmodels",
        "tests/regression/test_producers.py::test_influence_of_single_rows",
    ),
    (
        "Regression",
        "categories, indicator and effect coding, joint F",
        f"{R}, lm",
        "tests/regression/test_producers.py::test_categories_indicator_and_effect",
    ),
    (
        "Regression",
        "products, centred and not, F of the change, simple slopes",
        f"{R}, lm",
        "tests/regression/test_producers.py::test_moderated_regression",
    ),
    ("Regression", "weights", f"{R}, lm", "tests/regression/test_producers.py::test_weights"),
    (
        "Regression",
        "two models of the SAT data, every number to its last digit",
        "SPSS, printed by Howell",
        "tests/regression/test_producers.py::test_spss_to_its_last_digit",
    ),
    (
        "Regression",
        "1,000 random designs",
        "numpy",
        "tests/regression/test_producers.py::test_thousand_random_designs_against_numpy",
    ),
    (
        "Regression",
        "Glejser, Breusch–Pagan, RESET, Shapiro–Wilk",
        f"{R}, lmtest 0.9-40",
        "tests/regression/test_assumptions.py::test_numbers_of_r",
    ),
    (
        "Regression",
        "deviation from linearity",
        f"{R}, anova of line and groups",
        "tests/regression/test_assumptions.py::test_deviation_from_linearity_is_rs_anova_of_line_and_groups",
    ),
    (
        "Regression",
        "logistic regression",
        f"{R}, glm",
        "tests/regression/test_logistic.py::test_numbers_of_glm",
    ),
    (
        "Measurement",
        "α, standardised α, mean r, λ6, ω total, AVE, CR",
        f"{PSYCH}, {SEMTOOLS}",
        "tests/measurement/test_reliability.py::test_equals_psych_and_semtools",
    ),
    (
        "Measurement",
        "item statistics, α if deleted",
        PSYCH,
        "tests/measurement/test_reliability.py::test_items_equal_psych",
    ),
    ("Measurement", "split halves", PSYCH, "tests/measurement/test_reliability.py::test_split_halves"),
    (
        "Measurement",
        "EFA loadings, factor correlations, fit (ML oblimin, minres varimax; optimum of another optimiser)",
        f"{PSYCH}, GPArotation",
        "tests/measurement/test_efa.py::test_equals_psych_with_gparotation",
    ),
    (
        "Measurement",
        "ML, minres and principal-axis loadings, varimax and promax (psych stops its principal-axis "
        "iterations early)",
        f"{PSYCH}, {R}",
        "tests/measurement/test_efa.py::test_equals_psych_and_r_promax",
    ),
    (
        "Measurement",
        "KMO, Bartlett",
        PSYCH,
        "tests/measurement/test_efa.py::test_kmo_and_bartlett_equal_psych",
    ),
    (
        "Measurement",
        "eigenvalues, MAP",
        PSYCH,
        "tests/measurement/test_efa.py::test_eigenvalues_and_map_equal_psych",
    ),
    (
        "Measurement",
        "loadings and factor correlations with limits",
        LAVAAN,
        "tests/measurement/test_cfa_validity.py::test_loadings_and_correlations_with_limits",
    ),
    (
        "Measurement",
        "ω, AVE, CR of factors",
        SEMTOOLS,
        "tests/measurement/test_cfa_validity.py::test_reliability_of_the_factors_equals_semtools",
    ),
    (
        "Measurement",
        "HTMT, HTMT2",
        SEMTOOLS,
        "tests/measurement/test_cfa_validity.py::test_htmt_equals_semtools_and_the_printed_values",
    ),
    (
        "Measurement",
        "second-order ω",
        SEMTOOLS,
        "tests/measurement/test_cfa_validity.py::test_second_order_omega_equals_semtools",
    ),
    (
        "Measurement",
        "χ² of held factor correlations",
        LAVAAN,
        "tests/measurement/test_cfa_validity.py::test_chi_square_of_held_correlations_equals_lavaan",
    ),
    (
        "Measurement",
        "invariance ladder",
        LAVAAN,
        "tests/measurement/test_bias_invariance.py::test_ladder_equals_lavaan",
    ),
    (
        "Measurement",
        "partial invariance",
        LAVAAN,
        "tests/measurement/test_bias_invariance.py::test_partial_steps_equal_lavaan",
    ),
    (
        "Measurement",
        "method-factor and marker models",
        LAVAAN,
        "tests/measurement/test_bias_invariance.py::test_models_equal_lavaan",
    ),
    (
        "Measurement",
        "Aiken's V, exact p",
        "Aiken 1985, printed",
        "tests/measurement/test_content.py::test_exact_p_of_aikens_table",
    ),
    (
        "PLS",
        "paths, weights, loadings, R², f², VIF, quality, HTMT, effects, fit (reflective model)",
        "independent program",
        "tests/pls/test_reference.py::test_reflective_model",
    ),
    (
        "PLS",
        "the same with formative constructs",
        "independent program",
        "tests/pls/test_reference.py::test_formative_model",
    ),
    ("PLS", "PLSc", "independent program", "tests/pls/test_reference.py::test_consistent"),
    (
        "PLS",
        "second order, disjoint two-stage",
        "independent program",
        "tests/pls/test_reference.py::test_second_order_in_two_disjoint_stages",
    ),
    (
        "PLS",
        "moderation: re-estimated, product indicator, orthogonal",
        "independent program",
        "tests/pls/test_reference.py::test_moderation_with_the_product_as_a_block",
    ),
    (
        "PLS",
        "200 stored draws, PLS and PLSc",
        "independent program",
        "tests/pls/test_reference.py::test_stored_draws",
    ),
    (
        "PLS",
        "PLSpredict and CVPAT of given folds",
        "independent program",
        "tests/pls/test_asked.py::test_predictions_of_given_folds",
    ),
    (
        "PLS",
        "MGA and MICOM on stored rows and permutations",
        "independent program",
        "tests/pls/test_asked.py::test_groups_with_stored_rows",
    ),
    (
        "PLS",
        "weights, loadings, paths, R² and draws, run live",
        "seminr 0.2.1 (Python)",
        "tests/pls/test_seminr.py::test_reflective_model",
    ),
    (
        "PLS",
        "paths, R², SRMR, d_ULS, d_G of composites and PLSc",
        "ADANCO 2.2.1, printed",
        "tests/pls/test_reference.py::test_adanco",
    ),
    (
        "Screening",
        "longstring, average string, IRV",
        f"{R}, definitions of careless 1.2",
        "tests/kernels/test_screening_careless.py::test_runs_and_irv",
    ),
    (
        "Screening",
        "even–odd consistency",
        f"{R}, definitions of careless 1.2",
        "tests/kernels/test_screening_careless.py::test_even_odd_is_consistency_so_low_is_suspect",
    ),
    (
        "Screening",
        "psychometric synonyms",
        f"{R}, definitions of careless 1.2",
        "tests/kernels/test_screening_careless.py::test_synonyms",
    ),
    (
        "Screening",
        "Mahalanobis D²",
        R,
        "tests/kernels/test_screening_careless.py::test_distances_of_complete_rows",
    ),
    (
        "Screening",
        "Little's MCAR test",
        R,
        "tests/kernels/test_screening_normality.py::test_little_on_airquality",
    ),
    (
        "Screening",
        "Mardia's skewness and kurtosis",
        PSYCH,
        "tests/kernels/test_screening_normality.py::test_mardia_equals_psych",
    ),
    (
        "Screening",
        "univariate skewness, kurtosis, Shapiro–Wilk",
        f"{PSYCH}, {R}",
        "tests/kernels/test_screening_normality.py::test_univariate_equals_psych_and_stats",
    ),
    (
        "Planning",
        "power of the RMSEA test",
        SEMTOOLS,
        "tests/planning/test_sample_size_formulas.py::test_rmsea_power_equals_semtools",
    ),
    (
        "Review",
        "Sobel z of the calculators",
        "Preacher's calculator, printed",
        "tests/review/test_review_numbers.py::test_sobel_equals_the_calculators",
    ),
)


class Watch:
    """Notes the largest difference and the number of comparisons of every test."""

    def __init__(self) -> None:
        self.worst: dict[str, float] = {}
        self.count: dict[str, int] = {}
        self.outcome: dict[str, str] = {}
        self.current = ""

    def note(self, ours: object, theirs: object) -> None:
        with contextlib.suppress(TypeError, ValueError):
            left, right = np.broadcast_arrays(np.asarray(ours, float), np.asarray(theirs, float))
            seen = np.isfinite(left) & np.isfinite(right)
            if seen.any():
                gap = np.abs(left - right)[seen] / np.maximum(1.0, np.abs(right[seen]))
                self.worst[self.current] = max(self.worst.get(self.current, 0.0), float(gap.max()))
                self.count[self.current] = self.count.get(self.current, 0) + int(seen.sum())

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self.current = item.nodeid.split("[")[0]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("[")[0]
        if (report.when == "call" or not report.passed) and self.outcome.get(name) != "failed":
            self.outcome[name] = report.outcome


def measured() -> Watch:
    approx = type(pytest.approx(1.0))
    watch, plain, scalar = Watch(), np.testing.assert_allclose, approx.__eq__

    def allclose(actual, desired, *args, **options):
        watch.note(actual, desired)
        return plain(actual, desired, *args, **options)

    def equal(self, actual):
        watch.note(actual, self.expected)
        return scalar(self, actual)

    np.testing.assert_allclose, approx.__eq__ = allclose, equal
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            status = pytest.main(
                [
                    "-q",
                    "-p",
                    "no:cacheprovider",
                    *dict.fromkeys(row[3] for row in ROWS if row[3] != ESTIMATES),
                ],
                plugins=[watch],
            )
    finally:
        np.testing.assert_allclose, approx.__eq__ = plain, scalar
    if status not in (0, 5):
        failed = sorted(name for name, what in watch.outcome.items() if what == "failed")
        raise SystemExit(f"some comparisons failed, nothing was written (pytest {status}): {failed}")
    estimates(watch)
    return watch


def estimates(watch: Watch) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "sem"))
    import test_sem_lavaan as cases

    watch.current = ESTIMATES
    for name, case in cases.CASES.items():
        fit = cases.fitted(name)
        for lhs, op, rhs, group, est, _ in cases.columns(case["estimates"]):
            watch.note(cases.row(fit.estimates, fit, lhs, op, rhs, group)["est"], est)


def shown(gap: float) -> str:
    if gap == 0.0:
        return "0"
    return f"{gap:.0e}"


def table(watch: Watch) -> str:
    lines, room = [], ""
    for of, statistic, producer, test in ROWS:
        if of != room:
            room = of
            lines += [
                "",
                f"### {room}",
                "",
                "| statistic | compared with | numbers | worst difference | test |",
                "|---|---|---|---|---|",
            ]
        path, name = test.split("::")
        if test in watch.worst:
            count, gap = f"{watch.count[test]:,}", shown(watch.worst[test])
        else:
            count, gap = "–", "not run here (data set absent)"
        lines.append(f"| {statistic} | {producer} | {count} | {gap} | `{Path(path).name}::{name}` |")
    return "\n".join(lines).strip()


def main() -> None:
    page = ROOT / "docs" / "parity.md"
    text = page.read_text(encoding="utf-8")
    fresh = table(measured())
    block = re.compile(r"(<!-- generated: parity -->\n).*?(<!-- end -->)", re.DOTALL)
    page.write_text(block.sub(lambda m: m[1] + "\n" + fresh + "\n\n" + m[2], text), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    main()
