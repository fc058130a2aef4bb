# Reference for tests/measurement/test_agreement.py: ICC, weighted kappa, omega hierarchical by psych.
# Rscript psych_agreement.R > psych_agreement.json
suppressMessages(library(psych)); suppressMessages(library(lavaan))
shrout <- matrix(c(9,2,5,8,6,1,3,2,8,4,6,8,7,1,2,6,10,5,6,9,6,2,4,7), ncol = 4, byrow = TRUE)  # Shrout & Fleiss 1979
set.seed(7)
other <- round(matrix(rnorm(40), ncol = 1) %*% matrix(1, 1, 3) + matrix(rnorm(120), ncol = 3) * .6 + rep(c(0, .3, -.2), each = 40), 3)
form <- function(x) { r <- ICC(x, lmer = FALSE)$results
  paste0('{"ratings": [', paste(apply(x, 1, function(v) paste0("[", paste(v, collapse = ", "), "]")), collapse = ", "),
         '], "icc": [', paste(sprintf("[%.12g, %.12g, %.12g, %.12g, %.12g]", r$ICC, r$F, r$p, r[["lower bound"]], r[["upper bound"]]), collapse = ", "), ']}') }
a <- c(1,2,3,3,2,1,4,4,2,3,2,3,1,4,2); b <- c(1,2,3,2,2,1,4,3,2,4,3,3,1,4,1)
k <- cohen.kappa(cbind(a, b)); s <- sqrt(k$var.kappa)
h <- HolzingerSwineford1939[, 7:15]
o <- suppressWarnings(omega(h, nfactors = 3, plot = FALSE, flip = FALSE))
f <- cfa(paste("g =~", paste0("x", 1:9, collapse = "+"), "\n v =~ x1+x2+x3 \n t =~ x4+x5+x6 \n s =~ x7+x8+x9"), h, orthogonal = TRUE, std.lv = TRUE)
l <- inspect(f, "std")$lambda; R <- cor(h)
cat('{"producer": "psych', as.character(packageVersion("psych")), 'and lavaan', as.character(packageVersion("lavaan")), '",\n')
cat('"icc": [', form(shrout), ',\n', form(other), '],\n')
cat(sprintf('"kappa": {"plain": %.12g, "weighted": %.12g},\n', k$kappa, k$weighted.kappa))
cat(sprintf('"omega": {"hierarchical": %.12g, "total": %.12g, "alpha": %.12g},\n', o$omega_h, o$omega.tot, o$alpha))
cat(sprintf('"bifactor": {"hierarchical": %.12g, "total": %.12g, "converged": %d}}\n', sum(l[, 1])^2 / sum(R), 1 - sum(1 - rowSums(l^2)) / sum(R), as.integer(lavInspect(f, "converged"))))
