"""Identifiers: found, split off, disguised, never shown."""

from __future__ import annotations

import logging

import pytest

from umkm_stats.errors import UmkmError
from umkm_stats.responses import read_responses
from umkm_stats.responses._privacy import header_kind, identifier_in

from .conftest import ITEMS

GOOD = ["5", "4", "2", "4", "4", "3", "5", "5", "4"]
OTHER = ["4", "4", "1", "5", "4", "4", "5", "3", "4"]
SECRETS = [
    "Siti Rahmawati",
    "0812-3456-7890",
    "siti@contoh.co.id",
    "-0.5022, 117.1536",
    "6472010101900001",
    "Jl. Mulawarman 5",
]


def everything(answers):
    """All text that leaves a reading."""
    return "".join(
        (
            answers.findings.to_csv(),
            answers.summary("en"),
            answers.summary("id"),
            repr(answers.privacy),
            str(answers.to_dict()),
            answers.respondents.to_csv(),
            answers.privacy.tidy().to_csv(),
            answers.privacy.pseudonyms.to_csv(),
            repr(answers.source),
            answers.tidy().to_csv(),
            str(answers.table.columns),
            "".join(map(str, answers.notes)),
        )
    )


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Nama Responden", "name"),
        ("Nama usaha", "name"),
        ("Your name", "name"),
        ("Alamat e-mail", "email"),
        ("Email Address", "email"),
        ("No. HP", "phone"),
        ("Nomor WhatsApp aktif", "phone"),
        ("Phone number", "phone"),
        ("NIK", "national_id"),
        ("Alamat", "address"),
        ("_GPS_latitude", "location"),
        ("Koordinat lokasi usaha", "location"),
        ("deviceid", "device"),
        ("Akun Instagram usaha", "account"),
        ("Jumlah karyawan", None),
        ("Jenis kerajinan", None),
        ("Kami memakai saran pihak luar.", None),
        ("Alamatkan keluhan", None),
        ("Kota", None),
    ],
)
def test_headings(heading, kind):
    assert header_kind(heading) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hubungi 0812-3456-7890 ya", "phone"),
        ("+62 812 3456 7890", "phone"),
        ("a.b@contoh.id", "email"),
        ("-0.5022, 117.1536", "location"),
        ("6472010101900001", "national_id"),
        ("2026-11-01 10:00:00", None),
        ("01/11/2026 10.00.00", None),
        ("Rp 300.000.000", None),
        ("12345", None),
        ("uuid:1b2c3d4e-0812-4567-8901-abcdefabcdef", None),
    ],
)
def test_content(text, kind):
    assert identifier_in(text) == kind


def test_identifiers_never_leave(tmp_path, tiny, write, caplog):
    caplog.set_level(logging.DEBUG)
    heads = ["Nama", "Kontak lain", "Email", "Lokasi", "KTP", "Alamat"]
    rows = [
        [*heads, *ITEMS, "Saran"],
        [*SECRETS, *GOOD, "WA saya 081234567890"],
        ["Budi", "0813 9999 1111", "b@x.id", "-0.51, 117.12", "6472010101900002", "Jl. B", *OTHER, "bagus"],
        *(
            [
                f"Orang {i}",
                f"0813 9999 11{i}",
                f"c{i}@x.id",
                f"-0.5{i}, 117.1{i}4",
                f"64720101019000{i}",
                f"Jl. C {i}",
                *OTHER,
                f"saran {i}",
            ]
            for i in range(20, 30)
        ),
    ]
    answers = read_responses(write(tmp_path / "a.csv", rows), tiny)
    assert len(answers.privacy.identifiers) == 6
    assert {i.kind for i in answers.privacy.identifiers} == {
        "name",
        "phone",
        "email",
        "location",
        "national_id",
        "address",
    }
    text = everything(answers) + caplog.text
    for secret in (*SECRETS, "081234567890", "Budi", "b@x.id"):
        assert secret not in text
    assert answers.respondents["Saran"].tolist()[:2] == [None, "bagus"]
    assert set(heads).isdisjoint(answers.respondents.columns)
    assert answers.privacy.pseudonyms.map(lambda v: len(v) == 16).all().all()
    answers.write_findings(tmp_path / "findings.xlsx")
    import zipfile

    with zipfile.ZipFile(tmp_path / "findings.xlsx") as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    for secret in (*SECRETS, "081234567890"):
        assert secret not in whole


def test_identifier_in_an_item_cell_is_not_shown(tmp_path, tiny, write):
    answers = read_responses(
        write(tmp_path / "a.csv", [ITEMS, ["siti@contoh.co.id", *GOOD[1:]], OTHER]), tiny
    )
    row = answers.findings.loc[answers.findings["code"] == "RSP209"].iloc[0]
    assert (row["row"], row["column"], row["value"]) == (2, "A", "***")
    assert "siti@" not in everything(answers)
    assert "siti@" not in repr(answers)


def test_question_marked_personal_is_split_off(tmp_path, tiny, write):
    answers = read_responses(
        write(tmp_path / "a.csv", [[*ITEMS, "CONTACT"], [*GOOD, "Bu Siti di pasar"], [*OTHER, ""]]), tiny
    )
    assert answers.privacy.identifiers[0].found_by == "instrument"
    assert "CONTACT" not in answers.respondents
    assert "Bu Siti" not in everything(answers)


def test_pseudonyms_are_keyed_and_stable(tmp_path, tiny, write, monkeypatch):
    path = write(tmp_path / "a.csv", [[*ITEMS, "Nama"], [*GOOD, "Ani"], [*OTHER, " ANI "]])
    first = read_responses(path, tiny).privacy
    second = read_responses(path, tiny).privacy
    assert first.key_kept
    assert first.pseudonyms.equals(second.pseudonyms)
    assert first.pseudonyms.iloc[0, 0] == first.pseudonyms.iloc[1, 0]
    monkeypatch.setenv("UMKM_STATS_KEY_FILE", str(tmp_path.parent / "other" / "key"))
    assert not read_responses(path, tiny).privacy.pseudonyms.equals(first.pseudonyms)


def test_key_beside_the_data_is_refused(tmp_path, tiny, write, monkeypatch):
    path = write(tmp_path / "a.csv", [[*ITEMS, "Nama"], [*GOOD, "Ani"]])
    monkeypatch.setenv("UMKM_STATS_KEY_FILE", str(tmp_path / "sub" / "key"))
    with pytest.raises(UmkmError, match="RSP122"):
        read_responses(path, tiny)


def test_without_a_place_for_the_key(tmp_path, tiny, write, monkeypatch):
    path = write(tmp_path / "a.csv", [[*ITEMS, "Nama"], [*GOOD, "Ani"]])
    blocker = tmp_path.parent / "blocker"
    blocker.write_text("x", encoding="utf-8")
    monkeypatch.setenv("UMKM_STATS_KEY_FILE", str(blocker / "key"))
    answers = read_responses(path, tiny)
    assert not answers.privacy.key_kept
    assert "RSP257" in set(answers.findings["code"])


def test_the_kind_of_every_identifier_has_words_in_both_languages():
    from umkm_stats import messages
    from umkm_stats.responses._headings import _RULES

    for kind in [*(kind for kind, _ in _RULES), "personal", "location"]:
        english = messages.message("RSP235", "en", column="B", kind=kind)
        own = messages.message("RSP235", "id", column="B", kind=kind)
        assert f"({messages.text(f'responses.identifier.{kind}', 'id')})" in own
        assert english != own
    assert "(nomor telepon)" in messages.message("RSP235", "id", column="C", kind="phone")
