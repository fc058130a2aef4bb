"""The rows of the table of conventions (see ``conventions``); what each says stands in ``messages/``."""

from __future__ import annotations

from umkm_stats.kernels.review.conventions import Convention, Maker

ROWS: tuple[Convention, ...] = (
    Convention(
        "rmsea_n_minus_1",
        (
            Maker("semopy", "2.3.11"),
            Maker("omnisem", "1.0.0rc2"),
            Maker("amos", source="amos_guide"),
            Maker("lavaan", "0.6-14", option=True),
        ),
        ("rmsea", "rmsea_low", "rmsea_high", "pclose"),
    ),
    Convention(
        "rmsea_groups_plain", (Maker("amos", source="amos_guide"),), ("rmsea", "rmsea_low", "rmsea_high")
    ),
    Convention("gfi_is_nfi", (Maker("semopy", "2.3.11"),), ("gfi",)),
    Convention("agfi_from_baseline_df", (Maker("semopy", "2.3.11"),), ("agfi",)),
    Convention("aic_from_discrepancy", (Maker("semopy", "2.3.11"),), ("aic", "bic")),
    Convention("aic_from_chi2", (Maker("amos", source="amos_guide"),), ("aic", "bic")),
    Convention("df_observed_predictor", (Maker("semopy", "2.3.11"),), ("model_df",)),
    Convention("predictors_are_parameters", (Maker("amos", source="notes_for_model"),), ("model_df",)),
    Convention("orthogonal_factors", (Maker("omnisem", "1.0.0rc2"),), ("model_df",)),
    Convention(
        "chi2_n_minus_1",
        (
            Maker("omnisem", "1.0.0rc2"),
            Maker("amos", source="amos_guide"),
            Maker("lavaan", "0.6-14", option=True),
        ),
        ("chi2",),
    ),
    Convention(
        "ml_standard_error",
        (
            Maker("lavaan", "0.6-14"),
            Maker("semopy", "2.3.11"),
            Maker("jamovi", source="calls_lavaan"),
            Maker("jasp", source="calls_lavaan"),
            Maker("mplus", source="mplus_appendices"),
        ),
        ("refit",),
    ),
    Convention(
        "normal_p_beside_percentile",
        (
            Maker("lavaan", "0.6-14"),
            Maker("jamovi", source="calls_lavaan"),
            Maker("jasp", source="calls_lavaan"),
        ),
        ("interval_and_p",),
    ),
    Convention("one_numerator_df_more", (Maker("psych", "2.2.9"),), ("p_value",)),
    Convention(
        "bias_corrected_limits",
        (
            Maker("process", "2", below="3", source="documentation"),
            Maker("pyprocessmacro", "2.2.0"),
            Maker("pingouin", "0.7.0"),
            Maker("lavaan", "0.6-14", option=True),
        ),
        ("limits",),
    ),
    Convention("probes_percentiles", (Maker("process", "3", since="3"),), ("probes",)),
    Convention("alpha_absolute", (Maker("reliabilipy", "0.0.36"),), ("alpha_matrix",)),
    Convention(
        "n_before_deletion",
        (
            Maker("pingouin", "0.7.0"),
            Maker("psych", "2.2.9"),
        ),
        ("alpha_low", "alpha_high", "model_n"),
    ),
    Convention(
        "mean_imputation",
        (
            Maker("seminr", "0.2.1"),
            Maker("plspm", "0.5.7"),
            Maker("smartpls", option=True, source="setting_mean_replacement"),
        ),
        ("missing",),
    ),
    Convention(
        "pairwise_full_n",
        (
            Maker("semopy", "2.3.11"),
            Maker("psych", "2.2.9"),
        ),
        ("missing",),
    ),
    Convention("median_imputation", (Maker("factor_analyzer", "0.5.1"),), ("missing",)),
    Convention("communality_without_phi", (Maker("factor_analyzer", "0.5.1"),), ("communality",)),
    Convention("row_without_x", (Maker("pingouin", "0.7.0"),), ("product",)),
    Convention("lilliefors_bound", (Maker("spss"),), ("lilliefors",)),
    Convention("lilliefors_table", (Maker("statsmodels", "0.15.0"),), ()),
    Convention(
        "quantile_type_6",
        (
            Maker("spss", source="examine_haverage"),
            Maker("boot", "1.3-28"),
        ),
        ("quantile",),
    ),
    Convention(
        "one_tailed",
        (
            Maker("smartpls", option=True, source="setting_test_type"),
            Maker("warppls", source="manual"),
            Maker("spss", option=True, source="heading_one_tailed"),
        ),
        ("p_value",),
        choice=True,
    ),
    Convention("htmt_signed", (Maker("semtools", "0.5-6", option=True),), ("htmt",)),
    Convention("htmt_geometric", (Maker("semtools", "0.5-6"),), ("htmt",)),
    Convention("with_yates", (Maker("scipy", "1.17"),), ("crosstab_chi2", "crosstab_p")),
    Convention("population_sd", (Maker("simple-statistics", "7.12.1"),), ()),
    Convention("threshold_increments", (Maker("statsmodels", "0.15.0"),), ()),
    Convention("weights_are_frequencies", (Maker("statsmodels", "0.15.0"),), ()),
    Convention("basic_interval", (Maker("arch", "8.0.0"),), ()),
    Convention("vif_standardised", (Maker("statsmodels", "0.15.0", since="0.15"),), ()),
)

BY_KEY = {row.key: row for row in ROWS}
KEYS = frozenset(BY_KEY)


def rows_of(program: str = "", version: str = "", check: str = "") -> tuple[Convention, ...]:
    """The rows that hold for a program and a check; empty strings do not narrow."""
    return tuple(
        row
        for row in ROWS
        if (not program or row.holds_for(program, version)) and (not check or check in row.checks)
    )
