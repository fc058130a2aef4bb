# Times lavaan on the jobs of engine_speed.py. Arguments: folder with model_*.txt and data_*.csv, then name=repeats,…
# Prints one JSON object: name -> {"wall": seconds a draw or fit, "cpu": …, "version": …}. One core.
suppressMessages(library(lavaan))
args <- commandArgs(TRUE)
folder <- args[1]
wanted <- strsplit(args[2], ",")[[1]]
out <- character()
note <- function(name, t, count) out <<- c(out, sprintf('"%s": {"wall": %.9f, "cpu": %.9f}', name, t[["elapsed"]] / count, (t[["user.self"]] + t[["sys.self"]]) / count))
for (entry in wanted) {
  part <- strsplit(entry, "=")[[1]]
  name <- part[1]
  count <- as.integer(part[2])
  model <- paste(readLines(file.path(folder, paste0("model_", name, ".txt"))), collapse = "\n")
  data <- read.csv(file.path(folder, paste0("data_", name, ".csv")))
  fiml <- grepl("^fiml", name)
  once <- function() if (fiml) sem(model, data, missing = "fiml") else sem(model, data)
  fit <- suppressWarnings(once())
  times <- replicate(max(3, min(9, count)), unclass(suppressWarnings(system.time(once()))))
  note(paste0(name, "_cold"), apply(times, 1, median), 1)
  set.seed(1)
  # only estimates are wanted of a draw: no standard errors, tests or baseline model, lavaan's fastest way
  bare <- suppressWarnings(update(fit, se = "none", test = "none", baseline = FALSE, h1 = FALSE))
  t <- suppressWarnings(system.time(bootstrapLavaan(bare, R = count, FUN = coef)))
  note(name, t, count)
}
cat(sprintf('{"version": "%s", %s}\n', as.character(packageVersion("lavaan")), paste(out, collapse = ", ")))
