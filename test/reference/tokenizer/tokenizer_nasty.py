"""Makes test/fixtures/tokenizer/encoding/nasty.json: what random texts brought up, smallest first.

Run: python tokenizer_nasty.py
"""

from tokenizer import AddedToken, Regex, Tokenizer, byte_bpe, described, models, normalizers, pre_tokenizers, processors, seen_through_bytes, write

TEXTS = [
    "\U0001d7d9\U0001d538",
    " \U0001f600 a",
    "\U0001f1e9\U0001f1ea~\u202e\U0001f1e9\U0001f1ea!",
    "\u0e48\u2026{",
    "\u180e/\uff11\uff12\u0149<s>\u0301b",
    "  \u0301a b ",
    "__proto__ constructor toString",
    "word(a|b) [x]. \u060c y\u06d4 z\u3002\u3001 !?",
    "a\u0301\u200d\u0001 \ufb01x \u017f's 'S",
    "\u1acf\u1aceb \u0295\u0294a\u088fb \U000323b0\u2b96x",
]


def set_fixtures():
    """Classes in classes and intersections of them, among them the pattern of BLOOM."""
    fixtures = []
    for pattern in [
        " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+",
        "[a-z&&[^aeiou]]+",
        "[^\\s&&[\\p{L}\\p{M}]&&[^a]]+",
        "[\\W&&\\S]+",
        "[[:alpha:][0-9]]+",
        "[a[b[c[^\\w]]]]+",
        "[[:punct:]]+",
        "[\\uFFFD\\uFFFF]|[\\u1AB0-\\u1AFF]+",
    ]:
        split = pre_tokenizers.Split(Regex(pattern), "isolated")
        fixtures.append(described(pattern, seen_through_bytes(pre_tokenizer=split), TEXTS, without=("tokens", "types", "special", "decodedWithSpecial")))
    return fixtures


def offset_fixtures():
    fixtures = []
    for trims in (True, False):
        tokenizer = byte_bpe(["<s>", "</s>"], 300)
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        tokenizer.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0), trim_offsets=trims)
        fixtures.append(described(f"a space before an emoji, trimmed {trims}", tokenizer, TEXTS, [(TEXTS[0], TEXTS[1]), (TEXTS[3], TEXTS[2])]))
    n = normalizers
    tokenizer = seen_through_bytes(pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme="first"))
    tokenizer.normalizer = n.Sequence([n.Strip(True, True), n.NFKD(), n.StripAccents()])
    fixtures.append(described("the first word begins after what was taken away", tokenizer, TEXTS, without=("tokens", "types", "special", "decodedWithSpecial")))
    return fixtures


def model_fixtures():
    """What published models brought up."""
    lossy = Tokenizer(models.BPE({token: i for i, token in enumerate("a b \u00e9 \u4e2d \U0001f600 ab".split())}, [("a", "b")]))
    lost = described("characters that no token has are lost", lossy, ["ab", "xab", "a\u20acb\u00e9", "\u00e9\u0416\u4e2da", "\u20ac\U0001f600ab", "\U0001f601x\u00e9\u4e2d\U0001f600", "xyz"])
    # The library divides the digits of a score by a power of ten: what it reads is not what it was given.
    scores = [("<unk>", 0.0), ("-", -5.129043102264404), ("---", -12.130167007446289)]
    read = Tokenizer.from_str(Tokenizer(models.Unigram(scores, 0)).to_str())
    ties = described("scores are rounded twice", read, ["-" * length for length in (3, 4, 5, 15, 16, 17, 40)])
    ties["json"]["model"]["vocab"] = [list(entry) for entry in scores]
    bytewise = Tokenizer(models.BPE({"a": 0, "<0xC3>": 1, "<0xA9>": 2}, [], byte_fallback=True))
    bytes_lost = described("characters that have no bytes either are lost", bytewise, ["X\u00e9a", "aX\u00e9", "\u00e9\u00e9aX", "X\u20ac\u00e9", "\u00e9X"])
    spaced = Tokenizer(models.BPE({"a": 0, "b": 1}, []))
    spaced.add_tokens([AddedToken("<a>", rstrip=True, normalized=False), AddedToken("  ", normalized=False)])
    overlaps = described("a token took the spaces that are another", spaced, ["<a>    b", "a<a>  b", "<a>     ", "a  <a>   <a>  "])
    return [lost, bytes_lost, ties, overlaps]


if __name__ == "__main__":
    write("encoding/nasty", set_fixtures() + offset_fixtures() + model_fixtures())
