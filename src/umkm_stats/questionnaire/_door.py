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
from umkm_stats.questionnaire._words import spoken

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
    logged (level INFO, logger ``umkm_stats``) and stands in ``make_plan(…).notes``. Codes that a format does
    not allow (``X1.1`` in LimeSurvey) are respelled in it; the reader knows the spellings.

    Parameters
    ----------
    instrument : Instrument or str or Path
        A loaded instrument, the name of a bundled one, or a path.
    format : str
        A key of ``FORMATS``: "xlsx", "docx", "xlsform", "limesurvey", "google-forms", "html", "codebook",
        "expert-sheet", "interview", "kisi-kisi" or "trace".
    out : str or Path
        Folder the files go to; made when absent. All files are written or none.
    languages : Iterable[str], optional
        Languages in order, the first is the base language; None takes all the instrument has.
    form : str, optional
        Code of a form; None takes the instrument's default.
    mode : Mode, optional
        "online", "paper", "phone" or "enumerator"; None takes what the format is for.
    screening : str, optional
        Screening mode; None takes the first the instrument names.
    blocks : Iterable[str], default ()
        Optional blocks to include.
    shuffle : bool, default False
        Whether items are in random order within sections that allow it.
    seed : int, optional
        Seed of that order; None draws one, which stands in the files.
    filled : Mapping[str, str], optional
        Texts for the blanks of the consent sheet, by name.
    stage : Stage, default "main"
        "pilot" or "main": recorded with every answer, so that pilot rows can be kept out of the analysis.
    audit : bool, default False
        XLSForm only: record the time spent on each question (the consent text must then say so).
    order : Order, default "instrument"
        Order of the sections of statements: "instrument" or "outcome_first", see ``make_plan``.
    overwrite : bool, default False
        Whether files of that name are replaced that are not as the program last wrote them.

    Returns
    -------
    Path
        The main file.

    Raises
    ------
    UsageError
        GEN001, GEN002: an unknown name; INS128: codes it would spell alike; QST101-QST103: a plan the format
        cannot hold; CLI010: a file you have worked on stands there.
    UmkmError
        QST104: a file is open in another program; QST105: ``out`` is not a folder.

    Examples
    --------
    >>> from umkm_stats import write_questionnaire
    >>> form = write_questionnaire("msme_colombia", format="html", out="questionnaire")
    >>> form.name
    'msme_colombia.html'
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
            _LOG.info("%s", note.message(spoken(plan.languages[0])))
    return Path(out) / written


@contextlib.contextmanager
def writing_into(folder: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A part of a folder whose files stand in it when the block ends well.

    Parameters
    ----------
    folder : Path
        Folder that receives the files; made when absent.
    overwrite : bool, default False
        Whether files are replaced that are not as the program last wrote them.

    Yields
    ------
    Path
        The part to write into.

    Raises
    ------
    UmkmError
        QST104: a file is open elsewhere, or the folder refuses; QST105: not a folder.
    UsageError
        CLI010: a file you have worked on stands there.

    Examples
    --------
    >>> from pathlib import Path
    >>> from umkm_stats.questionnaire import writing_into
    >>> with writing_into(Path("codes")) as part:
    ...     _ = (part / "codes.txt").write_text("PID1", encoding="utf-8")
    >>> Path("codes", "codes.txt").read_text(encoding="utf-8")
    'PID1'
    """
    try:
        with keeping.staged(folder, overwrite=overwrite) as part:
            yield part
    except (FileExistsError, NotADirectoryError) as fault:
        raise UmkmError("QST105", Place(file=folder.name), {"name": folder.name}) from fault
    except PermissionError as fault:
        name = Path(str(fault.filename2 or folder)).name
        raise UmkmError("QST104", Place(file=name), {"name": name}) from fault
