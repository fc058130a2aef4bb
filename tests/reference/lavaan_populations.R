# Reference for tests/planning/test_power_population.py: covariances of lavaan::simulateData(empirical = TRUE).
# Rscript lavaan_populations.R > lavaan_populations.json
suppressMessages(library(lavaan))
texts <- c(
  "m ~ .39*x\ny ~ .39*m + 0*x",
  "X =~ .7*x1 + .6*x2 + .8*x3\nM =~ 1*m1 + .9*m2 + m3\nM ~ .4*X",
  "x1 ~~ .3*x2\nm ~ .5*x1 + .2*x2\ny ~ .4*m\ny ~~ 2*y",
  "m1 ~ .4*x\nm2 ~ .3*x\nm1 ~~ .2*m2\ny ~ .4*m1 + .3*m2 + .1*x",
  "F =~ .8*A + .7*B + .6*C\nA =~ .7*a1 + .7*a2 + .7*a3\nB =~ .7*b1 + .7*b2 + .7*b3\nC =~ .7*c1 + .7*c2 + .7*c3\na1 ~~ .2*a2"
)
cat(sprintf("{\"producer\": \"lavaan %s simulateData(empirical = TRUE), divisor N - 1\", \"cases\": [", packageVersion("lavaan")))
for (i in seq_along(texts)) {
  set.seed(1)
  d <- suppressWarnings(simulateData(texts[i], sample.nobs = 400, empirical = TRUE))
  s <- cov(d)
  if (i > 1) cat(",\n")
  cat(sprintf("{\"text\": \"%s\", \"names\": [%s], \"cov\": [%s]}", gsub("\n", "\\\\n", texts[i]),
    paste(sprintf("\"%s\"", colnames(s)), collapse = ", "), paste(sprintf("%.10f", s), collapse = ", ")))
}
cat("]}\n")
