# Rscript tests/reference/lavaan_texts.R OUT.json [HOLZINGER_MISSING]: what lavaan makes of texts and options that its users type.
# Data: lavaan's HolzingerSwineford1939 with columns made by rule (see below); missing cells (i, j) of x1-x9 where (7i + 13j) mod 11 is 0.
suppressMessages({library(lavaan); library(jsonlite)})
d <- HolzingerSwineford1939
d$m2 <- as.integer(d$x4 > 3)
d$o5 <- findInterval(d$x5, c(3.5, 4.5, 5.5))
d$o9 <- findInterval(d$x9, c(4.7, 5.4, 6))
d$o6 <- findInterval(d$x6, c(1.5, 2.2, 3))
d$block <- (d$id * 7) %% 37
h <- d
for (j in 1:9) h[[paste0("x", j)]][(7 * seq_len(nrow(d)) + 13 * j) %% 11 == 0] <- NA
hs <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
keep <- c("chisq", "df", "chisq.scaled", "chisq.scaling.factor", "cfi.scaled", "rmsea.scaled", "cfi", "rmsea", "srmr")
one <- function(model, how = "sem", data = d, ...) {
  f <- suppressWarnings(do.call(how, list(model, data, ...)))
  p <- parameterEstimates(f, remove.nonfree = FALSE)
  p <- p[p$op != ">" & p$op != "<" & p$op != "==", intersect(c("lhs", "op", "rhs", "group", "est", "se"), names(p))]
  s <- standardizedSolution(f)
  s <- s[, intersect(c("lhs", "op", "rhs", "group", "est.std", "se"), names(s))]
  m <- fitMeasures(f); m <- m[intersect(keep, names(m))]
  list(model = model, options = list(...)[!names(list(...)) %in% "missing_"], how = how,
       missing_data = identical(data, h), converged = lavInspect(f, "converged"),
       estimates = p, std = s, fit = as.list(m))
}
med <- "o5 ~ a*visual\nspeed ~ b*o5 + c*visual\nab := a*b\nvisual =~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9"
serial <- "m2 ~ a*x1\no5 ~ b*m2 + x1\nx9 ~ c*o5\nabc := a*b*c"
out <- list(version = as.character(packageVersion("lavaan")), models = list(
  mediator_binary = one("m2 ~ a*x1 + ageyr\nx9 ~ b*m2 + c*x1\nab := a*b", ordered = "m2", estimator = "WLSMV"),
  mediator_saturated = one("m2 ~ a*x1\nx9 ~ b*m2 + c*x1\nab := a*b", ordered = "m2", estimator = "WLSMV"),
  mediator_four = one("o5 ~ a*x1 + x2\nx9 ~ b*o5 + c*x1\nab := a*b", ordered = "o5", estimator = "WLSMV"),
  mediator_latents_delta = one(med, ordered = "o5", estimator = "WLSMV"),
  mediator_latents_theta = one(med, ordered = "o5", estimator = "WLSMV", parameterization = "theta"),
  mediator_serial_delta = one(serial, ordered = c("m2", "o5"), estimator = "WLSMV"),
  mediator_serial_theta = one(serial, ordered = c("m2", "o5"), estimator = "WLSMV", parameterization = "theta"),
  ordered_true = one("visual =~ o5 + o6 + o9", ordered = TRUE),
  std_residual = one("f =~ o5 + o6 + o9\nf ~ ageyr", ordered = c("o5", "o6", "o9"), estimator = "WLSMV"),
  tau_marker = one("f =~ a*x1 + a*x2 + a*x3 + x4"),
  equal_one = one("f =~ x1 + x2 + equal(\"f=~x2\")*x3 + x4"),
  equal_two = one("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + equal(\"visual=~x3\")*x6"),
  numbers = one("f =~ 1*x1 + sqrt(.5)*x2 + 2/3*x3 + x4"),
  functions = one("x4 ~ a*x1\nx9 ~ b*x4 + c*x1\np := pnorm(a*b)\nl := log10(a)\nm := max(a, b)\nt := a + b*c"),
  curved = one("x9 ~ b1*x1 + b2*x2 + b3*x3\nb1 == (b2 + b3)^2"),
  product_is = one("x4 ~ a*x1\nx9 ~ b*x4 + c*x1\na*b == .1"),
  defined_is = one("x4 ~ a*x1\nx9 ~ b*x4 + c*x1\nab := a*b\nab == .1"),
  inequality_holds = one("x9 ~ b1*x1 + b2*x2\nb1 > b2"),
  inequality_binds = one("x9 ~ b1*x1 + b2*x2\nb1 < b2"),
  curved_mlr = one("x4 ~ a*x1\nx9 ~ b*x4 + c*x1\na*b == .1", estimator = "MLR"),
  growth = one("i =~ 1*x7 + 1*x8 + 1*x9\ns =~ 0*x7 + 1*x8 + 2*x9\ni ~ ageyr\ns ~ ageyr", how = "growth"),
  orthogonal = one(hs, how = "cfa", orthogonal = TRUE),
  effect_coding = one(hs, how = "cfa", effect.coding = TRUE),
  effect_coding_groups = one(hs, how = "cfa", effect.coding = TRUE, group = "school", group.equal = c("loadings", "intercepts")),
  fiml_x = one("x9 ~ x1 + x2 + x5", data = h, missing = "ml.x"),
  fiml_cluster = one(hs, how = "cfa", data = h, missing = "ml", estimator = "MLR", cluster = "block"),
  composite = one("comp <~ 1*x1 + x2 + x3\nx7 + x8 + x9 ~ comp"),
  label_groups = one("visual =~ x1 + a*x2 + x3\ntextual =~ x4 + x5 + x6", how = "cfa", group = "school"),
  lv_variances = one(hs, how = "cfa", group = "school", group.equal = c("loadings", "lv.variances")),
  large_scale = one("visual =~ x1 + x2 + x3\nx9 ~ visual")
))
write_json(out, commandArgs(TRUE)[1], digits = NA, auto_unbox = TRUE, na = "null")
for (k in names(out$models)) cat(k, out$models[[k]]$converged, unlist(out$models[[k]]$fit)[1:2], "\n")
