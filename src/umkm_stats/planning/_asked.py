"""What ``power`` and ``smallest_n`` are asked: option objects, and one validated plan for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from umkm_stats import ways
from umkm_stats.errors import UsageError
from umkm_stats.kernels.draws import new_seed
from umkm_stats.kernels.planning.data import LARGEST_SCENARIOS
from umkm_stats.options import one_of, share, whole
from umkm_stats.planning._analysis_text import thresholds_of
from umkm_stats.planning._cells import Request
from umkm_stats.planning._design import Design, resolve
from umkm_stats.planning._from_instrument import instrument_design, instrument_of
from umkm_stats.planning._kinds import kind_notes, with_bounds, with_kinds
from umkm_stats.planning._population_text import PopulationText, read_population
from umkm_stats.results import Note, idle


@dataclass(frozen=True, slots=True)
class Recorded:
    """How the simulated variables reach the file.

    Parameters
    ----------
    categories : int, optional
        Recorded variables have the categories 1 … k, evenly spaced unless ``thresholds`` are given.
    thresholds : sequence of float, optional
        Where they are cut, in SDs.
    missing : float, default 0.0
        Share of cells lost completely at random.
    handling : str, default "listwise"
        What the analysis does about them, "listwise" or "fiml".
    binary : mapping of str to float, optional
        Exogenous variable → share of ones; it is 0 or 1, and its paths are per step from 0 to 1.
    outcomes : mapping of str to str, optional
        Variable that causes nothing → "logit", "probit" or "poisson": a yes/no answer or a count whose paths
        (and ``y ~ -1*1``, its constant) are on the scale of the link; estimated by that regression.
    cluster_size : float, optional
        Respondents come in groups of this mean size: simulated with n divided by the design effect 1 + (m −
        1)·ICC.
    icc : float, optional
        Intraclass correlation of the outcome within these groups.

    Examples
    --------
    >>> from umkm_stats.planning import Recorded
    >>> Recorded(categories=5, missing=0.05).handling
    'listwise'
    >>> Recorded(binary={"x": 0.5}, outcomes={"y": "logit"}).outcomes
    {'y': 'logit'}
    """

    categories: int | None = None
    thresholds: Sequence[float] | None = None
    missing: float = 0.0
    handling: str = "listwise"
    binary: Mapping[str, float] | None = None
    outcomes: Mapping[str, str] | None = None
    cluster_size: float | None = None
    icc: float | None = None


@dataclass(frozen=True, slots=True)
class FromInstrument:
    """Which population an instrument stands for, and how it is measured.

    Parameters
    ----------
    key : str, optional
        One of its models (None: the population's, else the first).
    population : mapping of str to object or str, optional
        As ``simulate_responses`` takes it.
    measurement : str, default "dimension_means"
        "dimension_means", "first_order", "second_order", "items", or "scores" for means of all items and
        least squares.
    form : str, optional
        Code of a form whose items are asked (None: all).

    Examples
    --------
    >>> from umkm_stats.planning import FromInstrument
    >>> FromInstrument(key="M1", measurement="scores").key
    'M1'
    """

    key: str | None = None
    population: Mapping[str, Any] | str | None = None
    measurement: str = "dimension_means"
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the replications of a power analysis run.

    Parameters
    ----------
    backend : str, default "dask"
        "dask", or "local" for processes of this machine.
    scheduler : str or object, optional
        Address or client of a Dask cluster (None: one on this machine).

    Examples
    --------
    >>> from umkm_stats.planning import Cluster
    >>> Cluster(scheduler="tcp://10.0.0.1:8786").backend
    'dask'
    """

    backend: str = "dask"
    scheduler: Any = None


@dataclass(frozen=True, slots=True)
class PowerPlan:
    """A planned study after every check: nothing in it can still be refused.

    names, designs: the scenarios; texts: their populations as asked; options: analysis, estimator, missing,
    handling and cuts, as ``resolve`` takes them; notes: of reading the populations.
    """

    request: Request
    workers: int | None
    names: tuple[str, ...]
    designs: tuple[Design, ...]
    texts: Mapping[str, str]
    options: Mapping[str, Any]
    notes: tuple[Note, ...]


def validated(
    model: Any,
    *,
    interval: str | Sequence[str],
    draws: int,
    seed: int | None,
    level: float,
    workers: int | None,
    analysis: str | None,
    estimator: str | None,
    standardized: bool,
    recorded: Recorded | None,
    source: FromInstrument | None,
    equivalence: float | None = None,
) -> PowerPlan:
    """The plan of a call; every value is checked before a population is read.

    Raises ``UsageError`` GEN001–GEN006, PLN117–PLN119, and what reading the population raises.
    """
    methods = ways.chosen(interval, "power", option="interval")
    whole("draws", draws, low=20 if any(map(ways.is_random, methods)) else 0)
    chosen = new_seed() if seed is None else whole("seed", seed, low=0, high=2**63 - 1)
    request = Request(methods, draws, chosen, share("level", level))
    if workers is not None:
        whole("workers", workers, low=1)
    given = recorded or Recorded()
    one_of("handling", given.handling, ("listwise", "fiml"))
    if given.missing:
        share("missing", given.missing)
    if given.categories is not None:
        whole("categories", given.categories, low=2, high=20)
    options: dict[str, Any] = {
        "analysis": analysis,
        "estimator": estimator,
        "missing": float(given.missing),
        "handling": given.handling,
        "cuts": thresholds_of(given.categories, given.thresholds),
    }
    if source is not None and instrument_of(model) is None:
        raise UsageError("PLN163")
    more = _Special(given, methods, equivalence)
    names, designs, texts, notes = _designs(model, options, standardized, source or FromInstrument(), more)
    return PowerPlan(request, workers, names, designs, texts, options, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Special:
    """What changes a design after it is resolved."""

    recorded: Recorded
    methods: tuple[str, ...]
    equivalence: float | None

    def design(self, read: PopulationText, options: dict[str, Any]) -> Design:
        read = with_kinds(read, self.recorded)
        found = resolve(read, **options)
        return with_bounds(found, read, self.recorded, self.methods, self.equivalence)


def _designs(
    model: Any, options: dict[str, Any], standardized: bool, source: FromInstrument, more: _Special
) -> tuple[tuple[str, ...], tuple[Design, ...], dict[str, str], list[Note]]:
    instrument = instrument_of(model)
    if instrument is not None:
        name, read, given = instrument_design(
            instrument,
            key=source.key,
            population=source.population,
            measurement=source.measurement,
            form=source.form,
        )
        notes = [Note("PLN130", {"paths": list(read.unstated)})] if read.unstated else []
        notes += idle(
            ("analysis", options["analysis"], options["analysis"] is not None, "text"),
            ("standardized", standardized, standardized, "text"),
        )
        if len(options["cuts"]):
            given.pop("cuts", None)
        texts = {name: read.text, "analysis": str(given["analysis"])}
        return (name,), (more.design(read, {**options, **given}),), texts, notes
    texts = (
        {str(name): str(text) for name, text in model.items()}
        if isinstance(model, Mapping)
        else {"": str(model)}
    )
    whole("scenarios", len(texts), low=1, high=LARGEST_SCENARIOS)
    designs, notes = [], []
    for text in texts.values():
        read = read_population(text, standardized=standardized)
        designs.append(more.design(read, options))
        notes += kind_notes(designs[-1])
        if read.unstated:
            notes.append(Note("PLN130", {"paths": list(read.unstated)}))
    return tuple(texts), tuple(designs), texts, notes
