# Usage: Rscript lavaan_ordinal.R data.csv out.json   (data by tests/ordinal_data.py)
# Numeric indicators w, v and exogenous z, k are made from the items and row numbers.
# Two groups (halves; u4 cut at 4 answers so that both hold all of them), WLS, WLSM and ULSMV beside it.
# Writes thresholds, polychoric correlations, diagonal of Gamma and a WLSMV fit, 15 digits.
suppressMessages(library(lavaan))
a <- commandArgs(TRUE); d <- read.csv(a[1])
model <- "f1 =~ u1+u2+u3\nf2 =~ u4+u5+u6\nf2 ~ b*f1"
tight <- function(FUN, ...) {
  for (tol in c(1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9)) {
    f <- suppressWarnings(FUN(..., control = list(rel.tol = tol)))
    if (lavInspect(f, "converged")) return(f)
  }
  f
}
f <- tight(sem, model, d, ordered = names(d), estimator = "WLSMV")
num <- function(v) paste0("[", paste(sprintf("%.15g", v), collapse = ", "), "]")
str <- function(v) paste0("[", paste0('"', v, '"', collapse = ", "), "]")
d$half <- rep(c("a", "b"), each = nrow(d) / 2); d2 <- d; d2$u4 <- pmin(d2$u4, 4)
cf <- "f1 =~ u1+u2+u3\nf2 =~ u4+u5+u6"; u <- paste0("u", 1:6)
g2 <- tight(cfa, cf, d2, ordered = u, estimator = "WLSMV", group = "half", group.equal = c("loadings", "thresholds"))
g1 <- tight(cfa, cf, d2, ordered = u, estimator = "WLSMV", group = "half")
w <- tight(sem, model, d, ordered = u, estimator = "WLS")
wm <- tight(sem, model, d, ordered = u, estimator = "WLSM")
um <- tight(sem, model, d, ordered = u, estimator = "ULSMV")
i <- seq_len(nrow(d)); d$w <- d$u1 + ((i * 7) %% 11) / 3; d$v <- d$u4 / 2 + ((i * 5) %% 13) / 4; d$z <- d$u2 / 3 + ((i * 3) %% 17) / 5; d$k <- (i * 11) %% 3
mx <- tight(sem, "f1 =~ u1+u2+u3+w\nf2 =~ u4+u5+u6+v\nf2 ~ b*f1", d, ordered = u, estimator = "WLSMV")
cx <- tight(sem, "f1 =~ u1+u2+u3+w\nf2 =~ u4+u5+u6\nf2 ~ b*f1+z+k\nf1 ~ z", d, ordered = u, estimator = "WLSMV")
s <- lavInspect(f, "sampstat"); g <- lavInspect(f, "gamma"); pe <- parameterEstimates(f); fm <- fitMeasures(f)
keep <- names(fm)[is.finite(fm)]
fitted_as_json <- function(name, f) { q <- parameterEstimates(f); m <- fitMeasures(f); k <- names(m)[is.finite(m)]
  grp <- if (is.null(q$group)) rep(1, nrow(q)) else q$group
  sprintf('"%s": {"lhs": %s, "op": %s, "rhs": %s, "group": %s, "est": %s, "se": %s, "fit_names": %s, "fit": %s},', name, str(q$lhs), str(q$op), str(q$rhs), num(grp), num(q$est), num(q$se), str(k), num(m[k])) }
gt <- tight(cfa, cf, d2, ordered = u, estimator = "WLSMV", group = "half", group.equal = "thresholds")
lr <- lavTestLRT(g1, gt, g2)
mi <- modindices(f, sort. = TRUE, maximum.number = 12)
out <- c('{', sprintf('"producer": "R %s, lavaan %s",', getRversion(), packageVersion("lavaan")),
  '"data": "tests/ordinal_data.py, n = 240, seed = 77", "model": "f1 =~ u1+u2+u3; f2 =~ u4+u5+u6; f2 ~ b*f1",',
  sprintf('"threshold_names": %s, "thresholds": %s,', str(names(s$th)), num(s$th)),
  sprintf('"correlations_lower_by_columns": %s,', num(s$cov[lower.tri(s$cov)])),
  sprintf('"gamma_names": %s, "gamma_diagonal": %s,', str(rownames(g)), num(diag(g))),
  fitted_as_json("groups_free", g1), fitted_as_json("groups_equal", g2), fitted_as_json("WLS", w), fitted_as_json("WLSM", wm), fitted_as_json("ULSMV", um), fitted_as_json("mixed", mx), fitted_as_json("given_x", cx),
  sprintf('"lrt_diff": %s, "lrt_df": %s, "lrt_p": %s,', num(lr[["Chisq diff"]][-1]), num(lr[["Df diff"]][-1]), num(lr[["Pr(>Chisq)"]][-1])),
  sprintf('"mi_lhs": %s, "mi_op": %s, "mi_rhs": %s, "mi": %s, "epc": %s, "mi_sepc_all": %s,', str(mi$lhs), str(mi$op), str(mi$rhs), num(mi$mi), num(mi$epc), num(mi$sepc.all)),
  sprintf('"scores_f1": %s, "scores_f2": %s, "residual_z": %s,', num(lavPredict(f)[1:20, 1]), num(lavPredict(f)[1:20, 2]), num(lavResiduals(f, zstat = TRUE)$cov.z[lower.tri(diag(6))])),
  sprintf('"lhs": %s, "op": %s, "rhs": %s,', str(pe$lhs), str(pe$op), str(pe$rhs)),
  sprintf('"est": %s, "se": %s,', num(pe$est), num(pe$se)),
  sprintf('"fit_names": %s, "fit": %s', str(keep), num(fm[keep])), '}')
writeLines(out, a[2])
