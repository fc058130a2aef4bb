"""The page of the mediation result shows every method of it in code that runs."""

from doc_blocks import ROOT, blocks
from umkm_stats.mediation import Mediation

PAGE = ROOT / "docs" / "reference" / "mediation.md"
ELSEWHERE = {
    "tidy",
    "glance",
    "summary",
    "to_dict",
    "withheld",
    "withheld_for",
}  # the protocol; rules behind verdicts


def test_every_method_is_called_on_the_page():
    code = "\n".join(block.body for block in blocks(PAGE) if block.kind == "python")
    methods = {
        name for name, value in vars(Mediation).items() if callable(value) and not name.startswith("_")
    }
    assert {name for name in methods if f".{name}(" not in code} <= ELSEWHERE
    assert {"vaf", "curve", "contrasts", "typology", "sensitivity", "plot", "latex", "omnibus"} <= methods
    for name in (".johnson_neyman", ".sizes", "mediate_imputed(", "mediate_count(", "mediate_within("):
        assert name in code


def test_the_class_stands_in_the_reference():
    assert "::: umkm_stats.mediation.Mediation\n" in PAGE.read_text(encoding="utf-8")
