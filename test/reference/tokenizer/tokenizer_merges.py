"""Makes test/fixtures/tokenizer/merges.json and directories/llama-spaces.model: how SentencePiece merges where scores and
ids disagree.

As in the file of Llama, runs of spaces are the first pieces after the bytes, and of the least score. Run: python
tokenizer_merges.py, after sentencepiece_models.py
"""

import json
import random

import sentencepiece.sentencepiece_model_pb2 as model_pb2
from sentencepiece import SentencePieceProcessor
from sentencepiece_models import FOLDER

OWN = FOLDER.parent / "directories"
WORDS = ["if", "the", "quick", "Hello", "def", "x", "brown", "fox", "\u00e9\u4e2d", "return", "[1]", "==", "ab"]


def main():
    model = model_pb2.ModelProto()
    model.ParseFromString((FOLDER / "bpe-llama.model").read_bytes())
    first = next(index for index, piece in enumerate(model.pieces) if piece.type == 1)
    pieces = list(model.pieces)
    known = {piece.piece for piece in pieces}
    runs = [model_pb2.ModelProto.SentencePiece(piece="\u2581" * length, score=-1e9, type=1) for length in range(2, 17)]
    # What other pieces are made of, in an order that is not that of their scores.
    rest = [piece for piece in pieces[first:] if piece.piece not in {run.piece for run in runs}]
    random.Random(3).shuffle(rest)
    del model.pieces[:]
    model.pieces.extend([*pieces[:first], *runs, *rest])
    model.normalizer_spec.remove_extra_whitespaces = False
    model.normalizer_spec.precompiled_charsmap = b""
    data = model.SerializeToString()
    (OWN / "llama-spaces.model").write_bytes(data)
    processor = SentencePieceProcessor(model_proto=data)
    rng = random.Random(5)
    texts = ["\n    if", "Hi  Hello", "x" + " " * 40 + "if", "a" + " " * 17]
    for _ in range(120):
        texts.append("".join(rng.choice(WORDS) + rng.choice(["", " ", "  ", "\n", "\n    ", "\n" + " " * rng.randint(1, 40)]) for _ in range(rng.randint(1, 8))))
    cases = [{"text": text, "ids": processor.encode(text), "tokens": processor.encode(text, out_type=str)} for text in texts]
    print(cases[0], cases[1], len(known))
    path = FOLDER.parent / "merges.json"
    path.write_text(json.dumps([{"text": case["text"], "ids": case["ids"]} for case in cases], separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
