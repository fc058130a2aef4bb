"""The pictures a fit offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from umkm_stats.figures import Picture


class Pictured:
    """What draws a fit."""

    def plot(
        self,
        kind: str = "paths",
        *,
        values: str = "std_all",
        group: str | None = None,
        lang: str = "en",
    ) -> Picture:
        """A picture of the fitted model as a matplotlib figure; it draws numbers that stand in the result.

        Parameters
        ----------
        kind : {"paths", "coefficients", "residuals"}, default "paths"
            "paths": the path diagram, with latent variables as ellipses, observed ones as boxes, loadings,
            regressions with their limits, covariances between variables as curved arrows, and R² of every
            outcome. Variances and means are not drawn. An arrow whose interval holds 0 is dashed, a negative
            one red. "coefficients": loadings, regressions and covariances with their limits.
            "residuals": observed minus implied correlations (``residuals("correlation")``).
        values : {"std_all", "est"}, default "std_all"
            Standardised values, or those in the units of the data; "residuals" are correlations always.
        group : str, optional
            Which group of a model of several; the first when None.
        lang : {"en", "id"}, default "en"
            Language of the words and of the decimal mark.

        Returns
        -------
        matplotlib.figure.Figure
            ``savefig("model.png", dpi=300)`` writes it.

        Raises
        ------
        UsageError
            GEN001 or GEN002 for a kind, values, group or language that is not known; the message lists those
            that are.
        UmkmError
            SEM590 when the search did not converge, SEM591 when the model has nothing of that kind.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from umkm_stats import fit
        >>> rng = np.random.default_rng(4)
        >>> factor = rng.normal(size=200)
        >>> data = pd.DataFrame({f"x{k}": factor + rng.normal(size=200) for k in (1, 2, 3)})
        >>> picture = fit("F =~ x1 + x2 + x3", data).plot("paths")
        >>> [text.get_text() for text in picture.axes[0].texts][:4]
        ['F', 'x1', 'x2', 'x3']
        """
        from umkm_stats.sem._plots import draw

        found: Any = self
        return draw(found, kind, values, group, lang)
