"""study.yaml is written so that what a person wrote in it stays, and nothing else's file is touched."""

import os

import pytest

from umkm_stats.errors import UmkmError
from umkm_stats.study import read_study_file, write_study_file

OWN = """\
# punya saya
schema: umkm-study/1
# sebelum draws
draws: 500  # coba dulu
key_of_the_future: {a: 1}  # jangan hilang

exclude:
  - row: 3   # uji coba
    reason: 'tes sendiri'
  # catatan di antara
  - {row: 7, reason: ganda}
# akhir
"""


def written(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_bytes(text.encode())
    return path


def test_a_new_file_reads_back_as_given(tmp_path):
    path = tmp_path / "baru" / "study.yaml"
    values = {
        "title": 'Pengaruh X: "Y" #1',
        "models": ("M1",),
        "draws": 5000,
        "seed": 7,
        "style": "skripsi",
        "decimal": ",",
        "roles": {"x": ["X1", "X2"], "y": ["Y"]},
        "exclude": [{"row": 3, "reason": "NO: diisi peneliti"}],
        "groups": None,
    }
    assert write_study_file(path, values) == path
    read = read_study_file(path)
    assert (read.title, read.models, read.draws, read.decimal) == (values["title"], ("M1",), 5000, ",")
    assert (read.roles.x, read.roles.m, read.exclude[0].reason) == (("X1", "X2"), (), "NO: diisi peneliti")
    assert path.read_text(encoding="utf-8").startswith("schema: umkm-study/1\ntitle: ")
    assert [entry.name for entry in path.parent.iterdir()] == ["study.yaml"]


def test_comments_order_and_unknown_keys_stay(tmp_path):
    path = written(tmp_path, OWN)
    rows = [{"row": 3, "reason": "tes sendiri"}, {"row": 9, "reason": "kembar"}]
    write_study_file(path, {"draws": 5000, "exclude": rows, "seed": 3})
    text = path.read_text(encoding="utf-8")
    for kept in (
        "# punya saya",
        "# sebelum draws",
        "# coba dulu",
        "key_of_the_future: {a: 1}  # jangan hilang",
        "  - row: 3   # uji coba",
        "    reason: 'tes sendiri'",
        "# catatan di antara",
        "# akhir",
    ):
        assert kept in text
    assert text.index("# sebelum draws") < text.index("draws: 5000") < text.index("exclude:")
    assert "ganda" not in text
    write_study_file(path, {"exclude": [], "draws": None})
    text = path.read_text(encoding="utf-8")
    assert {"# punya saya", "# catatan di antara", "# akhir"} <= set(text.splitlines())
    assert "draws:" not in text
    with pytest.raises(UmkmError, match="STU005"):  # the key stays, and stays what it is: unknown
        read_study_file(path)


def test_writing_what_is_there_changes_no_byte_and_line_ends_stay(tmp_path):
    path = written(tmp_path, OWN)
    write_study_file(
        path, {"draws": 500, "exclude": [{"row": 3, "reason": "tes sendiri"}, {"row": 7, "reason": "ganda"}]}
    )
    assert path.read_text(encoding="utf-8").split() == OWN.split()
    path = written(tmp_path, "schema: umkm-study/1\r\ndraws: 5\r\n")
    write_study_file(path, {"seed": 1})
    assert path.read_bytes() == b"schema: umkm-study/1\r\ndraws: 5\r\nseed: 1\r\n"
    path = written(tmp_path, "\ufeff\n")
    write_study_file(path, {"seed": 1})
    assert path.read_bytes() == b"schema: umkm-study/1\nseed: 1\n"


@pytest.mark.parametrize(
    ("text", "values", "code"),
    [
        ("catatan: belanja\n", {"draws": 5}, "STU110"),
        ("- satu\n- dua\n", {"draws": 5}, "STU110"),
        ("schema: umkm-instrument/1\n", {"draws": 5}, "STU110"),
        ("schema: umkm-study/9\n", {"draws": 5}, "STU003"),
        ("schema: umkm-study/1\ndraws: [1\n", {"draws": 5}, "STU002"),
        ("schema: umkm-study/1\ndraws: 1\ndraws: 2\n", {"draws": 5}, "STU002"),
        ("schema: umkm-study/1\n", {"drawss": 5}, "STU005"),
        ("schema: umkm-study/1\n", {"schema": "x"}, "STU005"),
        ("schema: umkm-study/1\n", {"draws": 0}, "STU004"),
        ("schema: umkm-study/1\n", {"draws": object()}, "STU004"),
        ("schema: umkm-study/1\n", {"exclude": [{"row": 0, "reason": "abc"}]}, "STU004"),
        ("schema: umkm-study/1\nstyle: mla\n", {"draws": 5}, "STU004"),
        ("schema: umkm-study/1\n", {"title": "a\x00b"}, "GEN012"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(tmp_path, text, values, code):
    path = written(tmp_path, text)
    with pytest.raises(UmkmError) as fault:
        write_study_file(path, values)
    assert fault.value.code == code
    assert fault.value.message("id") != fault.value.message("en")
    assert path.read_bytes() == text.encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["study.yaml"]


def test_links_and_folders_are_refused(tmp_path):
    (tmp_path / "study.yaml").mkdir()
    with pytest.raises(UmkmError, match="STU111"):
        write_study_file(tmp_path / "study.yaml", {"draws": 5})
    other = tmp_path / "lain.yaml"
    other.write_text("schema: umkm-study/1\n", encoding="utf-8")
    try:
        os.symlink(other, tmp_path / "tautan.yaml")
    except OSError:
        pytest.skip("no right to make links here")
    with pytest.raises(UmkmError, match="STU111"):
        write_study_file(tmp_path / "tautan.yaml", {"draws": 5})
    assert other.read_text(encoding="utf-8") == "schema: umkm-study/1\n"


def test_a_system_that_refuses_leaves_the_old_file(tmp_path, monkeypatch):
    path = written(tmp_path, "schema: umkm-study/1\n")

    def refuse(*given):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UmkmError) as fault:
        write_study_file(path, {"draws": 5})
    assert fault.value.code == "STU112"
    assert path.read_text(encoding="utf-8") == "schema: umkm-study/1\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["study.yaml"]
