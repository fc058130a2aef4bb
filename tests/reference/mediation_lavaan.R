suppressMessages(library(lavaan))
js <- function(v) { if (is.list(v)) { if (is.null(names(v))) paste0("[", paste(sapply(v, js), collapse=","), "]") else paste0("{", paste(sprintf('"%s": %s', names(v), sapply(v, js)), collapse=", "), "}") } else if (is.character(v)) sprintf('"%s"', v) else { q <- sprintf("%.17g", v); q[is.na(v)] <- "null"; if (length(q) == 1) q else paste0("[", paste(q, collapse=","), "]") } }
tight <- function(...) { for (tol in c(1e-14, 1e-13, 1e-12, 1e-11, 1e-10)) { f <- suppressWarnings(sem(..., control=list(rel.tol=tol, iter.max=20000, eval.max=40000))); if (lavInspect(f, "converged")) return(f) }; f }
d <- read.csv("pg_mediation.csv")
f <- lm(Y ~ X + M, d); e <- resid(f); g <- fitted(f); n <- nrow(d)
bp <- n * summary(lm(e^2 ~ X + M, d))$r.squared
gl <- summary(lm(abs(e) ~ X + M, d))$coef[-1, 3:4]
rs <- anova(f, lm(Y ~ X + M + I(g^2) + I(g^3), d))
sw <- shapiro.test(e)
vif <- 1 / (1 - summary(lm(X ~ M, d))$r.squared)
lrt <- as.numeric(2 * (logLik(f) - logLik(lm(Y ~ M, d))))
assumptions <- list(breusch_pagan=c(bp, pchisq(bp, 2, lower.tail=FALSE)), glejser_x=unname(gl["X", ]), glejser_m=unname(gl["M", ]), reset=c(rs$F[2], rs[["Pr(>F)"]][2]), shapiro=c(unname(sw$statistic), sw$p.value), vif=vif, full_mediation=lrt)
dm <- d; dm$M[seq(3, 100, 9)] <- NA; dm$Y[seq(5, 100, 11)] <- NA; dm$X[c(7, 50)] <- NA
fit <- tight("M ~ a*X\nY ~ b*M + c*X\nab := a*b\ntotal := c + a*b", dm, missing="fiml", fixed.x=FALSE)
pe <- parameterEstimates(fit); q <- function(l) c(pe$est[pe$label == l], pe$se[pe$label == l])
fiml <- list(a=q("a"), b=q("b"), c=q("c"), ab=q("ab"), total=q("total"), n=lavInspect(fit, "nobs"))
S <- cov(d[, c("X","M","Y")]) * (n - 1) / n; rel <- c(X=.8, M=.7, Y=.9); th <- (1 - rel) * diag(S)
mod <- sprintf("lx =~ 1*X\nlm =~ 1*M\nly =~ 1*Y\nX ~~ %.16f*X\nM ~~ %.16f*M\nY ~~ %.16f*Y\nlm ~ a*lx\nly ~ b*lm + c*lx", th[1], th[2], th[3])
fr <- tight(mod, d); pr <- parameterEstimates(fr)
rel_est <- list(a=pr$est[pr$label=="a"], b=pr$est[pr$label=="b"], c=pr$est[pr$label=="c"])
p <- c(.01, .04, .03, .005, .2, NA)
adj <- list(p=p, holm=p.adjust(p, "holm"), fdr=p.adjust(p, "BH"))
pd <- read.csv("political_democracy.csv")
mp <- "ind60 =~ x1+x2+x3\ndem60 =~ y1+y2+y3+y4\ndem65 =~ y5+y6+y7+y8\ndem60 ~ a*ind60\ndem65 ~ c*ind60 + b*dem60\ny1~~y5\ny2~~y4+y6\ny3~~y7\ny4~~y8\ny6~~y8\nindirect := a*b\ntotal := c+a*b"
fp <- tight(mp, pd); pp <- parameterEstimates(fp); st <- standardizedSolution(fp)
mr <- sub("dem60 ~ a\\*ind60", "ind60 ~ a*dem60", mp); mr <- sub("dem65 ~ c\\*ind60 \\+ b\\*dem60", "dem65 ~ b*ind60 + c*dem60", mr); fq <- tight(mr, pd)
pg <- function(l) c(pp$est[pp$label == l], pp$se[pp$label == l], st$est.std[st$label == l][1])
pol <- list(a=pg("a"), b=pg("b"), c=pg("c"), indirect=pg("indirect"), total=pg("total"), chisq=fitMeasures(fp, "chisq")[[1]], chisq_rival=fitMeasures(fq, "chisq")[[1]], df=fitMeasures(fp, "df")[[1]])
hs <- HolzingerSwineford1939
hm <- "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9\ntextual ~ c(a1,a2)*visual\nspeed ~ c(b1,b2)*textual + c(c1,c2)*visual\nab1 := a1*b1\nab2 := a2*b2\ndiff := a1*b1 - a2*b2"
fh <- tight(hm, hs, group="school", group.equal="loadings"); ph <- parameterEstimates(fh)
hq <- function(l) c(ph$est[ph$label == l], ph$se[ph$label == l])
grp <- list(ab1=hq("ab1"), ab2=hq("ab2"), diff=hq("diff"))
cat(js(list(provenance="R 4.2.2, lavaan 0.6-14 (FIML, rel.tol from 1e-14 up as far as it converges), base lm(), shapiro.test(), p.adjust(); data: pingouin 'mediation' (100 rows), semopy political_democracy and holzinger39; made by mediation_reference.R", assumptions=assumptions, fiml=fiml, reliability=rel_est, adjust=adj, political=pol, groups=grp)))
