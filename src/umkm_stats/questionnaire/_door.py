"""The door: one instrument in, one questionnaire file (or a small family of files) out."""

from __future__ import annotations

import contextlib
import importlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import cast

from umkm_stats import keeping
from umkm_stats.errors import Place, UmkmError
from umkm_stats.instrument import Instrument, as_instrument
from umkm_stats.options import one_of
from umkm_stats.questionnaire._plan import Mode, Order, Plan, Stage
from umkm_stats.questionnaire._planning import make_plan
from umkm_stats.questionnaire._respelled import respelled

_LOG = logging.getLogger("umkm_stats")


@dataclass(frozen=True, slots=True)
class Format:
    """A questionnaire format: the file of the package that writes it and what it is for.

    ``mode``: the way of asking it serves unless told otherwise. ``fillable``: answers come back in it.
    ``handed_out``: respondents see it.
    """

    name: str
    module: str
    mode: Mode
    fillable: bool
    handed_out: bool = True

    def write(self, plan: Plan, folder: Path) -> Path:
        """Write the files of the format into ``folder``; the main file."""
        module = importlib.import_module(f"umkm_stats.questionnaire.{self.module}")
        return cast("Callable[[Plan, Path], Path]", module.write)(plan, folder)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Format("xlsx", "_xlsx", "paper", True, False),
            Format("docx", "_docx", "paper", False),
            Format("xlsform", "_xlsform", "online", True),
            Format("limesurvey", "_limesurvey", "online", True),
            Format("google-forms", "_gforms", "online", True),
            Format("html", "_html", "online", True),
            Format("codebook", "_codebook", "paper", False, False),
            Format("expert-sheet", "_expert", "paper", False, False),
            Format("interview", "_interview", "paper", False, False),
            Format("kisi-kisi", "_grid_table", "paper", False, False),
            Format("trace", "_matrix", "paper", False, False),
        )
    }
)


def write_questionnaire(
    instrument: Instrument | str | Path,
    *,
    format: str,
    out: str | Path,
    languages: Iterable[str] | None = None,
    form: str | None = None,
    mode: Mode | None = None,
    screening: str | None = None,
    blocks: Iterable[str] = (),
    shuffle: bool = False,
    seed: int | None = None,
    filled: Mapping[str, str] | None = None,
    stage: Stage = "main",
    audit: bool = False,
    order: Order = "instrument",
    overwrite: bool = False,
) -> Path:
    """Write a questionnaire and return its main file.

    What a researcher must still do (blanks of the consent sheet, a questionnaire that takes too long) is
    logged (level INFO, logger ``umkm_stats``) and stands in ``make_plan(…).notes``.


    Codes that a format does not allow (``X1.1`` in LimeSurvey) are respelled in it; the reader knows the
    spellings.

    QST101–QST103 for a plan the format cannot hold, and ``UmkmError`` QST104 when a file is open in another
    program, QST105 when ``out`` is not a folder.

    Parameters
    ----------
    instrument : Instrument | str | Path
        a loaded instrument, the name of a bundled one, or a path.
    format : str
        a key of ``FORMATS``.
    out : str | Path
        folder the files go to; made when absent. All files are written or none.
    overwrite : bool, default False
        replace files of that name that are not as the program last wrote them (else CLI010).
    languages : Iterable[str] | None, optional
        languages in order, the first is the base language (None: all the instrument has).
    form : str | None, optional
        code of a form (None: the instrument's default form).
    mode : Mode | None, optional
        ``online``, ``paper``, ``phone`` or ``enumerator`` (None: what the format is for).
    screening : str | None, optional
        screening mode (None: the first the instrument names).
    blocks : Iterable[str], default ()
        optional blocks to include.
    shuffle, seed : bool, int | None
        random item order within sections that allow it; the seed stands in the files.
    filled : Mapping[str, str] | None, optional
        texts for the blanks of the consent sheet, by name.
    stage : Stage, default 'main'
        ``pilot`` or ``main``: recorded with every answer, so that pilot rows can be kept out of the analysis.
    audit : bool, default False
        XLSForm only: record the time spent on each question (off by default; the consent text must then say
        so).
    order : Order, default 'instrument'
        order of the sections of statements: ``instrument`` or ``outcome_first`` (see ``make_plan``).

    Raises
    ------
    UsageError
        GEN001/GEN002 for an unknown name, INS128 for codes it would spell alike,
    """
    one_of("format", format, tuple(FORMATS))
    chosen = FORMATS[format]
    plan = make_plan(
        as_instrument(instrument),
        form=form,
        languages=languages,
        mode=mode or chosen.mode,
        screening=screening,
        blocks=blocks,
        shuffle=shuffle,
        seed=seed,
        filled=filled,
        stage=stage,
        audit=audit,
        order=order,
    )
    with writing_into(Path(out), overwrite=overwrite) as part:
        written = chosen.write(respelled(plan, format), part).relative_to(part)
    if chosen.handed_out:
        for note in plan.notes:
            _LOG.info("%s", note.message(plan.languages[0]))
    return Path(out) / written


@contextlib.contextmanager
def writing_into(folder: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A part of ``folder`` whose files stand in it when the block ends well, see ``keeping``.

    Raises ``UmkmError`` QST104 (a file is open elsewhere, or the folder refuses), QST105 (not a folder),
    ``UsageError`` CLI010.
    """
    try:
        with keeping.staged(folder, overwrite=overwrite) as part:
            yield part
    except (FileExistsError, NotADirectoryError) as fault:
        raise UmkmError("QST105", Place(file=folder.name), {"name": folder.name}) from fault
    except PermissionError as fault:
        name = Path(str(fault.filename2 or folder)).name
        raise UmkmError("QST104", Place(file=name), {"name": name}) from fault
