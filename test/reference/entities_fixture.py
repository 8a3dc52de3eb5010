"""What transformers' token classification pipeline makes of texts, with every aggregation and two kinds of tokenizers.

Writes ../fixtures/tasks/entities.json: the tokenizers and the entities that the bert-token fixture finds with them.
"""

import json

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertForTokenClassification, PreTrainedTokenizerFast, pipeline
from transformers.utils import logging

from common import FIXTURES, write_json

LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TEXTS = [
    "The old bear unlocks Microtown, and the girl walks slowly in Riverhill.",
    "Foxes! Foxes (small) outwalk the boys' bear-hill; who builds?",
    "Bear  river\nhill",
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PIECES = "the old bear un ##lock ##s micro ##town , and girl walk ##ly slow in river ##hill . fox ##es ! ( small ) out ##walk boy ' - hill ; who build ? ##ing".split()


def word_piece():
    tokenizer = Tokenizer(models.WordPiece({token: i for i, token in enumerate(SPECIAL + PIECES)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def metaspace():
    """Without prefixes for the middle of words."""
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=90, special_tokens=SPECIAL, show_progress=False))
    return tokenizer


def finished(tokenizer):
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


if __name__ == "__main__":
    logging.set_verbosity_error()
    model = BertForTokenClassification.from_pretrained(FIXTURES / "models/bert-token", attn_implementation="eager").eval()
    model.config.id2label = dict(enumerate(LABELS))
    written = {"labels": LABELS, "texts": TEXTS, "tokenizers": {}, "cases": []}
    for name, tokenizer in (("WordPiece", finished(word_piece())), ("BPE", finished(metaspace()))):
        written["tokenizers"][name] = json.loads(tokenizer.to_str())
        fast = PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
        )
        for aggregation in ("none", "simple", "first", "average", "max"):
            for ignored in (["O"], []):
                find = pipeline(
                    "token-classification", model=model, tokenizer=fast, device=-1,
                    aggregation_strategy=aggregation, ignore_labels=ignored,
                )
                for index, text in enumerate(TEXTS):
                    with torch.no_grad():
                        found = find(text)
                    entities = [
                        {
                            "label": one.get("entity_group", one.get("entity")),
                            "score": float(one["score"]),
                            "start": one["start"],
                            "end": one["end"],
                        }
                        for one in found
                    ]
                    written["cases"].append(
                        {"tokenizer": name, "aggregation": aggregation, "ignore": ignored, "text": index, "entities": entities}
                    )
    write_json(FIXTURES / "tasks/entities.json", written)
