# Rscript tests/reference/lavaan_results.R OUT.json: what lavaan hands out beside the estimates. Data: HolzingerSwineford1939.
suppressMessages({library(lavaan); library(jsonlite)})
d <- HolzingerSwineford1939
tied <- cfa("visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + b*x5 + b*x6\nspeed =~ x7 + d*x8 + e*x9\nd == e", d)
s <- lavTestScore(tied)
path <- sem("visual =~ x1 + x2 + x3\nx9 ~ a*visual + b*ageyr + k*grade\nx8 ~ c*visual + f*ageyr", d)
w <- lavTestWald(path, "a == c\nb == 0")
nox <- standardizedSolution(path, type = "std.nox")
three <- cfa("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9", d)
robust <- cfa("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9", d, estimator = "MLR", meanstructure = TRUE)
full <- function(f, type) { m <- residuals(f, type = type)$cov; list(names = rownames(m), cov = unclass(m)) }
p <- lavPredictY(path, newdata = d, ynames = c("x8", "x9"), xnames = c("x1", "x2", "x3", "ageyr", "grade"))
out <- list(version = as.character(packageVersion("lavaan")),
  score = list(uni = s$uni$X2, total = s$test$X2, df = s$test$df),
  wald = list(chisq = w$stat, df = w$df),
  nox = nox[, c("lhs", "op", "rhs", "est.std", "se")],
  normalized = full(three, "normalized"), bollen = full(three, "cor.bollen"), bentler = full(three, "cor.bentler"),
  normalized_mlr = full(robust, "normalized"),
  predicted = list(x8 = as.numeric(p[1:5, "x8"]), x9 = as.numeric(p[1:5, "x9"])))
write_json(out, commandArgs(TRUE)[1], digits = NA, auto_unbox = TRUE, na = "null")
