"""Makes test/fixtures/tokenizer/unicode.json: of which characters the components of tokenizers think what.

Each of the reference's parts has the tables of another version of Unicode, and an engine of JavaScript has one more. Sets
are lists of distances: how many characters are outside, how many then inside, and so on, surrogates left out.
Run: python tokenizer_unicode.py
"""

from tokenizer import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, write

CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
EXPRESSIONS = [r"\p{L}", r"\p{N}", r"\p{M}", r"\p{P}", r"\p{S}", r"\p{Lu}", r"\p{Ll}", r"\p{Lt}", r"\p{Lm}", r"\p{Lo}", r"\p{Han}", r"\s", r"\w", r"\d"]
EXPRESSIONS += ["[[:alpha:]]", "[[:upper:]]", "[[:lower:]]", "[[:punct:]]", "[[:space:]]"]
# A mark of a low and one of the highest class: one of them moves past any mark that is not of its own class.
LOWEST, HIGHEST = "\u0334", "\u0345"


def distances(belongs):
    result = []
    last, count = False, 0
    for character in CHARACTERS:
        if belongs(character) != last:
            result.append(count)
            last, count = not last, 0
        count += 1
    return result


def becomes(normalizer, content=""):
    return lambda character: normalizer.normalize_str(character) == content


def changes(normalizer):
    return lambda character: normalizer.normalize_str(character) != character


def words(pre_tokenizer, around, count):
    return lambda character: len(pre_tokenizer.pre_tokenize_str(around + character + around)) == count


def moves(character):
    swaps = (LOWEST + character, character + LOWEST, HIGHEST + character, character + HIGHEST)
    nfd = normalizers.NFD()
    return nfd.normalize_str(character) == character and any(nfd.normalize_str(pair) != nfd.normalize_str(pair[:1]) + nfd.normalize_str(pair[1:]) for pair in swaps)


def main():
    n, p = normalizers, pre_tokenizers
    sets = {expression: becomes(n.Replace(Regex(expression), "")) for expression in EXPRESSIONS}
    alone = Tokenizer(models.WordLevel({"?": 0}, "?"))
    alone.add_tokens([AddedToken("word", single_word=True)])
    bert = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    sets |= {
        "BertPreTokenizer alone": words(p.BertPreTokenizer(), "a", 3),
        "Punctuation": words(p.Punctuation(), "a", 3),
        "Digits": words(p.Digits(True), "a", 3),
        "WhitespaceSplit": words(p.WhitespaceSplit(), "a", 2),
        "Whitespace inside": words(p.Whitespace(), "a", 1),
        "single_word": lambda character: len(alone.encode("word" + character).ids) == 1,
        "StripAccents": becomes(n.StripAccents()),
        "BertNormalizer cleans": becomes(n.BertNormalizer(**{**bert, "clean_text": True})),
        "BertNormalizer strips": becomes(n.BertNormalizer(**{**bert, "strip_accents": True})),
        "Lowercase": changes(n.Lowercase()),
        "NFC": changes(n.NFC()),
        "NFD": changes(n.NFD()),
        "NFKC": changes(n.NFKC()),
        "NFKD": changes(n.NFKD()),
        "moves": moves,
    }
    write("unicode", {name: distances(belongs) for name, belongs in sets.items()})


if __name__ == "__main__":
    main()
