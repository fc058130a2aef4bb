"""Sizes that supervisors name: shares of a population, structural models by counting. Numbers, no advice.

Sizes are rounded up; ``krejcie_morgan`` is the one that rounds as its
printed table does.
"""

from __future__ import annotations

import math

from scipy.special import ndtri
from scipy.stats import chi2

from umkm_stats.kernels.planning.sizes import rounded_up


def cochran(margin: float, share: float, level: float, population: int | None = None) -> int:
    """z² P(1 − P)/e², for a population of N divided by 1 + (n₀ − 1)/N (Cochran 1977, eqs. 4.1 and 4.3)."""
    z = float(ndtri(0.5 + level / 2.0))
    first = z * z * share * (1.0 - share) / margin**2
    return rounded_up(first if population is None else first / (1.0 + (first - 1.0) / population))


def lemeshow(margin: float, share: float, level: float, population: int | None = None) -> int:
    """z² P(1 − P)/d²; with N known N z² P(1 − P)/(d²(N − 1) + z² P(1 − P)) (Lemeshow et al. 1990, ch. 1)."""
    z = float(ndtri(0.5 + level / 2.0))
    spread = z * z * share * (1.0 - share)
    if population is None:
        return rounded_up(spread / margin**2)
    return rounded_up(population * spread / (margin**2 * (population - 1) + spread))


def isaac_michael(population: int, level: float, margin: float = 0.05, share: float = 0.5) -> int:
    """λ² N P Q/(d²(N − 1) + λ² P Q) with λ² the χ² (1 df) of ``1 − level``; d stays .05 whatever the level.

    The three columns of the printed table, "1 %", "5 %" and "10 %", are 1 − level, not d.
    """
    spread = float(chi2.isf(1.0 - level, 1)) * share * (1.0 - share)
    return max(1, math.floor(population * spread / (margin**2 * (population - 1) + spread) + 0.5))


def westland_effect(
    effect: float, latents: int, alpha: float, power: float, *, subtracted: bool = False
) -> int:
    """Smallest n for a correlation of ``effect`` between two of ``latents`` latent variables.

    Westland 2010 (https://doi.org/10.1016/j.elerap.2010.07.003), with α corrected after Šidák for the
    latents·(latents − 1)/2 pairs. z_power is added to z₁₋α/₂, as power needs; ``subtracted`` takes the
    formula as it is printed, with z₁₋β subtracted, which gives about a third of the size.
    """
    pairs = latents * (latents - 1) / 2.0
    corrected = 1.0 - (1.0 - alpha) ** (1.0 / pairs)
    a = 1.0 - effect**2
    b = effect * math.asin(effect / 2.0)
    c = effect * math.asin(effect)
    d = a / math.sqrt(3.0 - a)
    h = (
        effect / (float(ndtri(1.0 - corrected / 2.0)) + (-1.0 if subtracted else 1.0) * float(ndtri(power)))
    ) ** 2
    half = a * (math.pi / 6.0 - b + d) + h
    root = math.sqrt(half**2 + 4.0 * a * h * (math.pi / 6.0 + math.sqrt(a) + 2.0 * b - c - 2.0 * d))
    return rounded_up((half + root) / (2.0 * h))


def westland_structure(indicators: int, latents: int) -> int:
    """50 r² − 450 r + 1100 with r = indicators/latents (Westland 2010, from Marsh et al. 1998)."""
    ratio = indicators / latents
    return rounded_up(50.0 * ratio**2 - 450.0 * ratio + 1100.0)


def to_hand_out(n: int, response_rate: float, usable: float) -> int:
    """Forms to hand out so that n usable ones come back."""
    return rounded_up(n / (response_rate * usable))


def design_effect(size: float, icc: float) -> float:
    """1 + (m − 1)·ICC for clusters of m (Kish 1965)."""
    return 1.0 + (size - 1.0) * icc


def icc_size(icc: float, raters: int, width: float, level: float) -> int:
    """8 z² (1 − ρ)² (1 + (k − 1)ρ)²/(k (k − 1) w²) + 1 (Bonett 2002, https://doi.org/10.1002/sim.1108)."""
    z, k = float(ndtri(0.5 + level / 2.0)), raters
    spread = (1.0 - icc) * (1.0 + (k - 1) * icc)
    return rounded_up(8.0 * z**2 * spread**2 / (k * (k - 1) * width**2) + 1.0)
