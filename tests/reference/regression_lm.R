# R's lm, anova and influence.measures on R's own data set mtcars (Henderson and Velleman 1981), with
# sandwich for robust covariances and lmtest for Breusch-Pagan and RESET:
#   Rscript tests/reference/regression_lm.R > tests/reference/regression_lm.json
suppressMessages({library(jsonlite); library(sandwich); library(lmtest)})
d <- mtcars[, c("mpg", "wt", "hp", "qsec", "cyl", "gear", "carb", "am")]
d$cyl_text <- paste0("c", d$cyl)
full <- function(m) {
  s <- summary(m)
  list(term = names(coef(m)), est = unname(coef(m)), se = unname(s$coefficients[, 2]), t = unname(s$coefficients[, 3]),
       p = unname(s$coefficients[, 4]), low = unname(confint(m)[, 1]), high = unname(confint(m)[, 2]),
       r2 = s$r.squared, adjusted = s$adj.r.squared, sigma = s$sigma, f = unname(s$fstatistic),
       f_p = unname(pf(s$fstatistic[1], s$fstatistic[2], s$fstatistic[3], lower.tail = FALSE)),
       ss = c(sum((fitted(m) - mean(d$mpg))^2), deviance(m)))
}
nested <- function(...) { a <- anova(...); list(f = a$F[-1], df1 = a$Df[-1], df2 = a$Res.Df[-1], p = a$`Pr(>F)`[-1]) }
m <- lm(mpg ~ wt + hp + qsec, d)
z <- as.data.frame(scale(d[, c("mpg", "wt", "hp", "qsec")]))
i <- influence.measures(m)
robust <- lapply(c("HC0", "HC1", "HC2", "HC3", "HC4"), function(k) unname(sqrt(diag(vcovHC(m, type = k)))))
names(robust) <- c("HC0", "HC1", "HC2", "HC3", "HC4")
cl <- sqrt(diag(vcovCL(m, cluster = d$carb, type = "HC1")))
v <- sapply(c("wt", "hp", "qsec"), function(k) 1 / (1 - summary(lm(reformulate(setdiff(c("wt", "hp", "qsec"), k), k), d))$r.squared))
x <- lm(mpg ~ wt * hp, d)
dc <- transform(d, wt = wt - mean(wt), hp = hp - mean(hp))
xc <- lm(mpg ~ wt * hp, dc)
probe <- mean(d$hp) + c(-1, 0, 1) * sd(d$hp)
slope <- t(sapply(probe, function(h) summary(lm(mpg ~ wt * I(hp - h), d))$coefficients["wt", ]))
w <- lm(mpg ~ wt + hp, d, weights = carb)
g <- glm(am ~ mpg + hp, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100))
lr <- g$null.deviance - g$deviance
out <- list(
  software = paste(R.version.string, "sandwich", packageVersion("sandwich"), "lmtest", packageVersion("lmtest")),
  data = as.list(d),
  plain = c(full(m), list(beta = unname(coef(lm(mpg ~ wt + hp + qsec, z))[-1]), vif = unname(v))),
  blocks = nested(lm(mpg ~ wt, d), lm(mpg ~ wt + hp, d), m),
  robust = robust, cluster = unname(cl),
  hc3_f = waldtest(m, vcov = vcovHC(m, type = "HC3"))$F[2],
  influence = list(hat = unname(hatvalues(m)), studentised = unname(rstudent(m)), cook = unname(cooks.distance(m)),
                   dffits = unname(dffits(m)), dfbetas = unname(dfbetas(m))),
  category = full(lm(mpg ~ wt + cyl_text, d)),
  effect = full(lm(mpg ~ wt + cyl_text, d, contrasts = list(cyl_text = matrix(c(-1, 1, 0, -1, 0, 1), 3)))),
  category_f = nested(lm(mpg ~ wt, d), lm(mpg ~ wt + cyl_text, d)),
  product = full(x), centred = full(xc), product_f = nested(lm(mpg ~ wt + hp, d), x),
  slopes = list(est = slope[, 1], se = slope[, 2], t = slope[, 3], p = slope[, 4]),
  weighted = full(w), weighted_influence = list(hat = unname(hatvalues(w)), studentised = unname(rstudent(w)),
                   cook = unname(cooks.distance(w)), dfbetas = unname(dfbetas(w))),
  logistic = list(est = unname(coef(g)), se = unname(summary(g)$coefficients[, 2]), z = unname(summary(g)$coefficients[, 3]),
                  p = unname(summary(g)$coefficients[, 4]), loglik = as.numeric(logLik(g)),
                  lr = c(lr, pchisq(lr, 2, lower.tail = FALSE))),
  shapiro = unlist(unname(shapiro.test(resid(m))[c("statistic", "p.value")])),
  bp = unname(unlist(bptest(m)[c("statistic", "p.value")])),
  reset = unname(unlist(resettest(m, power = 2:3)[c("statistic", "p.value")])),
  glejser = unname(summary(lm(abs(resid(m)) ~ wt + hp + qsec, d))$coefficients[-1, 3:4]),
  linearity = list(carb = nested(lm(mpg ~ carb, d), lm(mpg ~ factor(carb), d)),
                   gear = nested(lm(mpg ~ gear, d), lm(mpg ~ factor(gear), d)))
)
cat(toJSON(out, digits = 15, auto_unbox = TRUE))
