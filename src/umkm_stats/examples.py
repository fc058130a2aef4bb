"""A small made-up survey for the examples of the documentation: 200 owners of small firms, nine items.

Open innovation (items OI1–OI3) is meant to raise innovation performance (IP1–IP3), and this business
performance (BP1–BP3). Everything here is simulated from a fixed seed, computed once a process, and cheap, so
that an example can be copied and run as it stands.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.measurement import Cfa, FitCutoffs
    from umkm_stats.mediation import Mediation
    from umkm_stats.planning import PowerCurve
    from umkm_stats.pls import Pls, PlsDraws
    from umkm_stats.regression import Regression
    from umkm_stats.responses import Responses
    from umkm_stats.screening import Screened
    from umkm_stats.sem import Fit
    from umkm_stats.sem.draws._draws import Draws
    from umkm_stats.study import Study

__all__ = [
    "answers",
    "cfa",
    "curve",
    "cutoffs",
    "draws",
    "firms",
    "fit",
    "latent",
    "mediation",
    "moderated",
    "pls",
    "pls_draws",
    "regression",
    "screened",
    "study",
    "survey",
]

SCALES = {name: [f"{name}{i}" for i in (1, 2, 3)] for name in ("OI", "IP", "BP")}
"""Scale → its items."""

MEASURES = "\n".join(f"{name} =~ {' + '.join(items)}" for name, items in SCALES.items())
"""The measurement model as text."""

MODEL = MEASURES + "\nIP ~ a*OI\nBP ~ b*IP + c*OI\nindirect := a*b"
"""The mediation model as text, with labels and the indirect effect."""


@cache
def _survey() -> pd.DataFrame:
    import pandas as pd

    rng = np.random.default_rng(2026)
    n = 200
    size = np.where(np.arange(n) % 2 == 0, "micro", "small")
    age = np.round(np.exp(rng.normal(2.0, 0.6, n)), 1)
    oi = rng.normal(size=n) + 0.3 * (size == "small")
    ip = 0.6 * oi + 0.8 * rng.normal(size=n)
    bp = 0.5 * ip + 0.15 * oi + 0.8 * rng.normal(size=n)
    items = {}
    for name, factor in {"OI": oi, "IP": ip, "BP": bp}.items():
        for number, loading in enumerate((0.8, 0.75, 0.7), 1):
            latent = loading * factor + np.sqrt(1 - loading**2) * rng.normal(size=n)
            items[f"{name}{number}"] = 1 + np.searchsorted((-1.4, -0.5, 0.4, 1.3), latent)
    return pd.DataFrame({**items, "SIZE": size, "AGE": age}, index=pd.RangeIndex(1, n + 1, name="respondent"))


def answers() -> pd.DataFrame:
    """Answers to the nine items.

    Returns
    -------
    pandas.DataFrame
        (200, 9): a row a respondent, a column an item; answers are whole numbers from 1 to 5. A new copy at
        every call.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.answers().shape
    (200, 9)
    """
    return _survey()[[item for items in SCALES.values() for item in items]].copy()


def firms() -> pd.DataFrame:
    """Scale means and two facts about every firm.

    Returns
    -------
    pandas.DataFrame
        (200, 5): OI, IP and BP (means of three items, 1 to 5), SIZE ("micro" or "small") and AGE (years). A
        new copy at every call.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.firms()[["OI", "IP", "BP"]].mean().round(2).to_dict()
    {'OI': 3.13, 'IP': 3.07, 'BP': 3.11}
    """
    import pandas as pd

    survey = _survey()
    means = {name: survey[items].mean(axis=1) for name, items in SCALES.items()}
    return pd.DataFrame({**means, "SIZE": survey["SIZE"], "AGE": survey["AGE"]})


@cache
def fit() -> Fit:
    """The mediation model between latent variables, by maximum likelihood.

    Returns
    -------
    umkm_stats.sem.Fit
        ``umkm_stats.fit(MODEL, answers())``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.fit().df
    24
    """
    from umkm_stats.sem import fit as estimate

    return estimate(MODEL, answers())


@cache
def draws() -> Draws:
    """Bootstrap draws of the model between latent variables.

    Returns
    -------
    umkm_stats.sem.draws._draws.Draws
        ``fit().bootstrap(draws=50, seed=1)``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> len(examples.draws())
    50
    """
    return cast("Draws", fit().bootstrap(draws=50, seed=1))


@cache
def cfa() -> Cfa:
    """The confirmatory factor analysis of the three scales.

    Returns
    -------
    umkm_stats.measurement.Cfa
        ``umkm_stats.cfa(answers(), scales=SCALES)``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> round(examples.cfa().indices["cfi"], 3)
    1.0
    """
    from umkm_stats.measurement import cfa as estimate

    return estimate(answers(), scales=SCALES)


@cache
def cutoffs() -> FitCutoffs:
    """Simulated cut-offs of a two-factor model, from 20 samples of each population (200 are the default).

    Returns
    -------
    umkm_stats.measurement.FitCutoffs
        ``fit_cutoffs(cfa(answers(), scales={"OI": SCALES["OI"], "IP": SCALES["IP"]}), reps=20, seed=1)``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.cutoffs().reps
    20
    """
    from umkm_stats.measurement import cfa as estimate
    from umkm_stats.measurement import fit_cutoffs

    scales = {name: SCALES[name] for name in ("OI", "IP")}
    return fit_cutoffs(estimate(answers(), scales=scales), reps=20, seed=1)


@cache
def regression() -> Regression:
    """Business performance regressed on open innovation and innovation performance, 200 bootstrap draws.

    Returns
    -------
    umkm_stats.regression.Regression
        ``umkm_stats.regress(firms(), y="BP", x=["OI", "IP"], draws=200, seed=1)``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> round(float(examples.regression().fits["r2"][0]), 3)
    0.23
    """
    from umkm_stats.regression import regress

    return regress(firms(), y="BP", x=["OI", "IP"], draws=200, seed=1)


@cache
def mediation() -> Mediation:
    """Open innovation on business performance through innovation performance, on scale means.

    Returns
    -------
    umkm_stats.mediation.Mediation
        ``umkm_stats.mediate(firms(), x="OI", m="IP", y="BP", draws=200, seed=1)``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.mediation().ledger["converged"]
    200
    """
    from umkm_stats.mediation import mediate

    return mediate(firms(), x="OI", m="IP", y="BP", draws=200, seed=1)


@cache
def moderated() -> Mediation:
    """The same mediation with the age of the firm as moderator of the first arrow (PROCESS model 7).

    Returns
    -------
    umkm_stats.mediation.Mediation
        ``mediate(firms(), x="OI", m="IP", y="BP", moderator="AGE", draws=200, seed=1)``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.moderated().process
    '7'
    """
    from umkm_stats.mediation import mediate

    return mediate(firms(), x="OI", m="IP", y="BP", moderator="AGE", draws=200, seed=1)


@cache
def latent() -> Mediation:
    """The mediation between latent variables, with 50 refits.

    Returns
    -------
    umkm_stats.mediation.Mediation
        ``umkm_stats.mediate_latent(fit(), draws=50, seed=1, intervals="percentile")``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.latent().kind
    'latent'
    """
    from umkm_stats.mediation import mediate_latent

    return mediate_latent(fit(), draws=50, seed=1, intervals="percentile")


@cache
def pls() -> Pls:
    r"""The three constructs as a PLS path model.

    Returns
    -------
    umkm_stats.pls.Pls
        ``umkm_stats.fit_pls(MEASURES + "\nIP ~ OI\nBP ~ IP + OI", answers())``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.pls().constructs
    ('OI', 'IP', 'BP')
    """
    from umkm_stats.pls import fit_pls

    return fit_pls(MEASURES + "\nIP ~ OI\nBP ~ IP + OI", answers())


@cache
def pls_draws() -> PlsDraws:
    """Bootstrap draws of the PLS path model.

    Returns
    -------
    umkm_stats.pls.PlsDraws
        ``pls().bootstrap(draws=100, seed=1)``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.pls_draws().used
    100
    """
    return pls().bootstrap(draws=100, seed=1)


@cache
def curve() -> PowerCurve:
    r"""Power of a simple mediation at two sample sizes, from 200 replications.

    Returns
    -------
    umkm_stats.planning.PowerCurve
        ``umkm_stats.power("m ~ .39*x\ny ~ .39*m + 0*x", n=[50, 100], reps=200, interval="joint", seed=1)``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> sorted(set(examples.curve().tidy()["n"]))
    [50, 100]
    """
    from umkm_stats.planning import power

    return power("m ~ .39*x\ny ~ .39*m + 0*x", n=[50, 100], reps=200, interval="joint", seed=1, workers=1)


@cache
def survey() -> Responses:
    """Answers to the bundled questionnaire as read from a file: 100 simulated owners, with faults.

    Three respondents give one answer throughout, and 2 % of the answers to items are missing.

    Returns
    -------
    umkm_stats.responses.Responses
        ``umkm_stats.read_responses(file, "umkm_inovasi")``; the file is what Google Forms would export.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.survey().items.shape
    (100, 39)
    """
    import tempfile
    from pathlib import Path

    from umkm_stats.planning import simulate_responses
    from umkm_stats.responses import read_responses

    faults = {"missing": 0.02, "straight_liners": 3}
    made = simulate_responses("umkm_inovasi", population="default", n=100, seed=1, mess=faults)
    with tempfile.TemporaryDirectory() as folder:
        return read_responses(made.write(Path(folder) / "survey.csv"), "umkm_inovasi")


@cache
def screened() -> Screened:
    """The measures of careless answering in the answers of ``survey``.

    Returns
    -------
    umkm_stats.screening.Screened
        ``umkm_stats.screen(survey())``.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.screened().ledger["row"].tolist()
    [20, 39, 44, 54]
    """
    from umkm_stats.screening import screen

    return screen(survey())


@cache
def study() -> Study:
    """A small study, run and written: culture, product and marketing innovation by PLS, 60 simulated firms.

    Returns
    -------
    umkm_stats.study.Study
        ``umkm_stats.run_study(file, "msme_colombia", route="pls", draws=50, seed=1, out=folder)``; the folder
        lasts as long as the process.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> examples.study().report.name
    'report.html'
    """
    import atexit
    import shutil
    import tempfile
    from pathlib import Path

    from umkm_stats.planning import simulate_responses
    from umkm_stats.study import run_study

    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = simulate_responses("msme_colombia", population="default", n=60, seed=1)
    file = made.write(folder / "answers.csv")
    return run_study(file, "msme_colombia", route="pls", draws=50, seed=1, out=folder / "study")
