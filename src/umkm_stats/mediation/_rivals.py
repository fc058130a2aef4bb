"""A model beside its rival with the order turned round: same fit, different story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.mediation._latent import mediate_latent
from umkm_stats.mediation._observed import mediate
from umkm_stats.mediation._result import Mediation
from umkm_stats.results import Note, SampleUsed, jsonable, told

if TYPE_CHECKING:
    import pandas as pd

SAME_FIT = 1e-5


@dataclass(frozen=True, eq=False)
class Rivals:
    """Two analyses of the same data with the direction between x and m reversed.

    Attributes
    ----------
    first, second : Mediation
        Both analyses, with the same seed.
    fit_equal : bool or None
        Whether χ² (latent models) agrees within 1e-5 and df and BIC are the same; None for score models,
        which are saturated.
    notes : tuple of Note
        What the comparison can and cannot tell.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.mediation import rival_scores
    >>> found = rival_scores(examples.firms(), x="OI", m="IP", y="BP", draws=50, seed=1)
    >>> found.fit_equal is None, [note.code for note in found.notes]
    (True, ['MED421'])
    """

    first: Mediation
    second: Mediation
    fit_equal: bool | None
    notes: tuple[Note, ...]

    @property
    def sample(self) -> SampleUsed:
        """Rows read and used, of the first analysis.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.mediation import rival_scores
        >>> rival_scores(examples.firms(), x="OI", m="IP", y="BP", draws=50, seed=1).sample.used
        200
        """
        return self.first.sample

    @property
    def seed(self) -> int | None:
        """Seed of both analyses.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.mediation import rival_scores
        >>> rival_scores(examples.firms(), x="OI", m="IP", y="BP", draws=50, seed=1).seed
        1
        """
        return self.first.seed

    def tidy(self) -> pd.DataFrame:
        """Both effects frames, one above the other.

        Returns
        -------
        pandas.DataFrame
            Columns effect, path, method, est, se, ci_low, ci_high, p, model ("1" or "2").

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.mediation import rival_scores
        >>> found = rival_scores(examples.firms(), x="OI", m="IP", y="BP", draws=50, seed=1).tidy()
        >>> indirect = found.query("effect == 'indirect' and method == 'delta'")
        >>> indirect[["path", "est"]].round(3).to_dict("records")
        [{'path': 'OI -> IP -> BP', 'est': 0.15}, {'path': 'IP -> OI -> BP', 'est': 0.076}]
        """
        import pandas as pd

        frames = [self.first.effects.assign(model="1"), self.second.effects.assign(model="2")]
        return pd.concat(frames, ignore_index=True)

    def glance(self) -> pd.DataFrame:
        """One row a model.

        Returns
        -------
        pandas.DataFrame
            Columns model, x2, df, bic (NaN for score models).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.mediation import rival_scores
        >>> found = rival_scores(examples.firms(), x="OI", m="IP", y="BP", draws=50, seed=1)
        >>> found.glance()["model"].tolist()
        ['1', '2']
        """
        import pandas as pd

        rows = []
        for number, result in (("1", self.first), ("2", self.second)):
            given: dict[str, Any] = {} if result.fit is None else dict(result.fit.indices)
            nan = float("nan")
            rows.append(
                {
                    "model": number,
                    "x2": given.get("chisq", nan),
                    "df": given.get("df", nan),
                    "bic": given.get("bic", nan),
                }
            )
        return pd.DataFrame(rows)

    def summary(self, lang: str = "en") -> str:
        """Both summaries and what the comparison can and cannot tell.

        Parameters
        ----------
        lang : {"en", "id"}, default "en"
            Language of the text, English or Indonesian.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.mediation import rival_scores
        >>> rival_scores(examples.firms(), x="OI", m="IP", y="BP", draws=50, seed=1).summary().splitlines()[0]
        'Model 1'
        """
        parts = []
        for number, result in ((1, self.first), (2, self.second)):
            parts.append(messages.text("mediation.rival", lang, number=number) + "\n" + result.summary(lang))
        return "\n\n".join([*parts, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """Both analyses as plain values.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.mediation import rival_scores
        >>> sorted(rival_scores(examples.firms(), x="OI", m="IP", y="BP", draws=50, seed=1).to_dict())
        ['first', 'fit', 'fit_equal', 'notes', 'second']
        """
        return {
            "first": self.first.to_dict(),
            "second": self.second.to_dict(),
            "fit_equal": self.fit_equal,
            "fit": jsonable(self.glance()),
            "notes": [note.to_dict() for note in self.notes],
        }


def rivals(source: Any, *, models: tuple[str, str] = ("M1", "M2"), **options: Any) -> Rivals:
    r"""``mediate_latent`` of two models, one seed for both.

    x → m → y and m → x → y with c′ free are Markov equivalent: identical χ², df and BIC. When they differ by
    more, the models are not the same set of variables and a note says so (MED422).

    Parameters
    ----------
    source : object
        ``Responses`` or a frame, as in ``mediate_latent``.
    models : (str, str), default ("M1", "M2")
        Keys of the instrument, or model texts for a frame.
    **options : object
        Passed on to ``mediate_latent``.

    Returns
    -------
    Rivals
        Both analyses, and whether they fit equally.

    Raises
    ------
    UsageError
        What ``mediate_latent`` raises.
    UmkmError
        The same.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.mediation import rivals
    >>> other = examples.MEASURES + "\nOI ~ IP\nBP ~ OI + IP"
    >>> models = (examples.MODEL, other)
    >>> found = rivals(examples.answers(), models=models, draws=20, seed=1, intervals="percentile")
    >>> found.fit_equal
    True
    """
    first = mediate_latent(source, model=models[0], **options)
    second = mediate_latent(source, model=models[1], **{**options, "seed": first.seed})
    if first.fit is None or second.fit is None:
        raise TypeError("latent analyses carry their fit")
    one, two = first.fit.indices, second.fit.indices
    equal = abs(one["chisq"] - two["chisq"]) < SAME_FIT and one["df"] == two["df"]
    return Rivals(first, second, bool(equal), (Note("MED421" if equal else "MED422", {}),))


def rival_scores(data: Any, *, x: str, m: str, y: str, **options: Any) -> Rivals:
    """``mediate`` of x → m → y and of m → x → y, one seed for both.

    Score models are saturated, so fit says nothing.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a respondent.
    x, m, y : str
        Predictor, mediator, outcome.
    **options : object
        Passed on to ``mediate``.

    Returns
    -------
    Rivals
        Both analyses.

    Raises
    ------
    UsageError
        What ``mediate`` raises.
    UmkmError
        The same.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.mediation import rival_scores
    >>> found = rival_scores(examples.firms(), x="OI", m="IP", y="BP", draws=50, seed=1)
    >>> found.tidy().query("effect == 'direct' and method == 'ols'")["est"].round(3).tolist()
    [0.177, 0.36]
    """
    first = mediate(data, x=x, m=m, y=y, **options)
    second = mediate(data, x=m, m=x, y=y, **{**options, "seed": first.seed})
    return Rivals(first, second, None, (Note("MED421", {}),))
