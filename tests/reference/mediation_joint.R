# Rscript tests/reference/mediation_joint.R OUT.json: errors of indirect effects whose arrows' estimates
# covary: parallel mediators, and clusters. Data: HolzingerSwineford1939, clusters of twelve in the order of id.
suppressMessages({library(lavaan); library(jsonlite)})
d <- HolzingerSwineford1939; d$pair <- d$id %/% 12
defined <- function(f) { e <- parameterEstimates(f); e <- e[e$op == ":=", ]; as.list(setNames(e$se, e$lhs)) }
two <- "x4 ~ a1*x1\nx6 ~ a2*x1\nx9 ~ b1*x4 + b2*x6 + x1\nx4 ~~ x6\ni1 := a1*b1\ni2 := a2*b2\ntotal := i1 + i2\nless := i1 - i2"
one <- "x4 ~ a*x1\nx9 ~ b*x4 + x1\nab := a*b"
grouped <- sem(one, d, cluster = "pair")
write_json(list(version = as.character(packageVersion("lavaan")), n = nrow(d), clusters = length(unique(d$pair)),
  parallel = defined(sem(two, d)), clustered = defined(grouped), plain = defined(sem(one, d)),
  cov_ab = vcov(grouped)["a", "b"]), commandArgs(TRUE)[1], digits = 10, auto_unbox = TRUE)
