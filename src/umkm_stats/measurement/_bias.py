"""Common-method bias: what each check can say, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.kernels.measurement import common_method as kernel
from umkm_stats.kernels.measurement.scale_reliability import correlations
from umkm_stats.measurement._answers import Scales, answers, check_scales, usable_rows
from umkm_stats.measurement._method_models import marker_models, method_models
from umkm_stats.measurement._outcome import Outcome, rows_of, table_lines
from umkm_stats.results import Note

VIF_BORDER, HARMAN_BORDER = 3.3, 0.50


@dataclass(frozen=True, eq=False)
class MethodBias(Outcome):
    """Common-method bias: what ``umkm_stats.method_bias`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Check value border flagged: "harman_pca", "harman_paf" (shares of variance), "vif_max", "marker_r"
        (mean |r| of the marker with the scales), "method_share" (mean squared loading on a latent method
        factor).
    sample : SampleUsed or None
        Rows read and used.
    notes : tuple of Note
        What a reader must know.
    seed : int or None
        None: nothing is drawn.
    vif : pandas.DataFrame
        Scale, vif.
    marker : pandas.DataFrame
        Construct other r r_adjusted t p r_conservative p_conservative; empty without a marker.
    models : pandas.DataFrame
        Model chisq df p cfi rmsea chisq_diff df_diff p_diff method_share converged admissible (latent method
        factor, then the phases of the CFA marker technique).

    Examples
    --------
    >>> from umkm_stats import examples, method_bias
    >>> found = method_bias(examples.answers(), scales=examples.SCALES, latent=False)
    >>> found.tidy().set_index("check")["value"].round(3).to_dict()
    {'harman_pca': 0.423, 'harman_paf': 0.353, 'vif_max': 1.394}
    """

    vif: pd.DataFrame
    marker: pd.DataFrame
    models: pd.DataFrame

    TITLE: ClassVar[str] = "measurement.bias.title"
    PARTS: ClassVar[tuple[str, ...]] = ("vif", "marker", "models")

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            A column a check that could be done (harman_pca, harman_paf, vif_max, marker_r, method_share), and
            n.

        Examples
        --------
        >>> from umkm_stats import examples, method_bias
        >>> found = method_bias(examples.answers(), scales=examples.SCALES, latent=False)
        >>> found.glance().round(2).to_dict("records")
        [{'harman_pca': 0.42, 'harman_paf': 0.35, 'vif_max': 1.39, 'n': 200}]
        """
        row = dict(zip(self.table["check"], self.table["value"], strict=True))
        return pd.DataFrame([row | {"n": self.sample.used if self.sample else np.nan}])

    def lines(self, lang: str) -> list[str]:
        """Each check with what it can say.

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
        >>> from umkm_stats import examples, method_bias
        >>> method_bias(examples.answers(), scales=examples.SCALES, latent=False).lines("en")[0]
        'Harman, first component: 42.3% of the variance (weak test; customary border 0.50).'
        """
        out = []
        for row in rows_of(self.table):
            none = "" if np.isfinite(row.value) else ".none"
            out.append(
                messages.text(
                    f"measurement.bias.{row.check}{none}",
                    lang,
                    value=row.value,
                    percent=100 * row.value,
                    border=row.border,
                )
            )
        if len(self.models):
            out += table_lines(
                self.models,
                lang,
                names=("model", "chisq", "df", "cfi", "chisq_diff", "df_diff", "p_diff", "method_share"),
            )
        return out


def method_bias(
    responses: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    marker: Sequence[str] | None = None,
    latent: bool = True,
) -> MethodBias:
    """Checks for variance that comes from one source, one time and one form of question.

    Parameters
    ----------
    responses : Responses or pandas.DataFrame
        A ``Responses`` or answers with ``scales``; rows complete on all items of the scales (and the marker)
        are used.
    scales : mapping of str to sequence of str, optional
        Scale → items; the instrument's when None.
    marker : sequence of str, optional
        Items without a theoretical link to the others; the instrument's marker items when None and there are
        any.
    latent : bool, default True
        Also fit an unmeasured latent method factor and, with two or more marker items, the CFA marker phases.

    Returns
    -------
    MethodBias
        A row a check with its border; the models in ``models``.

    Raises
    ------
    UsageError
        MEA024 (a marker item also stands in a scale); as ``cfa``.
    UmkmError
        As ``cfa``.

    Notes
    -----
    Harman's first factor by components and by principal axes (weak: it rarely flags anything),
    full-collinearity VIF of scale means (Kock 2015; flag above 3.3), marker-variable correction of the scale
    correlations (Lindell & Whitney 2001; r_M is the smallest absolute correlation of the marker with a scale,
    ``conservative`` uses the largest), the latent method factor with equal and with free loadings, and the
    phases CFA, Baseline, C, U, R (Williams, Hartman & Cavazotte 2010,
    https://doi.org/10.1177/1094428110366036).

    Examples
    --------
    >>> from umkm_stats import examples, method_bias
    >>> found = method_bias(examples.answers(), scales=examples.SCALES)
    >>> found.tidy()[["check", "value", "flagged"]].round(3).to_dict("records")[0]
    {'check': 'harman_pca', 'value': 0.423, 'flagged': False}
    """
    given = check_scales(responses, scales)
    codes = [code for members in given.values() for code in members]
    marks = _marker_items(responses, codes, marker)
    held = answers(responses, items=[*codes, *marks])
    names = list(dict.fromkeys([*codes, *marks]))
    values = usable_rows(held, names)
    frame = pd.DataFrame(values, columns=names)
    items = list(dict.fromkeys(codes))
    corr = correlations(np.cov(frame[items].to_numpy(), rowvar=False))
    notes: list[Note] = []
    rows = [_check("harman_pca", kernel.first_component_share(corr), HARMAN_BORDER)]
    if np.linalg.matrix_rank(corr) == len(items):
        rows.append(_check("harman_paf", kernel.first_axis_share(corr), HARMAN_BORDER))
    means = pd.DataFrame({name: frame[members].mean(axis=1) for name, members in given.items()})
    vif = (
        kernel.full_collinearity(np.corrcoef(means.to_numpy(), rowvar=False))
        if len(given) > 1
        else np.array([np.nan])
    )
    inflated = pd.DataFrame({"scale": list(given), "vif": vif})
    rows.append(_check("vif_max", float(np.nanmax(vif)) if np.isfinite(vif).any() else np.nan, VIF_BORDER))
    corrected = (
        _marker(means, frame[marks].mean(axis=1), rows, notes)
        if marks
        else pd.DataFrame(columns=list(MARKER))
    )
    if not marks:
        notes.append(Note("MEA171", column="marker"))
    models = pd.DataFrame(columns=list(MODELS))
    if latent:
        models = _models(frame, given, marks, notes)
        own = models.loc[models["model"] == "method_free", "method_share"]
        if len(own) and np.isfinite(own.iloc[0]):
            rows.append(_check("method_share", float(own.iloc[0]), 0.25))
    notes.append(Note("MEA172"))
    return MethodBias(
        table=pd.DataFrame(rows),
        sample=held.sample(values.shape[0]),
        notes=tuple(notes),
        seed=None,
        vif=inflated,
        marker=corrected,
        models=models,
    )


MARKER = ("construct", "other", "r", "r_adjusted", "t", "p", "r_conservative", "p_conservative")
MODELS = (
    "model",
    "chisq",
    "df",
    "p",
    "cfi",
    "rmsea",
    "chisq_diff",
    "df_diff",
    "p_diff",
    "method_share",
    "converged",
    "admissible",
)


def _marker_items(source: Any, codes: Sequence[str], marker: Sequence[str] | None) -> list[str]:
    if marker is None:
        instrument = getattr(source, "instrument", None)
        if instrument is None:
            return []
        frame = source.kept_items
        with_marks = instrument.scales(
            items=[str(name) for name in frame.columns if frame[name].notna().any()], markers=True
        )
        found = [
            code
            for name, members in with_marks.items()
            if name not in instrument.scales()
            for code in members
        ]
        return [code for code in found if code not in codes]
    both = [code for code in marker if code in codes]
    if both:
        raise UsageError("MEA024", params={"items": both})
    return list(dict.fromkeys(marker))


def _check(name: str, value: float, border: float) -> dict[str, Any]:
    return {
        "check": name,
        "value": value,
        "border": border,
        "flagged": bool(value > border) if np.isfinite(value) else None,
    }


def _marker(
    means: pd.DataFrame, mark: pd.Series[float], rows: list[dict[str, Any]], notes: list[Note]
) -> pd.DataFrame:
    n = len(means)
    with_mark = means.corrwith(mark).abs()
    small, large = float(with_mark.min()), float(with_mark.max())
    rows.append(_check("marker_r", float(with_mark.mean()), 0.30))
    if large >= 0.30:
        notes.append(Note("MEA173", {"scale": str(with_mark.idxmax()), "r": large}, column="r_adjusted"))
    found = []
    names = list(means.columns)
    for j, other in enumerate(names):
        for name in names[:j]:
            r = float(means[name].corr(means[other]))
            usual, careful = kernel.marker_corrected(r, small, n), kernel.marker_corrected(r, large, n)
            row = {
                "construct": name,
                "other": other,
                "r": r,
                "r_adjusted": usual.r,
                "t": usual.t,
                "p": usual.p,
            }
            found.append(row | {"r_conservative": careful.r, "p_conservative": careful.p})
    return pd.DataFrame(found, columns=list(MARKER))


def _models(frame: pd.DataFrame, given: Scales, marks: list[str], notes: list[Note]) -> pd.DataFrame:
    whole = {name: members for name, members in given.items() if len(members) > 1}
    twice = sorted(
        {
            code
            for members in whole.values()
            for code in members
            if sum(code in other for other in whole.values()) > 1
        }
    )
    if len(whole) < 2 or twice:
        notes.append(Note("MEA174", {"items": twice or list(given)}, column="models"))
        return pd.DataFrame(columns=list(MODELS))
    rows = method_models(frame, whole, notes)
    if len(marks) > 1:
        rows += marker_models(frame, whole, marks, notes)
    return pd.DataFrame(rows, columns=list(MODELS))
