"""Makes test/fixtures/tokenizer/training/options.json and training/unigram.json with the reference's trainers.

The trainers go through the words in an order that differs from run to run, and number tokens with a prefix or a suffix
as they come. Two ways around it: such tokens are given as special tokens, in order; or the trainer runs until it took
the words in the order of the texts, which few words allow. Run: python tokenizer_training.py
"""

import json
import random
from decimal import Context, Decimal

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from tokenizer import SENTENCES, TEXTS, write

CORPUS = SENTENCES + TEXTS
FEW = ["Pepper peppers", "popper Poppies pepper", "pepper popper popper"]
ATTEMPTS = 3000


def trained(model, trainer, pre_tokenizer, texts, normalizer=None):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def words_of(tokenizer, texts):
    for text in texts:
        if tokenizer.normalizer is not None:
            text = tokenizer.normalizer.normalize_str(text)
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text):
            yield word


def symbols(tokenizer, texts, prefix, suffix, specials):
    """Symbols with a prefix or suffix, as the texts first have them."""
    seen = dict.fromkeys(specials)
    plain = {character for word in words_of(tokenizer, texts) for character in word}
    found = {}
    for word in words_of(tokenizer, texts):
        for i, character in enumerate(word):
            found[("" if i == 0 else prefix) + character + (suffix if i == len(word) - 1 else "")] = None
    return [symbol for symbol in found if symbol not in plain and symbol not in seen]


def merging(name, kind, options, texts="corpus", few=False):
    source = FEW if few else CORPUS
    prefix, suffix = options.get("continuingSubwordPrefix", "##" if kind == "wordPiece" else ""), options.get("endOfWordSuffix", "")
    unknown = "[UNK]" if kind == "wordPiece" else "<unk>"
    byte_level = kind == "bpe" and options.get("byteLevel", True)

    def once(specials):
        arguments = {
            "vocab_size": options["vocabSize"],
            "min_frequency": options.get("minFrequency", 0),
            "special_tokens": specials,
            "initial_alphabet": (sorted(pre_tokenizers.ByteLevel.alphabet()) if byte_level else []) + options.get("initialAlphabet", []),
            "show_progress": False,
        }
        if "limitAlphabet" in options:
            arguments["limit_alphabet"] = options["limitAlphabet"]
        if suffix:
            arguments["end_of_word_suffix"] = suffix
        if kind == "wordPiece":
            lowercase = options.get("lowercase", True)
            trainer = trainers.WordPieceTrainer(continuing_subword_prefix=prefix, **arguments)
            return trained(models.WordPiece(unk_token=unknown), trainer, pre_tokenizers.BertPreTokenizer(), source, normalizers.BertNormalizer(lowercase=lowercase))
        if prefix:
            arguments["continuing_subword_prefix"] = prefix
        if "maxTokenLength" in options:
            arguments["max_token_length"] = options["maxTokenLength"]
        if byte_level:
            split = pre_tokenizers.ByteLevel(add_prefix_space=False)
        else:
            split = pre_tokenizers.Whitespace() if prefix or suffix else pre_tokenizers.Metaspace()
        return trained(models.BPE(unk_token=None if byte_level else unknown), trainers.BpeTrainer(**arguments), split, source)

    specials = ([] if byte_level else [unknown]) + options.get("specialTokens", [])
    if prefix or suffix:
        found = symbols(once(specials), source, prefix, suffix, specials)
        if few:
            for _ in range(ATTEMPTS):
                tokenizer = once(specials)
                if sorted(found, key=tokenizer.token_to_id) == found:
                    break
            else:
                raise SystemExit(f"{name}: never in the order of the texts")
        else:
            options = {**options, "specialTokens": options.get("specialTokens", []) + found}
            tokenizer = once(specials + found)
    else:
        tokenizer = once(specials)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    return {"name": name, "kind": kind, "few": few, "options": options, "tokens": tokens, "merges": model.get("merges")}


def merge_fixtures():
    size = 500
    characters = {"vocabSize": size, "byteLevel": False}
    trainings = [
        merging("limited alphabet", "bpe", {**characters, "limitAlphabet": 30}),
        merging("initial alphabet", "bpe", {**characters, "initialAlphabet": ["\u00e9", "Q", "\U0001f600"]}),
        merging("both", "bpe", {**characters, "limitAlphabet": 20, "initialAlphabet": ["\u00e9", "Q"], "minFrequency": 4}),
        merging("short tokens", "bpe", {"vocabSize": size, "maxTokenLength": 5}),
        merging("pairs", "bpe", {**characters, "maxTokenLength": 2}),
        merging("prefix", "bpe", {**characters, "continuingSubwordPrefix": "##", "limitAlphabet": 30}),
        merging("suffix", "bpe", {**characters, "endOfWordSuffix": "</w>", "limitAlphabet": 30}),
        merging("prefix, suffix and length", "bpe", {**characters, "continuingSubwordPrefix": "@", "endOfWordSuffix": "</w>", "maxTokenLength": 4, "limitAlphabet": 30}),
        merging("suffix in the order of the texts", "bpe", {"vocabSize": 28, "byteLevel": False, "endOfWordSuffix": "</w>"}, few=True),
        merging("plain", "wordPiece", {"vocabSize": size}),
        merging("cased", "wordPiece", {"vocabSize": size, "lowercase": False, "specialTokens": ["[CLS]", "[SEP]"], "minFrequency": 3}),
        merging("limited", "wordPiece", {"vocabSize": size, "limitAlphabet": 30, "initialAlphabet": ["q", "\u00df"]}),
        merging("another prefix", "wordPiece", {"vocabSize": size, "continuingSubwordPrefix": "-"}),
        merging("in the order of the texts", "wordPiece", {"vocabSize": 24}, few=True),
        merging("to the end, in the order of the texts", "wordPiece", {"vocabSize": 100, "specialTokens": ["[PAD]"]}, few=True),
    ]
    return {"texts": CORPUS, "few": FEW, "trainings": trainings}


def unigram(name, options, texts="corpus"):
    source = TEXT_SETS[texts]
    unknown, specials = options.get("unknownToken", "<unk>"), options.get("specialTokens", [])
    names = {"maxPieceLength": "max_piece_length", "shrinkingFactor": "shrinking_factor", "subIterations": "n_sub_iterations", "initialAlphabet": "initial_alphabet", "seedSize": "seed_size"}
    arguments = {names[key]: value for key, value in options.items() if key in names}
    trainer = trainers.UnigramTrainer(vocab_size=options["vocabSize"], special_tokens=specials, unk_token=unknown, show_progress=False, **arguments)

    def once():
        # Falls back on bytes before the training, not after.
        return json.loads(trained(models.Unigram([("<unk>", 0.0)], 0, True), trainer, pre_tokenizers.Metaspace(), source).to_str())["model"]

    # Characters too rare for a score of their own share some out among them, differently in every run.
    model = once()
    runs = [dict(once()["vocab"]) for _ in range(20)]
    assert all(run.keys() == runs[0].keys() for run in runs), f"{name}: other tokens in another run"
    rare = [token for token, score in model["vocab"] if any(abs(run[token] - score) > 1e-9 for run in runs)]
    return {"name": name, "texts": texts, "options": options, "unknownId": model["unk_id"], "byteFallback": model["byte_fallback"], "rare": rare, "vocab": model["vocab"]}


def syllables():
    """Words enough for pruning, some of them frequent."""
    source = random.Random(11)
    parts = [a + b + c for a in ("", "b", "d", "k", "l", "m", "n", "r", "s", "st", "t") for b in "aeiou" for c in ("", "n", "r", "st")]
    words = ["".join(source.choices(parts, k=source.randrange(1, 5))) for _ in range(700)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    return [" ".join(source.choices(words, weights, k=12)) for _ in range(150)]


def letters():
    """Random words: many pieces are equally dear, also where pruning cuts."""
    source = random.Random(60)
    return [" ".join("".join(source.choices("abcdefgh", k=source.randrange(1, 10))) for _ in range(12)) for _ in range(20)]


def unspaced():
    """Long words in two other scripts, one beyond 16 bits."""
    source = random.Random(7)
    alphabet = [chr(0x4E00 + i) for i in range(12)] + [chr(0x1F600 + i) for i in range(6)]
    words = ["".join(source.choices(alphabet, k=source.randrange(1, 4))) for _ in range(60)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    return ["".join(source.choices(words, weights, k=source.randrange(5, 20))) for _ in range(40)]


TEXT_SETS = {"corpus": CORPUS, "sentences": SENTENCES, "few": FEW, "syllables": syllables(), "letters": letters(), "unspaced": unspaced()}


def logarithms():
    """Integers and their logarithms, rounded once."""
    source = random.Random(3)
    integers = [1, 2, 3, 10, 2**31, 2**53 - 1] + sorted(source.randrange(1, 10 ** source.randrange(1, 10)) for _ in range(400))
    return [[integer, float(Context(prec=40).ln(Decimal(integer)))] for integer in integers]


def unigram_fixtures():
    trainings = [
        unigram("plain", {"vocabSize": 400}),
        unigram("small", {"vocabSize": 80}, "sentences"),
        unigram("large", {"vocabSize": 2000}, "sentences"),
        unigram("a round of pruning", {"vocabSize": 360}, "syllables"),
        unigram("rounds of pruning", {"vocabSize": 120}, "syllables"),
        unigram("many rounds of pruning", {"vocabSize": 30}, "syllables"),
        unigram("slow rounds of pruning", {"vocabSize": 60, "shrinkingFactor": 0.95, "subIterations": 1}, "syllables"),
        unigram("quick rounds of pruning", {"vocabSize": 100, "shrinkingFactor": 0.3, "subIterations": 3}, "syllables"),
        unigram("equally dear pieces", {"vocabSize": 60}, "letters"),
        unigram("unspaced", {"vocabSize": 60}, "unspaced"),
        unigram("few words", {"vocabSize": 20}, "few"),
        unigram("special tokens", {"vocabSize": 150, "specialTokens": ["<pad>", "</s>", "<unk>"]}, "sentences"),
        unigram("special tokens without the unknown one", {"vocabSize": 150, "unknownToken": "<oov>", "specialTokens": ["<pad>", "</s>"]}, "sentences"),
        unigram("short pieces", {"vocabSize": 150, "maxPieceLength": 3}, "sentences"),
        unigram("short pieces, pruned", {"vocabSize": 60, "maxPieceLength": 3}, "syllables"),
        unigram("few seeds", {"vocabSize": 60, "seedSize": 300}, "syllables"),
        unigram("slowly", {"vocabSize": 120, "shrinkingFactor": 0.9, "subIterations": 3}, "sentences"),
        unigram("alphabet", {"vocabSize": 120, "initialAlphabet": ["\u00e9"]}, "sentences"),
    ]
    return {"texts": TEXT_SETS, "trainings": trainings, "logarithms": logarithms()}


if __name__ == "__main__":
    write("training/unigram", unigram_fixtures())
    write("training/options", merge_fixtures())
