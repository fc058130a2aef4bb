"""Cells as papers print them, rows in any subset of their numbers, and the false accusations of the past."""

import json
import os
from pathlib import Path

import pytest

from doc_blocks import ROOT
from umkm_stats import review
from umkm_stats.errors import UmkmError
from umkm_stats.kernels.review.printed import as_share, printed
from umkm_stats.review.checks import CHECKS
from umkm_stats.review.checks._fields import COMMON, about, form, schema_text

SHARED = Path(os.environ.get("UMKM_SHARED", ROOT.parent / "shared")) / "cases" / "review"


def one(kind, program="", **fields):
    """Verdicts on a single entry."""
    entry = review.Claim(kind, "Table 1", fields, 1, "Table 1", program)
    return review.check_claims(review.Claims("t", "", (entry,))).verdicts


def words(kind, program="", **fields):
    return [verdict.verdict for verdict in one(kind, program, **fields)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("***", float("-inf"), 0.001),
        ("*", float("-inf"), 0.05),
        ("n.s.", 0.05, float("inf")),
        ("ns", 0.05, float("inf")),
        ("tidak signifikan", 0.05, float("inf")),
        ("p < .001", float("-inf"), 0.001),
        ("≤ ,05", float("-inf"), 0.05),
        ("0.000b", -0.0005, 0.0005),
        ("0,032 a", 0.0315, 0.0325),
    ],
)
def test_p_as_tables_print_it(text, low, high):
    found = printed(text, p=True)
    assert found.bounds().low == pytest.approx(low)
    assert found.bounds().high == pytest.approx(high)


def test_stars_are_a_number_only_in_the_place_of_a_p():
    assert printed("***") is None
    assert printed("n.s.") is None
    assert printed("(.067)").value == 0.067
    assert printed("67.1%").value == 67.1
    assert as_share(printed("67.1%")).value == pytest.approx(0.671)
    assert as_share(printed("67,1")).decimals == 3
    assert as_share(printed("0.671")).value == 0.671
    assert printed("1e999") is None


def test_smartpls_prints_t_without_df():
    found = one("test", statistic="t", value="4.929", est="0.345", se="0.070", p="0.000")
    assert [v.verdict for v in found] == ["consistent", "consistent"]
    assert found[1].explanation == "no_df_normal"
    assert words("test", value="2.000", p="0.046") == ["consistent"]
    assert one("test", value="2.000", p="0.060")[0].explanation == "t_without_df"
    assert words("test", value="2.000", p="0.001") == ["inconsistent"]
    assert words("test", value="1.000", p="***") == ["inconsistent"]


def test_amos_stars_and_spss_footnotes():
    assert words("test", statistic="z", est=".345", se=".067", value="5.149", p="***") == ["consistent"] * 2
    assert words("test", statistic="z", est=".100", se=".067", value="1.493", p="***")[1] == "inconsistent"
    assert words("test", statistic="F", df="2", df2="97", value="29,72", p="0.000b") == ["consistent"]
    assert words("test", df="97", value="1.20", p="n.s.") == ["consistent"]
    assert words("test", df="97", value="3.20", p="n.s.") == ["inconsistent"]


def test_a_beta_beside_the_se_of_b_is_no_accusation():
    """SPSS: B = .345, SE = .067, Beta = .412, t = 5.149."""
    row = {"df": "97", "est": "0.412", "se": "0.067", "value": "5.149", "p": "0.000"}
    for program in ("", "SPSS 26", "AMOS"):
        found = one("test", program, **row)
        assert [v.verdict for v in found] == ["not checkable", "consistent"]
        assert found[0].explanation == "beta_beside_se"
        assert "0.342" in found[0].summary()
    assert words("test", "PROCESS 3.5", **row)[0] == "inconsistent"
    assert words("test", scale="raw", **row)[0] == "inconsistent"
    full = {"b": "0.345", "beta": "0.412", "se": "0.067", "t": "5.149", "df": "97", "p": "0.000"}
    assert words("coefficient", **full) == ["consistent"] * 3
    assert words("coefficient", **{**full, "b": "0.395"})[0] == "inconsistent"
    assert words("coefficient", **{**full, "b": "-0.345"})[0] == "consistent"  # t printed without its sign
    assert words("coefficient", **{**full, "b": "-0.345"})[2] == "inconsistent"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"t": "2.00", "p": ".048", "df": "60"}, ["consistent"]),
        ({"b": "0.40", "se": "0.20", "p": ".05"}, ["consistent"]),
        ({"b": "0.400", "se": "0.200", "p": ".30", "df": "60"}, ["inconsistent"]),
        ({"beta": "0.412", "se": "0.067", "t": "5.149"}, ["not checkable"]),
        ({"beta": "0.361", "se": "0.070", "t": "5.15"}, ["consistent"]),
        ({"b": "0.50", "beta": "0.40", "sd_x": "0.80", "sd_y": "1.00"}, ["consistent"]),
        ({"b": "0.50", "beta": "0.50", "sd_x": "0.80", "sd_y": "1.00"}, ["inconsistent"]),
        ({"b": ".241", "se": ".110", "low": ".026", "high": ".456"}, ["consistent"] * 3),
    ],
)
def test_coefficients_in_any_subset(given, expected):
    assert words("coefficient", **given) == expected


def test_summary_of_a_regression():
    """R² = .380, n = 100, k = 2: adjusted .3672, F(2, 97) = 29.73 (by the formulas)."""
    full = {"r": ".616", "r2": "0.380", "adj_r2": "36.7%", "f": "29.73", "p": "0.000b", "n": "100", "k": "2"}
    assert words("r2", **full) == ["consistent"] * 4
    assert words("r2", adj_r2="0.367", f="29.7", df="2", df2="97")[1] == "consistent"
    assert words("r2", **{**full, "adj_r2": "0.387"})[1] == "inconsistent"
    assert words("r2", **{**full, "f": "19.73"})[2] == "inconsistent"
    assert words("r2", r2="0.380", f="29.73", n="100", k="2", df2="96")[0] == "inconsistent"
    assert words("r2", r2="38.0%", adj_r2=".367", n="100", k="2") == ["consistent"]


def test_fit_with_ratio_and_interval():
    """lavaan 0.6-14, Holzinger and Swineford: RMSEA .092 [.071, .114], PCLOSE .001."""
    given = {"chi2": "85.306", "df": "24", "n": "301", "chi2_df": "3.554"}
    limits = {"rmsea": ".092", "rmsea_low": ".071", "rmsea_high": ".114", "pclose": ".001"}
    assert words("fit", **given, **limits) == ["consistent"] * 5
    assert words("fit", **{**given, "chi2_df": "3.354"})[0] == "inconsistent"
    assert words("fit", **given, rmsea_high=".124")[1] == "inconsistent"
    assert words("fit", chi2="85.306", df="24", rmsea=".092") == ["not checkable"]
    assert words("fit", **given, nfi=".907", base_chi2="918.852", base_df="36")[1] == "consistent"
    assert words("fit", **given, nfi=".917", base_chi2="918.852", base_df="36")[1] == "inconsistent"


def test_serial_mediation_and_percentages():
    assert words("serial", a="0.512", d="0.377", b="0.240", adb="0.046") == ["consistent"]
    assert words("serial", a="0.512", d="0.377", b="0.240", adb="0.064") == ["inconsistent"]
    assert words("serial", a=".5", d=".4", b=".3", adb=".06", low=".01", high=".12")[1] == "consistent"
    loadings = ["0,812", "0,855", "0,790"]
    assert words("loadings", loadings=loadings, ave="67.1%", cr="86,0%") == ["consistent"] * 2
    assert words("loadings", loadings=loadings, ave="57.1%", version="standardised") == ["inconsistent"]
    pairs = {"X M": "0.70"}
    assert words("fornell_larcker", ave={"X": "67.1%", "M": "0.55"}, correlations=pairs) == ["consistent"] * 2


def test_numbers_no_formula_takes_are_said(tmp_path):
    found = one("coefficient", b=".4", se=".2", p=".05", df="-3")
    assert (found[0].verdict, found[0].explanation) == ("not checkable", "REV034")
    assert one("fit", chi2="85.3", df="24", n="3", groups="3", rmsea=".09")[0].explanation == "GEN003"


def test_empty_cells_are_no_numbers(tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text(
        'schema: umkm-claims/1\nclaims:\n  - {kind: coefficient, b: "0.40", se: "-", t: "—", p: "", beta: '
        "null}\n"
        '  - {kind: coefficient, b: "0.40", se: "0.20", t: "2.00", p: "–"}\n',
        encoding="utf-8",
    )
    found = review.check_claims(path)
    assert [v.explanation for v in found.verdicts] == ["REV028", ""]
    assert found.verdicts[1].verdict == "consistent"


@pytest.mark.parametrize("name", ["beta_se", "pub1", "stars"])
def test_shared_cases_accuse_nobody(name):
    path = SHARED / f"{name}.yaml"
    if not path.is_file():
        pytest.skip("the shared cases are not here; the tests above hold the same rows")
    found = review.check_claims(path)
    assert found.counts["inconsistent"] == 0, found.summary()
    assert not [verdict for verdict in found.verdicts if verdict.check == "entry"]


def test_every_field_is_explained_and_stands_in_the_schema():
    schema = json.loads(schema_text())
    kinds = {entry["title"]: entry for entry in schema["properties"]["claims"]["items"]["oneOf"]}
    assert set(kinds) == set(CHECKS)
    for kind, check in CHECKS.items():
        names = {*check.needed, *check.optional, *COMMON}
        assert set(kinds[kind]["properties"]) == names | {"kind"}
        for name in names:
            assert about(kind, name, "en") != about(kind, name, "id") or name in SAME
            assert form(kind, name)


SAME = ("gfi", "se", "r2", "alpha", "cr")
EXAMPLES = {"list": ".5; .6; .7", "table": "", "map": "", "pairs": "", "word": "t", "whole": "3"}


@pytest.mark.parametrize("kind", list(CHECKS))
@pytest.mark.parametrize("lang", ["en", "id"])
def test_scaffold_of_every_kind_is_read_back_and_explained(tmp_path, kind, lang):
    check = CHECKS[kind]
    names = [*check.needed, *check.optional]
    simple = [name for name in names if form(kind, name) not in ("table", "map", "pairs", "word")]
    if not simple:
        with pytest.raises(UmkmError) as caught:
            review.scaffold([{}], kind=kind, columns={})
        assert caught.value.code == "REV007"
        return
    row = {name: EXAMPLES.get(form(kind, name), "0.5") for name in simple}
    text = review.scaffold([row], kind=kind, columns={name: name for name in simple}, where="T", lang=lang)
    assert [name for name in names if f"#   {name} [" not in text] == []
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    found = review.check_claims(path)
    assert found.verdicts
    assert not {v.explanation for v in found.verdicts} & {"REV023", "REV026", "REV027"}, found.summary()


PROSE = """Brand trust differed, t(97) = 5.15, p < .001; the model held, F(2, 117) = 4.58, p = .012.
Fit: χ²(24, N = 301) = 85.31, p < .001. Age did not matter (r(58) = .10, p = .45), z = 2.10, p = .036.
Efeknya nyata (t (97) = 1,20; p = 0,032), sedangkan F(1; 80) = 0,90, n.s. Chi-square(4) = 3.2, p = .525.
Not statistics: part(3) = 4, at t = 5 days, p. 12, χ² = 3.1, p = .20."""


def test_statistics_in_prose_are_found_and_checked(tmp_path):
    found = review.scan(PROSE)
    assert [(f.fields["statistic"], f.fields["value"]) for f in found] == [
        ("t", "5.15"),
        ("F", "4.58"),
        ("chi2", "85.31"),
        ("r", ".10"),
        ("z", "2.10"),
        ("t", "1,20"),
        ("F", "0,90"),
        ("chi2", "3.2"),
    ]
    path = tmp_path / "claims.yaml"
    path.write_text(review.from_prose(found, title="A paper"), encoding="utf-8")
    verdicts = review.check_claims(path).verdicts
    assert [v.verdict for v in verdicts].count("inconsistent") == 1
    wrong = next(v for v in verdicts if v.verdict == "inconsistent")
    assert (wrong.claimed, wrong.where, wrong.decision) == ("0,032", "paragraph 3", True)
    assert review.scan("A one-tailed test: t(20) = 1.80, p = .043.")[0].fields["tails"] == "1"
    assert review.scan("nothing here") == ()
    assert "claims: []" in review.from_prose((), title="empty")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("F(2,117)=4.58,p=.012", ("F", "4.58", "2", "117", ".012")),
        ("F(1,5; 80,2) = 3,10; p = 0,06", ("F", "3,10", "1.5", "80.2", "0,06")),
        ("Welch t(34,7) = 2,10, p = 0,043", ("t", "2,10", "34.7", None, "0,043")),
        ("χ2 (1, N=90) = 0.89, p =.35", ("chi2", "0.89", "1", None, ".35")),
        ("chi-square(df = 4) = 9.60, p < .05", ("chi2", "9.60", "4", None, "<.05")),
        ("(β = .31, t = 3.10, p = .002)", ("t", "3.10", None, None, ".002")),
        ("Z = −2.10, p ≤ .05", ("z", "−2.10", None, None, "≤.05")),
        ("r(58) = −.33 (p = .010)", ("r", "−.33", "58", None, ".010")),
        ("F(1, 20) = 0.40, ns", ("F", "0.40", "1", "20", "n.s.")),
        ("t(97) = 5,149 dengan nilai p < 0,001", ("t", "5,149", "97", None, "<0,001")),
    ],
)
def test_spellings_of_statistics_in_prose(text, fields):
    (found,) = review.scan(text)
    names = ("statistic", "value", "df", "df2", "p")
    assert tuple(found.fields.get(name) for name in names) == fields
    assert "inconsistent" not in words("test", **found.fields)


@pytest.mark.parametrize(
    "text",
    ["t(x, y) = 3, p = .2", "F(12) = 3.1, p = .04", "χ² = 3.1, p = .2", "part(3) = 4, p = .1", "t = 5 km"],
)
def test_what_is_no_statistic_is_left_alone(text):
    assert review.scan(text) == ()


@pytest.mark.parametrize("name", ["review_published", "review_tables"])
def test_the_schema_takes_what_the_review_reads(name):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    from ruamel.yaml import YAML

    path = ROOT / "tests" / "reference" / f"{name}.yaml"
    document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "docs" / "schemas" / "umkm-claims-1.schema.json").read_text(encoding="utf-8"))
    assert schema == json.loads(schema_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    document["claims"][0]["rmsaa"] = "1"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(document)
