"""Which hypotheses the data support: a decision rule over effects that others computed. Nothing is estimated
here."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from umkm_stats import ways
from umkm_stats.results import Unavailable
from umkm_stats.study import _regression, _withholding
from umkm_stats.study._descriptions import Part

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument

COLUMNS = (
    "code",
    "test",
    "model",
    "basis",
    "path",
    "method",
    "est",
    "ci_low",
    "ci_high",
    "p",
    "verdict",
    "reason",
    "joint",
    "decides",
)
ARROWS = ("a", "b", "d", "direct")
OTHER = ("necessity", "comparison")
NECESSARY = 0.1  # effect size from which Dul (2016) speaks of a necessary condition worth the name
_TERM = re.compile(r"(?:(\w+)\*)?([A-Za-z]\w*)")


@dataclass(frozen=True, slots=True)
class Rule:
    """How a verdict is drawn: the deciding interval, the bound of equivalence, the tails and α of a test."""

    primary: str
    bound: float
    tails: str = "two"
    alpha: float = 0.05


def recapitulate(
    instrument: Instrument,
    results: Mapping[str, Any],
    *,
    primary: str,
    bound: float,
    route: str = "auto",
    tails: str = "two",
    alpha: float = 0.05,
) -> Part:
    """One row a hypothesis, basis (scores, latent) and effect, with one of five verdicts.

    supported: the interval of ``primary`` (for an arrow without one, the interval of its test) lies on the
    predicted side of zero. contradicted: it lies on the other side. not_supported: it holds zero.
    withheld: no verdict, the
    reason is given (see ``_withholding``). not_testable: no model of the study carries the
    effect; the reason is given. An equivalence hypothesis is
    *equivalent* when its 90 % interval lies within ± ``bound`` and *not_equivalent* otherwise; it never rests
    on p > .05. ``joint`` joins the effects of a hypothesis that names several: all must be supported.
    ``decides`` marks the basis that counts: the one of the ``route``, else the next that has the effect.
    With ``tails`` "one" the predicted side alone is tested: p is that of the side, the other side is no
    contradiction.
    """
    import pandas as pd

    rule = Rule(primary, bound, tails, alpha)
    rows: list[dict[str, Any]] = []
    for hypothesis in instrument.hypotheses:
        found: dict[str, list[dict[str, Any]]] = {}
        for basis in ("scores", "latent", "pls"):
            own = list(_rows(instrument, hypothesis, results, basis, rule))
            if own:
                joint = _join([str(row["verdict"]) for row in own])
                found[basis] = [row | {"joint": joint} for row in own]
        if hypothesis.test == "necessity":
            found = _necessity(hypothesis, results)
        if not found:
            reason = _reason(hypothesis, results)
            rows.append(
                _blank(hypothesis)
                | {"verdict": "not_testable", "joint": "not_testable", "reason": reason, "decides": True}
            )
            continue
        leading = next(basis for basis in _order(route) if basis in found)
        rows += [row | {"decides": basis == leading} for basis, own in found.items() for row in own]
    return Part("hypotheses", pd.DataFrame(rows, columns=list(COLUMNS)))


def _on_basis(named: list[tuple[tuple[str, ...], str]], basis: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The effects as a basis has them: in PLS a moderation is tested by the path of the product."""
    for kinds, path in named:
        yield (("interaction",), path) if basis == "pls" and "index" in kinds else (kinds, path)


def _order(route: str) -> tuple[str, ...]:
    """The bases in the order in which they decide: one route, one verdict."""
    return {"sem": ("latent", "scores", "pls"), "pls": ("pls", "scores", "latent")}.get(
        route, ("scores", "latent", "pls")
    )


def _necessity(hypothesis: Any, results: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """CE-FDH ceiling: supported when the effect size is at least .1 and its permutation p below .05 (Dul
    2016)."""
    part = results.get(f"detail_necessity_{hypothesis.code}")
    if part is None or isinstance(part, Unavailable):
        return {}
    row = part.frame[part.frame["ceiling"].astype(str).str.lower().str.startswith("ce")].iloc[0]
    size, p = float(row["effect_size"]), float(row["p"])
    verdict = "supported" if size >= NECESSARY and p < 0.05 else "not_supported"
    out = _blank(hypothesis) | {
        "basis": "scores",
        "method": "necessity",
        "est": size,
        "p": p,
        "verdict": verdict,
        "joint": verdict,
    }
    return {"scores": [out]}


def _join(verdicts: list[str]) -> str:
    for bad in ("contradicted", "not_supported", "not_equivalent", "not_testable", "withheld"):
        if bad in verdicts:
            return bad
    return verdicts[0]


def _blank(hypothesis: Any) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    numbers = dict.fromkeys(("est", "ci_low", "ci_high", "p"), float("nan"))
    return (
        empty
        | numbers
        | {
            "code": hypothesis.code,
            "test": hypothesis.test,
            "path": " -> ".join(hypothesis.constructs),
            "decides": False,
        }
    )


def _reason(hypothesis: Any, results: Mapping[str, Any]) -> str:
    if hypothesis.test in OTHER:
        return "other_method"
    run = {name.rsplit("_", 1)[1] for name in results if name.startswith(("mediation_", "regression_"))}
    if hypothesis.models and not run & set(hypothesis.models):
        return "model_not_run"
    return "no_equivalence" if hypothesis.test == "equivalence" else "not_in_model"


def _rows(
    instrument: Instrument,
    hypothesis: Any,
    results: Mapping[str, Any],
    basis: str,
    rule: Rule,
) -> Iterator[dict[str, Any]]:
    if hypothesis.test in OTHER:
        return
    for name, part in results.items():
        own_names = (f"mediation_{basis}_", f"regression_{basis}_")
        if not name.startswith(own_names) or part is None or isinstance(part, Unavailable):
            continue
        model = name.rsplit("_", 1)[1]
        if hypothesis.models and model not in hypothesis.models:
            continue
        if hypothesis.test == "joint":
            yield from _together(hypothesis, part, name, model, basis, rule)
            continue
        found = [
            row
            for kinds, path in _on_basis(named_effects(instrument, hypothesis, model), basis)
            if (row := _found(results, part, name, model, kinds, path, rule))
        ]
        if not found:
            continue
        for row in found:
            out = _blank(hypothesis) | {"model": model, "basis": basis} | row
            by_errors = hypothesis.test == "equivalence"  # not by draws
            decided = row | {"method": "wald"} if by_errors else row
            reason = _withholding.reason(results, part, model, basis, decided)
            if hypothesis.test == "equivalence":
                limits = ninety(results.get(f"detail_equivalence_{basis}_{model}"), str(row["path"]))
                if limits is None:
                    out |= {"verdict": "not_testable", "reason": "no_equivalence"}
                else:
                    within = -rule.bound < limits[0] and limits[1] < rule.bound
                    out |= {
                        "ci_low": limits[0],
                        "ci_high": limits[1],
                        "method": "equivalence",
                        "verdict": "equivalent" if within else "not_equivalent",
                    }
            else:
                out |= _judged(out, hypothesis.sign, rule)
            if reason:
                out |= {"verdict": "withheld", "reason": reason}
            yield {name: value for name, value in out.items() if name in COLUMNS}
        return


def _together(
    hypothesis: Any, part: Any, name: str, model: str, basis: str, rule: Rule
) -> Iterator[dict[str, Any]]:
    """The F test of a regression: all its predictors together ("uji simultan"); ``est`` is F."""
    if not name.startswith("regression_"):
        return
    for row in part.fits[part.fits["outcome"].isin(hypothesis.constructs)].to_dict("records"):
        shown = float(row["p"]) < (rule.alpha if rule.tails == "two" else 0.05)
        yield _blank(hypothesis) | {
            "model": model,
            "basis": basis,
            "path": f"{', '.join(part.plan.x)} -> {row['outcome']}",
            "method": "f",
            "est": float(row["f"]),
            "p": float(row["p"]),
            "verdict": "supported" if shown else "not_supported",
        }


def _found(
    results: Mapping[str, Any],
    part: Any,
    name: str,
    model: str,
    kinds: tuple[str, ...],
    path: str,
    rule: Rule,
) -> dict[str, Any] | None:
    """The effect as its route decides on it: an arrow between scores by its own equation (t test, or the
    bootstrap interval where the residuals are not normal), everything else by the primary interval."""
    outcome = path.rpartition(" -> ")[2]
    if name.startswith("regression_"):
        return _effect(part, kinds, path, _regression.deciding(results, part, model, outcome))
    own = results.get(f"equation_{model}_{outcome}")
    arrow = kinds == ARROWS and path.count(" -> ") == 1
    if (
        name.startswith("mediation_scores_")
        and arrow
        and own is not None
        and not isinstance(own, Unavailable)
    ):
        return _effect(own, kinds, path, _regression.deciding(results, own, model, outcome))
    return _effect(part, kinds, path, rule.primary)


def _judged(row: Mapping[str, Any], sign: str, rule: Rule) -> dict[str, Any]:
    """The verdict, and with one tail the p of the predicted side."""
    low, high, p = float(row["ci_low"]), float(row["ci_high"]), float(row["p"])
    verdict = _verdict(low, high, sign)
    if rule.tails == "two":
        return {"verdict": verdict}
    agrees = (float(row["est"]) > 0.0) == (sign != "-")
    return {
        "verdict": "not_supported" if verdict == "contradicted" else verdict,
        "p": p / 2 if agrees else 1 - p / 2,
    }


def _verdict(low: float, high: float, sign: str) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return "not_testable"
    if low <= 0.0 <= high:
        return "not_supported"
    return "supported" if (low > 0.0) == (sign != "-") else "contradicted"


def named_effects(instrument: Instrument, hypothesis: Any, model: str) -> list[tuple[tuple[str, ...], str]]:
    """(kinds of effect, path) of every label that the hypothesis names, read from the labels of the model
    text."""
    arrows, derived = _labels(instrument.model_syntax(model))
    structural = instrument.structural(model)
    out: list[tuple[tuple[str, ...], str]] = _by_constructs(hypothesis) if not hypothesis.effects else []
    for label in hypothesis.effects:
        if label in arrows:
            source, target = arrows[label]
            if label.endswith("w") and structural.moderator:
                out.append((("index",), ""))
            else:
                out.append((ARROWS, f"{source} -> {target}"))
        elif label.startswith("total"):
            ends = [
                (x, y)
                for x in structural.x
                for y in structural.y
                if label in ("total", f"total_{y}", f"total_{x}", f"total_{x}_{y}")
            ]
            out += [(("total",), f"{x} -> {y}") for x, y in ends]
        elif label in derived:
            route = _route([arrows[part] for part in derived[label] if part in arrows])
            out.append((("indirect",), " -> ".join(route)) if route else (("total_indirect",), ""))
    return out


def _by_constructs(hypothesis: Any) -> list[tuple[tuple[str, ...], str]]:
    """What a hypothesis that names no effect means by its test and constructs, in the order of the path."""
    route = " -> ".join(hypothesis.constructs)
    many = len(hypothesis.constructs)
    if hypothesis.test == "path" and many == 2:
        return [(ARROWS, route)]
    if hypothesis.test == "total" and many == 2:
        return [(("total",), route)]
    if hypothesis.test in ("indirect", "serial") and many > 2:
        return [(("indirect",), route)]
    return [(("index",), "")] if hypothesis.test == "moderation" else []


def _labels(text: str) -> tuple[dict[str, tuple[str, str]], dict[str, list[str]]]:
    arrows: dict[str, tuple[str, str]] = {}
    derived: dict[str, list[str]] = {}
    for raw in text.splitlines():
        line = raw.split("#")[0].strip()
        if ":=" in line:
            name, _, right = line.partition(":=")
            derived[name.strip()] = [part.strip() for part in right.split("*")] if "+" not in right else []
        elif "~" in line and "=~" not in line and "~~" not in line:
            target, _, right = line.partition("~")
            for term in right.split("+"):
                found = _TERM.fullmatch(term.strip())
                if found and found.group(1):
                    arrows[found.group(1)] = (found.group(2), target.strip())
    return arrows, derived


def _route(pieces: list[tuple[str, str]]) -> list[str]:
    if not pieces:
        return []
    route = [pieces[0][0]]
    for source, target in pieces:
        if source != route[-1]:
            return []
        route.append(target)
    return route


def _effect(part: Any, kinds: tuple[str, ...], path: str, primary: str) -> dict[str, Any] | None:
    frame = part.effects
    own = frame[frame["effect"].isin(kinds)]
    if path:
        own = own[own["path"] == path]
    if not len(own):
        return None
    own = own[own["path"] == own["path"].iloc[0]]
    method = ways.deciding(primary, set(own["method"]))
    row = (own if method is None else own[own["method"] == method]).iloc[0]
    return {
        "effect": str(row["effect"]),
        "path": str(row["path"]),
        "method": str(row["method"]),
        **{name: float(row[name]) for name in ("est", "ci_low", "ci_high", "p")},
    }


def ninety(detail: Any, path: str) -> tuple[float, float] | None:
    """The 90 % limits of the equivalence test of a path, when it was made."""
    if detail is None or isinstance(detail, Unavailable):
        return None
    own = detail.frame[detail.frame["path"] == path]
    return (float(own.iloc[0]["ci_low"]), float(own.iloc[0]["ci_high"])) if len(own) else None
