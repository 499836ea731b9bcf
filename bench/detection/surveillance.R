# Runs a method of the R package `surveillance` over series, or writes the series of its data sets.
#
#   Rscript surveillance.R datasets FOLDER          each data set as FOLDER/<name>.csv
#   Rscript surveillance.R run JOBS                 each line of JOBS: series.csv <tab> result.csv <tab> call
#
# A series file has "# freq N" and "# start YEAR N" lines, then a column `epoch` (days since 1970, or 1, 2, … without dates) and a
# column per series. A call is R code such as `farringtonFlexible(b = 3, range = 200:312)`; `x` is put in front as an sts.
# The result has a row per series and time: upper bound, alarm, and what else the method tells.
# The call `seconds farringtonFlexible(…)` writes nothing but the seconds it took.

suppressMessages(library(surveillance))
options(digits = 17, scipen = 10, warn = -1)

as_series <- function(x) if (inherits(x, "disProg")) disProg2sts(x) else x

write_series <- function(x, file) {
  epoch <- if (x@epochAsDate) x@epoch else seq_len(nrow(x@observed))
  counts <- as.data.frame(x@observed)
  names(counts) <- paste0("s", seq_along(counts))
  writeLines(c(paste("# freq", x@freq), paste("# start", paste(x@start, collapse = " ")),
               paste("# dates", as.integer(x@epochAsDate))), file)
  suppressWarnings(write.table(cbind(epoch = epoch, counts), file, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE))
}

write_datasets <- function(folder) {
  for (name in sub(" .*", "", data(package = "surveillance")$results[, "Item"])) {
    place <- new.env()
    suppressWarnings(data(list = name, package = "surveillance", envir = place))
    x <- place[[name]]
    if (inherits(x, "disProg") || is(x, "sts")) write_series(as_series(x), file.path(folder, paste0(name, ".csv")))
  }
}

read_series <- function(file) {
  head <- strsplit(readLines(file, 3), " ")
  table <- read.csv(file, comment.char = "#")
  dates <- head[[3]][3] == "1"
  sts(observed = as.matrix(table[-1]), start = as.integer(head[[2]][3:4]), frequency = as.integer(head[[1]][3]),
      epoch = if (dates) as.Date(table$epoch, origin = "1970-01-01") else NULL)
}

# One series at a time, so that a series a method breaks on does not take the others with it.
run_method <- function(x, method, control) {
  arguments <- list(x, control = control)
  if (method == "farrington") arguments$verbose <- FALSE
  do.call(method, arguments)
}

evaluated <- function(x, call) {
  method <- as.character(call[[1]])
  control <- lapply(as.list(call)[-1], eval)
  parts <- lapply(seq_len(ncol(x@observed)), function(unit) {
    found <- try(run_method(x[, unit], method, control), silent = TRUE)
    if (inherits(found, "try-error"))
      return(data.frame(series = unit - 1, time = control$range - 1, upper = NA, alarm = NA, expected = NA, phi = NA,
                        trend = NA, pvalue = NA, mu0 = NA, failed = 1))
    told <- function(slot) { v <- found@control[[slot]]; if (length(v) != length(control$range)) NA else as.numeric(v) }
    data.frame(series = unit - 1, time = control$range - 1, upper = as.numeric(found@upperbound),
               alarm = as.numeric(found@alarm), expected = told("expected"), phi = told("phiVector"),
               trend = told("trend"), pvalue = told("pvalue"), mu0 = told("mu0Vector"), failed = 0)
  })
  do.call(rbind, parts)
}

main <- function(task, where) {
  if (task == "datasets") return(write_datasets(where))
  for (job in strsplit(readLines(where), "\t")) {
    x <- read_series(job[1])
    timing <- startsWith(job[3], "seconds ")
    call <- parse(text = sub("^seconds ", "", job[3]))[[1]]
    used <- system.time(found <- evaluated(x, call))
    if (timing) writeLines(format(used[["user.self"]] + used[["sys.self"]]), job[2])
    else write.table(found, job[2], sep = ",", row.names = FALSE, quote = FALSE, na = "nan")
  }
}

arguments <- commandArgs(trailingOnly = TRUE)
main(arguments[1], arguments[2])
