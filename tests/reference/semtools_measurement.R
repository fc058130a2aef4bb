# Makes semtools_measurement.json: R 4.2.2, lavaan 0.6-14, semTools 0.5-6, data lavaan::HolzingerSwineford1939.
suppressMessages({library(lavaan);library(semTools)})
J<-function(x){ if(is.null(x)) return("null")
 if(is.matrix(x)||is.data.frame(x)) {x<-as.matrix(x); return(paste0("[",paste(apply(x,1,function(r)J(unname(r))),collapse=",\n"),"]"))}
 if(is.list(x)){ if(is.null(names(x))) return(paste0("[",paste(sapply(x,J),collapse=","),"]")); return(paste0("{",paste(sapply(names(x),function(n)paste0('"',n,'": ',J(x[[n]]))),collapse=",\n"),"}"))}
 q<-function(v) if(is.character(v)) paste0('"',v,'"') else if(is.logical(v)) tolower(as.character(v)) else ifelse(is.na(v),"null",formatC(v,digits=13,format="g"))
 if(!is.null(names(x))&&length(x)>0) return(paste0("{",paste0('"',names(x),'": ',q(unname(x)),collapse=","),"}"))
 if(length(x)==1) return(q(x)); paste0("[",paste(q(x),collapse=","),"]")}
tight <- function(...) { for (tol in c(1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10)) { f <- tryCatch(suppressWarnings(cfa(..., control = list(rel.tol = tol, iter.max = 20000, eval.max = 40000))), error = function(e) NULL)
  if (!is.null(f) && lavInspect(f, "converged")) return(f) }; cfa(...) }
hs <- HolzingerSwineford1939
m3 <- "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9\n"
st <- function(f) { if (!lavInspect(f, "converged")) return(list(converged = FALSE)); m <- fitMeasures(f); list(chisq = unname(m["chisq"]), df = unname(m["df"]), cfi = unname(m["cfi"]), rmsea = unname(m["rmsea"]), converged = lavInspect(f, "converged")) }
out <- list(producer = "R 4.2.2, lavaan 0.6-14, semTools 0.5-6", data = "HolzingerSwineford1939, 301 rows")
so <- tight(paste0(m3, "g =~ visual+textual+speed"), hs)
out$second_order <- c(st(so), as.list(reliabilityL2(so, "g")), list(compRelSEM_higher = unname(compRelSEM(so, higher = "g")["g"])))
bi <- tight(paste0(m3, "GENERAL =~ x1+x2+x3+x4+x5+x6+x7+x8+x9"), hs, orthogonal = TRUE)
S <- lavInspect(bi, "sampstat")$cov; l <- lavInspect(bi, "est")$lambda[, "GENERAL"]; v <- lavInspect(bi, "est")$psi["GENERAL", "GENERAL"]
out$bifactor <- c(st(bi), list(omega_hierarchical = sum(l)^2 * v / sum(S)))
c3 <- tight(m3, hs); out$maximal_standardised <- as.list(unlist(lapply(split(subset(standardizedSolution(c3), op == "=~"), ~lhs), function(d) { s <- sum(d$est.std^2/(1-d$est.std^2)); s/(1+s) })))
sd3 <- subset(standardizedSolution(c3), op == "=~"); out$loadings <- list(est = sd3$est.std, low = sd3$ci.lower, high = sd3$ci.upper)
sc <- subset(standardizedSolution(c3), op == "~~" & lhs != rhs); out$correlations <- list(est = sc$est.std, low = sc$ci.lower, high = sc$ci.upper)
pairs <- list(c("visual","textual"), c("visual","speed"), c("textual","speed"))
out$held_at_1 <- unname(sapply(pairs, function(p) fitMeasures(tight(paste0(m3, p[1], " ~~ 1*", p[2]), hs, std.lv = TRUE), "chisq") - fitMeasures(c3, "chisq")))
out$held_at_085 <- unname(sapply(pairs, function(p) fitMeasures(tight(paste0(m3, p[1], " ~~ 0.85*", p[2]), hs, std.lv = TRUE), "chisq") - fitMeasures(c3, "chisq")))
ap <- "METHOD ~~ 0*visual\nMETHOD ~~ 0*textual\n"
m2 <- "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\n"
out$method_equal <- st(tight(paste0(m2, "METHOD =~ ", paste0("mm*x", 1:6, collapse = "+"), "\n", ap), hs, std.lv = TRUE))
# marker phases: visual and textual, marker items x7 x8 x9
s0 <- tight(paste0(m2, "METHOD =~ x7+x8+x9"), hs, std.lv = TRUE); pe <- parameterEstimates(s0)
ld <- sapply(7:9, function(i) pe$est[pe$lhs == "METHOD" & pe$rhs == paste0("x", i)]); th <- sapply(7:9, function(i) pe$est[pe$lhs == paste0("x", i) & pe$op == "~~"])
own <- paste0(sprintf("%.15g*x%d", ld, 7:9), collapse = "+"); fx <- paste0(paste0(sprintf("x%d ~~ %.15g*x%d\n", 7:9, th, 7:9), collapse = ""), ap)
b <- tight(paste0(m2, "METHOD =~ ", own, "\n", fx), hs, std.lv = TRUE); cc <- tight(paste0(m2, "METHOD =~ ", own, "+", paste0("mc*x", 1:6, collapse = "+"), "\n", fx), hs, std.lv = TRUE)
u <- tight(paste0(m2, "METHOD =~ ", own, "+", paste0("x", 1:6, collapse = "+"), "\n", fx), hs, std.lv = TRUE)
rb <- parameterEstimates(b); r0 <- rb$est[rb$lhs == "visual" & rb$op == "~~" & rb$rhs == "textual"]
# U is not better than C here (p = .11), so R restricts C
r <- tight(paste0(m2, "METHOD =~ ", own, "+", paste0("mc*x", 1:6, collapse = "+"), "\n", fx, sprintf("visual ~~ %.15g*textual\n", r0)), hs, std.lv = TRUE)
out$marker <- list(cfa = st(s0), baseline = st(b), c = st(cc), u = st(u), r = st(r))
out$regression_determinacy <- { e <- lavInspect(c3, "est"); L <- e$lambda; P <- e$psi; S <- L %*% P %*% t(L) + e$theta; as.list(diag(P %*% t(L) %*% solve(S) %*% L %*% P) / diag(P)) }
tt <- function(g, ...) tight(m3, hs, group = "school", group.equal = g, ...)
p1 <- tt(c("loadings", "intercepts"), group.partial = c("x3~1")); p2 <- tt(c("loadings", "intercepts"), group.partial = c("x3~1", "x7~1")); p3 <- tt(c("loadings", "intercepts", "residuals"), group.partial = c("x3~1", "x7~1"))
out$partial <- list(one = st(p1), two = st(p2), strict = st(p3))
write(J(out), "semtools_measurement.json")
