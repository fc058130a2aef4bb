"""A note of a result, and that both languages tell it whole."""


def noted(result, code):
    """The first note with the code; no placeholder of its texts is left without a value."""
    found = [note for note in result.notes if note.code == code]
    assert found, f"{code} is not among {[note.code for note in result.notes]}"
    for lang in ("en", "id"):
        assert "?" not in found[0].message(lang)
    return found[0]
