"""Write the table of docs/methods/engine.md: model text → lavaan → here, one row a kind.

    python docs/_build/kinds.py

lavaan's numbers come from ``tests/reference`` (made by the R scripts there), those of this package are
computed
when the page is written; a test holds the page against a fresh table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umkm_stats import cfa, fit, validity
from umkm_stats.errors import UmkmError

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "methods" / "engine.md"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
CUTS = {"o5": (3.5, 4.5, 5.5), "o6": (1.5, 2.2, 3), "o9": (4.7, 5.4, 6)}


def data() -> pd.DataFrame:
    """Holzinger and Swineford 1939 with the columns of the reference scripts."""
    from semopy.examples import holzinger39

    frame = pd.DataFrame(holzinger39.get_data())
    frame["m2"] = (frame["x4"] > 3).astype(int)
    for name, cuts in CUTS.items():
        frame[name] = np.searchsorted(cuts, frame[f"x{name[1:]}"], side="right")
    frame["block"] = (frame["id"] * 7) % 37
    return frame


def gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Cell (i, j) of the nine items missing where (7 i + 13 j) mod 11 is 0."""
    rows, out = np.arange(1, len(frame) + 1), frame.copy()
    for j in range(1, 10):
        out.loc[(7 * rows + 13 * j) % 11 == 0, f"x{j}"] = np.nan
    return out


def reference(file: str, name: str) -> dict[str, Any]:
    text = (ROOT / "tests" / "reference" / file).read_text(encoding="utf-8")
    return dict(json.loads(text)["models"][name])


def theirs(
    case: dict[str, Any], lhs: str, op: str, rhs: str, column: str = "est", frame: str = "estimates"
) -> float:
    return next(float(e[column]) for e in case[frame] if (e["lhs"], e["op"], e["rhs"]) == (lhs, op, rhs))


def ours(frame: pd.DataFrame, lhs: str, op: str, rhs: str, column: str = "est") -> float:
    return float(frame.set_index(["lhs", "op", "rhs"]).loc[(lhs, op, rhs), column])


def shown(est: float, se: float, x2: float, digits: int = 4) -> str:
    return f"b {est:.4f} ({se:.{digits}f}), χ² {x2:.4f}"


def code(call: Callable[[], Any]) -> str:
    try:
        call()
    except UmkmError as refusal:
        return refusal.code
    return "no refusal"


def told(found: Any, wanted: str) -> str:
    return f"note {wanted}" if wanted in {note.code for note in found.notes} else "no note"


def rows() -> list[tuple[str, str, str, str]]:
    """(kind, text and options, lavaan, here)."""
    frame = data()
    out: list[tuple[str, str, str, str]] = []

    case = reference("lavaan_texts.json", "mediator_binary")
    found = fit(case["model"], frame, ordered="m2", estimator="WLSMV")
    pick = ("x9", "~", "m2")
    out.append(
        (
            "1 ordinal mediator",
            '`m2 ~ a*x1 + ageyr; x9 ~ b*m2 + c*x1`, `ordered="m2"`',
            shown(theirs(case, *pick), theirs(case, *pick, "se"), case["fit"]["chisq"], 4),
            shown(ours(found.estimates, *pick), ours(found.estimates, *pick, "se"), found.x2, 4),
        )
    )
    case = reference("lavaan_texts.json", "mediator_latents_delta")
    found = fit(case["model"], frame, ordered="o5", estimator="WLSMV")
    pick = ("speed", "~", "o5")
    out.append(
        (
            "1 ordinal mediator between latents",
            "`o5 ~ a*visual; speed ~ b*o5 + c*visual`",
            shown(theirs(case, *pick), theirs(case, *pick, "se"), case["fit"]["chisq"], 5),
            shown(ours(found.estimates, *pick), ours(found.estimates, *pick, "se"), found.x2, 5),
        )
    )
    case = reference("lavaan_options.json", "theta_over")
    found = fit(case["model"], frame, ordered=["o5", "m2"], estimator="WLSMV")
    out.append(
        (
            "1 path over an ordinal mediator alone",
            "`o5 ~ a*visual; m2 ~ b*o5`",
            f"χ² {case['fit']['chisq']:.4f}, df {case['fit']['df']} (Theta; Delta does not converge)",
            f"χ² {found.x2:.4f}, df {found.df}",
        )
    )
    case = reference("lavaan_texts.json", "equal_one")
    found = fit(case["model"], frame)
    out.append(
        (
            "2 `equal()` with an automatic name",
            '`f =~ x1 + x2 + equal("f=~x2")*x3 + x4`',
            f"df {case['fit']['df']}, χ² {case['fit']['chisq']:.4f}",
            f"df {found.df}, χ² {found.x2:.4f}",
        )
    )
    case = reference("lavaan_texts.json", "std_residual")
    found = fit(case["model"], frame, ordered=list(CUTS), estimator="WLSMV")
    pick = ("o9", "~~", "o9")
    out.append(
        (
            "3 standardised residual variance of an ordinal item",
            "`f =~ o5 + o6 + o9; f ~ ageyr`",
            f"θ {theirs(case, *pick, 'est.std', 'std'):.4f} ({theirs(case, *pick, 'se', 'std'):.4f})",
            f"θ {ours(found.standardized(), *pick):.4f} ({ours(found.standardized(), *pick, 'se'):.4f})",
        )
    )
    out.append(
        (
            "4 a misspelt name in `ordered`",
            '`ordered=["o5", "O6"]`',
            "a warning; o6 is numeric",
            f"refused, {code(lambda: fit('f =~ o5 + o6 + o9', frame, ordered=['o5', 'O6']))}",
        )
    )
    found = fit("x4 ~ x1 + x2\nx9 ~ x4 + x2 + x4:x2 + x1", frame)
    note = next(note for note in found.notes if note.code == "SEM422")
    whole = fit(found.options.model + "\n" + note.params["lines"].replace("; ", "\n"), frame)
    out.append(
        (
            "5 product `m:w` of an explained m",
            "`x4 ~ x1 + x2; x9 ~ x4 + x2 + x4:x2 + x1`",
            "χ² 1089.717, df 3; no word",
            f"χ² {found.x2:.3f}, df {found.df}, note SEM422; "
            f"with its lines df {whole.df} and the regression's numbers",
        )
    )
    for name, text, options, holes in (
        (
            "cluster_fiml_mlr",
            'FIML, `cluster`, `estimator="MLR"`',
            {"estimator": "MLR", "missing": "ml"},
            True,
        ),
        ("cluster_mlr", '`cluster`, `estimator="MLR"`', {"estimator": "MLR"}, False),
        ("cluster", "`cluster` alone", {}, False),
    ):
        case = reference("lavaan_options.json", name)
        found = fit(HS, gaps(frame) if holes else frame, cluster="block", **options)
        out.append(
            (
                "6 scaling under clusters",
                text,
                f"c {case['fit']['chisq.scaling.factor']:.5f}",
                f"c {found.indices['chisq_scaling_factor']:.5f}",
            )
        )
    case = reference("lavaan_texts.json", "large_scale")
    found = fit(case["model"], frame)
    large = fit(case["model"], frame.assign(x9=frame["x9"] * 1e6))
    out.append(
        (
            "7 an outcome in rupiah",
            "`visual =~ x1 + x2 + x3; x9 ~ visual`, x9 and 10⁶·x9",
            f"χ² {case['fit']['chisq']:.4f}; 61.8 in large units, called converged",
            f"χ² {found.x2:.4f} and {large.x2:.4f}, notes: {len(large.notes)}",
        )
    )
    case = reference("lavaan_texts.json", "label_groups")
    found = fit(case["model"], frame, group="school")
    out.append(
        (
            "8 one label over groups",
            '`visual =~ x1 + a*x2 + x3; textual =~ x4 + x5 + x6`, `group="school"`',
            f"df {case['fit']['df']}, χ² {case['fit']['chisq']:.4f}, a warning",
            f"df {found.df}, χ² {found.x2:.4f}, {told(found, 'SEM424')}",
        )
    )
    refused = code(lambda: fit("f =~ o5 + o6 + o9\no5 ~~ 2*o5", frame, ordered=True))
    case = reference("lavaan_options.json", "theta_fixed")
    free = fit(case["model"], frame.assign(o7=np.searchsorted((3.5, 4.5), frame["x7"], side="right")),
               ordered=["o5", "o6", "o9", "o7"], estimator="WLSMV", parameterization="theta")  # fmt: skip
    out.append(
        (
            "8 `o5 ~~ 2*o5` of an ordinal item",
            "Delta; Theta",
            f"ignored, θ −.118; χ² {case['fit']['chisq']:.4f}",
            f"refused, {refused}; χ² {free.x2:.4f}",
        )
    )
    rng = np.random.default_rng(3)
    made = 0.35 * np.repeat(rng.normal(size=(12, 2)), 4, axis=1) + rng.normal(size=(12, 8))
    names = [f"{letter}{k}" for letter in "AB" for k in (1, 2, 3, 4)]
    twelve = pd.DataFrame(np.digitize(made, [-1.2, -0.4, 0.4, 1.2]) + 1.0, columns=names)
    lost = cfa(twelve, scales={"A": names[:4], "B": names[4:]}, compare=())
    table = validity(lost).tidy()
    out.append(
        (
            "9 twelve respondents, eight items",
            "`cfa`, `validity`",
            "not converged, no indices",
            f"converged: {lost.fit.converged}; CFI {lost.fit.indices['cfi']:.3f}, AVE "
            f"{', '.join(f'{v:.3f}' for v in table['ave'])}; note {validity(lost).notes[0].code}",
        )
    )
    scales = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"]}
    plain = _htmt(frame, scales)
    turned = _htmt(frame.assign(x2=-frame["x2"]), scales)
    out.append(
        (
            "10 HTMT with an unrecoded item",
            "visual and textual; the same with −x2",
            "semTools: .424 both",
            f"{plain:.3f} and {turned:.3f}",
        )
    )
    return out


def _htmt(frame: pd.DataFrame, scales: dict[str, list[str]]) -> float:
    return float(validity(cfa(frame, scales=scales, compare=())).pairs["htmt"].iloc[0])


def table() -> str:
    lines = ["| kind | model text and options | lavaan 0.6-14 | here |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows())])


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    block = re.compile(r"(<!-- generated: kinds -->\n).*?(<!-- end -->)", re.DOTALL)
    fresh = table()
    PAGE.write_text(block.sub(lambda m: m[1] + "\n" + fresh + "\n\n" + m[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
