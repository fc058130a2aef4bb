"""Models and data of the speed table: simulated with a fixed Philox stream, so that every machine times the
same."""

from __future__ import annotations

import numpy as np
import pandas as pd

DEMOCRACY = (
    "ind60 =~ x1+x2+x3\ndem60 =~ y1+y2+y3+y4\ndem65 =~ y5+y6+y7+y8\ndem60 ~ a*ind60\ndem65 ~ c*ind60 + "
    "b*dem60\n"
    "y1~~y5\ny2~~y4+y6\ny3~~y7\ny4~~y8\ny6~~y8\nindirect := a*b"
)


def mediation(items: int, n: int, *, missing: float = 0.0, seed: int = 20261124) -> tuple[str, pd.DataFrame]:
    """Latent X → M → Y with ``items`` items in all (a third each), loadings .55–.85, unit item variances."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    x = rng.normal(size=n)
    m = 0.5 * x + np.sqrt(0.75) * rng.normal(size=n)
    y = 0.3 * x + 0.4 * m + 0.8 * rng.normal(size=n)
    loads = np.resize(np.linspace(0.55, 0.85, items // 3), items)
    latent = np.stack([x, m, y], axis=1)[:, np.arange(items) * 3 // items]
    data = latent * loads + rng.normal(size=(n, items)) * np.sqrt(1 - loads**2)
    if missing:
        data[rng.random(data.shape) < missing] = np.nan
        data = data[~np.isnan(data).all(axis=1)]
    names = [f"i{k + 1}" for k in range(items)]
    third = items // 3
    lines = [
        f"{latent} =~ " + " + ".join(names[k * third : (k + 1) * third])
        for k, latent in enumerate(("X", "M", "Y"))
    ]
    text = "\n".join([*lines, "M ~ a*X", "Y ~ b*M + c*X", "ab := a*b"])
    return text, pd.DataFrame(data, columns=names)


def democracy() -> tuple[str, pd.DataFrame]:
    """Bollen's PoliticalDemocracy (N = 75), as package semopy carries it."""
    from semopy.examples import political_democracy

    return DEMOCRACY, political_democracy.get_data()
