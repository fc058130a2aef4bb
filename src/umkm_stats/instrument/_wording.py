"""The wording rules for items, one function a rule: a text and its language in, the words that break it out.

Rules 1–10 are those of the Indonesian glossary of the project; the English lists follow the same rules. Words
are matched whole, in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

MOST_WORDS = 12
FOR_OWNERS = frozenset({"INS104", "INS106", "INS109"})
"""Rules for statements that owners of small firms answer; they are the bundled instruments' and hold for no
other."""

JOINING = {"id": ("dan", "atau", "serta", "maupun", "dan/atau"), "en": ("and", "or", "and/or", "as well as")}
CAUSE = {
    "id": ("sehingga", "karena", "agar", "supaya", "akibatnya", "oleh karena", "demi", "maka", "sebab"),
    "en": ("so that", "because", "in order to", "therefore", "as a result", "thus", "due to"),
}
NEGATION = {
    "id": ("tidak", "bukan", "tanpa", "belum", "jangan", "tak", "tiada", "kurang"),
    "en": (
        "not",
        "never",
        "no",
        "without",
        "cannot",
        "don't",
        "doesn't",
        "isn't",
        "aren't",
        "won't",
        "nor",
        "lack",
    ),
}
JARGON = {
    "id": (
        "customer",
        "co-creation",
        "platform",
        "brand",
        "branding",
        "open innovation",
        "feedback",
        "stakeholder",
        "benchmark",
        "benchmarking",
        "prototype",
        "prototipe",
        "design",
        "awareness",
        "engagement",
        "buyer",
        "marketplace",
        "market",
        "sustainable",
        "sustainability",
        "knowledge",
        "sensing",
        "seizing",
        "upcycling",
        "ekuitas",
        "merek",
        "penetrasi",
        "kapabilitas",
        "kapasitas penyerapan",
        "inovasi",
        "inovatif",
        "asosiasi",
        "diferensiasi",
        "strategi",
        "strategis",
        "sinergi",
        "kolaborasi",
        "implementasi",
        "optimal",
        "optimalisasi",
        "diseminasi",
        "intensitas",
        "fungsionalitas",
        "konstruk",
    ),
    "en": (
        "co-creation",
        "brand equity",
        "open innovation",
        "stakeholder",
        "stakeholders",
        "benchmark",
        "benchmarking",
        "leverage",
        "synergy",
        "absorptive",
        "capabilities",
        "capability",
        "innovation",
        "innovative",
        "brand",
        "strategic",
        "penetration",
        "differentiation",
        "sensing",
        "seizing",
        "intensity",
        "functionality",
    ),
}
CRAFT_BOUND = {
    "id": (
        "pekerja",
        "karyawan",
        "kayu",
        "ulin",
        "rotan",
        "tenun",
        "manik",
        "manik-manik",
        "motif",
        "toko daring",
    ),
    "en": (),
}
UNSEEN = {
    "id": (
        "mencintai",
        "merasa",
        "percaya",
        "memercayai",
        "yakin",
        "bangga",
        "menginginkan",
        "memikirkan",
        "mengingat",
    ),
    "en": ("love", "feel", "feels", "believe", "trust", "are proud", "think about", "remember"),
}
ABSOLUTE = {
    "id": ("selalu", "sangat", "sering", "semua", "seluruh", "pasti", "setiap saat"),
    "en": ("always", "very", "often", "all", "everyone", "certainly", "extremely"),
}
FIRST_PERSON = {
    "id": ("kami", "usaha kami", "pelanggan", "saya", "pemilik", "karyawan", "pekerja"),
    "en": ("we", "our", "us", "customers", "i", "my", "the owner", "employees", "workers"),
}
KITA = {"id": ("kita", "anda"), "en": ()}
STANDARD = {
    "id": r"\b(daripada|dibanding\w*|dari|lama|lebih dari satu|mengganti|tradisional)\b",
    "en": r"\b(than|compared|old|more than one|replace|traditional)\b",
}
COMPARING = {
    "id": r"\blebih (?!dari\b)\w+",
    "en": r"\b(better|more|faster|larger|bigger|higher|lower|easier|stronger|cheaper|earlier|newer)\b",
}

SPELLING = {
    "kuisioner": "kuesioner",
    "kwesioner": "kuesioner",
    "analisa": "analisis",
    "hipotesa": "hipotesis",
    "respon": "respons",
    "omset": "omzet",
    "merk": "merek",
    "praktek": "praktik",
    "pengrajin": "perajin",
    "varian": "varians",
    "non-finansial": "nonfinansial",
    "non finansial": "nonfinansial",
    "resiko": "risiko",
    "ijin": "izin",
    "kwalitas": "kualitas",
    "managemen": "manajemen",
    "menejemen": "manajemen",
    "aktifitas": "aktivitas",
    "efektifitas": "efektivitas",
    "kreatifitas": "kreativitas",
    "produktifitas": "produktivitas",
    "obyek": "objek",
    "subyek": "subjek",
    "sistim": "sistem",
    "tehnik": "teknik",
    "jaman": "zaman",
    "silahkan": "silakan",
    "prosentase": "persentase",
    "jadual": "jadwal",
    "trampil": "terampil",
    "kwitansi": "kuitansi",
    "mempercayai": "memercayai",
    "ekspor-impor": "ekspor dan impor",
    "kongkrit": "konkret",
    "standarisasi": "standardisasi",
    "lokakarya kerja": "lokakarya",
}


def found(text: str, words: Iterable[str]) -> list[str]:
    """The words (or short phrases) that stand whole in the text, in lower case, in the order of the text."""
    lowered = text.lower()
    hits = [
        (match.start(), word)
        for word in words
        for match in [re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", lowered)]
        if match
    ]
    return [word for _, word in sorted(hits)]


def _listed(words: Mapping[str, tuple[str, ...]]) -> Callable[[str, str], list[str]]:
    def rule(text: str, language: str) -> list[str]:
        return found(text, words.get(language, ()))

    return rule


def comparing(text: str, language: str) -> list[str]:
    """A comparison that names no standard."""
    if language not in COMPARING or re.search(STANDARD[language], text.lower()):
        return []
    match = re.search(COMPARING[language], text.lower())
    return [match.group()] if match else []


def impersonal(text: str, language: str) -> list[str]:
    """A statement about nobody: neither *kami* nor the customer stands in it."""
    return [] if language not in FIRST_PERSON or found(text, FIRST_PERSON[language]) else [text]


def long(text: str, language: str) -> list[str]:
    """More than twelve words."""
    count = len(text.split())
    return [str(count)] if count > MOST_WORDS else []


def misspelt(text: str) -> list[tuple[str, str]]:
    """Indonesian words not spelt as the dictionary has them, with the spelling wanted."""
    return [(word, SPELLING[word]) for word in found(text, SPELLING)]


RULES: dict[str, Callable[[str, str], list[str]]] = {
    "INS101": _listed(JOINING),
    "INS102": _listed(CAUSE),
    "INS103": _listed(NEGATION),
    "INS104": _listed(JARGON),
    "INS106": _listed(UNSEEN),
    "INS107": comparing,
    "INS108": _listed(ABSOLUTE),
    "INS109": impersonal,
    "INS110": _listed(KITA),
    "INS111": long,
}
"""Code → rule for one text: 1 one idea, 2 no cause or result, 3 no negation, 4 everyday words, 6 what can be
seen or
heard, 7 a comparison names its standard, 8 no absolutes, 9 *kami* and not *kita*, and the length. Rule 5
(true for
every craft) and rule 10 (inside the fence) need the instrument and stand with the checks."""
