"""The only place that imports statsmodels, pingouin, semopy and factor_analyzer: one file each."""
