"""Small frozen values that the schema is made of: immutable mappings, texts by language, source passages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

CODE_RULE = r"^[A-Za-z][A-Za-z0-9._]{0,19}$"


class FrozenDict(dict[Any, Any]):
    """A dictionary that cannot be changed after it is made; hashable and picklable."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("this mapping belongs to a frozen instrument and cannot be changed")

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple((key, _hashable(value)) for key, value in self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (dict(self),))


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def freeze(value: Any) -> Any:
    """``value`` with every dictionary inside it made a ``FrozenDict`` and every list a tuple."""
    if isinstance(value, Mapping):
        return FrozenDict({key: freeze(entry) for key, entry in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(freeze(entry) for entry in value)
    return value


def _freeze_after(value: Any) -> Any:
    return freeze(value)


class _Frozen:
    """Annotation that freezes a validated mapping."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_freeze_after, handler(source))


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    folded = " ".join(value.split())
    if not folded:
        raise ValueError("filled")
    return folded


Text = Annotated[str, BeforeValidator(_text)]
"""A non-empty text; line breaks and runs of blanks in the file are folded to one blank."""

Texts = Annotated[dict[str, Text], _Frozen]
"""A text by language code: ``{"id": "…", "en": "…"}``."""

Labels = Annotated[dict[str, dict[int, Text]], _Frozen]
"""Answer labels by language and value: ``{"id": {1: "…"}}``."""


class Passage(str):
    """A place in the source: at most twelve words quoted, and the section they stand in.

    It reads as ``"satu produk mampu memberikan dua solusi" (RESULTS AND DISCUSSION)``. In a file it is a
    mapping with the keys ``quote`` and ``section``, or that text.

    Attributes
    ----------
    quote : str
        The words quoted.
    section : str
        Heading of the section they stand in.

    Examples
    --------
    >>> from umkm_stats.instrument import Passage
    >>> print(Passage("satu produk mampu memberikan dua solusi", "RESULTS"))
    "satu produk mampu memberikan dua solusi" (RESULTS)
    """

    __slots__ = ("quote", "section")
    quote: str
    section: str

    def __new__(cls, quote: str, section: str) -> Passage:
        made = super().__new__(cls, f'"{quote}" ({section})')
        made.quote = quote
        made.section = section
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.quote, self.section))

    @property
    def words(self) -> int:
        """Words quoted; a gap (…) is no word.

        Examples
        --------
        >>> from umkm_stats.instrument import Passage
        >>> Passage("satu produk … dua solusi", "RESULTS").words
        4
        """
        return len(self.quote.replace("…", " ").split())

    @classmethod
    def read(cls, value: Any) -> Passage:
        """A passage from a mapping or from its text form.

        Parameters
        ----------
        value : Any
            A passage, a mapping with ``quote`` and ``section``, or the text of one.

        Returns
        -------
        Passage
            The passage, runs of blanks folded.

        Raises
        ------
        ValueError
            It is neither.

        Examples
        --------
        >>> from umkm_stats.instrument import Passage
        >>> Passage.read('"dua solusi" (RESULTS)').section
        'RESULTS'
        """
        if isinstance(value, Passage):
            return value
        if isinstance(value, Mapping) and set(value) == {"quote", "section"}:
            quote, section = value["quote"], value["section"]
            if isinstance(quote, str) and isinstance(section, str) and quote.strip() and section.strip():
                return cls(" ".join(quote.split()), " ".join(section.split()))
        if isinstance(value, str):
            found = re.fullmatch(r'\s*"([^"]+)"\s*\(([^()]+)\)\s*', value)
            if found:
                return cls(" ".join(found[1].split()), " ".join(found[2].split()))
        raise ValueError("passage")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.read, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {"quote": {"type": "string"}, "section": {"type": "string"}},
                    "required": ["quote", "section"],
                    "additionalProperties": False,
                },
                {"type": "string"},
            ]
        }


class Frozen(BaseModel):
    """Base of every part of an instrument: nothing unknown is accepted and nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, coerce_numbers_to_str=False)
