"""Small whole files of the kinds a user hands in, and what damages them."""

import random

CLAIMS = """schema: umkm-claims/1
title: A paper
claims:
- {kind: mean, where: Table 1, mean: "3.45", n: 20}
- {kind: test, statistic: t, value: 2.31, df: 118, p: .02}
- {kind: alpha, alpha: .81, k: 4, n: 120}
"""
STUDY = """schema: umkm-study/1
title: Kedai kopi
models: [M1]
draws: 100
seed: 11
level: 0.95
intervals: [percentile, bca]
exclude:
- {row: 5, reason: uji coba}
"""
MAP = 'schema: umkm-map/1\ncolumns:\n  Pernyataan 1: PI1\nanswers:\n  "*": {KS: 3}\nignore: [Waktu]\n'
TOKENS = [
    '!!int "abc" ',
    "!!binary x",
    "!!python/object:os.system x",
    "&a [*a]",
    "*b",
    "<<: 3",
    "? [a]",
    "2020-99-99",
    "1e999",
    ".nan",
    "-.inf",
    "0x",
    "0o9",
    "1_000",
    "null",
    "~",
    "[]",
    "{}",
    "[[[[",
    "}",
    '"',
    "'",
    ">",
    "- ",
    ": ",
    "#",
    "\t",
    "\x00",
    "\x07",
    "\\ud800",
    '"\\ud800"',
    "\ufffe",
    "\u2028",
    "é",
    "%",
    "@",
    "`",
    "---\n",
    "...\n",
    "true",
    "-1",
    "1.5",
    "NaN",
    "Infinity",
    "1E400",
    "yes",
    "\\",
    "\r",
    "|",
    "9" * 30,
    "9" * 5000,
    '{"a": ' * 50,
    "[" * 5000,
]


def mutated(text: str, draw: random.Random) -> bytes:
    """The text with one to four faults: a token put in or in place of something, a piece cut or doubled."""
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(text) + 1)
        end = min(len(text), at + draw.choice((0, 0, 1, 3, 10, 60)))
        kind = draw.random()
        if kind < 0.55:
            text = text[:at] + draw.choice(TOKENS) + text[end:]
        elif kind < 0.7:
            text = text[:at] + text[end:]
        elif kind < 0.8:
            text = text[:end] + text[at:end] + text[end:]
        elif kind < 0.9:
            lines = text.split("\n")
            draw.shuffle(lines) if draw.random() < 0.2 else lines.insert(
                draw.randrange(len(lines)), draw.choice(lines)
            )
            text = "\n".join(lines)
        else:
            text = text[:at]
    raw = text.encode("utf-8", "surrogatepass")
    if draw.random() < 0.05:
        raw = raw[: len(raw) // 2] + bytes([draw.randrange(256)]) + raw[len(raw) // 2 :]
    return raw
