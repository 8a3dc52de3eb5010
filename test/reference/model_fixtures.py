"""Tiny random models as Hugging Face directories, with what transformers computes from them.

test/fixtures/models/<name>/ gets config.json, generation_config.json, model.safetensors (written by save_pretrained),
expected.safetensors and expected.json; README.md beside this script lists the tensors. Arguments: names, default all. A model's
seed follows from its place in MODELS, so append new ones. If a seed does not do, `--seed 1 <name>` tries another one; put
the one that does into SEEDS.
"""

import argparse
import shutil
import sys

import torch
from safetensors import safe_open
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    GenerationConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MarianConfig,
    MarianMTModel,
    OPTConfig,
    OPTForCausalLM,
)
from transformers.utils import logging

from common import FIXTURES, random_ids, randomize, write_json, write_tensors

VOCAB = 96
NEW_TOKENS = 20


def llama(tied: bool):
    return LlamaForCausalLM, LlamaConfig(
        vocab_size=VOCAB,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        rms_norm_eps=1e-5,
        tie_word_embeddings=tied,
        bos_token_id=1,
        eos_token_id=None,
    )


def gpt2():
    return GPT2LMHeadModel, GPT2Config(
        vocab_size=VOCAB, n_positions=64, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=None
    )


def bert(model_class, **settings):
    return model_class, BertConfig(
        vocab_size=VOCAB,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        **settings,
    )


def marian():
    return MarianMTModel, MarianConfig(
        vocab_size=VOCAB,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=48,
        max_position_embeddings=64,
        activation_function="swish",
        scale_embedding=True,
        static_position_embeddings=True,
        normalize_before=False,
        tie_word_embeddings=True,
        share_encoder_decoder_embeddings=True,
        eos_token_id=0,
        forced_eos_token_id=0,
        pad_token_id=VOCAB - 1,
        decoder_start_token_id=VOCAB - 1,
    )


def opt():
    return OPTForCausalLM, OPTConfig(
        vocab_size=VOCAB,
        hidden_size=32,
        ffn_dim=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
        bos_token_id=1,
        eos_token_id=None,
        pad_token_id=0,
    )


# Seeds chosen so that the greedy continuations vary and no two tokens nearly tie.
SEEDS = {"gpt2": 35, "marian": 38, "opt": 125}

MODELS = {
    "llama": lambda: llama(False),
    "llama-tied": lambda: llama(True),
    "gpt2": gpt2,
    "bert-base": lambda: bert(BertModel),
    "bert-masked-lm": lambda: bert(BertForMaskedLM),
    "bert-sequence": lambda: bert(BertForSequenceClassification, num_labels=3),
    "bert-token": lambda: bert(BertForTokenClassification, num_labels=5),
    "bert-qa": lambda: bert(BertForQuestionAnswering),
    "marian": marian,
    "opt": opt,
}


def is_decoder(name: str) -> bool:
    model_class, _ = MODELS[name]()
    return model_class.__name__.endswith(("ForCausalLM", "LMHeadModel"))


def inputs_for(name: str, seed: int) -> dict[str, torch.Tensor]:
    """A batch of 2 × 10 ids, none of them a padding id (PyTorch gives padding rows of an embedding no gradient)."""
    inputs = {"input_ids": random_ids(seed, (2, 10), 3, VOCAB - 2)}
    if name.startswith("bert"):
        inputs["token_type_ids"] = torch.tensor([[0] * 4 + [1] * 6, [0] * 7 + [1] * 3])
    if name == "marian":
        inputs["decoder_input_ids"] = random_ids(seed + 1, (2, 8), 3, VOCAB - 2)
    return inputs


def padded(inputs: dict[str, torch.Tensor], pad: int) -> dict[str, torch.Tensor]:
    """The same batch, its second row cut to 6 tokens and filled up with padding on the right."""
    ids = inputs["input_ids"].clone()
    mask = torch.ones_like(ids)
    ids[1, 6:] = pad
    mask[1, 6:] = 0
    return {**inputs, "input_ids": ids, "attention_mask": mask}


def labels_for(name: str, inputs: dict[str, torch.Tensor], seed: int) -> dict[str, torch.Tensor]:
    if is_decoder(name):
        return {"labels": inputs["input_ids"]}
    if name == "marian":
        return {"labels": random_ids(seed, (2, 8), 3, VOCAB - 2)}
    if name == "bert-masked-lm":
        labels = torch.full((2, 10), -100)
        for row, position in [(0, 2), (0, 7), (1, 5)]:
            labels[row, position] = int(random_ids(seed + position, (1,), 3, VOCAB))
        return {"labels": labels}
    if name == "bert-sequence":
        return {"labels": torch.tensor([2, 0])}
    if name == "bert-token":
        return {"labels": random_ids(seed, (2, 10), 0, 5)}
    if name == "bert-qa":
        return {"start_positions": torch.tensor([3, 1]), "end_positions": torch.tensor([5, 8])}
    return {}


def head_output(name: str, output) -> dict[str, torch.Tensor]:
    if name == "bert-base":
        return {"hidden": output.last_hidden_state, "pooled": output.pooler_output}
    if name == "bert-qa":
        return {"logits": torch.stack([output.start_logits, output.end_logits], dim=-1)}
    return {"logits": output.logits}


def hidden_states(name: str, output) -> dict[str, torch.Tensor]:
    if name != "marian":
        return {f"hidden_{index}": state for index, state in enumerate(output.hidden_states)}
    sides = {"encoder": output.encoder_hidden_states, "decoder": output.decoder_hidden_states}
    return {f"{side}_hidden_{index}": state for side, states in sides.items() for index, state in enumerate(states)}


def loss_of(name: str, output) -> torch.Tensor:
    """The model's own loss; the bare encoder has none and gets mean(hidden²) + mean(pooled²)."""
    if name == "bert-base":
        return output.last_hidden_state.square().mean() + output.pooler_output.square().mean()
    return output.loss


def expected_tensors(name: str, model, seed: int) -> dict[str, torch.Tensor]:
    inputs = inputs_for(name, seed)
    labels = labels_for(name, inputs, seed + 2)
    output = model(**inputs, **labels, output_hidden_states=True)
    loss = loss_of(name, output)
    model.zero_grad()
    loss.backward()
    gradients = {
        f"gradient.{path}": parameter.grad for path, parameter in model.named_parameters() if parameter.grad is not None
    }
    padded_inputs = padded(inputs, model.config.pad_token_id or 0)
    with torch.no_grad():
        padded_output = head_output(name, model(**padded_inputs))
    return {
        **inputs,
        **labels,
        **head_output(name, output),
        **hidden_states(name, output),
        **{f"padded_{key}": value for key, value in {**padded_inputs, **padded_output}.items()},
        "loss": loss,
        **gradients,
    }


def greedy(model, ids, mask, options) -> list[list[int]]:
    """generate() with exactly these options; refuses a choice so close that rounding could turn it."""
    model.generation_config = GenerationConfig(
        do_sample=False, num_beams=1, output_logits=True, return_dict_in_generate=True, **options
    )
    result = model.generate(torch.tensor(ids), attention_mask=torch.tensor(mask))
    for scores in result.logits:
        best = scores.topk(2).values
        assert (best[:, 0] - best[:, 1]).min() > 1e-3, "two tokens nearly tie: take another seed with --seed"
    return result.sequences.tolist()


def greedy_single(model, prompts, options) -> dict:
    outputs = [greedy(model, [prompt], [[1] * len(prompt)], options)[0] for prompt in prompts]
    return {"options": options, "prompts": prompts, "outputs": outputs}


def late_token(new: list[int], least: int) -> int:
    """An id that comes for the first time at place `least` or later: as an end token it ends the text there."""
    for place, token in enumerate(new):
        if place >= least and token not in new[:place]:
            return token
    sys.exit(f"the greedy text brings no new id from place {least} on: {new}; take another seed with --seed")


def decoder_generations(model, seed: int) -> dict:
    prompts = [random_ids(seed, (5,), 3, VOCAB).tolist(), random_ids(seed + 1, (3,), 3, VOCAB).tolist()]
    options = {"max_new_tokens": NEW_TOKENS, "pad_token_id": 0, "eos_token_id": None}
    single = greedy_single(model, prompts, options)
    new = single["outputs"][0][len(prompts[0]) :]
    end = late_token(new, 8)
    longest = max(len(prompt) for prompt in prompts)
    left = [[0] * (longest - len(prompt)) + prompt for prompt in prompts]
    mask = [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    batch = {"prompts": left, "mask": mask}
    ending = {**options, "eos_token_id": end}
    return {
        "greedy": single,
        "greedy_end": greedy_single(model, prompts, ending),
        "greedy_batch": {"options": options, **batch, "outputs": greedy(model, left, mask, options)},
        "greedy_batch_end": {"options": ending, **batch, "outputs": greedy(model, left, mask, ending)},
    }


def marian_generations(model, seed: int) -> dict:
    sources = [[*random_ids(seed, (7,), 3, VOCAB - 2).tolist(), 0], [*random_ids(seed + 1, (4,), 3, VOCAB - 2).tolist(), 0]]
    options = {
        "max_new_tokens": NEW_TOKENS,
        "decoder_start_token_id": VOCAB - 1,
        "pad_token_id": VOCAB - 1,
        "eos_token_id": None,
        "forced_eos_token_id": None,
    }
    single = greedy_single(model, sources, options)
    new = single["outputs"][0][1:]
    end = late_token(new, 6)
    return {
        "greedy": single,
        "greedy_end": greedy_single(model, sources, {**options, "eos_token_id": end}),
        "greedy_forced_end": greedy_single(model, sources, {**options, "eos_token_id": 0, "forced_eos_token_id": 0}),
    }


def build(name: str, seed: int):
    model_class, config = MODELS[name]()
    config._attn_implementation = "eager"
    torch.manual_seed(seed)
    model = model_class(config).eval()
    randomize(model, seed)
    if name == "marian":
        # Smaller tied embeddings, sharper decoder: otherwise each step's likeliest next token is the token just read.
        with torch.no_grad():
            model.model.shared.weight.mul_(0.4)
            for layer in model.model.decoder.layers:
                layer.encoder_attn.out_proj.weight.mul_(0.5)
                for linear in (layer.encoder_attn.q_proj, layer.encoder_attn.k_proj, layer.fc1, layer.fc2):
                    linear.weight.mul_(2)
        model.final_logits_bias.copy_(0.3 * torch.randn(1, VOCAB, generator=torch.Generator().manual_seed(seed)))
    return model


def rounding(name: str, model, seed: int, tensors: dict[str, torch.Tensor]) -> float:
    """Largest difference to the same computation in float64, relative to each tensor's largest value (at least 1)."""
    exact = expected_tensors(name, model.double(), seed)
    return max(
        ((value - exact[key]).abs().max() / exact[key].abs().max().clamp(min=1)).item()
        for key, value in tensors.items()
        if value.is_floating_point()
    )


def check(name: str, saved: set[str], tensors: dict[str, torch.Tensor]) -> None:
    gradients = {key.removeprefix("gradient.") for key in tensors if key.startswith("gradient.")}
    assert gradients <= saved, f"gradients of parameters that are not saved: {gradients - saved}"
    print(f"{name}: {len(saved)} tensors, loss {tensors['loss'].item():.6f}, without gradient: {sorted(saved - gradients)}")


def write(name: str, seed: int) -> None:
    directory = FIXTURES / "models" / name
    shutil.rmtree(directory, ignore_errors=True)
    model = build(name, seed)
    model.save_pretrained(directory, safe_serialization=True)
    (directory / "model.safetensors").chmod(0o644)
    with safe_open(directory / "model.safetensors", "pt") as file:
        saved = set(file.keys())
    tensors = expected_tensors(name, model, seed + 10)
    tensors = {key: value.detach().clone() for key, value in tensors.items()}
    check(name, saved, tensors)
    write_tensors(directory / "expected.safetensors", tensors)
    if is_decoder(name):
        write_json(directory / "expected.json", decoder_generations(model, seed + 20))
    if name == "marian":
        write_json(directory / "expected.json", marian_generations(model, seed + 20))
    print(f"  float32 rounding {rounding(name, model, seed + 10, tensors):.1e}")


if __name__ == "__main__":
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument("--seed", type=int, help="for the models that are named")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in MODELS:
            parser.error(f"there is no model {name}; the models are {', '.join(MODELS)}")
    if arguments.seed is not None and not arguments.names:
        parser.error("--seed needs the name of a model")
    for index, name in enumerate(MODELS):
        if not arguments.names or name in arguments.names:
            write(name, arguments.seed if arguments.seed is not None else SEEDS.get(name, 1000 * (index + 1)))
