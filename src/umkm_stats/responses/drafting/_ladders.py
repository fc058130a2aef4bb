"""Families of answer words: each word has a place on its family's line, so any set of them can be ordered.

Places run from the low to the high answer. A *ladder* is a set of places that questionnaires use together;
the smallest ladder that holds every word seen tells how many points the scale has.
"""

from __future__ import annotations

from dataclasses import dataclass

from umkm_stats.responses import _text

# family → kind of response scale, ladders (places from low to high), words: language → place → spellings
_BIPOLAR = (
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
_FREQUENCY = (
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
_AMOUNT = ((0, 1, 2, 3), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5))
_QUALITY = (
    (-2, -1, 1, 2),
    (-1, 0, 1, 2),
    (-2, -1, 0, 1, 2),
    (-1, 0, 1, 2, 3),
)
_TRUTH = ((0, 1),)


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


def _family(
    name: str,
    language: str,
    kind: str,
    ladders: tuple[tuple[int, ...], ...],
    words: dict[int, tuple[str, ...]],
) -> Family:
    return Family(name, language, kind, ladders, words)


_AGREE_ID = _id("setuju", "s")
FAMILIES: tuple[Family, ...] = (
    _family("agreement", "id", "agreement", _BIPOLAR, _AGREE_ID),
    _family("truth", "id", "agreement", _BIPOLAR, _id("sesuai")),
    _family("satisfaction", "id", "rating", _BIPOLAR, _id("puas")),
    _family("importance", "id", "rating", _BIPOLAR, _id("penting")),
    _family("confidence", "id", "rating", _BIPOLAR, _id("yakin")),
    _family("likelihood", "id", "rating", _BIPOLAR, _id("mungkin")),
    _family("ease", "id", "rating", _BIPOLAR, _id("mudah")),
    _family("interest", "id", "rating", _BIPOLAR, _id("tertarik")),
    _family("benefit", "id", "rating", _BIPOLAR, _id("bermanfaat")),
    _family("agreement", "ms", "agreement", _BIPOLAR, _id("bersetuju")),
    _family(
        "frequency",
        "id",
        "frequency",
        _FREQUENCY,
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
    _family(
        "quality",
        "id",
        "rating",
        _QUALITY,
        {
            -2: ("sangat buruk", "sangat tidak baik", "sangat kurang", "sangat kurang baik", "sangat rendah"),
            -1: ("buruk", "tidak baik", "kurang", "kurang baik", "rendah"),
            0: ("cukup", "cukup baik", "sedang", "biasa"),
            1: ("baik", "tinggi"),
            2: ("sangat baik", "sangat tinggi", "baik sekali"),
            3: ("istimewa", "sempurna"),
        },
    ),
    _family("right", "id", "rating", _TRUTH, {0: ("salah",), 1: ("benar",)}),
    _family("agreement", "en", "agreement", _BIPOLAR, _en("agree", "disagree", "strongly")),
    _family("satisfaction", "en", "rating", _BIPOLAR, _en("satisfied", "dissatisfied")),
    _family("importance", "en", "rating", _BIPOLAR, _en("important", "unimportant")),
    _family("likelihood", "en", "rating", _BIPOLAR, _en("likely", "unlikely")),
    _family("confidence", "en", "rating", _BIPOLAR, _en("confident", "unconfident")),
    _family("truth", "en", "agreement", _BIPOLAR, _en("true", "untrue")),
    _family("accuracy", "en", "agreement", _BIPOLAR, _en("accurate", "inaccurate")),
    _family("ease", "en", "rating", _BIPOLAR, _en("easy", "difficult")),
    _family(
        "frequency",
        "en",
        "frequency",
        _FREQUENCY,
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
    _family(
        "amount",
        "en",
        "rating",
        _AMOUNT,
        {
            0: ("not at all", "very slightly or not at all", "none"),
            1: ("a little", "slightly", "a little bit", "to a small extent"),
            2: ("moderately", "somewhat", "to some extent"),
            3: ("quite a bit", "quite a lot", "very", "very much", "to a large extent", "a lot"),
            4: ("extremely", "completely", "a great deal", "to a very large extent"),
        },
    ),
    _family(
        "quality",
        "en",
        "rating",
        _QUALITY,
        {
            -2: ("very poor", "very bad", "terrible"),
            -1: ("poor", "bad", "below average"),
            0: ("fair", "average", "acceptable"),
            1: ("good", "above average"),
            2: ("very good",),
            3: ("excellent",),
        },
    ),
    _family(
        "right", "en", "rating", _TRUTH, {0: ("false", "incorrect", "wrong"), 1: ("true", "correct", "right")}
    ),
    _family(
        "agreement",
        "es",
        "agreement",
        _BIPOLAR,
        {
            -3: ("totalmente en desacuerdo", "muy en desacuerdo", "completamente en desacuerdo"),
            -2: ("en desacuerdo", "desacuerdo"),
            -1: ("algo en desacuerdo", "parcialmente en desacuerdo", "ligeramente en desacuerdo"),
            0: ("ni de acuerdo ni en desacuerdo", "neutral", "neutro", "indeciso", "indiferente"),
            1: ("algo de acuerdo", "parcialmente de acuerdo", "ligeramente de acuerdo"),
            2: ("de acuerdo",),
            3: ("totalmente de acuerdo", "muy de acuerdo", "completamente de acuerdo"),
        },
    ),
    _family(
        "satisfaction",
        "es",
        "rating",
        _BIPOLAR,
        {
            -3: ("muy insatisfecho", "muy insatisfecha", "totalmente insatisfecho"),
            -2: ("insatisfecho", "insatisfecha"),
            -1: ("algo insatisfecho", "poco satisfecho"),
            0: ("neutral", "ni satisfecho ni insatisfecho", "indiferente"),
            1: ("algo satisfecho",),
            2: ("satisfecho", "satisfecha"),
            3: ("muy satisfecho", "muy satisfecha", "totalmente satisfecho"),
        },
    ),
    _family(
        "frequency",
        "es",
        "frequency",
        _FREQUENCY,
        {
            0: ("nunca",),
            1: ("casi nunca", "muy rara vez"),
            2: ("rara vez", "raramente", "pocas veces"),
            3: ("a veces", "algunas veces", "ocasionalmente"),
            4: ("a menudo", "frecuentemente", "con frecuencia", "muchas veces"),
            5: ("casi siempre", "muy frecuentemente", "muy a menudo"),
            6: ("siempre",),
        },
    ),
    _family(
        "agreement",
        "pt",
        "agreement",
        _BIPOLAR,
        {
            -3: ("discordo totalmente", "discordo completamente", "discordo plenamente"),
            -2: ("discordo",),
            -1: ("discordo parcialmente", "discordo em parte"),
            0: ("não concordo nem discordo", "nem concordo nem discordo", "neutro", "indiferente"),
            1: ("concordo parcialmente", "concordo em parte"),
            2: ("concordo",),
            3: ("concordo totalmente", "concordo completamente", "concordo plenamente"),
        },
    ),
    _family(
        "frequency",
        "pt",
        "frequency",
        _FREQUENCY,
        {
            0: ("nunca",),
            1: ("quase nunca",),
            2: ("raramente", "poucas vezes"),
            3: ("às vezes", "algumas vezes", "ocasionalmente"),
            4: ("frequentemente", "muitas vezes", "com frequência"),
            5: ("quase sempre", "muito frequentemente"),
            6: ("sempre",),
        },
    ),
    _family(
        "agreement",
        "fr",
        "agreement",
        _BIPOLAR,
        {
            -3: ("pas du tout d'accord", "tout à fait en désaccord", "fortement en désaccord"),
            -2: ("pas d'accord", "en désaccord"),
            -1: ("plutôt pas d'accord", "plutôt en désaccord"),
            0: ("ni d'accord ni pas d'accord", "ni en accord ni en désaccord", "neutre", "sans opinion"),
            1: ("plutôt d'accord",),
            2: ("d'accord", "en accord"),
            3: ("tout à fait d'accord", "totalement d'accord", "fortement d'accord"),
        },
    ),
    _family(
        "frequency",
        "fr",
        "frequency",
        _FREQUENCY,
        {
            0: ("jamais",),
            1: ("presque jamais",),
            2: ("rarement",),
            3: ("parfois", "de temps en temps", "quelquefois"),
            4: ("souvent",),
            5: ("très souvent", "presque toujours"),
            6: ("toujours",),
        },
    ),
    _family(
        "agreement",
        "de",
        "agreement",
        _BIPOLAR,
        {
            -3: (
                "stimme überhaupt nicht zu",
                "stimme gar nicht zu",
                "stimme garnicht zu",
                "stimme voll und ganz nicht zu",
            ),
            -2: ("stimme nicht zu", "lehne ab"),
            -1: ("stimme eher nicht zu",),
            0: ("teils, teils", "teils teils", "teils/teils", "weder noch", "neutral", "unentschieden"),
            1: ("stimme eher zu",),
            2: ("stimme zu",),
            3: (
                "stimme voll und ganz zu",
                "stimme voll zu",
                "stimme vollständig zu",
                "stimme vollkommen zu",
                "stimme völlig zu",
            ),
        },
    ),
    _family(
        "truth",
        "de",
        "agreement",
        _BIPOLAR,
        {
            -3: ("trifft gar nicht zu", "trifft überhaupt nicht zu"),
            -2: ("trifft nicht zu",),
            -1: ("trifft eher nicht zu", "trifft wenig zu"),
            0: ("teils, teils", "teils teils", "teils/teils", "weder noch", "neutral"),
            1: ("trifft eher zu", "trifft etwas zu"),
            2: ("trifft zu",),
            3: ("trifft voll zu", "trifft voll und ganz zu", "trifft genau zu", "trifft völlig zu"),
        },
    ),
    _family(
        "frequency",
        "de",
        "frequency",
        _FREQUENCY,
        {
            0: ("nie", "niemals"),
            1: ("fast nie", "sehr selten"),
            2: ("selten",),
            3: ("manchmal", "gelegentlich", "ab und zu"),
            4: ("oft", "häufig"),
            5: ("sehr oft", "meistens", "fast immer", "sehr häufig"),
            6: ("immer",),
        },
    ),
    _family(
        "agreement",
        "nl",
        "agreement",
        _BIPOLAR,
        {
            -3: ("helemaal mee oneens", "zeer mee oneens", "helemaal niet mee eens", "sterk mee oneens"),
            -2: ("mee oneens", "oneens", "niet mee eens"),
            -1: ("beetje mee oneens", "enigszins mee oneens", "een beetje mee oneens"),
            0: (
                "neutraal",
                "niet mee eens en niet mee oneens",
                "noch eens noch oneens",
                "niet eens/niet oneens",
            ),
            1: ("beetje mee eens", "enigszins mee eens", "een beetje mee eens"),
            2: ("mee eens", "eens"),
            3: ("helemaal mee eens", "zeer mee eens", "sterk mee eens"),
        },
    ),
    _family(
        "frequency",
        "nl",
        "frequency",
        _FREQUENCY,
        {
            0: ("nooit",),
            1: ("bijna nooit",),
            2: ("zelden",),
            3: ("soms", "af en toe"),
            4: ("vaak", "regelmatig"),
            5: ("heel vaak", "bijna altijd", "zeer vaak"),
            6: ("altijd",),
        },
    ),
    _family(
        "agreement",
        "tr",
        "agreement",
        _BIPOLAR,
        {
            -3: ("kesinlikle katılmıyorum", "hiç katılmıyorum", "tamamen katılmıyorum"),
            -2: ("katılmıyorum",),
            -1: ("kısmen katılmıyorum", "biraz katılmıyorum", "az katılıyorum"),
            0: ("kararsızım", "ne katılıyorum ne katılmıyorum", "fikrim yok", "nötr"),
            1: ("kısmen katılıyorum", "biraz katılıyorum", "orta düzeyde katılıyorum"),
            2: ("katılıyorum", "çoğunlukla katılıyorum"),
            3: ("kesinlikle katılıyorum", "tamamen katılıyorum", "tümüyle katılıyorum"),
        },
    ),
    _family(
        "frequency",
        "tr",
        "frequency",
        _FREQUENCY,
        {
            0: ("hiçbir zaman", "asla", "hiç"),
            1: ("neredeyse hiç",),
            2: ("nadiren",),
            3: ("bazen", "ara sıra"),
            4: ("sık sık", "çoğu zaman", "genellikle"),
            5: ("çok sık", "neredeyse her zaman"),
            6: ("her zaman",),
        },
    ),
)
NOT_A_POINT = frozenset(
    _text.key(word)
    for word in (
        "tidak tahu",
        "tidak berlaku",
        "tidak sesuai dengan usaha saya",
        "tidak relevan",
        "tidak menjawab",
        "tt",
        "n/a",
        "na",
        "not applicable",
        "don't know",
        "dont know",
        "no answer",
        "prefer not to say",
        "prefer not to answer",
        "weiß nicht",
        "keine angabe",
        "no sabe",
        "no aplica",
        "no sé",
        "não sei",
        "não se aplica",
        "ne sait pas",
        "sans objet",
        "weet niet",
        "geen mening",
        "bilmiyorum",
    )
)
LONG = {
    "sts": "sangat tidak setuju",
    "ts": "tidak setuju",
    "ks": "kurang setuju",
    "ats": "agak tidak setuju",
    "cts": "cukup tidak setuju",
    "n": "netral",
    "r": "ragu-ragu",
    "rr": "ragu-ragu",
    "as": "agak setuju",
    "cs": "cukup setuju",
    "s": "setuju",
    "ss": "sangat setuju",
    "tp": "tidak pernah",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A set of answer words placed on a ladder: word (normal form) → place, and whether it must be asked."""

    family: Family
    ladder: tuple[int, ...]
    places: dict[str, int]
    unsure: str = ""

    @property
    def unused(self) -> tuple[int, ...]:
        """Places of the ladder that nobody chose."""
        return tuple(p for p in self.ladder if p not in self.places.values())


def _place(family: Family) -> dict[str, int]:
    out: dict[str, int] = {}
    for place, words in family.words.items():
        for word in words:
            out.setdefault(_text.key(word), place)
    return out


_PLACES = {id(family): _place(family) for family in FAMILIES}


def find(words: set[str], language: str) -> Found | None:
    """The family and the smallest ladder that hold every word (normal forms), or None.

    Families of ``language`` come first. "KS"/"kurang setuju" beside both neutral and disagreeing words is
    unsure, as is a set without its own ends.
    """
    if not words:
        return None
    fits = []
    for order, family in enumerate(FAMILIES):
        places = _PLACES[id(family)]
        if not words <= set(places):
            continue
        seen = {places[w] for w in words}
        if len(seen) < len(words) and len(seen) < 2:
            continue
        ladders = [ladder for ladder in family.ladders if seen <= set(ladder)]
        short = max(len(w) for w in words) <= 3
        for ladder in ladders:
            lone = not short or len(seen) >= 3
            fits.append(
                (
                    not lone,
                    family.language != language,
                    len(ladder) if _whole(seen, ladder) else len(ladder) + 10,
                    _plainness(ladder),
                    order,
                    family,
                    ladder,
                    {w: places[w] for w in words},
                )
            )
    if not fits:
        return None
    best = min(fits, key=lambda entry: entry[:5])
    family, ladder, found = best[5], best[6], best[7]
    unsure = ""
    places_seen = set(found.values())
    if -1 in places_seen and 0 in places_seen and 1 not in places_seen and family.kind != "frequency":
        unsure = "between"
    elif not {ladder[0], ladder[-1]} <= places_seen:
        unsure = "ends"
    return Found(family, ladder, found, unsure)


def _whole(seen: set[int], ladder: tuple[int, ...]) -> bool:
    return {ladder[0], ladder[-1]} <= seen or len(seen) < len(ladder)


def _plainness(ladder: tuple[int, ...]) -> int:
    """Common sets of answers before rare ones of the same length."""
    common = ((-3, -2, 0, 2, 3), (-3, -2, 2, 3), (0, 2, 3, 4, 6), (-2, -1, 0, 1, 2), (0, 1, 2, 3, 4))
    return 0 if ladder in common else 1 if tuple(-p for p in reversed(ladder)) == ladder else 2


def words_for(found: Found) -> dict[int, str]:
    """Place → words for the YAML: the first spelling of the family."""
    return {place: found.family.words[place][0] for place in found.ladder if place in found.family.words}
