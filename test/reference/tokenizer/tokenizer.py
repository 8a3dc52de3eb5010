"""Makes files of test/fixtures/tokenizer with the reference implementation of tokenizer.json.

Every file holds a list of tokenizers, each with the tokenizer.json object and cases: a text (or two), and what the
reference makes of it. Offsets are converted from code points to UTF-16 code units. Run: python tokenizer.py

The trainers with a prefix or a suffix number their alphabet in an order that differs from run to run, so that some of
models.json changes when it is made again; what it says stays true.
"""

import json
import random
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

FIXTURES = Path(__file__).parents[2] / "fixtures" / "tokenizer"

TEXTS = [
    "",
    " ",
    "   ",
    "\t\n\r\n",
    "Hello, world!",
    "  two  spaces   before and after  ",
    "line one\r\nline two\n\n\nline five\n",
    "nul \x00 inside, bell \x07, del \x7f, bom \ufeff, replacement \ufffd",
    "cafe\u0301 na\u00efve \u00c5ngstr\u00f6m A\u030angstro\u0308m",
    "marks out of order a\u0315\u0300\u05ae\u0300\u0323b, q\u0307\u0323, \u1e0b\u0323",
    "\u0301 begins with a mark",
    "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab\u1100\u116e\u11a8 \uac00\u11a8",
    "\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u0627\u064b \u0628\u0650\u0627\u0644\u0639\u064e\u0631\u064e\u0628\u0650\u064a\u0651\u0629\u0650 \u0661\u0662\u0663",
    "\u4e2d\u6587\u5b57\u7b26 and \u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8, \U00020000\U0002a6d6",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family, \U0001f44d\U0001f3fd thumbs, \U0001f1e9\U0001f1ea flag, \u2764\ufe0f",
    "\ufb01ne \u2460\u00bd\u00b2 \uff21\uff22\uff23 \u210c \u33a5 \u2126 \u1e9b\u0323",
    "It's what we've said: I'm sure they'll, he'd, don't 'S",
    "x=1.5e-10; y[0]->z += 100,000 % 3 // f(a_b, c-d) #!",
    "\u0130stanbul STRASSE stra\u00dfe \u03a3\u0391\u03a3 \u01c5",
    "\u00a0no\u00a0break\u2003em\u3000ideographic\u2028line\u0085next",
    "aaaaaaaaaaaaaaaaaaaaaaaaa",
    "123456789 \u0967\u0968\u0969 \u2167 \u00bc",
    "\u2581meta \u2581 space\u2581\u2581x",
    "mixed\u0627\u0644Script\u4e2dtext",
    "d\u00e9j\u00e0-vu\u2014\u201cquoted\u201d\u2026 \u00bfqu\u00e9? \u00a1s\u00ed!",
]
PAIRS = [("Hello, world!", "How are you?"), ("", "second only"), ("first only", ""), (TEXTS[8], TEXTS[14]), (" a b ", " c d ")]

CORPUS = (
    "the quick brown fox jumps over the lazy dog . the slow brown bear sleeps under the old tree , and the dog barks . "
    "hello world , this is a small text : it has some words twice , hello again hello world aaaa aaaaaaaa "
    "we 've said it 's fine ; they 'll go there and there . lower lowest newer newest wide wider 123 100 2000 "
).split(" ")
SENTENCES = [" ".join(CORPUS[i : i + 9]) for i in range(0, len(CORPUS), 3)] * 2


def units(text, position):
    """UTF-16 code units before a code point."""
    return len(text[:position].encode("utf-16-le")) // 2


def encoded(tokenizer, text, pair=None, special=True, overflow=False):
    encoding = cut_when_whole(tokenizer, text, pair) if overflow else tokenizer.encode(text, pair, add_special_tokens=special)

    def offsets(encoding):
        result = []
        for i, (start, end) in enumerate(encoding.offsets):
            source = pair if encoding.token_to_sequence(i) == 1 else text
            if encoding.special_tokens_mask[i]:
                source = text
            result.append([units(source, start), units(source, end)])
        return result

    def content(encoding):
        return {
            "ids": encoding.ids,
            "tokens": encoding.tokens,
            "offsets": offsets(encoding),
            "types": encoding.type_ids,
            "special": encoding.special_tokens_mask,
            "words": encoding.word_ids,
        }

    case = {"text": text, **content(encoding)}
    if pair is not None:
        case["pair"] = pair
    if not special:
        case["addSpecial"] = False
    if overflow:
        case["overflow"] = [other.ids for other in encoding.overflowing]
        case["overflowWords"] = [other.word_ids for other in encoding.overflowing]
        case["overflowTypes"] = [other.type_ids for other in encoding.overflowing]
    else:
        case["decoded"] = tokenizer.decode(encoding.ids)
        case["decodedWithSpecial"] = tokenizer.decode(encoding.ids, skip_special_tokens=False)
    return case


def cut_when_whole(tokenizer, text, pair):
    """Truncation of all the tokens that a text has.

    Since 0.23.1 `encode` stops after the word that reaches the limit: the overflow ends there, and from the left words are
    counted from where it stopped. Up to 0.22 it did not, its documentation says otherwise, and the project has it as a
    fault (https://github.com/huggingface/tokenizers/issues/2091). What cuts and puts together is the same in all versions.
    """
    settings, processor = tokenizer.truncation, tokenizer.post_processor
    tokenizer.no_truncation()
    tokenizer.post_processor = None
    # The second one stands after an empty text, so that it has the type of a second one.
    parts = [tokenizer.encode(text)] + ([] if pair is None else [tokenizer.encode("", pair)])
    tokenizer.post_processor = processor
    tokenizer.enable_truncation(**settings)
    return tokenizer.post_process(*parts)


def described(name, tokenizer, texts=TEXTS, pairs=(), both=False, without=()):
    cases = [encoded(tokenizer, text) for text in texts]
    cases += [encoded(tokenizer, text, pair) for text, pair in pairs]
    if both:
        cases += [encoded(tokenizer, text, special=False) for text in texts[:8]]
        cases += [encoded(tokenizer, text, pair, special=False) for text, pair in pairs]
    cases = [{key: value for key, value in case.items() if key not in without} for case in cases]
    return {"name": name, "json": json.loads(tokenizer.to_str()), "cases": cases}


# What a tokenizer without post-processor and with a token for every byte leaves open is in the ids and offsets.
PLAIN = ("tokens", "types", "special", "decodedWithSpecial")


def bytes_model():
    """A model in which every byte of the normalized text can be seen."""
    return models.BPE(vocab={c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}, merges=[])


def seen_through_bytes(normalizer=None, pre_tokenizer=None):
    tokenizer = Tokenizer(bytes_model())
    steps = [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre_tokenizer is not None:
        steps.insert(0, pre_tokenizer)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def normalizer_fixtures():
    n = normalizers
    return [
        described(name, seen_through_bytes(normalizer=normalizer), without=(*PLAIN, "words"))
        for name, normalizer in {
            "NFC": n.NFC(),
            "NFD": n.NFD(),
            "NFKC": n.NFKC(),
            "NFKD": n.NFKD(),
            "Lowercase": n.Lowercase(),
            "StripAccents after NFD": n.Sequence([n.NFD(), n.StripAccents()]),
            "Strip": n.Strip(),
            "Strip left": n.Strip(left=True, right=False),
            "Strip right": n.Strip(left=False, right=True),
            "Replace string": n.Replace("an", "<AN>"),
            "Replace spaces": n.Replace(" ", "\u2581"),
            "Replace regex": n.Replace(Regex(r"\s{2,}"), " "),
            "Replace with nothing": n.Replace(Regex("[aeiou]"), ""),
            "Prepend": n.Prepend("\u2581"),
            "Prepend and Replace": n.Sequence([n.Prepend("\u2581"), n.Replace(" ", "\u2581")]),
            "BertNormalizer": n.BertNormalizer(),
            "BertNormalizer cased": n.BertNormalizer(lowercase=False),
            "BertNormalizer cased without accents": n.BertNormalizer(lowercase=False, strip_accents=True),
            "BertNormalizer without cleaning": n.BertNormalizer(clean_text=False, handle_chinese_chars=False),
            "many": n.Sequence([n.NFKC(), n.Lowercase(), n.Replace("s", "ss"), n.NFD(), n.StripAccents(), n.Strip()]),
        }.items()
    ]


LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
)


def pre_tokenizer_fixtures():
    p = pre_tokenizers
    behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
    table = {
        "BertPreTokenizer": p.BertPreTokenizer(),
        "Whitespace": p.Whitespace(),
        "WhitespaceSplit": p.WhitespaceSplit(),
        "Metaspace": p.Metaspace(),
        "Metaspace first": p.Metaspace(prepend_scheme="first"),
        "Metaspace never": p.Metaspace(prepend_scheme="never"),
        "Metaspace whole": p.Metaspace(split=False),
        "Digits": p.Digits(),
        "Digits one by one": p.Digits(individual_digits=True),
        "Split inverted": p.Split(Regex(r"\w+"), "removed", invert=True),
        "Split characters": p.Split(Regex(""), "isolated"),
        "Split as Llama 3": p.Split(Regex(LLAMA3), "isolated"),
        "Split as cl100k": p.Split(Regex(CL100K), "isolated"),
        "Split at lines": p.Split(Regex(r"^.+$|\n"), "isolated"),
        "Sequence": p.Sequence([p.WhitespaceSplit(), p.Punctuation(), p.Digits()]),
        "Metaspace then Digits": p.Sequence([p.Metaspace(), p.Digits(individual_digits=True)]),
    }
    for behavior in behaviors:
        table[f"Split {behavior}"] = p.Split(" ", behavior)
        table[f"Punctuation {behavior}"] = p.Punctuation(behavior)
    fixtures = [described(name, seen_through_bytes(pre_tokenizer=step), without=PLAIN) for name, step in table.items()]
    for prefix in (False, True):
        tokenizer = Tokenizer(bytes_model())
        tokenizer.pre_tokenizer = p.ByteLevel(add_prefix_space=prefix)
        tokenizer.decoder = decoders.ByteLevel()
        fixtures.append(described(f"ByteLevel, prefix {prefix}", tokenizer))
    return fixtures


def trained(model, trainer, pre_tokenizer, normalizer=None, decoder=None):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if decoder is not None:
        tokenizer.decoder = decoder
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return tokenizer


def byte_bpe(specials=("<|endoftext|>",), vocab_size=330):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    return trained(
        models.BPE(),
        trainers.BpeTrainer(vocab_size=vocab_size, special_tokens=list(specials), initial_alphabet=alphabet, show_progress=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
        decoder=decoders.ByteLevel(),
    )


def remade(tokenizer, change):
    data = json.loads(tokenizer.to_str())
    change(data)
    return Tokenizer.from_str(json.dumps(data))


def with_byte_tokens(data):
    vocab = data["model"]["vocab"]
    for byte in range(256):
        vocab[f"<0x{byte:02X}>"] = len(vocab)
    data["model"]["byte_fallback"] = True


def model_fixtures():
    p, t = pre_tokenizers, trainers
    space = p.Metaspace()
    bpe = trained(
        models.BPE(unk_token="<unk>"),
        t.BpeTrainer(vocab_size=120, special_tokens=["<unk>"], show_progress=False),
        space,
        decoder=decoders.Metaspace(),
    )
    fused = remade(bpe, lambda data: data["model"].update(fuse_unk=True))
    fallback = remade(bpe, with_byte_tokens)
    fallback.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    ignoring = remade(
        byte_bpe(),
        lambda data: data["model"].update(ignore_merges=True, vocab={**data["model"]["vocab"], "Hello": 330, "ĠISworld": 331}),
    )
    suffix = trained(
        models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"),
        t.BpeTrainer(vocab_size=120, special_tokens=["<unk>"], end_of_word_suffix="</w>", show_progress=False),
        p.Whitespace(),
        normalizers.Lowercase(),
        decoders.BPEDecoder(),
    )
    prefix = trained(
        models.BPE(unk_token="<unk>", continuing_subword_prefix="##"),
        t.BpeTrainer(vocab_size=150, special_tokens=["<unk>"], continuing_subword_prefix="##", show_progress=False),
        p.Whitespace(),
        decoder=decoders.WordPiece(),
    )
    piece = trained(
        models.WordPiece(unk_token="[UNK]"),
        t.WordPieceTrainer(vocab_size=140, special_tokens=["[UNK]", "[CLS]", "[SEP]"], show_progress=False),
        p.BertPreTokenizer(),
        normalizers.BertNormalizer(),
        decoders.WordPiece(),
    )
    short = remade(piece, lambda data: data["model"].update(max_input_chars_per_word=6))
    level = trained(
        models.WordLevel(unk_token="<unk>"),
        t.WordLevelTrainer(vocab_size=60, special_tokens=["<unk>"], show_progress=False),
        p.Whitespace(),
    )
    more = TEXTS + SENTENCES[:6] + ["HelloISworld ISworld"]
    return [
        described("BPE", bpe, more),
        described("BPE fusing unknowns", fused, more),
        described("BPE with byte fallback", fallback, more),
        described("BPE on bytes", byte_bpe(), more),
        described("BPE ignoring merges", ignoring, more),
        described("BPE with suffix", suffix, more),
        described("BPE with prefix", prefix, more),
        described("WordPiece", piece, more),
        described("WordPiece, short words", short, more),
        described("WordLevel", level, more),
    ]


def post_processor_fixtures():
    q = processors
    specials = ["<s>", "</s>", "<pad>", "[CLS]", "[SEP]"]
    template = q.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 3), ("[SEP]", 4)]
    )
    begin = q.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:2 $B:2", special_tokens=[("<s>", 0)])
    table = {
        "none": None,
        "TemplateProcessing": template,
        "TemplateProcessing, second first": q.TemplateProcessing(single="$A </s>", pair="$B:1 </s>:3 $A", special_tokens=[("</s>", 1)]),
        "BertProcessing": q.BertProcessing(("[SEP]", 4), ("[CLS]", 3)),
        "RobertaProcessing": q.RobertaProcessing(("</s>", 1), ("<s>", 0), trim_offsets=True, add_prefix_space=True),
        "RobertaProcessing without trimming": q.RobertaProcessing(("</s>", 1), ("<s>", 0), trim_offsets=False, add_prefix_space=False),
        "ByteLevel": q.ByteLevel(trim_offsets=True),
        "ByteLevel without trimming": q.ByteLevel(trim_offsets=False),
        "Sequence": q.Sequence([q.ByteLevel(trim_offsets=True), begin]),
    }
    fixtures = []
    for name, processor in table.items():
        tokenizer = byte_bpe(specials, 300)
        if processor is not None:
            tokenizer.post_processor = processor
        fixtures.append(described(name, tokenizer, TEXTS[:9] + TEXTS[14:17], PAIRS, both=True))
    return fixtures


def truncation_fixtures():
    fixtures = []
    for strategy in ("longest_first", "only_first", "only_second"):
        for direction in ("right", "left"):
            for stride in (0, 2):
                tokenizer = byte_bpe(["[CLS]", "[SEP]"], 300)
                tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
                tokenizer.post_processor = processors.BertProcessing(("[SEP]", 1), ("[CLS]", 0))
                tokenizer.enable_truncation(12, stride=stride, strategy=strategy, direction=direction)
                cases = [] if strategy == "only_second" else [encoded(tokenizer, text, overflow=True) for text in (TEXTS[4], TEXTS[5])]
                if strategy == "longest_first":
                    pairs = PAIRS + [(TEXTS[5], "hi"), ("hi", TEXTS[5]), (TEXTS[5], TEXTS[6]), (TEXTS[6], "hi a hi there")]
                else:
                    pairs = [("hi", "a b c d e f g h i j k")] if strategy == "only_second" else [("a b c d e f g h i j k", "hi")]
                cases += [encoded(tokenizer, text, pair, overflow=True) for text, pair in pairs]
                fixtures.append({"name": f"{strategy}, {direction}, stride {stride}", "json": json.loads(tokenizer.to_str()), "cases": cases})
    # A template gives its types to what is kept, not to what is cut off.
    tokenizer = byte_bpe(["[CLS]", "[SEP]"], 300)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A:2 [SEP]", "[CLS] $A:2 [SEP] $B:0 [SEP]:0", [("[CLS]", 0), ("[SEP]", 1)])
    tokenizer.enable_truncation(12, stride=2)
    cases = [encoded(tokenizer, TEXTS[5], pair, overflow=True) for pair in (None, "hi", TEXTS[6])]
    fixtures.append({"name": "types of a template", "json": json.loads(tokenizer.to_str()), "cases": cases})
    return fixtures


def added_token_fixtures():
    texts = [
        "<s>Hello</s>",
        "Hello <mask> world<mask>!",
        "Hello   <mask>   world",
        "yesterday Yesterday YESTERDAY, myyesterday",
        "word words aword word-word WORD",
        "<s><s> <s>",
        "tok token tokens",
        "<left>  <right> a<left>b <right>c",
        "caf\u00e9 <caf\u00e9> \U0001f600<s>\U0001f600",
        "  <pad>  ",
        "[unused] x",
    ]
    tokens = [
        AddedToken("<s>", special=True, normalized=False),
        AddedToken("</s>", special=True, normalized=False),
        AddedToken("<mask>", special=True, lstrip=True, normalized=False),
        AddedToken("<left>", lstrip=True, rstrip=True, normalized=False),
        AddedToken("<right>", rstrip=True, normalized=True),
        AddedToken("Yesterday", normalized=True),
        AddedToken("word", single_word=True, normalized=False),
        AddedToken("tok", normalized=False),
        AddedToken("token", normalized=False),
        AddedToken("<caf\u00e9>", normalized=True),
    ]
    n = normalizers
    fixtures = []
    for name, normalizer in {
        "without normalizer": None,
        "with Lowercase": n.Lowercase(),
        "with BertNormalizer": n.BertNormalizer(),
        "with Prepend": n.Sequence([n.Prepend("\u2581"), n.Replace(" ", "\u2581")]),
    }.items():
        for split in (pre_tokenizers.ByteLevel(add_prefix_space=False), pre_tokenizers.Metaspace(prepend_scheme="first")):
            tokenizer = byte_bpe([], 290) if "ByteLevel" in str(split) else remade(seen_through_bytes(), with_byte_tokens)
            tokenizer.pre_tokenizer = split
            if "Metaspace" in str(split):
                tokenizer.decoder = decoders.Metaspace()
            if normalizer is not None:
                tokenizer.normalizer = normalizer
            # The reference does not skip a special token in decoding that a normalizer changes.
            tokenizer.add_tokens([*tokens, AddedToken("<pad>", special=True, normalized="Prepend" not in name)])
            fixtures.append(described(f"{name}, {type(split).__name__}", tokenizer, texts))
    return fixtures


def decoder_fixtures():
    d = decoders
    source = random.Random(7)
    words = ["\u2581the", "\u2581", "##ing", "##s", "do", "not", "n't", "'", "s", "'s", "'m", ".", "?", "!", ",", "low</w>", "er", "er</w>"]
    words += ["a", " b", "\u2581\u2581x", "\u0120hello", "\u0120", "\u010a", "\u00c3", "\u00a9", "\u00e2", "\u0124", "\u00ac", "\u00f0", "\u0141", "\u0138", "\u0122"]
    words += ["\U0001f600", "\u4e2d", "<0x41>", "<0xE2>", "<0x82>", "<0xAC>", "<0xFF>", "<0x0A>", "<0xF0>", "<s>", "  ", "x "]
    vocab = {word: i for i, word in enumerate(words)}
    llama = d.Sequence([d.Replace("\u2581", " "), d.ByteFallback(), d.Fuse(), d.Strip(" ", 1, 0)])
    table = {
        "none": None,
        "ByteLevel": d.ByteLevel(),
        "WordPiece": d.WordPiece(),
        "WordPiece without cleanup": d.WordPiece(cleanup=False),
        "Metaspace": d.Metaspace(),
        "Metaspace never": d.Metaspace(prepend_scheme="never"),
        "BPEDecoder": d.BPEDecoder(),
        "ByteFallback": d.ByteFallback(),
        "Fuse": d.Fuse(),
        "Replace": d.Replace("e", "E"),
        "Replace regex": d.Replace(Regex("[a-e]+"), "*"),
        "Strip": d.Strip(" ", 2, 0),
        "Llama": llama,
    }
    sequences = [[i] for i in range(len(words))]
    sequences += [[source.randrange(len(words)) for _ in range(source.randrange(2, 14))] for _ in range(40)]
    sequences += [[words.index(w) for w in ("<0xE2>", "<0x82>", "<0xAC>", "a", "<0xFF>", "<0x41>")], [words.index("\u2581")] * 5]
    fixtures = []
    for name, decoder in table.items():
        tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<s>"))
        tokenizer.add_special_tokens(["<s>"])
        if decoder is not None:
            tokenizer.decoder = decoder
        cases = [
            {"ids": ids, "decoded": tokenizer.decode(ids), "decodedWithSpecial": tokenizer.decode(ids, skip_special_tokens=False)}
            for ids in sequences
            if decoder is None or name != "BPEDecoder" or ids != [vocab["<s>"]]
        ]
        fixtures.append({"name": name, "json": json.loads(tokenizer.to_str()), "cases": cases})
    return fixtures


def training_fixtures():
    texts = SENTENCES + TEXTS
    fixtures = []
    for name, size, minimum, specials in [("few merges", 280, 0, []), ("many merges", 600, 0, ["<|endoftext|>", "<pad>"]), ("frequent pairs only", 2000, 3, [])]:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        tokenizer.train_from_iterator(
            texts,
            trainers.BpeTrainer(vocab_size=size, min_frequency=minimum, special_tokens=specials, initial_alphabet=alphabet, show_progress=False),
        )
        options = {"vocabSize": size, "minFrequency": minimum, "specialTokens": specials}
        fixtures.append({"name": name, "options": options, "model": json.loads(tokenizer.to_str())["model"]})
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=500, special_tokens=["<unk>", "<s>"], show_progress=False))
    options = {"vocabSize": 500, "specialTokens": ["<s>"], "byteLevel": False}
    fixtures.append({"name": "characters", "options": options, "model": json.loads(tokenizer.to_str())["model"]})
    return {"texts": texts, "trainings": fixtures}


def character_fixture():
    """A token for every character, built here by hand; the library builds the same file from the texts."""
    texts = ["banana split\n", "na\u00efve \U0001f600", "__proto__"]
    vocab = {token: i for i, token in enumerate(["<unk>", "<pad>", *sorted(set("".join(texts)))])}
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.add_special_tokens(["<unk>", "<pad>"])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    options = {"specialTokens": ["<pad>"]}
    return {"texts": texts, "options": options, **described("characters", tokenizer, [*texts, *TEXTS, "a<pad>b"])}


def long_fixture():
    """Ten thousand equal letters: the ids, as [id, how often in a row]."""
    tokenizer = byte_bpe()
    runs = []
    for token in tokenizer.encode("a" * 10_000).ids:
        if runs and runs[-1][0] == token:
            runs[-1][1] += 1
        else:
            runs.append([token, 1])
    return {"json": json.loads(tokenizer.to_str()), "runs": runs}


def write(name, content):
    path = FIXTURES / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"), sort_keys=False)
    path.write_text(text + "\n")


if __name__ == "__main__":
    write("encoding/normalizers", normalizer_fixtures())
    write("encoding/pre-tokenizers", pre_tokenizer_fixtures())
    write("encoding/models", model_fixtures())
    write("encoding/post-processors", post_processor_fixtures())
    write("truncation", truncation_fixtures())
    write("encoding/added-tokens", added_token_fixtures())
    write("decoding/decoders", decoder_fixtures())
    write("training/merges", training_fixtures())
    write("training/characters", character_fixture())
    write("long", long_fixture())
