"""Columns computed from answers, schemas, other kinds of scales, and beginning a new instrument."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from umkm_stats.errors import UmkmError, UsageError
from umkm_stats.instrument import check, json_schema, load_instrument, scaffold
from umkm_stats.instrument._loading import parse
from umkm_stats.instrument._schemas import json_schema_text
from umkm_stats.instrument._tree import read_tree


def test_dimension_means(inovasi):
    data = pd.DataFrame(
        {"PID1": [1.0, 2, np.nan], "PID2": [3.0, np.nan, np.nan], "PIF1": [4.0, 5, 1], "MO1": [1.0, 1, 1]},
        index=[7, 8, 9],
    )
    means = inovasi.dimension_means(data)
    assert list(means.columns) == ["PID", "PIF"]
    assert list(means.index) == [7, 8, 9]
    np.testing.assert_array_equal(means.PID, [2.0, np.nan, np.nan])
    np.testing.assert_array_equal(inovasi.dimension_means(data, minimum=0.5).PID, [2.0, 2.0, np.nan])


def test_breadth_and_depth(inovasi):
    codes = [f"CH{number}" for number in range(1, 10)]
    data = pd.DataFrame(
        [[1] * 9, [5] * 9, [1, 2, 3, 4, 5, 1, 1, 1, 1], [np.nan] + [2] * 8], columns=codes, dtype=float
    )
    found = inovasi.indices(data)
    np.testing.assert_array_equal(found.CH_breadth, [0, 9, 4, np.nan])
    np.testing.assert_array_equal(found.CH_depth, [0, 9, 3, np.nan])
    assert inovasi.indices(data[[]]).shape == (4, 0)


def test_products_use_the_rows_where_both_are_known(inovasi):
    rng = np.random.default_rng(3)
    codes = [item.code for item in inovasi.items if item.construct in ("OI", "ACAP")]
    data = pd.DataFrame(rng.normal(size=(40, len(codes))), columns=codes)
    data.loc[5, "OI1"] = np.nan
    whole = inovasi.product_indicators(data.drop(index=5), "M4")
    part = inovasi.product_indicators(data, "M4")
    np.testing.assert_allclose(part.drop(index=5)["OIIxACQ"], whole["OIIxACQ"], atol=1e-12)
    assert np.isnan(part.loc[5, "OIIxACQ"])
    assert not part["CCxTRF"].isna().any()


def test_pandera_schema(inovasi):
    import pandera.errors

    schema = inovasi.schema(items=["PID1", "CH1"])
    good = pd.DataFrame({"PID1": [1, 5, None], "CH1": [2, 3, 4], "other": ["a", "b", "c"]})
    assert schema.validate(good).PID1.dtype == float
    with pytest.raises(pandera.errors.SchemaError):
        schema.validate(good.assign(PID1=[1, 6, 2]))
    assert set(inovasi.schema().columns) == {item.code for item in inovasi.items}


def test_pandera_may_be_absent(inovasi, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandera.pandas", None)
    with pytest.raises(UmkmError) as caught:
        inovasi.schema()
    assert caught.value.code == "INS026"


def test_json_schema_is_generated_and_describes_the_files(inovasi, small):
    import jsonschema

    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    committed = Path(__file__).resolve().parents[2] / "instruments" / "umkm-instrument-1.schema.json"
    if committed.is_file():
        assert committed.read_text(encoding="utf-8") == json_schema_text()
    for text in (small, Path(inovasi.origin).read_text(encoding="utf-8")):
        data = json.loads(json.dumps(read_tree(text, "x").data))
        jsonschema.validate(data, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**data, "flavour": 1}, schema)


def test_a_scaffold_loads_checks_and_compiles(tmp_path):
    path = scaffold("batik_pesisir", tmp_path)
    assert path == tmp_path / "batik_pesisir" / "instrument.yaml"
    assert (path.parent / "SOURCES.md").is_file()
    instrument = load_instrument(path.parent)
    assert instrument.name == "batik_pesisir"
    assert check(path).findings == ()
    assert "indirect := a*b" in instrument.model_syntax()
    with pytest.raises(UmkmError) as caught:
        scaffold("batik_pesisir", tmp_path)
    assert caught.value.code == "INS027"
    with pytest.raises(UsageError) as wrong:
        scaffold("Batik!", tmp_path)
    assert wrong.value.code == "INS025"


SCALES = """
  freq6:
    kind: frequency
    values: [0, 1, 2, 3, 4, 5]
    labels:
      id: {0: Tidak pernah, 1: Setahun sekali, 2: Sebulan sekali, 3: Seminggu sekali, 4: Beberapa kali seminggu, 5: Setiap hari}
      en: {0: Never, 1: Once a year, 2: Once a month, 3: Once a week, 4: Several times a week, 5: Every day}
  opposite7:
    kind: semantic_differential
    values: [-3, -2, -1, 0, 1, 2, 3]
  score10:
    kind: rating
    values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    labels:
      id: {1: Buruk, 10: Baik}
      en: {1: Poor, 10: Good}
sections:"""  # noqa: E501


def test_other_scales_languages_and_kinds(small):
    text = small.replace("sections:", SCALES.lstrip("\n") + "", 1)
    text = text.replace("    construct: XA\n", "    construct: XA\n    scale: freq6\n", 1)
    text = text.replace(
        "    construct: MA\n",
        "    construct: MA\n    scale: opposite7\n    anchors: {low: {id: Tertutup, en: Closed}, high: {id: "
        "Terbuka, en: Open}}\n",
        1,
    )
    text = text.replace(
        "    construct: YA\n", "    construct: YA\n    scale: score10\n    reverse: true\n", 1
    )
    text = text.replace("  - code: CITY\n    kind: choice ", "  - code: CITY\n    kind: multiple ")
    instrument = parse(text)
    assert instrument.item("XA1").values == (0, 1, 2, 3, 4, 5)
    assert instrument.item("XA1").labels["en"][5] == "Every day"
    differential = instrument.item("MA1")
    assert differential.values == (-3, -2, -1, 0, 1, 2, 3)
    assert (differential.labels["id"][-3], differential.labels["id"][0], differential.labels["en"][3]) == (
        "Tertutup",
        "0",
        "Open",
    )
    assert instrument.item("YA1").response_scale.reverse(2.0) == 9.0
    assert [instrument.item("YA1").labels["en"][value] for value in (1, 2, 10)] == ["Poor", "2", "Good"]
    assert instrument.question("CITY").kind == "multiple"
    assert instrument.item("XA2").response_scale.name == "agree5"


def test_one_language_or_three(small):
    import re

    lone = re.sub(r"(?m)^ +en: .*\n", "", small).replace("languages: [id, en]", "languages: [id]")
    lone = re.sub(r"(\{id: [^{}]*?), en: [^{}]*\}", r"\1}", lone)
    assert parse(lone).item("XA1").text == {"id": "Kami mencoba bahan baku baru."}
    three = small.replace("languages: [id, en]", "languages: [id, en, jv]")
    with pytest.raises(UmkmError) as caught:
        parse(three)
    assert "jv" in {fault.params.get("language") for fault in (caught.value, *caught.value.others)}


def test_the_summary_speaks_both_languages(inovasi):
    for lang, word in (("id", "36 item dan 3 penanda"), ("en", "36 items and 3 markers")):
        text = inovasi.summary(lang)
        assert word in text
        assert "M1    PI → OI → NP" in text
        assert "K7" in text


def test_json_schema_explains_every_key_in_the_words_of_the_docstring():
    parts = {"Instrument": json_schema(), **json_schema()["$defs"]}
    for name in ("Instrument", "Construct", "Question", "Hypothesis", "StructuralModel"):
        assert "----" not in parts[name]["description"]
        assert [key for key, value in parts[name]["properties"].items() if not value.get("description")] == []
    assert (
        parts["Choice"]["properties"]["exclusive"]["description"]
        == "Whether ticking it rules out all others."
    )
