"""Makes test/fixtures/tokenizer/directories.json: model directories without tokenizer.json, and what transformers makes of them.

Every directory is a few files (of test/fixtures/tokenizer/directories and sentencepiece) and a tokenizer_config.json.
Run: python tokenizer_directories.py, after sentencepiece_models.py
"""

import base64
import json
import re
import tempfile
from pathlib import Path
from types import SimpleNamespace

import transformers
from sentencepiece_models import FOLDER, SENTENCES, rules_of, trained, with_small_charsmap
from sentencepiece import SentencePieceProcessor
from tokenizers import ByteLevelBPETokenizer
from tokenizers.processors import TemplateProcessing
from transformers import AddedToken, AutoTokenizer, CLIPTokenizer, PreTrainedTokenizerFast, convert_slow_tokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

FIXTURES = FOLDER.parent
OWN = FIXTURES / "directories"
transformers.logging.set_verbosity_error()

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] a b c d e f g h i j k l m n o p q r s t u v w x y z ##a ##b ##c ##d ##e ##s ##ing ##t the The quick brown fox \u00c9 \u00e9 ##\u00e9 , . ! ' don \u00df \u4e2d two spaces line break"
# With BPE, versions of transformers differ in whether the setting is followed; this says that it is.
CLEAN = {"clean_up_tokenization_spaces": True, "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output": True}
TEXTS = [
    "The quick brown fox", "  two  spaces ", "a<s>b</s> <unk> c", "\u00c9 \u00e9 \u4e2d \u00df caf\u00e9 e\u0301", "<mask> [word] x <|x|> [MASK] y", "don't . ok ! it's , fine ?", "", " ", "line\nbreak\n\n\n\ttab",
    "<extra_id_1> e <extra_id_0>", "\U0001f600\U0001f600 \u2603", "1984 12", "[CLS] a [SEP]", "<bos>x<eos> <pad>", "<|endoftext|> x", "fi\u2026 \ufb01 \u00bd \u3000", "the" * 20, *SENTENCES[:8],
]  # fmt: skip


MORE = {"ALBERT": ["in 12, 34, ``x'' x"], "mBART": ["de_DE the fox en_XX", "zh_CN"], "XGLM": ["<madeupword3> x"], "Pegasus": ["<mask_1> the <mask_2> x<unk_7>"], "Marian": [">>fra<< The quick fox", ">>deu<<Le caf\u00e9 ", ">>fra<<", "</s> <unk>the<pad>"]}


def token(content, **flags):
    return {"content": content, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True, **flags}


def directories():
    llama, gemma, t5 = {"tokenizer.model": "sentencepiece/bpe-llama.model"}, {"tokenizer.model": "directories/gemma.model"}, {"spiece.model": "directories/t5.model"}
    xlmr = {"sentencepiece.bpe.model": "sentencepiece/unigram.model"}
    gpt2 = {"vocab.json": "directories/vocab.json", "merges.txt": "directories/merges.txt"}
    bert = {"vocab.txt": "directories/vocab.txt"}
    decoder = {"0": token("<unk>"), "1": token("<s>"), "2": token("</s>"), "520": token("<pad>"), "521": token("[word]", special=False, normalized=True), "522": token("<|x|>", lstrip=True)}
    yield from (("Llama", llama, {"tokenizer_class": "LlamaTokenizer", **more}) for more in (
        {}, {"add_bos_token": True, "add_eos_token": True}, {"add_bos_token": False, "add_eos_token": True}, {"legacy": True, "add_bos_token": True}, {"legacy": False},
        {"add_prefix_space": False}, {"added_tokens_decoder": decoder, "pad_token": "<pad>", "add_bos_token": True}, CLEAN, {"pad_token": "[PAD]", "legacy": None},
        {"bos_token": "<|x|>", "add_bos_token": True},
    ))  # fmt: skip
    yield "Llama, fast", llama, {"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": True}
    yield from (("no family", files, config) for files in (llama, {"tokenizer.model": "sentencepiece/unigram.model"}) for config in ({}, {"tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": True}))
    yield from (("Gemma", gemma, {"tokenizer_class": "GemmaTokenizer", **more}) for more in ({}, {"add_bos_token": True}, {"add_bos_token": False, "add_eos_token": True}))
    yield from (("T5", t5, {"tokenizer_class": "T5Tokenizer", **more}) for more in ({}, {"extra_ids": 0}, {"extra_ids": 3}, {"add_eos_token": False}, {"legacy": False}, {"add_prefix_space": False}, {"clean_up_tokenization_spaces": True}))
    yield from (("XLM-R", xlmr, {"tokenizer_class": "XLMRobertaTokenizer", **more}) for more in ({}, {"add_prefix_space": False}, {"added_tokens_decoder": {"174": token("<mask>", lstrip=True)}}))
    yield from (("GPT-2", gpt2, {"tokenizer_class": "GPT2Tokenizer", **more}) for more in ({}, {"add_prefix_space": True}, {"add_bos_token": True}, {"added_tokens_decoder": {"330": token("<|x|>", lstrip=True)}}, {"pad_token": "<pad>", **CLEAN}))
    yield from (("BERT", bert, {"tokenizer_class": "BertTokenizer", **more}) for more in (
        {}, {"do_lower_case": False}, {"do_lower_case": False, "strip_accents": True}, {"strip_accents": False}, {"tokenize_chinese_chars": False}, {"added_tokens_decoder": {"60": token("<|x|>")}}, {"clean_up_tokenization_spaces": True},
    ))  # fmt: skip


    # A tokenizer.model of ranks, as Llama 3 was published with.
    ranks = {"tokenizer.model": "directories/ranks.model"}
    named = {"330": token("<|begin_of_text|>"), "329": token("<|end_of_text|>")}
    yield from (("ranks", ranks, config) for config in (
        {}, {"tokenizer_class": "PreTrainedTokenizerFast", "added_tokens_decoder": named, "bos_token": "<|begin_of_text|>", "eos_token": "<|end_of_text|>"},
        {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>", "add_bos_token": True}, {"tokenizer_class": "LlamaTokenizer"}, {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "bos_token": "<|begin_of_text|>"},
    ))  # fmt: skip

    marian = {"source.spm": "sentencepiece/unigram.model", "target.spm": "sentencepiece/bpe.model", "vocab.json": "directories/marian-vocab.json"}
    yield from (("Marian", marian, {"tokenizer_class": "MarianTokenizer", **more}) for more in ({}, {"source_lang": "en", "target_lang": "fr", "model_max_length": 512}))

    yield from (("XLNet", {"spiece.model": "sentencepiece/unigram.model"}, {"tokenizer_class": "XLNetTokenizer", **more}) for more in ({}, {"do_lower_case": True}))
    yield from (("CamemBERT", xlmr, {"tokenizer_class": "CamembertTokenizer", **more}) for more in ({}, {"added_tokens_decoder": {"1": token("<pad>")}}))
    barthez = {"sentencepiece.bpe.model": "directories/barthez.model"}
    albert, deberta = {"spiece.model": "directories/albert.model"}, {"spm.model": "directories/deberta.model"}
    yield from (("ALBERT", albert, {"tokenizer_class": "AlbertTokenizer", **more}) for more in ({}, {"do_lower_case": False}, {"keep_accents": True}))
    yield "BigBird", albert, {"tokenizer_class": "BigBirdTokenizer"}
    yield from (("DeBERTa", deberta, {"tokenizer_class": "DebertaV2Tokenizer", **more}) for more in ({}, {"do_lower_case": True, "split_by_punct": True}))

    yield from (("BARThez", barthez, {"tokenizer_class": "BarthezTokenizer", **more}) for more in ({}, {"add_prefix_space": False}))
    yield "XGLM", xlmr, {"tokenizer_class": "XGLMTokenizer"}
    yield from (("mBART", xlmr, {"tokenizer_class": "MBartTokenizer", **more}) for more in ({}, {"src_lang": "de_DE", "tgt_lang": "fr_XX"}))
    yield from (("mBART-50", xlmr, {"tokenizer_class": "MBart50Tokenizer", **more}) for more in ({}, {"src_lang": "sl_SI"}))
    yield from (("Pegasus", {"spiece.model": "directories/pegasus.model"}, {"tokenizer_class": "PegasusTokenizer", **more}) for more in ({}, {"offset": 20}))
    yield from (("RemBERT", {"sentencepiece.model": "directories/albert.model"}, {"tokenizer_class": "RemBertTokenizer", **more}) for more in ({}, {"keep_accents": False, "do_lower_case": True}))
    yield "Reformer", {"spiece.model": "sentencepiece/bpe.model"}, {"tokenizer_class": "ReformerTokenizer"}

    # With a tokenizer.json, the configuration changes a part of it.
    saved, gpt2 = {"tokenizer.json": "directories/bert.json"}, {"tokenizer.json": "directories/gpt2.json"}
    yield from (("BERT, saved", saved, {"tokenizer_class": "BertTokenizer", **more}) for more in (
        {}, {"do_lower_case": False}, {"strip_accents": False}, {"tokenize_chinese_chars": False}, {"added_tokens_decoder": {"0": token("[PAD]"), "60": token("<|x|>", lstrip=True), "62": token("[word]", special=False, normalized=True)}}, {"bos_token": "<s>", "eos_token": "</s>"},
    ))  # fmt: skip
    yield from (("GPT-2, saved", gpt2, {"tokenizer_class": "GPT2Tokenizer", **more}) for more in ({}, {"add_prefix_space": True}, {"pad_token": "<pad>"}, {"add_bos_token": True}))
    yield "CLIP, saved", {"tokenizer.json": "directories/clip.json"}, {"tokenizer_class": "CLIPTokenizer"}
    yield from (("no family, saved", files, {"tokenizer_class": "PreTrainedTokenizerFast", **more}) for files in (saved, gpt2) for more in ({"do_lower_case": False, "add_prefix_space": True}, {"pad_token": "<pad>", "mask_token": "<mask>"}, {"add_bos_token": True, "bos_token": "<s>"}))


BERT = {"bos_token": "[CLS]", "eos_token": "[SEP]", "sep_token": "[SEP]", "cls_token": "[CLS]"}
MASK = {"mask_token": AddedToken("[MASK]", lstrip=True, normalized=False, special=True)}
FAIRSEQ = {"bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "<unk>", "pad_token": "<pad>"}
FAIRSEQ_MASK = {"mask_token": AddedToken("<mask>", lstrip=True, normalized=False, special=True)}
CONVERTED = {
    "AlbertTokenizer": {**BERT, **MASK, "unk_token": "<unk>", "pad_token": "<pad>"},
    "BigBirdTokenizer": {**BERT, **MASK, "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"},
    "BarthezTokenizer": {**FAIRSEQ, **FAIRSEQ_MASK},
    "XGLMTokenizer": FAIRSEQ,
    "MBartTokenizer": {**FAIRSEQ, **FAIRSEQ_MASK},
    "MBart50Tokenizer": {**FAIRSEQ, **FAIRSEQ_MASK},
    "PegasusTokenizer": {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask_2>"},
    "RemBertTokenizer": {**BERT, **MASK, "unk_token": "<unk>", "pad_token": "<pad>"},
    "DebertaV2Tokenizer": {**BERT, "mask_token": "[MASK]", "unk_token": "[UNK]", "pad_token": "[PAD]"},
}


def converted(folder, config):
    """What the converters of these classes make, by which their published tokenizer.json were made.

    AutoTokenizer of 5.18 does not read the files of ALBERT and XGLM, and forgets normalization, template or unknown token
    of the others.
    """
    name = config["tokenizer_class"]
    path = next(Path(folder).glob("*.model"))
    names = CONVERTED[name]
    pieces = SentencePieceProcessor(model_file=str(path))
    offset = config.get("offset", 103)
    defaults = {"do_lower_case": name == "AlbertTokenizer", "keep_accents": name == "RemBertTokenizer", "split_by_punct": False}
    pegasus = {"pad_token": "<pad>", "eos_token": "</s>", "mask_token_sent": "<mask_1>", "mask_token": "<mask_2>", "mask_token_id": 3, "eos_token_id": 1, "offset": offset}
    slow = SimpleNamespace(vocab_file=str(path), **{**defaults, **(pegasus if name == "PegasusTokenizer" else {}), **config})
    converter = getattr(convert_slow_tokenizer, name.replace("Tokenizer", "Converter"))(slow)
    ids = {token: id for id, (token, _) in reversed(list(enumerate(converter.vocab(converter.proto))))}
    # The mask is added first, so that it takes the space before it even where it is a piece.
    for role in ("mask", "bos", "eos", "unk", "sep", "pad", "cls"):
        if f"{role}_token" in names:
            ids.setdefault(str(names[f"{role}_token"]), len(ids))
    slow.convert_tokens_to_ids = ids.get
    tokenizer = converter.converted()
    tokenizer.add_special_tokens([names["mask_token"]] if "mask_token" in names else [])
    more = [token for token in ids if re.fullmatch("[a-z]{2}_[A-Z]{2}|<madeupword[0-9]>|<unk_[0-9]+>|<mask_1>", token)]
    if name.startswith("MBart"):
        # The library sets this for the language that is asked for.
        language = config.get("src_lang", "en_XX")
        around = ("{} $A </s>", "{} $A $B </s>") if name == "MBart50Tokenizer" else ("$A </s> {}", "$A $B </s> {}")
        single, pair = (template.format(language) for template in around)
        tokenizer.post_processor = TemplateProcessing(single=single, pair=pair, special_tokens=[(language, ids[language]), ("</s>", ids["</s>"])])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, additional_special_tokens=more, **names)


def save_clip(target):
    """Writes the tokenizer.json of a CLIP that knows a few merges."""
    alphabet = sorted(bytes_to_unicode().values())
    merges = [tuple(merge.split()) for merge in ("t h", "th e</w>", "q u", "i c", "ic k</w>", "o x</w>", "\u00c3 \u00a9</w>")]
    tokens = [*alphabet, *(letter + "</w>" for letter in alphabet), *("".join(merge) for merge in merges), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(vocab={token: id for id, token in enumerate(tokens)}, merges=merges)
    tokenizer._tokenizer.save(str(OWN / target), pretty=False)


def save(files, config, target):
    """Writes the tokenizer.json that transformers saves of older files."""
    with tempfile.TemporaryDirectory() as folder:
        for name in files:
            (Path(folder) / name).write_bytes((OWN / name).read_bytes())
        (Path(folder) / "tokenizer_config.json").write_text(json.dumps(config))
        AutoTokenizer.from_pretrained(folder)._tokenizer.save(str(OWN / target), pretty=False)


def main():
    OWN.mkdir(parents=True, exist_ok=True)
    ends = dict(pad_id=0, eos_id=1, bos_id=2, unk_id=3, eos_piece="<eos>", bos_piece="<bos>")
    plain = dict(normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=False, allow_whitespace_only_pieces=True)
    gemma = trained(dict(model_type="bpe", vocab_size=520, byte_fallback=True, split_digits=True, user_defined_symbols=["<mask>", "\n", "\n\n"], **ends, **plain))
    (OWN / "gemma.model").write_bytes(gemma)
    t5 = trained(dict(model_type="unigram", vocab_size=200, pad_id=0, eos_id=1, unk_id=2, bos_id=-1))
    (OWN / "t5.model").write_bytes(with_small_charsmap(t5, rules_of(t5)).SerializeToString())
    roles = dict(pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, control_symbols=["[CLS]", "[SEP]", "[MASK]"])
    albert = trained(dict(model_type="unigram", vocab_size=220, user_defined_symbols=["(", "."], **roles))
    albert = with_small_charsmap(albert, rules_of(albert))
    albert.pieces[-1].piece, albert.pieces[-1].score = "2,", -1
    (OWN / "albert.model").write_bytes(albert.SerializeToString())
    roles = dict(pad_id=0, pad_piece="[PAD]", bos_id=1, bos_piece="[CLS]", eos_id=2, eos_piece="[SEP]", unk_id=3, unk_piece="[UNK]")
    deberta = trained(dict(model_type="unigram", vocab_size=200, **roles))
    (OWN / "deberta.model").write_bytes(with_small_charsmap(deberta, rules_of(deberta)).SerializeToString())
    # BARThez has <s>, <pad>, </s>, <unk> and <mask>, Pegasus <s>, </s> and <unk> as its first pieces.
    roles = dict(bos_id=0, pad_id=1, eos_id=2, unk_id=3, control_symbols=["<mask>"])
    barthez = trained(dict(model_type="unigram", vocab_size=200, **roles))
    (OWN / "barthez.model").write_bytes(with_small_charsmap(barthez, rules_of(barthez)).SerializeToString())
    pegasus = trained(dict(model_type="unigram", vocab_size=200, bos_id=0, eos_id=1, unk_id=2))
    (OWN / "pegasus.model").write_bytes(with_small_charsmap(pegasus, rules_of(pegasus)).SerializeToString())
    (OWN / "vocab.txt").write_text("\n".join(dict.fromkeys(WORDS.split())) + "\n")
    gpt2 = ByteLevelBPETokenizer()
    gpt2.train_from_iterator(SENTENCES, vocab_size=330, special_tokens=["<|endoftext|>"], show_progress=False)
    gpt2.save_model(str(OWN))

    alphabet = {character: byte for byte, character in bytes_to_unicode().items()}
    tokens = sorted((id, token) for token, id in gpt2.get_vocab().items() if token != "<|endoftext|>")
    (OWN / "ranks.model").write_bytes(b"".join(base64.b64encode(bytes(alphabet[c] for c in token)) + b" %d\n" % rank for rank, (_, token) in enumerate(tokens)))

    pieces = [SentencePieceProcessor(model_file=str(FOLDER / f"{name}.model")) for name in ("unigram", "bpe")]
    names = ["</s>", "<unk>", ">>fra<<", ">>deu<<", *(p.id_to_piece(id) for p in pieces for id in range(3, p.vocab_size())), "<pad>"]
    (OWN / "marian-vocab.json").write_text(json.dumps({name: id for id, name in enumerate(dict.fromkeys(names))}) + "\n")

    save(["vocab.txt"], {"tokenizer_class": "BertTokenizer"}, "bert.json")
    save_clip("clip.json")
    save(["vocab.json", "merges.txt"], {"tokenizer_class": "GPT2Tokenizer"}, "gpt2.json")

    result = []
    for name, files, config in directories():
        with tempfile.TemporaryDirectory() as folder:
            for target, source in files.items():
                (Path(folder) / target).write_bytes((FIXTURES / source).read_bytes())
            if config:
                (Path(folder) / "tokenizer_config.json").write_text(json.dumps(config))
            tokenizer = converted(folder, config) if config.get("tokenizer_class") in CONVERTED else AutoTokenizer.from_pretrained(folder)
        cases = []
        for text in TEXTS + MORE.get(name, []):
            ids = tokenizer(text)["input_ids"]
            cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True)})
        pair = {"ids": tokenizer("the fox", "a b")["input_ids"], "types": tokenizer("the fox", "a b", return_token_type_ids=True)["token_type_ids"]}
        if name == "Marian":
            # A model of two texts knows no such types; what transformers gives does not fit the texts.
            del pair["types"]
        result.append({"name": name, "files": files, "config": config, "size": len(tokenizer), "cases": cases, "pair": pair})
    path = FIXTURES / "directories.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(len(result), path.stat().st_size)


if __name__ == "__main__":
    main()
