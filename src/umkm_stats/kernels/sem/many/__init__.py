"""Many draws of one model at once: the same objective, batched over draws."""
