"""Makes test/fixtures/tokenizer/encoding/sentencepiece.json: Unigram models and the normalizers that go with them.

The vocabularies are trained here, the charsmaps compiled by SentencePiece out of the rules below. Run: python
tokenizer_sentencepiece.py
"""

import base64
import io
import tempfile
from pathlib import Path

import sentencepiece
from tokenizer import PAIRS, PLAIN, SENTENCES, TEXTS, described, remade, seen_through_bytes, write
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

RULES = {
    "\t": " ", "\n": " ", "\r": " ", "\u3000": " ", "\u00a0": " ", "\u2003": " ", "\x07": "", "\ufeff": "", "\u200d": "",
    "\u0301": "", "\ufb01": "fi", "\u2460": "1", "\u00bd": "1\u20442", "\uff21": "A", "\uff22": "B", "\u33a5": "m3",
    "e\u0301": "\u00e9", "A\u030a": "\u00c5", "o\u0308": "\u00f6", "\u1112\u1161\u11ab": "\ud55c", "\u1100\u116e": "\uad6c",
    "\u0915\u094d": "K", "\U0001f44d\U0001f3fd": "+1", "\U0001f469": "(woman)", "\u2764": "heart", "\u2126": "\u03a9",
    "\u1e9e": "SS", "\u00df": "ss", "\u2026": "...", "\U00020000": "\u4e2d", "q\u0307": "Q", "\u0130": "i\u0307", "\u2028": "\n",
}  # fmt: skip

MORE = [
    "\u200d\u200dbegins with what goes \u200d",
    "\x07\x07",
    "cafe\u0301\u0301 e\u0301\u0323 \ufb01\u0301 \u2460\u20dd fi\u00df\u00df\u2026\u2026",
    "\r\n\r\n\t\r \n\r",
    "\u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f \u0915\u094d",
    "\U0001f44d\U0001f3fd\U0001f44d\U0001f3fe\U0001f469\u200d\U0001f680 \u2764\ufe0f\u2764",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01",
    "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1ee a\u0600\u0661 \u1100\u116e\u11a8",
    "\x01\x02a\x0b\x0c\x1f \x7f\x80\x8e\x8f\x90\x9e\x9f\x85 \u1680\u200b\u200c\u200e\u200f\u2029\u2581b",
]


def field_of(message, wanted):
    """The bytes of a length-delimited field of a protobuf message."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = varint()
        kind = tag & 7
        size = varint() if kind in (0, 2) else {1: 8, 5: 4}[kind]
        if kind == 0:
            continue
        if tag >> 3 == wanted and kind == 2:
            return message[at : at + size]
        at += size
    raise ValueError(f"no field {wanted}")


def charsmap(rules):
    """The charsmap that SentencePiece compiles of these rules."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "rules.tsv"
        codes = lambda text: " ".join(f"{ord(c):X}" for c in text)
        table.write_text("".join(f"{codes(source)}\t{codes(target)}\n" for source, target in rules.items()))
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(SENTENCES), model_writer=model, vocab_size=60, normalization_rule_tsv=str(table), minloglevel=2
        )
    normalizer_spec = field_of(model.getvalue(), 3)
    return base64.b64encode(field_of(normalizer_spec, 2)).decode()


def precompiled(rules):
    data = {"type": "Precompiled", "precompiled_charsmap": charsmap(rules)}
    return lambda tokenizer: remade(tokenizer, lambda json: json.update(normalizer=data))


def normalizer_fixtures():
    n = normalizers
    some = precompiled(RULES)(seen_through_bytes()).normalizer
    table = {
        "Nmt": n.Nmt(),
        "Precompiled": some,
        "Precompiled, then others": n.Sequence([n.NFD(), some, n.Lowercase(), n.Replace("  ", " ")]),
        "Nmt, then Precompiled": n.Sequence([n.Nmt(), some]),
    }
    return [described(name, seen_through_bytes(normalizer=step), TEXTS + MORE, without=(*PLAIN, "words")) for name, step in table.items()]


def trained_unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=90, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return tokenizer


def model_fixtures():
    texts = TEXTS + MORE + SENTENCES[:4] + ["<unk>the<unk>", "\u2603\u2603 the \u2603", "<s>a</s>"]
    plain = trained_unigram()

    def with_bytes(data):
        data["model"]["vocab"] += [[f"<0x{byte:02X}>", 0.0] for byte in range(256)]
        data["model"]["byte_fallback"] = True

    def with_few_bytes(data):
        data["model"]["vocab"] += [["<0xE2>", -3.0], ["<0x98>", -3.0], ["<0x83>", -3.0]]
        data["model"]["byte_fallback"] = True

    fallback = remade(plain, with_bytes)
    fallback.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    whole = remade(plain, lambda data: data.update(pre_tokenizer=None))
    scores = [("<unk>", 0.0), ("a", -1.0), ("b", -1.0), ("ab", -2.0), ("aa", -2.0), ("aaa", -3.5), ("a", -0.5), ("\u00e9", 0.1), ("aab", -2.25), ("\u2581", -7.0)]
    tied = Tokenizer(models.Unigram(scores, 0))
    published = precompiled(RULES)(plain)
    published.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    return [
        described("Unigram", plain, texts, PAIRS),
        described("Unigram with byte fallback", fallback, texts),
        described("Unigram with a few bytes", remade(plain, with_few_bytes), texts),
        described("Unigram without words", whole, texts),
        described("Unigram with ties", tied, [*TEXTS[:9], "aab", "aaaaab", "abab", "\u00e9\u00e9xab\u00e9", "aaaaaaaaaaaaa", "b\U0001f600\U0001f600a"]),
        described("Unigram as published", published, texts),
    ]


if __name__ == "__main__":
    write("encoding/sentencepiece", [*normalizer_fixtures(), *model_fixtures()])
