"""Tiny random models whose numbers disagree with each other, and whose config.json leaves out what transformers assumes.

test/fixtures/uneven/<name>/ gets config.json without the fields named below, model.safetensors, and expected.safetensors
with input_ids (and decoder_input_ids), logits or hidden, for a text that is longer than any size of the model.
"""

import json
import shutil

import torch
from safetensors.torch import load_file, save_file
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForTokenClassification,
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

from common import FIXTURES, random_ids, randomize, write_tensors

MARIAN = {
    **dict(vocab_size=23, d_model=12, encoder_layers=1, decoder_layers=2, max_position_embeddings=40, pad_token_id=22),
    **dict(encoder_attention_heads=2, decoder_attention_heads=3, encoder_ffn_dim=20, decoder_ffn_dim=14),
    **dict(decoder_start_token_id=22, eos_token_id=0, forced_eos_token_id=None),
}
LLAMA = dict(vocab_size=23, hidden_size=12, intermediate_size=20, num_hidden_layers=2, max_position_embeddings=40)
BERT = dict(vocab_size=23, hidden_size=12, num_hidden_layers=2, intermediate_size=20, max_position_embeddings=40)
OPT = dict(vocab_size=23, hidden_size=12, ffn_dim=20, num_hidden_layers=2, max_position_embeddings=40)

# Name: model class, config, fields that config.json leaves out as their values are transformers' defaults.
MODELS = {
    "llama": (
        LlamaForCausalLM,
        LlamaConfig(**LLAMA, num_attention_heads=6, num_key_value_heads=3, head_dim=10, attention_bias=True, rope_theta=300.0),
        ["rms_norm_eps", "mlp_bias", "tie_word_embeddings", "hidden_act", "attention_dropout"],
    ),
    "llama-defaults": (
        LlamaForCausalLM,
        LlamaConfig(**LLAMA, num_attention_heads=2, mlp_bias=True, tie_word_embeddings=True),
        ["rms_norm_eps", "head_dim", "num_key_value_heads", "rope_parameters", "attention_bias", "architectures"],
    ),
    "gpt2": (
        GPT2LMHeadModel,
        GPT2Config(vocab_size=23, n_positions=40, n_embd=12, n_layer=2, n_head=3, eos_token_id=None, bos_token_id=None),
        ["layer_norm_epsilon", "activation_function", "n_inner", "tie_word_embeddings", "scale_attn_weights"],
    ),
    "gpt2-inner": (
        GPT2LMHeadModel,
        GPT2Config(
            vocab_size=23, n_positions=40, n_embd=12, n_layer=1, n_head=2, n_inner=7, activation_function="relu",
            layer_norm_epsilon=0.02, tie_word_embeddings=False, eos_token_id=None, bos_token_id=None,
        ),
        [],
    ),
    "bert": (BertForMaskedLM, BertConfig(**BERT, num_attention_heads=3), ["layer_norm_eps", "hidden_act", "type_vocab_size"]),
    "bert-types": (
        BertForTokenClassification,
        BertConfig(**BERT, num_attention_heads=2, type_vocab_size=3, hidden_act="gelu_new", layer_norm_eps=0.03, num_labels=5),
        ["classifier_dropout"],
    ),
    "marian": (
        MarianMTModel,
        MarianConfig(**MARIAN, activation_function="gelu"),
        ["activation_function", "scale_embedding", "decoder_vocab_size", "share_encoder_decoder_embeddings"],
    ),
    "marian-scaled": (MarianMTModel, MarianConfig(**{**MARIAN, "encoder_layers": 2}, activation_function="relu", scale_embedding=True), []),
    "opt": (
        OPTForCausalLM,
        OPTConfig(**OPT, num_attention_heads=3),
        ["activation_function", "enable_bias", "word_embed_proj_dim", "do_layer_norm_before", "tie_word_embeddings", "pad_token_id"],
    ),
    "opt-bare": (
        OPTForCausalLM,
        OPTConfig(
            **OPT, num_attention_heads=2, enable_bias=False, activation_function="gelu", tie_word_embeddings=False,
            _remove_final_layer_norm=True,
        ),
        ["eos_token_id", "layer_norm_elementwise_affine"],
    ),
}


def write(index: int, name: str) -> None:
    model_class, config, absent = MODELS[name]
    config._attn_implementation = "eager"
    torch.manual_seed(index)
    model = model_class(config).eval()
    # Small enough that the epsilon of a norm matters.
    randomize(model, index, 0.25)
    embeddings = [parameter for path, parameter in model.named_parameters() if "embed" in path and "embed_positions" not in path or "wte" in path or "wpe" in path]
    with torch.no_grad():
        for parameter in embeddings:
            parameter.mul_(0.004 if name.startswith("llama") else 0.02)
    directory = FIXTURES / "uneven" / name
    shutil.rmtree(directory, ignore_errors=True)
    model.save_pretrained(directory, safe_serialization=True)
    (directory / "generation_config.json").unlink(missing_ok=True)
    written = json.loads((directory / "config.json").read_text())
    for field in [*absent, "transformers_version"]:
        written.pop(field, None)
    (directory / "config.json").write_text(json.dumps(written, indent=1) + "\n")
    again = model_class.from_pretrained(directory, attn_implementation="eager").eval()
    inputs = {"input_ids": random_ids(index, (2, 33), 1, 22)}
    if name.startswith("marian"):
        inputs["decoder_input_ids"] = random_ids(index + 50, (2, 31), 1, 22)
    if name == "bert-types":
        inputs["token_type_ids"] = random_ids(index + 60, (2, 33), 0, 3)
    with torch.no_grad():
        expected = model(**inputs).logits
        assert torch.equal(expected, again(**inputs).logits), f"{name}: transformers has other defaults"
    write_tensors(directory / "expected.safetensors", {**inputs, "logits": expected})
    (directory / "model.safetensors").chmod(0o644)
    print(name, sorted(path.name for path in directory.iterdir()), f"{expected.abs().max().item():.3f}")


if __name__ == "__main__":
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    for index, name in enumerate(MODELS):
        write(index, name)
