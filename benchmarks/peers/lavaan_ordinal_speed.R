# Times lavaan on ordinal_speed.py's model. Arguments: folder with model.txt and data.csv, number of draws.
# A draw is a DWLS refit of resampled rows without standard errors and test, as a bootstrap needs it. One core.
suppressMessages(library(lavaan))
args <- commandArgs(TRUE)
model <- paste(readLines(file.path(args[1], "model.txt")), collapse = "\n")
data <- read.csv(file.path(args[1], "data.csv"))
items <- names(data)
count <- as.integer(args[2])
cold <- replicate(3, unclass(suppressWarnings(system.time(
  fitMeasures(sem(model, data, ordered = items, estimator = "WLSMV"))))))
cold <- apply(cold, 1, median)
set.seed(1)
t <- suppressWarnings(system.time(for (k in seq_len(count)) {
  rows <- data[sample.int(nrow(data), replace = TRUE), ]
  tryCatch(sem(model, rows, ordered = items, estimator = "DWLS", se = "none", test = "none"), error = function(e) NULL)
}))
cpu <- function(x) x[["user.self"]] + x[["sys.self"]]
cat(sprintf('{"version": "%s", "cold": {"wall": %.6f, "cpu": %.6f}, "draw": {"wall": %.6f, "cpu": %.6f}}\n',
  as.character(packageVersion("lavaan")), cold[["elapsed"]], cpu(cold), t[["elapsed"]] / count, cpu(t) / count))
