"""``run_study``: check every step, run them, write the folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats._moved import moved
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.results import Note, SampleUsed, StudyResults, idle, jsonable
from umkm_stats.study._asked import Chapter, Reading, Writing
from umkm_stats.study._meta import meta_of

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument import Instrument
    from umkm_stats.responses import Responses
    from umkm_stats.study import _folder, _manifest
    from umkm_stats.study._settings import Settings

SCHEMA = "umkm-results/1"
TOLD = ("STU064", "STU070", "STU100", "GEN013")  # notes that stand below the main result


@dataclass(frozen=True, eq=False)
class Study:
    """A study that has been run and written.

    Attributes
    ----------
    results : StudyResults
        Every part.
    folder : Path
        Where it stands.
    files : tuple[str, ...]
        What was written, relative to the folder.
    settings : Settings
        Options as resolved, with their origins.
    kept : tuple[tuple[str, str], ...]
        File and dated name of every file that the user had changed since the last run into this folder.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> study = examples.study()
    >>> "report.docx" in study.files, study.settings.draws
    (True, 50)
    """

    results: StudyResults
    folder: Path
    files: tuple[str, ...]
    settings: Settings
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def report(self) -> Path:
        """The HTML report.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.study().report.name
        'report.html'
        """
        return self.folder / "report.html"

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes of the study, then one for each file of the user that now bears a dated name.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> [note.code for note in examples.study().notes]
        []
        """
        moved = (Note("STU064", {"file": file, "kept": dated}) for file, dated in self.kept)
        return (*self.results.notes, *moved)

    @property
    def sample(self) -> SampleUsed:
        """Rows received, used, set aside by reason.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.study().sample.describe()
        'n = 60 of 60 rows'
        """
        kept = self.results.meta["sample"]
        return SampleUsed(kept["rows_in"], kept["used"], kept["dropped"])

    @property
    def seed(self) -> int:
        """Seed of every draw of the study.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.study().seed
        1
        """
        return self.settings.seed

    def tidy(self) -> pd.DataFrame:
        """The recapitulation of the hypotheses.

        Returns
        -------
        pandas.DataFrame
            One row a hypothesis and basis:

            - ``code``: code of the hypothesis.
            - ``test``: kind of claim it makes.
            - ``model``: key of the structural model.
            - ``basis``: "scores" (scale means), "latent" or "pls" (composites).
            - ``path``: path or effect that decides on it.
            - ``method``: interval method of the deciding row.
            - ``est``: the estimate.
            - ``ci_low``: lower confidence limit.
            - ``ci_high``: upper confidence limit.
            - ``p``: p-value; NaN when the method has none.
            - ``verdict``: "supported" (the interval lies on the predicted side of zero), "contradicted" (on
              the other), "not_supported" (it holds zero), "equivalent" or "not_equivalent", "withheld", or
              "not_testable" (no model of the study carries the effect).
            - ``reason``: why it is withheld or not testable; "" otherwise.
            - ``joint``: verdict of all effects of the hypothesis together: all must be supported.
            - ``decides``: whether this basis counts: the one of the route, else the next that has the effect.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> study = examples.study()
        >>> study.tidy()[["code", "path", "verdict"]].values.tolist()
        [['H1', 'CUL -> PRD -> MKT', 'supported']]
        """
        frame: pd.DataFrame = self.results.get("hypotheses").tidy()
        return frame

    def glance(self) -> pd.DataFrame:
        """The study in one row.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``n``: rows used.
            - ``rows_in``: rows received.
            - ``models``: keys of the models.
            - ``draws``: draws of the bootstrap.
            - ``seed``: seed of the draws.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> study = examples.study()
        >>> study.glance()[["n", "models", "draws"]].values.tolist()
        [[60, 'M1', 50]]
        """
        import pandas as pd

        row = {
            "n": self.sample.used,
            "rows_in": self.sample.rows_in,
            "models": " ".join(self.settings.models),
        }
        return pd.DataFrame([row | {"draws": self.settings.draws, "seed": self.seed}])

    def summary(self, lang: str = "en") -> str:
        """The main result in two sentences and where the report stands.

        Parameters
        ----------
        lang : str, default "en"
            Language of the words: "en" or "id".

        Returns
        -------
        str
            Lines of text.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> print(examples.study().summary().splitlines()[0][:78])
        The indirect effect of innovation culture on marketing innovation through prod
        """
        from umkm_stats import messages
        from umkm_stats.report import main_sentences

        lines = []
        if self.results.meta["simulated"]:
            lines.append(messages.text("report.banner", lang))
        lines += main_sentences(self.results, lang=lang)
        lines.append(
            messages.text(
                "study.where", lang, report=str(self.report), tables=str(self.folder / "tables.xlsx")
            )
        )
        lines += [note.message(lang) for note in self.notes if note.code in TOLD]
        return "\n".join(lines)

    def outcome(self) -> dict[str, Any]:
        """What ``--json`` prints.

        Returns
        -------
        dict[str, Any]
            Keys ``main`` (sentences), ``folder``, ``files``, ``kept``, ``sample``, ``seed`` and
            ``hypotheses`` (rows of ``tidy``).

        Examples
        --------
        >>> from umkm_stats import examples
        >>> examples.study().outcome()["sample"]
        {'rows_in': 60, 'used': 60, 'dropped': {}}
        """
        from umkm_stats.report import main_sentences

        return {
            "main": main_sentences(self.results, lang=self.settings.language)
            + [note.message(self.settings.language) for note in self.notes if note.code == "STU070"],
            "folder": str(self.folder),
            "files": list(self.files),
            "kept": dict(self.kept),
            "sample": self.sample.to_dict(),
            "seed": self.seed,
            "hypotheses": jsonable(self.tidy()),
        }

    def to_dict(self) -> dict[str, Any]:
        """The content of results.json.

        Returns
        -------
        dict[str, Any]
            Plain values.

        Examples
        --------
        >>> from umkm_stats import examples
        >>> sorted(examples.study().to_dict())
        ['meta', 'notes', 'parts', 'schema']
        """
        return results_document(self.results)


@moved(reading=Reading, writing=Writing)
def run_study(
    responses: str | Path | Responses,
    instrument: str | Path | Instrument,
    *,
    model: str | Sequence[str] | None = None,
    out: str | Path,
    study: str | Path | None = None,
    route: str | None = None,
    roles: Mapping[str, Sequence[str]] | None = None,
    estimator: str | None = None,
    measurement: str | None = None,
    missing: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    level: float | None = None,
    intervals: str | Sequence[str] | None = None,
    style: str | None = None,
    lang: str | None = None,
    groups: str | None = None,
    cross_check: bool | None = None,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    reading: Reading | None = None,
    writing: Writing | None = None,
    chapter: Chapter | None = None,
) -> Study:
    """Read, check, measure, model and report in one call.

    A step that cannot be done after the checks stands in the report with its reason.

    Parameters
    ----------
    responses : str or Path or Responses
        Path of the answers, or what ``read_responses`` returned.
    instrument : str or Path or Instrument
        Bundled name, path, or what ``load_instrument`` returned.
    model : str or Sequence[str], optional
        Keys of the instrument's structural models; the first is the main one. None takes the instrument's
        first.
    out : str or Path
        Folder to write: new, empty, or one that a study wrote. It is filled apart and put in place, manifest
        last. Files you added to it stay, a file you changed is kept under a dated name.
    study : str or Path, optional
        Path of ``study.yaml``; one beside the answers is found by itself. An argument given here wins over
        it.
    route : str, optional
        "auto", "regression", "mediation" or "sem" analyse scale means and latent variables; "pls" makes the
        chapter SmartPLS users expect instead: outer model, inner model, hypotheses on composites.
    roles : Mapping[str, Sequence[str]], optional
        Who is x, m and y, as codes or labels: ``{"x": ["PL"], "m": ["KP"], "y": ["LY"]}``; a model for an
        instrument that has none, or another one for an instrument that has. Without m a regression.
    estimator : str, optional
        Of the latent models: one of ``sem.estimators.study_estimators()``.
    measurement : str, optional
        Of the latent models: "dimension_means", "second_order" or "items".
    missing : str, optional
        Missing answers: "listwise" or "fiml".
    draws : int, optional
        Draws of the bootstrap.
    seed : int, optional
        Seed of the draws; None draws one, keeps and prints it.
    level : float, optional
        Confidence level, between 0 and 1.
    intervals : str or Sequence[str], optional
        Interval methods; the first decides.
    style : str, optional
        "apa" or "skripsi" (always Indonesian).
    lang : str, optional
        Language of the report: "en" or "id".
    groups : str, optional
        A column of the respondents' answers whose groups are compared: measurement invariance, and where
        loadings are equal the indirect effect of the main model. Groups under 50 rows take no part in it.
    cross_check : bool, optional
        Whether the main latent model is fitted in semopy too, for at most 20 seconds; None means yes.
    workers : int, default 1
        Processes for the draws; the numbers are the same for any number.
    progress : Callable[[str, int, int], None], optional
        Called with (step, done, total).
    reading : Reading, optional
        How the answer file is read.
    writing : Writing, optional
        Title, decimal mark, template and what is written.
    chapter : Chapter, optional
        Further facts of the thesis chapter.

    Returns
    -------
    Study
        The study, run and written.

    Raises
    ------
    UsageError
        STU006, STU010, STU027, STU061-STU063, STU080, STU090, STU093-STU096, GEN001-GEN004: an argument or
        the folder. Nothing is written then.
    UmkmError
        STU001-STU005, STU011-STU013, STU020-STU026, STU060, STU071, STU091, STU092, STU097-STU099: the study
        file, the answers or the model; and the errors of ``load_instrument`` and ``read_responses``. Nothing
        is written then.

    Examples
    --------
    >>> from umkm_stats import run_study, simulate_responses
    >>> from umkm_stats.study import Writing
    >>> made = simulate_responses("msme_colombia", population="default", n=60, seed=1)
    >>> file, nothing = made.write("answers.csv"), Writing(files=False)
    >>> study = run_study(file, "msme_colombia", route="pls", draws=50, seed=1, out="run", writing=nothing)
    >>> study.tidy()[["path", "verdict"]].values.tolist()
    [['CUL -> PRD -> MKT', 'supported']]
    """
    from umkm_stats import options
    from umkm_stats.instrument import as_instrument
    from umkm_stats.responses import read_responses
    from umkm_stats.study import (
        _few,
        _folder,
        _groups,
        _manifest,
        _pilot,
        _pls,
        _roles,
        _settings,
        _steps,
        _texts,
        _underway,
    )

    reading, writing, chapter = reading or Reading(), writing or Writing(), chapter or Chapter()
    arguments: dict[str, Any] = {
        "models": model,
        "route": route,
        "estimator": estimator,
        "measurement": measurement,
        "missing": missing,
        "draws": draws,
        "seed": seed,
        "level": level,
        "intervals": intervals,
        "style": style,
        "language": lang,
        "decimal": writing.decimal,
        "title": writing.title,
        "simulated": writing.simulated,
        "groups": groups,
        "cross_check": cross_check,
        "alpha_cutoff": chapter.alpha_cutoff,
        "distributed": chapter.distributed,
        "sampling": chapter.sampling,
        "tails": chapter.tails,
        "directions": chapter.directions,
        "unit": chapter.unit,
    }
    tell = progress or (lambda step, done, total: None)
    folder = Path(out)
    workers = options.whole("workers", workers, low=1, high=256)
    definition = as_instrument(instrument)
    path = Path(responses) if isinstance(responses, (str, Path)) else None
    study_path = _settings.find_study_file(path, Path(study) if study is not None else None)
    roles = roles if roles is not None else _roles.in_file(study_path)
    unheard: tuple[Note, ...] = ()
    if roles is not None:
        definition, key = _roles.with_roles(definition, roles)
        arguments |= {"roles": roles, "models": model or key}
        beside = [model] if isinstance(model, str) else list(model or ())
        unheard = idle(("roles", key, bool(beside) and key not in beside, "roles_alone"))
    settings = _settings.resolve(definition, arguments, study_path, writing.default_lang)
    definition = _settings.with_directions(definition, settings)
    if settings.route == "pls":
        _pls.check_options(settings)
    pilot_path = _pilot.place(chapter.pilot, study_path)
    if writing.template is not None and not Path(writing.template).is_file():
        raise UsageError("STU007", Place(file=Path(writing.template).name))
    paths = {"responses": path} if path is not None else {}
    if definition.origin:
        paths["instrument"] = Path(definition.origin)
    if study_path is not None:
        paths["study"] = study_path
    if pilot_path is not None:
        paths["pilot"] = pilot_path
    if isinstance(reading.aliases, (str, Path)):
        paths["map"] = Path(reading.aliases)
    with contextlib.ExitStack() as stack:
        claim = stack.enter_context(_folder.claimed(folder)) if writing.files else None
        inputs = _manifest.taken(paths) if claim else {}
        tell("read", 0, 1)
        read = (
            responses
            if path is None
            else read_responses(
                path,
                definition,
                aliases=reading.aliases,
                sheet=reading.sheet,
                source=reading.source,
                reverse=reading.reverse,  # type: ignore[arg-type]
            )
        )
        read = _steps.without_excluded(read, settings)  # type: ignore[arg-type]
        scales = _steps.check(read, definition, settings)
        if settings.style == "skripsi" and settings.missing == "listwise":
            read = _steps.complete_cases(read, scales)
            scales = _steps.check(read, definition, settings)
        texts = _texts.read(chapter.texts, study_path)
        unused = _texts.unused(texts, definition, settings)
        pilot = _pilot.read(pilot_path, definition, read, reading) if pilot_path is not None else None
        _groups.check_column(read, definition, settings.groups)
        tell("read", 1, 1)
        call = reading.to_dict()
        work = _underway.Underway(read, definition, settings, workers, tell, scales, call)
        if pilot is not None:
            work.attempt("pilot", lambda: _pilot.analysed(pilot, scales))
        parts = _steps.compute(work)
        few = _few.note(work)
        notes = (*read.notes, *unheard, *([few] if few else ()))
        if settings.style == "skripsi" and settings.models and not definition.hypotheses:
            notes = (*notes, Note("STU072", {"model": settings.models[0]}))
        notes = (*notes, *([Note("STU100", {"files": unused})] if unused else []))
        results = StudyResults(parts, meta_of(definition, read, settings, scales), notes)
        written = _write(results, work, claim, writing, inputs, call, tell, texts) if claim else ()
    return Study(results, folder, written, settings, tuple(claim.kept) if claim else ())


def _write(
    results: StudyResults,
    work: Any,
    claim: _folder.Claim,
    writing: Writing,
    inputs: Mapping[str, _manifest.Input],
    call: Mapping[str, Any],
    tell: Callable[[str, int, int], None],
    texts: Mapping[str, str],
) -> tuple[str, ...]:
    from umkm_stats import atomic
    from umkm_stats.report import write_report
    from umkm_stats.study import _manifest, _pack, _scripts

    settings, folder = work.settings, claim.target
    try:
        with claim.filling() as part:
            write_report(
                results,
                part,
                style=settings.style,
                lang=settings.language,
                decimal=settings.decimal,
                template=writing.template,
                texts=texts,
                progress=tell,
            )
            atomic.write_text(part / _manifest.RESULTS, _manifest.dump(results_document(results)))
            atomic.write_text(part / _pack.MOMENTS, _manifest.dump(_pack.moments(work)))
            paths = {role: entry.path for role, entry in inputs.items()}
            _scripts.write_scripts(work, part, paths, folder)
            if writing.extra is not None:
                writing.extra(part)
            manifest = _manifest.make(inputs, settings.to_dict(), settings.origins, call, part, folder)
            atomic.write_text(part / _manifest.NAME, _manifest.dump(manifest))
            return tuple(sorted([*manifest["files"], _manifest.NAME]))
    except PermissionError as error:
        name = Path(str(error.filename or folder)).name
        raise UmkmError("STU012", Place(file=name), {"out": str(claim.out)}) from error
    except OSError as error:
        raise UmkmError(
            "STU013", Place(file=folder.name), {"problem": error.strerror or type(error).__name__}
        ) from error


def results_document(results: StudyResults) -> dict[str, Any]:
    """The content of results.json: schema, parts, meta, notes."""
    return {"schema": SCHEMA, **results.to_dict()}
