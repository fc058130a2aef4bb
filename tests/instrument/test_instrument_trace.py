"""The matrix from passage to hypothesis, and the comparison of quotations with a text."""

import re

import pytest

from umkm_stats import columns
from umkm_stats.errors import UsageError
from umkm_stats.instrument import Passage, trace
from umkm_stats.instrument._trace import CLAIMS, HEADINGS, cited, folded, quoted_in


def test_every_item_has_a_full_row(inovasi):
    frame = trace(inovasi).tidy("id").set_index("trace_item")
    for item in inovasi.items:
        row = frame.loc[item.code]
        assert (item.source is None) is (item.role == "marker")
        assert (item.source.quote if item.source else "") in row.trace_passage
        assert row.trace_section == (item.source.section if item.source else "")
        assert row.trace_construct.startswith(item.construct)
        assert row.trace_theme
        assert row.trace_wording == item.text["id"]
        assert row.trace_keying == ("−" if item.reverse else "+")
        assert re.search(r"\(\d{4}\)", row.trace_adapted)
        if item.construct in ("PI", "OI", "NP", "ACAP", "KM", "NW", "MO", "LW", "WTP", "TR", "IR"):
            assert row.trace_hypotheses
    assert frame.loc["PIS2"].trace_hypotheses.split(", ").count("H5b") == 1
    assert "H5b" not in frame.loc["PID1"].trace_hypotheses


def test_items_come_first_by_construct(inovasi):
    codes = trace(inovasi).codes
    assert codes[:3] == ("PID1", "PID2", "PID3")
    assert codes.index("MK6") < codes.index("SCCRAFT")
    assert set(trace(inovasi, form="inti").codes) < set(codes)
    with pytest.raises(UsageError):
        trace(inovasi, form="intu")


def test_headings_are_registered(inovasi):
    made = trace(inovasi)
    assert len(made.headings("id")) == len(HEADINGS)
    for name in {*HEADINGS, *CLAIMS}:
        assert columns.label(f"trace_{name}", "id") != f"trace_{name}"
        assert columns.about(f"trace_{name}", "en")


def test_markdown_is_a_table(inovasi):
    text = trace(inovasi).markdown("en")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    widths = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert widths == {len(HEADINGS) + 1, len(CLAIMS) + 1}
    assert len(rows) == len(trace(inovasi).codes) + len(inovasi.hypotheses) + 4


def test_user_text_is_escaped(small):
    from umkm_stats.instrument._loading import parse

    text = small.replace("en: We try new raw materials.", "en: We <b>try</b> | new \\ & old.")
    made = trace(parse(text))
    assert "We &lt;b&gt;try&lt;/b&gt; | new \\ &amp; old." in made.html("en")
    assert "We <b>try</b> \\| new \\\\ & old." in made.markdown("en")


def test_the_page_is_whole(inovasi):
    page = trace(inovasi).html("id")
    assert page.startswith('<!DOCTYPE html>\n<html lang="id">')
    assert page.count("<table>") == page.count("</table>") == 2
    assert page.count("<tr>") == len(trace(inovasi).codes) + len(inovasi.hypotheses) + 2
    assert "http" not in page


def test_claims(inovasi):
    claims = {row[2]: row for row in trace(inovasi).claims("id")}
    assert list(claims) == [hypothesis.code for hypothesis in inovasi.hypotheses]
    assert claims["H5b"][7].split() == ["PIS1", "PIS2", "PIS4", "BE1", "BE2", "BE4", "WTP1", "WTP2", "WTP4"]
    assert claims["H11"][5] == "−"
    assert trace(inovasi).glance().iloc[0].without == 3  # the markers
    inferred = {code for code, row in claims.items() if "disimpulkan" in row[4]}
    assert inferred == {"H12", "H13", "H14"}
    assert len(trace(inovasi).to_dict()["rows"]) == len(trace(inovasi).codes)


def test_quotations_are_compared_as_agreed():
    text = folded("Produk *anyaman*\n  rotan <i>dengan</i> fungsi\tganda")
    assert quoted_in(Passage("anyaman rotan dengan fungsi ganda", "X"), text)
    assert quoted_in(Passage("Produk … fungsi ganda", "X"), text)
    assert not quoted_in(Passage("fungsi … Produk", "X"), text)
    assert not quoted_in(Passage("fungsi tunggal", "X"), text)


def test_a_lost_passage_is_noticed(inovasi):
    items = [item for item in inovasi.items if item.source is not None]
    text = folded(" ".join(item.source.quote for item in items if item.code != "PIS2"))
    lost = [item.code for item in items if not quoted_in(item.source, text)]
    assert lost == ["PIS2"]


def test_passages_read_both_ways():
    passage = Passage("satu … dua", "RESULTS")
    assert passage == '"satu … dua" (RESULTS)'
    assert passage.words == 2
    assert Passage.read(str(passage)) == passage
    for wrong in ({"quote": "x"}, "no passage", 3, {"quote": "", "section": "R"}):
        with pytest.raises(ValueError, match="passage"):
            Passage.read(wrong)


def test_short_citations():
    assert (
        cited("Homburg, C., Schwemmle, M., & Kuehnl, C. (2015). T.") == "Homburg, Schwemmle & Kuehnl (2015)"
    )
    assert cited("Hung, K.-P., & Chou, C. (2013). T.") == "Hung & Chou (2013)"
    assert cited("Darroch, J. (2003). T.") == "Darroch (2003)"
    assert cited("World Bank (2020). T.") == "World Bank (2020)"
    assert cited("own items") == "own items"
    assert cited("A, B., C, D., E, F., & G, H. (2004). T.") == "A et al. (2004)"


def test_the_committed_matrix_is_up_to_date(inovasi):
    from pathlib import Path

    place = Path(inovasi.origin).with_name("TRACE.md")
    assert place.read_text(encoding="utf-8").endswith(trace(inovasi).markdown("id")), (
        "write instruments/umkm_inovasi/TRACE.md again: umkm-stats instrument trace umkm_inovasi --format "
        "md --lang id"
    )
