"""What ``mediate_latent`` can start from: a fit, answers to an instrument, or a frame with model text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from umkm_stats.errors import UsageError
from umkm_stats.results import Note

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.sem import Fit


@dataclass(frozen=True, slots=True)
class Fitted:
    """The fit and the roles the source knows: empty where it knows none."""

    fit: Fit
    x: tuple[str, ...] = ()
    y: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    products: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def fitted(source: Any, *, model: str, measurement: str, **options: Any) -> Fitted:
    """Fit what ``source`` holds; raises ``UsageError`` MED023 for anything else."""
    import pandas as pd

    from umkm_stats.sem import Fit, fit

    if isinstance(source, Fit):
        return Fitted(source)
    if isinstance(source, pd.DataFrame):
        if "~" not in model:
            raise UsageError("MED024", params={"model": model})
        _no_latent_products(model)
        return Fitted(fit(model, source, **options))
    if hasattr(source, "kept_items") and hasattr(source, "instrument"):
        return _from_responses(source, model, measurement, options)
    raise UsageError("MED023", params={"received": type(source).__name__})


def _no_latent_products(text: str) -> None:
    """Refuse ``X:w`` in a regression where a factor is a latent variable of the text (``UsageError``
    MED473)."""
    lines = [line.split("#")[0] for line in re.split(r"[\n;]", text)]
    latent = {line.partition("=~")[0].strip() for line in lines if "=~" in line}
    for line in lines:
        if "~" in line and "=~" not in line and ":=" not in line:
            for product in re.findall(r"[\w.]+:[\w.]+", line):
                for part in product.split(":"):
                    if part in latent:
                        raise UsageError("MED473", params={"name": product, "latent": part})


def _from_responses(responses: Any, model: str, measurement: str, options: dict[str, Any]) -> Fitted:
    from umkm_stats.sem import fit
    from umkm_stats.sem.estimators import estimator_of

    instrument = responses.instrument
    chosen = instrument.structural(model)
    data = responses.kept_items
    text = instrument.model_syntax(model, items=list(data.columns), measurement=measurement)
    constructs = {construct.code for construct in instrument.constructs}
    outside = [name for name in chosen.covariates if name not in constructs]
    if measurement == "dimension_means":
        data = data.join(instrument.dimension_means(data))
    wanted = [name for name in (*outside, options.get("group"), options.get("cluster")) if name]
    if wanted:
        missing = [name for name in wanted if name not in responses.respondents.columns]
        if missing:
            raise UsageError("MED025", params={"names": missing})
        data = data.join(responses.respondents.loc[data.index, wanted])
    if options.get("group"):
        text = free_paths(text)
    products: dict[str, tuple[str, str]] = {}
    if chosen.moderator:
        means = instrument.dimension_means(responses.kept_items)
        pool = data.join(means[[name for name in means.columns if name not in data.columns]])
        data, products = with_products(data, pool, text, chosen.moderator)
    if estimator_of(options.get("estimator", "ML")).ordinal and not options.get("ordered"):
        options = {
            **options,
            "ordered": [name for name in responses.kept_items.columns if name in text.split()],
        }
    found = fit(text, data, **options)
    return Fitted(found, tuple(chosen.x), tuple(chosen.y), tuple(outside), products)


_LABEL = re.compile(r"\b[A-Za-z_]\w*\s*\*\s*")


def free_paths(text: str) -> str:
    r"""Model text without the labels of its regressions and what is defined by them.

    A label would hold a path equal in all groups. Constraints (``==``) go with the labels.

    Parameters
    ----------
    text : str
        Model text as ``fit`` takes it.

    Returns
    -------
    str
        The text to fit with free paths.

    Examples
    --------
    >>> from umkm_stats.mediation import free_paths
    >>> free_paths("m ~ a*x\ny ~ b*m + x\nindirect := a*b").splitlines()
    ['m ~ x', 'y ~ m + x']
    """
    lines = []
    for line in text.splitlines():
        bare = line.split("#")[0]
        if ":=" in bare or "==" in bare:
            continue
        regression = "~" in bare and "=~" not in bare and "~~" not in bare
        lines.append(_LABEL.sub("", bare) if regression else bare)
    return "\n".join(line for line in lines if line.strip())


def with_products(
    data: pd.DataFrame, pool: pd.DataFrame, text: str, moderator: str
) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """Add the product indicators that ``text`` names (``LEFTxRIGHT =~ ixj + …``), double mean centred.

    ``pool`` holds the columns that are multiplied: items, or means of dimensions. Each is centred,
    multiplied, and the product centred again (Lin, Wen, Marsh and Lin 2010), over the rows in
    which both are answered. Returns the frame and product → (first, moderator).
    """
    columns: dict[str, Any] = {}
    products: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        name, _, right = (part.strip() for part in line.partition("=~"))
        suffix = f"x{moderator}"
        if not right or not name.endswith(suffix):
            continue
        products[name] = (name.removesuffix(suffix), moderator)
        for entry in right.split("+"):
            term = entry.strip()
            pair = _split(term, list(pool.columns))
            left, other = (pool[code] for code in pair)
            both = left.notna() & other.notna()
            raw = (left - left[both].mean()) * (other - other[both].mean())
            columns[term] = raw - raw.mean()
    return data.assign(**columns), products


def _split(term: str, names: Sequence[str]) -> tuple[str, str]:
    for place, letter in enumerate(term):
        if letter == "x" and term[:place] in names and term[place + 1 :] in names:
            return term[:place], term[place + 1 :]
    raise UsageError("MED025", params={"names": [term]})
