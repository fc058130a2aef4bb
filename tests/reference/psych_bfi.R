# Makes psych_bfi.json (R 4.2.2, psych 2.2.9) from the psych::bfi data.
suppressMessages(library(psych))
J<-function(x){ if(is.null(x)) return("null")
 if(is.matrix(x)||is.data.frame(x)) {x<-as.matrix(x); return(paste0("[",paste(apply(x,1,function(r)J(unname(r))),collapse=",\n"),"]"))}
 if(is.list(x)){ if(is.null(names(x))) return(paste0("[",paste(sapply(x,J),collapse=","),"]")); return(paste0("{",paste(sapply(names(x),function(n)paste0('"',n,'": ',J(x[[n]]))),collapse=",\n"),"}"))}
 q<-function(v) if(is.character(v)) paste0('"',v,'"') else if(is.logical(v)) tolower(as.character(v)) else ifelse(is.na(v),"null",formatC(v,digits=13,format="g"))
 if(!is.null(names(x))&&length(x)>0) return(paste0("{",paste0('"',names(x),'": ',q(unname(x)),collapse=","),"}"))
 if(length(x)==1) return(q(x)); paste0("[",paste(q(x),collapse=","),"]")}

b <- na.omit(read.csv("bfi.csv")[, 1:25])
f <- fa(b, 5, fm = "minres", rotate = "varimax"); g <- fa(b, 5, fm = "ml", rotate = "varimax")
L <- unclass(fa(b, 5, fm = "ml", rotate = "none")$loadings)[, ]; p <- promax(varimax(L)$loadings)
write(J(list(producer = "R 4.2.2, psych 2.2.9; psych::bfi, 25 items as they are, 2436 complete rows", items = names(b), minres_varimax = unclass(f$loadings)[, ],
  ml_varimax = unclass(g$loadings)[, ], ml_promax = unclass(p$loadings)[, ], map = vss(b, 8, rotate = "none", fm = "pc", plot = FALSE)$map)), "psych_bfi.json")
