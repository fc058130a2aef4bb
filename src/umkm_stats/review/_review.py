"""One review: every claim of a file checked, counted and told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umkm_stats import messages
from umkm_stats.errors import UmkmError
from umkm_stats.kernels.review import conventions
from umkm_stats.options import one_of
from umkm_stats.results import Note, SampleUsed
from umkm_stats.review._claims import Claim, Claims, read_claims, taken
from umkm_stats.review._verdict import Verdict
from umkm_stats.review._whole import whole_tables
from umkm_stats.review.checks import CHECKS
from umkm_stats.review.checks._base import PROGRAM, readable

if TYPE_CHECKING:
    import pandas as pd

WORDS = ("consistent", "inconsistent", "not checkable")


@dataclass(frozen=True, eq=False)
class Review:
    """All verdicts of a claims file, in its order.

    Attributes
    ----------
    title : str
        Title of the paper.
    source : str
        Where it is published.
    verdicts : tuple[Verdict, ...]
        One verdict a check.
    sample : SampleUsed or None
        None: nobody's answers are used.
    seed : int or None
        None: nothing is drawn.
    notes : tuple[Note, ...]
        What the reader must know and what could not be given.

    Examples
    --------
    >>> from umkm_stats import review
    >>> claim = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, line=1)
    >>> found = review.check_claims(review.Claims("A paper", "", (claim,)))
    >>> found.verdicts[0].verdict
    'inconsistent'
    """

    title: str
    source: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[Note, ...] = ()
    sample: SampleUsed | None = None
    seed: int | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Verdict to how often it was given.

        Examples
        --------
        >>> from umkm_stats import review
        >>> claim = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, line=1)
        >>> review.check_claims(review.Claims("A paper", "", (claim,))).counts
        {'consistent': 0, 'inconsistent': 1, 'not checkable': 0}
        """
        found: Counter[str] = Counter(verdict.verdict for verdict in self.verdicts)
        return {word: found.get(word, 0) for word in WORDS}

    def tidy(self) -> pd.DataFrame:
        """The verdicts as a frame.

        Returns
        -------
        pandas.DataFrame
            One row a check:

            - ``check``: name of the check.
            - ``where``: place of the claim.
            - ``verdict``: "consistent", "inconsistent" or "not checkable".
            - ``claimed``: the printed text.
            - ``low``: smallest value the other numbers allow; NaN when they allow nothing to be said.
            - ``high``: largest value they allow.
            - ``explanation``: key of the innocent explanation or of the reason why nothing can be checked; ""
              without.
            - ``working``: the arithmetic.

        Examples
        --------
        >>> from umkm_stats import review
        >>> claim = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, line=1)
        >>> found = review.check_claims(review.Claims("A paper", "", (claim,)))
        >>> found.tidy()[["check", "verdict", "claimed"]].values.tolist()
        [['grim', 'inconsistent', '5.19']]
        """
        import pandas as pd

        return pd.concat([verdict.tidy() for verdict in self.verdicts], ignore_index=True)

    def glance(self) -> pd.DataFrame:
        """The review in one row of counts.

        Returns
        -------
        pandas.DataFrame
            One row:

            - ``consistent``: checks in which the printed numbers belong together.
            - ``inconsistent``: checks in which they do not.
            - ``not_checkable``: checks in which the printed numbers cannot tell.

        Examples
        --------
        >>> from umkm_stats import review
        >>> claim = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, line=1)
        >>> found = review.check_claims(review.Claims("A paper", "", (claim,)))
        >>> int(found.glance()["inconsistent"].iloc[0])
        1
        """
        import pandas as pd

        return pd.DataFrame([{word.replace(" ", "_"): count for word, count in self.counts.items()}])

    def summary(self, lang: str = "en") -> str:
        """Counts, then one line a check, the inconsistent first.

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
        >>> from umkm_stats import review
        >>> claim = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, line=1)
        >>> print(review.check_claims(review.Claims("A paper", "", (claim,))).summary().splitlines()[0])
        A paper: 1 checks, 0 consistent, 1 inconsistent, 0 not checkable.
        """
        counts = self.counts
        lines = [
            messages.text(
                "review.counts",
                lang,
                title=self.title,
                total=len(self.verdicts),
                consistent=counts["consistent"],
                inconsistent=counts["inconsistent"],
                unknown=counts["not checkable"],
            )
        ]
        unread = sum(verdict.check == "entry" for verdict in self.verdicts)
        if unread:
            lines.append(messages.text("review.unread", lang, count=unread))
        lines += [note.message(lang) for note in self.notes if note.code == "REV031"]
        order = {"inconsistent": 0, "not checkable": 1, "consistent": 2}
        for verdict in sorted(self.verdicts, key=lambda one: order[one.verdict]):
            where = f"{verdict.where}: " if verdict.where else ""
            lines.append(f"- {where}{verdict.summary(lang)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The review as plain values.

        Returns
        -------
        dict[str, Any]
            Keys of the review to plain values.

        Examples
        --------
        >>> from umkm_stats import review
        >>> claim = review.Claim("mean", "Table 1", {"mean": "5.19", "n": "28"}, line=1)
        >>> review.check_claims(review.Claims("A paper", "", (claim,))).to_dict()["title"]
        'A paper'
        """
        return {
            "title": self.title,
            "source": self.source,
            "counts": self.counts,
            "verdicts": [v.to_dict() for v in self.verdicts],
            "notes": [note.to_dict() for note in self.notes],
        }


def check_claims(claims: str | Path | Claims, *, program: str | None = None) -> Review:
    """Check every claim of a ``claims.yaml``, or of one already read.

    An entry that cannot be used is "not checkable" with its reason (REV023, REV025-REV028, REV034, or what a
    check says of its numbers) and the others are checked.

    Parameters
    ----------
    claims : str or Path or Claims
        The file, or what ``read_claims`` returned.
    program : str, optional
        Program of every claim that names none; the file's own word counts more.

    Returns
    -------
    Review
        One verdict a check, in the order of the file.

    Raises
    ------
    UmkmError
        REV020-REV024: the file as a whole cannot be used; file, line and key are given.

    Examples
    --------
    >>> from umkm_stats import review
    >>> row = review.Claim("percent", "Table 1", {"percent": "84.4", "count": "152", "n": "180"}, 1)
    >>> review.check_claims(review.Claims("A table", "", (row,))).counts["consistent"]
    1
    """
    name = "claims.yaml" if isinstance(claims, Claims) else Path(claims).name
    read = claims if isinstance(claims, Claims) else read_claims(claims)
    found: list[Verdict] = []
    named: list[str] = []
    for claim in read.entries:
        maker = claim.program or read.program or program or ""
        verdicts = _checked(claim, name, maker)
        table = claim.table or claim.where or f"line {claim.line}"
        found += [replace(verdict, where=claim.where, table=table) for verdict in verdicts]
        named += [maker] * len(verdicts)
    notes = [note for verdict in found for note in verdict.notes]
    strange = sorted({word for word in named if word and not conventions.named(word)[0]})
    known = [conventions.title(word) for word in conventions.ALIASES]
    if strange:
        notes.append(Note("REV031", {"received": strange, "known": known}))
    return Review(read.title, read.source, whole_tables(found, named), tuple(notes))


def _checked(claim: Claim, file: str, maker: str) -> tuple[Verdict, ...]:
    """The verdicts on one entry; a fault of the entry is a verdict too."""
    try:
        if claim.fault is not None:
            raise claim.fault
        check = CHECKS[one_of("kind", claim.kind, tuple(CHECKS))]
        given = taken(claim, file, needed=check.needed, optional=check.optional, numbers=readable)
        verdicts = check.run({**given, PROGRAM: conventions.named(maker)[0]})
        if not verdicts:
            raise UmkmError("REV028", params={"kind": claim.kind})
    except (UmkmError, ArithmeticError, ValueError) as problem:
        error = (
            problem if isinstance(problem, UmkmError) else UmkmError("REV034", params={"kind": claim.kind})
        )
        note = Note(error.code, error.params, row=str(claim.line), column=error.place.key)
        said = claim.kind or "?"
        return (Verdict("entry", "not checkable", said, explanation=error.code, notes=(note,)),)
    return verdicts
