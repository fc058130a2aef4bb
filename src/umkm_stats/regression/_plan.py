"""What was asked, in order: which predictors, in which blocks, with which products."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from umkm_stats.errors import UsageError


@dataclass(frozen=True, slots=True)
class Plan:
    """y: outcomes. x, covariates, moderators: predictors by role. blocks: predictors in order of entry,
    without products, which enter last. products: (predictor, moderator) pairs."""

    y: tuple[str, ...]
    x: tuple[str, ...]
    covariates: tuple[str, ...]
    moderators: tuple[str, ...]
    blocks: tuple[tuple[str, ...], ...]

    @property
    def products(self) -> tuple[tuple[str, str], ...]:
        """Every x times every moderator."""
        return tuple(itertools.product(self.x, self.moderators))

    @property
    def predictors(self) -> tuple[str, ...]:
        """All predictors in the order in which they enter."""
        return tuple(itertools.chain.from_iterable(self.blocks))

    @property
    def names(self) -> tuple[str, ...]:
        """Every column of the data the model needs."""
        return (*self.y, *self.predictors)


def names(value: str | Iterable[str] | None) -> tuple[str, ...]:
    """One name, several or none, as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def make(
    *,
    y: str | Sequence[str],
    x: str | Sequence[str],
    covariates: str | Sequence[str] = (),
    moderator: str | Sequence[str] | None = None,
    blocks: Sequence[str | Sequence[str]] | None = None,
) -> Plan:
    """The plan of a call; raises ``UsageError`` REG103, REG111, REG114.

    Without ``blocks`` the covariates enter first, then x, then the moderators; products always enter last.
    """
    roles = {"y": names(y), "x": names(x), "covariates": names(covariates), "moderator": names(moderator)}
    seen: dict[str, str] = {}
    for role, found in roles.items():
        for name in found:
            if name in seen:
                raise UsageError("REG103", params={"name": name, "first": seen[name], "second": role})
            seen[name] = role
    if not roles["y"] or not roles["x"]:
        raise UsageError("REG111", params={})
    entered = (roles["covariates"], roles["x"], roles["moderator"])
    order = tuple(part for part in entered if part)
    if blocks is not None:
        order = tuple(names(part) for part in ([blocks] if isinstance(blocks, str) else blocks))
        given = list(itertools.chain.from_iterable(order))
        known = list(itertools.chain.from_iterable(entered))
        missing = [name for name in known if name not in given]
        extra = sorted(
            {name for name in given if name not in known or given.count(name) > 1}, key=given.index
        )
        if missing or extra or not all(order):
            raise UsageError("REG114", params={"missing": missing or ["–"], "extra": extra or ["–"]})
    return Plan(roles["y"], roles["x"], roles["covariates"], roles["moderator"], order)
