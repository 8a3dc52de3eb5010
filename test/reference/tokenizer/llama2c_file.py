"""Makes test/fixtures/tokenizer/directories/llama-spaces.bin: llama-spaces.model in the format of llama2.c's tokenizers.

The same as `export` in tokenizer.py of github.com/karpathy/llama2.c. What SentencePiece makes of texts with the model is
in merges.json (run tokenizer_merges.py first). Run: python llama2c_file.py
"""

import struct
from pathlib import Path

from sentencepiece import SentencePieceProcessor

FOLDER = Path(__file__).parents[2] / "fixtures" / "tokenizer" / "directories"


def main():
    processor = SentencePieceProcessor(model_file=str(FOLDER / "llama-spaces.model"))
    ends = {processor.bos_id(): "\n<s>\n", processor.eos_id(): "\n</s>\n"}
    pieces = []
    for id in range(processor.vocab_size()):
        text = ends.get(id, processor.id_to_piece(id)).replace("▁", " ")
        pieces.append((processor.get_score(id), text.encode()))
    longest = max(len(text) for _, text in pieces)
    content = struct.pack("<I", longest) + b"".join(struct.pack("<fI", score, len(text)) + text for score, text in pieces)
    (FOLDER / "llama-spaces.bin").write_bytes(content)


if __name__ == "__main__":
    main()
