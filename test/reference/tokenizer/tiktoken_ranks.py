"""Makes test/fixtures/tokenizer/tiktoken.json: a ranks file trained here, and what tiktoken makes of nasty texts with it.

The patterns are those of tiktoken's own encodings, and Llama 3's. Run: python tiktoken_ranks.py
"""

import base64
import json
from pathlib import Path

import tiktoken
from sentencepiece_models import SENTENCES, TEXTS
from tiktoken._educational import bpe_train
from tiktoken_ext import openai_public

FIXTURE = Path(__file__).parents[2] / "fixtures" / "tokenizer" / "tiktoken.json"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPECIAL = {"<|endoftext|>": 700, "<|im_start|>": 705, "<|end|>": 704}
MORE = [
    "I'M HE'LL don'T we'\u017f they'RE x'S 'tis", "  \n  ", "a  \n  b", "  \n\n  \r\n x", "tail \n ", "tail\n\n", "\t\ttabs\t\n\t", "a\u0085b\u0085\u0085 c\ufeffd \ufeff\ufeff",
    "!!!\n\n\n...//\n/path/to", "camelCaseWords XMLHttp ABCdef \u01c5abc \u02b0x", "123456789 1234 12 \u00bd\u00b2\u2167\u4e00", "x=1;y=\"z\"\r\n\r\n", "e\u0301a\u0300 \u0301\u0301", "it's\u00a0\u00a0here \u3000\u3000z",
    "<|endoftext|>a<|end|> <|im_start|>b<|im_end|>", "\ud55c\uad6d\uc5b4\uc785 \u0e2a\u0e27\u0e31\u0e2a", "aaaaab" * 20, "the" * 50, "A" * 70 + "b" * 70, "\u0130 \u212a's \u017f",
]


def pattern_of(name):
    """The pattern of one of tiktoken's encodings, without downloading its ranks."""
    openai_public.load_tiktoken_bpe = lambda *_, **__: {}
    openai_public.data_gym_to_mergeable_bpe_ranks = lambda *_, **__: {}
    return getattr(openai_public, name)()["pat_str"]


def main():
    trained = bpe_train(" ".join(SENTENCES[:16]) * 3, 570, LLAMA3, visualise=None)
    # A hole in the ranks, and tokens that can be made in two ways.
    ranks = {token: rank + (20 if rank > 500 else 0) for token, rank in trained.items()}
    for rank, token in ((690, b"ababa"), (691, b"aba"), (692, b"babab"), (694, b"aaaa"), (693, b"aaa")):
        if token not in ranks:
            ranks[token] = rank
    patterns = {"gpt2": pattern_of("gpt2"), "cl100k": pattern_of("cl100k_base"), "o200k": pattern_of("o200k_base"), "llama3": LLAMA3}
    result = {"ranks": "".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items()), "special": SPECIAL, "encodings": []}
    for name, pattern in patterns.items():
        encoding = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens=SPECIAL)
        cases = []
        for text in TEXTS + MORE:
            ids = encoding.encode(text, allowed_special="all")
            cases.append({"text": text, "ids": ids})
        cut = [{"ids": case["ids"][at : at + 5], "decoded": encoding.decode(case["ids"][at : at + 5])} for case in cases for at in (1, 3)]
        result["encodings"].append({"name": name, "cases": cases, "decoding": cut})
    FIXTURE.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(len(ranks), FIXTURE.stat().st_size)


if __name__ == "__main__":
    main()
