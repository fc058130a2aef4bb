"""Option sets and the one checker that explains a wrong value."""

from __future__ import annotations

import difflib
import numbers
import operator
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from umkm_stats.errors import Place, UmkmError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Language = Literal["id", "en"]
Missing = Literal["listwise", "fiml"]
Structure = Literal["parallel", "serial"]
Errors = Literal["classical", "HC0", "HC1", "HC2", "HC3", "HC4", "cluster"]

T = TypeVar("T")


def one_of(name: str, value: T, options: Any) -> T:
    """A value when it is one of the options.

    Parameters
    ----------
    name : str
        Name of the argument, for the message.
    value : T
        What was received.
    options : Any
        A ``Literal`` or a collection of what is allowed.

    Returns
    -------
    T
        ``value`` as it is.

    Raises
    ------
    UsageError
        GEN001: none of the options; GEN002: none, but near to one, which the message names.

    Examples
    --------
    >>> from umkm_stats import options
    >>> options.one_of("missing", "fiml", options.Missing)
    'fiml'
    >>> try:
    ...     options.one_of("missing", "fimll", options.Missing)
    ... except options.UsageError as fault:
    ...     fault.code
    'GEN002'
    """
    allowed: Collection[Any] = get_args(options) or options
    if value in allowed:
        return value
    near = difflib.get_close_matches(str(value), [str(entry) for entry in allowed], n=1)
    code = "GEN002" if near else "GEN001"
    raise UsageError(
        code,
        params={
            "name": name,
            "received": repr(value),
            "expected": [str(e) for e in allowed] or ["none"],
            "near": near[0] if near else "",
        },
    )


def whole(name: str, value: Any, *, low: int, high: int | None = None) -> int:
    """A whole number within its limits as an int.

    Parameters
    ----------
    name : str
        Name of the argument, for the message.
    value : Any
        What was received; True and 5.0 are no whole numbers.
    low : int
        Smallest number allowed.
    high : int, optional
        Largest number allowed; None sets no border.

    Returns
    -------
    int
        ``value`` as an int.

    Raises
    ------
    UsageError
        GEN003: no whole number, or outside the limits.

    Examples
    --------
    >>> from umkm_stats import options
    >>> options.whole("draws", 5000, low=1)
    5000
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is not None and number >= low and (high is None or number <= high):
        return number
    limits = {"low": low, "high": "∞" if high is None else high}
    raise UsageError("GEN003", params={"name": name, "received": repr(value), **limits})


def share(name: str, value: Any) -> float:
    """A level or a proportion as a float strictly between 0 and 1.

    Parameters
    ----------
    name : str
        Name of the argument, for the message.
    value : Any
        What was received.

    Returns
    -------
    float
        ``value`` as a float.

    Raises
    ------
    UsageError
        GEN004: no number between 0 and 1 (0.95, never 95).

    Examples
    --------
    >>> from umkm_stats import options
    >>> options.share("level", 0.9)
    0.9
    """
    is_number = isinstance(value, (int, float)) or hasattr(value, "dtype")
    if is_number and not isinstance(value, bool) and 0.0 < float(value) < 1.0:
        return float(value)
    raise UsageError("GEN004", params={"name": name, "received": repr(value)})


def finite_columns(frame: Any, names: Sequence[str], *, unread: str, endless: str) -> dict[str, Any]:
    """Columns of a data frame as numbers.

    Parameters
    ----------
    frame : pandas.DataFrame
        Answers; a column that holds categories which are numbers counts as numbers.
    names : Sequence[str]
        The columns, each once in ``frame``.
    unread : str
        Code of the error for a column that holds something else than numbers.
    endless : str
        Code of the error for a column that holds an infinite number.

    Returns
    -------
    dict[str, numpy.ndarray]
        Column to its (N,) numbers, NaN where missing, in the order of ``names``.

    Raises
    ------
    UmkmError
        ``unread`` or ``endless``.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats import options
    >>> frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    >>> options.finite_columns(frame, ["a"], unread="MEA004", endless="MEA029")["a"].tolist()
    [1.0, 2.0]
    """
    import numpy as np

    taken: dict[str, Any] = {}
    for name in names:
        values = real_numbers(frame[name], categories=True)
        if values is None:
            raise UmkmError(unread, Place(column=name), {"item": name})
        found = np.flatnonzero(np.isinf(values))
        if found.size:
            place = Place(column=name, row=int(found[0]) + 1)
            raise UmkmError(endless, place, {"item": name, "count": int(found.size)})
        taken[name] = values
    return taken


def with_answers(name: str, value: Any) -> Any:
    """A value when it is what ``read_responses`` returns, or has its parts.

    Parameters
    ----------
    name : str
        Name of the argument, for the message.
    value : Any
        What was received.

    Returns
    -------
    Any
        ``value`` as it is.

    Raises
    ------
    UsageError
        GEN008: it has no ``items``, ``kept`` and ``sample``.

    Examples
    --------
    >>> from umkm_stats import options
    >>> try:
    ...     options.with_answers("responses", "answers.csv")
    ... except options.UsageError as fault:
    ...     fault.code
    'GEN008'
    """
    if hasattr(value, "kept") and hasattr(value, "items") and hasattr(value, "sample"):
        return value
    raise UsageError("GEN008", params={"name": name, "received": type(value).__name__})


def by_label(values: Any, labels: Any) -> NDArray[Any]:
    """One value a row, in the order of the rows: a series that bears their labels in another order by label.

    Parameters
    ----------
    values : sequence or pandas.Series
        One value a row.
    labels : pandas.Index
        The labels of the rows.

    Returns
    -------
    numpy.ndarray
        (N,) the values. Anything but a series, and a series with labels of its own or repeated ones, is
        taken in the order it stands in.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats import options
    >>> options.by_label(pd.Series(["b", "a"], index=[1, 0]), pd.Index([0, 1])).tolist()
    ['a', 'b']
    """
    import numpy as np

    own: Any = getattr(values, "index", None)
    if hasattr(own, "is_unique"):
        known = own.is_unique and labels.is_unique and len(own) == len(labels)
        if known and not own.equals(labels) and own.isin(labels).all():
            values = values.reindex(labels)
        values = values.to_numpy()
    return np.asarray(values, dtype=object).ravel()


def real_numbers(column: Any, *, categories: bool = False) -> NDArray[np.float64] | None:
    """The values of a column as float64 when each of them is a real number or missing.

    What counts is the values: a column of kind ``object`` that holds only numbers is one of numbers (pandas
    leaves such columns behind after words were replaced by scores). Dates, durations, complex numbers and
    text are no real numbers, whatever pandas would turn them into.

    Parameters
    ----------
    column : pandas.Series
        One column.
    categories : bool
        Whether categories that are themselves numbers count as these numbers.

    Returns
    -------
    numpy.ndarray or None
        (N,) numbers, NaN where missing; None where some value is no real number.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats import options
    >>> options.real_numbers(pd.Series([4, None, 5], dtype=object)).tolist()
    [4.0, nan, 5.0]
    >>> options.real_numbers(pd.Series(["4", "5"])) is None
    True
    """
    import numpy as np

    if column.dtype == np.float64:  # the usual case, which needs no look at its kind
        return np.asarray(column, dtype=np.float64)
    if column.dtype.name == "category":
        if not categories:
            return None
        column = column.astype(object)
    if column.dtype.kind in "biuf":
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    if column.dtype.kind != "O":
        return None
    known = column.notna().to_numpy()
    given = column.to_numpy()[known]
    if not all(isinstance(value, (numbers.Real, Decimal, np.bool_)) for value in given):
        return None
    out = np.full(len(column), np.nan)
    out[known] = [float(value) for value in given]
    return out
