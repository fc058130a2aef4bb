"""Simulated answers to an instrument from a stated population model, clean and as a form would export them.

Population (standardised). Every construct has variance 1. The paths of a structural model of the instrument
give each dependent construct its parents' share; what is left is residual. A dimension is ``γ·construct +
√(1−γ²)·own``, an answer's latent score ``λ·dimension + √(1−λ²)·own``, cut into categories at thresholds.
Defaults: λ = .75 (marker items .70), γ = .85, a path of .45 from every parent but .10 for a direct path
beside a mediated one, covariances .30 among exogenous constructs, and k−1 thresholds evenly spaced from −1.6
to 0.8 standard deviations, so that answers lean to agreement as in most surveys (for five categories 5, 16,
29, 29 and 21 %).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from umkm_stats.errors import UsageError
from umkm_stats.instrument import Instrument, as_instrument
from umkm_stats.kernels import draws
from umkm_stats.options import one_of, whole
from umkm_stats.planning._mess import MESS, make_messy
from umkm_stats.planning._population import Truth, stated_truth, wanted_population
from umkm_stats.results import Note, SampleUsed, jsonable

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Simulated:
    """Simulated answers; every summary begins with that word.

    Attributes
    ----------
    clean : pandas.DataFrame
        (respondents, items) scores, reverse-keyed items already reversed, as drawn.
    answers : pandas.DataFrame
        (respondents, questions) everything answered, as answered.
    frame : pandas.DataFrame
        The export with its mess, headings as columns.
    expected : pandas.DataFrame
        Aligned with the rows of ``frame``: the score a correct reading gives, NaN where the cell cannot be
        used.
    expected_kept : pandas.Series
        Which rows a correct reading keeps.
    faults : pandas.DataFrame
        Planted faults: kind, row (number in the written file), item.
    truth : Truth
        The population.
    instrument : Instrument
        The questionnaire.
    seed : int or None
        Of the draws.
    form : str or None
        Length of the questionnaire.
    mess : mapping of str to object
        The faults that were asked for.
    lang : str
        Language of headings and answers.
    preamble : int
        Lines above the headings of the written file.
    notes : tuple of Note
        What a reader must know.
    simulated : bool
        True.

    Examples
    --------
    >>> from umkm_stats import simulate_responses
    >>> found = simulate_responses("umkm_inovasi", population=None, n=20, seed=1)
    >>> found.clean.shape, found.simulated
    ((20, 39), True)
    """

    clean: pd.DataFrame
    answers: pd.DataFrame
    frame: pd.DataFrame
    expected: pd.DataFrame
    expected_kept: pd.Series
    faults: pd.DataFrame
    truth: Truth
    instrument: Instrument
    seed: int | None
    form: str | None
    mess: Mapping[str, Any]
    lang: str
    preamble: int = 0
    notes: tuple[Note, ...] = field(default_factory=tuple)
    simulated: bool = True

    def __repr__(self) -> str:
        return f"Simulated({len(self.clean)} rows, {self.clean.shape[1]} items, seed {self.seed})"

    @property
    def sample(self) -> SampleUsed:
        """All simulated respondents.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> simulate_responses("umkm_inovasi", population=None, n=20, seed=1).sample.used
        20
        """
        return SampleUsed(len(self.clean), len(self.clean))

    def tidy(self) -> pd.DataFrame:
        """The population behind the answers.

        Returns
        -------
        pandas.DataFrame
            One row a parameter: kind, name, value.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> found = simulate_responses("umkm_inovasi", population=None, n=20, seed=1).tidy()
        >>> found.query("kind == 'path'").to_dict("records")[:1]
        [{'kind': 'path', 'name': 'OI ~ PI', 'value': 0.45}]
        """
        rows = [("loading", k, v) for k, v in self.truth.loadings.items()]
        rows += [("dimension_loading", k, v) for k, v in self.truth.dimension_loadings.items()]
        rows += [("path", k, v) for k, v in self.truth.paths.items()]
        rows += [("effect", k, v) for k, v in self.truth.effects.items()]
        return pd.DataFrame(rows, columns=["kind", "name", "value"])

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns n items model seed faults.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> simulate_responses("umkm_inovasi", population=None, n=20, seed=1).glance().to_dict("records")
        [{'n': 20, 'items': 39, 'model': 'M1', 'seed': 1, 'faults': 0}]
        """
        row = {
            "n": len(self.clean),
            "items": self.clean.shape[1],
            "model": self.truth.model,
            "seed": self.seed,
            "faults": len(self.faults),
        }
        return pd.DataFrame([row])

    def summary(self, lang: str = "en") -> str:
        """What was simulated, from what, and which faults were planted.

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
        >>> from umkm_stats import simulate_responses
        >>> simulate_responses("umkm_inovasi", population=None, n=20, seed=1).summary().splitlines()[0]
        'Simulated data, not answers of respondents: n = 20, 39 items, seed 1.'
        """
        from umkm_stats import messages

        paths = ", ".join(f"{k} = {messages.number(f'{v:.2f}', lang)}" for k, v in self.truth.paths.items())
        kinds = self.faults["kind"].value_counts().to_dict() if len(self.faults) else {}
        planted = ", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items())) or "0"
        return "\n".join(
            (
                messages.text(
                    "simulated.head", lang, n=len(self.clean), items=self.clean.shape[1], seed=str(self.seed)
                ),
                messages.text("simulated.paths", lang, paths=paths),
                messages.text("simulated.faults", lang, planted=planted),
            )
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without the answers.

        Returns
        -------
        dict of str to object
            Ready for JSON.

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> sorted(simulate_responses("umkm_inovasi", population=None, n=20, seed=1).to_dict())
        ['form', 'mess', 'n', 'sample', 'seed', 'simulated', 'truth']
        """
        return {
            "simulated": True,
            "n": len(self.clean),
            "seed": self.seed,
            "form": self.form,
            "mess": jsonable(dict(self.mess)),
            "truth": self.truth.to_dict(),
            "sample": self.sample.to_dict(),
        }

    def write(self, path: str | Path, format: str = "google-forms") -> Path:
        """Write ``frame`` as a form would export it.

        Parameters
        ----------
        path : str or Path
            Of the file; its suffix, xlsx or csv, says the kind.
        format : str, default "google-forms"
            "google-forms".

        Returns
        -------
        Path
            The file.

        Raises
        ------
        UsageError
            GEN001 (another format or suffix).

        Examples
        --------
        >>> from umkm_stats import simulate_responses
        >>> found = simulate_responses("umkm_inovasi", population=None, n=20, seed=1)
        >>> found.write("answers.csv").name
        'answers.csv'
        """
        from umkm_stats.responses._export import write_rows

        one_of("format", format, ("google-forms",))
        rows: list[list[Any]] = [
            ["Simulasi"] if self.lang == "id" else ["Simulated"] for _ in range(self.preamble)
        ]
        rows.append([str(c) for c in self.frame.attrs.get("headings", self.frame.columns)])
        rows += [
            [None if _blank(v) else v for v in row] for row in self.frame.itertuples(index=False, name=None)
        ]
        return write_rows(rows, Path(path))


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def simulate_responses(
    instrument: Instrument | str | Path,
    *,
    population: Mapping[str, Any] | str | None,
    n: int,
    mess: Mapping[str, Any] | None = None,
    seed: int | None = None,
    form: str | None = None,
    lang: str | None = None,
    first_day: dt.date = dt.date(2026, 9, 1),
) -> Simulated:
    """Draw ``n`` respondents from a stated population and write them down as a form would export them.

    Parameters
    ----------
    instrument : Instrument or str or Path
        A loaded instrument, the name of a bundled one, or a path.
    population : mapping of str to object or str or None
        None or "default" for the defaults; the key of a structural model ("M1"); or a mapping with any of
        model, loadings (a number, or code of item, dimension or construct → number), dimension_loadings,
        paths ("OI ~ PI" → number), covariances, thresholds (list of k−1 cuts, or k → list), not_applicable
        (share).
    n : int
        Respondents, 1 or more.
    mess : mapping of str to object, optional
        None for a clean export; else counts or shares of planted faults, such as {"missing": 0.02,
        "straight_liners": 3}.
    seed : int, optional
        None draws one; it is kept in the result. Rows 1…n are the same rows whatever n is.
    form : str, optional
        Length of the questionnaire (None: the instrument's default).
    lang : {"en", "id"}, optional
        Language of headings and answers (None: the instrument's).
    first_day : datetime.date, default 2026-09-01
        Day of the first answer.

    Returns
    -------
    Simulated
        The answers as drawn and as exported, and the population behind them.

    Raises
    ------
    UsageError
        PLN101 (unknown population key or name), PLN102 (a construct whose parents explain more than all of
        it), PLN103 (a loading or path that is not a number between −1 and 1).

    Examples
    --------
    >>> from umkm_stats import simulate_responses
    >>> found = simulate_responses("umkm_inovasi", population={"paths": {"OI ~ PI": 0.5}}, n=20, seed=1)
    >>> found.clean.iloc[0, :3].tolist(), found.truth.paths["OI ~ PI"]
    ([4.0, 2.0, 5.0], 0.5)
    """
    whole("n", n, low=1, high=5_000_000)
    seed = draws.new_seed() if seed is None else seed
    instrument = as_instrument(instrument)
    lang = lang or instrument.languages[0]
    one_of("lang", lang, instrument.languages)
    for key in mess or {}:
        one_of("mess", key, tuple(MESS))
    asked = list(instrument.of_form(form)) or list(instrument.questions)
    items = [q for q in asked if q.is_item]
    wanted = wanted_population(population)
    truth, constructs = stated_truth(instrument, items, wanted)
    scores = _draw(instrument, items, truth, constructs, n, seed)
    answers = _answers(asked, items, scores, truth, wanted, n, seed)
    clean = pd.DataFrame({i.code: _scored(i, answers[i.code].to_numpy(float)) for i in items})
    made = make_messy(instrument, asked, items, answers, clean, dict(mess or {}), seed, lang, first_day)
    return Simulated(
        clean=clean,
        answers=answers,
        frame=made.frame,
        expected=made.expected,
        expected_kept=made.kept,
        faults=made.faults,
        truth=truth,
        instrument=instrument,
        seed=seed,
        form=form or instrument.default_form,
        mess=dict(mess or {}),
        lang=lang,
        preamble=made.preamble,
    )


def _scored(item: Any, values: Floats) -> Floats:
    values = np.where(values == (item.na_code if item.na_code is not None else np.nan), np.nan, values)
    return np.asarray(item.response_scale.reverse(values) if item.reverse else values, dtype=np.float64)


def _draw(
    instrument: Instrument, items: list[Any], truth: Truth, order: list[str], n: int, seed: int
) -> dict[str, Floats]:
    """Latent scores of every item: one row of normals a respondent, in blocks of 256."""
    width = len(order) + len(truth.dimension_loadings) + len(items)
    raw = np.concatenate(
        [
            draws.normal_block(seed, block, size, width, purpose=draws.SIMULATION)
            for block, _, size in draws.blocks(n)
        ]
    )
    latent: dict[str, Floats] = {}
    exogenous = [c for c in order if c not in truth.residuals]
    corr = np.eye(len(exogenous))
    for i, a in enumerate(exogenous):
        for j, b in enumerate(exogenous):
            if i != j:
                corr[i, j] = truth.covariances.get(f"{a} ~~ {b}", truth.covariances.get(f"{b} ~~ {a}", 0.0))
    try:
        root = np.linalg.cholesky(corr)
    except np.linalg.LinAlgError:
        raise UsageError("PLN102", params={"construct": ", ".join(exogenous), "explained": 1.0}) from None
    at = {code: position for position, code in enumerate(order)}
    mixed = raw[:, [at[c] for c in exogenous]] @ root.T
    for position, code in enumerate(exogenous):
        latent[code] = mixed[:, position]
    for code in order:
        if code in truth.residuals:
            parents = {p.split(" ~ ")[1]: b for p, b in truth.paths.items() if p.split(" ~ ")[0] == code}
            value = math.sqrt(truth.residuals[code]) * raw[:, at[code]]
            for parent, weight in parents.items():
                value = value + weight * latent[parent]
            latent[code] = value
    construct_of = {d.code: c.code for c in instrument.constructs for d in c.dimensions}
    for position, (code, gamma) in enumerate(truth.dimension_loadings.items(), len(order)):
        latent[code] = gamma * latent[construct_of[code]] + math.sqrt(1 - gamma**2) * raw[:, position]
    out = {}
    for position, item in enumerate(items, len(order) + len(truth.dimension_loadings)):
        loading = truth.loadings[item.code]
        factor = latent[item.dimension if item.dimension in truth.dimension_loadings else item.construct]
        out[item.code] = loading * factor + math.sqrt(1 - loading**2) * raw[:, position]
    return out


def _answers(
    asked: list[Any],
    items: list[Any],
    scores: Mapping[str, Floats],
    truth: Truth,
    wanted: Mapping[str, Any],
    n: int,
    seed: int,
) -> pd.DataFrame:
    """Everything answered, as answered (reverse-keyed items turned)."""
    others = [q for q in asked if not q.is_item]
    width = len(items) + 2 * len(others)
    chance = np.concatenate(
        [
            draws.uniform_block(seed, block, size, max(width, 1), purpose=draws.ANALYSIS)
            for block, _, size in draws.blocks(n)
        ]
    )
    out: dict[str, Any] = {}
    for position, item in enumerate(items):
        category = np.searchsorted(np.array(truth.thresholds[len(item.values)]), scores[item.code])
        values = np.array(item.values, dtype=np.float64)[category]
        values = item.response_scale.reverse(values) if item.reverse else values
        if item.na_code is not None:
            values = np.where(
                chance[:, position] < float(wanted.get("not_applicable", 0.02)), float(item.na_code), values
            )
        out[item.code] = values
    for position, question in enumerate(others):
        out[question.code] = _other(
            question, chance[:, len(items) + 2 * position], chance[:, len(items) + 2 * position + 1]
        )
    for question in others:
        gate = question.ask_if
        if gate is not None and gate.question in out:
            shown = np.isin(np.array(out[gate.question], dtype=object), list(gate.values))
            hidden = np.array(out[question.code], dtype=object)
            hidden[~shown] = None
            out[question.code] = hidden
    return pd.DataFrame({q.code: out[q.code] for q in asked})


def _other(question: Any, chance: Floats, second: Floats) -> Any:
    if question.passes:
        allowed = set.intersection(*(set(v) for v in question.passes.values()))
        values = sorted(allowed) or list(next(iter(question.passes.values())))
        return np.array(values, dtype=float)[(chance * len(values)).astype(int)]
    if question.role == "attention" and question.expected is not None:
        return np.full(len(chance), float(question.expected))
    if question.kind == "consent":
        return np.full(len(chance), float(question.values[0]) if question.values else 1.0)
    if question.code == "STAGE" and question.values:
        main = [c.value for c in question.choices if "pilot" not in c.label.get("en", "").casefold()]
        return np.full(len(chance), float((main or list(question.values))[0]))
    if question.kind == "multiple":
        own = [c.value for c in question.choices if not c.exclusive and not c.other] or list(question.values)
        count = 1 + (second * min(3, len(own))).astype(int)
        first = (chance * len(own)).astype(int)
        return np.array(
            [
                ";".join(str(own[v]) for v in sorted({(f + 2 * i) % len(own) for i in range(c)}))
                for f, c in zip(first, count, strict=True)
            ],
            dtype=object,
        )
    if question.values:
        values = [c.value for c in question.choices if not c.missing and not c.other] or list(question.values)
        return np.array(values, dtype=float)[(chance * len(values)).astype(int)]
    if question.kind == "number":
        low = 0.0 if question.minimum is None else question.minimum
        high = (
            low + 60
            if question.maximum is None
            else min(question.maximum, low + 60 if low < 200 else question.maximum)
        )
        if low >= 1800 and high >= 2000:
            low, high = max(low, 1965.0), 2005.0
        return (
            np.floor(low + (high - low) * chance) if question.decimals == 0 else low + (high - low) * chance
        )
    return np.full(len(chance), None, dtype=object)
