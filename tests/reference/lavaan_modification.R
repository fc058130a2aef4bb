# Rscript tests/reference/lavaan_modification.R OUT.json: modification indices and score tests under least
# squares, standardised residuals under GLS (lavaan gives none under ULS), and Bartlett scores of equivalent models. Data: HolzingerSwineford1939.
suppressMessages({library(lavaan); library(jsonlite)})
d <- HolzingerSwineford1939
three <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
top <- function(f) { m <- as.data.frame(modindices(f)); if (is.null(m$group)) m$group <- 1
  m <- m[order(-m$mi), c("lhs", "op", "rhs", "group", "mi", "epc", "sepc.all")]
  names(m)[7] <- "sepc_all"; utils::head(m, 6) }
one <- function(e) top(cfa(three, d, estimator = e))
two <- function(e) { f <- cfa(three, d, estimator = e, group = "school", group.equal = "loadings")
  s <- lavTestScore(f); list(modification = top(f), uni = s$uni$X2, total = s$test$X2) }
scores <- function(m) as.numeric(lavPredict(sem(m, d, meanstructure = TRUE), method = "Bartlett")[1:4, 1])
outcomes <- "f =~ x1 + x2 + x3\nx4 ~ f\n"
four <- transform(d, o9 = as.integer(cut(x9, c(-Inf, 4.4, 5.4, 6.2, Inf))))
mixed <- sem("f =~ x1 + x2 + x3\no9 ~ f + ageyr\nf ~ ageyr", four, estimator = "WLS", ordered = "o9")
out <- list(mixed = as.list(fitMeasures(mixed, c("chisq", "rmr", "srmr", "srmr_bentler"))),
  version = as.character(packageVersion("lavaan")),
  one = list(GLS = one("GLS"), ULS = one("ULS")), residuals = unclass(residuals(cfa(three, d, estimator = "GLS"), type = "standardized")$cov),
  groups = list(GLS = two("GLS"), ULS = two("ULS")),
  bartlett = list(covariance = scores(paste0(outcomes, "x7 ~ f\nx4 ~~ x7")), path = scores(paste0(outcomes, "x7 ~ f + x4"))))
write_json(out, commandArgs(TRUE)[1], digits = 9, auto_unbox = TRUE)
