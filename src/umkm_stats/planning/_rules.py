"""``sample_sizes``: every rule that can be filled from what is given, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from umkm_stats.errors import UsageError
from umkm_stats.kernels.planning import rules, sizes
from umkm_stats.options import one_of, share, whole
from umkm_stats.planning._search import SmallestN
from umkm_stats.planning._sizes import SampleSizes, population_notes, positive
from umkm_stats.results import Note

Row = tuple[str, Mapping[str, Any], int]


def sample_sizes(
    *,
    population: int | None = None,
    eligible: int | None = None,
    margin: float | None = None,
    proportion: float | None = None,
    confidence: float | None = None,
    path: float | None = None,
    f2: float | None = None,
    predictors: int | None = None,
    r: float | None = None,
    d: float | None = None,
    w: float | None = None,
    df: int | None = None,
    alpha: float = 0.05,
    power: float = 0.80,
    tails: int | None = None,
    arrows: int | None = None,
    items: int | None = None,
    parameters: int | None = None,
    latents: int | None = None,
    effect: float | None = None,
    model_df: int | None = None,
    advised: int | SmallestN | None = None,
    purposive: bool = False,
    response_rate: float | None = None,
    usable: float | None = None,
) -> SampleSizes:
    """The rules that supervisors name, filled from what is given, beside what each assumes.

    Parameters
    ----------
    population : int, optional
        Number of units: Slovin, Krejcie–Morgan, Cochran, Lemeshow and Isaac–Michael, all with ``margin``
        (.05) but Isaac–Michael, whose printed table keeps .05 and varies the level.
    eligible : int, optional
        How many units can take part at all; a sample larger than that is said plainly.
    margin : float, optional
        Half-width e (.05). With ``margin`` and without ``population``: Cochran and Lemeshow for a population
        whose size is unknown.
    proportion : float, optional
        Expected share (.5).
    confidence : float, optional
        Level (.95).
    path : float, optional
        Smallest standardised path of a PLS model: inverse square root and gamma-exponential.
    f2 : float, optional
        Effect of a regression (F test of all predictors).
    predictors : int, optional
        Number of its predictors.
    r : float, optional
        Smallest correlation.
    d : float, optional
        Difference of two independent means in SD (n is of both groups together).
    w : float, optional
        Effect of a χ² test.
    df : int, optional
        Its degrees of freedom.
    alpha : float, default 0.05
        Level of the tests above.
    power : float, default 0.8
        Their power.
    tails : int, optional
        1 for ``path`` and 2 for ``r`` and ``d`` unless given.
    arrows : int, optional
        Most arrows into one variable: 10-times rule.
    items : int, optional
        Items of the questionnaire: 5 and 10 an item.
    parameters : int, optional
        Free parameters of the model: 5, 10 and 20 a parameter (N:q).
    latents : int, optional
        Latent variables (Westland; with ``items`` also the bound from the number of items a latent variable).
    effect : float, optional
        The smallest effect among them.
    model_df : int, optional
        Degrees of freedom of the model: test of close fit (RMSEA .05 against .08).
    advised : int or SmallestN, optional
        A size from a power analysis, or the result of ``smallest_n``; it is the one recommended.
    purposive : bool, default False
        Respondents are chosen, not drawn: the formulas for shares of a population are left out.
    response_rate : float, optional
        Share of forms that come back: forms to hand out.
    usable : float, optional
        Share of these that can be used.

    Returns
    -------
    SampleSizes
        One row a rule; ``.recommended``, ``.forms()``, ``.assumptions(rule)``.

    Raises
    ------
    UsageError
        GEN003, GEN004 (numbers), PLN135 (not above 0), PLN136 (nothing given), PLN146 (an argument without
        the one it belongs to), PLN147 (an effect that is impossible).

    Examples
    --------
    >>> from umkm_stats.planning import sample_sizes
    >>> sample_sizes(f2=0.15, predictors=2).n
    68
    >>> sample_sizes(population=500, response_rate=0.6, usable=0.9).tidy()["forms"].tolist()[0]
    413
    """
    _belong({"predictors": predictors}, {"f2": f2})
    _belong({"f2": f2}, {"predictors": predictors})
    _belong({"w": w}, {"df": df})
    _belong({"df": df}, {"w": w})
    _belong({"latents": latents}, {"effect": effect})
    _belong({"effect": effect}, {"latents": latents})
    _belong(
        {"proportion": proportion, "confidence": confidence}, {"population": population, "margin": margin}
    )
    _belong({"tails": tails}, {"path": path, "r": r, "d": d})
    tested = {"path": path, "f2": f2, "r": r, "d": d, "w": w, "effect": effect, "model_df": model_df}
    asked = {"alpha": None if alpha == 0.05 else alpha, "power": None if power == 0.80 else power}
    _belong(asked, {**tested, "advised": advised})
    rows: list[Row] = []
    notes: list[Note] = []
    shares = {"margin": margin, "proportion": proportion, "confidence": confidence}
    if population is not None or margin is not None:
        if purposive:
            notes.append(Note("PLN137"))
        else:
            rows += _of_population(population, **shares)
    level, wanted = share("alpha", alpha), share("power", power)
    if tails is not None:
        one_of("tails", tails, (1, 2))
    rows += _tests(f2, predictors, r, d, w, df, level, wanted, tails or 2)
    if path is not None:
        size = positive("path", abs(path) if isinstance(path, (int, float)) else path)
        given = {"path": size, "alpha": level, "power": wanted, "tails": tails or 1}
        rows.append(
            ("inverse_square_root", given, sizes.inverse_square_root(size, level, wanted, tails or 1))
        )
        rows.append(("gamma_exponential", given, sizes.gamma_exponential(size, level, wanted, tails or 1)))
    if arrows is not None:
        rows.append(("ten_times", {"arrows": whole("arrows", arrows, low=1)}, 10 * arrows))
    if items is not None:
        whole("items", items, low=1)
        rows += [("per_item", {"items": items, "each": each}, each * items) for each in (5, 10)]
    if parameters is not None:
        whole("parameters", parameters, low=1)
        rows += [
            ("per_parameter", {"parameters": parameters, "each": each}, each * parameters)
            for each in (5, 10, 20)
        ]
    if latents is not None and effect is not None:
        rows += _westland(latents, effect, items, level, wanted)
    if model_df is not None:
        whole("model_df", model_df, low=1)
        given = {"df": model_df, "null": 0.05, "alternative": 0.08, "power": wanted, "alpha": level}
        rows.append(("rmsea", given, sizes.rmsea_size(0.05, 0.08, model_df, wanted, level, 1)))
    told = _advised(advised)
    if told is not None:
        rows.append(("advised", {}, told))
    if not rows:
        if not notes:
            raise UsageError("PLN136")
        units = population or eligible
        if units is None:
            raise UsageError("PLN136")
        rows.append(("census", {"N": int(units)}, int(units)))
    best = told or max(n for _, _, n in rows)
    notes += population_notes(best, population=population, eligible=eligible)
    return SampleSizes(tuple(rows), tuple(notes), _handed(response_rate, usable))


def _belong(given: Mapping[str, Any], needs: Mapping[str, Any]) -> None:
    """Refuse an argument that applies only together with one of ``needs``."""
    if all(value is None for value in needs.values()):
        lonely = [name for name, value in given.items() if value is not None]
        if lonely:
            raise UsageError("PLN146", params={"name": lonely[0], "needs": list(needs)})


def _handed(response_rate: float | None, usable: float | None) -> tuple[float, float] | None:
    if response_rate is None and usable is None:
        return None
    given = (("response_rate", response_rate), ("usable", usable))
    rate, good = (1.0 if v is None or v == 1 else share(name, v) for name, v in given)
    return rate, good


def _advised(advised: int | SmallestN | None) -> int | None:
    if isinstance(advised, SmallestN):
        return advised.n
    return None if advised is None else whole("advised", advised, low=1)


def _of_population(
    population: int | None, margin: float | None, proportion: float | None, confidence: float | None
) -> list[Row]:
    error = 0.05 if margin is None else share("margin", margin)
    split = 0.5 if proportion is None else share("proportion", proportion)
    level = 0.95 if confidence is None else share("confidence", confidence)
    given: dict[str, Any] = {"e": error, "P": split, "level": level}
    if population is None:
        return [
            ("cochran", given, rules.cochran(error, split, level)),
            ("lemeshow", given, rules.lemeshow(error, split, level)),
        ]
    units = whole("population", population, low=1)
    given = {"N": units, **given}
    rows: list[Row] = [
        ("slovin", {"N": units, "e": error}, sizes.slovin(units, error)),
        ("krejcie_morgan", given, sizes.krejcie_morgan(units, error, split, level)),
        ("cochran", given, rules.cochran(error, split, level, units)),
        ("lemeshow", given, rules.lemeshow(error, split, level, units)),
    ]
    rows += [
        ("isaac_michael", {"N": units, "e": 0.05, "level": l}, rules.isaac_michael(units, l))
        for l in (0.99, 0.95, 0.90)
    ]
    return rows


def _tests(
    f2: float | None,
    predictors: int | None,
    r: float | None,
    d: float | None,
    w: float | None,
    df: int | None,
    alpha: float,
    power: float,
    tails: int,
) -> list[Row]:
    from umkm_stats.planning._classic import size_for_test

    rows: list[Row] = []
    if f2 is not None and predictors is not None:
        rows += size_for_test("f2", f2, predictors=predictors, alpha=alpha, power=power).rows
    if r is not None:
        rows += size_for_test("r", r, alpha=alpha, power=power, tails=tails).rows
    if d is not None:
        rows += size_for_test("t", d, alpha=alpha, power=power, tails=tails).rows
    if w is not None and df is not None:
        rows += size_for_test("chi2", w, df=df, alpha=alpha, power=power).rows
    return rows


def _westland(latents: int, effect: float, items: int | None, alpha: float, power: float) -> list[Row]:
    whole("latents", latents, low=2)
    size = positive("effect", abs(effect) if isinstance(effect, (int, float)) else effect)
    if size >= 1:
        raise UsageError("PLN147", params={"name": "effect", "received": repr(effect)})
    given = {"effect": size, "latents": latents, "alpha": alpha, "power": power}
    rows: list[Row] = [("westland_effect", given, rules.westland_effect(size, latents, alpha, power))]
    if items is not None:
        shape = {"items": items, "latents": latents}
        rows.append(("westland_structure", shape, rules.westland_structure(items, latents)))
    return rows
