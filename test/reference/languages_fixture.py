"""How the tokenizers of multilingual translators write the languages around a text, with tiny made-up vocabularies.

Writes ../fixtures/tasks/languages.json: for each tokenizer its tokenizer.json and tokenizer_config.json, and for some pairs of
languages the ids of the source and the token that a translation begins with.
"""

import json
import tempfile
from pathlib import Path

import sentencepiece
from common import FIXTURES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import M2M100Tokenizer, MBart50Tokenizer, MBartTokenizer, NllbTokenizer

words = "the old bear sees a boat on river".split()
text = "the old bear sees a boat"


def word_level(vocab, languages, config):
    """A tokenizer.json of words with the languages as special tokens."""
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in ["<s>", "<pad>", "</s>", "<unk>", *languages]])
    return {"json": json.loads(tokenizer.to_str()), "config": {"eos_token": "</s>", "pad_token": "<pad>", **config}}


def inputs(tokenizer, source, target):
    more = {} if isinstance(tokenizer, M2M100Tokenizer) else {"return_tensors": None}
    given = tokenizer._build_translation_inputs(text, src_lang=source, tgt_lang=target, **more)
    return {"source": source, "target": target, "ids": list(given["input_ids"]), "first": given["forced_bos_token_id"]}


def own_ids(tokenizer, vocab, languages, cases):
    """The cases with the ids of our vocabulary: the tokens are the same."""
    rename = {tokenizer.convert_tokens_to_ids(token): index for token, index in vocab.items()}
    known = {token: len(vocab) + i for i, token in enumerate(languages)}
    rename.update({tokenizer.convert_tokens_to_ids(token): index for token, index in known.items()})
    return [{**case, "ids": [rename[i] for i in case["ids"]], "first": rename[case["first"]]} for case in cases]


first = ["<s>", "<pad>", "</s>", "<unk>"]
vocab = {token: i for i, token in enumerate(first + ["▁" + word for word in words])}
scored = [(token, 0.0 if token in first else -float(i)) for token, i in vocab.items()]


def entry(name, tokenizer, languages, pairs, **config):
    cases = own_ids(tokenizer, vocab, languages, [inputs(tokenizer, *pair) for pair in pairs])
    return {"name": name, **word_level(vocab, languages, config), "cases": cases}


def m2m100():
    with tempfile.TemporaryDirectory() as folder:
        model, corpus = f"{folder}/spm", Path(folder) / "corpus.txt"
        corpus.write_text((" ".join(words) + "\n") * 20)
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=model, model_type="word", vocab_size=len(words) + 3, bos_id=-1, eos_id=1, unk_id=0, minloglevel=2, hard_vocab_limit=False
        )
        (Path(folder) / "vocab.json").write_text(json.dumps(vocab))
        return M2M100Tokenizer(f"{folder}/vocab.json", f"{model}.model")


fairseq = ["en_XX", "de_DE", "fr_XX"]
nllb = ["eng_Latn", "deu_Latn", "zho_Hans", "zho_Hant"]
pairs = {"fairseq": [("en_XX", "de_DE"), ("fr_XX", "en_XX")], "nllb": [("eng_Latn", "deu_Latn"), ("zho_Hans", "zho_Hant")]}
entries = [
    entry("mBART", MBartTokenizer(vocab=scored), fairseq, pairs["fairseq"], tokenizer_class="MBartTokenizer"),
    entry("mBART-50", MBart50Tokenizer(vocab=scored), fairseq, pairs["fairseq"], tokenizer_class="MBart50TokenizerFast"),
    entry("M2M-100", m2m100(), ["__en__", "__de__", "__fr__"], [("en", "de"), ("fr", "en")], tokenizer_class="M2M100Tokenizer"),
]
# NLLB's class splits words by merges, so the words are given as added tokens.
for legacy in (False, True):
    tokenizer = NllbTokenizer(legacy_behaviour=legacy)
    tokenizer.add_tokens([AddedToken("▁" + word, normalized=False) for word in words])
    cases = []
    for source, target in pairs["nllb"]:
        tokenizer.src_lang = source
        body = tokenizer.convert_tokens_to_ids(["▁" + word for word in text.split()])
        ids = tokenizer.build_inputs_with_special_tokens(body) if not hasattr(tokenizer, "prefix_tokens") else [*tokenizer.prefix_tokens, *body, *tokenizer.suffix_tokens]
        cases.append({"source": source, "target": target, "ids": ids, "first": tokenizer.convert_tokens_to_ids(target)})
    cases = own_ids(tokenizer, vocab, nllb, cases)
    entries.append({"name": f"NLLB{', legacy' if legacy else ''}", **word_level(vocab, nllb, {"tokenizer_class": "NllbTokenizer", "legacy_behaviour": legacy}), "cases": cases})
path = FIXTURES / "tasks" / "languages.json"
path.write_text(json.dumps({"text": text, "tokenizers": entries}, ensure_ascii=False) + "\n")
for one in entries:
    print(one["name"], one["cases"])
