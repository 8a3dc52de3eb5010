"""What transformers makes of a published sentence encoder. `npm run check:published` runs it:

    python published.py <directory> <sentences.json> <vectors.safetensors>

The vectors are those of sentence-transformers: the mean over the tokens that are no padding, each of length one.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer
from transformers import __version__ as version


def main(directory: str, sentences_file: str, target: str) -> None:
    sentences = json.loads(Path(sentences_file).read_text())
    settings = Path(directory) / "sentence_bert_config.json"
    longest = json.loads(settings.read_text())["max_seq_length"] if settings.exists() else 512
    tokenizer = AutoTokenizer.from_pretrained(directory)
    model = AutoModel.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager").eval()
    vectors = []
    with torch.no_grad():
        for start in range(0, len(sentences), 32):
            batch = tokenizer(
                sentences[start : start + 32], padding=True, truncation=True, max_length=longest, return_tensors="pt"
            )
            mask = batch["attention_mask"][..., None]
            hidden = model(**batch).last_hidden_state
            mean = (hidden * mask).sum(1) / mask.sum(1)
            vectors.append(torch.nn.functional.normalize(mean, dim=1))
    save_file({"vectors": torch.cat(vectors)}, target, metadata={"transformers": version})


if __name__ == "__main__":
    main(*sys.argv[1:])
