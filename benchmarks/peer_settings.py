"""How each Python peer is run: its fastest legitimate setting, in one place; every benchmark prints it beside
the figure. The settings of R peers stand in their scripts in ``peers/`` and come back with their times."""

from __future__ import annotations

SETTINGS = {
    "pingouin": "mediation_analysis, BC interval alone (it has no quicker one), no distribution returned",
    "pyprocessmacro": "nothing printed at the start, the quicker of its two intervals",
    "seminr": "one process, rows of every draw given, model built before the clock starts",
    "semopy": "default solver, inspect() with expected information, no fit indices",
}


def said(peer: str) -> str:
    """The line that a benchmark prints.

    >>> said("seminr")
    'seminr: one process, rows of every draw given, model built before the clock starts'
    """
    return f"{peer}: {SETTINGS[peer]}"
