"""The result of every mediation analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from umkm_stats.mediation import _summary
from umkm_stats.results import Note, SampleUsed, jsonable

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.mediation._data import Columns
    from umkm_stats.mediation._effects import Named
    from umkm_stats.mediation._rows import Coefficients
    from umkm_stats.mediation._spec import Spec
    from umkm_stats.sem import Fit


@dataclass(frozen=True, eq=False)
class Mediation:
    """Effects of a mediation model with every interval, and what they were computed from.

    effects: one row an effect and method: effect, path, method, est, se, ci_low, ci_high, p.
    coefficients: one row a coefficient: outcome, role, term, est, se, t, df, p, ci_low, ci_high.
    equations: one row a regression: outcome, role, n, r2, sigma, df.
    sizes: standardised effects ("std_xy": per SD of x in SDs of y; "std_y": in SDs of y), standardised in each draw.
    draws: (draws, effects) every effect in every draw, NaN where the draw failed; columns ``effect: path``.
    ledger: requested, converged, inadmissible, failed and the reasons.
    probes: moderator values at which conditional effects stand. johnson_neyman: borders of the regions of
    significance of every moderated arrow, or None. fit: the fitted model of a latent analysis. For a latent analysis
    ``coefficients`` and ``equations`` are the structural rows and R² of that fit.
    """

    kind: str
    spec: Spec
    effects: pd.DataFrame
    coefficients: pd.DataFrame
    equations: pd.DataFrame
    sizes: pd.DataFrame
    draws: pd.DataFrame
    ledger: Mapping[str, Any]
    level: float
    errors: str
    sample: SampleUsed
    seed: int | None
    notes: tuple[Note, ...]
    probes: tuple[Mapping[str, float], ...] = ()
    johnson_neyman: pd.DataFrame | None = None
    columns: Columns | None = field(default=None, repr=False)
    named: tuple[Named, ...] = field(default=(), repr=False)
    found: Coefficients | None = field(default=None, repr=False)
    fit: Fit | None = field(default=None, repr=False)

    @property
    def process(self) -> str | None:
        """Number of the model in PROCESS, when it has one."""
        return self.spec.process

    def tidy(self) -> pd.DataFrame:
        """The effects frame."""
        return self.effects.copy()

    def glance(self) -> pd.DataFrame:
        """One row about the analysis."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "kind": self.kind,
                    "process_model": self.process or "",
                    "n": self.sample.used,
                    "level": self.level,
                    "errors": self.errors,
                    "requested": self.ledger["requested"],
                    "converged": self.ledger["converged"],
                    "inadmissible": self.ledger["inadmissible"],
                    "failed": self.ledger["failed"],
                    "seed": self.seed,
                }
            ]
        )

    def summary(self, lang: str = "en") -> str:
        """Path, formula, formula with numbers, intervals, draws, sample, seed and notes as text."""
        return _summary.text_of(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; draws and data are left out."""
        return {
            "kind": self.kind,
            "process_model": self.process,
            "effects": jsonable(self.effects),
            "coefficients": jsonable(self.coefficients),
            "equations": jsonable(self.equations),
            "sizes": jsonable(self.sizes),
            "johnson_neyman": None if self.johnson_neyman is None else jsonable(self.johnson_neyman),
            "ledger": jsonable(dict(self.ledger)),
            "level": self.level,
            "errors": self.errors,
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "notes": [note.to_dict() for note in self.notes],
        }
