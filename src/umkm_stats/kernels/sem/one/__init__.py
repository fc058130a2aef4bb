"""One model, one sample: value, gradient, information and the search for the optimum."""
