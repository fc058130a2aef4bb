"""What stands in the way of an item is named, and what may be there twice is asked."""

import numpy as np
import pytest

from umkm_stats import draft_instrument, load_instrument, read_responses
from umkm_stats.errors import UmkmError

AGREE = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
ENGLISH = ["Strongly Disagree", "Disagree", "Neutral", "Agree", "Strongly Agree"]
HEADS = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
ROWS = 40
POINTS = 1 + np.random.default_rng(8).permuted(np.tile(np.arange(ROWS) % 5, (6, 1)), axis=1).T


def sheet(tmp_path, words=AGREE, odd=None, heads=HEADS, points=POINTS):
    """Six items as CSV; ``odd``: (row, column) → what was typed there."""
    cells = [[str(words[v - 1]) for v in row] for row in points.tolist()]
    for (row, column), typed in (odd or {}).items():
        cells[row][column] = typed
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(",".join(row) for row in [heads, *cells]) + "\n", encoding="utf-8")
    return path


def notes(draft):
    return {note.code: note.params for note in draft.notes}


@pytest.mark.parametrize("lang", ["en", "id"])
def test_typos_everywhere_are_named_with_counts_and_columns(tmp_path, lang):
    odd = {
        (row, column): AGREE[POINTS[row, column] - 1][:-1] + "x" * (row % 2)
        for row in range(0, ROWS, 6)
        for column in range(6)
    }
    with pytest.raises(UmkmError) as caught:
        draft_instrument(sheet(tmp_path, odd=odd), lang=lang)
    assert caught.value.code == "RSP320"
    words = caught.value.params["words"]
    counts = {typed: list(odd.values()).count(typed) for typed in odd.values()}
    for typed, times in counts.items():
        letters = dict.fromkeys(
            "ABCDEF"[c] for (_, c), t in sorted(odd.items(), key=lambda o: o[0][1]) if t == typed
        )
        assert f'"{typed}" ({times}×: {" ".join(letters)})' in words
    assert all(typed in str(caught.value) for typed in counts)


def test_half_the_answers_in_another_language_are_named(tmp_path):
    odd = {(r, c): ENGLISH[POINTS[r, c] - 1] for r in range(0, ROWS, 2) for c in range(6)}
    with pytest.raises(UmkmError) as caught:
        draft_instrument(sheet(tmp_path, odd=odd))
    assert caught.value.code == "RSP320"
    told = " ".join(caught.value.params["words"])
    named = [word for word in (*AGREE, *ENGLISH) if f'"{word}"' in told]
    assert named in (AGREE, ENGLISH)  # those of one language stand in the way of the other


def test_counts_alone_are_no_hindered_items(tmp_path):
    path = tmp_path / "a.csv"
    rows = [f"{r % 4 + 1}{' orang' * (r % 5 == 0)}" for r in range(30)]
    path.write_text(
        "\n".join(["Jumlah yang membantu,Ya", *(f"{row},x" for row in rows)]) + "\n", encoding="utf-8"
    )
    with pytest.raises(UmkmError) as caught:
        draft_instrument(path)
    assert caught.value.code == "RSP302"


def test_long_texts_and_addresses_in_the_way_are_counted_and_not_copied(tmp_path):
    odd = {(r, c): ("a@b.id", "0812345678", "kata " * 9)[r % 3] for r in range(9) for c in range(6)}
    with pytest.raises(UmkmError) as caught:
        draft_instrument(sheet(tmp_path, odd=odd), lang="en")
    assert (caught.value.code, caught.value.params) == ("RSP320", {"words": ["… (+2)"]})
    assert "a@b.id" not in str(caught.value)
    assert "0812" not in str(caught.value)


@pytest.mark.parametrize(("words", "typed"), [(AGREE, "Yups"), (AGREE, "Agree"), ([1, 2, 3, 4, 5], "lima")])
def test_a_column_of_items_with_some_strays_is_asked_about(tmp_path, words, typed):
    draft = draft_instrument(sheet(tmp_path, words, {(r, 0): typed for r in (3, 9, 20)}), lang="en")
    assert draft.columns["role"].tolist() == ["background", *["item"] * 5]
    assert draft.columns["certainty"].tolist() == ["ask", *["sure"] * 5]
    assert notes(draft)["RSP321"] == {"columns": ["A"], "words": [f'"{typed}" (3×: A)']}
    assert any(typed in question for question in draft.questions)


def test_a_sentence_answered_in_the_words_of_its_neighbours_is_asked_about(tmp_path):
    heads = [f"Saya {word} di toko ini" for word in ("duduk", "makan", "minum", "baca", "lihat", "bayar")]
    draft = draft_instrument(sheet(tmp_path, odd={(r, 2): "Oke" for r in (3, 9, 20)}, heads=heads))
    assert draft.columns["role"][2] == "background"
    assert draft.columns["certainty"][2] == "ask"
    assert "RSP321" in notes(draft)


def test_a_code_of_items_over_answers_of_no_scale_is_asked_about(tmp_path):
    odd = {(r, 1): str(20 + r) for r in range(ROWS)}
    draft = draft_instrument(sheet(tmp_path, [1, 2, 3, 4, 5], odd), lang="en")
    assert (draft.columns["role"][1], draft.columns["certainty"][1]) == ("background", "ask")
    assert notes(draft)["RSP322"] == {"columns": ["B"]}


def test_age_beside_items_is_not_asked_about(tmp_path):
    odd = {(r, 0): str(20 + r % 30) for r in range(ROWS)}
    draft = draft_instrument(sheet(tmp_path, odd=odd, heads=["Usia", *HEADS[1:]]))
    assert draft.columns["certainty"][0] == "sure"
    assert not {"RSP321", "RSP322"} & set(notes(draft))


@pytest.mark.parametrize(("times", "typed"), [(1, "Ragu-ragu"), (3, "Ragu-ragu"), (1, "Biasa saja")])
def test_another_middle_word_beside_netral_is_asked_and_not_guessed(tmp_path, times, typed):
    rows = np.flatnonzero(POINTS[:, 2] == 3)[:times]
    path = sheet(tmp_path, odd={(int(r), 2): typed for r in rows})
    draft = draft_instrument(path, lang="en")
    assert draft.columns["role"].tolist() == ["item"] * 6
    asked = notes(draft)["RSP323"]
    assert (asked["word"], asked["count"], asked["other"]) == (typed, times, "Netral")
    (scale,) = draft.instrument.response_scales.values()
    assert (len(scale.values), dict(scale.synonyms), scale.labels["id"][3]) == (5, {}, "Netral")
    read = read_responses(path, load_instrument(draft.save(tmp_path / "i.yaml")))
    assert {(r.column, int(r.row)) for r in read.findings.itertuples()} == {("C", int(r) + 2) for r in rows}
    assert int(read.items.isna().sum().sum()) == times


def test_another_middle_word_of_a_whole_part_or_spelling_is_read(tmp_path):
    odd = {(int(r), c): "Ragu-ragu" for c in (3, 4, 5) for r in np.flatnonzero(POINTS[:, c] == 3)}
    odd[next(key for key in odd)] = "Ragu ragu"
    path = sheet(tmp_path, odd=odd)
    draft = draft_instrument(path)
    assert "RSP323" not in notes(draft)
    read = read_responses(path, load_instrument(draft.save(tmp_path / "i.yaml")))
    assert np.array_equal(read.items.to_numpy(), POINTS.astype(float))


def test_two_columns_of_one_code_are_asked_about(tmp_path):
    path = sheet(tmp_path, heads=["X1", "X1", "X2", *HEADS[3:]])
    draft = draft_instrument(path, lang="en")
    assert draft.columns["certainty"].tolist() == ["ask", "ask", *["sure"] * 4]
    assert notes(draft)["RSP324"] == {"codes": ["X1"], "columns": ["A", "B"]}
    assert "RSP325" not in notes(draft)


@pytest.mark.parametrize("words", [AGREE, [1, 2, 3, 4, 5]])
def test_the_same_answers_three_times_are_no_total_and_asked_about(tmp_path, words):
    points = POINTS.copy()
    points[:, 1] = points[:, 2] = points[:, 0]
    draft = draft_instrument(sheet(tmp_path, words, points=points), lang="en")
    assert draft.columns["role"].tolist() == ["item"] * 6
    assert draft.columns["certainty"].tolist() == [*["ask"] * 3, *["sure"] * 3]
    assert notes(draft)["RSP325"] == {"columns": ["A", "B", "C"]}


def test_a_mean_of_two_copies_that_is_headed_so_is_still_one(tmp_path):
    points = POINTS.copy()
    points[:, 1] = points[:, 2] = points[:, 0]
    draft = draft_instrument(
        sheet(tmp_path, [1, 2, 3, 4, 5], heads=["X1", "X2", "Rata-rata", *HEADS[3:]], points=points)
    )
    assert (draft.columns["role"][2], draft.columns["clue"][2]) == ("ignored", "total")


def test_few_rows_that_agree_by_chance_are_no_copies(tmp_path):
    points = POINTS[:8].clip(2, 3)
    points[:, 1] = points[:, 0]
    draft = draft_instrument(sheet(tmp_path, [1, 2, 3, 4, 5], points=points))
    assert "RSP325" not in notes(draft)
