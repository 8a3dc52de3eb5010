"""Makes test/fixtures/tokenizer/sentencepiece/: tiny `.model` files and what SentencePiece makes of nasty texts.

Offsets are converted from bytes to UTF-16 code units. The models are trained on one thread from the sentences
below; every file stays under 60 KB. Run: python sentencepiece_models.py
"""

import io
import json
from pathlib import Path

import sentencepiece
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from sentencepiece import sentencepiece_model_pb2 as proto

FOLDER = Path(__file__).parents[2] / "fixtures" / "tokenizer" / "sentencepiece"

SENTENCES = [
    "The quick brown fox jumps over the lazy dog.", "She sells sea shells by the sea shore.",
    "How much wood would a woodchuck chuck if a woodchuck could chuck wood?", "In 1984 there were 12 months and 365 days.",
    "Die Stra\u00dfe f\u00fchrt \u00fcber den Flu\u00df nach K\u00f6ln.", "Le caf\u00e9 \u00e9tait d\u00e9j\u00e0 ferm\u00e9 \u00e0 No\u00ebl.",
    "\u6771\u4eac\u306f\u65e5\u672c\u306e\u9996\u90fd\u3067\u3059\u3002", "\u041c\u043e\u0441\u043a\u0432\u0430 \u2014 \u0441\u0442\u043e\u043b\u0438\u0446\u0430 \u0420\u043e\u0441\u0441\u0438\u0438.", "\ud55c\uad6d\uc5b4 \ubb38\uc7a5\uc785\ub2c8\ub2e4.", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01",
    "for (int i = 0; i < 10; i++) { return x[i]; }", "the the the other mother brother smother", "aaaa aaaa aaab abab baba",
    "unbelievable unhappy unkind undone untold", "walking talking running jumping singing", "I'm you're they've it's don't",
] * 6  # fmt: skip

TEXTS = [
    "", " ", "   ", "a", "The quick brown fox", "  leading and   many  spaces  ", "tab\tnew\nline\r\nCRLF\r\n\r\nend", "\n\n",
    "a\u00a0b\u3000c\u2003d\u200be\u202ff", "nul\x00inside\x00", "\x00", "\x01\x02\x07\x1f\x7f\x80\x9f control", "\ufeffBOM",
    "cafe\u0301 \u0041\u030a o\u0308 e\u0301\u0301\u0323 \u0301alone", "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165 \ud55c\uad6d\uc5b4", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01 \u0e01\u0e33",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd\U0001f600\U0001f600 \u2764\ufe0f", "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", "\ufb01ne \u2460\u2461 \u00bd \u33a5 \uff21\uff22\uff11\uff12 \u2126 \u2026",
    "\u0130stanbul \u1e9e \u00df \u01c5", "12345 \u0661\u0662\u0663 \u0967\u0968 \uff14\uff15 3.14159 1,000,000", "\u6771\u4eac\u90fd\u306f\u5927\u304d\u3044\u3002\uff76\uff9e\uff77\uff9e", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 \ufe8d", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e",
    "\u2581under\u2581score \u2581\u2581 x\u2581", "<s>a</s> <unk> <pad> <0x41>", "<sep>in<sep> the<sep>text <sep> <cls>", "UserDefinedUser DefinedUserDefine", "user name @@name@@", "\u202eright to left\u202c \u200f\u200e",
    "a" * 1000, "ab" * 500, " a" * 200, "\u2603" * 30, "\u2603 \u2603\u2603the\u2603", "\U0010ffff\ue000\ufffd\ufffe", "the" + " " * 40 + "end", "unbelievable!untold?the-mother", "\u3000\u3000ideographic\u3000", "e" + "\u0301" * 40, *SENTENCES[:16],
]  # fmt: skip

USER = ["<sep>", "UserDefined", "user name", "@@", "aaa", "\u2603\u2603", "the"]

DENORMALIZATION = {"th": "\u00fe", "the": "\u00fee!", "e": "\u00e9", "ck": "k", "k ": "k_", "o b": "O B", "\u2603": "", "a": "aa", "jum": "JUM", "...": "\u2026", "\u00e9": "e\u0301"}

MODELS = {
    "unigram": dict(model_type="unigram", vocab_size=200),
    "unigram-identity": dict(model_type="unigram", vocab_size=220, normalization_rule_name="identity", remove_extra_whitespaces=False),
    "unigram-bytes": dict(model_type="unigram", vocab_size=460, byte_fallback=True, normalization_rule_name="nfkc", user_defined_symbols=USER, pad_id=3),
    "unigram-suffix": dict(model_type="unigram", vocab_size=200, treat_whitespace_as_suffix=True, normalization_rule_name="nmt_nfkc_cf", control_symbols=["<cls>", "<mask>"]),
    "bpe": dict(model_type="bpe", vocab_size=260, normalization_rule_name="nfkc_cf"),
    "bpe-llama": dict(model_type="bpe", vocab_size=520, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True, allow_whitespace_only_pieces=True),
    "bpe-user": dict(model_type="bpe", vocab_size=280, user_defined_symbols=USER, add_dummy_prefix=False, normalization_rule_name="identity", control_symbols=["<cls>"], unk_surface=" ?? "),
    "bpe-t": dict(model_type="bpe", vocab_size=240, normalization_rule_name="identity", bos_id=-1, eos_id=1, unk_id=2, pad_id=0, split_by_whitespace=False),
    "bpe-denormalized": dict(model_type="bpe", vocab_size=240, normalization_rule_name="identity", user_defined_symbols=["the"], denormalization=DENORMALIZATION),
}  # fmt: skip

def trained(options):
    model = io.BytesIO()
    if "denormalization" in options:
        path = Path("/tmp") / "sentencepiece-denormalization.tsv"
        path.write_text(tsv(options["denormalization"]))
        options = {**options, "denormalization_rule_tsv": str(path)}
        del options["denormalization"]
    SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES), model_writer=model, num_threads=1, hard_vocab_limit=False, minloglevel=2, **options
    )
    return model.getvalue()


def with_small_charsmap(data, rules):
    """The same model with the charsmap that SentencePiece compiles of a few rules: the published ones are 200 KB."""
    spec = proto.ModelProto.FromString(data)
    if spec.normalizer_spec.precompiled_charsmap:
        path = Path("/tmp") / "sentencepiece-rules.tsv"
        path.write_text(rules)
        other = proto.ModelProto.FromString(trained(dict(model_type="unigram", vocab_size=120, normalization_rule_tsv=str(path))))
        spec.normalizer_spec.precompiled_charsmap = other.normalizer_spec.precompiled_charsmap
    return spec


def rules_of(data):
    """Rules for the characters and pairs of the texts, found by asking the model's own normalizer."""
    normalizer = sentencepiece.SentencePieceNormalizer(model_proto=data)
    spec = proto.ModelProto.FromString(data).normalizer_spec
    if not spec.precompiled_charsmap:
        return ""
    plain = proto.ModelProto.FromString(data)
    for name in ("add_dummy_prefix", "remove_extra_whitespaces", "escape_whitespaces"):
        setattr(plain.normalizer_spec, name, False)
    normalizer = sentencepiece.SentencePieceNormalizer(model_proto=plain.SerializeToString())
    found = {}
    for text in TEXTS:
        for size in (1, 2, 3):
            for at in range(len(text) - size + 1):
                part = text[at : at + size]
                if "\0" in part:
                    continue
                simple = "".join(found.get(c, c) for c in part)
                result = normalizer.normalize(part)
                if result != simple and part not in found:
                    found[part] = result
    return tsv(found)


def tsv(rules):
    codes = lambda text: " ".join(f"{ord(c):X}" for c in text)
    return "".join(f"{codes(source)}\t{codes(target)}\n" for source, target in rules.items())


def changed(name, spec):
    """Scores that tie and pieces that are unused, which training does not make."""
    if name in ("bpe", "unigram"):
        normal = [piece for piece in spec.pieces if piece.type == 1 and len(piece.piece) > 2]
        for piece in normal[3:20:4]:
            piece.type = 5
    if name == "bpe-t":
        for piece in spec.pieces[20:60]:
            piece.score = -20
    return spec


def units(text):
    """The UTF-16 code unit at which every character begins, by the UTF-8 byte at which it begins."""
    places, byte, unit = {}, 0, 0
    for character in text:
        places[byte] = unit
        byte += len(character.encode())
        unit += 2 if ord(character) > 0xFFFF else 1
    return {**places, byte: unit}


def case(processor, text):
    places = units(text)
    pieces = processor.encode(text, return_type="proto").pieces
    ids = [piece.id for piece in pieces]
    return {
        "text": text,
        "ids": ids,
        "tokens": [piece.piece for piece in pieces],
        "offsets": [[places[piece.begin], places[piece.end]] for piece in pieces],
        "decoded": processor.decode(ids),
    }


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, options in MODELS.items():
        data = trained(options)
        spec = changed(name, with_small_charsmap(data, rules_of(data)))
        spec.trainer_spec.ClearField("input")
        data = spec.SerializeToString()
        (FOLDER / f"{name}.model").write_bytes(data)
        processor = SentencePieceProcessor(model_proto=data)
        cases = [case(processor, text) for text in TEXTS]
        single = [{"ids": [id], "decoded": processor.decode([id])} for id in range(processor.vocab_size())]
        rolling = [{"ids": [i, j], "decoded": processor.decode([i, j])} for i, j in zip(range(0, processor.vocab_size(), 3), reversed(range(processor.vocab_size())))]
        roles = {role: getattr(processor, f"{role}_id")() for role in ("bos", "eos", "pad", "unk")}
        write = json.dumps({"roles": roles, "cases": cases, "decoding": single + rolling}, ensure_ascii=True, separators=(",", ":"))
        (FOLDER / f"{name}.json").write_text(write + "\n")
        print(name, len(data), len(write))


if __name__ == "__main__":
    main()
