"""What transformers' generate() writes with the options of a generation_config.json, greedily.

test/fixtures/families/generation-options.json: for the fixtures gpt2 and marian, fields of generation_config.json with
the rows they lead to from one prompt. No choice is so close that rounding could turn it. And which tokens may come
first where the file asks for sampling.
"""

import json
import warnings

import torch
from transformers import AutoModelForCausalLM, GenerationConfig, MarianMTModel
from transformers.utils import logging

from common import FIXTURES, write_json

PROMPT = [17, 5, 17, 5, 40]
BASE = {
    "gpt2": {"eos_token_id": 95, "pad_token_id": 0, "max_new_tokens": 12},
    "marian": {"eos_token_id": 0, "pad_token_id": 95, "decoder_start_token_id": 95, "max_new_tokens": 12},
}


def cases(plain: list[int], start: int) -> list[dict]:
    """Options that turn the plain continuation into another one."""
    first, second, third = plain[start : start + 3]
    return [
        {},
        {"max_length": len(plain) - 4, "max_new_tokens": None},
        {"repetition_penalty": 1.7},
        {"repetition_penalty": 0.8},
        {"no_repeat_ngram_size": 2},
        {"no_repeat_ngram_size": 1},
        {"bad_words_ids": [[first]]},
        {"bad_words_ids": [[first, second], [third]]},
        {"bad_words_ids": [[first, second, third]]},
        {"suppress_tokens": [first, third]},
        {"begin_suppress_tokens": [first]},
        {"forced_eos_token_id": 3},
        {"forced_bos_token_id": 44, "begin_suppress_tokens": [first]},
        {"eos_token_id": second},
        {"eos_token_id": [second, third], "min_new_tokens": 4},
        {"eos_token_id": second, "min_length": start + 5, "max_new_tokens": 9},
        {"eos_token_id": first, "bad_words_ids": [[first]]},
        {"repetition_penalty": 1.3, "no_repeat_ngram_size": 3, "suppress_tokens": [first], "forced_eos_token_id": 9},
        {"temperature": 0.5, "top_k": 3, "top_p": 0.4},
    ]


def generated(model, options: dict) -> list[int]:
    model.generation_config = GenerationConfig(
        num_beams=1, output_logits=True, output_scores=True, return_dict_in_generate=True, **options
    )
    ids = torch.tensor([PROMPT])
    result = model.generate(ids, attention_mask=torch.ones_like(ids))
    for scores in result.scores:
        best = scores.topk(2).values[0]
        assert best[0] - best[1] > 1e-3, f"two tokens nearly tie: {options}"
    return result.sequences[0].tolist()


SAMPLING = [{}, {"top_k": None}, {"top_k": 0}, {"top_k": 7}, {"top_p": 0.5}, {"temperature": 0.7}]


def first_tokens(model, options: dict) -> list[int]:
    """Those that sampling may begin with."""
    model.generation_config = GenerationConfig(
        do_sample=True, max_new_tokens=1, output_scores=True, return_dict_in_generate=True, pad_token_id=0, **options
    )
    ids = torch.tensor([PROMPT])
    [scores] = model.generate(ids, attention_mask=torch.ones_like(ids)).scores
    return scores[0].isfinite().nonzero().flatten().tolist()


if __name__ == "__main__":
    logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    written = []
    for name, model_class in [("gpt2", AutoModelForCausalLM), ("marian", MarianMTModel)]:
        model = model_class.from_pretrained(FIXTURES / "models" / name, attn_implementation="eager").eval()
        base = {**BASE[name], "eos_token_id": None}
        start = len(PROMPT) if name == "gpt2" else 1
        for options in cases(generated(model, base), start):
            fields = {**BASE[name], **options}
            fields = {key: value for key, value in fields.items() if value is not None}
            written.append({"model": name, "fields": fields, "row": generated(model, fields)})
    gpt2 = AutoModelForCausalLM.from_pretrained(FIXTURES / "models/gpt2", attn_implementation="eager").eval()
    sampling = ",\n ".join(
        json.dumps({"fields": {"do_sample": True, **options}, "first": first_tokens(gpt2, options)}) for options in SAMPLING
    )
    text = ",\n ".join(json.dumps(case) for case in written)
    (FIXTURES / "families/generation-options.json").write_text(f'{{"prompt": {PROMPT}, "cases": [\n {text}\n], "sampling": [\n {sampling}\n]}}\n')
