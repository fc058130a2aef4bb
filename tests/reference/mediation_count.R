# Count regressions of mediation_count.csv (simulated rows): glm and MASS::glm.nb, R 4.2.2, MASS 7.3-58.2.
# Rscript mediation_count.R prints the numbers that stand in mediation_count.json under "r".
data <- read.csv("mediation_count.csv")
options(digits = 15)
for (y in c("yp", "yn")) {
  found <- glm(reformulate(c("x", "m", "c"), y), poisson, data, epsilon = 1e-15, maxit = 200)
  print(summary(found)$coefficients[, 1:2])
}
for (y in c("yn")) {
  found <- MASS::glm.nb(reformulate(c("x", "m", "c"), y), data, control = glm.control(epsilon = 1e-15, maxit = 500))
  print(summary(found)$coefficients[, 1:2])
  print(1 / found$theta)
}
