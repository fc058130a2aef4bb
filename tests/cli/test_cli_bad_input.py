"""Bad input at the command line: a coded message with place and remedy in both languages, exit code 1 or 2,
no partial output."""

import csv

import openpyxl
import pytest

from umkm_stats.cli import main


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")

    def call(responses, instrument, *more):
        out = tmp_path / "out"
        told = {}
        codes = set()
        for lang in ("en", "id"):
            with pytest.raises(SystemExit) as stop:
                main(
                    [
                        "--lang",
                        lang,
                        "analyze",
                        str(responses),
                        "--instrument",
                        str(instrument),
                        "--out",
                        str(out),
                        "--draws",
                        "20",
                        *more,
                    ]
                )
            codes.add(int(stop.value.code or 0))
            told[lang] = capsys.readouterr().err
            assert not out.exists()
            assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]
            assert "Traceback" not in told[lang]
        assert len(codes) == 1
        assert "What to do:" in told["en"]
        assert "Yang dapat dilakukan:" in told["id"]
        assert told["en"] != told["id"]
        return codes.pop(), told["en"]

    return call


@pytest.fixture
def rows(answers):
    with answers.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def column(rows, code):
    return next(place for place, head in enumerate(rows[0]) if f"Kami {code} satu" in head)


def test_unknown_instrument(run, answers):
    code, told = run(answers, "no_such_instrument")
    assert code == 2
    assert "INS001" in told or "INS006" in told


def test_yaml_with_a_typo(run, answers, small, tmp_path):
    path = small.write_instrument(tmp_path, small.instrument_text().replace("constructs:", "construct:", 1))
    code, told = run(answers, path)
    assert code in (1, 2)
    assert "INS0" in told
    assert "line" in told


def test_yaml_that_is_not_yaml(run, answers, small, tmp_path):
    path = small.write_instrument(
        tmp_path, small.instrument_text().replace("languages: [id, en]", "languages: [id, en")
    )
    code, told = run(answers, path)
    assert code in (1, 2)
    assert "line" in told


def test_file_that_is_not_there(run, instrument, tmp_path):
    code, told = run(tmp_path / "none.csv", instrument.origin)
    assert code in (1, 2)
    assert "RSP" in told


def test_empty_file(run, instrument, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    code, told = run(path, instrument.origin)
    assert code == 1
    assert "RSP" in told


def test_password_protected_workbook(run, instrument, tmp_path):
    import io

    ooxml = pytest.importorskip("msoffcrypto.format.ooxml")
    book = openpyxl.Workbook()
    plain = io.BytesIO()
    book.save(plain)
    plain.seek(0)
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as stream:
        ooxml.OOXMLFile(plain).encrypt("secret", stream)
    code, told = run(path, instrument.origin)
    assert code == 1
    assert "RSP" in told
    assert "password" in told.lower()


def test_not_a_spreadsheet(run, instrument, tmp_path):
    path = tmp_path / "answers.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    code, told = run(path, instrument.origin)
    assert code == 1
    assert "RSP" in told


def test_no_known_column(run, instrument, tmp_path):
    code, told = run(write(tmp_path / "other.csv", [["a", "b"], ["1", "2"], ["3", "4"]]), instrument.origin)
    assert code == 1
    assert "RSP" in told


def test_two_columns_for_one_item(run, instrument, rows, tmp_path):
    place = column(rows, "PI1")
    doubled = [[*row, row[place]] for row in rows]
    code, told = run(write(tmp_path / "twice.csv", doubled), instrument.origin)
    assert code == 1
    assert "PI1" in told


def test_no_usable_row(run, instrument, rows, tmp_path):
    code, told = run(write(tmp_path / "none.csv", rows[:1]), instrument.origin)
    assert code == 1
    assert "RSP" in told or "STU020" in told


def test_fewer_rows_than_items(run, instrument, rows, tmp_path):
    code, told = run(write(tmp_path / "few.csv", rows[:4]), instrument.origin)
    assert code == 1
    assert "STU071" in told
    code, told = run(write(tmp_path / "few.csv", rows[:8]), instrument.origin, "--route", "sem")
    assert code == 1
    assert "STU021" in told


def test_constant_item(run, instrument, rows, tmp_path):
    place = column(rows, "OI2")
    same = [rows[0], *[[*row[:place], "Setuju", *row[place + 1 :]] for row in rows[1:]]]
    code, told = run(write(tmp_path / "same.csv", same), instrument.origin)
    assert code == 1
    assert "STU022" in told
    assert "OI2" in told


def test_construct_with_one_item(run, instrument, rows, tmp_path):
    gone = {column(rows, "OI2"), column(rows, "OI3")}
    fewer = [[cell for place, cell in enumerate(row) if place not in gone] for row in rows]
    code, told = run(write(tmp_path / "one.csv", fewer), instrument.origin)
    assert code == 1
    assert "STU023" in told


def test_construct_without_item(run, instrument, rows, tmp_path):
    gone = {column(rows, f"OI{number}") for number in (1, 2, 3)}
    fewer = [[cell for place, cell in enumerate(row) if place not in gone] for row in rows]
    code, told = run(write(tmp_path / "none.csv", fewer), instrument.origin)
    assert code == 1
    assert "STU025" in told


def test_mediator_equal_to_the_predictor(run, answers, small, tmp_path):
    text = small.instrument_text().replace("x: [PI], m: [OI], y: [NP]", "x: [PI], m: [PI], y: [NP]")
    code, told = run(answers, small.write_instrument(tmp_path, text))
    assert code in (1, 2)
    assert "INS022" in told


def test_unknown_model_and_estimator(run, answers, instrument):
    code, told = run(answers, instrument.origin, "--model", "M9")
    assert code == 2
    assert "GEN00" in told
    code, told = run(answers, instrument.origin, "--estimator", "MLRR")
    assert code == 2
    assert "MLR" in told


def test_draws_of_zero(run, answers, instrument):
    code, told = run(answers, instrument.origin, "--seed", "-1")
    assert code == 2
    assert "GEN003" in told


def test_out_that_belongs_to_somebody(capsys, tmp_path, answers, instrument):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.docx").write_text("mine")
    for lang in ("en", "id"):
        with pytest.raises(SystemExit) as stop:
            main(
                [
                    "--lang",
                    lang,
                    "analyze",
                    str(answers),
                    "-i",
                    instrument.origin,
                    "--out",
                    str(tmp_path / "thesis"),
                ]
            )
        assert stop.value.code == 2
        assert "STU010" in capsys.readouterr().err
    assert (tmp_path / "thesis" / "chapter.docx").read_text() == "mine"


def test_out_without_the_right_to_write(monkeypatch, capsys, tmp_path, answers, instrument):
    def closed(**where):
        raise PermissionError(13, "Permission denied", str(where["dir"]))

    monkeypatch.setattr("umkm_stats.study._folder.tempfile.mkstemp", closed)
    with pytest.raises(SystemExit) as stop:
        main(["analyze", str(answers), "-i", instrument.origin, "--out", str(tmp_path / "o")])
    assert stop.value.code == 1
    assert "STU011" in capsys.readouterr().err
