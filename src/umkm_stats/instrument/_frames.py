"""Columns computed from answers by the definitions of an instrument, and the estimated time of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UmkmError
from umkm_stats.instrument import _syntax

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument._definition import Definition
    from umkm_stats.instrument._questions import Question
    from umkm_stats.instrument._schema import StructuralModel

WORDS_A_MINUTE = 130.0
SECONDS = {"scale": 3.0, "consent": 5.0, "choice": 5.0, "multiple": 8.0, "number": 8.0, "text": 12.0}


def dimension_means(instrument: Definition, data: pd.DataFrame, minimum: float) -> pd.DataFrame:
    """See ``dimension_means``."""
    import pandas as pd

    means: dict[str, pd.Series[float]] = {}
    for construct in instrument.constructs:
        for dimension in construct.dimensions:
            codes = [
                i.code for i in instrument.items if i.dimension == dimension.code and i.code in data.columns
            ]
            if codes:
                block = data[codes].astype(float)
                enough = block.notna().sum(axis=1) >= max(minimum * len(codes), 1)
                means[dimension.code] = block.mean(axis=1).where(enough)
    return pd.DataFrame(means, index=data.index)


def indices(instrument: Definition, data: pd.DataFrame) -> pd.DataFrame:
    """See ``indices``."""
    import pandas as pd

    found: dict[str, pd.Series[float]] = {}
    for construct in instrument.constructs:
        codes = [i.code for i in instrument.items if i.construct == construct.code and i.code in data.columns]
        if construct.kind != "index" or not codes:
            continue
        block = data[codes].astype(float)
        complete = block.notna().all(axis=1)
        for part, limit in (("breadth", construct.breadth_from), ("depth", construct.depth_from)):
            if limit is not None:
                found[f"{construct.code}_{part}"] = (block >= limit).sum(axis=1).astype(float).where(complete)
    return pd.DataFrame(found, index=data.index)


def shareable(instrument: Definition, data: pd.DataFrame) -> pd.DataFrame:
    """See ``shareable``."""
    import pandas as pd

    asked = {question.code: question for question in instrument.questions}
    kept = data.drop(
        columns=[
            c for c in data.columns if c in asked and (asked[c].personal or asked[c].share == "withheld")
        ]
    )
    for code in kept.columns:
        if code in asked and asked[code].share == "decade":
            years = pd.to_numeric(kept[code], errors="coerce")
            kept = kept.assign(**{str(code): years // 10 * 10})
    return kept


def product_indicators(
    instrument: Definition, data: pd.DataFrame, model: StructuralModel, measurement: str
) -> pd.DataFrame:
    """See ``product_indicators``."""
    import pandas as pd

    if model.moderator is None:
        return pd.DataFrame(index=data.index)
    present = frozenset(str(name) for name in data.columns)
    _, pairs = _syntax.product_pairs(instrument, model, present, measurement)
    means = dimension_means(instrument, data, 1.0)
    columns: dict[str, pd.Series[float]] = {}
    for first, second in pairs:
        left = (means[first] if first in means else data[first]).astype(float)
        right = (means[second] if second in means else data[second]).astype(float)
        both = left.notna() & right.notna()
        left, right = left.where(both), right.where(both)
        product = (left - left.mean()) * (right - right.mean())
        columns[_syntax.product_name(first, second)] = product - product.mean()
    return pd.DataFrame(columns, index=data.index)


def minutes(instrument: Definition, asked: Sequence[Question], language: str) -> float:
    """See ``minutes``; ``asked``: the questions of the form."""
    words = 0
    answering = 0.0
    shown = [question for question in asked if question.filled_by == "respondent"]
    for question in shown:
        words += _words(question.text, language) + _words(question.hint, language)
        words += sum(_words(choice.label, language) for choice in question.choices)
        answering += SECONDS[question.kind]
    sections = {question.section for question in shown}
    words += sum(
        _words(section.intro, language) for section in instrument.sections if section.code in sections
    )
    words += _words(instrument.stem, language)
    if instrument.consent is not None:
        words += sum(_words(part.text, language) for part in instrument.consent.parts)
    return words / WORDS_A_MINUTE + answering / 60.0


def _words(text: Mapping[str, str] | None, language: str) -> int:
    return len((text or {}).get(language, "").split())


def answer_schema(instrument: Definition, items: Iterable[str] | None) -> Any:
    """See ``schema``."""
    try:
        import pandera.pandas as pa
    except ImportError:
        raise UmkmError("INS026") from None
    wanted = None if items is None else set(items)
    columns = {}
    for item in instrument.items:
        if wanted is None or item.code in wanted:
            allowed = [float(value) for value in item.values]
            columns[item.code] = pa.Column(
                float, pa.Check.isin(allowed), nullable=True, coerce=True, required=True
            )
    return pa.DataFrameSchema(columns, strict=False, name=instrument.name)
