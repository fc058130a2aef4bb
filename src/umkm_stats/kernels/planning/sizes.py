"""Sample sizes in closed form: quoted formulas, power of RMSEA tests, precision of α. Numbers only, no
advice.

Sizes are the smallest whole number that fulfils the formula. ``LARGEST`` bounds every search.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.special import gammaln, ndtri
from scipy.stats import chi2, ncx2
from scipy.stats import f as f_distribution

LARGEST = 10_000_000


def rounded_up(value: float) -> int:
    """The next whole number; a value within 1e-9 of a whole number is that number."""
    return max(1, math.ceil(value - 1e-9))


def slovin(population: int, margin: float) -> int:
    """N/(1 + N e²): Cochran's size for a share of ½ at z = 2, for a population of N."""
    return rounded_up(population / (1.0 + population * margin**2))


def krejcie_morgan(population: int, margin: float, share: float, level: float) -> int:
    """χ² N P(1 − P)/(d²(N − 1) + χ² P(1 − P)), rounded (Krejcie & Morgan 1970,
    https://doi.org/10.1177/001316447003000308).

    Rounded to the nearest whole number as their table does.
    """
    critical = 3.841 if level == 0.95 else float(chi2.isf(1.0 - level, 1))
    spread = critical * share * (1.0 - share)
    return max(1, math.floor(spread * population / (margin**2 * (population - 1) + spread) + 0.5))


def needed_z(alpha: float, power: float, tails: int) -> float:
    """z₁₋α/tails + z_power; 2.486 for α = .05 one-tailed and power .80."""
    return float(ndtri(1.0 - alpha / tails) + ndtri(power))


def inverse_square_root(path: float, alpha: float, power: float, tails: int) -> int:
    """(z/|β|)² (Kock & Hadaya 2018, eq. 5, https://doi.org/10.1111/isj.12131)."""
    return rounded_up((needed_z(alpha, power, tails) / abs(path)) ** 2)


def gamma_exponential(path: float, alpha: float, power: float, tails: int) -> int:
    """Smallest n with |β|√n·c > z (Kock & Hadaya 2018, eqs. 6 and 7).

    c corrects 1/√n as a standard error: by Γ functions up to n = 10, by exp(e|β|/√n) beyond.
    """
    z, size = needed_z(alpha, power, tails), abs(path)

    def enough(n: int) -> bool:
        if n < 2:
            return False
        root = math.sqrt(n)
        if n <= 10:
            c = math.sqrt((n - 1) / 2.0) * math.exp(float(gammaln((n - 1) / 2.0) - gammaln(n / 2.0)))
        else:
            c = math.exp(math.e * size / root)
        return size * root * c > z

    n = 2
    while n <= 10 and not enough(n):
        n += 1
    return n if n <= 10 else smallest(enough, 11)


def smallest(enough: Callable[[int], bool], low: int) -> int:
    """Smallest n ≥ ``low`` with ``enough(n)``, for a condition that stays true once it is; ``LARGEST + 1``
    when never."""
    if enough(low):
        return low
    below, step = low, 1
    while not enough(min(below + step, LARGEST)):
        below = min(below + step, LARGEST)
        if below >= LARGEST:
            return LARGEST + 1
        step *= 2
    above = min(below + step, LARGEST)
    while above - below > 1:
        middle = (above + below) // 2
        if enough(middle):
            above = middle
        else:
            below = middle
    return above


def rmsea_power(null: float, alternative: float, df: int, n: int, alpha: float, groups: int) -> float:
    """Power of the test of RMSEA = ``null`` when it is ``alternative``, n rows in all.

    Noncentral χ² with (n − 1)·df·ε²/G (MacCallum, Browne & Sugawara 1996,
    https://doi.org/10.1037/1082-989X.1.2.130):
    upper tail where the alternative fits worse, lower tail where it fits better (test of not-close fit).
    """
    first, second = ((n - 1) * df * value**2 / groups for value in (null, alternative))
    if null < alternative:
        critical = _isf(alpha, df, first)
        return float(ncx2.sf(critical, df, second)) if second > 0 else float(chi2.sf(critical, df))
    critical = float(ncx2.ppf(alpha, df, first))
    return float(ncx2.cdf(critical, df, second)) if second > 0 else float(chi2.cdf(critical, df))


def _isf(alpha: float, df: int, shift: float) -> float:
    return float(ncx2.isf(alpha, df, shift)) if shift > 0 else float(chi2.isf(alpha, df))


def rmsea_size(null: float, alternative: float, df: int, power: float, alpha: float, groups: int) -> int:
    """Smallest n in all with at least ``power``."""
    return smallest(lambda n: rmsea_power(null, alternative, df, n, alpha, groups) >= power, 2 * groups)


def alpha_width(value: float, n: int, k: int, level: float) -> float:
    """Width of Feldt's interval when the sample's α is ``value``."""
    tail, first, second = (1.0 - level) / 2.0, n - 1, (n - 1) * (k - 1)
    return (1.0 - value) * float(
        f_distribution.isf(tail, first, second) - f_distribution.ppf(tail, first, second)
    )


def alpha_size(value: float, k: int, width: float, level: float, assurance: float | None) -> int:
    """Smallest n whose interval is at most ``width`` wide when the sample's α is ``value``; with
    ``assurance``, in that
    share of samples when ``value`` is the population's α: (1 − α)/(1 − α̂) is F(n − 1, (n − 1)(k − 1))."""

    def enough(n: int) -> bool:
        wide = alpha_width(value, n, k, level)
        if assurance is None:
            return wide <= width
        return float(f_distribution.sf(wide / width, n - 1, (n - 1) * (k - 1))) >= assurance

    return smallest(enough, 3)


def bonett_size(low: float, high: float, k: int, level: float) -> int:
    """(8k/(k − 1))(z/ln((1 − low)/(1 − high)))² + 2 (Bonett 2002,
    https://doi.org/10.3102/10769986027004335)."""
    z = float(ndtri(0.5 + level / 2.0))
    return rounded_up(8.0 * k / (k - 1.0) * (z / math.log((1.0 - low) / (1.0 - high))) ** 2 + 2.0)
