"""Model text: what is read, and that each fault names its line and token."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import umkm_stats.sem as sem
from sem_data import holzinger
from umkm_stats.errors import UmkmError
from umkm_stats.sem.estimate._compile import compile_table
from umkm_stats.sem.text._defaults import build_table
from umkm_stats.sem.text._expression import gradient, read_expression
from umkm_stats.sem.text._language import read_model
from umkm_stats.sem.text._tokens import tokens


def terms(text: str) -> list[tuple[str, str, str]]:
    return [(term.lhs, term.op, term.rhs) for term in read_model(text).terms]


def test_statements_continue_and_end() -> None:
    text = "f =~ x1 + # first\n x2 +\n x3 ; g =~ x4\n  + x5\n y ~ f + \n\n g ! last\ny ~~ y; y ~ 1"
    assert terms(text) == [
        ("f", "=~", "x1"),
        ("f", "=~", "x2"),
        ("f", "=~", "x3"),
        ("g", "=~", "x4"),
        ("g", "=~", "x5"),
        ("y", "~", "f"),
        ("y", "~", "g"),
        ("y", "~~", "y"),
        ("y", "~1", ""),
    ]


def test_modifiers() -> None:
    model = read_model(
        "f =~ NA*x1 + a*x2 + c(b1, b2)*x3 + -0.5*x4 + start(.7)*x5 + lower(0)*x6 + x7\nf =~ L*x7"
    )
    kinds = {term.rhs: [(m.kind, m.values) for m in term.modifiers] for term in model.terms}
    assert kinds == {
        "x1": [("fix", (None,))],
        "x2": [("label", ("a",))],
        "x3": [("label", ("b1", "b2"))],
        "x4": [("fix", (-0.5,))],
        "x5": [("start", (0.7,))],
        "x6": [("lower", (0.0,))],
        "x7": [("label", ("L",))],
    }


def test_several_left_sides() -> None:
    assert terms("a + b ~ x + z") == [("a", "~", "x"), ("a", "~", "z"), ("b", "~", "x"), ("b", "~", "z")]


@pytest.mark.parametrize(
    ("text", "code", "line", "token"),
    [
        ("f =~ x1 + x2\ng =~ x3 $ x4", "SEM101", 2, "$"),
        ("f =~ x1\n\n``", "SEM101", 3, "``"),
        ("x1 + x2", "SEM102", 1, "x1"),
        ("f =~ x1 + x2\ny ~ f x", "SEM103", 2, "x"),
        ("f =~ x1 ~ x2", "SEM103", 1, "~"),
        ("y ~ a*x\nb := a +", "SEM103", 2, ""),
        ("y ~ a*x\nb := (a + 1", "SEM103", 2, "("),
        ("y ~ 2", "SEM103", 1, "2"),
        ("y ~ a*x\nb := sine(a)", "SEM104", 2, "sine"),
        ("y ~ foo(2)*x", "SEM105", 1, "foo"),
        ("y ~ c(a, 1)*x", "SEM105", 1, "c"),
        ("y <~ x", "SEM106", 1, "<~"),
        ("y ~ a*x\nb := a\nb := 2*a", "SEM108", 3, "b"),
    ],
)
def test_faults_name_line_and_token(text: str, code: str, line: int, token: str) -> None:
    with pytest.raises(UmkmError) as caught:
        read_model(text)
    assert caught.value.code == code
    assert caught.value.place.line == line
    assert caught.value.params["token"] == token
    assert str(line) in caught.value.message("en")
    assert str(line) in caught.value.message("id")


def test_an_empty_model() -> None:
    with pytest.raises(UmkmError) as caught:
        read_model("# nothing\n")
    assert caught.value.code == "SEM107"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("y ~ c(a, b, d)*x", "SEM109"),
        ("f =~ a*x1 + a*x2 + 0.5*x2 + x3", "SEM110"),
        ('f =~ x1 + equal("f=~x9")*x2 + x3', "SEM122"),
        ("y ~ a*x\nb == 2", "SEM112"),
        ("y ~ a*x\nd := a + b", "SEM112"),
        ("y ~ a*x + b*z\na == 1\na == 2", "SEM115"),
    ],
)
def test_faults_of_the_table(text: str, code: str) -> None:
    rng = np.random.Generator(np.random.Philox(key=1))
    names = ["x", "y", "z", "x1", "x2", "x3"]
    data = pd.DataFrame(rng.standard_normal((50, 6)), columns=names).assign(g=["a", "b"] * 25)
    with pytest.raises(UmkmError) as caught:
        fit = sem.fit(text, data, group="g" if code == "SEM109" else None)
        fit.defined(fit.params)
    assert caught.value.code == code


def test_names_with_any_character() -> None:
    data = holzinger().rename(columns={"x1": "item 1: ünï-code?", "x2": "2nd (item)"})
    plain = sem.fit("f =~ x1 + x2 + x3 + x4", holzinger())
    odd = sem.fit("f =~ `item 1: ünï-code?` + `2nd (item)` + x3 + x4", data)
    np.testing.assert_allclose(odd.params, plain.params, rtol=1e-10)
    assert odd.estimates["rhs"].iloc[0] == "item 1: ünï-code?"


def test_products_of_columns() -> None:
    data = holzinger()
    by_hand = sem.fit("x3 ~ x1 + x2 + p", data.assign(p=data["x1"] * data["x2"]))
    written = sem.fit("x3 ~ x1 + x2 + x1:x2", data)
    np.testing.assert_allclose(written.params, by_hand.params, rtol=1e-9)


def test_expressions_and_their_slopes() -> None:
    tree = read_expression([t for t in tokens("exp(a)*b^2 - sqrt(abs(c))/(1 + -a)") if t.kind != "end"], 1)
    values = {"a": 0.3, "b": 1.7, "c": -2.0}
    want = np.exp(0.3) * 1.7**2 - np.sqrt(2.0) / 0.7
    assert tree.evaluate(values) == pytest.approx(want, rel=1e-14)
    slopes = gradient(tree, values, ["a", "b", "c"])
    for name, slope in zip(["a", "b", "c"], slopes, strict=True):
        high = tree.evaluate({**values, name: values[name] + 1e-6})
        low = tree.evaluate({**values, name: values[name] - 1e-6})
        assert slope == pytest.approx((high - low) / 2e-6, rel=1e-7)


def test_effect_coding_is_another_scaling_of_the_same_model() -> None:
    base = sem.fit("f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6", holzinger())
    coded = sem.fit("f =~ NA*x1 + l1*x1 + l2*x2 + l3*x3\ng =~ x4 + x5 + x6\nl1 + l2 + l3 == 3", holzinger())
    assert coded.x2 == pytest.approx(base.x2, abs=1e-8)
    assert coded.df == base.df
    values = dict(zip(coded.param_names, coded.params, strict=True))
    assert values["l1"] + values["l2"] + values["l3"] == pytest.approx(3.0, abs=1e-12)


def test_the_compiled_structure_lists_each_cell_once() -> None:
    table = build_table(read_model("f =~ x1 + a*x2 + a*x3\ny ~ f + z\nx1 ~~ x2"))
    structure = compile_table(table).structure
    assert structure.n_params == len(table.names) == structure.n_free
    cells = list(zip(structure.cell_matrix, structure.cell_row, structure.cell_col, strict=True))
    assert len(set(cells)) == len(cells) == sum(bool(row.free) for row in table.rows)
    assert table.names.count("a") == 1


def test_any_text_gives_a_model_or_a_coded_error() -> None:
    rng = np.random.Generator(np.random.Philox(key=2))
    pool = [
        *"fgxy12abA_.~=~:<>|+*-/^()`\"'#!;\n ,",
        "=~",
        "~~",
        ":=",
        "==",
        "c(",
        "start(",
        "NA*",
        "`a b`",
        "1e5",
        "f =~ ",
        "x1",
    ]
    read, faults = 0, []
    for _ in range(4000):
        text = "".join(pool[i] for i in rng.integers(0, len(pool), int(rng.integers(1, 20))))
        try:
            read_model(text)
            read += 1
        except UmkmError as fault:
            faults.append(fault)
    assert read > 0
    assert all(fault.code.startswith("SEM1") and fault.message("id") for fault in faults)


def test_the_matrix_of_combinations_is_printed() -> None:
    text = sem.matrix_text(sem.ESTIMATORS)
    lines = text.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(sem.ESTIMATORS)
    assert all(len(line.split()) == len(lines[0].split()) + 1 for line in lines[1:])
    mlr = dict(
        zip(lines[0].split(), next(line for line in lines if line.startswith("MLR")).split()[1:], strict=True)
    )
    assert mlr["fiml"] == "yes"
    assert mlr["ordered"] == "-"
