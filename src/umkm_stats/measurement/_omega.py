"""ω hierarchical: how much of a total score is one general factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from umkm_stats import messages, options
from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.kernels.measurement.scale_reliability import alpha
from umkm_stats.measurement._answers import answers, check_scales, usable_rows
from umkm_stats.measurement._outcome import Outcome, rows_of
from umkm_stats.results import Note, Unavailable, idle


@dataclass(frozen=True, eq=False)
class Omega(Outcome):
    """ω of all items together: what ``omega`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Coefficient est: omega_hierarchical, omega_total, alpha, ecv.
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What a reader must know.
    seed : int or None
        None: nothing is drawn.
    loadings : pandas.DataFrame
        Items × general and group factors (standardised).
    method : str
        "schmid_leiman" or "bifactor".
    n_factors : int
        Group factors.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.measurement import omega
    >>> omega(examples.answers()).tidy().set_index("coefficient")["est"].round(3).to_dict()
    {'omega_hierarchical': 0.644, 'omega_total': 0.884, 'alpha': 0.828, 'ecv': 0.496}
    """

    loadings: pd.DataFrame
    method: str
    n_factors: int

    TITLE: ClassVar[str] = "measurement.omega.title"
    PARTS: ClassVar[tuple[str, ...]] = ("loadings", "method", "n_factors")

    def lines(self, lang: str) -> list[str]:
        """Method and factors in words, then the coefficients.

        Parameters
        ----------
        lang : {"en", "id"}
            Language of the text, English or Indonesian.

        Returns
        -------
        list of str
            One a line of the text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> from umkm_stats.measurement import omega
        >>> omega(examples.answers()).lines("en")[0]
        'Schmid-Leiman transformation of an oblique solution with 3 group factors.'
        """
        said = messages.text(f"measurement.omega.{self.method}", lang, factors=self.n_factors)
        return [said, *super().lines(lang)]


def omega(
    items: Any,
    *,
    n_factors: int = 3,
    groups: Mapping[str, Sequence[str]] | None = None,
    method: str = "schmid_leiman",
    use: Sequence[str] | None = None,
) -> Omega | Unavailable:
    """ω hierarchical and ω total of all items together.

    Parameters
    ----------
    items : Responses or pandas.DataFrame
        Answers (rows × items) or a ``Responses``; complete rows are used.
    n_factors : int, default 3
        Group factors of the Schmid–Leiman solution (minres, oblimin, as psych::omega).
    groups : mapping of str to sequence of str, optional
        Group → items, needed by "bifactor": a confirmatory model with a general factor, one factor a group
        and none of them correlated (ML, standardised).
    method : str, default "schmid_leiman"
        "schmid_leiman" or "bifactor".
    use : sequence of str, optional
        Item codes (None: all).

    Returns
    -------
    Omega or Unavailable
        MEA201 when one factor does not explain the correlations of the factors, MEA246 when the bifactor
        model does not converge to an admissible solution.

    Raises
    ------
    UsageError
        GEN001, GEN003, MEA247 (groups missing, or where they do not apply); what ``efa`` raises.

    Notes
    -----
    ω_h = (Σλ_g)²/1′R1, ω_t = 1 − Σu²/1′R1, ECV the general share of the common variance (Zinbarg, Revelle,
    Yovel & Li 2005). Schmid–Leiman equals psych::omega 2.2.9 (2e-3: two minres and oblimin programs).

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.measurement import omega
    >>> found = omega(examples.answers(), groups=examples.SCALES, method="bifactor")
    >>> found.tidy().set_index("coefficient")["est"].round(3).to_dict()
    {'omega_hierarchical': 0.672, 'omega_total': 0.884, 'alpha': 0.828, 'ecv': 0.522}
    """
    options.one_of("method", method, ("schmid_leiman", "bifactor"))
    if (method == "bifactor") != (groups is not None):
        raise UsageError("MEA247", params={"method": method})
    if method == "schmid_leiman":
        return _schmid_leiman(items, options.whole("n_factors", n_factors, low=2), use)
    found = _bifactor(items, groups, use)
    without = idle(("n_factors", n_factors, n_factors != 3, "splitting"))
    return replace(found, notes=(*found.notes, *without)) if isinstance(found, Omega) else found


def _schmid_leiman(items: Any, n_factors: int, use: Sequence[str] | None) -> Omega | Unavailable:
    from umkm_stats.measurement._efa import efa

    solution = efa(items, n_factors=n_factors, use=use)
    found = solution.hierarchical()
    if isinstance(found, Unavailable):
        return found
    names = list(solution.loadings.index)
    corr = solution.correlations.to_numpy()
    k = len(names)
    cronbach = k / (k - 1) * (1.0 - k / corr.sum())
    notes = [note for note in solution.notes if note.code in ("MEA122", "MEA127")]
    if n_factors == 2:
        notes.append(Note("MEA248"))
    columns = ["general", *solution.loadings.columns]
    loadings = np.column_stack([found.general, found.group])
    return Omega(
        _table(found.omega_hierarchical, found.omega_total, float(cronbach), found.explained),
        solution.sample,
        tuple(notes),
        None,
        pd.DataFrame(loadings, index=pd.Index(names, name="item"), columns=columns),
        "schmid_leiman",
        n_factors,
    )


def _bifactor(
    items: Any, groups: Mapping[str, Sequence[str]] | None, use: Sequence[str] | None
) -> Omega | Unavailable:
    from umkm_stats.sem import fit

    members = check_scales(items, groups, least=2)
    names = [name for parts in members.values() for name in parts]
    held = answers(items, items=names if use is None else list(use))
    if sorted(held.frame.columns) != sorted(set(names)) or len(set(names)) != len(names):
        raise UsageError("MEA247", params={"method": "bifactor"})
    values = usable_rows(held, names)
    frame = pd.DataFrame(values, columns=[f"i{j}" for j in range(len(names))])
    code = dict(zip(names, frame.columns, strict=True))
    lines = [f"general =~ {' + '.join(frame.columns)}"]
    lines += [f"g{j} =~ {' + '.join(code[n] for n in parts)}" for j, parts in enumerate(members.values())]
    factors = ["general", *(f"g{j}" for j in range(len(members)))]
    try:
        found = fit("\n".join(lines), frame, std_lv=True, orthogonal=True)
    except UmkmError as error:
        return Unavailable("MEA246", {"reason": error.code})
    table = found.standardized()
    picked = table[table["op"] == "=~"]
    loadings = np.zeros((len(names), len(factors)))
    for row in rows_of(picked):
        loadings[frame.columns.get_loc(row.rhs), factors.index(row.lhs)] = row.est
    unique = 1.0 - (loadings**2).sum(axis=1)
    if not found.converged or (unique <= 0).any():
        return Unavailable("MEA246", {"reason": "SEM"})
    if loadings[:, 0].sum() < 0:
        loadings[:, 0] *= -1.0
    corr = np.corrcoef(values.T)
    common = float((loadings**2).sum())
    return Omega(
        _table(
            float(loadings[:, 0].sum() ** 2 / corr.sum()),
            float(1.0 - unique.sum() / corr.sum()),
            float(alpha(np.asarray(corr))),
            float((loadings[:, 0] ** 2).sum() / common),
        ),
        held.sample(len(values)),
        (),
        None,
        pd.DataFrame(loadings, index=pd.Index(names, name="item"), columns=["general", *members]),
        "bifactor",
        len(members),
    )


def _table(hierarchical: float, total: float, alpha: float, ecv: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "coefficient": ["omega_hierarchical", "omega_total", "alpha", "ecv"],
            "est": [hierarchical, total, alpha, ecv],
        }
    )
