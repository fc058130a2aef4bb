"""Model text of an instrument: measurement lines, labelled structural paths, derived effects.

Labels. One predictor x, one mediator m, one outcome y: ``a`` (x → m), ``b`` (m → y), ``cp`` (x → y);
``indirect := a*b``, ``total := cp + a*b``. More mediators side by side: ``a1 b1``, ``a2 b2`` in order, each
with ``indirect_M := …`` and their sum ``indirect``. Serial mediators: also ``d21`` (first → second), ``d31``
… and ``indirect_M1_M2 := a1*d21*b2``. Several predictors or outcomes: labels and names end in their codes
(``a_PI``, ``b_BE``, ``cp_PI_BE``, ``indirect_BE``). A moderator adds ``w…`` (its own path) and an interaction
label ending in ``w`` (``bw``); ``index := a*bw`` is the index of moderated mediation, and ``indirect`` then
holds at the moderator's mean. Two predictors without a mediator: ``difference := cp_X1 - cp_X2``. Observed
covariates enter every equation, that of the predictor included, because an engine leaves a latent predictor
and a fixed covariate uncorrelated.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from umkm_stats.errors import UsageError

if TYPE_CHECKING:
    from umkm_stats.instrument._definition import Definition
    from umkm_stats.instrument._schema import Construct, StructuralModel

Present = frozenset[str] | None


def _line(left: str, operator: str, right: list[str]) -> str:
    return f"{left} {operator} {' + '.join(right)}"


def _members(
    instrument: Definition, construct: str, present: Present, leave: frozenset[str] = frozenset()
) -> dict[str | None, list[str]]:
    """Dimension code (None: no dimension) → item codes present, in the order of the dimensions, then of the
    items."""
    spec = instrument.construct(construct)
    groups: dict[str | None, list[str]] = {dimension.code: [] for dimension in spec.dimensions}
    groups[None] = []
    for item in instrument.items:
        if (
            item.construct == construct
            and item.dimension not in leave
            and (present is None or item.code in present)
        ):
            groups[item.dimension].append(item.code)
    return {dimension: codes for dimension, codes in groups.items() if codes}


def factor_lines(
    instrument: Definition, code: str, present: Present, measurement: str, leave: frozenset[str] = frozenset()
) -> tuple[list[str], list[str]]:
    """Measurement lines of a construct, or of a dimension standing alone, and the names of its indicators.

    ``leave``: dimensions taken out of the construct. *second_order*: a dimension with one present item gives
    that item straight to the construct; when fewer than three indicators would remain above the items, or no
    dimension has two items, the construct is measured by the items themselves. *first_order*: one factor a
    dimension, no factor above them. *dimension_means*: two or more dimensions enter as columns, otherwise the
    items do. ``UsageError`` INS020 when no item is present.
    """
    if _owner(instrument, code) is not None:
        groups: dict[str | None, list[str]] = {None: _of_dimension(instrument, code, present)}
        groups = {name: codes for name, codes in groups.items() if codes}
    else:
        groups = _members(instrument, code, present, leave)
    if not groups:
        raise UsageError("INS020", params={"construct": code})
    flat = [item for codes in groups.values() for item in codes]
    named = {name: codes for name, codes in groups.items() if name is not None}
    several = [name for name, codes in named.items() if len(codes) > 1]
    if measurement == "dimension_means" and len(named) > 1:
        tops = list(named) + groups.get(None, [])
        return [_line(code, "=~", tops)], tops
    if measurement == "first_order" and len(named) > 1 and several:
        loose = [item for name, codes in groups.items() if name not in several for item in codes]
        lines = [_line(name, "=~", named[name]) for name in several]
        return lines + ([_line(code, "=~", loose)] if loose else []), [*several, *loose]
    tops = [name if name in several else named[name][0] for name in named] + groups.get(None, [])
    if measurement == "second_order" and several and len(tops) > 2:
        return [_line(code, "=~", tops), *(_line(name, "=~", named[name]) for name in several)], tops
    return [_line(code, "=~", flat)], flat


def _of_dimension(instrument: Definition, code: str, present: Present) -> list[str]:
    return [
        item.code
        for item in instrument.items
        if item.dimension == code and (present is None or item.code in present)
    ]


def measurement_text(
    instrument: Definition, present: Present, structure: str, constructs: object = None
) -> str:
    """Measurement part for every reflective construct that has an item present (or for those named)."""
    chosen = list(instrument.scales(present)) if constructs is None else [str(code) for code in constructs]  # type: ignore[attr-defined]
    lines: list[str] = []
    for code in chosen:
        lines += factor_lines(instrument, code, present, structure)[0]
    return "\n".join(lines) + "\n"


def _owner(instrument: Definition, code: str) -> Construct | None:
    """The construct whose dimension ``code`` is; None when ``code`` is a construct itself."""
    for construct in instrument.constructs:
        if any(dimension.code == code for dimension in construct.dimensions):
            return construct
    return None


def latents(instrument: Definition, model: StructuralModel) -> list[str]:
    """Constructs and set-apart dimensions of a model, in the order x, m, y, moderator; covariates are
    observed."""
    order = [*model.x, *model.m, *model.y, *([model.moderator] if model.moderator else [])]
    known = {construct.code for construct in instrument.constructs}
    order += [code for code in model.covariates if code in known]
    return list(dict.fromkeys(order))


def product_pairs(
    instrument: Definition, model: StructuralModel, present: Present, measurement: str
) -> tuple[str, list[tuple[str, str]]]:
    """Name of the latent product of a moderated model and its pairs of indicators.

    The i-th indicator of the moderated predictor goes with the i-th of the moderator, as many as both have;
    indicators are dimension means where a construct has dimensions, unless the model is built on items.
    """
    moderator = model.moderator or ""
    first = model.m[0] if model.moderates[0] == "b" and model.m else model.x[0]
    level = "items" if measurement == "items" else "dimension_means"
    leave = frozenset(model.apart)
    left = factor_lines(instrument, first, present, level, leave)[1]
    right = factor_lines(instrument, moderator, present, level, leave)[1]
    return product_name(first, moderator), list(zip(left, right, strict=False))


def product_name(first: str, second: str) -> str:
    """Name of a product: of two constructs, or of the two centred indicators whose product a column holds."""
    return f"{first}x{second}"


def model_text(instrument: Definition, model: StructuralModel, present: Present, measurement: str) -> str:
    """The whole model as text; see the module for labels."""
    leave = frozenset(model.apart)
    lines: list[str] = [f"# {model.key}", "# measurement"]
    for code in latents(instrument, model):
        lines += factor_lines(instrument, code, present, measurement, leave)[0]
    product = ""
    target = ""
    if model.moderator:
        product, pairs = product_pairs(instrument, model, present, measurement)
        target = model.m[0] if model.moderates[0] == "a" and model.m else model.y[0]
        lines.append(_line(product, "=~", [product_name(*pair) for pair in pairs]))
    lines.append("# paths")
    known = {construct.code for construct in instrument.constructs}
    observed = [code for code in model.covariates if code not in known]
    if observed:
        lines += [_line(x, "~", observed) for x in model.x]
    structural, derived = _paths(model, product, target)
    lines += structural
    if derived:
        lines += ["# effects", *derived]
    return "\n".join(lines) + "\n"


def _tag(code: str, many: bool) -> str:
    return f"_{code}" if many else ""


def _paths(model: StructuralModel, product: str, target: str) -> tuple[list[str], list[str]]:
    xs, ms, ys = model.x, model.m, model.y
    numbered = len(ms) > 1
    many_x, many_y = len(xs) > 1, len(ys) > 1
    lines: list[str] = []
    extra = list(model.covariates)

    def a(x: str, i: int) -> str:
        return f"a{i + 1 if numbered else ''}{_tag(x, many_x)}"

    def b(i: int, y: str) -> str:
        return f"b{i + 1 if numbered else ''}{_tag(y, many_y)}"

    def cp(x: str, y: str) -> str:
        return f"cp{_tag(x, many_x)}{_tag(y, many_y)}"

    kind = model.moderates[0] if model.moderator and model.moderates else ""
    interaction = {"a": "aw", "b": "bw", "direct": "cpw"}.get(kind, "")
    own = {"a": "wa", "b": "wb", "direct": "wc"}.get(kind, "")

    def outside(outcome: str) -> list[str]:
        terms = list(extra)
        if product and outcome == target:
            terms += [f"{own}*{model.moderator}", f"{interaction}*{product}"]
        return terms

    for j, m in enumerate(ms):
        right = [f"{a(x, j)}*{x}" for x in xs]
        if model.structure == "serial":
            right += [f"d{j + 1}{i + 1}*{ms[i]}" for i in range(j)]
        lines.append(_line(m, "~", right + outside(m)))
    for y in ys:
        right = [f"{b(i, y)}*{m}" for i, m in enumerate(ms)] + [f"{cp(x, y)}*{x}" for x in xs]
        lines.append(_line(y, "~", right + outside(y)))
    if model.structure == "parallel":
        lines += [f"{first} ~~ {second}" for first, second in itertools.combinations(ms, 2)]
    lines += [f"{first} ~~ {second}" for first, second in itertools.combinations(ys, 2)]

    derived: list[str] = []
    for x, y in itertools.product(xs, ys):
        end = f"{_tag(x, many_x)}{_tag(y, many_y)}"
        products: list[tuple[str, str]] = []
        for route in _routes(len(ms), model.structure):
            factors = [
                a(x, route[0]),
                *(f"d{q + 1}{p + 1}" for p, q in itertools.pairwise(route)),
                b(route[-1], y),
            ]
            products.append(("_".join(ms[i] for i in route), "*".join(factors)))
        if len(products) > 1:
            derived += [f"indirect_{name}{end} := {text}" for name, text in products]
        if products:
            derived.append(f"indirect{end} := {' + '.join(text for _, text in products)}")
            derived.append(f"total{end} := {' + '.join([cp(x, y), *(text for _, text in products)])}")
    if not ms and len(xs) == 2:
        derived += [f"difference{_tag(y, many_y)} := {cp(xs[0], y)} - {cp(xs[1], y)}" for y in ys]
    if kind == "b" and len(ms) == 1 and not many_x and not many_y:
        derived.append("index := a*bw")
    if kind == "a" and len(ms) == 1 and not many_x and not many_y:
        derived.append("index := aw*b")
    return lines, derived


def _routes(mediators: int, structure: str) -> list[tuple[int, ...]]:
    if structure == "parallel":
        return [(i,) for i in range(mediators)]
    return [
        route for size in range(1, mediators + 1) for route in itertools.combinations(range(mediators), size)
    ]
