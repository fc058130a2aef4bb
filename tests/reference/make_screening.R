# careless measures by their definitions in base R, on a small ordinal matrix with a few gaps; airquality for Little's test
set.seed(20260901)
n <- 24; k <- 20; f <- matrix(rnorm(n*5), n); x <- matrix(NA_real_, n, k)
for (j in 1:k) { y <- .8*f[, (j-1) %/% 4 + 1] + .6*rnorm(n); x[, j] <- as.numeric(cut(y, c(-Inf,-1.2,-.4,.4,1.2,Inf))) }
x[3, ] <- 4; x[7, 1:12] <- 2
full <- x
x[2, 5] <- NA; x[10, c(1, 2, 3)] <- NA; x[15, 17:20] <- NA
runs <- t(apply(x, 1, function(v) { r <- rle(v)$lengths; c(max(r), mean(r)) }))
irv <- apply(x, 1, sd, na.rm = TRUE)
eo <- apply(x, 1, function(v) { m <- sapply(0:4, function(s) { w <- v[s*4 + 1:4]; c(mean(w[c(2,4)], na.rm = TRUE), mean(w[c(1,3)], na.rm = TRUE)) })
  r <- suppressWarnings(cor(m[1, ], m[2, ], use = "pairwise.complete.obs")); r <- 2*r/(1 + r); if (!is.na(r) && r < -1) -1 else r })
cc <- cor(x, use = "pairwise.complete.obs"); cc[upper.tri(cc, TRUE)] <- NA; prs <- which(cc > .5, arr.ind = TRUE)
syn <- apply(x, 1, function(v) { a <- v[prs[, 1]]; b <- v[prs[, 2]]; ok <- !is.na(a) & !is.na(b); if (sum(ok) > 2) suppressWarnings(cor(a[ok], b[ok])) else NA })
five <- full[, 1:8]; d2 <- mahalanobis(five, colMeans(five), cov(five))
out <- list(producer = paste("R", getRversion(), "base and stats; definitions of careless 1.2 written out"), critical = .5, x = x, full8 = five, longest = runs[, 1], average = runs[, 2],
  irv = irv, even_odd = eo, synonyms = syn, pairs = nrow(prs), d2 = d2, d2_p = pchisq(d2, 8, lower.tail = FALSE))
js <- function(v) if (is.matrix(v)) paste0("[", paste(apply(v, 1, js), collapse = ",\n"), "]") else if (is.character(v)) paste0('"', v, '"') else { s <- format(v, digits = 15, trim = TRUE); s[is.na(v)] <- "null"; if (length(v) == 1) s else paste0("[", paste(s, collapse = ","), "]") }
cat("{\n", paste(sprintf('"%s": %s', names(out), sapply(out, js)), collapse = ",\n"), "\n}\n", file = "r_screening_careless.json", sep = "")
suppressMessages(library(psych)); md <- mardia(full[, 1:6], plot = FALSE); sk <- skew(full[, 1:6], type = 2); ku <- kurtosi(full[, 1:6], type = 2); sh <- apply(full[, 1:6], 2, function(v) unlist(shapiro.test(v)[1:2]))
wt <- t.test(full[13:24, 1], full[1:12, 1])
air <- as.matrix(airquality)
out <- list(producer = paste("R", getRversion(), "psych", packageVersion("psych"), "stats"), x = full[, 1:6], n = nrow(full), b1p = md$b1p, b2p = md$b2p, skew = md$skew, p_skew = md$p.skew, small_skew = md$small.skew, p_small = md$p.small, kurtosis = md$kurtosis, p_kurt = md$p.kurt,
 item_skew = sk, item_kurtosis = ku, w = sh[1, ], w_p = sh[2, ], welch_t = unname(wt$statistic), welch_df = unname(wt$parameter), welch_p = wt$p.value,
 airquality = air, little = 35.1062, little_df = 14, little_p = .0014178, little_patterns = 4, little_producer = "values stated for R airquality with converged EM")
cat("{\n", paste(sprintf('"%s": %s', names(out), sapply(out, js)), collapse = ",\n"), "\n}\n", file = "r_screening_normality.json", sep = "")
