# Reference for tests/planning/test_sample_size_formulas.py: power and sample size of RMSEA tests.
# Rscript semtools_rmsea_power.R > out.json
suppressMessages(library(semTools))
f<-function(a,b,df,p=.8,g=1) findRMSEAsamplesize(rmsea0=a,rmseaA=b,df=df,power=p,group=g)
pw<-function(a,b,df,n,g=1) findRMSEApower(rmsea0=a,rmseaA=b,df=df,n=n,group=g)
cat("{\"producer\":\"semTools",as.character(packageVersion("semTools")),"R",as.character(getRversion()),"\",\n\"samplesize\":[")
first<-TRUE
for(ab in list(c(.05,.08),c(0,.05),c(.05,.01),c(.05,.10))) for(df in c(2,10,24,50,100,246)) { if(!first) cat(",\n"); first<-FALSE; cat(sprintf("[%g,%g,%d,%d]",ab[1],ab[2],df,as.integer(f(ab[1],ab[2],df))))}
cat("],\n\"power\":["); first<-TRUE
for(ab in list(c(.05,.08),c(0,.05),c(.05,.01))) for(df in c(10,24,50,246)) for(n in c(100,200,500)) for(g in 1:2){ if(!first) cat(",\n"); first<-FALSE; cat(sprintf("[%g,%g,%d,%d,%d,%.12f]",ab[1],ab[2],df,n,g,pw(ab[1],ab[2],df,n,g)))}
cat("]}\n")
