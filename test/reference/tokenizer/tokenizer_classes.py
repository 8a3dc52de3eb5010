"""Makes test/fixtures/tokenizer/classes.json: directories of every class with vocab.json and merges.txt or vocab.txt, with
the older files beside them, and what transformers makes of them.

A directory is files by name: a path under test/fixtures/tokenizer, or JSON. Run: python tokenizer_classes.py
"""

import json
import string
import tempfile
from pathlib import Path

import transformers
from tokenizer import FIXTURES
from transformers import AutoTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

OWN = FIXTURES / "directories"
transformers.logging.set_verbosity_error()

TEXTS = [
    "The quick brown fox", "  two  spaces ", "a<s>b</s> <unk> c", "\u00c9 \u00e9 \u4e2d caf\u00e9 e\u0301", "x <mask> [MASK] y", "don't . ok ! it's , fine ?",
    "line\nbreak\n\n\ttab", "12345 678", "[CLS] a [SEP] the<sep>", "<|endoftext|> x", "a<u>b <u> <v> v<new>", "the fox, quick",
]  # fmt: skip
GPT2 = {"vocab.json": "directories/vocab.json", "merges.txt": "directories/merges.txt"}
BERT = {"vocab.txt": "directories/vocab.txt"}
FUNNEL = {"vocab.txt": "directories/funnel-vocab.txt"}
GPT1 = {"vocab.json": "directories/gpt1-vocab.json", "merges.txt": "directories/gpt1-merges.txt"}
CLIP = {"vocab.json": "directories/clip-vocab.json", "merges.txt": "directories/clip-merges.txt"}


def token(content, **flags):
    return {"content": content, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, **flags}


def typed(content, **flags):
    return {"__type": "AddedToken", **token(content, **flags)}


def directories():
    def of(files, name, *configs):
        for config in configs or ({},):
            yield {**files, "tokenizer_config.json": {"tokenizer_class": f"{name}Tokenizer", **config}}

    prefixed, bos = {"add_prefix_space": True}, {"add_bos_token": True}
    for name in ("Bart", "LED", "Longformer", "Mvp", "Luke", "Deberta", "Cohere", "CodeGen", "LayoutLMv3"):
        yield from of(GPT2, name, {}, {"add_prefix_space": name != "LayoutLMv3", "mask_token": "<u>"})
    yield from of(GPT2, "Roberta", {}, prefixed, {"trim_offsets": False, **prefixed}, {"cls_token": "<c>", "sep_token": "<u>", "pad_token": None}, {"mask_token": typed("<mask>", lstrip=True)})
    yield from of(GPT2, "Roberta", {"model_max_length": 5, "padding_side": "left", "truncation_side": "left"})
    yield from of(GPT2, "Blenderbot", {}, {"add_prefix_space": False})
    yield from of(GPT2, "GPT2", {**bos, "add_eos_token": True, "bos_token": "</s>", "pad_token": "<pad>"}, {"errors": "replace", "unk_token": "</s>", "bos_token": "</s>", "eos_token": "</s>", **bos})
    yield from of(GPT2, "GPTNeoX", {}, bos, {"bos_token": "<s>", "add_eos_token": True})
    yield from of(GPT2, "Qwen2", {}, {"split_special_tokens": True, "pad_token": "<u>"})
    yield from of(GPT1, "OpenAIGPT", {}, {"unk_token": "a", "bos_token": "<u>"})
    yield from of(GPT1, "Herbert")
    yield from of(CLIP, "CLIP", {}, {"pad_token": "!"})
    for name in ("DistilBert", "Electra", "LayoutLM", "MobileBert", "SqueezeBert", "ConvBert", "Lxmert", "DPRReader", "LayoutLMv2"):
        yield from of(BERT, name, {} if name.startswith("DPR") else {"do_lower_case": False})
    yield from of(BERT, "Bert", {"never_split": ["fox"], "do_basic_tokenize": True}, {"cls_token": "<c>", "unk_token": "[PAD]"})
    yield from of(BERT, "MPNet", {}, {"strip_accents": False}, {"sep_token": "[SEP]"})
    yield from of(FUNNEL, "Funnel", {}, {"clean_text": False, "tokenize_chinese_chars": False})
    yield from of(BERT, "Splinter", {}, {"padding_side": "left"})

    # The class follows from the model's type.
    for files, types in ((GPT2, "roberta bart longformer led deberta blenderbot qwen2 qwen3 codegen gpt_neo gptj gpt_neox opt phi mpt cohere luke layoutlmv3"), (BERT, "bert distilbert electra mpnet layoutlm splinter mobilebert dpr nomic_bert"), (FUNNEL, "funnel"), (GPT1, "openai-gpt"), (CLIP, "clip")):
        for kind in types.split():
            yield {**files, "config.json": {"model_type": kind}}
    yield {**GPT2, "config.json": {"model_type": "roberta"}, "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer"}}
    yield {**GPT2, "config.json": {"model_type": "qwen2"}, "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer"}}
    yield {**GPT2, "config.json": {"model_type": "gpt2", "tokenizer_class": "RobertaTokenizer"}}

    # The older files, and which of them goes before which.
    gpt2 = {**GPT2, "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer"}}
    added = {"<u>": 330, "v": 331, "<new>": 332}
    yield {**gpt2, "added_tokens.json": {"<u>": 330}, "special_tokens_map.json": {"pad_token": "<u>"}}
    yield {**gpt2, "added_tokens.json": added}
    yield {**gpt2, "added_tokens.json": {"<new>": 400, "<u>": 331, "<v>": 350}}
    yield {**gpt2, "added_tokens.json": {"fox": 330, "<|endoftext|>": 0}}
    yield {**gpt2, "special_tokens_map.json": {"pad_token": token("<u>", lstrip=True), "bos_token": "<s>", "extra_special_tokens": ["<v>", token("<new>", rstrip=True)]}}
    yield {**gpt2, "special_tokens_map.json": {"pad_token": "<u>", "eos_token": token("</s>", normalized=True, single_word=True)}, "added_tokens.json": added}
    config = {"tokenizer_class": "GPT2Tokenizer", "pad_token": "<v>", "extra_special_tokens": ["<w>"]}
    yield {**GPT2, "tokenizer_config.json": config, "special_tokens_map.json": {"pad_token": "<u>"}, "added_tokens.json": added}
    yield {**GPT2, "tokenizer_config.json": config}
    yield {**GPT2, "tokenizer_config.json": {**config, "added_tokens_decoder": {"331": token("<new>", special=False), "330": token("<u>", special=True)}}, "special_tokens_map.json": {"pad_token": "x"}, "added_tokens.json": {"y": 330}}
    yield {**GPT2, "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", "image_token": "<u>", "extra_special_tokens": {"audio_token": "<v>", "b": "<new>"}}}
    yield {**GPT2, "tokenizer_config.json": {"tokenizer_class": "RobertaTokenizer", "additional_special_tokens": ["<u>", "<v>"]}, "special_tokens_map.json": {"mask_token": token("<mask>", lstrip=True), "cls_token": "<c>"}}
    bert = {**BERT, "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "pad_token": typed("<u>", rstrip=True)}}
    yield {**bert, "added_tokens.json": {"<V>": 60, "The": 61, "<new>": 62}}
    yield {**bert, "special_tokens_map.json": {"mask_token": "<mask>", "sep_token": "<sep>"}}
    # Beside a tokenizer.json they count too.
    for name, file in (("GPT2", "directories/gpt2.json"), ("Bert", "directories/bert.json")):
        both = {"tokenizer.json": file, "tokenizer_config.json": {"tokenizer_class": f"{name}Tokenizer"}}
        yield {**both, "special_tokens_map.json": {"pad_token": "<u>", "additional_special_tokens": ["<v>"]}, "added_tokens.json": {"<new>": 340}}
        yield {**both, "added_tokens.json": {"<new>": 340}}


def ids_of(tokenizer, text, pair=None):
    """LayoutLM's classes take words with boxes alone; what is under them takes texts."""
    encoding = tokenizer._tokenizer.encode(text, pair)
    if "LayoutLMv" not in type(tokenizer).__name__:
        assert encoding.ids == tokenizer(text, pair)["input_ids"]
    return encoding


def of_gpt1():
    """Letters, and letters at the end of a word."""
    letters = [*string.ascii_lowercase, *string.digits, ".", ",", "'", "\u00e9"]
    merges = ["t h", "th e</w>", "q u", "i c", "ic k</w>", "o x</w>", "b r"]
    tokens = ["<unk>", *letters, *(letter + "</w>" for letter in letters), *("".join(merge.split()) for merge in merges)]
    return tokens, merges


def of_clip():
    alphabet = sorted(bytes_to_unicode().values())
    merges = ["t h", "th e</w>", "q u", "i c", "ic k</w>", "o x</w>", "\u00c3 \u00a9</w>"]
    return [*alphabet, *(letter + "</w>" for letter in alphabet), *("".join(merge.split()) for merge in merges), "<|startoftext|>", "<|endoftext|>"], merges


def main():
    for name, (tokens, merges) in (("gpt1", of_gpt1()), ("clip", of_clip())):
        (OWN / f"{name}-vocab.json").write_text(json.dumps({token: id for id, token in enumerate(tokens)}) + "\n")
        (OWN / f"{name}-merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    words = (OWN / "vocab.txt").read_text()
    (OWN / "funnel-vocab.txt").write_text("<pad>\n<unk>\n<cls>\n" + words)
    result = []
    for files in directories():
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                data = (FIXTURES / content).read_bytes() if isinstance(content, str) else json.dumps(content).encode()
                (Path(folder) / name).write_bytes(data)
            tokenizer = AutoTokenizer.from_pretrained(folder)
        cases = []
        for text in TEXTS:
            ids = ids_of(tokenizer, text).ids
            cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)})
        pair = ids_of(tokenizer, "the fox", "a b")
        roles = {role: getattr(tokenizer, f"{role}_token_id") for role in ("pad", "bos", "eos", "unk", "mask", "cls", "sep")}
        result.append({
            "files": files, "size": len(tokenizer), "cases": cases, "pair": {"ids": pair.ids, "types": pair.type_ids}, "side": tokenizer.padding_side,
            "roles": {role: id for role, id in roles.items() if id is not None},
            **({"cut": tokenizer(TEXTS[0], truncation=True)["input_ids"]} if "model_max_length" in json.dumps(files) else {}),
        })  # fmt: skip
    path = FIXTURES / "classes.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(len(result), path.stat().st_size)


if __name__ == "__main__":
    main()
