"""The whole measurement chapter in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from umkm_stats import messages
from umkm_stats.errors import UmkmError
from umkm_stats.kernels import draws as draw_kernel
from umkm_stats.measurement._answers import answers, check_scales
from umkm_stats.measurement._bias import method_bias
from umkm_stats.measurement._cfa import cfa
from umkm_stats.measurement._content import content_validity
from umkm_stats.measurement._efa import efa
from umkm_stats.measurement._items import item_analysis
from umkm_stats.measurement._reliability import reliability
from umkm_stats.measurement._scores import scores
from umkm_stats.measurement._validity import validity
from umkm_stats.options import one_of
from umkm_stats.results import Note, SampleUsed, Unavailable, idle, jsonable

STEPS = ("items", "reliability", "efa", "cfa", "validity", "method_bias", "scores")


@dataclass(frozen=True, eq=False)
class Measurement:
    """The measurement chapter of one data set: what ``umkm_stats.measure`` returns.

    Attributes
    ----------
    parts : mapping of str to object
        Step → its result, or ``Unavailable`` with the reason; each step is an attribute too.
    sample : SampleUsed
        Rows read and used.
    seed : int
        Of all draws.
    level : float
        Of the intervals.
    said : tuple of Note, default ()
        On the call as a whole: options that none of its steps takes.

    Examples
    --------
    >>> from umkm_stats import examples, measure
    >>> answers, scales = examples.answers(), examples.SCALES
    >>> found = measure(answers, scales=scales, steps=["reliability"], draws=0, seed=1)
    >>> found.reliability.tidy()["alpha"].round(3).tolist()
    [0.8, 0.797, 0.755]
    """

    parts: Mapping[str, Any]
    sample: SampleUsed
    seed: int
    level: float
    said: tuple[Note, ...] = ()

    def __getattr__(self, name: str) -> Any:
        parts = object.__getattribute__(self, "parts")
        if name in parts:
            return parts[name]
        raise AttributeError(name)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes of all steps, in order, each once.

        Examples
        --------
        >>> from umkm_stats import examples, measure
        >>> measure(examples.answers(), scales=examples.SCALES, steps=["reliability"], draws=0, seed=1).notes
        ()
        """
        seen: dict[tuple[str, str], Note] = {}
        for note in (
            *self.said,
            *(one for part in self.parts.values() for one in getattr(part, "notes", ())),
        ):
            seen.setdefault((note.code, repr(sorted(note.params.items(), key=lambda pair: pair[0]))), note)
        return tuple(seen.values())

    def tidy(self) -> pd.DataFrame:
        """Which steps could be done.

        Returns
        -------
        pandas.DataFrame
            Columns step, available, reason (the code), one row a step.

        Examples
        --------
        >>> from umkm_stats import examples, measure
        >>> answers, scales = examples.answers(), examples.SCALES
        >>> found = measure(answers, scales=scales, steps=["reliability"], draws=0, seed=1)
        >>> found.tidy()[["step", "available"]].to_dict("records")
        [{'step': 'reliability', 'available': True}]
        """
        rows = []
        for name, part in self.parts.items():
            missing = isinstance(part, Unavailable)
            rows.append({"step": name, "available": not missing, "reason": part.code if missing else None})
        return pd.DataFrame(rows)

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns n, seed, then the main numbers of each step that could be done (the columns of its own
            ``glance``).

        Examples
        --------
        >>> from umkm_stats import examples, measure
        >>> answers, scales = examples.answers(), examples.SCALES
        >>> found = measure(answers, scales=scales, steps=["reliability"], draws=0, seed=1)
        >>> found.glance().round(3).to_dict("records")
        [{'n': 200, 'seed': 1, 'scales': 3.0, 'items': 9.0, 'alpha_min': 0.755, 'alpha_max': 0.8}]
        """
        row: dict[str, Any] = {"n": self.sample.used, "seed": self.seed}
        for name in ("reliability", "cfa", "validity"):
            part = self.parts.get(name)
            if part is not None and not isinstance(part, Unavailable):
                row |= {key: value for key, value in part.glance().iloc[0].items() if key not in row}
        return pd.DataFrame([row])

    def summary(self, lang: str = "en") -> str:
        """The summaries of all steps, one after the other.

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
        >>> from umkm_stats import examples, measure
        >>> answers, scales = examples.answers(), examples.SCALES
        >>> found = measure(answers, scales=scales, steps=["reliability"], draws=0, seed=1)
        >>> found.summary().splitlines()[2]
        'Reliability'
        """
        blocks = [messages.text("measurement.title", lang)]
        for name, part in self.parts.items():
            if isinstance(part, Unavailable):
                blocks.append(f"{messages.text(f'measurement.step.{name}', lang)}: {part.message(lang)}")
            else:
                blocks.append(part.summary(lang))
        return "\n\n".join(blocks)

    def to_dict(self) -> dict[str, Any]:
        """Plain values of all steps.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import examples, measure
        >>> answers, scales = examples.answers(), examples.SCALES
        >>> found = measure(answers, scales=scales, steps=["reliability"], draws=0, seed=1)
        >>> sorted(found.to_dict())
        ['level', 'parts', 'sample', 'seed']
        """
        return {
            "parts": jsonable(dict(self.parts)),
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "level": self.level,
        }


def measure(
    responses: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    values: Sequence[int] | None = None,
    structure: str = "first_order",
    draws: int = 2000,
    seed: int | None = None,
    level: float = 0.95,
    ordered: bool = False,
    estimator: str | None = None,
    missing: str = "listwise",
    ratings: Any = None,
    steps: str | Sequence[str] = STEPS,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Measurement:
    """Items, reliability, EFA, CFA, validity, method bias and scores of one data set.

    A step that cannot be done is ``Unavailable`` with the reason; wrong calls (a scale that does not exist,
    answers that are not numbers) raise.

    Parameters
    ----------
    responses : Responses or pandas.DataFrame
        A ``Responses`` (instrument, scales and answer codes come with it) or answers with ``scales`` and,
        better, ``values``.
    scales : mapping of str to sequence of str, optional
        Scale → items; the instrument's when None.
    values : sequence of int, optional
        The answer codes the questionnaire offers, such as 1 to 5; from the instrument when None.
    structure : str, default "first_order"
        As ``cfa``.
    draws : int, default 2000
        Bootstrap draws for the limits of ω, CR, AVE (one factor a scale) and, as full refits of the CFA, of
        AVE, CR, HTMT and HTMT2; 0 gives none.
    seed : int, optional
        One is drawn and kept when None.
    level : float, default 0.95
        Of the intervals.
    ordered : bool, default False
        Treat answers as ordered categories in reliability, EFA and CFA.
    estimator : str, optional
        As ``cfa``.
    missing : str, default "listwise"
        As ``cfa``.
    ratings : pandas.DataFrame, optional
        Experts' ratings, for ``content_validity``.
    steps : str or sequence of str, optional
        Which steps to do, of items, reliability, efa, cfa, validity, method_bias, scores (all of them).
    workers : int, default 1
        As ``Fit.bootstrap``.
    progress : callable, optional
        Called with (steps done, steps) after each.

    Returns
    -------
    Measurement
        A result for every step, also as attributes (``.reliability``, ``.cfa``, …).

    Raises
    ------
    UsageError
        MEA001–MEA003, MEA005–MEA007, as ``reliability``; GEN001, GEN002 (a step that does not exist).
    UmkmError
        MEA004.

    Examples
    --------
    >>> from umkm_stats import examples, measure
    >>> found = measure(examples.answers(), scales=examples.SCALES, steps=["items", "reliability"], draws=0)
    >>> found.tidy()["available"].tolist()
    [True, True]
    """
    asked = (steps,) if isinstance(steps, str) else tuple(steps)
    for name in asked:
        one_of("steps", name, STEPS)
    given = check_scales(responses, scales)
    held = answers(responses, items=[code for members in given.values() for code in members])
    seed = draw_kernel.new_seed() if seed is None else seed
    codes = list(held.frame.columns)
    work: dict[str, Callable[[dict[str, Any]], Any]] = {
        "items": lambda _: item_analysis(responses, scales=scales, values=values, level=level),
        "reliability": lambda _: reliability(
            responses, scales=scales, level=level, ordinal=ordered, draws=draws, seed=seed
        ),
        "efa": lambda _: efa(responses, use=codes, seed=seed, cor="polychoric" if ordered else "pearson"),
        "cfa": lambda _: cfa(
            responses,
            scales=scales,
            structure=structure,  # type: ignore[arg-type]
            ordered=ordered,
            estimator=estimator,
            missing=missing,  # type: ignore[arg-type]
            level=level,
        ),
        "validity": lambda done: validity(
            _converged(_found(done, "cfa")), draws=draws, seed=seed, level=level, workers=workers
        ),
        "method_bias": lambda _: method_bias(responses, scales=scales),
        "scores": lambda _: scores(responses, scales=scales),
    }
    chosen = [name for name in STEPS if name in asked]
    without = "cfa" not in chosen
    said = idle(
        ("values", values, values is not None and "items" not in chosen, "step_items"),
        ("structure", structure, without and structure != "first_order", "step_cfa"),
        ("estimator", estimator, without and estimator is not None, "step_cfa"),
        ("missing", missing, without and missing != "listwise", "step_cfa"),
        ("ordered", ordered, ordered and not {"reliability", "efa", "cfa"} & set(chosen), "step_ordered"),
    )
    parts: dict[str, Any] = {}
    for number, name in enumerate(chosen, 1):
        try:
            parts[name] = work[name](parts)
        except UmkmError as error:
            parts[name] = Unavailable(error.code, error.params)
        if progress is not None:
            progress(number, len(chosen))
    if ratings is not None:
        parts["content_validity"] = content_validity(ratings, level=level)
    used = parts["reliability"].sample if "reliability" in parts else held.sample(len(held.frame))
    return Measurement(parts=parts, sample=used, seed=seed, level=level, said=said)


def _converged(part: Any) -> Any:
    """A ``Cfa`` that has something to tell; MEA220 otherwise."""
    if not part.fit.converged:
        raise UmkmError("MEA220")
    return part


def _found(done: Mapping[str, Any], name: str) -> Any:
    """A step that must have been done before; raises its reason when it could not be, MEA027 when it was not
    asked for."""
    part = done.get(name)
    if part is None:
        raise UmkmError("MEA027", params={"step": name})
    if isinstance(part, Unavailable):
        raise UmkmError(part.code, params=part.params)
    return part
