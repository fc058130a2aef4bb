"""Interval methods: one frozen object a method, read by every door, table and sentence.

A way of inference is named here once: its name, what it needs, where it may be asked for. A method on draws
is computed by the function NAME of ``kernels/intervals/_NAME.py``, one on the covariance of the estimates in
``mediation/_rows.py``. Its words are the texts ``mediation.method.NAME`` and, when a sentence needs others,
``power.method.NAME``.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from umkm_stats import messages
from umkm_stats.errors import UsageError
from umkm_stats.options import one_of

Need = Literal["draws", "jackknife", "errors", "covariance", "simulated", "posterior", "permutations"]
Where = Literal["scores", "latent", "binary", "pls", "power", "closed", "study", "regression"]


@dataclass(frozen=True, slots=True)
class Way:
    """One interval method: its name, what it needs and where it may be asked of.

    Attributes
    ----------
    name : str
        Name in calls and in the column ``method``.
    needs : tuple[Need, ...]
        What it is made from: "draws" (case draws), "jackknife" (estimates with a unit left out), "errors" (a
        standard error in every draw), "covariance" (of the estimates), "simulated" (draws from their normal
        distribution), "posterior", "permutations".
    where : tuple[Where, ...]
        Analyses it may be asked of.
    aliases : tuple[str, ...]
        Other names it answers to.
    limits : bool
        False when it gives a p-value only.
    beside : bool
        Whether a study shows it beside the deciding method on scale means.
    corrects : str
        What notes call a method that corrects bias, which is too liberal in small samples; "" for others.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.WAYS["bca"].needs
    ('draws', 'jackknife')
    """

    name: str
    needs: tuple[Need, ...]
    where: tuple[Where, ...]
    aliases: tuple[str, ...] = ()
    limits: bool = True
    beside: bool = False
    corrects: str = ""

    def takes(self, *needs: Need) -> bool:
        """Whether the method needs any of these things.

        Parameters
        ----------
        *needs : Need
            Things that a method may need, see ``Way``.

        Returns
        -------
        bool
            True when one of them is needed.

        Examples
        --------
        >>> from umkm_stats import ways
        >>> ways.WAYS["bca"].takes("jackknife", "posterior")
        True
        """
        return bool(set(needs) & set(self.needs))

    @property
    def random(self) -> bool:
        """Whether its numbers come from draws of any kind.

        Examples
        --------
        >>> from umkm_stats import ways
        >>> [name for name, way in ways.WAYS.items() if not way.random]
        ['delta', 'aroian', 'goodman', 'joint']
        """
        return self.takes("draws", "simulated", "posterior", "permutations")


FITTED: tuple[Where, ...] = ("scores", "latent")
ALL: tuple[Way, ...] = (
    Way("percentile", ("draws",), (*FITTED, "binary", "pls", "power", "study", "regression"), beside=True),
    Way("basic", ("draws",), (*FITTED, "binary", "pls", "power", "study", "regression"), beside=True),
    Way(
        "bc",
        ("draws",),
        (*FITTED, "binary", "pls", "power", "study", "regression"),
        beside=True,
        corrects="BC",
    ),
    Way(
        "bca",
        ("draws", "jackknife"),
        (*FITTED, "binary", "power", "study", "regression"),
        beside=True,
        corrects="BCa",
    ),
    Way("studentised", ("draws", "errors"), ("scores",), ("studentized",)),
    Way("monte_carlo", ("covariance", "simulated"), (*FITTED, "power", "study"), beside=True),
    Way("delta", ("covariance",), (*FITTED, "power", "closed", "study"), ("sobel",)),
    Way("aroian", ("covariance",), FITTED, beside=True),
    Way("goodman", ("covariance",), FITTED, beside=True),
    Way("joint", ("covariance",), (*FITTED, "power", "closed"), ("joint_significance",), limits=False),
    Way("bayes", ("posterior",), ("scores",)),
    Way("permutation", ("permutations",), ("scores",), limits=False),
)
WAYS = MappingProxyType({way.name: way for way in ALL})
ALIASES = MappingProxyType({alias: way.name for way in ALL for alias in way.aliases})

TESTED = ("ols", "wald")  # rows of a single coefficient, by the test of its regression or model
ALWAYS = "delta"  # the row that every product of coefficients has
ADMISSIBLE = "percentile_admissible"  # percentile limits without the inadmissible draws, never asked for
_BEFORE = (*TESTED, "logit", "poisson", "negative_binomial", "pooled")


def names(where: Where | None = None) -> tuple[str, ...]:
    """Names of all methods, or of those that one analysis allows, in their fixed order.

    Parameters
    ----------
    where : Where, optional
        The analysis: "scores", "latent", "binary", "pls", "power", "closed", "study" or "regression"; None
        names all.

    Returns
    -------
    tuple[str, ...]
        Names.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.names("pls")
    ('percentile', 'basic', 'bc')
    """
    return tuple(way.name for way in ALL if where is None or where in way.where)


def needing(*needs: Need, among: Collection[str] | None = None) -> tuple[str, ...]:
    """Names of the methods that need any of these things, in their fixed order.

    Parameters
    ----------
    *needs : Need
        Things that a method may need, see ``Way``.
    among : Collection[str], optional
        Names to choose from; None takes all.

    Returns
    -------
    tuple[str, ...]
        Names.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.needing("jackknife", "posterior")
    ('bca', 'bayes')
    """
    return tuple(way.name for way in ALL if way.takes(*needs) and (among is None or way.name in among))


def chosen(
    value: str | Sequence[str], where: Where, *, option: str = "intervals", empty: bool = False
) -> tuple[str, ...]:
    """The methods asked for, in the order asked, each once, aliases resolved.

    Parameters
    ----------
    value : str or Sequence[str]
        A name, several names, or "all" for every method that the analysis allows.
    where : Where
        The analysis, see ``names``.
    option : str, default "intervals"
        Name of the argument, for the message.
    empty : bool, default False
        Whether naming none is allowed.

    Returns
    -------
    tuple[str, ...]
        Names.

    Raises
    ------
    UsageError
        GEN001, GEN002: no such method; GEN005: none named and ``empty`` is False; GEN006: a method that this
        analysis does not have.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.chosen(["bca", "sobel"], "scores")
    ('bca', 'delta')
    """
    allowed = names(where)
    if isinstance(value, str):
        asked: list[Any] = list(allowed) if value == "all" else [value]
    else:
        try:
            asked = list(value)
        except TypeError:
            asked = [value]
    out = []
    for entry in asked:
        name = ALIASES.get(entry, entry) if isinstance(entry, str) else entry
        if isinstance(name, str) and name in WAYS and name not in allowed:
            raise UsageError(
                "GEN006",
                params={"name": option, "received": repr(entry), "where": where, "expected": list(allowed)},
            )
        out.append(str(one_of(option, name, allowed)))
    if not out and not empty:
        raise UsageError("GEN005", params={"name": option, "expected": list(allowed)})
    return tuple(dict.fromkeys(out))


def in_order(asked: Collection[str]) -> tuple[str, ...]:
    """Methods in the fixed order.

    Parameters
    ----------
    asked : Collection[str]
        Names of methods, in any order.

    Returns
    -------
    tuple[str, ...]
        The same names, ordered.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.in_order({"bca", "delta", "percentile"})
    ('percentile', 'bca', 'delta')
    """
    return tuple(way.name for way in ALL if way.name in asked)


@functools.cache
def place(method: str) -> int:
    """Where rows of a method stand among those of one effect.

    Parameters
    ----------
    method : str
        Name of a method, or of a row that no one asks for.

    Returns
    -------
    int
        Position, from 0.

    Raises
    ------
    ValueError
        No such method.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> sorted(["bca", "ols", "percentile"], key=ways.place)
    ['ols', 'percentile', 'bca']
    """
    order = [*_BEFORE, *names()]
    order.insert(order.index("percentile") + 1, ADMISSIBLE)
    return order.index(method)


def primary(asked: Sequence[str]) -> str:
    """The method that decides: the first one asked for, the delta method when none was.

    Parameters
    ----------
    asked : Sequence[str]
        Names of methods in the order asked.

    Returns
    -------
    str
        One name.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.primary(("bca", "percentile")), ways.primary(())
    ('bca', 'delta')
    """
    return asked[0] if asked else ALWAYS


def deciding(method: str, present: Collection[str]) -> str | None:
    """Which of the rows present decides on an effect.

    It is the row of ``method``; for a single coefficient, which may have no such row, that of its own test;
    for what else has none, the delta row.

    Parameters
    ----------
    method : str
        Name of the deciding method, see ``primary``.
    present : Collection[str]
        Methods that have a row for the effect.

    Returns
    -------
    str or None
        Name of the deciding row; None when there is none of these.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.deciding("percentile", ["ols"]), ways.deciding("percentile", ["delta", "percentile"])
    ('ols', 'percentile')
    """
    return next((name for name in (method, *TESTED, ALWAYS) if name in present), None)


def excludes_zero(row: Any, level: float) -> bool | None:
    """Whether a row of effects speaks against zero.

    Parameters
    ----------
    row : Any
        Mapping or row with ``method``, ``ci_low``, ``ci_high`` and ``p``.
    level : float
        Confidence level between 0 and 1.

    Returns
    -------
    bool or None
        By its limits, or by p < 1 - level when its method has no limits; None when it gives neither.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> nan = float("nan")
    >>> ways.excludes_zero({"method": "percentile", "ci_low": 0.02, "ci_high": 0.31, "p": nan}, 0.95)
    True
    >>> ways.excludes_zero({"method": "joint", "ci_low": nan, "ci_high": nan, "p": 0.08}, 0.95)
    False
    """
    low, high, p = (row[name] for name in ("ci_low", "ci_high", "p"))
    way = WAYS.get(str(row["method"]))
    if way is not None and not way.limits:
        return bool(p < 1 - level) if p == p else None
    return bool(low > 0 or high < 0) if low == low and high == high else None


def label(method: str, lang: str) -> str:
    """Words of a method in a table.

    Parameters
    ----------
    method : str
        Name of a method.
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    str
        For instance ``bootstrap, percentile``.

    Raises
    ------
    KeyError
        No such method.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.label("bca", "en"), ways.label("bca", "id")
    ('bootstrap, BCa', 'bootstrap, BCa')
    """
    return messages.text(f"mediation.method.{method}", lang)


def phrase(method: str, lang: str) -> str:
    """Words of a method in a sentence.

    Parameters
    ----------
    method : str
        Name of a method.
    lang : str
        Language of the words: "en" or "id".

    Returns
    -------
    str
        For instance ``percentile bootstrap``; the words of ``label`` when it has no others.

    Raises
    ------
    KeyError
        No such method.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.phrase("percentile", "en")
    'percentile bootstrap'
    """
    try:
        return messages.text(f"power.method.{method}", lang)
    except KeyError:
        return label(method, lang)


def is_random(method: str) -> bool:
    """Whether the rows of a method come from draws.

    Parameters
    ----------
    method : str
        Name of a method, or of a row that no one asks for ("ols", "percentile_admissible").

    Returns
    -------
    bool
        True for bootstrap, Monte Carlo, Bayes and permutations.

    Examples
    --------
    >>> from umkm_stats import ways
    >>> ways.is_random("monte_carlo"), ways.is_random("ols")
    (True, False)
    """
    return method == ADMISSIBLE or (method in WAYS and WAYS[method].random)
