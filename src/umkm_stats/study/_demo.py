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
    """Run the whole job on the bundled simulated answers and write it to ``out``.

    Raises the errors of ``run_study``.
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
