"""The bundled demo: simulated answers, the questionnaire they stand for, the whole study."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umkm_stats.study._run import Study

NAME = "umkm_inovasi"
ANSWERS = "jawaban_simulasi.xlsx"


def run_demo(
    *,
    out: str | Path,
    draws: int | None = None,
    seed: int | None = None,
    style: str | None = None,
    lang: str = "en",
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> Study:
    """Run the whole job on the bundled simulated answers.

    The arguments are checked before anything is computed.

    Parameters
    ----------
    out : str or Path
        Folder to write: new, empty, or one that a study wrote.
    draws : int, optional
        Draws of the bootstrap; None takes the study file's.
    seed : int, optional
        Seed of the draws; None takes the study file's.
    style : str, optional
        "apa" or "skripsi"; None takes the study file's.
    lang : str, default "en"
        Language of the report: "en" or "id".
    workers : int, default 1
        Processes for the draws; the numbers are the same for any number.
    progress : Callable[[str, int, int], None], optional
        Called with (step, done, total).

    Returns
    -------
    Study
        The study.

    Raises
    ------
    UmkmError
        The errors of ``run_study``.

    Examples
    --------
    >>> from umkm_stats import UmkmError
    >>> from umkm_stats.study import run_demo
    >>> try:
    ...     run_demo(out="demo", style="harvard")
    ... except UmkmError as fault:
    ...     fault.code
    'GEN001'
    """
    from umkm_stats.instrument import load_instrument
    from umkm_stats.questionnaire import write_questionnaire
    from umkm_stats.study._asked import Writing
    from umkm_stats.study._manifest import bundled_root
    from umkm_stats.study._run import run_study

    instrument = load_instrument(NAME)
    folder = bundled_root() / NAME / "demo"

    def questionnaire(part: Path) -> None:
        log = logging.getLogger("umkm_stats")
        before = log.level
        log.setLevel(logging.ERROR)  # the consent sheet of the demo stays to be filled in
        try:
            for kind in ("docx", "xlsx"):
                write_questionnaire(instrument, format=kind, out=part / "questionnaire")
        finally:
            log.setLevel(before)

    return run_study(
        folder / ANSWERS,
        instrument,
        out=out,
        study=folder / "study.yaml",
        draws=draws,
        seed=seed,
        style=style,
        lang=lang,
        workers=workers,
        progress=progress,
        writing=Writing(extra=questionnaire),
    )
