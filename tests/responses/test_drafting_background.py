"""Questions about the person in a draft: names stay out, remarks are no category, answers stand in order."""

import csv

import numpy as np
import pytest

from umkm_stats import draft_instrument, read_responses
from umkm_stats.responses.drafting._ranked import ranked

AGREE = ["Sangat Tidak Setuju", "Tidak Setuju", "Netral", "Setuju", "Sangat Setuju"]
N = 40


def written(path, columns):
    rng = np.random.default_rng(1)
    base = rng.normal(size=N)
    for k in range(1, 5):
        points = np.clip(np.round(3 + base + 0.6 * rng.normal(size=N)), 1, 5).astype(int)
        columns = {**columns, f"Mutu [Pernyataan {k}.]": [AGREE[p - 1] for p in points]}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([cells[i] for cells in columns.values()] for i in range(N))
    return path


def turn(*words):
    return [words[i % len(words)] for i in range(N)]


@pytest.mark.parametrize(
    "heading", ["Nama", "Nama (boleh inisial)", "NAMA LENGKAP", "Nama Responden:", "Inisial", "Name"]
)
def test_a_name_stays_personal_however_often_it_comes_back(tmp_path, heading):
    path = written(tmp_path / "a.csv", {heading: turn("Siti Aminah", "Budi Santoso", "Rina Wati")})
    draft = draft_instrument(path)
    assert draft.columns["role"].iloc[0] == "personal"
    assert "Siti" not in draft.yaml
    assert "Siti" not in draft.summary("id")


@pytest.mark.parametrize("heading", ["Nama toko yang paling sering dikunjungi", "Nama kota", "Nama Produk"])
def test_a_name_of_a_thing_is_a_characteristic(tmp_path, heading):
    path = written(tmp_path / "a.csv", {heading: turn("Samarinda", "Bontang", "Berau")})
    assert draft_instrument(path).columns["role"].iloc[0] != "personal"


@pytest.mark.parametrize("heading", ["Saran untuk tempat usaha ini", "Kritik dan saran", "Comments"])
def test_remarks_are_no_characteristic(tmp_path, heading):
    path = written(tmp_path / "a.csv", {heading: turn("Bagus", "-", "Lebih cepat, ya", "Bagus, cepat")})
    draft = draft_instrument(path)
    assert (draft.columns["role"].iloc[0], draft.columns["clue"].iloc[0]) == ("ignored", "free_text")


def test_letters_of_a_sex_are_spelled_out_and_read_back(tmp_path):
    path = written(tmp_path / "a.csv", {"JK": turn("L", "P", "P"), "Pekerjaan": turn("PNS", "-", "Swasta")})
    draft = draft_instrument(path)
    sex, work = (q for q in draft.instrument.questions if not q.is_item)
    assert sex.text["id"] == "Jenis Kelamin"
    assert [c.label["id"] for c in sex.choices] == ["Laki-laki", "Perempuan"]
    assert [c.label["id"] for c in work.choices] == ["PNS", "Swasta"]  # a dash is no answer
    read = read_responses(path, draft.instrument)
    assert read.respondents[sex.code].value_counts().to_dict() == {1.0: 14, 2.0: 26}
    assert int(read.respondents[work.code].isna().sum()) == 13


@pytest.mark.parametrize(
    "order",
    [
        ["< Rp 1,5 juta", "Rp 1,5 juta - Rp 3 juta", "> Rp 3 juta"],
        ["< Rp500.000", "Rp500.000 - Rp1.000.000", "Rp1.000.001 - Rp2.000.000", "> Rp2.000.000"],
        ["500 ribu - 1 juta", "1-3 juta", "> 3 juta"],
        ["< 17 tahun", "17-20 tahun", "21-25 tahun", "> 25 tahun"],
        ["Kurang dari 1 tahun", "1 - 5 tahun", "Lebih dari 5 tahun"],
        ["SD", "SMP", "SMA/sederajat", "Diploma (D3)", "Sarjana (S1)", "Pascasarjana (S2)", "Lainnya"],
        ["Mahasiswa", "PNS", "Swasta", "Lainnya"],
    ],
)
def test_answers_stand_in_the_order_of_their_meaning(order):
    assert ranked(order[::-1]) == order
    assert ranked(order[1:] + order[:1]) == order


@pytest.mark.parametrize(
    ("words", "short"),
    [
        (AGREE, ["STS", "TS", "N", "S", "SS"]),
        ([*AGREE[:2], "Kurang Setuju", *AGREE[3:]], ["STS", "TS", "KS", "S", "SS"]),
        (["Tidak Pernah", "Jarang", "Kadang-kadang", "Sering", "Selalu"], []),
    ],
)
def test_columns_of_agreement_are_headed_as_theses_head_them(tmp_path, words, short):
    path = tmp_path / "a.csv"
    rows = [[words[(r + k) % 5] for k in range(4)] for r in range(N)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[f"Mutu [Pernyataan {k}.]" for k in range(4)], *rows])
    draft = draft_instrument(path)
    (scale,) = draft.instrument.response_scales.values()
    assert list(scale.short.get("id", {}).values()) == short
    assert not read_responses(path, draft.instrument).items.isna().any().any()
