"""Facts of a study that its report names: labels, models, hypotheses, items, options, sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from umkm_stats.results import SampleUsed

if TYPE_CHECKING:
    from umkm_stats.instrument import Instrument
    from umkm_stats.study._settings import Settings


KEPT = ("tails", "directions", "unit")  # they stand under "chapter"


def meta_of(
    instrument: Instrument, read: Any, settings: Settings, scales: Mapping[str, list[str]]
) -> dict[str, Any]:
    from umkm_stats.kernels.intervals.critical import z_limit
    from umkm_stats.study import _groups
    from umkm_stats.study._settings import chapter_route

    labels: dict[str, dict[str, str]] = {}
    for lang in ("en", "id"):
        own: dict[str, str] = {}
        for construct in instrument.constructs:
            own[construct.code] = _word(construct.label, lang)
            own |= {dimension.code: _word(dimension.label, lang) for dimension in construct.dimensions}
        own |= {
            question.code: _word(question.text, lang)
            for question in instrument.questions
            if not question.is_item
        }
        scale = next(
            (item.response_scale for item in instrument.items if item.response_scale is not None), None
        )
        if scale is not None:
            words: Any = scale.labels.get(lang) or next(iter(scale.labels.values()), {})
            short = scale.short.get(lang) or words
            own |= {f"answer:{value:g}": str(short.get(value, value)) for value in scale.values}
            own |= {f"words:{value:g}": str(words.get(value, value)) for value in scale.values}
        labels[lang] = own | _groups.labels(instrument, settings, lang)
    used = {code for members in scales.values() for code in members}
    hypotheses = [
        {
            "code": entry.code,
            "test": entry.test,
            "sign": entry.sign,
            "text": {lang: _word(entry.text, lang) for lang in ("en", "id")},
        }
        for entry in instrument.hypotheses
    ]
    models = []
    for key in settings.models:
        model = instrument.structural(key)
        models.append(
            {
                "key": key,
                "title": {lang: _word(model.title, lang) for lang in ("en", "id")},
                "x": list(model.x),
                "m": list(model.m),
                "y": list(model.y),
                "moderator": model.moderator,
                "structure": model.structure,
            }
        )
    sample = read.sample
    public = settings.to_dict()
    title = public.pop("title") or _word(instrument.title, settings.language)
    return {
        "title": title,
        "simulated": public.pop("simulated"),
        "language": public.pop("language"),
        "instrument": {"name": instrument.name, "version": instrument.version, "sha256": instrument.digest},
        "source": {
            "name": read.source.name,
            "rows": read.source.rows,
            "columns": read.source.columns,
            **_year(read),
        },
        "sample": SampleUsed(sample.rows_in, sample.used, sample.dropped).to_dict(),
        "missing_items": sorted(read.missing_items),
        "seed": settings.seed,
        "options": {
            key: value
            for key, value in public.items()
            if key not in ("style", "decimal", "alpha_cutoff", "distributed", "sampling", "roles", *KEPT)
        },
        "scales": {name: list(members) for name, members in scales.items()},
        "labels": labels,
        "chapter": {
            "route": chapter_route(instrument, settings),
            "alpha_cutoff": settings.alpha_cutoff,
            "distributed": settings.distributed,
            "sampling": None if settings.sampling is None else dict(settings.sampling),
            "tails": settings.tails,
            "alpha": settings.alpha,
            "z": z_limit(settings.alpha, settings.tails),
            "directions": None if settings.directions is None else dict(settings.directions),
            "unit": settings.unit,
        },
        "models": models,
        "hypotheses": hypotheses,
        "items": [
            {
                "code": item.code,
                "construct": item.construct,
                "dimension": item.dimension,
                "reverse": item.reverse,
                "text": {lang: _word(item.text, lang) for lang in ("en", "id")},
                "in_model": item.code in used,
            }
            for item in instrument.items
            if item.code in read.items.columns and read.items[item.code].notna().any()
        ],
    }


def _year(read: Any) -> dict[str, int]:
    """The year in which the last answer came in, where the file has moments: it stands under the tables."""
    times: Any = getattr(read, "times", None)
    known = () if times is None else [name for name in ("time", "end", "start") if name in times]
    last = [times[name].max() for name in known]
    years = [int(moment.year) for moment in last if moment == moment]
    return {"year": years[0]} if years else {}


def _word(texts: Mapping[str, str] | None, lang: str) -> str:
    if not texts:
        return ""
    return str(texts.get(lang) or next(iter(texts.values())))
