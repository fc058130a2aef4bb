"""A thousand correct tables are never accused; altered digits are caught."""

import numpy as np
import pytest

from umkm_stats import review
from umkm_stats.kernels.review import published
from umkm_stats.kernels.review.printed import Interval


def cut(value: float, decimals: int) -> str:
    scale = 10**decimals
    return f"{np.trunc(value * scale) / scale:.{decimals}f}"


def rounded(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}"


def table(rng: np.random.Generator) -> dict[str, str]:
    """A correct mediation and measurement table, printed in one of the ways papers print."""
    n, decimals = int(rng.integers(60, 500)), int(rng.integers(2, 5))
    put = cut if rng.random() < 0.2 else rounded
    a, c_prime = rng.uniform(0.1, 0.8, 2)
    b = rng.uniform(0.1, 0.8) * (-1 if rng.random() < 0.2 else 1)
    se_a, se_b = rng.uniform(0.04, 0.2, 2)
    z = a * b / np.hypot(a * se_b, b * se_a)
    tails = 1 if rng.random() < 0.2 else 2
    t, df = rng.uniform(0.5, 5), n - 3
    p_t = float(published.p_of_t(Interval(t, t), df).middle) * tails / 2
    loadings = rng.uniform(0.5, 0.95, int(rng.integers(3, 7)))
    x2, model_df = rng.uniform(20, 200), int(rng.integers(10, 60))
    base, base_df = x2 + rng.uniform(300, 2000), model_df + int(rng.integers(6, 20))
    used = n - int(rng.random() < 0.3)
    rmsea = np.sqrt(max(x2 - model_df, 0) / (model_df * used))
    cfi = published.comparative_fit(Interval(x2, x2), model_df, Interval(base, base), base_df).middle
    tli = published.tucker_lewis(Interval(x2, x2), model_df, Interval(base, base), base_df).middle
    answers = rng.integers(1, 6, n)
    return {
        "n": n,
        "df": model_df,
        "base_df": base_df,
        "t_df": df,
        "put": put.__name__,
        "a": put(a, decimals),
        "b": put(b, decimals),
        "se_a": put(se_a, decimals),
        "se_b": put(se_b, decimals),
        "ab": put(a * b, decimals),
        "c_prime": put(c_prime, decimals),
        "c": put(c_prime + a * b, decimals),
        "z": put(z, decimals),
        "t": put(t, decimals),
        "p": put(p_t, 3),
        "loadings": [put(v, decimals) for v in loadings],
        "ave": put(float(np.mean(loadings**2)), decimals),
        "cr": put(float(loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())), decimals),
        "x2": put(x2, 3),
        "base": put(base, 3),
        "rmsea": put(rmsea, 3),
        "cfi": put(cfi, 3),
        "tli": put(tli, 3),
        "mean": put(answers.mean(), 2),
        "sd": put(answers.std(ddof=1), 2),
    }


def verdicts(t) -> dict[str, review.Verdict]:
    fit = review.fit(
        chi2=t["x2"],
        df=t["df"],
        n=t["n"],
        rmsea=t["rmsea"],
        cfi=t["cfi"],
        tli=t["tli"],
        base_chi2=t["base"],
        base_df=t["base_df"],
    )
    load = review.loadings(t["loadings"], ave=t["ave"], cr=t["cr"], version="standardised")
    sobel = (
        review.sobel(t["a"], t["se_a"], t["b"], t["se_b"], z=t["z"])["verdicts"]
        if all(float(t[s]) > 0 for s in ("se_a", "se_b"))
        else ()
    )
    return {
        "ab": review.product(t["ab"], a=t["a"], b=t["b"]),
        "c": review.total(t["c"], c_prime=t["c_prime"], ab=t["ab"]),
        "p": review.p_value(t["p"], statistic="t", value=t["t"], df=t["t_df"]),
        "mean": review.grim(t["mean"], n=t["n"], truncated=t["put"] == "cut"),
        "sd": review.sd_bound(t["sd"], mean=t["mean"], n=t["n"], low=1, high=5),
        **{v.check: v for v in (*fit, *load, *sobel)},
    }


def test_correct_tables_are_never_accused():
    rng = np.random.default_rng(20260301)
    accused = []
    for number in range(1000):
        t = table(rng)
        accused += [
            (number, name, v.summary()) for name, v in verdicts(t).items() if v.verdict == "inconsistent"
        ]
    assert not accused


def altered(text: str, rng: np.random.Generator) -> str:
    """One digit changed by at least 2 in a place that is not the last."""
    places = [i for i, sign in enumerate(text) if sign.isdigit()][:-1]
    places = [i for i in places if i >= text.find(".") - 1] or places
    at = int(rng.choice(places))
    digit = (int(text[at]) + int(rng.integers(2, 9))) % 10
    return text[:at] + str(digit) + text[at + 1 :]


IDENTITIES = {"ab": "ab", "c": "c", "ave": "ave", "cr": "cr", "cfi": "cfi", "tli": "tli", "rmsea": "rmsea"}


@pytest.mark.slow
def test_altered_digits_are_caught():
    rng = np.random.default_rng(77)
    caught = tried = 0
    for _ in range(1000):
        t = table(rng)
        name = str(rng.choice(list(IDENTITIES)))
        changed = {**t, name: altered(t[name], rng)}
        gap = abs(float(changed[name]) - float(t[name]))
        if gap < 10 ** -(len(t[name].split(".")[1])) * 3:
            continue
        tried += 1
        caught += verdicts(changed)[IDENTITIES[name]].verdict == "inconsistent"
    assert tried > 900
    assert caught / tried >= 0.95, f"{caught} of {tried}"
