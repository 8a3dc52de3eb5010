"""What transformers' generate() makes of scores: test/fixtures/generation/processors.json.

Each case has fields of a generation_config.json, a row of tokens and its scores, and the scores after all processors that
`_get_logits_processor` builds of the fields, in its order. First each field alone with several values over scores with
ties, with excluded tokens, with one survivor and of small vocabularies; then random combinations.

Where tokens tie, PyTorch's sort and topk choose any of them, so `ties` says that only the sorted scores are to be compared.

`--drawn N --seed S --out FILE` draws N more combinations, for a comparison outside the repository. Minus infinity is null.
"""

import argparse
import json
import random
import sys
import warnings
from pathlib import Path

import numpy
import torch
from transformers import GPT2Config, GPT2LMHeadModel, GenerationConfig, MarianConfig, MarianMTModel
from transformers.utils import logging

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import FIXTURES  # noqa: E402

logging.set_verbosity_error()
warnings.simplefilter("ignore")
INF = float("inf")


def model_of(vocab: int, encoder_decoder: bool):
    """A model of which only the config counts."""
    if encoder_decoder:
        sizes = {"d_model": 2, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 1}
        sizes |= {"decoder_attention_heads": 1, "encoder_ffn_dim": 2, "decoder_ffn_dim": 2, "pad_token_id": 0}
        return MarianMTModel(MarianConfig(vocab_size=vocab, decoder_start_token_id=0, **sizes))
    return GPT2LMHeadModel(GPT2Config(vocab_size=vocab, n_embd=2, n_layer=1, n_head=1))


models: dict[tuple[int, bool], torch.nn.Module] = {}


def processed(case: dict) -> list:
    """The scores after all processors, as `generate` applies them."""
    key = (len(case["scores"]), case["encoderDecoder"])
    if key not in models:
        models[key] = model_of(*key)
    fields = dict(case["fields"])
    if fields.get("do_sample"):
        fields.setdefault("top_k", 50)
    config = GenerationConfig(**fields)
    eos = fields.get("eos_token_id")
    config._eos_token_tensor = None if eos is None else torch.tensor([eos] if isinstance(eos, int) else eos)
    config.max_length = case["maxLength"]
    start = len(case["ids"]) - case["step"]
    source = case["source"] if case["encoderDecoder"] else case["ids"][:start]
    processors = models[key]._get_logits_processor(
        config, input_ids_seq_length=start, encoder_input_ids=torch.tensor([source]), device="cpu", model_kwargs={}
    )
    scores = torch.tensor([[-INF if score is None else score for score in case["scores"]]])
    return listed(processors(torch.tensor([case["ids"]]), scores)[0])


def listed(scores: torch.Tensor) -> list:
    """With no more digits than float32 has."""
    return [None if score == -INF else float(str(numpy.float32(score))) for score in scores.tolist()]


KINDS = ["normal", "wide", "ties", "equal", "excluded", "survivor", "tail"]


def drawn_scores(rng: random.Random, vocab: int, kind: str) -> list:
    normal = [rng.gauss(0, 2) for _ in range(vocab)]
    values = {
        "normal": normal,
        "wide": [x * 10 for x in normal],
        "ties": [round(x) / 2 for x in normal],
        "equal": [1.5] * vocab,
        "excluded": [x if rng.random() < 0.6 else -INF for x in normal],
        "survivor": [-INF] * vocab,
        "tail": [x - 3 * (i % 7) for i, x in enumerate(normal)],
    }[kind]
    if not any(x > -INF for x in values):
        values[rng.randrange(vocab)] = 0.7
    return listed(torch.tensor([round(x, 3) if x > -INF else x for x in values], dtype=torch.float32))


def tokens(rng: random.Random, vocab: int, most: int, least: int = 1) -> list[int]:
    return [rng.randrange(vocab) for _ in range(rng.randint(least, most))]


def phrase(rng: random.Random, ids: list[int], vocab: int) -> list[int]:
    """Sometimes the end of the row with one token more, so that it matters."""
    if rng.random() < 0.5:
        return ids[len(ids) - rng.randint(0, min(3, len(ids))) :] + [rng.randrange(vocab)]
    return tokens(rng, vocab, 3)


def choices(rng: random.Random, ids: list[int], vocab: int) -> dict:
    """A value for each field that changes scores."""
    some = lambda: sorted(set(tokens(rng, vocab, 3)))  # noqa: E731
    return {
        "sequence_bias": [[phrase(rng, ids, vocab), rng.choice([-2.5, 1.5, 4.0, -10.0])] for _ in range(rng.randint(1, 4))],
        "encoder_repetition_penalty": rng.choice([0.6, 0.9, 1.2, 2.5]),
        "repetition_penalty": rng.choice([0.7, 1.1, 1.3, 2.0]),
        "no_repeat_ngram_size": rng.randint(1, 4),
        "encoder_no_repeat_ngram_size": rng.randint(1, 4),
        "bad_words_ids": [phrase(rng, ids, vocab) for _ in range(rng.randint(1, 3))],
        "min_length": rng.randint(1, len(ids) + 3),
        "min_new_tokens": rng.randint(1, 5),
        "forced_bos_token_id": rng.randrange(vocab),
        "forced_eos_token_id": rng.choice([rng.randrange(vocab), some()]),
        "exponential_decay_length_penalty": [rng.randint(0, 3), rng.choice([1.01, 1.4, 2.0, 0.9])],
        "suppress_tokens": some(),
        "begin_suppress_tokens": some(),
        "temperature": rng.choice([0.2, 0.7, 1.0, 1.3, 5.0]),
        "top_h": rng.choice([0.05, 0.3, 0.5, 0.8, 0.95]),
        "top_k": rng.choice([1, 2, 3, 5, 17, 100, 0]),
        "top_p": rng.choice([0.01, 0.1, 0.3, 0.5, 0.75, 0.9, 0.99, 1.0]),
        "min_p": rng.choice([0.001, 0.02, 0.1, 0.5, 0.9]),
        "typical_p": rng.choice([0.05, 0.2, 0.5, 0.9, 0.99]),
        "epsilon_cutoff": rng.choice([1e-4, 0.01, 0.08, 0.25, 0.5]),
        "eta_cutoff": rng.choice([1e-4, 0.01, 0.1, 0.4]),
        "watermarking_config": {
            "greenlist_ratio": rng.choice([0.25, 0.5, 0.1]),
            "bias": rng.choice([2.0, 0.5]),
            "hashing_key": rng.choice([15485863, 7, 2**40 + 3]),
            "seeding_scheme": "lefthash" if vocab < 40 else rng.choice(["lefthash", "selfhash"]),
            "context_width": rng.randint(1, 3),
        },
        "renormalize_logits": True,
    }


SAMPLING = ["temperature", "top_h", "top_k", "top_p", "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff"]


def drawn(rng: random.Random, names: list[str] | None = None, vocab: int | None = None, kind: str | None = None) -> dict:
    vocab = vocab or rng.choice([2, 3, 5, 12, 12, 40, 130, 500])
    few = min(vocab, rng.choice([2, 3, 6, 100]))
    encoder_decoder = rng.random() < 0.3
    prompt = tokens(rng, few, 1 if encoder_decoder else 8)
    ids = prompt + tokens(rng, few, 6, 0)
    step = len(ids) - len(prompt)
    every = choices(rng, ids, vocab)
    if names is None:
        names = [name for name in every if rng.random() < rng.choice([0.1, 0.3])]
        if rng.random() < 0.7:
            names = sorted({*names, *(name for name in SAMPLING if rng.random() < 0.35)}, key=list(every).index)
    fields = {name: every[name] for name in names}
    if any(name in SAMPLING for name in names) or rng.random() < 0.2:
        fields = {"do_sample": True, **fields}
        if rng.random() < 0.15:
            fields["num_beams"] = 3
    # Without an end token transformers cannot build some of them.
    if rng.random() < 0.8 or "exponential_decay_length_penalty" in names:
        fields["eos_token_id"] = rng.choice([rng.randrange(vocab), sorted(set(tokens(rng, vocab, 2)))])
    kind = kind or rng.choice(KINDS)
    chooses = {"top_p", "top_h", "num_beams"} & fields.keys() or fields.get("watermarking_config", {}).get("seeding_scheme") == "selfhash"
    ties = kind in ("ties", "equal") and bool(chooses)
    # A watermark makes tied tokens differ, and a share of the entropy of equal tokens is a matter of rounding.
    if ties and "watermarking_config" in fields or kind == "equal" and "top_h" in fields:
        kind, ties = "normal", False
    return {
        **({"ties": True} if ties else {}),
        "fields": fields,
        "ids": ids,
        "step": step,
        "source": tokens(rng, few, 7) if encoder_decoder else prompt,
        "maxLength": len(ids) + rng.choice([1, 1, 5]),
        "encoderDecoder": encoder_decoder,
        "scores": drawn_scores(rng, vocab, kind),
    }


def complete(case: dict) -> dict | None:
    """The case with what transformers makes of it; None where that is an error, or no token is left."""
    try:
        after = processed(case)
    except (ValueError, IndexError, RuntimeError):
        return None
    if all(score is None or score != score for score in after):
        return None
    return {**case, "after": after}


def fixture() -> list[dict]:
    rng = random.Random(1)
    cases = []
    for name in choices(rng, [1], 12):
        cases += [complete(drawn(rng, [name], 12, kind)) for kind in KINDS]
        cases += [complete(drawn(rng, [name], vocab, "normal")) for vocab in (2, 3, 12, 12, 40)]
    cases += [complete(drawn(rng, vocab=rng.choice([5, 12, 12, 40]))) for _ in range(100)]
    return [case for case in cases if case]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--drawn", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=FIXTURES / "generation/processors.json")
    given = parser.parse_args()
    rng = random.Random(given.seed)
    cases = [case for _ in range(given.drawn) if (case := complete(drawn(rng)))] if given.drawn else fixture()
    given.out.write_text("[\n " + ",\n ".join(json.dumps(case) for case in cases) + "\n]\n")
    print(len(cases), "cases", given.out)
