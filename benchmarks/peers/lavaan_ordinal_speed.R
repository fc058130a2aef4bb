# Times lavaan on ordinal_speed.py's model. Arguments: folder with model.txt and data.csv, number of draws.
# A draw is the faster of two ways, each without standard errors and test: bootstrapLavaan with its default FUN,
# and DWLS refits of resampled rows. One core.
suppressMessages(library(lavaan))
args <- commandArgs(TRUE)
model <- paste(readLines(file.path(args[1], "model.txt")), collapse = "\n")
data <- read.csv(file.path(args[1], "data.csv"))
items <- names(data)
count <- as.integer(args[2])
cold <- replicate(3, unclass(suppressWarnings(system.time(
  fitMeasures(sem(model, data, ordered = items, estimator = "WLSMV"))))))
cold <- apply(cold, 1, median)
bare <- suppressWarnings(sem(model, data, ordered = items, estimator = "DWLS", se = "none", test = "none"))
set.seed(1)
boot <- suppressWarnings(system.time(bootstrapLavaan(bare, R = count)))
refit <- suppressWarnings(system.time(for (k in seq_len(count)) {
  rows <- data[sample.int(nrow(data), replace = TRUE), ]
  tryCatch(sem(model, rows, ordered = items, estimator = "DWLS", se = "none", test = "none"), error = function(e) NULL)
}))
cpu <- function(x) x[["user.self"]] + x[["sys.self"]]
t <- if (cpu(boot) <= cpu(refit)) boot else refit
setting <- paste0(if (cpu(boot) <= cpu(refit)) "bootstrapLavaan, default FUN" else "refits", ", no errors or tests")
cat(sprintf('{"version": "%s", "cold": {"wall": %.6f, "cpu": %.6f}, "draw": {"wall": %.6f, "cpu": %.6f, "setting": "%s"}}\n',
  as.character(packageVersion("lavaan")), cold[["elapsed"]], cpu(cold), t[["elapsed"]] / count, cpu(t) / count, setting))
