"""Effects, intervals, effect sizes, moderation and sensitivity, on scores and on latent variables."""
