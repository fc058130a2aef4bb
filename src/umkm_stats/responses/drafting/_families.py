"""Answer words of Indonesian, Malay and English, and the ladders that questionnaires use."""

from __future__ import annotations

from dataclasses import dataclass

# family → kind of response scale, ladders (places from low to high), words: language → place → spellings
BIPOLAR = (
    (-2, 2),
    (-2, 0, 2),
    (-3, -2, 2, 3),
    (-3, -1, 1, 3),
    (-2, -1, 1, 2),
    (-2, -1, 2, 3),
    (-3, -2, 0, 2, 3),
    (-3, -1, 0, 1, 3),
    (-2, -1, 0, 1, 2),
    (-3, -2, -1, 2, 3),
    (-3, -2, 1, 2, 3),
    (-3, -2, -1, 1, 2, 3),
    (-3, -2, -1, 0, 2, 3),
    (-3, -2, -1, 0, 1, 2, 3),
)
FREQUENCY = (
    (0, 3, 6),
    (0, 2, 4, 6),
    (0, 2, 3, 4),
    (0, 3, 4, 6),
    (0, 2, 3, 6),
    (0, 2, 3, 4, 6),
    (0, 2, 3, 4, 5),
    (0, 1, 3, 5, 6),
    (0, 1, 3, 4, 5),
    (0, 1, 2, 3, 4),
    (0, 1, 3, 4, 6),
    (0, 1, 2, 3, 4, 6),
    (0, 2, 3, 4, 5, 6),
    (0, 1, 2, 3, 4, 5),
    (0, 1, 2, 3, 4, 5, 6),
)
AMOUNT = ((0, 1, 2, 3), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5))
QUALITY = (
    (-2, -1, 1, 2),
    (-1, 0, 1, 2),
    (-2, -1, 0, 1, 2),
    (-1, 0, 1, 2, 3),
)
TRUTH = ((0, 1),)


def _id(word: str, short: str = "") -> dict[int, tuple[str, ...]]:
    """Indonesian words around an adjective, from sangat tidak … over kurang …, netral, cukup … to sangat …"""
    places: dict[int, tuple[str, ...]] = {
        -3: (f"sangat tidak {word}", f"amat tidak {word}", f"sama sekali tidak {word}"),
        -2: (f"tidak {word}",),
        -1: (f"kurang {word}", f"agak tidak {word}", f"cukup tidak {word}", f"sedikit tidak {word}"),
        0: (
            "netral",
            "ragu-ragu",
            "ragu ragu",
            "biasa saja",
            "antara setuju dan tidak",
            "tidak tahu/netral",
            f"antara {word} dan tidak {word}",
        ),
        1: (f"agak {word}", f"cukup {word}", f"sedikit {word}"),
        2: (word,),
        3: (f"sangat {word}", f"amat {word}", f"{word} sekali"),
    }
    if short:
        s = short
        extra = {
            -3: (f"st{s}",),
            -2: (f"t{s}",),
            -1: (f"k{s}", f"at{s}", f"ct{s}"),
            0: ("n", "r", "rr"),
            1: (f"a{s}", f"c{s}"),
            2: (s,),
            3: (f"s{s}",),
        }
        places = {k: (*v, *extra[k]) for k, v in places.items()}
    return places


def _en(word: str, no: str, strong: str = "very") -> dict[int, tuple[str, ...]]:
    mild = ("somewhat", "slightly", "moderately", "fairly", "a little", "mildly", "rather")
    most = tuple(dict.fromkeys((strong, "very", "strongly", "completely", "totally", "extremely", "fully")))
    return {
        -3: (*tuple(f"{m} {no}" for m in most), f"{no} strongly", f"not at all {word}"),
        -2: (no, f"not {word}", f"mostly {no}"),
        -1: (*tuple(f"{m} {no}" for m in mild), f"tend to {no}"),
        0: (
            "neutral",
            f"neither {word} nor {no}",
            f"neither {no} nor {word}",
            "undecided",
            "neither",
            "not sure",
            "unsure",
        ),
        1: (*tuple(f"{m} {word}" for m in mild), f"tend to {word}"),
        2: (word, f"mostly {word}"),
        3: (*tuple(f"{m} {word}" for m in most), f"{word} strongly"),
    }


@dataclass(frozen=True, slots=True)
class Family:
    """Words of one meaning in one language."""

    name: str
    language: str
    kind: str
    ladders: tuple[tuple[int, ...], ...]
    words: dict[int, tuple[str, ...]]


_AGREE_ID = _id("setuju", "s")
FAMILIES: tuple[Family, ...] = (
    Family("agreement", "id", "agreement", BIPOLAR, _AGREE_ID),
    Family("truth", "id", "agreement", BIPOLAR, _id("sesuai")),
    Family("satisfaction", "id", "rating", BIPOLAR, _id("puas")),
    Family("importance", "id", "rating", BIPOLAR, _id("penting")),
    Family("confidence", "id", "rating", BIPOLAR, _id("yakin")),
    Family("likelihood", "id", "rating", BIPOLAR, _id("mungkin")),
    Family("ease", "id", "rating", BIPOLAR, _id("mudah")),
    Family("interest", "id", "rating", BIPOLAR, _id("tertarik")),
    Family("benefit", "id", "rating", BIPOLAR, _id("bermanfaat")),
    Family("agreement", "ms", "agreement", BIPOLAR, _id("bersetuju")),
    Family(
        "frequency",
        "id",
        "frequency",
        FREQUENCY,
        {
            0: ("tidak pernah", "tidak pernah sama sekali", "tp", "belum pernah"),
            1: ("hampir tidak pernah", "sangat jarang", "sekali-sekali", "pernah"),
            2: ("jarang", "j", "jr"),
            3: ("kadang-kadang", "kadang", "kadang kadang", "k", "kd", "terkadang"),
            4: ("sering", "sr", "cukup sering"),
            5: ("sangat sering", "hampir selalu", "sering sekali"),
            6: ("selalu", "sl", "setiap saat"),
        },
    ),
    Family(
        "quality",
        "id",
        "rating",
        QUALITY,
        {
            -2: ("sangat buruk", "sangat tidak baik", "sangat kurang", "sangat kurang baik", "sangat rendah"),
            -1: ("buruk", "tidak baik", "kurang", "kurang baik", "rendah"),
            0: ("cukup", "cukup baik", "sedang", "biasa"),
            1: ("baik", "tinggi"),
            2: ("sangat baik", "sangat tinggi", "baik sekali"),
            3: ("istimewa", "sempurna"),
        },
    ),
    Family("right", "id", "rating", TRUTH, {0: ("salah",), 1: ("benar",)}),
    Family("agreement", "en", "agreement", BIPOLAR, _en("agree", "disagree", "strongly")),
    Family("satisfaction", "en", "rating", BIPOLAR, _en("satisfied", "dissatisfied")),
    Family("importance", "en", "rating", BIPOLAR, _en("important", "unimportant")),
    Family("likelihood", "en", "rating", BIPOLAR, _en("likely", "unlikely")),
    Family("confidence", "en", "rating", BIPOLAR, _en("confident", "unconfident")),
    Family("truth", "en", "agreement", BIPOLAR, _en("true", "untrue")),
    Family("accuracy", "en", "agreement", BIPOLAR, _en("accurate", "inaccurate")),
    Family("ease", "en", "rating", BIPOLAR, _en("easy", "difficult")),
    Family(
        "frequency",
        "en",
        "frequency",
        FREQUENCY,
        {
            0: ("never", "not at all"),
            1: ("almost never", "hardly ever", "very rarely"),
            2: ("rarely", "seldom"),
            3: ("sometimes", "occasionally"),
            4: ("often", "frequently", "usually", "fairly often"),
            5: ("very often", "almost always", "very frequently", "nearly always"),
            6: ("always", "all the time"),
        },
    ),
    Family(
        "amount",
        "en",
        "rating",
        AMOUNT,
        {
            0: ("not at all", "very slightly or not at all", "none"),
            1: ("a little", "slightly", "a little bit", "to a small extent"),
            2: ("moderately", "somewhat", "to some extent"),
            3: ("quite a bit", "quite a lot", "very", "very much", "to a large extent", "a lot"),
            4: ("extremely", "completely", "a great deal", "to a very large extent"),
        },
    ),
    Family(
        "quality",
        "en",
        "rating",
        QUALITY,
        {
            -2: ("very poor", "very bad", "terrible"),
            -1: ("poor", "bad", "below average"),
            0: ("fair", "average", "acceptable"),
            1: ("good", "above average"),
            2: ("very good",),
            3: ("excellent",),
        },
    ),
    Family(
        "right", "en", "rating", TRUTH, {0: ("false", "incorrect", "wrong"), 1: ("true", "correct", "right")}
    ),
)
