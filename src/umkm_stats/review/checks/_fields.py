"""What every field of a claim holds: the form its value has, for the reader, the page and the JSON Schema.

The words that explain a field are ``review.field.KIND.NAME`` in ``messages/``, or ``review.field.NAME`` where
every kind means the same.
"""

from __future__ import annotations

from typing import Literal

from umkm_stats import messages

Form = Literal["number", "p", "whole", "word", "yes", "text", "list", "table", "map", "pairs"]

_WHOLE = (
    "n",
    "n_before",
    "items",
    "count",
    "base_df",
    "parameters",
    "groups",
    "factors",
    "observed_x",
    "k",
    "tails",
)
_WORDS: dict[str, tuple[str, ...]] = {
    "statistic": ("t", "z", "F", "chi2", "r"),
    "version": ("standardised", "unstandardised", "raw", "unknown"),
    "label": ("none", "partial", "full"),
    "scale": ("raw", "standardised", "unknown"),
}
_FORMS: dict[str, Form] = {
    **dict.fromkeys(_WHOLE, "whole"),
    **dict.fromkeys(_WORDS, "word"),
    **dict.fromkeys(("robust", "truncated", "bootstrap_mean", "missing"), "yes"),
    **dict.fromkeys(("estimator", "syntax", "outcome", "x", "m", "y", "interval"), "text"),
    **dict.fromkeys(("loadings", "names", "sds", "predictors", "first", "second", "values"), "list"),
    **dict.fromkeys(("percentiles",), "list"),
    **dict.fromkeys(("phi", "counts"), "table"),
    **dict.fromkeys(("p", "sobel_p", "pclose"), "p"),
    "correlations": "table",
    "claimed": "map",
}
COMMON = ("where", "table", "program", "comment")
"""Fields every kind has; ``where`` and ``table`` say where the number stands, ``program`` who printed it."""


def form(kind: str, name: str) -> Form:
    """The form of a field's value."""
    if name in COMMON:
        return "text"
    if kind == "fornell_larcker":
        return "map" if name == "ave" else "pairs"
    if kind == "fit" and name == "df":
        return "whole"
    return _FORMS.get(name, "number")


def choices(name: str) -> tuple[str, ...]:
    """The words a field may hold; empty when it holds no word of a list."""
    return _WORDS.get(name, ())


def about(kind: str, name: str, lang: str = "en") -> str:
    """What a field holds, in words; its name when nothing is said of it."""
    plain = messages.text_or(f"review.field.{name}", name, lang)
    return messages.text_or(f"review.field.{kind}.{name}", plain, lang)


def schema_text() -> str:
    """JSON Schema (2020-12) of ``claims.yaml``."""
    import json

    from umkm_stats.review.checks import CHECKS

    number = {"type": ["string", "number"]}
    plain = {"type": ["string", "number", "boolean"]}
    cells = {"type": "array", "items": {"type": "array", "items": number}}
    forms: dict[str, object] = {
        "number": number,
        "p": number,
        "whole": number,
        "word": {"type": "string"},
        "yes": plain,
        "text": plain,
        "list": {"type": "array", "items": number},
        "table": cells,
        "map": {"type": "object"},
        "pairs": {"type": ["array", "object"]},
    }
    kinds = []
    for kind, check in CHECKS.items():
        fields: dict[str, object] = {"kind": {"const": kind}}
        for name in (*COMMON, *check.needed, *check.optional):
            own = dict(forms[form(kind, name)])  # type: ignore[call-overload]
            if choices(name):
                own["enum"] = list(choices(name))
            fields[name] = {**own, "description": about(kind, name)}
        kinds.append(
            {
                "type": "object",
                "title": kind,
                "description": messages.text_or(f"review.kind.{kind}", kind, "en"),
                "properties": fields,
                "required": ["kind", *check.needed],
                "additionalProperties": False,
            }
        )
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "umkm-claims/1",
        "description": messages.text("review.schema", "en"),
        "type": "object",
        "properties": {
            "schema": {"const": "umkm-claims/1"},
            "title": {"type": "string"},
            "source": {"type": "string"},
            "program": {"type": "string", "description": about("", "program")},
            "claims": {"type": "array", "minItems": 1, "items": {"oneOf": kinds}},
        },
        "required": ["schema", "claims"],
        "additionalProperties": False,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
