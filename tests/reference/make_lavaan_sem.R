# Makes lavaan_sem.json and lavaan_tables.json with R's lavaan on the data sets that lavaan carries
# (HolzingerSwineford1939, PoliticalDemocracy; semopy carries the same). Run in this folder: Rscript make_lavaan_sem.R
# Optima are tightened (rel.tol 1e-14 where nlminb accepts it). Missing values follow a fixed rule: cell (i, j) of
# the nine items is missing when (7 i + 13 j) mod 11 is 0, rows and columns counted from 1.
suppressMessages(library(lavaan))
text <- function(x) paste0('"', gsub("\n", "\\n", gsub('"', '\\"', gsub("\\", "\\\\", x, fixed = TRUE), fixed = TRUE), fixed = TRUE), '"')
json <- function(x) {
  if (is.null(x)) return("null")
  if (is.matrix(x)) return(paste0("[", paste(apply(x, 1, function(r) json(unname(as.list(r)))), collapse = ","), "]"))
  if (is.list(x)) { parts <- vapply(x, json, ""); if (!is.null(names(x)) && length(x)) parts <- paste0(text(names(x)), ":", parts)
    return(if (!is.null(names(x)) && length(x)) paste0("{", paste(parts, collapse = ","), "}") else paste0("[", paste(parts, collapse = ","), "]")) }
  v <- if (is.character(x)) text(x) else if (is.logical(x)) ifelse(is.na(x), "null", ifelse(x, "true", "false")) else ifelse(is.finite(x), formatC(as.numeric(x), digits = 10, format = "g", width = 1), "null")
  if (length(v) == 1) v else paste0("[", paste(v, collapse = ","), "]")
}
tight <- function(...) { for (tol in c(1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10)) { f <- tryCatch(suppressWarnings(sem(..., control = list(rel.tol = tol, iter.max = 20000, eval.max = 40000))), error = function(e) NULL)
  if (!is.null(f) && lavInspect(f, "converged")) return(f) }; sem(...) }
hs <- HolzingerSwineford1939; pd <- PoliticalDemocracy; hm <- hs
for (i in seq_len(nrow(hm))) for (j in 1:9) if ((7 * i + 13 * j) %% 11 == 0) hm[i, paste0("x", j)] <- NA
hs$block <- (hs$id * 7) %% 37
hm$block <- hs$block
m3 <- "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9"
mimic <- paste0(m3, "\nvisual + textual + speed ~ ageyr + sex\nspeed ~ b*visual\nx1 ~~ x2")
paths <- "x9 ~ b*x4 + c*x1 + sex\nx4 ~ a*x1 + sex\nab := a*b\ntotal := c + a*b"
mp <- "ind60 =~ x1+x2+x3\ndem60 =~ y1+y2+y3+y4\ndem65 =~ y5+y6+y7+y8\ndem60 ~ a*ind60\ndem65 ~ c*ind60 + b*dem60\ny1~~y5\ny2~~y4+y6\ny3~~y7\ny4~~y8\ny6~~y8\nindirect := a*b\ntotal := c+a*b\nratio := exp(a)/sqrt(b^2)"
equal <- "ind60 =~ x1+x2+x3\ndem60 =~ y1+A*y2+B*y3+C*y4\ndem65 =~ y5+A*y6+B*y7+C*y8\ndem60 ~ a*ind60\ndem65 ~ c*ind60 + b*dem60\na == 2*c\ny1~~y5"
effect <- "visual =~ NA*x1+l1*x1+l2*x2+l3*x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9\nl1+l2+l3 == 3"
second <- paste0(m3, "\ng =~ visual+textual+speed")
single <- "visual =~ x1+x2+x3\ntextual =~ x4+x5\nlone =~ x7\nlone ~ visual + textual"
cases <- list(
  hs_ml = list(m3, "hs", list()), hs_observed = list(m3, "hs", list(information = "observed")), hs_mlm = list(m3, "hs", list(estimator = "MLM")),
  hs_mlr = list(m3, "hs", list(estimator = "MLR")), hs_mlmv = list(m3, "hs", list(estimator = "MLMV")), hs_gls = list(m3, "hs", list(estimator = "GLS")),
  hs_uls = list(m3, "hs", list(estimator = "ULS")), hs_means = list(m3, "hs", list(estimator = "MLR", meanstructure = TRUE)),
  hs_mlm_means = list(m3, "hs", list(estimator = "MLM", meanstructure = TRUE)), hs_stdlv = list(m3, "hs", list(std.lv = TRUE)),
  hs_second = list(second, "hs", list()), hs_effect = list(effect, "hs", list()), hs_single = list(single, "hs", list()),
  mimic_ml = list(mimic, "hs", list()), mimic_mlr = list(mimic, "hs", list(estimator = "MLR")), mimic_mlm = list(mimic, "hs", list(estimator = "MLM")),
  mimic_free_x = list(mimic, "hs", list(fixed.x = FALSE, estimator = "MLR")), mimic_fiml = list(mimic, "hm", list(missing = "fiml")),
  mimic_fiml_mlr = list(mimic, "hm", list(missing = "fiml", estimator = "MLR")), mimic_fiml_free_x = list(mimic, "hm", list(missing = "fiml", fixed.x = FALSE)),
  mimic_gls = list(mimic, "hs", list(estimator = "GLS")),
  paths_ml = list(paths, "hs", list()), paths_means = list(paths, "hs", list(meanstructure = TRUE, estimator = "MLM")),
  paths_fiml = list(paths, "hm", list(missing = "fiml")),
  fiml = list(m3, "hm", list(missing = "fiml")), fiml_mlr = list(m3, "hm", list(missing = "fiml", estimator = "MLR")),
  fiml_expected = list(m3, "hm", list(missing = "fiml", information = "expected")),
  cluster = list(m3, "hs", list(cluster = "block")), cluster_fiml = list(m3, "hm", list(cluster = "block", missing = "fiml", estimator = "MLR")),
  school_configural = list(m3, "hs", list(group = "school")), school_metric = list(m3, "hs", list(group = "school", group.equal = "loadings")),
  school_scalar = list(m3, "hs", list(group = "school", group.equal = c("loadings", "intercepts"))),
  school_strict = list(m3, "hs", list(group = "school", group.equal = c("loadings", "intercepts", "residuals"))),
  school_means = list(m3, "hs", list(group = "school", group.equal = c("loadings", "intercepts", "means"))),
  school_partial = list(m3, "hs", list(group = "school", group.equal = c("loadings", "intercepts"), group.partial = c("x3 ~1", "visual =~ x2"))),
  school_stdlv = list(m3, "hs", list(group = "school", group.equal = "loadings", std.lv = TRUE)),
  school_mlr = list(m3, "hs", list(group = "school", group.equal = "loadings", estimator = "MLR")),
  school_mlm = list(m3, "hs", list(group = "school", group.equal = "loadings", estimator = "MLM")),
  school_mlmv = list(m3, "hs", list(group = "school", group.equal = "loadings", estimator = "MLMV")),
  school_fiml_mlr = list(m3, "hm", list(group = "school", group.equal = "loadings", estimator = "MLR", missing = "fiml")),
  school_fiml = list(m3, "hm", list(group = "school", missing = "fiml")),
  school_regressions = list("x9 ~ c(a1,a2)*x1 + x4\nd := a1-a2", "hs", list(group = "school")),
  school_mimic = list(mimic, "hs", list(group = "school", group.equal = c("loadings", "regressions"))),
  mimic_mlmv = list(mimic, "hs", list(estimator = "MLMV")), mimic_cluster = list(mimic, "hs", list(cluster = "block")),
  school_cluster = list(m3, "hs", list(cluster = "block", group = "school")), school_mimic_mlm = list(mimic, "hs", list(group = "school", estimator = "MLM")),
  school_mimic_mlr = list(mimic, "hs", list(group = "school", estimator = "MLR", group.equal = c("loadings", "regressions"))),
  school_mimic_fiml_mlr = list(mimic, "hm", list(group = "school", estimator = "MLR", missing = "fiml")),
  school_gls = list(m3, "hs", list(group = "school", estimator = "GLS")),
  pd_ml = list(mp, "pd", list()), pd_mlr = list(mp, "pd", list(estimator = "MLR")), pd_equal = list(equal, "pd", list()), pd_equal_mlr = list(equal, "pd", list(estimator = "MLR")),
  pd_cov = list(mp, "pdcov", list()))
num <- function(x) { x <- as.numeric(x); x[!is.finite(x)] <- NA; x }
run <- function(case, name) {
  args <- case[[3]]; d <- case[[2]]
  if (d == "pdcov") args <- c(list(case[[1]], sample.cov = cov(pd), sample.nobs = 75), args) else args <- c(list(case[[1]], data = get(d)), args)
  f <- do.call(tight, args); pe <- parameterEstimates(f); st <- standardizedSolution(f); fm <- fitMeasures(f)
  stopifnot(nrow(pe) >= nrow(st))
  if (is.null(pe$group)) pe$group <- 1
  if (is.null(st$group)) st$group <- 1
  out <- list(model = case[[1]], data = d, options = case[[3]], n = lavInspect(f, "ntotal"), gradient_max = max(abs(lavInspect(f, "gradient"))),
    estimates = list(lhs = pe$lhs, op = pe$op, rhs = pe$rhs, group = pe$group, est = num(pe$est), se = num(pe$se)),
    standardized = list(lhs = st$lhs, op = st$op, rhs = st$rhs, group = st$group, est = num(st$est.std), se = num(st$se)),
    fit = as.list(unclass(fm)[is.finite(unclass(fm))]))
  if (name %in% c("hs_ml", "pd_ml", "mimic_ml", "school_metric", "hs_mlr", "pd_equal", "fiml")) {
    mi <- modindices(f); if (is.null(mi$group)) mi$group <- 1
    out$modification <- list(lhs = mi$lhs, op = mi$op, rhs = mi$rhs, group = mi$group, mi = num(mi$mi), epc = num(mi$epc), sepc_all = num(mi$sepc.all)) }
  if (name %in% c("hs_ml", "pd_ml", "mimic_ml", "hs_means", "fiml", "hs_second")) { out$scores <- list(regression = unclass(lavPredict(f))[1:4, , drop = FALSE], bartlett = if (name == "hs_second") NULL else unclass(lavPredict(f, method = "Bartlett"))[1:4, , drop = FALSE]) }
  if (name %in% c("hs_ml", "pd_ml", "hs_mlr", "hs_means")) { rs <- lavResiduals(f, type = "cor.bentler", zstat = TRUE, se = TRUE); out$residuals <- list(cov = unclass(rs$cov), se = unclass(rs$cov.se), z = unclass(rs$cov.z)) }
  out
}
res <- list(provenance = list(producer = "lavaan", version = as.character(packageVersion("lavaan")), R = R.version.string, script = "make_lavaan_sem.R"), cases = list())
for (k in names(cases)) res$cases[[k]] <- tryCatch(run(cases[[k]], k), error = function(e) { message(k, ": ", conditionMessage(e)); NULL })
g <- function(eq, est = "ML", ...) sem(m3, hs, group = "school", group.equal = eq, estimator = est, ...)
lrt <- function(a, b, ...) { t <- lavTestLRT(a, b, ...); list(chisq_diff = t[2, "Chisq diff"], df_diff = t[2, "Df diff"], p = t[2, "Pr(>Chisq)"]) }
res$lrt <- list(ml = lrt(g(""), g("loadings")), mlr_2001 = lrt(g("", "MLR"), g("loadings", "MLR"), method = "satorra.bentler.2001"), mlm_2001 = lrt(g("", "MLM"), g("loadings", "MLM"), method = "satorra.bentler.2001"),
  mlr_2010 = lrt(g("", "MLR"), g("loadings", "MLR"), method = "satorra.bentler.2010"), mlm_2000 = lrt(g("", "MLM"), g("loadings", "MLM"), method = "satorra.2000"), mlmv = lrt(g("", "MLMV"), g("loadings", "MLMV"), method = "satorra.2000", scaled.shifted = TRUE))
write(json(res), "lavaan_sem.json")
tables <- list("f =~ x1+x2+x3", "f =~ x1+x2+x3\ng =~ x4+x5+x6\ng ~ f", "f =~ x1+x2+x3\ny ~ f + z\nw ~ y + z", "m1 ~ a*x\nm2 ~ x\ny ~ m1+m2+x", "m1 ~ x\nm2 ~ x\ny ~ m1+x", "f =~ x1+x2\ng =~ y1\nh =~ z1+z2+z3\nh ~ f+g",
  "f =~ NA*x1+x2+x3\nf ~~ 1*f", "f =~ x1+x2+x3\nx1 ~ z", "f =~ x1+x2+x3\nx1 ~~ x2\nx3 ~~ z", "f =~ a*x1+b*x2+b*x3\na == b", "y1 ~ x1+x2\ny2 ~ x1+x2", "y1 ~ x1\ny2 ~ x1\ny1 ~~ 0*y2", "f =~ x1+x2+x3\ng =~ x4+x5+x6\nh =~ f+g", "f =~ x1+x2+x3\nf ~ 1", "x1 ~~ x2\nx2 ~~ x3",
  "y ~ x1 + x2\nx1 ~~ x2", "f =~ x1+x2+x3\ng =~ x3+x4+x5\ny ~ f\ng ~ y", "f =~ x1+start(.7)*x2+0.5*x3\ny ~ f", "y ~ m\nm ~ x\ny ~ x\nz ~ x", "f =~ x1+x2+x3\ng =~ x4+x5+x6\nf ~ z\ng ~ z")
res2 <- list(provenance = res$provenance, tables = list())
for (opt in list(list(), list(std.lv = TRUE), list(fixed.x = FALSE), list(meanstructure = TRUE))) for (t in tables) { p <- do.call(lavaanify, c(list(t, auto = TRUE, model.type = "sem"), modifyList(list(fixed.x = TRUE), opt)))
  p <- p[!p$op %in% c("==", ":="), ]; res2$tables[[length(res2$tables) + 1]] <- list(model = t, options = opt, lhs = p$lhs, op = p$op, rhs = p$rhs, free = as.integer(p$free > 0), value = ifelse(p$free > 0 | p$exo > 0, NA, p$ustart), exo = p$exo) }
write(json(res2), "lavaan_tables.json")
