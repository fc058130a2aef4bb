"""A few odd cells among the answers make no scale of their own, and no column is lost for them."""

import numpy as np
import pytest

from umkm_stats import draft_instrument, load_instrument, read_responses
from umkm_stats.errors import UmkmError

AGREE = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
HEADS = [f"{code}.{i}" for code in ("X", "Y") for i in (1, 2, 3, 4)]
NUMBERS = [str(v) for v in range(1, 6)]


def sheet(path, words, odd, n=60, middle=None):
    """Eight items of two variables as CSV; ``odd``: (row, column) → what was typed there."""
    rng = np.random.default_rng(5)
    common = rng.normal(size=(n, 2)).repeat(4, axis=1)
    order = (common + 0.7 * rng.normal(size=(n, 8))).argsort(axis=0).argsort(axis=0)
    cells = [[words[order[r, c] * 5 // n] for c in range(8)] for r in range(n)]
    for (row, column), typed in odd.items():
        cells[row][column] = typed
    if middle:
        cells = [[*row[:4], *(middle if cell == words[2] else cell for cell in row[4:])] for row in cells]
    path.write_text("\n".join(",".join(row) for row in [HEADS, *cells]) + "\n", encoding="utf-8")
    return path


def scales_of(draft):
    """Heading → values of its scale."""
    sizes = {name: len(scale.values) for name, scale in draft.instrument.response_scales.items()}
    return [sizes.get(name) for name in draft.columns["scale"]]


@pytest.mark.parametrize("typed", ["lima", "x", "?", "3/4", "1e1", "5 (sangat)", "#REF!", "Setuju", "STS"])
@pytest.mark.parametrize("again", [False, True])
def test_a_typed_word_among_numbers_is_asked_about_in_its_own_column(tmp_path, typed, again):
    odd = {(3, 2): typed} | ({(7, 2): typed, (9, 5): typed} if again else {})
    path = sheet(tmp_path / "a.csv", NUMBERS, odd)
    draft = draft_instrument(path, lang="id")
    assert list(draft.columns["role"]) == ["item"] * 8
    assert scales_of(draft) == [5] * 8
    assert set(draft.columns["construct"]) == {"X", "Y"}
    draft.save(tmp_path / "i.yaml")
    found = read_responses(path, load_instrument(tmp_path / "i.yaml"))
    told = {(r.column, int(r.row)) for r in found.findings.itertuples() if r.item}
    assert told == {("ABCDEFGH"[c], r + 2) for r, c in odd}
    assert int(found.items.isna().sum().sum()) == len(odd)


@pytest.mark.parametrize(
    "odd",
    [
        {(3, 4): "Yups"},
        {(3, 4): "Yups", (5, 5): "Yups"},
        {(3, 4): "Yups", (5, 4): "Yups"},
        {(3, 4): "Puas", (5, 5): "Puas"},
        {(3, 4): "Kurang Setuju"},
        {(3, 4): "-", (5, 1): "-"},
    ],
)
def test_a_few_words_of_no_scale_leave_the_five_points(tmp_path, odd):
    draft = draft_instrument(sheet(tmp_path / "a.csv", AGREE, odd), lang="id")
    assert list(draft.columns["role"]) == ["item"] * 8
    assert scales_of(draft) == [5] * 8
    assert len(set(draft.columns["scale"])) == 1


def test_two_parts_with_another_middle_keep_five_points_each(tmp_path):
    path = sheet(tmp_path / "a.csv", AGREE, {}, middle="Kurang Setuju")
    draft = draft_instrument(path, lang="id")
    assert scales_of(draft) == [5] * 8
    assert len(set(draft.columns["scale"])) == 2
    draft.save(tmp_path / "i.yaml")
    found = read_responses(path, load_instrument(tmp_path / "i.yaml"))
    assert np.allclose(found.items.mean(), 3)  # each point of each column has a fifth of the answers


def test_six_points_stay_six(tmp_path):
    six = {(r, c): "Kurang Setuju" for r in range(0, 60, 4) for c in range(8)}
    assert scales_of(draft_instrument(sheet(tmp_path / "a.csv", AGREE, six), lang="id")) == [6] * 8


def test_a_dash_is_missing_and_a_sign_is_none(tmp_path):
    path = sheet(tmp_path / "a.csv", NUMBERS, {(3, 2): "-", (4, 2): "-", (5, 5): "+4"})
    draft = draft_instrument(path, lang="id")
    assert scales_of(draft) == [5] * 8
    draft.save(tmp_path / "i.yaml")
    items = read_responses(path, load_instrument(tmp_path / "i.yaml")).items
    assert int(items.isna().sum().sum()) == 2
    assert items.iloc[5, 5] == 4


def test_twelve_rows_with_a_typed_word(tmp_path):
    draft = draft_instrument(sheet(tmp_path / "a.csv", NUMBERS, {(3, 2): "lima"}, n=12), lang="id")
    assert list(draft.columns["role"]) == ["item"] * 8


def test_a_column_that_is_half_words_is_no_scale_of_numbers(tmp_path):
    odd = {(r, 3): f"kira-kira {r}" for r in range(0, 60, 2)}
    try:
        draft = draft_instrument(sheet(tmp_path / "a.csv", NUMBERS, odd), lang="id")
    except UmkmError:
        pytest.fail("the other columns are still items")
    assert list(draft.columns["role"][:3]) == ["item"] * 3
    assert draft.columns["role"][3] != "item"


@pytest.mark.parametrize("typed", ["0", "6", "7", "55", "44", "4.5", "-3"])
@pytest.mark.parametrize("cells", [[(3, 2)], [(3, 2), (8, 6)]])
def test_a_mistyped_number_makes_no_further_point(tmp_path, typed, cells):
    path = sheet(tmp_path / "a.csv", NUMBERS, dict.fromkeys(cells, typed))
    draft = draft_instrument(path, lang="id")
    assert list(draft.columns["role"]) == ["item"] * 8
    assert {tuple(s.values) for s in draft.instrument.response_scales.values()} == {(1, 2, 3, 4, 5)}
    draft.save(tmp_path / "i.yaml")
    found = read_responses(path, load_instrument(tmp_path / "i.yaml"))
    assert {(r.column, int(r.row)) for r in found.findings.itertuples() if r.item} == {
        ("ABCDEFGH"[c], r + 2) for r, c in cells
    }


@pytest.mark.parametrize(("least", "values"), [(0, (0, 1, 2, 3, 4)), (1, tuple(range(1, 8)))])
def test_rare_ends_of_a_longer_scale_stay(tmp_path, least, values):
    words = [str(v) for v in (values if least == 0 else (2, 3, 4, 5, 6))]
    odd = {(r, r % 8): str(values[-1]) for r in range(0, 60, 9)}
    draft = draft_instrument(sheet(tmp_path / "a.csv", words, odd), lang="id")
    assert {tuple(s.values) for s in draft.instrument.response_scales.values()} == {values}


def test_a_name_over_codes_names_the_variable_and_no_item(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.append(["Tabulasi data penelitian"])
    page.append([])
    page.append(["No", "Kualitas Layanan (X1)", None, None, None, "Loyalitas (Y)"])
    page.append([None, "X1.1", "X1.2", "X1.3", "Total", "Y.1", "Y.2", "Y.3", "Total"])
    page.merge_cells("A3:A4")
    page.merge_cells("B3:E3")
    page.merge_cells("F3:I3")
    rng = np.random.default_rng(2)
    for row in range(40):
        one, two = rng.integers(1, 6, 3).tolist(), rng.integers(1, 6, 3).tolist()
        page.append([row + 1, *one, sum(one), *two, sum(two)])
    book.save(tmp_path / "a.xlsx")
    draft = draft_instrument(tmp_path / "a.xlsx", lang="id")
    labels = {c.code: c.label["id"] for c in draft.instrument.constructs}
    assert labels == {"X1": "Kualitas Layanan", "Y": "Loyalitas"}
    texts = [item.text["id"] for item in draft.instrument.items]
    assert len(set(texts)) == 6
    assert not any("Layanan" in text for text in texts)


def test_words_of_a_scale_are_no_free_text_however_few_the_rows(tmp_path):
    rows = [
        "X.1,X.2,X.3",
        *(",".join([AGREE[i % 5], AGREE[(i + 1) % 5], AGREE[(2 * i) % 5]]) for i in range(6)),
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert list(draft_instrument(path, lang="id").columns["role"]) == ["item"] * 3


@pytest.mark.parametrize(
    "words",
    [
        [f"{word.upper()} ({''.join(part[0] for part in word.split())})" for word in AGREE],
        [f"{''.join(part[0] for part in word.split())} = {word}" for word in AGREE],
        [f"{''.join(part[0] for part in word.split())} ({word})" for word in AGREE],
        [word.lower().replace("tidak", "tdk").replace("sangat", "sgt") for word in AGREE],
    ],
)
def test_words_with_their_initials_and_shortened_words_are_the_words(tmp_path, words):
    path = sheet(tmp_path / "a.csv", words, {})
    draft = draft_instrument(path, lang="id")
    assert list(draft.columns["role"]) == ["item"] * 8
    (scale,) = draft.instrument.response_scales.values()
    shown = {v: scale.labels["id"][v] for v in scale.values}
    assert [shown[v].casefold() for v in range(1, 6)] == [word.casefold() for word in AGREE]
    draft.save(tmp_path / "i.yaml")
    found = read_responses(path, load_instrument(tmp_path / "i.yaml"))
    plain = sheet(tmp_path / "b.csv", NUMBERS, {}).read_text(encoding="utf-8").splitlines()[1:]
    meant = [[float(v) for v in row.split(",")] for row in plain]
    assert found.items.to_numpy().tolist() == meant
    draft_instrument(sheet(tmp_path / "c.csv", AGREE, {}), lang="id").save(tmp_path / "own.yaml")
    found = read_responses(path, load_instrument(tmp_path / "own.yaml"))  # labels without the initials
    assert found.items.to_numpy().tolist() == meant
