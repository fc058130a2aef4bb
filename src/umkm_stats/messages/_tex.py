"""Text that LaTeX prints as it stands."""

from __future__ import annotations

from collections.abc import Mapping

TEX: Mapping[str, str] = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": r"$-$",
    "→": r"$\rightarrow$",
    "χ": r"$\chi$",
    "²": r"$^2$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "ω": r"$\omega$",
    "Δ": r"$\Delta$",
    "√": r"$\surd$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "<": r"$<$",
    ">": r"$>$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "′": r"$'$",
    "–": "--",
    "’": "'",
    "⁻": "",
    "φ": r"$\phi$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "↔": r"$\leftrightarrow$",
    "Φ": r"$\Phi$",
    "…": r"\ldots{}",
    "·": r"$\cdot$",
}


def escaped(text: str) -> str:
    r"""The text with LaTeX's own characters and the letters it lacks written out.

    Examples
    --------
    >>> escaped("R² = 50 %")
    'R$^2$ = 50 \\%'
    """
    return "".join(TEX.get(char, char) for char in text)
