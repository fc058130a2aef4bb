"""The only place that imports statsmodels, pingouin, semopy, factor_analyzer and seminr: one file each."""
