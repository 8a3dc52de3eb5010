"""What transformers' pipelines make of texts with the tiny random BERTs of model_fixtures.py and a word tokenizer.

Writes ../fixtures/tasks/tokenizer.json and expected.json.
"""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertForMaskedLM,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertModel,
)

fixtures = Path(__file__).parent.parent / "fixtures"
target = fixtures / "tasks"
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
words = "the a bear fox girl boy boat tree river hill sees finds loves builds big small red old and is . , ? who what where".split()


def word_tokenizer():
    vocab = {token: i for i, token in enumerate(special + words)}
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])],
    )
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(special)
    return tokenizer


def encoded(tokenizer, *texts):
    encoding = tokenizer.encode(*texts)
    return encoding, {
        "input_ids": torch.tensor([encoding.ids]),
        "token_type_ids": torch.tensor([encoding.type_ids]),
    }


def load(model_class, name):
    return model_class.from_pretrained(fixtures / "models" / name, attn_implementation="eager").eval()


@torch.no_grad()
def main():
    target.mkdir(exist_ok=True)
    tokenizer = word_tokenizer()
    tokenizer.save(str(target / "tokenizer.json"))
    expected = {}

    text = "The old bear [MASK] a small boat."
    encoding, inputs = encoded(tokenizer, text)
    place = encoding.tokens.index("[MASK]")
    shares = load(BertForMaskedLM, "bert-masked-lm")(**inputs).logits[0, place].softmax(-1)
    known = shares[: tokenizer.get_vocab_size()]
    best = known.topk(5)
    expected["fillMask"] = {
        "text": text,
        "ids": best.indices.tolist(),
        "scores": best.values.tolist(),
        "tokens": [tokenizer.id_to_token(i) for i in best.indices.tolist()],
    }

    text = "A girl finds the red tree."
    _, inputs = encoded(tokenizer, text)
    shares = load(BertForSequenceClassification, "bert-sequence")(**inputs).logits[0].softmax(-1)
    expected["classify"] = {"text": text, "scores": shares.tolist()}

    question, context = "Who builds a boat?", "The girl loves the river and the old bear builds a big boat."
    encoding, inputs = encoded(tokenizer, question, context)
    output = load(BertForQuestionAnswering, "bert-qa")(**inputs)
    starts, ends = output.start_logits[0].softmax(-1), output.end_logits[0].softmax(-1)
    inside = [i for i, (kind, mask) in enumerate(zip(encoding.type_ids, encoding.special_tokens_mask)) if kind == 1 and not mask]
    score, first, last = max(((starts[i] * ends[j]).item(), i, j) for i in inside for j in inside if i <= j)
    start, end = encoding.offsets[first][0], encoding.offsets[last][1]
    expected["answer"] = {
        "question": question,
        "context": context,
        "text": context[start:end],
        "start": start,
        "end": end,
        "score": score,
    }

    texts = ["The fox sees a hill.", "A small boy."]
    hidden = load(BertModel, "bert-base")
    means = [hidden(**encoded(tokenizer, text)[1]).last_hidden_state[0].mean(0) for text in texts]
    expected["embed"] = {
        "texts": texts,
        "mean": [vector.tolist() for vector in means],
        "unit": [(vector / vector.norm()).tolist() for vector in means],
    }
    (target / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
