"""The frozen instrument: everything that is asked, what it measures, and the models it can test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from umkm_stats.instrument import _describe, _frames, _syntax
from umkm_stats.instrument._definition import Definition, resolve
from umkm_stats.options import one_of

if TYPE_CHECKING:
    import pandas as pd

    from umkm_stats.instrument._questions import Question

Measurement = Literal["second_order", "first_order", "dimension_means", "items"]


class Instrument(Definition):
    """An instrument definition, loaded and checked. Nothing in it can be changed.

    ``questions`` holds everything asked, in order; ``items`` are those that measure a construct. Codes of
    items, constructs, dimensions and models are the names used by every other part of the library.

    Attributes
    ----------
    schema_ : str
        "umkm-instrument/1"; in a file the key is ``schema``.
    name : str
        Its name.
    version : str
        Its version.
    title : dict[str, str]
        Its title by language.
    languages : tuple[str, ...]
        Languages in order; the first is the base language.
    about : dict[str, str] or None
        What it is for, by language.
    source : Reference or None
        The study it comes from.
    references : dict[str, str]
        Key to citation of the scales it follows.
    stem : dict[str, str] or None
        What stands before its statements, by language.
    default_scale : str or None
        Key of the scale of items that name none.
    default_form : str or None
        Code of the form taken when none is asked for.
    response_scales : dict[str, ResponseScale]
        Key to scale.
    forms : tuple[Form, ...]
        Lengths of the questionnaire.
    sections : tuple[Section, ...]
        Parts of the questionnaire.
    optional_blocks : tuple[OptionalBlock, ...]
        Questions that must be switched on.
    screening_modes : tuple[ScreeningMode, ...]
        Rules of who may answer.
    consent : Consent or None
        Consent sheet.
    constructs : tuple[Construct, ...]
        What is measured.
    questions : tuple[Question, ...]
        Everything asked, in order.
    hypotheses : tuple[Hypothesis, ...]
        Claims to test.
    models : tuple[StructuralModel, ...]
        Structural models; the first is the main one.
    contradictions : tuple[Contradiction, ...]
        Where the source contradicts itself, and how it is handled.

    Examples
    --------
    >>> from umkm_stats import load_instrument
    >>> instrument = load_instrument("umkm_inovasi")
    >>> instrument.languages, len(instrument.items), len(instrument.questions)
    (('id', 'en'), 102, 156)
    """

    def dimension_means(self, data: pd.DataFrame, *, minimum: float = 1.0) -> pd.DataFrame:
        """Mean of each dimension's scored items.

        Constructs without dimensions are not averaged; their items stay as they are in ``data``.

        Parameters
        ----------
        data : pandas.DataFrame
            Answers (n, p) with item codes as columns, reverse-keyed items already scored, NaN where missing.
        minimum : float, default 1.0
            Share of the dimension's items present in ``data`` that must be answered (0-1); else the mean is
            NaN.

        Returns
        -------
        pandas.DataFrame
            Means (n, dimensions), in the units of the answers: one column a dimension that has items in
            ``data``, named by its code; rows as in ``data``.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats import load_instrument
        >>> data = pd.DataFrame({"PID1": [4, 2], "PID2": [5, 3]})
        >>> load_instrument("umkm_inovasi").dimension_means(data)["PID"].tolist()
        [4.5, 2.5]
        """
        return _frames.dimension_means(self, data, minimum)

    def model_scales(self, key: str = "M1", *, items: Iterable[str] | None = None) -> dict[str, list[str]]:
        """Constructs and set-apart dimensions of a model with their item codes: its observed scores.

        Parameters
        ----------
        key : str, default "M1"
            Key of a structural model.
        items : Iterable[str], optional
            Item codes that are there; None for all.

        Returns
        -------
        dict[str, list[str]]
            Code of a construct or dimension to the codes of its items.

        Raises
        ------
        UsageError
            INS020: one of them has no item among ``items``; GEN001, GEN002: no such model.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").model_scales("M1", items=["PID1", "OI1", "BE1", "BE2"])
        {'PI': ['PID1'], 'OI': ['OI1'], 'NP': ['BE1', 'BE2']}
        """
        model = self.model(key)
        leave = frozenset(model.apart)
        return {
            code: _syntax.factor_lines(self, code, _present(items), "items", leave)[1]
            for code in _syntax.latents(self, model)
        }

    def indices(self, data: pd.DataFrame) -> pd.DataFrame:
        """Breadth and depth of every index construct.

        Breadth counts the answers at ``breadth_from`` or above, depth those at ``depth_from`` or above.

        Parameters
        ----------
        data : pandas.DataFrame
            Answers (n, p) with item codes as columns.

        Returns
        -------
        pandas.DataFrame
            Counts (n, up to 2 a construct): columns such as ``CH_breadth`` and ``CH_depth``; NaN in a row
            with an unanswered item of the index. Constructs without an item in ``data`` have no column.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats import load_instrument
        >>> instrument = load_instrument("umkm_inovasi")
        >>> codes = [item.code for item in instrument.items if item.construct == "CH"][:3]
        >>> instrument.indices(pd.DataFrame([[5, 1, 3]], columns=codes)).to_dict("records")
        [{'CH_breadth': 2.0, 'CH_depth': 2.0}]
        """
        return _frames.indices(self, data)

    def shareable(self, data: pd.DataFrame) -> pd.DataFrame:
        """Answers for others: without what is ``personal`` or shared ``withheld``.

        What is shared by ``decade`` is the first year of its decade.

        Parameters
        ----------
        data : pandas.DataFrame
            Answers (n, p) with question codes as columns.

        Returns
        -------
        pandas.DataFrame
            The columns that may be shared; others stay as they are.

        Examples
        --------
        >>> import pandas as pd
        >>> from umkm_stats import load_instrument
        >>> data = pd.DataFrame({"PID1": [4], "YFOUND": [2017]})
        >>> load_instrument("umkm_inovasi").shareable(data).to_dict("records")
        [{'PID1': 4, 'YFOUND': 2010}]
        """
        return _frames.shareable(self, data)

    def product_indicators(
        self, data: pd.DataFrame, key: str = "M4", *, measurement: Measurement = "second_order"
    ) -> pd.DataFrame:
        """Columns that a moderated model needs for its latent product, double mean centred.

        Each column ``AxB`` is (A - mean of A)(B - mean of B) minus its own mean, where A and B are dimension
        means (or items, with ``measurement="items"``), over the rows where both are known. In a bootstrap it
        is recomputed in each draw.

        Parameters
        ----------
        data : pandas.DataFrame
            Scored items (n, p).
        key : str, default "M4"
            Key of a structural model.
        measurement : Measurement, default "second_order"
            As in ``model_syntax``.

        Returns
        -------
        pandas.DataFrame
            Products (n, k), rows as in ``data``; no column when the model has no moderator.

        Raises
        ------
        UsageError
            INS020: a construct of the model has no item in ``data``.

        References
        ----------
        Lin, Wen, Marsh & Lin (2010), https://doi.org/10.1080/10705511.2010.488999.

        Examples
        --------
        >>> from umkm_stats import load_instrument, simulate_responses
        >>> data = simulate_responses("umkm_inovasi", population="M4", n=5, seed=1, form="panjang").clean
        >>> list(load_instrument("umkm_inovasi").product_indicators(data, "M4"))[:2]
        ['OIIxACQ', 'OIOxASM']
        """
        return _frames.product_indicators(self, data, self.model(key), measurement)

    def with_points(self, points: Literal[4, 5, 6, 7]) -> Instrument:
        """The same instrument with another number of agreement answers (scale ``agree4`` ... ``agree7``).

        Items on the default scale move to the other one; the value an attention check asks for follows its
        label.

        Parameters
        ----------
        points : {4, 5, 6, 7}
            Number of answers.

        Returns
        -------
        Instrument
            A new instrument.

        Raises
        ------
        UsageError
            GEN001: the instrument defines no such scale.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").with_points(4).item("PID1").values
        (1, 2, 3, 4)
        """
        names = {
            scale.points: name for name, scale in self.response_scales.items() if scale.kind == "agreement"
        }
        target = names[one_of("points", points, tuple(sorted(names)))]
        old, new = self.response_scales[self.default_scale or target], self.response_scales[target]
        language = self.languages[0]
        moved: list[Question] = []
        for question in self.questions:
            change: dict[str, Any] = {}
            if question.kind == "scale" and question.scale in (None, self.default_scale):
                change["scale"] = target
            if question.expected is not None and question.response_scale is old:
                words = old.labels[language][question.expected]
                change["expected"] = next(v for v, text in new.labels[language].items() if text == words)
            moved.append(question.model_copy(update=change) if change else question.model_copy())
        made = self.model_copy(update={"questions": tuple(moved), "default_scale": target})
        for name in ("items", "_by_code"):
            made.__dict__.pop(name, None)
        resolve(made)
        return made

    def minutes(
        self,
        form: str | None = None,
        *,
        blocks: Iterable[str] = (),
        mode: str = "online",
        language: str | None = None,
    ) -> float:
        """Estimated minutes for a form.

        130 words read a minute, plus 3 s for a scale answer, 5 s for another choice, 8 s for a number or
        several ticks and 12 s for a text; the consent sheet is read at the same pace. An assumption for
        planning, to be replaced by the times of a pilot.

        Parameters
        ----------
        form : str, optional
            Code of a form; None takes the default form.
        blocks : Iterable[str], default ()
            Optional blocks to include.
        mode : str, default "online"
            Way of asking: "online", "paper", "phone" or "enumerator".
        language : str, optional
            Language whose words are counted; None takes the base language.

        Returns
        -------
        float
            Minutes.

        Raises
        ------
        UsageError
            GEN001, GEN002: no such form, block or language.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> round(load_instrument("umkm_inovasi").minutes("pendek"), 1)
        19.6
        """
        return _frames.minutes(
            self, self.of_form(form, blocks=blocks, mode=mode), language or self.languages[0]
        )

    def schema(self, *, items: Iterable[str] | None = None) -> Any:  # type: ignore[override]
        """A pandera ``DataFrameSchema`` for scored answers: one float column an item, its values or NaN.

        Columns may stand in any order; other columns are left alone.

        Parameters
        ----------
        items : Iterable[str], optional
            Item codes; None takes all.

        Returns
        -------
        pandera.DataFrameSchema
            The schema.

        Raises
        ------
        UmkmError
            INS026: pandera is not installed.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> list(load_instrument("umkm_inovasi").schema(items=["PID1", "PID2"]).columns)
        ['PID1', 'PID2']
        """
        return _frames.answer_schema(self, items)

    def summary(self, lang: str = "en") -> str:
        """Constructs, items, forms with minutes, hypotheses, models and contradictions, in words.

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
        >>> from umkm_stats import load_instrument
        >>> print(load_instrument("msme_colombia").summary().splitlines()[0])
        Innovation Capabilities of Colombian MSMEs (worked replication)
        """
        return _describe.summary(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Every part as plain values, under the keys of the file.

        Returns
        -------
        dict[str, Any]
            Plain values that ``load_instrument`` would read back.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> load_instrument("umkm_inovasi").to_dict()["schema"]
        'umkm-instrument/1'
        """
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    # ------------------------------------------------------------------ model text
    def model_syntax(
        self,
        key: str = "M1",
        *,
        items: Iterable[str] | None = None,
        measurement: Measurement = "second_order",
    ) -> str:
        """A structural model as text for ``fit``.

        Measurement part, labelled paths, and ``:=`` for indirect and total effects. Labels and derived names
        are described in the manual of models; with one x, mediator and y they are ``a b cp indirect total``.

        Parameters
        ----------
        key : str, default "M1"
            Key of a structural model.
        items : Iterable[str], optional
            Item codes that are there; None for all.
        measurement : Measurement, default "second_order"
            "second_order" (construct =~ dimension factors =~ items), "dimension_means" (construct =~ columns
            of ``dimension_means``) or "items" (construct =~ all its items).

        Returns
        -------
        str
            Lavaan-style model text.

        Raises
        ------
        UsageError
            INS020: a construct of the model has no item among ``items``; GEN001, GEN002: no such model.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> print(load_instrument("umkm_inovasi").model_syntax("M1", measurement="dimension_means"))
        # M1
        # measurement
        PI =~ PID + PIF + PIS + PIN
        OI =~ OII + OIO + CC
        NP =~ BE + MP + MR + CS + CL
        # paths
        OI ~ a*PI
        NP ~ b*OI + cp*PI
        # effects
        indirect := a*b
        total := cp + a*b
        """
        one_of("measurement", measurement, ("second_order", "dimension_means", "items"))
        return _syntax.model_text(self, self.model(key), _present(items), measurement)

    def measurement_syntax(
        self,
        structure: Measurement = "first_order",
        *,
        items: Iterable[str] | None = None,
        constructs: Sequence[str] | None = None,
    ) -> str:
        """The measurement part of a model alone, as text for ``fit``.

        Parameters
        ----------
        structure : Measurement, default "first_order"
            "first_order" (correlated dimension factors), "second_order", "dimension_means" or "items".
        items : Iterable[str], optional
            Item codes that are there; None for all.
        constructs : Sequence[str], optional
            Codes of constructs; None takes every reflective construct with items.

        Returns
        -------
        str
            Lavaan-style model text.

        Raises
        ------
        UsageError
            GEN001, GEN002: no such structure or construct.

        Examples
        --------
        >>> from umkm_stats import load_instrument
        >>> instrument = load_instrument("umkm_inovasi")
        >>> print(instrument.measurement_syntax("items", constructs=["WTP"]))
        WTP =~ WTP1 + WTP2 + WTP4
        """
        one_of("structure", structure, ("first_order", "second_order", "dimension_means", "items"))
        for code in constructs or ():
            self.construct(code)
        return _syntax.measurement_text(self, _present(items), structure, constructs)


def _present(items: Iterable[str] | None) -> frozenset[str] | None:
    return None if items is None else frozenset(items)
