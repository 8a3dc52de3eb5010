"""What transformers' generate() writes greedily with many options at once, row by row.

test/fixtures/generation/runs.json: models of test/fixtures with prompts of different lengths, options by their names in
generation_config.json, and the row that each prompt leads to alone, up to its own end token. Where no option looks at
padding, the script checks that transformers writes the same rows as one padded batch. Runs in which two tokens nearly
tie (their scores differ by less than 1e-3) are left out, because rounding could turn them.

    python runs.py                          # writes the fixture
    python runs.py --drawn 300 --out DIR    # writes DIR/runs.json with other draws
"""

import argparse
import json
import random
import sys
import warnings
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, GenerationConfig
from transformers.utils import logging

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import FIXTURES  # noqa: E402

MARGIN = 1e-3
# Learned positions, rotary, ALiBi, a sliding window, a convolution, a recurrent state, a latent cache.
DECODERS = [
    *["models/gpt2", "models/llama", "models/opt", "families/decoder/bloom", "families/decoder/mpt"],
    *["families/decoder/gemma2", "families/decoder/lfm2", "families/decoder/qwen3_5_text", "families/decoder/deepseek_v3"],
]
# Sinusoids, learned positions, relative positions.
TRANSLATORS = [
    *["models/marian", "families/encoder-decoder/bart", "families/encoder-decoder/t5"],
    *["families/encoder-decoder/m2m_100", "families/encoder-decoder/pegasus"],
]


class NearTie(Exception):
    """Two tokens are so close that rounding could turn a greedy choice, or none is left, which is an error here."""


def opened(name: str):
    kind = AutoModelForSeq2SeqLM if name in TRANSLATORS else AutoModelForCausalLM
    model = kind.from_pretrained(FIXTURES / name, attn_implementation="eager").eval()
    model.config._experts_implementation = "eager"
    return model


def run(model, fields: dict, ids: torch.Tensor, mask: torch.Tensor, **given) -> list[list[int]]:
    model.generation_config = GenerationConfig(
        num_beams=1, do_sample=False, output_scores=True, return_dict_in_generate=True, **fields
    )
    result = model.generate(ids, attention_mask=mask, **given)
    start = result.sequences.shape[1] - len(result.scores)
    ended = torch.zeros(len(ids), dtype=torch.bool)
    ends = torch.tensor(as_list(fields.get("eos_token_id")))
    for step, scores in enumerate(result.scores):
        best = scores.topk(2).values
        clear = (best[:, 0] - best[:, 1] >= MARGIN) & best[:, 0].isfinite()
        if (~clear & ~ended).any():
            raise NearTie
        ended |= torch.isin(result.sequences[:, start + step], ends)
    return [cut(row, start, ends.tolist()) for row in result.sequences.tolist()]


def as_list(tokens) -> list[int]:
    return tokens if isinstance(tokens, list) else [] if tokens is None else [tokens]


def cut(row: list[int], start: int, ends: list[int]) -> list[int]:
    """Up to the end token; transformers fills rows that have ended."""
    end = next((i for i, id in enumerate(row) if i >= start and id in ends), len(row))
    return row[: end + 1]


def alone(model, case: dict) -> list[list[int]]:
    rows = []
    for i, row in enumerate(case["prompts"]):
        ids = torch.tensor([row])
        given = {}
        if "negative" in case:
            given["negative_prompt_ids"] = torch.tensor([case["negative"][i]])
        if "decoder" in case:
            given["decoder_input_ids"] = torch.tensor([case["decoder"][i]])
        rows += run(model, case["fields"], ids, torch.ones_like(ids), **given)
    return rows


# Options with which padding counts as text in transformers, or which take one prompt for each row.
SEE_PADDING = {"max_length", "min_length", "repetition_penalty", "no_repeat_ngram_size", "forced_bos_token_id", "guidance_scale"}


def check_batch(model, case: dict, rows: list[list[int]], is_translator: bool) -> None:
    """A padded batch of transformers gives the same rows."""
    # Biases of its convolution make something of padding in transformers.
    if SEE_PADDING & set(case["fields"]) or "decoder" in case or case["model"].endswith("lfm2"):
        return
    width = max(map(len, case["prompts"]))
    padding = [[0] * (width - len(row)) for row in case["prompts"]]
    place = (lambda gap, row: row + gap) if is_translator else (lambda gap, row: gap + row)
    ids = torch.tensor([place(gap, row) for gap, row in zip(padding, case["prompts"])])
    mask = torch.tensor([place(gap, [1] * len(row)) for gap, row in zip(padding, case["prompts"])])
    found = run(model, case["fields"], ids, mask)
    if not is_translator:
        found = [row[len(gap) :] for gap, row in zip(padding, found)]
    assert found == rows, f"a batch of transformers differs from its rows alone: {case}"


def drawn_fields(draw: random.Random, plain: list[int], is_translator: bool, vocab: int, held: int) -> dict:
    """A few options at once, some of which meet what the model would write by itself."""
    token = lambda: draw.choice(plain) if draw.random() < 0.7 else draw.randrange(3, vocab)
    made = {
        "eos_token_id": lambda: token() if draw.random() < 0.6 else [token(), token()],
        "max_new_tokens": lambda: draw.randrange(1, 14),
        "max_length": lambda: held + draw.randrange(1, 12),
        "min_new_tokens": lambda: draw.randrange(0, 7),
        "min_length": lambda: held + draw.randrange(0, 6),
        "forced_bos_token_id": token,
        "forced_eos_token_id": token,
        "repetition_penalty": lambda: draw.choice([0.8, 1.2, 1.6]),
        "no_repeat_ngram_size": lambda: draw.choice([1, 2, 3]),
        "bad_words_ids": lambda: [[token() for _ in range(draw.randrange(1, 3))] for _ in range(draw.randrange(1, 3))],
        "suppress_tokens": lambda: sorted({token() for _ in range(2)}),
        "begin_suppress_tokens": lambda: sorted({token() for _ in range(2)}),
    }
    if not is_translator:
        made["guidance_scale"] = lambda: draw.choice([0.5, 1.5, 3.0])
    often = {"eos_token_id", "max_new_tokens", "min_new_tokens", "min_length", "guidance_scale"}
    fields = {name: make() for name, make in made.items() if draw.random() < (0.4 if name in often else 0.2)}
    if "max_length" in fields:
        fields.pop("max_new_tokens", None)
    elif "max_new_tokens" not in fields:
        fields["max_new_tokens"] = 8
    return feasible(fields, held)


def feasible(fields: dict, held: int) -> dict:
    """transformers only warns where the least length is more than the greatest; here that is an error."""
    most = fields.get("max_new_tokens", fields.get("max_length", 0) - held)
    if fields.get("min_new_tokens", 0) > most:
        fields.pop("min_new_tokens")
    if fields.get("min_length", 0) > most + held:
        fields.pop("min_length")
    if {fields.get("forced_bos_token_id"), fields.get("forced_eos_token_id")} & set(fields.get("suppress_tokens", [])):
        fields.pop("suppress_tokens")
    # There, min_new_tokens takes the place of min_length; here both count.
    if "min_new_tokens" in fields:
        fields.pop("min_length", None)
    return fields


def drawn_case(draw: random.Random, models: dict) -> dict | None:
    name = draw.choice(list(models))
    model, is_translator = models[name], name in TRANSLATORS
    vocab = model.get_input_embeddings().weight.shape[0] if not is_translator else model.config.vocab_size
    vocab = min(vocab, getattr(model.config, "vocab_size", vocab))
    ids = lambda least, most: [draw.randrange(3, vocab) for _ in range(draw.randrange(least, most))]
    case = {"model": name, "prompts": [ids(2, 8) for _ in range(draw.randrange(1, 4))]}
    base = {"pad_token_id": 0, "decoder_start_token_id": 2} if is_translator else {"pad_token_id": 0}
    held = 1 if is_translator else max(map(len, case["prompts"]))
    if is_translator and draw.random() < 0.3:
        case["decoder"] = [ids(1, 4) for _ in case["prompts"]]
        held = 1 + max(map(len, case["decoder"]))
    try:
        plain = alone(model, {**case, "fields": {**base, "max_new_tokens": 8}})
        written = [id for row in plain for id in row[-8:]]
        fields = drawn_fields(draw, written, is_translator, vocab, held)
        if fields.get("guidance_scale") and draw.random() < 0.6:
            case["negative"] = [ids(1, 6) for _ in case["prompts"]]
        case["fields"] = {**base, **fields}
        case["rows"] = alone(model, case)
        check_batch(model, case, case["rows"], is_translator)
    except NearTie:
        return None
    return case


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--drawn", type=int, default=70)
    parser.add_argument("--out", type=Path, default=FIXTURES / "generation")
    options = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    models = {name: opened(name) for name in [*DECODERS, *TRANSLATORS]}
    draw = random.Random(15 if options.out == FIXTURES / "generation" else 16)
    cases = [case for _ in range(options.drawn) if (case := drawn_case(draw, models))]
    options.out.mkdir(parents=True, exist_ok=True)
    text = ",\n ".join(json.dumps(case) for case in cases)
    (options.out / "runs.json").write_text(f"[\n {text}\n]\n")
    print(f"{len(cases)} of {options.drawn} runs")
