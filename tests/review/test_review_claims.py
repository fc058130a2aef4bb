"""claims.yaml: read with digits kept, checked, refused with a code, scaffolded from a table."""

import pytest

from umkm_stats import review
from umkm_stats.errors import UmkmError

GOOD = """schema: umkm-claims/1
title: Table 3
source: an example
claims:
  - kind: mediation
    where: Table 3
    a: ".4765"
    se_a: ".2357"
    b: ".5064"
    se_b: ".0970"
    ab: ".2413"
    c: ".4957"
    c_prime: .2544
    sobel_z: 1.8853
    sobel_p: .0594
    low: .007
    high: .526
  - kind: mean
    where: Table 1, item 2
    mean: 5.20
    n: 30
    sd: 1.10
    low: 1
    high: 7
  - {kind: percent, percent: "84,4", count: 152, n: 180}
  - {kind: test, statistic: t, value: 2.0218, df: 121, p: .0454, est: .4765, se: .2357}
  - {kind: interval, low: .026, high: .456, est: .241, se: .110, p: .028}
  - {kind: loadings, loadings: [.772, .424, .581], ave: .371, cr: .626, version: standardised}
  - {kind: fornell_larcker, ave: {A: .371, B: .721}, correlations: [[A, B, .459]]}
  - {kind: alpha, alpha: .75, k: 4, mean_r: .43}
  - {kind: fit, chi2: 85.306, df: 24, n: 301, rmsea: .092, p: "< .001", cfi: .931, base_chi2: 918.852, base_df: 36}
  - kind: regression
    names: [x, m, y]
    correlations: [[.291], [-.190, -.493]]
    sds: [1.506, 1.509, .304]
    n: 432
    x: x
    m: m
    y: y
    claimed: {a: .292}
  - kind: htmt
    names: [a1, a2, b1, b2]
    correlations: [[1, .60, .30, .25], [.60, 1, .20, .35], [.30, .20, 1, .50], [.25, .35, .50, 1]]
    first: [a1, a2]
    second: [b1, b2]
    htmt: .502
  - kind: model
    names: [x, m, y]
    correlations: [[.291], [-.190, -.493]]
    sds: [1.506, 1.509, .304]
    n: 432
    syntax: "m ~ a*x\\ny ~ b*m + x\\nab := a*b"
    claimed: {a: .292, ab: -.028, "y~x": -.010}
"""  # noqa: E501


def write(tmp_path, text, name="claims.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file_is_checked(tmp_path):
    found = review.check_claims(write(tmp_path, GOOD))
    by = {(v.check, v.where): v for v in found.verdicts}
    assert found.counts["inconsistent"] == 0, found.summary()
    assert by["grim", "Table 1, item 2"].claimed == "5.20"
    assert by["limits", "Table 3"].verdict == "not checkable"
    assert set(found.tidy().columns) >= {"check", "where", "verdict", "claimed", "low", "high"}
    assert len(found.tidy()) == len(found.verdicts)
    assert found.glance()["consistent"].item() == found.counts["consistent"]
    assert "tidak dapat diperiksa" in found.summary("id")
    assert found.to_dict()["counts"] == found.counts
    assert {v.check for v in found.verdicts} >= {
        "refit",
        "htmt",
        "rmsea",
        "cfi",
        "sobel_z",
        "fornell_larcker",
    }


def test_one_wrong_digit_stands_first(tmp_path):
    found = review.check_claims(write(tmp_path, GOOD.replace('ab: ".2413"', 'ab: ".2914"')))
    assert found.counts["inconsistent"] >= 1
    assert ".2914" in found.summary().splitlines()[1]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("schema: umkm-claims/2\nclaims: []\n", "REV022", None),
        ("claims:\n  - kind: mean\n", "REV022", None),
        ("schema: umkm-claims/1\ntitle: x\n", "REV023", None),
        ("- just\n- a list\n", "REV023", 1),
        ("schema: umkm-claims/1\nclaims:\n  - kind: mean\n    mean: 3\n    mean: 4\n", "REV024", 5),
        ("schema: umkm-claims/1\nclaims: [{kind: fit, : a, : b}]\n", "REV024", 2),
        ("schema: [\n", "REV021", 2),
        ("a: &x [*x]\nschema: umkm-claims/1\n", "REV021", 1),
        ("\x00\x01", "REV021", None),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(tmp_path, text, code, line):
    with pytest.raises(UmkmError) as caught:
        review.check_claims(write(tmp_path, text))
    assert caught.value.code == code
    assert caught.value.place.file == "claims.yaml"
    if line is not None:
        assert caught.value.place.line == line
    assert caught.value.remedy("id")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("mean: 3", "REV023"),
        ("kind: mean, mean: 3.21", "REV025"),
        ("kind: mean, mean: 3.21, n: 20, itms: 2", "REV026"),
        ("kind: mean, mean: high, n: 20", "REV027"),
        ("kind: mediation, a: 0.4", "REV028"),
        ("kind: meen, mean: 3.2, n: 20", "GEN002"),
        ("kind: mean, mean: 3.2, n: 2.5", "GEN003"),
        (
            "kind: model, names: [x, y], correlations: [[.3]], n: 90, syntax: 'y ~ x', claimed: {q: 1}",
            "REV012",
        ),
        ("kind: fit, chi2: 10, df: ten, n: 90", "REV027"),
        ("kind: test, statistic: F, value: 4.1, p: .05", "REV004"),
        ("kind: loadings, loadings: .5", "REV007"),
        ("kind: htmt, htmt: .5, names: [a], correlations: [[1]], first: [a], second: [b]", "REV009"),
    ],
)
def test_a_faulty_entry_stops_nobody_and_says_why(tmp_path, entry, code):
    good = 'kind: percent, percent: "50", count: 5, n: 10'
    text = f"schema: umkm-claims/1\nclaims:\n  - {{{entry}}}\n  - {{{good}}}\n"
    found = review.check_claims(write(tmp_path, text))
    bad, good = found.verdicts
    assert (bad.check, bad.verdict, bad.explanation) == ("entry", "not checkable", code)
    assert (bad.notes[0].code, bad.notes[0].row) == (code, "3")
    assert "line 3" in found.summary()
    assert bad.explain("id") != bad.explain("en")
    assert "1 isian" in found.summary("id")
    assert good.verdict == "consistent"
    assert found.to_dict()["notes"][0]["code"] == code


def test_deep_nesting_and_missing_files_are_refused(tmp_path):
    with pytest.raises(UmkmError) as caught:
        review.check_claims(write(tmp_path, "schema: umkm-claims/1\nclaims: " + "[" * 40 + "]" * 40))
    assert caught.value.code == "GEN010"
    with pytest.raises(UmkmError) as caught:
        review.check_claims(tmp_path / "nothing.yaml")
    assert caught.value.code == "REV020"


def test_scaffold_from_a_table_reads_back(tmp_path):
    rows = [
        {"β": "0.31", "SE": "0.10", "t": "3.10", "p": "0.002"},
        {"β": "", "SE": "", "t": "", "p": ""},
        {"β": "0.31", "SE": "0.10", "t": "4.10", "p": "0.002"},
    ]
    text = review.scaffold(
        rows, kind="test", columns={"value": "t", "est": "β", "se": "SE", "p": "p"}, where="Table 4"
    )
    assert "Table 4, row 3" in text
    assert "row 2" not in text
    found = review.check_claims(write(tmp_path, text))
    words = [v.verdict for v in found.verdicts]
    assert words == ["consistent", "consistent", "not checkable", "not checkable"]
    constants = {"statistic": "z", "scale": "raw"}
    columns = {"value": "t", "est": "β", "se": "SE", "p": "p"}
    text = review.scaffold(rows, kind="test", columns=columns, constants=constants, program="lavaan 0.6")
    found = review.check_claims(write(tmp_path, text))
    assert [v.verdict for v in found.verdicts] == ["consistent", "consistent", "inconsistent", "inconsistent"]
    with pytest.raises(UmkmError):
        review.scaffold(rows, kind="test", columns={"valu": "t"})
