"""Makes test/fixtures/tokenizer/encoding/patterns.json: the patterns by which newer models split texts into words.

Run: python tokenizer_patterns.py
"""

import random

from tokenizer import Regex, described, pre_tokenizers, seen_through_bytes, write

CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"


def by_case(contractions, numbers):
    upper, lower = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
    sign = r"[^\r\n\p{L}\p{N}]?"
    words = f"{sign}{upper}*{lower}+{contractions}|{sign}{upper}+{lower}*{contractions}"
    return rf"{words}|{numbers}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"


PATTERNS = {
    "o200k": [by_case(CONTRACTIONS, r"\p{N}{1,3}")],
    "Tekken": [by_case("", r"\p{N}")],
    "DeepSeek V3": [
        r"\p{N}{1,3}",
        "[一-龥\u3040-ゟ゠-ヿ]+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
        "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
    ],
}

PARTS = (
    "a b Z É Ab ABC aB HTTPServer Ǆ ǅ ʰ é ß ſ K ' 's 'S 't 'RE 'Ve 'lL 'd 'm 'x ’s 1 22 4567 ٣ Ⅷ ½ . / $ + ´ _ , ! ?? — 😀 "
    "👩‍👩‍👧 中文 かな カナ ー 한 ा \u0301 \u20dd \u00ad \u200d \U00010400 \U00010428 \U0001d7d9 (x) #include x.y //\n \u0000"
).split(" ") + [" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", "\u0085"]


def texts():
    choose = random.Random(1)
    return ["".join(choose.choice(PARTS) for _ in range(choose.randint(2, 14))) for _ in range(60)]


if __name__ == "__main__":
    fixtures = []
    for name, patterns in PATTERNS.items():
        splits = [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in patterns]
        tokenizer = seen_through_bytes(pre_tokenizer=pre_tokenizers.Sequence(splits))
        fixtures.append(described(name, tokenizer, texts(), without=("tokens", "types", "special", "decodedWithSpecial")))
    write("encoding/patterns", fixtures)
