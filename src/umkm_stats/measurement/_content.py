"""Content validity from experts' ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from umkm_stats import messages, options
from umkm_stats.errors import Place, UmkmError, UsageError
from umkm_stats.kernels.measurement import expert_ratings as kernel
from umkm_stats.measurement._outcome import Outcome, table_lines
from umkm_stats.results import Note, SampleUsed

COLUMNS = (
    "item",
    "experts",
    "v",
    "v_low",
    "v_high",
    "p",
    "v_critical",
    "i_cvi",
    "kappa",
    "cvr",
    "cvr_critical",
    "verdict",
)
KAPPA_FAIR = 0.60
ESSENTIAL = 3  # of the necessity question: 1 not needed, 2 useful, 3 essential


@dataclass(frozen=True, eq=False)
class ContentValidity(Outcome):
    """Content validity of items: what ``umkm_stats.content_validity`` returns.

    Attributes
    ----------
    table : pandas.DataFrame
        Item experts v (Aiken) v_low v_high p v_critical i_cvi kappa cvr cvr_critical verdict ("keep",
        "revise", "drop"), one row an item.
    sample : SampleUsed or None
        Items read and used.
    notes : tuple of Note
        What was assumed about the rating scale.
    seed : int or None
        None: nothing is drawn.
    s_cvi_ave : float
        Mean of I-CVI.
    s_cvi_ua : float
        Share of items that all experts call relevant.
    low, high : int
        Ends of the rating scale.
    relevant : int
        Ratings from which an item counts as relevant.
    essential : int
        Ratings from which an item counts as essential.
    level : float
        Of interval and tests.

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats import content_validity
    >>> ratings = pd.DataFrame({"E1": [4, 2], "E2": [4, 1], "E3": [3, 4]}, index=["OI1", "OI2"])
    >>> found = content_validity(ratings, high=4)
    >>> found.tidy().set_index("item")["v"].round(2).to_dict(), found.s_cvi_ave
    ({'OI1': 0.89, 'OI2': 0.44}, 0.6666666666666666)
    """

    s_cvi_ave: float
    s_cvi_ua: float
    low: int
    high: int
    relevant: int
    essential: int
    level: float

    TITLE: ClassVar[str] = "measurement.content.title"
    PARTS: ClassVar[tuple[str, ...]] = (
        "s_cvi_ave",
        "s_cvi_ua",
        "low",
        "high",
        "relevant",
        "essential",
        "level",
    )

    def glance(self) -> pd.DataFrame:
        """The whole in one row.

        Returns
        -------
        pandas.DataFrame
            Columns items, experts, s_cvi_ave, s_cvi_ua, v_mean and the number of items to keep, revise, drop.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats import content_validity
        >>> ratings = pd.DataFrame({"E1": [4, 2], "E2": [4, 1], "E3": [3, 4]}, index=["OI1", "OI2"])
        >>> content_validity(ratings, high=4).glance()[["items", "experts", "s_cvi_ua"]].to_dict("records")
        [{'items': 2, 'experts': 3, 's_cvi_ua': 0.5}]
        """
        counts = self.table["verdict"].value_counts()
        row = {
            "items": len(self.table),
            "experts": int(self.table["experts"].max()),
            "s_cvi_ave": self.s_cvi_ave,
            "s_cvi_ua": self.s_cvi_ua,
        }
        row |= {"v_mean": self.table["v"].mean()} | {
            name: int(counts.get(name, 0)) for name in ("keep", "revise", "drop")
        }
        return pd.DataFrame([row])

    def lines(self, lang: str) -> list[str]:
        """S-CVI, then one line an item.

        Parameters
        ----------
        lang : {"en", "id"}
            Language of the text, English or Indonesian.

        Returns
        -------
        list of str
            One a line of the text.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats import content_validity
        >>> ratings = pd.DataFrame({"E1": [4, 2], "E2": [4, 1], "E3": [3, 4]}, index=["OI1", "OI2"])
        >>> print(content_validity(ratings, high=4).lines("en")[0])
        S-CVI/Ave 0.667, S-CVI/UA 0.500 (relevant: 3 to 4).
        """
        said = messages.text(
            "measurement.content.whole",
            lang,
            ave=self.s_cvi_ave,
            ua=self.s_cvi_ua,
            relevant=self.relevant,
            high=self.high,
        )
        shown = self.table.assign(
            verdict=[messages.text(f"measurement.content.{name}", lang) for name in self.table["verdict"]]
        )
        return [
            said,
            *table_lines(
                shown,
                lang,
                names=("item", "experts", "v", "v_low", "v_high", "p", "i_cvi", "kappa", "cvr", "verdict"),
            ),
        ]


def content_validity(
    ratings: Any,
    *,
    low: int = 1,
    high: int | None = None,
    relevant: int | None = None,
    essential: int | None = None,
    level: float = 0.95,
) -> ContentValidity:
    """Content validity of every item.

    The verdict: *keep* when V differs from chance and I-CVI is 1.00 (up to five experts) or at least .78
    (Lynn 1986; Polit & Beck 2006); *drop* when κ* is below .60 and V does not differ from chance; *revise*
    otherwise.

    Parameters
    ----------
    ratings : pandas.DataFrame
        A frame with one row an item (its code is the index, or a column ``item``) and one column an expert;
        or a long frame with the columns ``item``, ``expert``, ``rating``; or an object with such a frame in
        ``.ratings``. Missing ratings are left out of their item.
    low : int, default 1
        Lowest point of the rating scale.
    high : int, optional
        Highest point; it must be given unless some rating is 4 or 5 (then the largest rating is taken, which
        a note says).
    relevant : int, optional
        Ratings from here on count as relevant; the upper two points of the scale when None.
    essential : int, optional
        Ratings from here on count as "essential" for CVR; as ``relevant`` when None, which a note says.
        Expert sheets that ask for necessity (3 = essential) give CVR from that question instead.
    level : float, default 0.95
        1 − level is the level of the exact tests; level of the interval of V.

    Returns
    -------
    ContentValidity
        V, I-CVI, κ*, CVR and a verdict an item; S-CVI of all.

    Raises
    ------
    UsageError
        MEA021 (no such frame).
    UmkmError
        MEA022 (a rating off the scale), MEA023 (an item with fewer than two experts).

    Examples
    --------
    >>> import pandas as pd
    >>> from umkm_stats import content_validity
    >>> ratings = pd.DataFrame({"E1": [4, 2], "E2": [4, 1], "E3": [3, 4]}, index=["OI1", "OI2"])
    >>> content_validity(ratings, high=4).tidy()[["item", "i_cvi", "verdict"]].round(2).to_dict("records")
    [{'item': 'OI1', 'i_cvi': 1.0, 'verdict': 'revise'}, {'item': 'OI2', 'i_cvi': 0.33, 'verdict': 'drop'}]
    """
    options.share("level", level)
    wide = _wide(ratings)
    needed = _necessity(ratings, wide)
    offered = getattr(ratings, "scale", None)
    if high is None and offered is not None:
        low, high = int(min(offered)), int(max(offered))
    values = wide.to_numpy(dtype=np.float64)
    assumed = False
    if high is None:
        largest = np.nanmax(values) if np.isfinite(values).any() else np.nan
        if largest not in (4, 5):
            raise UsageError("MEA021", params={"received": f"high=None, max {largest:g}"})
        high = int(largest)
        assumed = True
    if not low < high:
        raise UsageError(
            "GEN003", params={"name": "high", "received": repr(high), "low": low + 1, "high": "∞"}
        )
    relevant = high - 1 if relevant is None else relevant
    notes: list[Note] = []
    if assumed:
        notes.append(Note("MEA165", {"low": low, "high": high}, column="v"))
    if essential is None and needed is None:
        notes.append(Note("MEA162", {"essential": relevant}, column="cvr"))
    rows = []
    for item, own in zip(wide.index, values, strict=True):
        given = own[np.isfinite(own)]
        if given.size < 2:
            raise UmkmError("MEA023", Place(item=str(item)), {"item": item, "n": int(given.size)})
        if ((given < low) | (given > high) | (given != np.round(given))).any():
            raise UmkmError("MEA022", Place(item=str(item)), {"item": item, "low": low, "high": high})
        row = _row(str(item), given, low, high, relevant, relevant if essential is None else essential, level)
        if needed is not None:
            row |= _ratio(needed.loc[item].to_numpy(dtype=np.float64), level)
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    most = int(table["experts"].max())
    if table["experts"].min() < most:
        short = table.loc[table["experts"] < most, "item"].tolist()
        notes.append(Note("MEA163", {"items": short, "n": most}, row=short[0], column="experts"))
    if np.isnan(kernel.critical_ratio(most, level)) or most < 5:
        notes.append(Note("MEA161", {"n": most}))
    without = table.loc[table["cvr"].isna(), "item"].tolist()
    if without:
        notes.append(Note("MEA166", {"items": without}, row=without[0], column="cvr"))
    weak = table.loc[table["verdict"] != "keep", "item"].tolist()
    if weak:
        notes.append(Note("MEA164", {"items": weak}, row=weak[0], column="verdict"))
    ave = float(table["i_cvi"].mean())
    return ContentValidity(
        table=table,
        sample=SampleUsed(most, most),
        notes=tuple(notes),
        seed=None,
        s_cvi_ave=ave,
        s_cvi_ua=float((table["i_cvi"] == 1).mean()),
        low=low,
        high=high,
        relevant=relevant,
        essential=relevant if essential is None else essential,
        level=level,
    )


def _wide(ratings: Any) -> pd.DataFrame:
    frame = getattr(ratings, "ratings", ratings)
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        raise UsageError("MEA021", params={"received": type(frame).__name__})
    if {"item", "expert", "rating"} <= set(frame.columns):
        frame = frame.pivot(index="item", columns="expert", values="rating").reindex(
            list(dict.fromkeys(frame["item"]))
        )
    elif "item" in frame.columns:
        frame = frame.set_index("item")
    kinds = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if kinds:
        raise UsageError("MEA021", params={"received": str(kinds[0])})
    return frame


def _necessity(ratings: Any, wide: pd.DataFrame) -> pd.DataFrame | None:
    """Items × experts of the question "is the item essential" (3 = yes), when the sheets hold answers to
    it."""
    table = getattr(ratings, "table", None)
    if (
        not isinstance(table, pd.DataFrame)
        or not {"item", "expert", "necessity"} <= set(table.columns)
        or table["necessity"].isna().all()
    ):
        return None
    return table.pivot(index="item", columns="expert", values="necessity").reindex(wide.index)


def _ratio(given: np.ndarray[Any, np.dtype[np.float64]], level: float) -> dict[str, float]:
    """CVR and its critical value from answers to the necessity question; NaN without answers."""
    own = given[np.isfinite(given)]
    if own.size == 0:
        return {"cvr": float("nan"), "cvr_critical": float("nan")}
    return {
        "cvr": kernel.content_validity_ratio(int((own >= ESSENTIAL).sum()), own.size),
        "cvr_critical": kernel.critical_ratio(own.size, level),
    }


def _row(
    item: str,
    given: np.ndarray[Any, np.dtype[np.float64]],
    low: int,
    high: int,
    relevant: int,
    essential: int,
    level: float,
) -> dict[str, Any]:
    n = given.size
    found = kernel.aiken(given, low, high, level)
    agreeing = int((given >= relevant).sum())
    share, kappa = agreeing / n, kernel.modified_kappa(agreeing, n)
    beyond = found.p <= 1 - level
    if beyond and (share == 1.0 if n <= 5 else share >= 0.78):
        verdict = "keep"
    elif kappa < KAPPA_FAIR and not beyond:
        verdict = "drop"
    else:
        verdict = "revise"
    return {
        "item": item,
        "experts": n,
        "v": found.v,
        "v_low": found.low,
        "v_high": found.high,
        "p": found.p,
        "v_critical": kernel.critical_aiken(n, high - low + 1, level),
        "i_cvi": share,
        "kappa": kappa,
        "cvr": kernel.content_validity_ratio(int((given >= essential).sum()), n),
        "cvr_critical": kernel.critical_ratio(n, level),
        "verdict": verdict,
    }
