# Rscript tests/reference/lavaan_options.R OUT.json: lavaan's numbers under parameterization, missing = "pairwise" and sampling.weights.
# Data: lavaan's HolzingerSwineford1939 with columns made by rule; cells (i, j) of x1-x9 missing where (7i + 13j) mod 11 is 0 in "gaps".
suppressMessages({library(lavaan); library(jsonlite)})
d <- HolzingerSwineford1939
ordinal <- function(d) {
  d$m2 <- as.integer(d$x4 > 3)
  d$o5 <- findInterval(d$x5, c(3.5, 4.5, 5.5))
  d$o6 <- findInterval(d$x6, c(1.5, 2.2, 3))
  d$o7 <- findInterval(d$x7, c(3.5, 4.5))
  d$o9 <- findInterval(d$x9, c(4.7, 5.4, 6))
  for (j in c(4, 5, 6, 7, 9)) d[[c("", "", "", "m2", "o5", "o6", "o7", "", "o9")[j]]][is.na(d[[paste0("x", j)]])] <- NA
  d
}
d$w <- 0.5 + ((d$id * 7) %% 13) / 8
d$block <- (d$id * 7) %% 37
h <- d
for (j in 1:9) h[[paste0("x", j)]][(7 * seq_len(nrow(d)) + 13 * j) %% 11 == 0] <- NA
d <- ordinal(d); h <- ordinal(h)
keep <- c("chisq", "df", "chisq.scaled", "chisq.scaling.factor", "cfi.scaled", "rmsea.scaled", "cfi", "rmsea", "srmr",
          "cfi.robust", "rmsea.robust", "logl", "bic")
one <- function(model, gaps = FALSE, ...) {
  x <- if (gaps) h else d
  f <- suppressWarnings(sem(model, x, ...))
  for (k in 1:2) { g <- suppressWarnings(sem(model, x, start = f, ...)); if (lavInspect(g, "converged")) f <- g }
  p <- parameterEstimates(f, remove.nonfree = FALSE)
  p <- p[!p$op %in% c(">", "<", "=="), intersect(c("lhs", "op", "rhs", "group", "est", "se"), names(p))]
  s <- standardizedSolution(f)
  m <- fitMeasures(f); m <- m[intersect(keep, names(m))]
  list(model = model, options = list(...), gaps = gaps, n = sum(lavInspect(f, "nobs")), converged = lavInspect(f, "converged"),
       estimates = p, std = s[, intersect(c("lhs", "op", "rhs", "group", "est.std", "se"), names(s))], fit = as.list(m))
}
four <- c("o5", "o6", "o9", "o7")
med <- "o5 ~ a*visual\nspeed ~ b*o5 + c*visual\nab := a*b\nvisual =~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9"
theta <- function(...) one(..., estimator = "WLSMV", parameterization = "theta")
pair <- function(...) one(..., gaps = TRUE, estimator = "WLSMV", missing = "pairwise")
hs <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
out <- list(version = as.character(packageVersion("lavaan")), models = list(
  theta_cfa = theta("f =~ o5 + o6 + o9 + m2", ordered = c("o5", "o6", "o9", "m2")),
  theta_mixed = theta("f =~ o5 + o6 + o9 + o7\ng =~ x1 + x2 + x3", ordered = four, std.lv = TRUE),
  theta_fixed = theta("f =~ o5 + o6 + o9 + o7\no5 ~~ 2*o5", ordered = four),
  theta_x = theta("f =~ o5 + o6 + o9\nf ~ ageyr + x1\no9 ~ x1", ordered = four[1:3]),
  theta_mediator = theta(med, ordered = "o5"),
  theta_serial = theta("m2 ~ a*x1\no5 ~ b*m2 + x1\nx9 ~ c*o5\nabc := a*b*c", ordered = c("m2", "o5")),
  theta_groups = theta("f =~ o5 + o6 + o9 + o7", ordered = four, group = "school"),
  theta_equal = theta("f =~ o5 + o6 + o9 + o7", ordered = four, group = "school", group.equal = c("loadings", "thresholds")),
  theta_equal_residuals = theta("f =~ o5 + o6 + o9 + o7", ordered = four, group = "school", group.equal = c("loadings", "thresholds", "residuals")),
  theta_over = theta("visual =~ x1 + x2 + x3\no5 ~ a*visual\nm2 ~ b*o5\nab := a*b", ordered = c("o5", "m2")),
  pairwise_cfa = pair("f =~ o5 + o6 + o9 + o7 + m2", ordered = c(four, "m2")),
  pairwise_mixed = pair("f =~ o5 + o6 + o9\ng =~ x1 + x2 + x3", ordered = four[1:3]),
  pairwise_x = pair("f =~ o5 + o6 + o9\nf ~ ageyr + x1\no9 ~ x1", ordered = four[1:3]),
  pairwise_mediator = pair("o5 ~ a*x1 + x2\nx9 ~ b*o5 + c*x1\nab := a*b", ordered = "o5"),
  pairwise_groups = pair("f =~ o5 + o6 + o9 + o7", ordered = four, group = "school", group.equal = c("loadings", "thresholds")),
  pairwise_uls = one("f =~ o5 + o6 + o9 + o7", gaps = TRUE, missing = "pairwise", estimator = "ULSMV", ordered = four),
  pairwise_dwls = one("f =~ o5 + o6 + o9 + o7", gaps = TRUE, missing = "pairwise", estimator = "DWLS", ordered = four),
  weights = one(hs, sampling.weights = "w"),
  weights_means = one(hs, sampling.weights = "w", estimator = "MLR", meanstructure = TRUE),
  weights_groups = one(hs, sampling.weights = "w", group = "school", group.equal = c("loadings", "intercepts")),
  weights_x = one("x4 ~ a*x1 + ageyr\nx9 ~ b*x4 + c*x1\nab := a*b", sampling.weights = "w"),
  weights_latent_x = one("visual =~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9\nvisual ~ ageyr\nspeed ~ visual + ageyr", sampling.weights = "w"),
  weights_fiml = one(hs, gaps = TRUE, sampling.weights = "w", missing = "ml"),
  weights_cluster = one(hs, sampling.weights = "w", cluster = "block", estimator = "MLR"),
  cluster = one(hs, cluster = "block"),
  cluster_mlr = one(hs, cluster = "block", estimator = "MLR"),
  cluster_fiml = one(hs, gaps = TRUE, cluster = "block", missing = "ml"),
  cluster_fiml_mlr = one(hs, gaps = TRUE, cluster = "block", missing = "ml", estimator = "MLR")
))
write_json(out, commandArgs(TRUE)[1], digits = 9, auto_unbox = TRUE, na = "null")
for (k in names(out$models)) cat(k, out$models[[k]]$converged, out$models[[k]]$n, unlist(out$models[[k]]$fit)[1:3], "\n")
