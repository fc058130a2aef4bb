"""Ways out: the answers of the rows used, as other programs want them, with a crosswalk of the codes.

Only item answers leave; profile questions and identifiers stay. Items are scored (reverse-keyed ones already
turned).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from umkm_stats import atomic, keeping, messages
from umkm_stats.errors import Place, UmkmError
from umkm_stats.instrument import Instrument, as_instrument, spellings
from umkm_stats.options import Language, one_of

if TYPE_CHECKING:
    import pandas as pd

MISSING = -99
T = TypeVar("T")
_SIDES = (("x", "X"), ("m", "M"), ("y", "Y"))


def export_answers(
    responses: Any,
    instrument: Instrument | str | Path,
    *,
    out: str | Path,
    to: str | Sequence[str] = "all",
    model: str | None = None,
    lang: Language = "en",
    overwrite: bool = False,
) -> list[Path]:
    """Write the item answers of the rows used for other programs.

    ``crosswalk.csv`` is always written: item code, other code, construct, whether the item was turned, and
    its text.

    Parameters
    ----------
    responses : Any
        What ``read_responses`` returned.
    instrument : Instrument or str or Path
        A loaded instrument, the name of a bundled one, or a path.
    out : str or Path
        Folder; made when absent. All files are written or none.
    to : str or Sequence[str], default "all"
        Any of ``EXPORTS`` or "all". "smartpls": csv with X1.1 ... codes, missing answers -99. "spss":
        ``.sav`` with labels and a ``.sps`` syntax (reliability, scale means, regressions of the mediation).
        "lavaan": csv and R script. "jamovi": csv that jamovi and JASP open, empty cells where missing.
    model : str, optional
        Structural model whose constructs get X, M and Y codes; None takes the first of the instrument. An
        instrument without models gives the codes V1.1 ..., a syntax without regressions and the CFA.
    lang : Language, default "en"
        Language of labels and of the crosswalk: "en" or "id"; an instrument in one language keeps its own.
    overwrite : bool, default False
        Whether files of that name are replaced that are not as the program last wrote them.

    Returns
    -------
    list[Path]
        The files written.

    Raises
    ------
    UsageError
        GEN001, GEN002: an unknown program, model or language; CLI010: a file you have worked on stands there.

    Examples
    --------
    >>> from umkm_stats import examples
    >>> from umkm_stats.report import export_answers
    >>> files = export_answers(examples.survey(), "umkm_inovasi", out="export", to="smartpls")
    >>> sorted(file.name for file in files)
    ['crosswalk.csv', 'smartpls.csv']
    """
    instrument = as_instrument(instrument)
    lang = one_of("lang", lang, Language)
    wanted = (
        list(EXPORTS)
        if to == "all"
        else [one_of("to", name, tuple(EXPORTS)) for name in ([to] if isinstance(to, str) else to)]
    )
    known = tuple(entry.key for entry in instrument.models)
    key = one_of("model", model, known) if model is not None else next(iter(known), None)
    answers = responses.kept_items
    codes = other_codes(instrument, list(answers.columns), key)
    folder = Path(out)
    try:
        with keeping.staged(folder, overwrite=overwrite) as part:
            done = [_crosswalk(instrument, codes, part, lang)]
            for name in dict.fromkeys(wanted):
                done += EXPORTS[name](answers, instrument, codes, part, key, lang)
    except OSError as error:
        name = Path(str(error.filename2 or error.filename or folder)).name
        raise UmkmError("RPT105", Place(file=name), {"name": name}) from error
    return [folder / path.relative_to(part) for path in done]


def other_codes(instrument: Instrument, items: Sequence[str], model: str | None) -> dict[str, str]:
    """Item code → the code theses and SmartPLS models use: X1.1 …, M1.1 …, Y1.1 … by the model, V1.1 … for
    the rest.

    Dimensions do not show in the code; items are numbered within their construct in the order of the
    questionnaire.
    """
    letters = dict(_SIDES)
    prefix = {
        construct: f"{letters[side]}{number}"
        for side, members in _sides(instrument, model).items()
        for number, construct in enumerate(members, start=1)
    }
    others = [construct.code for construct in instrument.constructs if construct.code not in prefix]
    prefix |= {code: f"V{number}" for number, code in enumerate(others, start=1)}
    counted: dict[str, int] = {}
    out = {}
    for item in instrument.items:
        if item.code in items and item.construct in prefix:
            counted[item.construct] = counted.get(item.construct, 0) + 1
            out[item.code] = f"{prefix[item.construct]}.{counted[item.construct]}"
    return out


def _sides(instrument: Instrument, model: str | None) -> dict[str, tuple[str, ...]]:
    """Constructs of a model by their side: x, m, y; nobody when there is no model."""
    structural = instrument.structural(model) if model is not None else None
    return {side: tuple(getattr(structural, side, ())) for side, _ in _SIDES}


def _said(words: Mapping[str, T], lang: str, otherwise: T) -> T:
    """The words in a language; those of the instrument's own when it does not speak that one."""
    return words[lang] if lang in words else next(iter(words.values()), otherwise)


def _csv(frame: pd.DataFrame, target: Path, **options: Any) -> Path:
    return atomic.write_text(target, frame.to_csv(index=False, lineterminator="\n", **options))


def _whole(answers: pd.DataFrame) -> pd.DataFrame:
    return answers.astype("Int64") if (answers.dropna() % 1 == 0).all(axis=None) else answers


def _crosswalk(instrument: Instrument, codes: Mapping[str, str], folder: Path, lang: str) -> Path:
    import pandas as pd

    rows = [
        {
            "item": item.code,
            "other_code": codes[item.code],
            "construct": item.construct,
            "turned": bool(item.reverse),
            "text": _said(item.text, lang, ""),
        }
        for item in instrument.items
        if item.code in codes
    ]
    return _csv(
        pd.DataFrame(rows, columns=["item", "other_code", "construct", "turned", "text"]),
        folder / "crosswalk.csv",
    )


def _smartpls(
    answers: pd.DataFrame,
    instrument: Instrument,
    codes: Mapping[str, str],
    folder: Path,
    key: str | None,
    lang: str,
) -> list[Path]:
    frame = _whole(answers[list(codes)]).rename(columns=dict(codes)).fillna(MISSING)
    return [_csv(frame, folder / "smartpls.csv")]


def _jamovi(
    answers: pd.DataFrame,
    instrument: Instrument,
    codes: Mapping[str, str],
    folder: Path,
    key: str | None,
    lang: str,
) -> list[Path]:
    return [_csv(_whole(answers), folder / "jamovi.csv")]


def _spss(
    answers: pd.DataFrame,
    instrument: Instrument,
    codes: Mapping[str, str],
    folder: Path,
    key: str | None,
    lang: str,
) -> list[Path]:
    import pyreadstat

    items = {item.code: item for item in instrument.items}
    columns = list(answers.columns)
    names = spellings(columns, "spss")
    labels = [_short(f"{codes.get(code, code)} {_said(items[code].text, lang, code)}") for code in columns]
    values = {
        names[code]: {float(value): str(text) for value, text in _said(items[code].labels, lang, {}).items()}
        for code in columns
        if not items[code].reverse
    }
    with atomic.replacing(folder / "answers.sav") as part:
        pyreadstat.write_sav(
            answers.rename(columns=names),
            str(part),
            column_labels=[*labels],
            variable_value_labels=values,
            variable_measure=dict.fromkeys(names.values(), "ordinal"),
        )
    return [
        folder / "answers.sav",
        atomic.write_text(folder / "answers.sps", _syntax(answers, instrument, key, lang)),
    ]


def _short(text: str) -> str:
    """Within the 255 bytes SPSS keeps of a label."""
    return text.encode()[:250].decode(errors="ignore")


def _syntax(answers: pd.DataFrame, instrument: Instrument, key: str | None, lang: str) -> str:
    scales = instrument.scales(answers.columns)
    sides = {
        side: [code for code in members if code in scales]
        for side, members in _sides(instrument, key).items()
    }
    lines = [f"* {line}" for line in messages.text("export.spss", lang).splitlines()]
    lines += ["GET FILE='answers.sav'."]
    names = spellings(answers.columns, "spss")
    for name, members in scales.items():
        items = [names[code] for code in members]
        if len(items) > 1:
            lines.append(
                f"RELIABILITY /VARIABLES={' '.join(items)} /SCALE('{name}') ALL /MODEL=ALPHA /SUMMARY=TOTAL."
            )
        lines.append(f"COMPUTE {name}_mean = MEAN.{len(items)}({', '.join(items)}).")
    lines.append("EXECUTE.")
    before: list[str] = [f"{code}_mean" for code in sides["x"]]
    for stage in ("m", "y"):
        for code in sides[stage]:
            if before:
                lines.append(
                    f"REGRESSION /STATISTICS=COEFF CI(95) R ANOVA /DEPENDENT={code}_mean /METHOD=ENTER "
                    f"{' '.join(before)}."
                )
        before += [f"{code}_mean" for code in sides[stage]]
    return "\n".join(lines) + "\n"


def _lavaan(
    answers: pd.DataFrame,
    instrument: Instrument,
    codes: Mapping[str, str],
    folder: Path,
    key: str | None,
    lang: str,
) -> list[Path]:
    data = _csv(_whole(answers), folder / "lavaan.csv", na_rep="NA")
    if key is None:
        scales = instrument.scales(answers.columns)
        text = "\n".join(f"{name} =~ {' + '.join(members)}" for name, members in scales.items())
    else:
        text = instrument.model_syntax(key, items=list(answers.columns), measurement="items").strip()
    script = [
        *(f"# {line}" for line in messages.text("export.lavaan", lang).splitlines()),
        "library(lavaan)",
        'answers <- read.csv("lavaan.csv")',
        "model <- '",
        text,
        "'",
        'fit <- sem(model, data = answers, estimator = "ML")',
        "summary(fit, standardized = TRUE, fit.measures = TRUE)",
    ]
    return [data, atomic.write_text(folder / "lavaan.R", "\n".join(script) + "\n")]


EXPORTS: Mapping[str, Callable[..., list[Path]]] = MappingProxyType(
    {"smartpls": _smartpls, "spss": _spss, "lavaan": _lavaan, "jamovi": _jamovi}
)
