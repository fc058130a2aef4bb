# Sizes and smallest effects of the textbook tests by the R package pwr.
# Rscript tests/reference/pwr_sizes.R > tests/reference/pwr_sizes.json
suppressMessages(library(pwr))
row <- function(test, effect, n, power, ...) {
  extra <- list(...)
  named <- paste0('"', names(extra), '": ', unlist(extra), collapse = ", ")
  sprintf('{"test": "%s", "effect": %.12g, "n": %.12g, "power": %.12g, %s}', test, effect, n, power, named)
}
rows <- c()
for (u in c(1, 2, 5, 12)) for (f2 in c(.02, .15, .35)) for (power in c(.8, .95)) {
  found <- pwr.f2.test(u = u, f2 = f2, sig.level = .05, power = power)
  rows <- c(rows, row("f2", f2, found$v + u + 1, power, predictors = u, alpha = .05))
}
for (tails in 1:2) for (alpha in c(.01, .05)) for (power in c(.8, .9)) {
  side <- if (tails == 2) "two.sided" else "greater"
  for (r in c(.1, .3, .5))
    rows <- c(rows, row("r", r, pwr.r.test(r = r, sig.level = alpha, power = power, alternative = side)$n, power, tails = tails, alpha = alpha))
  for (d in c(.2, .5, .8)) {
    rows <- c(rows, row("t", d, pwr.t.test(d = d, sig.level = alpha, power = power, alternative = side)$n, power, tails = tails, alpha = alpha))
    rows <- c(rows, row("paired", d, pwr.t.test(d = d, sig.level = alpha, power = power, type = "paired", alternative = side)$n, power, tails = tails, alpha = alpha))
  }
}
for (df in c(1, 4, 9)) for (w in c(.1, .3, .5))
  rows <- c(rows, row("chi2", w, pwr.chisq.test(w = w, df = df, sig.level = .05, power = .8)$N, .8, df = df, alpha = .05))
effects <- c(
  row("f2", pwr.f2.test(u = 2, v = 97, power = .8)$f2, 100, .8, predictors = 2, alpha = .05),
  row("f2", pwr.f2.test(u = 5, v = 144, power = .9)$f2, 150, .9, predictors = 5, alpha = .05),
  row("r", pwr.r.test(n = 100, power = .8)$r, 100, .8, tails = 2, alpha = .05),
  row("t", pwr.t.test(n = 50, power = .8)$d, 100, .8, tails = 2, alpha = .05),
  row("paired", pwr.t.test(n = 40, power = .9, type = "paired", alternative = "greater")$d, 40, .9, tails = 1, alpha = .05),
  row("chi2", pwr.chisq.test(N = 120, df = 3, power = .8)$w, 120, .8, df = 3, alpha = .05))
cat('{"producer": "R package pwr', as.character(packageVersion("pwr")), '", "n": "of each group for t",\n"sizes": [\n', paste(rows, collapse = ",\n"),
    '],\n"effects": [\n', paste(effects, collapse = ",\n"), ']}\n')
