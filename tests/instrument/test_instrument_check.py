"""The checks bite: each rule is broken once in a file that is clean, and found at its line."""

import re
from pathlib import Path

import pytest

from umkm_stats.errors import UsageError
from umkm_stats.instrument import _check, _wording, check, load_instrument, scaffold
from umkm_stats.instrument._check import check_text


def broken(small: str, old: str, new: str, code: str) -> list:
    assert old in small
    text = small.replace(old, new, 1)
    found = [finding for finding in check_text(text, file="mine.yaml").findings if finding.code == code]
    for finding in found:
        assert finding.place.file == "mine.yaml"
        assert finding.place.line is not None
        assert finding.message("id")
        assert finding.remedy("en")
    return found


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


ITEM = "      id: Kami mencoba bahan baku baru."
ENGLISH = "      en: We try new raw materials."
TEXTS = [
    ("INS101", ITEM, "      id: Kami mencoba bahan baku dan desain baru."),
    ("INS101", ENGLISH, "      en: We try new raw materials or designs."),
    ("INS102", ITEM, "      id: Kami mencoba bahan baru sehingga ekspor kami naik."),
    ("INS102", ENGLISH, "      en: We try new materials so that our exports grow."),
    ("INS103", ITEM, "      id: Kami tidak mengabaikan bahan baku baru."),
    ("INS103", ENGLISH, "      en: We never ignore new raw materials."),
    ("INS104", ITEM, "      id: Kami melakukan co-creation bahan baku."),
    ("INS104", ENGLISH, "      en: We leverage new raw materials."),
    ("INS105", ITEM, "      id: Kami mencoba kayu baru."),
    ("INS106", ITEM, "      id: Pelanggan kami mencintai bahan baru."),
    ("INS106", ENGLISH, "      en: Our customers love new materials."),
    ("INS107", ITEM, "      id: Kami memakai bahan yang lebih baik."),
    ("INS107", ENGLISH, "      en: We use better materials."),
    ("INS108", ITEM, "      id: Kami selalu mencoba bahan baru."),
    ("INS108", ENGLISH, "      en: We always try new materials."),
    ("INS109", ITEM, "      id: Bahan baku baru dicoba."),
    ("INS110", ITEM, "      id: Kita mencoba bahan baku kami."),
    (
        "INS111",
        ITEM,
        "      id: Kami mencoba satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas.",
    ),
    ("INS117", ITEM, "      id: Kami mencoba merk baru."),
    ("INS124", ITEM, "      id: =Kami mencoba bahan baku baru."),
]


OWNERS = ("INS104", "INS105", "INS106", "INS109")


def of_owners(small: str) -> str:
    """The small instrument under a bundled one's name."""
    return re.sub(r"(?m)^name: .*$", "name: umkm_inovasi", small)


@pytest.mark.parametrize(("code", "old", "new"), TEXTS)
def test_wording_rules(small, code, old, new):
    small = of_owners(small) if code in OWNERS else small
    found = broken(small, old, new, code)
    expected = line_of(small, "- code: XA1" if code == "INS105" else old)
    assert [finding.place.line for finding in found] == [expected]


def test_the_clean_file_is_clean(small):
    result = check_text(small)
    assert result.findings == ()
    assert result.ok
    assert "nothing" in result.summary("en")


def test_a_comparison_with_a_standard_passes():
    assert _wording.comparing("Kami memakai bahan yang lebih baik daripada pesaing.", "id") == []
    assert _wording.comparing("Produk kami memiliki lebih dari satu kegunaan.", "id") == []
    assert _wording.comparing("Our prices are higher than before.", "en") == []


def test_whole_words_only():
    assert _wording.found("Kami memandangi danau", ("dan",)) == []
    assert _wording.found("Responden memberi respons", ("respon",)) == []
    assert _wording.misspelt("Respon itu soal omset") == [("respon", "respons"), ("omset", "omzet")]


def test_duplicate_and_nearly_duplicate_wording(small):
    found = broken(
        small, "id: Kami bertanya kepada pelanggan.", "id: Kami bertanya kepada pemasok!", "INS112"
    )
    assert [(finding.place.item, finding.params["other"]) for finding in found] == [("MA2", "MA1")]
    text = small.replace(
        "Kami bertanya kepada pemasok.", "Kami sudah bertanya kepada lima pemasok di kota."
    ).replace("Kami bertanya kepada pelanggan.", "Kami sudah bertanya kepada lima pelanggan di kota.")
    assert [f.place.item for f in check_text(text).findings if f.code == "INS113"] == ["MA2"]


def test_unbalanced_keying(small):
    more = "".join(
        f"  - {{code: XA{n}, section: USAHA, construct: XA, text: {{id: Kami mencoba cara nomor {n}., en: "
        f"We try way {n}.}}}}\n"
        for n in (4, 5)
    )
    text = small.replace("  - code: MA1", more + "  - code: MA1").replace(
        "    # reverse: true   ", "    reverse: true   # "
    )
    found = [f for f in check_text(text).findings if f.code == "INS114"]
    assert [(f.params["reverse"], f.params["k"], f.place.line) for f in found] == [
        (["XA1"], 5, line_of(text, "- code: XA\n"))
    ]


def test_too_few_items(small):
    start, end = small.index("  - code: XA2"), small.index("  - code: MA1")
    assert [
        (f.params["code"], f.params["k"])
        for f in check_text(small[:start] + small[end:]).findings
        if f.code == "INS115"
    ] == [("XA", 1)]
    parts = (
        "    role: x\n    dimensions:\n      - {code: XAA, label: {id: A, en: A}}\n      - {code: XAB, "
        "label: {id: B, en: B}}\n"
    )
    text = small.replace("    role: x\n", parts).replace(
        "    construct: XA\n", "    construct: XA\n    dimension: XAA\n", 1
    )
    assert [f.params["code"] for f in check_text(text).findings if f.code == "INS115"] == ["XAA"]


def test_names_labels_sources(small):
    found = broken(small, "label: {id: Kota, en: City}", 'label: {id: "1-4", en: "May 5"}', "INS118")
    assert {finding.params["label"] for finding in found} == {"1-4"}
    assert not broken(
        small, "label: {id: Kota, en: City}", "label: {id: 1 s.d. 4 orang, en: 1 to 4 people}", "INS118"
    )
    found = broken(small, "  licence: CC BY 4.0", "  licence: CC BY 4.0\n  sections: [RESULTS]", "INS119")
    assert len(found) == 9
    assert broken(
        small,
        "    text: {id: Di mana usaha ini berada?",
        "    text: {id: Where is this business located?",
        "INS120",
    )
    assert [f.params["code"] for f in broken(small, "code: XA1", "code: AND1", "INS116")] == ["AND1"]


def test_forms(small):
    forms = (
        "forms:\n  - {code: pendek, title: {id: P, en: S}}\n  - {code: panjang, title: {id: P, en: "
        "L}}\nsections:"
    )
    text = small.replace("sections:", forms, 1)
    assert broken(text, "    # reverse: true   ", "    reverse: true   # ", "INS121")
    words = " ".join(["kata"] * 3500)
    found = broken(text, "  id: Pernyataan berikut tentang", f"  id: {words} tentang", "INS122")
    assert {finding.params["form"] for finding in found} == {"pendek", "panjang"}


def test_a_construct_without_items(small):
    found = broken(small, "questions:  ", "  - {code: ZZ, label: {id: Z, en: Z}}\nquestions:  ", "INS123")
    assert [finding.params["construct"] for finding in found] == ["ZZ"]


def test_the_fence(small):
    found = broken(
        small, "    role: x\n", "    role: x\n    avoid: {id: [bahan baku], en: [colours]}\n", "INS125"
    )
    assert [(finding.place.item, finding.params["word"]) for finding in found] == [
        ("XA1", "bahan baku"),
        ("XA3", "colours"),
    ]


def test_markers_may_speak_of_feelings(small):
    text = small.replace("    construct: XA\n", "    construct: XA\n    role: marker\n", 1)
    assert not broken(text, ITEM, "      id: Pagi terasa segar.", "INS109")


def test_faults_of_the_definition_are_findings(small, tmp_path):
    path = tmp_path / "instrument.yaml"
    path.write_text(
        small.replace("role: m\n", "role: moderatr\n").replace("x: [XA]", "x: XA"), encoding="utf-8"
    )
    result = check(path)
    assert not result.ok
    assert result.instrument is None
    assert [finding.code for finding in result.findings] == ["INS014", "INS009"]
    frame = result.tidy("id")
    assert list(frame.columns) == ["code", "severity", "line", "key", "item", "message", "remedy"]
    assert frame.line.is_monotonic_increasing
    assert result.glance().iloc[0].to_dict() == {"error": 2, "warning": 0, "note": 0}
    assert "moderator" in result.summary("id")
    assert len(result.to_dict()["findings"]) == 2
    with pytest.raises(UsageError):
        check("no_such_instrument")


def test_every_rule_has_a_severity():
    assert set(_wording.RULES) <= set(_check.SEVERITY)


def test_no_damage_to_a_file_ends_in_a_traceback(small):
    """120 files with one to three random damages: a coded error or findings, in both languages, never
    anything else."""
    import random

    from umkm_stats.errors import UmkmError

    damage = random.Random(20261124)
    values = [
        "~",
        "[]",
        "{}",
        "7",
        "1.5",
        "true",
        "'",
        "- a",
        "[1, 2]",
        "!!python/object:x y",
        "1e999",
        "&a",
        "*a",
        "|",
    ]
    outcomes = set()
    for _ in range(120):
        lines = small.splitlines()
        for _ in range(damage.choice([1, 1, 2, 3])):
            where = damage.randrange(len(lines))
            kind = damage.randrange(4)
            if kind == 0:
                del lines[where]
            elif kind == 1:
                lines.insert(where, lines[where])
            elif kind == 2:
                lines[where] = f"{lines[where].split(':')[0]}: {damage.choice(values)}"
            else:
                lines[where] = " " * damage.randrange(6) + lines[where].strip()
        try:
            result = check_text("\n".join(lines))
            assert result.summary("id")
            assert result.summary("en")
            outcomes.add(result.ok)
        except UmkmError as error:
            outcomes.add(error.code if error.message("id") and error.remedy("en") else "silent")
    assert {str(outcome)[:3] for outcome in outcomes} <= {"INS", "GEN", "Tru", "Fal"}
    assert {True, False, "INS003"} <= outcomes


def test_texts_of_a_language_that_is_not_used_may_stay(small):
    text = small.replace("languages: [id, en]", "languages: [id]    ", 1)
    found = check_text(text)
    assert found.ok
    assert [f.code for f in found.findings if f.code == "INS170"] == ["INS170"]
    wrong = check_text(text.replace("  en: Title of the instrument", "  ne: Title of the instrument", 1))
    assert "INS016" in {f.code for f in wrong.findings}


def test_a_word_for_a_test_is_understood_by_its_meaning(small):
    for given, meant in (("direct", "path"), ("mediasi", "indirect"), ("indirekt", "indirect")):
        (fault,) = check_text(small.replace("test: indirect", f"test: {given}")).findings
        assert (fault.code, fault.params["near"]) == ("INS014", meant)


def test_an_indonesian_beginning_is_indonesian_and_clean(tmp_path):
    path = scaffold("baru", tmp_path, lang="id")
    found = check(path)
    assert found.ok
    assert not found.findings
    assert found.instrument.languages == ("id",)
    assert "Langkah" in (path.parent / "SOURCES.md").read_text(encoding="utf-8")


def conditioned(*questions: str) -> str:
    """A small instrument with these conditions, as ``CODE: ask_if``."""
    lines = [
        "schema: umkm-instrument/1",
        "name: syarat",
        'version: "1"',
        "languages: [id]",
        "title: {id: Syarat}",
        "default_scale: s2",
        "response_scales: {s2: {values: [1, 2], labels: {id: {1: Tidak, 2: Ya}}}}",
        "constructs: [{code: XX, label: {id: Hal}}]",
        "sections:",
        "  - {code: ISI, title: {id: Isi}}",
        "questions:",
    ]
    for entry in questions:
        code, _, rest = entry.partition(" ")
        kind = "multiple" if code.startswith("MANY") else "choice"
        lines += [
            f"  - code: {code}",
            f"    kind: {kind}",
            "    section: ISI",
            f"    text: {{id: Tanya {code}}}",
        ]
        lines += [f"    {rest}"] if rest else []
        lines += ["    choices: [{value: 1, label: {id: Ya}}, {value: 2, label: {id: Tidak}}]"]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("questions", "code", "severity"),
    [
        (
            ("AA ask_if: {question: BB, values: [1]}", "BB ask_if: {question: AA, values: [1]}"),
            "INS144",
            "error",
        ),
        (("AA ask_if: {question: AA, values: [1]}",), "INS144", "error"),
        (("AA ask_if: {question: BB, values: [1]}", "BB"), "INS145", "error"),
        (("MANY1", "BB ask_if: {question: MANY1, values: [3]}"), "INS019", "error"),
        (("AA personal: true", "BB ask_if: {question: AA, values: [1]}"), "INS146", "warning"),
    ],
)
def test_conditions_that_cannot_be_kept_are_found_with_their_line(questions, code, severity):
    text = conditioned(*questions)
    found = [f for f in check_text(text).findings if f.code == code]
    assert [f.severity for f in found][:1] == [severity]
    assert found[0].place.line in {n for n, line in enumerate(text.splitlines(), 1) if "ask_if" in line}
    for lang in ("en", "id"):
        assert found[0].message(lang)
        assert found[0].remedy(lang)


def test_an_attention_item_names_the_answer_it_expects(inovasi):
    source = Path(inovasi.origin).read_text(encoding="utf-8")
    changed = source.replace("default_scale: agree5", "default_scale: agree7")
    found = [f for f in check_text(changed).findings if f.code == "INS141"]
    wrong = [
        q for q in inovasi.questions if q.expected is not None and q.labels["id"][q.expected] == "Setuju"
    ]
    assert [f.place.item for f in found] == [q.code for q in wrong]  # 4 of 7 is Netral, 2 stays Tidak Setuju
    text = source.replace("pilihlah jawaban Tidak Setuju", "pilihlah jawaban Netral", 1)
    text = text.replace("please choose the answer Disagree", "please choose the answer Neutral", 1)
    (finding,) = [f for f in check_text(text).findings if f.code == "INS141"]
    assert "Netral" in finding.message("id")


def test_a_stem_that_contradicts_its_section(inovasi):
    source = Path(load_instrument("umkm_inovasi@1.0.0").origin).read_text(encoding="utf-8")
    (finding,) = [f for f in check_text(source).findings if f.code == "INS142"]
    assert "usaha" in finding.message("id")
    line = source.splitlines()[(finding.place.line or 1) - 1]
    assert "SELING" in line
    mended = source.replace(
        "not about the business.\n",
        "not about the business.\n    stem: {id: Pilih satu jawaban., en: Choose one answer.}\n",
        1,
    )
    assert not [f for f in check_text(mended).findings if f.code == "INS142"]


def test_items_of_two_constructs_that_share_their_words(inovasi):
    source = Path(inovasi.origin).read_text(encoding="utf-8")
    item = inovasi.item("MO3")
    changed = source.replace(f"id: {item.text['id']}", "id: Kami mencampur warna tembaga kuno.", 1)
    other = inovasi.item("DCS1")
    changed = changed.replace(f"id: {other.text['id']}", "id: Kami mencampur warna tembaga.", 1)
    assert changed.count("tembaga") == 2
    (finding,) = [f for f in check_text(changed).findings if f.code == "INS143" and f.place.item == "MO3"]
    assert finding.params["other"] == "DCS1"
    assert finding.params["words"] == ["mencampur", "tembaga", "warna"]


def test_advice_for_owners_of_firms_is_not_given_to_a_scale_of_something_else(small):
    text = small.replace(ITEM, "      id: Hidup saya lebih baik dengan inovasi kayu.", 1)
    theirs = {finding.code for finding in check_text(text).findings}
    ours = {finding.code for finding in check_text(of_owners(text)).findings}
    assert ours - theirs <= set(OWNERS)
    assert {"INS104", "INS105"} <= ours
    assert not theirs & set(OWNERS)
    assert "INS107" in theirs


def test_a_reverse_keyed_item_may_deny(small):
    text = small.replace(ITEM, "      id: Kami tidak mencoba bahan baku baru.", 1)
    assert "INS103" in {finding.code for finding in check_text(text).findings}
    turned = text.replace("- code: XA1", "- code: XA1\n    reverse: true", 1)
    assert "INS103" not in {
        finding.code for finding in check_text(turned).findings if finding.place.item == "XA1"
    }
