suppressMessages({library(lavaan);library(psych);library(semTools)})
# Makes the first part of psych_holzinger.json (R 4.2.2, psych 2.2.9, semTools 0.5-6, lavaan 0.6-14).
# kmo, bartlett and the two efa_* solutions (these need GPArotation) are from psych::KMO, cortest.bartlett and fa of the same data.
# J() writes plain JSON.
J<-function(x){ if(is.null(x)) return("null")
 if(is.matrix(x)||is.data.frame(x)) {x<-as.matrix(x); return(paste0("[",paste(apply(x,1,function(r)J(unname(r))),collapse=",\n"),"]"))}
 if(is.list(x)){ if(is.null(names(x))) return(paste0("[",paste(sapply(x,J),collapse=","),"]")); return(paste0("{",paste(sapply(names(x),function(n)paste0('"',n,'": ',J(x[[n]]))),collapse=",\n"),"}"))}
 q<-function(v) if(is.character(v)) paste0('"',v,'"') else if(is.logical(v)) tolower(as.character(v)) else ifelse(is.na(v),"null",formatC(v,digits=13,format="g"))
 if(!is.null(names(x))&&length(x)>0) return(paste0("{",paste0('"',names(x),'": ',q(unname(x)),collapse=","),"}"))
 if(length(x)==1) return(q(x)); paste0("[",paste(q(x),collapse=","),"]")}
hs<-HolzingerSwineford1939; X<-hs[,paste0("x",1:9)]
sc<-list(visual=1:3,textual=4:6,speed=7:9,first_six=1:6,all_nine=1:9)
out<-list(producer="R 4.2.2, psych 2.2.9, semTools 0.5-6, lavaan 0.6-14",data="HolzingerSwineford1939, x1 to x9, 301 rows (lavaan; the same as semopy.examples.holzinger39)")
tight <- function(FUN, ...) { for (tol in c(1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10)) { f <- tryCatch(suppressWarnings(FUN(..., control = list(rel.tol = tol, iter.max = 20000, eval.max = 40000))), error = function(e) NULL)
  if (!is.null(f) && lavInspect(f, "converged")) return(f) }; FUN(...) }
for(nm in names(sc)){v<-sc[[nm]];a<-psych::alpha(X[,v]);f<-tight(cfa,paste("g =~",paste0("x",v,collapse="+")),hs); s<-splitHalf(X[,v],raw=FALSE,covar=TRUE,brute=TRUE)
 l<-standardizedSolution(f);l<-l[l$op=="=~","est.std"]
 out$scales[[nm]]<-list(items=paste0("x",v),raw_alpha=a$total$raw_alpha,std_alpha=a$total$std.alpha,G6=a$total$`G6(smc)`,average_r=a$total$average_r,r_drop=a$item.stats$r.drop,r_cor=a$item.stats$r.cor,raw_r=a$item.stats$raw.r,alpha_drop=a$alpha.drop$raw_alpha,
 omega_observed=unname(compRelSEM(f)),omega_model=unname(compRelSEM(f,obs.var=FALSE)),AVE=unname(AVE(f)),std_loadings=l,lambda4=s$maxrb,beta=s$minrb,mean_split=s$meanr,
 maximal=unname(maximalRelia(f)))}
out$map<-{v<-vss(X,n=7,rotate="none",fm="pc",plot=FALSE);v$map}
out$eigen<-eigen(cor(X))$values
R<-cor(X);diag(R)<-smc(R);out$eigen_smc<-eigen(R)$values
for(fm in c("ml","minres","pa")) {f<-psych::fa(X,3,fm=fm,rotate="varimax",max.iter=1000); g<-psych::fa(X,3,fm=fm,rotate="none",max.iter=1000); L<-unclass(g$loadings)[,]; p<-promax(varimax(L)$loadings); out$efa[[fm]]<-list(varimax=unclass(f$loadings)[,],promax=unclass(p$loadings)[,],phi=solve(t(p$rotmat)%*%p$rotmat),communality=unname(f$communality),chisq=f$STATISTIC,dof=f$dof,tli=f$TLI,rmsea=unname(f$RMSEA[1]),rms=f$rms)}
write(J(out),"psych_holzinger.json")
