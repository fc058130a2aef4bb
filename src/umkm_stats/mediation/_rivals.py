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
    """Both analyses, with the same seed. ``fit_equal``: whether χ² (latent models) agrees within 1e-5 and df
    and BIC
    are the same; None for score models, which are saturated."""

    first: Mediation
    second: Mediation
    fit_equal: bool | None
    notes: tuple[Note, ...]

    @property
    def sample(self) -> SampleUsed:
        """Of the first."""
        return self.first.sample

    @property
    def seed(self) -> int | None:
        """Of both."""
        return self.first.seed

    def tidy(self) -> pd.DataFrame:
        """Both effects frames one above the other, with a column ``model`` (1, 2)."""
        import pandas as pd

        frames = [self.first.effects.assign(model="1"), self.second.effects.assign(model="2")]
        return pd.concat(frames, ignore_index=True)

    def glance(self) -> pd.DataFrame:
        """One row a model: model, x2, df, bic (NaN for score models)."""
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
        """Both summaries and what the comparison can and cannot tell."""
        parts = []
        for number, result in ((1, self.first), (2, self.second)):
            parts.append(messages.text("mediation.rival", lang, number=number) + "\n" + result.summary(lang))
        return "\n\n".join([*parts, *told(self.notes, lang)])

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "first": self.first.to_dict(),
            "second": self.second.to_dict(),
            "fit_equal": self.fit_equal,
            "fit": jsonable(self.glance()),
            "notes": [note.to_dict() for note in self.notes],
        }


def rivals(source: Any, *, models: tuple[str, str] = ("M1", "M2"), **options: Any) -> Rivals:
    """``mediate_latent`` of both ``models`` (keys of the instrument, or model texts for a frame), one seed
    for both.

    x → m → y and m → x → y with c′ free are Markov equivalent: identical χ², df and BIC. When they differ by
    more, the models are not the same set of variables and a note says so (MED422).
    """
    first = mediate_latent(source, model=models[0], **options)
    second = mediate_latent(source, model=models[1], **{**options, "seed": first.seed})
    if first.fit is None or second.fit is None:
        raise TypeError("latent analyses carry their fit")
    one, two = first.fit.indices, second.fit.indices
    equal = abs(one["chisq"] - two["chisq"]) < SAME_FIT and one["df"] == two["df"]
    return Rivals(first, second, bool(equal), (Note("MED421" if equal else "MED422", {}),))


def rival_scores(data: Any, *, x: str, m: str, y: str, **options: Any) -> Rivals:
    """``mediate`` of x → m → y and of m → x → y, one seed for both; score models are saturated, so fit says
    nothing."""
    first = mediate(data, x=x, m=m, y=y, **options)
    second = mediate(data, x=m, m=x, y=y, **{**options, "seed": first.seed})
    return Rivals(first, second, None, (Note("MED421", {}),))
