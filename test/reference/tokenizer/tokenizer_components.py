"""Makes test/fixtures/tokenizer/encoding/components.json and decoding/components.json: what is in few published files.

Run: python tokenizer_components.py
"""

import json
import random

from tokenizer import PLAIN, TEXTS, AddedToken, Regex, Tokenizer, bytes_model, decoders, described, models, normalizers, pre_tokenizers, seen_through_bytes, write

SCRIPTS = [
    "\u3069\u3053\u3067\u751f\u308c\u3002Yes \u30ab\u30fc\u30c9 card",
    " leading \u0430\u0431\u0432 \u05d0\u05d1 \u0e01\u0e02 abc\u0430bc",
    "\u0300a\u0300 1\u0300 \u0967\u0951",
    "\U0001f970\U0001f600 \u0560\u0561 \u0c77 \u3134f \u20bf\u20ac \u31bb\u3105 \u9fff\u9fd5 \U0001e900\U00010d00",
    "\u0589\u061c\u0953\u0954\u0955",
]


def table_fixtures():
    n, p = normalizers, pre_tokenizers
    fixtures = []
    plain = Tokenizer(bytes_model())
    plain.decoder = decoders.ByteLevel()
    for name, normalizer in {
        "ByteLevel normalizer": n.ByteLevel(),
        "ByteLevel normalizer after others": n.Sequence([n.Prepend(" "), n.NFKD(), n.Replace(Regex(r"\p{M}+|(?<=l)l"), ""), n.ByteLevel()]),
    }.items():
        plain.normalizer = normalizer
        fixtures.append(described(name, plain, without=("types", "special", "decodedWithSpecial")))
    for name, step in {
        "CharDelimiterSplit": p.CharDelimiterSplit("a"),
        "CharDelimiterSplit at an emoji": p.CharDelimiterSplit("\U0001f469"),
        "UnicodeScripts": p.UnicodeScripts(),
        "FixedLength": p.FixedLength(),
        "FixedLength of 1": p.FixedLength(length=1),
        "FixedLength of words": p.Sequence([p.WhitespaceSplit(), p.FixedLength(length=3)]),
        "Metaspace first, then scripts": p.Sequence([p.Metaspace(prepend_scheme="first", split=False), p.UnicodeScripts()]),
        "Metaspace with another sign": p.Sequence([p.Metaspace(replacement="_", prepend_scheme="always")]),
        "words, then Metaspace first": p.Sequence([p.WhitespaceSplit(), p.Metaspace(prepend_scheme="first")]),
        "words, then Metaspace never": p.Sequence([p.WhitespaceSplit(), p.Metaspace(prepend_scheme="never")]),
    }.items():
        fixtures.append(described(name, seen_through_bytes(pre_tokenizer=step), TEXTS + SCRIPTS, without=PLAIN))
    scheme = seen_through_bytes(pre_tokenizer=p.Metaspace(prepend_scheme="first"))
    scheme.add_tokens([AddedToken("<x>", normalized=False), AddedToken(" y ", normalized=True)])
    fixtures.append(described("Metaspace first with added tokens", scheme, ["<x>a b", " <x> a<x>b", "a<x>b y c", "<x><x>", " y a y b"], without=PLAIN))
    return fixtures


def decoder_fixtures():
    source = random.Random(11)
    words = ["<pad>", "|", "h", "e", "l", "o", "'", "s", " n't", " .", "a|b", "<pad>x", "<s>", "\U0001f600", " ", "do not", " 's", "h##", "###", "##e##"]
    vocab = {word: i for i, word in enumerate(words)}
    sequences = [[i] for i in range(len(words))] + [[i, i, 0, i] for i in range(len(words))]
    sequences += [[source.randrange(len(words)) for _ in range(source.randrange(2, 20))] for _ in range(40)]
    sequences.append([vocab[w] for w in "<pad> <pad> h e e l l <pad> l o o o <pad>".split()])
    fixtures = []
    for name, decoder in {
        "CTC": decoders.CTC(),
        "CTC without cleanup": decoders.CTC(cleanup=False),
        "CTC with other signs": decoders.CTC(pad_token="|", word_delimiter_token="<pad>"),
        "CTC without signs": decoders.CTC(pad_token="", word_delimiter_token=""),
        "BPEDecoder with a sign of two": decoders.BPEDecoder(suffix="##"),
        "CTC, then Replace": decoders.Sequence([decoders.CTC(), decoders.Replace("l", "L")]),
    }.items():
        tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<s>"))
        tokenizer.add_special_tokens(["<s>"])
        tokenizer.decoder = decoder
        cases = [
            {"ids": ids, "decoded": tokenizer.decode(ids), "decodedWithSpecial": tokenizer.decode(ids, skip_special_tokens=False)}
            for ids in sequences
        ]
        fixtures.append({"name": name, "json": json.loads(tokenizer.to_str()), "cases": cases})
    return fixtures


if __name__ == "__main__":
    write("encoding/components", table_fixtures())
    write("decoding/components", decoder_fixtures())
