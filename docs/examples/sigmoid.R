sigmoid <- function(x) {
  e <- exp(-abs(x))
  ifelse(x >= 0, 1, e) / (1 + e)
}

sigmoid_derivative <- function(x) {
  e <- exp(-abs(x))
  e / (1 + e)^2
}

x <- scan("stdin", quiet = TRUE)
cat(sprintf("%.17g %.17g\n", sigmoid(x), sigmoid_derivative(x)), sep = "")
