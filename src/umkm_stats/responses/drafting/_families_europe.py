"""Answer words of Spanish, Portuguese, French, German, Dutch and Turkish."""

from __future__ import annotations

from umkm_stats.responses.drafting._families import BIPOLAR, FREQUENCY, Family

MEANT = {
    "agreement": ("agreement", BIPOLAR),
    "truth": ("agreement", BIPOLAR),
    "satisfaction": ("rating", BIPOLAR),
    "frequency": ("frequency", FREQUENCY),
}
"""Name of a family → kind of response scale, ladders."""


def _family(name: str, language: str, words: dict[int, tuple[str, ...]]) -> Family:
    return Family(name, language, *MEANT[name], words)


FAMILIES: tuple[Family, ...] = (
    _family(
        "agreement",
        "es",
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
