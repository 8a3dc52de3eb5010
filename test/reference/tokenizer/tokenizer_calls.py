"""Makes test/fixtures/tokenizer/calls.json: what transformers makes of drawn combinations of a call's options.

A case is a tokenizer, texts (one or more, with or without second texts, whole or in words), and options under their names
here. Offsets are converted from code points to UTF-16 code units. Where transformers refuses the call, the case says so.
Run: python tokenizer_calls.py
"""

import json
import random

from tokenizer import FIXTURES, SENTENCES, units
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "</s>"]
TEXTS = [
    "", "the dog", "hello world", "the quick brown fox jumps over the lazy dog .", " two  spaces ", "it 's [SEP] here </s> and there",
    "\U0001f44d thumbs \u00e9 \u4e2d", "a<user>b lower", "newer wider lowest [CLS]", "there</s>", "123 100 2000 aaaa",
]  # fmt: skip
STRATEGIES = {"longestFirst": "longest_first", "onlyFirst": "only_first", "onlySecond": "only_second"}


def trained(model, trainer, **parts):
    tokenizer = Tokenizer(model)
    for name, part in parts.items():
        setattr(tokenizer, name, part)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.add_tokens(["<user>", AddedToken("lowest", single_word=True)])
    return tokenizer


def tokenizers():
    template = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    quiet = dict(special_tokens=SPECIAL, show_progress=False)
    yield "WordPiece", trained(
        models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(vocab_size=120, **quiet),
        normalizer=normalizers.BertNormalizer(), pre_tokenizer=pre_tokenizers.BertPreTokenizer(), post_processor=template, decoder=decoders.WordPiece(),
    )  # fmt: skip
    bytes_ = trainers.BpeTrainer(vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **quiet)
    yield "ByteLevel", trained(
        models.BPE(), bytes_, pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=True),
        post_processor=processors.RobertaProcessing(("[SEP]", 3), ("[CLS]", 2), trim_offsets=True, add_prefix_space=True), decoder=decoders.ByteLevel(),
    )  # fmt: skip
    yield "Metaspace", trained(
        models.BPE(unk_token="[UNK]", fuse_unk=True), trainers.BpeTrainer(vocab_size=90, **quiet), pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme="first", split=False),
        post_processor=processors.TemplateProcessing(single="$A </s>", pair="$A $B </s>", special_tokens=[("</s>", 4)]), decoder=decoders.Metaspace(),
    )  # fmt: skip
    yield "plain", trained(models.WordLevel(unk_token="[UNK]"), trainers.WordLevelTrainer(vocab_size=40, **quiet), pre_tokenizer=pre_tokenizers.WhitespaceSplit())


def drawn(rng):
    """Options under their names here: each is there in about half of the cases."""
    some = lambda *values: rng.choice(values) if rng.random() < 0.55 else None  # noqa: E731
    options = {"special": some(True, False), "preSplit": some(True, False), "recognizeSpecial": some(True, False)}
    if rng.random() < 0.7:
        options["maxLength"] = rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 12, 40])
        options["truncation"] = {"strategy": some(*STRATEGIES), "stride": some(0, 1, 2, 3), "side": some("left", "right")}
    padding = {"length": some(6, 12, 24), "multiple": some(1, 4, 8), "side": some("left", "right"), "token": some("[SEP]", "</s>"), "type": some(1, 3)}
    options["padding"] = rng.choice([True, False, padding, padding])
    count = rng.choice([1, 1, 2])
    texts = rng.choices(TEXTS, k=count)
    if rng.random() < 0.5:
        options["pairs"] = rng.choices(TEXTS, k=count)
    if options["preSplit"]:
        texts = [text.split(" ") for text in texts]
        if "pairs" in options:
            options["pairs"] = [text.split(" ") for text in options["pairs"]]
    return texts, clean(options)


def clean(value):
    return {key: clean(item) for key, item in value.items() if item is not None} if isinstance(value, dict) else value


def called(tokenizer, texts, options):
    """The call in transformers' words."""
    padding, truncation = options["padding"], options.get("truncation", {})
    how = padding if isinstance(padding, dict) else {}
    tokenizer.padding_side, tokenizer.truncation_side = how.get("side", "right"), truncation.get("side", "right")
    tokenizer.pad_token, tokenizer._pad_token_type_id = how.get("token", "[PAD]"), how.get("type", 0)
    shared = dict(
        add_special_tokens=options.get("special", True), is_split_into_words=options.get("preSplit", False), split_special_tokens=not options.get("recognizeSpecial", True),
        return_token_type_ids=True, return_special_tokens_mask=True, return_offsets_mapping=True, return_overflowing_tokens=True, return_attention_mask=True,
        stride=truncation.get("stride", 0), truncation=STRATEGIES[truncation.get("strategy", "longestFirst")] if "maxLength" in options else False,
    )  # fmt: skip


    def set_both(**given):
        """Both lengths have one name there, and a multiple is refused that the length of truncation is not one of."""
        PreTrainedTokenizerFast.set_truncation_and_padding(tokenizer, **given)
        if padding is not False:
            lengths = {"length": how.get("length"), "pad_to_multiple_of": how.get("multiple")}
            tokenizer._tokenizer.enable_padding(**{**tokenizer._tokenizer.padding, **lengths})

    tokenizer.set_truncation_and_padding = set_both
    return tokenizer(texts, options.get("pairs"), max_length=options.get("maxLength"), padding=padding is not False, **shared)


def columns(result, texts, options):
    rows, sources = [], result["overflow_to_sample_mapping"]
    for index, encoding in enumerate(result.encodings):
        both = [texts[sources[index]], *([options["pairs"][sources[index]]] if "pairs" in options else [])]
        row = {"ids": encoding.ids, "mask": encoding.attention_mask, "types": encoding.type_ids, "tokens": encoding.tokens, "special": encoding.special_tokens_mask, "words": encoding.word_ids, "offsets": []}
        for position, (start, end) in enumerate(encoding.offsets):
            of = encoding.token_to_sequence(position) if encoding.word_ids[position] is not None else None
            text = "" if of is None else both[of]
            if not isinstance(text, str):
                text = text[encoding.word_ids[position]]
            row["offsets"].append([units(text, start), units(text, end)])
        rows.append(row)
    first = [sources.index(row) for row in range(len(texts))]
    stacked = lambda places: {name: [rows[place][name] for place in places] for name in rows[0]}  # noqa: E731
    rest = [place for place in range(len(rows)) if place not in first]
    return {**stacked(first), **({"overflow": {**stacked(rest), "rows": [sources[place] for place in rest]}} if rest else {})}


def main():
    rng = random.Random(11)
    result = []
    for name, tokenizer in tokenizers():
        wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", eos_token="</s>")
        text = json.loads(wrapped._tokenizer.to_str())
        cases = []
        while len(cases) < 75:
            texts, options = drawn(rng)
            case = {"texts": texts, "options": options}
            try:
                case["batch"] = columns(called(wrapped, texts, options), texts, options)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                # Special tokens are counted there although they are left out.
                if str(error).startswith("tokenizer stride set to"):
                    continue
                case["refused"] = str(error)[:100]
            # There a row may be longer than what was asked for; here that is refused.
            padding = options["padding"]
            most = min(options.get("maxLength", 99), padding.get("length", 99) if isinstance(padding, dict) else 99)
            if "batch" in case and any(sum(mask) > most for mask in case["batch"]["mask"]):
                case = {"texts": texts, "options": options, "refused": f"longer than {most}"}
            cases.append(case)
        result.append({"name": name, "json": text, "config": {"pad_token": "[PAD]"}, "cases": cases})
        print(name, sum("refused" in case for case in cases), {case["refused"] for case in cases if "refused" in case})
    path = FIXTURES / "calls.json"
    path.write_text(json.dumps(result, separators=(",", ":"), ensure_ascii=False) + "\n")
    print(path.stat().st_size)


if __name__ == "__main__":
    main()
