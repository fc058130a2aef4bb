# Times lavaan on the jobs of engine_speed.py. Arguments: folder with model_*.txt and data_*.csv, then name=repeats,…
# Prints one JSON object: name -> {"wall": seconds a draw or fit, "cpu": …, "setting": …}. One core.
# A draw is the faster of two ways, each without standard errors, tests, baseline and saturated model:
# bootstrapLavaan with its default FUN (the string "coef"; a function object there costs more), and refits of
# resampled rows from the options and parameter table of a fit, so that no text is read again.
suppressMessages(library(lavaan))
args <- commandArgs(TRUE)
folder <- args[1]
wanted <- strsplit(args[2], ",")[[1]]
out <- character()
cpu <- function(t) t[["user.self"]] + t[["sys.self"]]
note <- function(name, t, count, setting) {
  out <<- c(out, sprintf('"%s": {"wall": %.9f, "cpu": %.9f, "setting": "%s"}', name, t[["elapsed"]] / count, cpu(t) / count, setting))
}
for (entry in wanted) {
  part <- strsplit(entry, "=")[[1]]
  name <- part[1]
  count <- as.integer(part[2])
  model <- paste(readLines(file.path(folder, paste0("model_", name, ".txt")), warn = FALSE), collapse = "\n")
  data <- read.csv(file.path(folder, paste0("data_", name, ".csv")))
  fiml <- grepl("^fiml", name)
  once <- function(...) if (fiml) sem(model, data, missing = "fiml", ...) else sem(model, data, ...)
  suppressWarnings(once())
  times <- replicate(max(3, min(9, count)), unclass(suppressWarnings(system.time(once()))))
  note(paste0(name, "_cold"), apply(times, 1, median), 1, "sem() with its defaults")
  bare <- suppressWarnings(once(se = "none", test = "none", baseline = FALSE, h1 = FALSE))
  set.seed(1)
  boot <- suppressWarnings(system.time(bootstrapLavaan(bare, R = count)))
  refit <- suppressWarnings(system.time(for (k in seq_len(count)) {
    rows <- data[sample.int(nrow(data), replace = TRUE), ]
    tryCatch(lavaan(slotOptions = bare@Options, slotParTable = bare@ParTable, data = rows), error = function(e) NULL)
  }))
  if (cpu(boot) <= cpu(refit)) note(name, boot, count, "bootstrapLavaan, default FUN, no errors or tests")
  else note(name, refit, count, "refits from a parameter table, no errors or tests")
}
cat(sprintf('{"version": "%s", %s}\n', as.character(packageVersion("lavaan")), paste(out, collapse = ", ")))
