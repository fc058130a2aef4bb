"""Output columns: machine names are fixed and ASCII; labels and explanations live in ``messages/``."""

from __future__ import annotations

from umkm_stats import messages


def known() -> tuple[str, ...]:
    """Every registered output column, sorted.

    Returns
    -------
    tuple[str, ...]
        Machine names.

    Examples
    --------
    >>> from umkm_stats import columns
    >>> "ci_low" in columns.known()
    True
    """
    return tuple(sorted(messages.catalogue(messages.FALLBACK)["columns"]))


def label(name: str, lang: str = "en") -> str:
    """The heading a reader sees for a machine column.

    Parameters
    ----------
    name : str
        Machine name of the column.
    lang : str, default "en"
        Language of the words: "en" or "id".

    Returns
    -------
    str
        The heading; the name itself when it is not registered.

    Examples
    --------
    >>> from umkm_stats import columns
    >>> columns.label("se"), columns.label("my_column")
    ('SE', 'my_column')
    """
    for entries in messages.catalogues(lang):
        entry = entries["columns"].get(name)
        if entry:
            return str(entry["label"])
    return name


def about(name: str, lang: str = "en") -> str:
    """One line that explains a column.

    Parameters
    ----------
    name : str
        Machine name of the column.
    lang : str, default "en"
        Language of the words: "en" or "id".

    Returns
    -------
    str
        The line; empty when the column is not registered.

    Examples
    --------
    >>> from umkm_stats import columns
    >>> columns.about("df")
    'Degrees of freedom.'
    """
    for entries in messages.catalogues(lang):
        entry = entries["columns"].get(name)
        if entry:
            return str(entry.get("about", ""))
    return ""
