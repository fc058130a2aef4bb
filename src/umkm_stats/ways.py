"""Interval methods: one frozen object a method, read by every door, table and sentence.

A way of inference is named here once: its name, what it needs, where it may be asked for. A method on draws
is computed by the function NAME of ``kernels/intervals/_NAME.py``, one on the covariance of the estimates in
``mediation/_rows.py``. Its words are the texts ``mediation.method.NAME`` and, when a sentence needs others,
``power.method.NAME``.
"""

from __future__ import annotations

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
    """One interval method.

    needs: "draws" (case draws), "jackknife" (estimates with a unit left out), "errors" (a standard error in
    every draw), "covariance" (of the estimates), "simulated" (draws from their normal distribution),
    "posterior", "permutations". where: the analyses it may be asked of. limits: False when it has a p-value
    only. beside: a study shows it beside the deciding one on scale means. corrects: what notes call a method
    that corrects bias, which is too liberal in small samples.
    """

    name: str
    needs: tuple[Need, ...]
    where: tuple[Where, ...]
    aliases: tuple[str, ...] = ()
    limits: bool = True
    beside: bool = False
    corrects: str = ""

    def takes(self, *needs: Need) -> bool:
        """Whether it needs any of ``needs``."""
        return bool(set(needs) & set(self.needs))

    @property
    def random(self) -> bool:
        """Whether its numbers come from draws of any kind."""
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
    """Names of all methods, or of those that ``where`` allows, in their fixed order."""
    return tuple(way.name for way in ALL if where is None or where in way.where)


def needing(*needs: Need, among: Collection[str] | None = None) -> tuple[str, ...]:
    """Names of the methods that need any of ``needs``, in their fixed order."""
    return tuple(way.name for way in ALL if way.takes(*needs) and (among is None or way.name in among))


def chosen(
    value: str | Sequence[str], where: Where, *, option: str = "intervals", empty: bool = False
) -> tuple[str, ...]:
    """The methods asked for, in the order asked, aliases resolved; "all" takes every one that ``where``
    allows.

    Raises ``UsageError`` GEN001, GEN002 (no such method), GEN005 (none named and ``empty`` is False), GEN006
    (a method that this analysis does not have).
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
    """``asked`` in the fixed order."""
    return tuple(way.name for way in ALL if way.name in asked)


def place(method: str) -> int:
    """Where rows of ``method`` stand among those of one effect."""
    order = [*_BEFORE, *names()]
    order.insert(order.index("percentile") + 1, ADMISSIBLE)
    return order.index(method)


def primary(asked: Sequence[str]) -> str:
    """The method that decides: the first one asked for; the delta method when none was."""
    return asked[0] if asked else ALWAYS


def deciding(method: str, present: Collection[str]) -> str | None:
    """Which of the rows ``present`` decides on an effect: that of ``method``; for a single coefficient, which
    may have no such row, its own test; for what else has none, the delta row; None without any of these."""
    return next((name for name in (method, *TESTED, ALWAYS) if name in present), None)


def excludes_zero(row: Any, level: float) -> bool | None:
    """Whether a row (``method ci_low ci_high p``) speaks against 0: by its limits, or by its p-value when its
    method has no limits. None when it gives neither."""
    low, high, p = (row[name] for name in ("ci_low", "ci_high", "p"))
    way = WAYS.get(str(row["method"]))
    if way is not None and not way.limits:
        return bool(p < 1 - level) if p == p else None
    return bool(low > 0 or high < 0) if low == low and high == high else None


def label(method: str, lang: str) -> str:
    """Words of a method in a table: ``bootstrap, percentile``."""
    return messages.text(f"mediation.method.{method}", lang)


def phrase(method: str, lang: str) -> str:
    """Words of a method in a sentence: ``percentile bootstrap``; its label when it has no others."""
    try:
        return messages.text(f"power.method.{method}", lang)
    except KeyError:
        return label(method, lang)


def is_random(method: str) -> bool:
    """Whether the rows of ``method`` come from draws."""
    return method == ADMISSIBLE or (method in WAYS and WAYS[method].random)
