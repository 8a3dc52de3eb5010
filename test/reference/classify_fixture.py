"""What transformers' text classification pipeline makes of texts and pairs for each problem type and number of labels.

Writes ../fixtures/tasks/problem-types.json: scores of the bert-sequence fixture, by label, and those of its first label
alone, as a model with one label has them.
"""

import torch
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, pipeline
from transformers.utils import logging

from common import FIXTURES, write_json

TEXTS = ["A girl finds the red tree.", ("Who builds a boat?", "The old bear.")]
PROBLEMS = [None, "single_label_classification", "multi_label_classification", "regression"]


def model_for(problem, labels: int):
    source = FIXTURES / "models/bert-sequence"
    whole = BertForSequenceClassification.from_pretrained(source, attn_implementation="eager").eval()
    if labels == 1:
        config = BertConfig.from_pretrained(source, num_labels=1)
        config._attn_implementation = "eager"
        one = BertForSequenceClassification(config).eval()
        state = whole.state_dict()
        one.load_state_dict({key: value[:1] if key.startswith("classifier.") else value for key, value in state.items()})
        whole = one
    whole.config.problem_type = problem
    return whole


if __name__ == "__main__":
    logging.set_verbosity_error()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(FIXTURES / "tasks/tokenizer.json"),
        pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    cases = []
    for labels in (3, 1):
        for problem in PROBLEMS:
            if labels == 1 and problem == "single_label_classification":
                continue
            classify = pipeline("text-classification", model=model_for(problem, labels), tokenizer=tokenizer, device=-1)
            for text in TEXTS:
                given = {"text": text[0], "text_pair": text[1]} if isinstance(text, tuple) else text
                with torch.no_grad():
                    found = classify(given, top_k=None)
                scores = {one["label"]: one["score"] for one in found}
                cases.append({"labels": labels, "problem": problem, "text": text, "scores": scores})
    write_json(FIXTURES / "tasks/problem-types.json", cases)
