"""Groups of a study: measurement invariance first, then the indirect effect compared where loadings are
equal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import Place, UsageError
from umkm_stats.results import Note, SampleUsed, Unavailable
from umkm_stats.sem.estimators import ESTIMATORS
from umkm_stats.study._descriptions import Part

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument import Instrument
    from umkm_stats.responses import Responses
    from umkm_stats.study._settings import Settings
    from umkm_stats.study._underway import Underway

LEAST = 50  # rows a group must have to be compared
LADDER = ("configural", "thresholds", "metric", "scalar", "strict")
EFFECTS = ("indirect", "total_indirect", "difference_indirect", "difference_total_indirect")


def check_column(responses: Responses, instrument: Instrument, column: str | None) -> None:
    """The grouping column was read with the answers and names nobody.

    Raises ``UsageError`` STU027 with the columns that could be used.
    """
    if column is None:
        return
    personal = {question.code for question in instrument.questions if question.personal}
    known = [str(name) for name in responses.respondents.columns if name not in personal]
    if column not in known:
        raise UsageError("STU027", Place(column=column), {"groups": column, "known": known})


def compare(work: Underway) -> None:
    """The parts ``groups`` (who is compared), ``invariance`` and ``group_effects``."""
    column = work.settings.groups
    if column is None:
        return
    chosen, split = _split(work, column)
    work.parts["groups"] = split
    if len(split.table[split.table["used"]]) < 2:
        work.parts["invariance"] = Unavailable("STU051", {"groups": column, "least": LEAST})
        work.parts["group_effects"] = Unavailable("STU053", {"groups": column})
        return
    gates = _ladders(work, chosen, column)
    if any(isinstance(gate, Unavailable) for gate in gates):
        work.parts["group_effects"] = Unavailable("STU053", {"groups": column})
    elif not all(holds(gate.reached) for gate in gates):
        work.parts["group_effects"] = Unavailable("STU052", {"groups": column})
    else:
        _effects(work, chosen, column)


def holds(reached: str | None) -> bool:
    """Whether a rung of the ladder is metric invariance or above."""
    return reached is not None and LADDER.index(reached) >= LADDER.index("metric")


def _split(work: Underway, column: str) -> tuple[Responses, Part]:
    """The answers of the groups that are large enough, and how many rows each group has."""
    import pandas as pd

    responses = work.responses
    named = responses.respondents[column].map(_name)
    whole = responses.kept & named.notna()
    if work.settings.missing == "listwise":
        asked = [code for code in responses.items.columns if responses.items[code].notna().any()]
        whole &= responses.items[asked].notna().all(axis=1)
    counts = named[whole].value_counts()
    names = sorted((str(name) for name in named[responses.kept].dropna().unique()), key=_order)
    table = pd.DataFrame({"group": names, "n": [int(counts.get(name, 0)) for name in names]})
    table["used"] = table["n"] >= LEAST
    notes = [
        Note(
            "STU050",
            {"group": _label(work, str(row["group"])), "n": int(row["n"]), "least": LEAST},
            row=str(row["group"]),
            column="n",
        )
        for row in table.to_dict("records")
        if not row["used"]
    ]
    admitted = table.loc[table["used"], "group"].tolist()
    kept = whole & named.isin(admitted)
    sample = SampleUsed(
        int(responses.kept.sum()), int(kept.sum()), {"group": int((responses.kept & ~kept).sum())}
    )
    part = Part("groups", table, sample, tuple(notes), extra={"column": column})
    respondents = responses.respondents.assign(**{column: named})
    dropped = dict(responses.sample.dropped) | {"group": int((responses.kept & ~kept).sum())}
    used = replace(
        responses.sample,
        used=int(kept.sum()),
        dropped={key: count for key, count in dropped.items() if count},
    )
    return replace(responses, kept=kept, respondents=respondents, sample=used), part


def _ladders(work: Underway, chosen: Responses, column: str) -> list[Any]:
    """The ladder on the first-order factors of the instrument; when the model compared measures its
    constructs otherwise, one on those too."""
    from umkm_stats.measurement import invariance

    settings, items = work.settings, list(chosen.kept_items.columns)
    estimator = ESTIMATORS[settings.estimator]
    ordered = estimator.ordinal and settings.measurement != "dimension_means"
    call: dict[str, Any] = {"group": column, "missing": settings.missing}
    call |= {"estimator": estimator.name if ordered else estimator.for_numbers, "ordered": ordered}
    gates = [work.attempt("invariance", lambda: invariance(chosen, structure="first_order", **call))]
    own, first = (
        work.instrument.measurement_syntax(kind, items=items)
        for kind in (settings.measurement, "first_order")
    )
    if _factors(own) != _factors(first):
        gates.append(
            work.attempt(
                "invariance_model", lambda: invariance(chosen, structure=settings.measurement, **call)
            )
        )
    return gates


def _factors(text: str) -> list[str]:
    return sorted("".join(line.split()) for line in text.splitlines() if "=~" in line)


def _effects(work: Underway, chosen: Responses, column: str) -> None:
    """The main mediation model in all groups at once, loadings equal; effects a group and their
    differences."""
    from umkm_stats.mediation import Estimation, Paths, free_paths, mediate_latent

    settings = work.settings
    plain = [
        key
        for key in settings.models
        if work.instrument.structural(key).m and not work.instrument.structural(key).moderator
    ]
    if not plain:
        work.parts["group_effects"] = Unavailable("STU054", {"models": list(settings.models)})
        return
    model = work.instrument.structural(plain[0])
    data = chosen.kept_items
    text = free_paths(
        work.instrument.model_syntax(plain[0], items=list(data.columns), measurement=settings.measurement)
    )
    if settings.measurement == "dimension_means":
        data = data.join(work.instrument.dimension_means(data))
    constructs = {construct.code for construct in work.instrument.constructs}
    outside = [code for code in model.covariates if code not in constructs]
    data = data.join(
        chosen.respondents.loc[data.index, [*(code for code in outside if code != column), column]]
    )
    categories = ESTIMATORS[settings.estimator].ordinal
    found = work.attempt(
        "group_effects",
        lambda: mediate_latent(
            data,
            model=text,
            estimator=settings.estimator,
            missing=settings.missing,
            group=column,
            ordered=[code for code in chosen.kept_items.columns if code in text.split()]
            if categories
            else (),
            estimation=Estimation(group_equal=("thresholds", "loadings") if categories else ("loadings",)),
            paths=Paths(x=model.x, y=model.y, covariates=outside),
            draws=settings.draws,
            seed=settings.seed,
            level=settings.level,
            intervals=settings.intervals,
            workers=work.workers,
            progress=work.ticking("groups"),
        ),
    )
    if not isinstance(found, Unavailable):
        work.parts["group_effects_model"] = Part(
            "groups", _sizes(found), found.sample, extra={"model": plain[0], "column": column}
        )


def _sizes(found: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {"group": list(found.fit.group_labels), "n": [len(rows) for rows in found.fit.arrays]}
    )


def labels(instrument: Instrument, settings: Settings, lang: str) -> dict[str, str]:
    """``group:VALUE`` → the words of the answer in a language, for a closed question."""
    for question in instrument.questions:
        if question.code == settings.groups and question.kind == "choice":
            words: Any = question.labels.get(lang) or next(iter(question.labels.values()), {})
            return {f"group:{_name(value)}": str(words.get(value, value)) for value in question.values}
    return {}


def _label(work: Underway, name: str) -> str:
    return labels(work.instrument, work.settings, work.settings.language).get(f"group:{name}", name)


def _name(value: Any) -> str | None:
    """A group's name as text; None for a missing answer."""
    if value is None or value != value or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:g}"
    return str(value).strip()


def _order(name: str) -> tuple[int, float, str]:
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)
