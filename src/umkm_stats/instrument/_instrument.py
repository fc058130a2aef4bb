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

    The file key ``questions`` holds everything asked, in order; ``.items`` are those that measure a
    construct.
    Codes of items, constructs, dimensions and models are the names used by every other part of the library.
    """

    def dimension_means(self, data: pd.DataFrame, *, minimum: float = 1.0) -> pd.DataFrame:
        """Mean of each dimension's scored items, one column a dimension, named by its code; rows as in
        ``data``.

        ``data``: (n, p) frame with item codes as columns, reverse-keyed items already scored. A row's mean is
        NaN unless at least the share ``minimum`` of the dimension's items present in ``data`` is answered.
        Constructs without dimensions are not averaged; their items stay as they are in ``data``.
        """
        return _frames.dimension_means(self, data, minimum)

    def model_scales(self, key: str = "M1", *, items: Iterable[str] | None = None) -> dict[str, list[str]]:
        """Constructs and set-apart dimensions of a model → item codes present in ``items``: its observed
        scores.

        ``UsageError`` INS020 when one of them has no item among ``items``.
        """
        model = self.model(key)
        leave = frozenset(model.apart)
        return {
            code: _syntax.factor_lines(self, code, _present(items), "items", leave)[1]
            for code in _syntax.latents(self, model)
        }

    def indices(self, data: pd.DataFrame) -> pd.DataFrame:
        """Breadth and depth of every index construct: columns such as ``CH_breadth`` and ``CH_depth``.

        ``data``: (n, p) frame with item codes as columns. Breadth counts the answers at ``breadth_from`` or
        above, depth those at ``depth_from`` or above; a row with an unanswered item of the index is NaN.
        Constructs without an item in ``data`` have no column.
        """
        return _frames.indices(self, data)

    def shareable(self, data: pd.DataFrame) -> pd.DataFrame:
        """Answers for others: without what is ``personal`` or shared ``withheld``; what is shared by
        ``decade`` is the first year of its decade.

        ``data``: (n, p) frame with question codes as columns. Other columns stay as they are.
        """
        return _frames.shareable(self, data)

    def product_indicators(
        self, data: pd.DataFrame, key: str = "M4", *, measurement: Measurement = "second_order"
    ) -> pd.DataFrame:
        """Columns that a moderated model needs for its latent product, double mean centred.

        Each column ``AxB`` is (A − Ā)(B − B̄) minus its own mean (Lin, Wen, Marsh & Lin 2010), where A and B
        are dimension means (or items, with ``measurement="items"``), over the rows where both are known.
        ``data``: (n, p) frame of scored items. The result has the rows of ``data`` and no column when the
        model has no moderator. In a bootstrap it is recomputed in each draw. ``UsageError`` INS020 as in
        ``model_syntax``.
        """
        return _frames.product_indicators(self, data, self.model(key), measurement)

    def with_points(self, points: Literal[4, 5, 6, 7]) -> Instrument:
        """The same instrument with another number of agreement answers (scale ``agree4`` … ``agree7``).

        Items on the default scale move to the other one; the value an attention check asks for follows its
        label.
        ``UsageError`` GEN001 when the instrument defines no such scale.
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
        """Estimated minutes for a form: 130 words read a minute, plus 3 s for a scale answer, 5 s for another
        choice,
        8 s for a number or several ticks and 12 s for a text; the consent sheet is read at the same pace. An
        assumption for planning, to be replaced by the times of a pilot."""
        return _frames.minutes(
            self, self.of_form(form, blocks=blocks, mode=mode), language or self.languages[0]
        )

    def schema(self, *, items: Iterable[str] | None = None) -> Any:  # type: ignore[override]
        """A pandera ``DataFrameSchema`` for scored answers: one float column an item, its values or NaN, in
        any order.

        Other columns are left alone. ``items``: only these (None: all items). ``UmkmError`` INS026 when
        pandera is not installed.
        """
        return _frames.answer_schema(self, items)

    def summary(self, lang: str = "en") -> str:
        """Constructs, items, forms with estimated minutes, hypotheses, models and contradictions, in
        words."""
        return _describe.summary(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Every part as plain values, under the keys of the file."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    # ------------------------------------------------------------------ model text
    def model_syntax(
        self,
        key: str = "M1",
        *,
        items: Iterable[str] | None = None,
        measurement: Measurement = "second_order",
    ) -> str:
        """A structural model as text for ``fit``: measurement part, labelled paths, ``:=`` for indirect and
        total.

        ``measurement``: *second_order* (construct =~ dimension factors =~ items), *dimension_means*
        (construct =~ columns of ``dimension_means``), *items* (construct =~ all its items). Labels and
        derived names are described in the manual of models; with one x, mediator and y they are ``a b cp
        indirect total``. ``UsageError`` INS020 when a construct of the model has no item among ``items``.
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
        """The measurement part alone: *first_order* (correlated dimension factors), *second_order*,
        *dimension_means* or *items*. ``constructs``: only these (None: every reflective construct with
        items)."""
        one_of("structure", structure, ("first_order", "second_order", "dimension_means", "items"))
        for code in constructs or ():
            self.construct(code)
        return _syntax.measurement_text(self, _present(items), structure, constructs)


def _present(items: Iterable[str] | None) -> frozenset[str] | None:
    return None if items is None else frozenset(items)
