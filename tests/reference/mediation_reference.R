js <- function(v) { if (is.list(v)) { if (is.null(names(v))) paste0("[", paste(sapply(v, js), collapse=","), "]") else paste0("{", paste(sprintf('"%s": %s', names(v), sapply(v, js)), collapse=", "), "}") } else if (is.character(v)) sprintf('"%s"', v) else { q <- sprintf("%.17g", v); if (length(q) == 1) q else paste0("[", paste(q, collapse=","), "]") } }
toJSON <- function(x, ...) js(x)
n30 <- read.csv("preacher_hayes_2004.csv")
st <- function(d, i) { D <- d[i, ]; unname(coef(lm(m ~ x, D))["x"] * coef(lm(y ~ m + x, D))["m"]) }
idx <- as.matrix(read.csv(gzfile("preacher_hayes_rows.csv.gz"), header=FALSE))
t_ <- apply(idx, 1, function(i) st(n30, i)); t0 <- st(n30, 1:30); jk <- sapply(1:30, function(i) st(n30, (1:30)[-i]))
L <- mean(jk) - jk; acc <- sum(L^3) / (6 * sum(L^2)^1.5); z0 <- qnorm(mean(t_ < t0)); al <- c(.025, .975); adj <- function(a) pnorm(z0 + (z0 + qnorm(al)) / (1 - a * (z0 + qnorm(al))))
ni <- function(p) { R <- length(t_); s <- sort(t_); sapply(p, function(q) { k <- floor((R + 1) * q); w <- (qnorm(q) - qnorm(k / (R + 1))) / (qnorm((k + 1) / (R + 1)) - qnorm(k / (R + 1))); s[k] + w * (s[k + 1] - s[k]) }) }
ref <- list(percentile=ni(al), percentile_type7=unname(quantile(t_, al)), basic=2*t0-rev(ni(al)), bc=ni(adj(0)), bca=ni(adj(acc)), bca_type7=unname(quantile(t_, adj(acc))), z0=z0, acceleration_mean_centred=acc, p_percentile=min(1, 2*(min(sum(t_<=0), sum(t_>=0))+1)/2001), se=sd(t_))
write(toJSON(list(provenance="R 4.2.2, lm(), indirect effect a*b in 2000 case resamples of a published n = 30 data set (Preacher and Hayes 2004), its 30 leave-one-out values and its value in the sample; limits by norm.inter at (B+1)p as in R boot, type7 = stats::quantile default. The data themselves are not stored.",
  point=t0, draws=t_, jackknife=jk, limits=ref[c("percentile","percentile_type7","basic","bc","bca","bca_type7")], z0=ref$z0, acceleration=ref$acceleration_mean_centred, p_percentile=ref$p_percentile, se=ref$se), digits=NA, auto_unbox=TRUE), "r_intervals_n30.json")
d <- read.csv("pg_mediation.csv")
co <- function(f) { s <- summary(f)$coef; lapply(setNames(rownames(s), rownames(s)), function(r) unname(s[r, ])) }
jn <- lm(Y ~ X + M + W1 + M:W1, d)
hc <- function(f, type) { X <- model.matrix(f); e <- resid(f); h <- hatvalues(f); n <- nrow(X); k <- ncol(X); w <- switch(type, HC0=e^2, HC1=e^2*n/(n-k), HC2=e^2/(1-h), HC3=e^2/(1-h)^2, HC4=e^2/(1-h)^pmin(4, n*h/k)); B <- solve(crossprod(X)); sqrt(diag(B %*% (t(X) %*% (X*w)) %*% B)) }
f1 <- lm(M ~ X, d); f2 <- lm(Y ~ X + M, d)
g <- (seq_len(nrow(d)) - 1) %/% 5
cl <- function(f) { X <- model.matrix(f); e <- resid(f); n <- nrow(X); k <- ncol(X); G <- length(unique(g)); S <- rowsum(X*e, g); B <- solve(crossprod(X)); sqrt(diag(B %*% crossprod(S) %*% B) * G/(G-1) * (n-1)/(n-k)) }
write(toJSON(list(provenance="R 4.2.2 lm() on pingouin's 'mediation' data set (100 rows); robust errors by their formulas in R; cluster = five consecutive rows; predict values of medians",
  m_x=co(f1), y_xm=co(f2), y_x=co(lm(Y ~ X, d)), m_xw=co(lm(M ~ X + W1 + W2, d)), y_xmw=co(lm(Y ~ X + M + W1 + W2, d)), moderated_b=co(jn), moderated_a=co(lm(M ~ X*W1, d)), moderated_three=co(lm(M ~ X*W1*W2, d)),
  r2=list(m=summary(f1)$r.squared, y=summary(f2)$r.squared),
  hc=setNames(lapply(c("HC0","HC1","HC2","HC3","HC4"), function(h) list(m=unname(hc(f1,h)), y=unname(hc(f2,h)))), c("HC0","HC1","HC2","HC3","HC4")), cluster=list(m=unname(cl(f1)), y=unname(cl(f2))),
  logit_y=list(est=unname(coef(glm(Ybin ~ X + M, binomial, d))), se=unname(summary(glm(Ybin ~ X + M, binomial, d))$coef[,2])), logit_m=list(est=unname(coef(glm(Mbin ~ X, binomial, d))), se=unname(summary(glm(Mbin ~ X, binomial, d))$coef[,2]))
  ), digits=NA, auto_unbox=TRUE), "r_regressions_pingouin.json")
