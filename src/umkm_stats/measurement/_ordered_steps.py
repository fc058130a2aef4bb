"""Identification of the invariance steps of ordered items after Wu & Estabrook (2016,
https://doi.org/10.1007/s11336-016-9506-0), Delta parameterisation, factor variances 1.

configural: everything its own. thresholds equal: intercepts and scales of the latent responses free outside
the first group. metric: loadings equal too, factor variances free outside the first group. scalar: intercepts
equal (0), factor means free outside the first group. An item with two answers has one threshold, so that its
scale can be told apart from its intercept at the scalar step only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

STEPS: dict[str, tuple[str, ...]] = {
    "configural": (),
    "thresholds": ("thresholds",),
    "metric": ("thresholds", "loadings"),
    "scalar": ("thresholds", "loadings", "intercepts"),
}
_ENGINE = {"intercepts"}  # what the lines below hold equal themselves


def equalities(step: str) -> tuple[str, ...]:
    """Kinds of parameter the engine holds equal at a step."""
    return tuple(kind for kind in STEPS[step] if kind not in _ENGINE)


def lines(step: str, answers: Mapping[str, int], factors: Sequence[str], groups: int) -> str:
    """Model text that identifies a step. answers: item → number of its answers."""

    def over(first: str, others: str) -> str:
        return f"c({', '.join([first, *[others] * (groups - 1)])})"

    if step == "configural":
        return ""
    out = []
    for item, count in answers.items():
        free_scale = count > 2 or step == "scalar"
        out.append(f"`{item}` ~*~ {over('1', 'NA' if free_scale else '1')}*`{item}`")
        out.append(f"`{item}` ~ {over('0', '0' if step == 'scalar' else 'NA')}*1")
    for factor in factors:
        out.append(f"`{factor}` ~~ {over('1', '1' if step == 'thresholds' else 'NA')}*`{factor}`")
        out.append(f"`{factor}` ~ {over('0', 'NA' if step == 'scalar' else '0')}*1")
    return "\n" + "\n".join(out)
