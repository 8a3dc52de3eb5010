"""Makes test/fixtures/tokenizer/gguf.json and gguf/: vocabularies in GGUF files and llama.cpp's ids for nasty texts.

llama.cpp cuts a few models' texts otherwise than their own tokenizers: it knows no upper and lower case beyond ASCII, and
no digits in bytes. For these the ids are those of Python's tokenizers with the way of cutting that was published.

Run, after sentencepiece_models.py and tokenizer_directories.py: LIBLLAMA=… python gguf_tokenizers.py
"""

import json
import random
import tempfile
from pathlib import Path

import gguf
from llama_cpp import LlamaCpp
from sentencepiece import sentencepiece_model_pb2 as proto
from sentencepiece_models import TEXTS as NASTY
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

FIXTURES = Path(__file__).parents[2] / "fixtures" / "tokenizer"
FOLDER = FIXTURES / "gguf"

# What the patterns tell apart; texts to learn from and to try are drawn from these.
PARTS = [
    " the", " quick", "It's", " we'll", " I'm", "DON'T", "they'Ve", " a", " 1", "12", "345", "6789", "3.14", "1,000,000", " ", "  ", "    ", "\n", "\n\n", "\r\n", "\t", " \n", "\t\t",
    "foo(bar);", "x=y+1", "!!!", "...", " ?", "a/b/c", "//", "/\n", "#include", "<br>", "$5", "^~|`", "[0]", "{}\n", "camelCase", "HTTPServer", "iPhone", "snake_case",
    "caf\u00e9", " na\u00efve", "\u00c5ngstr\u00f6m", "e\u0301", " A\u030a", "\u041c\u043e\u0441\u043a\u0432\u0430", " \u041f\u0440\u0438\u0432\u0435\u0442\u041c\u0438\u0440", "\u4e2d\u6587", "\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8", "\ud55c\uad6d\uc5b4", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\u3002", "\uff0c", "\u201cquoted\u201d", "\u2026", "\u2014", "\u00bf", "\U0001f600", "\U0001f469\u200d\U0001f680", "\u00b2", "\u0967\u0968", "\u00a0", "\u3000", "\u2003", "\u0645\u0631\u062d\u0628\u0627", "\u06d4", "\u0964", "\u00fc", "\u00d7",
]  # fmt: skip
ASCII = [part for part in PARTS if part.isascii()]

NAMES = "default gpt-2 mpt olmo starcoder refact command-r smollm exaone llama-bpe llama3 dbrx smaug-bpe chatglm-bpe qwen2 stablelm2 hunyuan grok-2 qwen35 deepseek-v3 hunyuan-dense deepseek-llm deepseek-coder bloom poro-chat viking bailingmoe seed-coder minicpm5 roberta-bpe jina-v2-code falcon3 trillion modern-bert ufakzeka laguna exaone-moe jais-2"
UPPER, LOWER, END = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
START, REST = r"[^\r\n\p{L}\p{N}]?", r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PUBLISHED = {
    "gpt-4o llama4": [rf"{START}{UPPER}*{LOWER}+{END}|{START}{UPPER}+{LOWER}*{END}|\p{{N}}{{1,3}}|{REST}"],
    "tekken": [rf"{START}{UPPER}*{LOWER}+|{START}{UPPER}+{LOWER}*|\p{{N}}|{REST}"],
    "superbpe": [r"\p{N}+", r"(?=(\d{3})+(?!\d))"],
    "falcon": None,
}


KEYS = {"sep": "seperator", "pad": "padding"}


def drawn(parts, count, seed):
    source = random.Random(seed)
    return ["".join(source.choice(parts) for _ in range(source.randrange(1, 14))) for _ in range(count)]


def write(path, metadata):
    writer = gguf.GGUFWriter(path, "llama")
    for key, value in metadata.items():
        key = f"tokenizer.ggml.{key}"
        if isinstance(value, bytes):
            writer.add_key_value(key, list(value), gguf.GGUFValueType.ARRAY, sub_type=gguf.GGUFValueType.UINT8)
        elif isinstance(value, list):
            writer.add_array(key, value)
        elif isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        else:
            writer.add_string(key, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def byte_bpe():
    """Learned across words, so that every cut shows."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|end|>", "<|begin|>", "<|pad|>"]
    trainer = trainers.BpeTrainer(vocab_size=900, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(drawn(PARTS, 3000, 1) + drawn(ASCII, 2000, 2) + ["\U0001f600  ", "\t\t\t", "'tx", "'s b"] * 300, trainer)
    data = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(data["vocab"], key=data["vocab"].get) + ["two words", "    "]
    return {
        "model": "gpt2", "pre": "gpt-2", "tokens": tokens, "merges": [" ".join(pair) for pair in data["merges"]],
        "token_type": [3] * 3 + [1] * (len(tokens) - 5) + [4, 4], "bos_token_id": 1, "eos_token_id": 0, "padding_token_id": 2,
    }  # fmt: skip


def of_sentencepiece(path, kind):
    spec = proto.ModelProto.FromString((FIXTURES / path).read_bytes())
    trainer, normalizer = spec.trainer_spec, spec.normalizer_spec
    ids = {"bos": trainer.bos_id, "eos": trainer.eos_id, "unknown": trainer.unk_id, "padding": trainer.pad_id}
    result = {
        "model": kind, "pre": "default", "tokens": [piece.piece for piece in spec.pieces], "scores": [piece.score for piece in spec.pieces], "token_type": [piece.type for piece in spec.pieces],
        "add_space_prefix": normalizer.add_dummy_prefix, **{f"{name}_token_id": id for name, id in ids.items() if id >= 0},
    }  # fmt: skip
    if kind == "t5":
        result["remove_extra_whitespaces"] = normalizer.remove_extra_whitespaces
        if normalizer.precompiled_charsmap:
            result["precompiled_charsmap"] = normalizer.precompiled_charsmap
    return result


def word_piece():
    words = (FIXTURES / "directories" / "vocab.txt").read_text().split("\n")[:-1]
    special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    tokens = [word if word in special else word[2:] if word.startswith("##") else "\u2581" + word for word in words]
    roles = {"padding": "[PAD]", "unknown": "[UNK]", "cls": "[CLS]", "seperator": "[SEP]", "mask": "[MASK]", "bos": "[CLS]"}
    return {
        "model": "bert", "tokens": tokens, "token_type": [3 if word in special else 1 for word in words], **{f"{role}_token_id": words.index(word) for role, word in roles.items()},
    }  # fmt: skip


def encodings(metadata, texts):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocabulary.gguf"
        write(path, metadata)
        vocabulary = LlamaCpp(path)
        ids = [vocabulary.encode(text) for text in texts]
        roles = vocabulary.roles()
        vocabulary.close()
    return ids, roles


def by_tokenizers(metadata, patterns, ignore_merges, texts):
    """Python's tokenizers with patterns one after another, or with Falcon's pre-tokenizer."""
    p = pre_tokenizers
    if patterns is None:
        steps = [p.Punctuation("contiguous"), p.ByteLevel(False), p.Digits(False), p.Split(Regex("[0-9][0-9][0-9]"), "isolated")]
    else:
        steps = [*(p.Split(Regex(pattern), "isolated") for pattern in patterns), p.ByteLevel(False, use_regex=False)]
    vocab = {token: id for id, token in enumerate(metadata["tokens"])}
    tokenizer = Tokenizer(models.BPE(vocab, [tuple(merge.split(" ")) for merge in metadata["merges"]], ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = p.Sequence(steps)
    for token, kind in zip(metadata["tokens"], metadata["token_type"]):
        if kind != 1:
            tokenizer.add_tokens([AddedToken(token, normalized=False, special=kind == 3)])
    start = [metadata["bos_token_id"]] if ignore_merges else []
    return [start + tokenizer.encode(text).ids for text in texts]


def main():
    FOLDER.mkdir(exist_ok=True)
    # A sign for a space at the end is a space for SentencePiece, and goes; llama.cpp keeps it.
    nasty = [text for text in NASTY if "\ufffd" not in text and len(text) < 600 and "\0" not in text and not text.endswith("\u2581")]
    nasty += ["<s>", "a<s>b</s> <unk>c", "<|end|>x<|begin|>", "two words  two words", "      x", "[CLS] a [SEP]", "[MASK]x"]
    ways = {"texts": drawn(PARTS, 60, 3) + drawn(ASCII, 30, 4) + ["\U0001f600  \n\U0001f600", "\U0001f600 \t", "a\t\t\t\tb", "don'tx it'sy it's b"], "ids": []}
    bpe = byte_bpe()
    write(FOLDER / "gpt2.gguf", bpe)
    groups = {}
    for name in NAMES.split():
        ids, _ = encodings({**bpe, "pre": name}, ways["texts"])
        groups.setdefault(json.dumps(ids), []).append(name)
    ways["ids"] = [{"names": names, "ids": json.loads(key)} for key, names in groups.items()]
    for names, patterns in PUBLISHED.items():
        ways["ids"].append({"names": names.split(), "ids": by_tokenizers(bpe, patterns, names == "tekken", ways["texts"])})

    files = []
    vocabularies = {
        "gpt2": (bpe, [{}, {"pre": "llama-bpe", "add_eos_token": True}, {"pre": "qwen2", "add_bos_token": True}]),
        "llama": (of_sentencepiece("sentencepiece/bpe-llama.model", "llama"), [{}, {"add_space_prefix": False}, {"add_bos_token": False, "add_eos_token": True}, {"remove_extra_whitespaces": True}]),
        "gemma": (of_sentencepiece("directories/gemma.model", "llama"), [{}]),
        "t5": (of_sentencepiece("directories/t5.model", "t5"), [{}, {"add_eos_token": False}, {"add_space_prefix": False, "remove_extra_whitespaces": False}]),
        "unigram": (of_sentencepiece("sentencepiece/unigram-identity.model", "t5"), [{"add_bos_token": True, "remove_extra_whitespaces": True}]),
        "bert": (word_piece(), [{}, {"normalizer.lowercase": False}, {"normalizer.strip_accents": False}]),
    }
    for name, (metadata, changes) in vocabularies.items():
        write(FOLDER / f"{name}.gguf", metadata)
        for change in changes:
            ids, roles = encodings({**metadata, **change}, nasty)
            roles = {role: id for role, id in roles.items() if f"{KEYS.get(role, role)}_token_id" in metadata}
            files.append({"name": name, "change": change, "roles": roles, "ids": ids})
    path = FIXTURES / "gguf.json"
    path.write_text(json.dumps({"texts": nasty, "files": files, "ways": ways}, separators=(",", ":")) + "\n")
    print(len(groups), [names for names in groups.values()], path.stat().st_size)


if __name__ == "__main__":
    main()
