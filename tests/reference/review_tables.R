# Tables as R packages print them, written as a claims file: Rscript tests/reference/review_tables.R > review_tables.yaml
# R 4.2, lavaan 0.6-14, psych 2.2.9, psychTools 2.2.9, semTools 0.5-6, boot 1.3-28 (Debian 12). Digits are those
# that the packages' own print and summary methods show.
suppressMessages({library(lavaan); library(psych); library(psychTools)})
cat("schema: umkm-claims/1\n",
    "title: Tables printed by R packages\n",
    "source: R 4.2, lavaan 0.6-14, psych 2.2.9, psychTools 2.2.9 on data sets that the packages carry\n",
    "claims:\n", sep = "")
claim <- function(.kind, .where, .program, ...) {
  f <- list(...)
  cat("  - {kind: ", .kind, ", where: \"", .where, "\"", if (.program != "R") paste0(", program: ", .program), sep = "")
  for (n in names(f)) cat(", ", n, ": \"", f[[n]], "\"", sep = "")
  cat("}\n")
}
d3 <- function(x) formatC(x, digits = 3, format = "f")
p3 <- function(p) d3(p)
sig <- function(x) format(x, digits = 4)
fitted <- function(where, model, data, ...) {
  f <- cfa(model, data, ...)
  m <- fitMeasures(f)
  g <- lavInspect(f, "ngroups")
  more <- if (g == 1) list(parameters = m[["npar"]], aic = d3(m[["aic"]]), bic = d3(m[["bic"]]),
                           loglik = d3(m[["logl"]])) else list(groups = g)
  do.call(claim, c(list("fit", where, "lavaan 0.6-14", chi2 = d3(m[["chisq"]]), df = m[["df"]],
    n = sum(lavInspect(f, "nobs")), p = p3(m[["pvalue"]]), base_chi2 = d3(m[["baseline.chisq"]]),
    base_df = m[["baseline.df"]], cfi = d3(m[["cfi"]]), tli = d3(m[["tli"]]), rmsea = d3(m[["rmsea"]]),
    rmsea_low = d3(m[["rmsea.ci.lower"]]), rmsea_high = d3(m[["rmsea.ci.upper"]]),
    pclose = d3(m[["rmsea.pvalue"]]), nfi = d3(m[["nfi"]])), more))
  e <- parameterEstimates(f)
  e <- e[!is.na(e$z) & e$op == "=~", ][1:2, ]
  for (i in 1:2) claim("coefficient", paste0(where, ", loadings, row ", i), "lavaan 0.6-14", b = d3(e$est[i]),
    se = d3(e$se[i]), statistic = "z", t = d3(e$z[i]), p = p3(e$pvalue[i]), low = d3(e$ci.lower[i]),
    high = d3(e$ci.upper[i]))
}
hs <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
fitted("lavaan HolzingerSwineford1939, three factors", hs, HolzingerSwineford1939)
fitted("lavaan HolzingerSwineford1939, one factor", "g =~ x1+x2+x3+x4+x5+x6+x7+x8+x9", HolzingerSwineford1939)
fitted("lavaan HolzingerSwineford1939, two schools", hs, HolzingerSwineford1939, group = "school")
fitted("lavaan HolzingerSwineford1939, likelihood wishart", hs, HolzingerSwineford1939, likelihood = "wishart")
fitted("lavaan PoliticalDemocracy, measurement", "ind60 =~ x1+x2+x3\ndem60 =~ y1+y2+y3+y4\ndem65 =~ y5+y6+y7+y8",
       PoliticalDemocracy)
fitted("psych bfi, agreeableness and conscientiousness", "A =~ A2+A3+A4+A5\nC =~ C1+C2+C3", na.omit(bfi[1:500, ]))
regression <- function(where, formula, data) {
  m <- lm(formula, data)
  s <- summary(m)
  n <- nrow(m$model); k <- length(coef(m)) - 1
  f <- s$fstatistic
  claim("r2", paste0(where, ", summary"), "R", r2 = sig(s$r.squared), adj_r2 = sig(s$adj.r.squared),
    f = sig(f[[1]]), df = f[[2]], df2 = f[[3]], n = n, k = k,
    p = format.pval(pf(f[[1]], f[[2]], f[[3]], lower.tail = FALSE), digits = 4))
  printed <- capture.output(printCoefmat(coef(s), digits = 5, signif.stars = FALSE))
  for (i in 2:nrow(coef(s))) {
    row <- strsplit(trimws(sub("< ", "<", printed[grep(paste0("^", rownames(coef(s))[i], " "), printed)])), " +")[[1]]
    claim("coefficient", paste0(where, ", row ", i), "R", b = row[2], se = row[3], t = row[4], df = f[[3]],
      p = row[5])
  }
}
regression("datasets mtcars, mpg on wt and hp", mpg ~ wt + hp, mtcars)
regression("datasets swiss, Fertility on four", Fertility ~ Agriculture + Examination + Education + Catholic, swiss)
regression("datasets attitude, rating on all", rating ~ ., attitude)
regression("datasets cars, dist on speed", dist ~ speed, cars)
regression("datasets iris, Sepal.Length on three", Sepal.Length ~ Sepal.Width + Petal.Length + Petal.Width, iris)
regression("datasets stackloss", stack.loss ~ ., stackloss)
regression("datasets LifeCycleSavings", sr ~ ., LifeCycleSavings)
regression("datasets airquality, rows with gaps left out", Ozone ~ Wind + Temp, airquality)
regression("psychTools sat.act, ACT on age and education", ACT ~ age + education, sat.act)
r <- cor.test(mtcars$mpg, mtcars$wt)
claim("test", "cor.test mtcars", "R", statistic = "r", value = sprintf("%.7f", r$estimate), df = r$parameter,
  p = format.pval(r$p.value, digits = 4))
tt <- t.test(extra ~ group, sleep, var.equal = TRUE)
claim("test", "t.test sleep", "R", statistic = "t", value = sprintf("%.4f", tt$statistic), df = tt$parameter,
  p = format(tt$p.value, digits = 4))
x <- matrix(c(10, 20, 20, 10), 2)
xt <- chisq.test(x)
cat("  - {kind: crosstab, where: \"chisq.test, Yates\", program: scipy, counts: [[10, 20], [20, 10]], chi2: \"",
    format(xt$statistic, digits = 5), "\", p: \"", format(xt$p.value, digits = 4), "\"}\n", sep = "")
xt <- chisq.test(x, correct = FALSE)
cat("  - {kind: crosstab, where: \"chisq.test, correct = FALSE\", counts: [[10, 20], [20, 10]], chi2: \"",
    format(xt$statistic, digits = 5), "\", p: \"", format(xt$p.value, digits = 4), "\"}\n", sep = "")
an <- anova(lm(weight ~ group, PlantGrowth))
claim("test", "anova PlantGrowth", "R", statistic = "F", value = sprintf("%.4f", an$"F value"[1]), df = an$Df[1],
  df2 = an$Df[2], p = sprintf("%.5f", an$"Pr(>F)"[1]))
scale <- function(where, items) {
  a <- suppressWarnings(alpha(items, warnings = FALSE))
  cat("  - {kind: alpha, where: \"", where, "\", program: psych, alpha: \"", sprintf("%.3f", a$total$std.alpha),
    "\", k: ", ncol(items), ", mean_r: \"", sprintf("%.4f", a$total$average_r), "\", version: standardised}\n", sep = "")
  e <- alpha.ci(a$total$raw_alpha, n.obs = nrow(items), n.var = ncol(items))
  claim("alpha", paste0(where, ", Feldt"), "psych", alpha = sprintf("%.4f", a$total$raw_alpha), k = ncol(items),
    n = nrow(items), low = sprintf("%.3f", e$lower.ci), high = sprintf("%.3f", e$upper.ci))
}
scale("psych bfi agreeableness", na.omit(bfi[c("A2", "A3", "A4", "A5")]))
scale("psych bfi extraversion", na.omit(bfi[c("E3", "E4", "E5")]))
scale("datasets attitude", attitude)
mediated <- function(where, formula, data) {
  m <- mediate(formula, data = data, plot = FALSE, n.iter = 200)
  a <- m$a.reg$beta[2, 1]; b <- m$b; ab <- m$ab
  claim("mediation", where, "psych 2.2.9", a = sprintf("%.4f", m$a), se_a = sprintf("%.4f", m$a.reg$se[2, 1]),
    b = sprintf("%.4f", m$b), ab = sprintf("%.4f", m$ab), c = sprintf("%.4f", m$c[1]),
    c_prime = sprintf("%.4f", m$cprime.reg$beta[2, 1]))
}
set.seed(1)
mediated("psych Tal_Or, reaction on import through pmi", reaction ~ cond + (pmi), Tal_Or)
mediated("psych Garcia, liking on prot2 through respappr", liking ~ prot2 + (respappr), Garcia)
model <- "M ~ a*X\nY ~ b*M + cp*X\nab := a*b\ntotal := cp + a*b"
set.seed(1234)
X <- rnorm(100); M <- 0.5 * X + rnorm(100); Y <- 0.7 * M + rnorm(100)
f <- sem(model, data.frame(X, M, Y))
e <- parameterEstimates(f); get <- function(l) e[e$label == l, ]
claim("mediation", "lavaan tutorial, mediation", "lavaan 0.6-14", a = d3(get("a")$est), se_a = d3(get("a")$se),
  b = d3(get("b")$est), se_b = d3(get("b")$se), ab = d3(get("ab")$est), c = d3(get("total")$est),
  c_prime = d3(get("cp")$est), sobel_z = d3(get("ab")$z), sobel_p = d3(get("ab")$pvalue))
set.seed(7)
f <- suppressWarnings(sem(model, data.frame(X, M, Y)[1:40, ], se = "bootstrap", bootstrap = 200))
e <- parameterEstimates(f, boot.ci.type = "perc"); g <- e[e$label == "ab", ]
claim("interval", "lavaan, bootstrap of 40 rows", "lavaan 0.6-14", low = d3(g$ci.lower), high = d3(g$ci.upper),
  est = d3(g$est), se = d3(g$se), p = d3(g$pvalue), interval = "bootstrap")
ef <- fa(Thurstone, 3, n.obs = 213, rotate = "oblimin")
L <- unclass(ef$loadings); Phi <- ef$Phi
for (i in c(1, 5, 9)) {
  cat("  - {kind: communality, where: \"psych Thurstone, oblimin, row ", i, "\", program: psych, communality: \"",
    sprintf("%.2f", ef$communality[i]), "\", loadings: [", paste0("\"", sprintf("%.4f", L[i, ]), "\"", collapse = ", "),
    "], phi: [[\"", sprintf("%.4f", Phi[2, 1]), "\"], [\"", sprintf("%.4f", Phi[3, 1]), "\", \"",
    sprintf("%.4f", Phi[3, 2]), "\"]]}\n", sep = "")
}
