"""What transformers' logits processors make of scores: test/fixtures/generation/processors.json.

`ids` are what was written so far, `scores` the scores of the next token, one row for each text. Each case has the class,
its arguments and the scores after it; minus infinity is null.
"""

import torch
import transformers

from common import FIXTURES, write_json

IDS = torch.tensor([[1, 2, 3, 1, 2], [4, 5, 4, 5, 4], [7, 7, 7, 7, 7]])
SOURCES = [[3, 1, 2, 6, 1, 2], [5, 4, 9, 4, 5, 4], [8, 7, 7, 0, 7, 1]]
CASES = [
    ("TemperatureLogitsWarper", {"temperature": 0.7}),
    ("TemperatureLogitsWarper", {"temperature": 2.0}),
    ("TopKLogitsWarper", {"top_k": 1}),
    ("TopKLogitsWarper", {"top_k": 4}),
    ("TopPLogitsWarper", {"top_p": 0.1}),
    ("TopPLogitsWarper", {"top_p": 0.5}),
    ("TopPLogitsWarper", {"top_p": 0.9}),
    ("MinPLogitsWarper", {"min_p": 0.05}),
    ("MinPLogitsWarper", {"min_p": 0.3}),
    ("TypicalLogitsWarper", {"mass": 0.2}),
    ("TypicalLogitsWarper", {"mass": 0.9}),
    ("EpsilonLogitsWarper", {"epsilon": 0.08}),
    ("EtaLogitsWarper", {"epsilon": 0.1}),
    ("RepetitionPenaltyLogitsProcessor", {"penalty": 1.3}),
    ("RepetitionPenaltyLogitsProcessor", {"penalty": 0.8}),
    ("NoRepeatNGramLogitsProcessor", {"ngram_size": 2}),
    ("NoRepeatNGramLogitsProcessor", {"ngram_size": 3}),
    *(
        ("EncoderNoRepeatNGramLogitsProcessor", {"encoder_ngram_size": n, "encoder_input_ids": SOURCES})
        for n in (1, 2, 3)
    ),
    ("MinLengthLogitsProcessor", {"min_length": 9, "eos_token_id": 0}),
    ("MinLengthLogitsProcessor", {"min_length": 5, "eos_token_id": 0}),
    ("SuppressTokensLogitsProcessor", {"suppress_tokens": [0, 4]}),
    ("NoBadWordsLogitsProcessor", {"bad_words_ids": [[3], [1, 2, 9], [4, 6]], "eos_token_id": 0}),
]


def made(name: str, arguments: dict):
    tensors = {key: torch.tensor(value) if key == "encoder_input_ids" else value for key, value in arguments.items()}
    return getattr(transformers, name)(**tensors)


def numbers(rows: torch.Tensor) -> list:
    return [[None if score == -torch.inf else score for score in row] for row in rows.tolist()]


if __name__ == "__main__":
    scores = torch.randn((3, 12), generator=torch.Generator().manual_seed(1)) * 2
    cases = [
        {"processor": name, "arguments": arguments, "scores": numbers(made(name, arguments)(IDS, scores.clone()))}
        for name, arguments in CASES
    ]
    write_json(FIXTURES / "generation/processors.json", {"ids": IDS.tolist(), "scores": numbers(scores), "cases": cases})
