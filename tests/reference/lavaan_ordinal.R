# Usage: Rscript lavaan_ordinal.R data.csv out.json   (data by tests/ordinal_data.py)
# Writes thresholds, polychoric correlations, diagonal of Gamma and a WLSMV fit, 15 digits.
suppressMessages(library(lavaan))
a <- commandArgs(TRUE); d <- read.csv(a[1])
model <- "f1 =~ u1+u2+u3\nf2 =~ u4+u5+u6\nf2 ~ b*f1"
for (tol in c(1e-14, 1e-13, 1e-12, 1e-11, 1e-10)) {
  f <- suppressWarnings(sem(model, d, ordered = names(d), estimator = "WLSMV", control = list(rel.tol = tol)))
  if (lavInspect(f, "converged")) break
}
num <- function(v) paste0("[", paste(sprintf("%.15g", v), collapse = ", "), "]")
str <- function(v) paste0("[", paste0('"', v, '"', collapse = ", "), "]")
s <- lavInspect(f, "sampstat"); g <- lavInspect(f, "gamma"); pe <- parameterEstimates(f); fm <- fitMeasures(f)
keep <- names(fm)[is.finite(fm)]
out <- c('{', sprintf('"producer": "R %s, lavaan %s",', getRversion(), packageVersion("lavaan")),
  '"data": "tests/ordinal_data.py, n = 240, seed = 77", "model": "f1 =~ u1+u2+u3; f2 =~ u4+u5+u6; f2 ~ b*f1",',
  sprintf('"threshold_names": %s, "thresholds": %s,', str(names(s$th)), num(s$th)),
  sprintf('"correlations_lower_by_columns": %s,', num(s$cov[lower.tri(s$cov)])),
  sprintf('"gamma_names": %s, "gamma_diagonal": %s,', str(rownames(g)), num(diag(g))),
  sprintf('"lhs": %s, "op": %s, "rhs": %s,', str(pe$lhs), str(pe$op), str(pe$rhs)),
  sprintf('"est": %s, "se": %s,', num(pe$est), num(pe$se)),
  sprintf('"fit_names": %s, "fit": %s', str(keep), num(fm[keep])), '}')
writeLines(out, a[2])
