"""PyTorch's own transformer layers and attention as oracles: test/fixtures/blocks/*.safetensors.

encoder-<norm>-<activation>: nn.TransformerEncoderLayer; decoder-<norm>-<activation>: nn.TransformerDecoderLayer.
attention: torch.nn.functional.scaled_dot_product_attention, tensors <case>.query and so on in PyTorch's layout
[batch, heads, seq, headDim]; grouped cases have fewer key/value heads.
attention-options: the same names for additive biases (scaled_dot_product_attention with a float mask), and for windows
and softcaps by transformers: its mask functions and the eager attention of Gemma 2.
"""

from types import SimpleNamespace

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention
from transformers.masking_utils import (
    sliding_window_bidirectional_mask_function,
    sliding_window_causal_mask_function,
)
from transformers.models.gemma2.modeling_gemma2 import eager_attention_forward

from common import FIXTURES, randomize, write_tensors

SIZES = {"d_model": 16, "nhead": 4, "dim_feedforward": 32, "dropout": 0.0, "batch_first": True}
DIRECTORY = FIXTURES / "blocks"


def normal(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def layer_tensors(layer: nn.Module, inputs: dict[str, torch.Tensor], forward, seed: int) -> dict[str, torch.Tensor]:
    """Weights, inputs, output, and the gradients of sum(output · cotangent)."""
    randomize(layer, seed)
    for value in inputs.values():
        value.requires_grad_()
    output = forward(layer, **inputs)
    cotangent = normal(seed + 9, *output.shape)
    (output * cotangent).sum().backward()
    return {
        **{f"weight.{name}": value for name, value in layer.state_dict().items()},
        **inputs,
        "output": output,
        "cotangent": cotangent,
        **{f"gradient.weight.{name}": parameter.grad for name, parameter in layer.named_parameters()},
        **{f"gradient.{name}": value.grad for name, value in inputs.items()},
    }


def write_encoder(norm: str, activation: str) -> None:
    layer = nn.TransformerEncoderLayer(**SIZES, activation=activation, norm_first=norm == "pre").eval()
    mask = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]])
    tensors = layer_tensors(
        layer, {"input": normal(1, 2, 6, 16)}, lambda layer, input: layer(input, src_key_padding_mask=mask == 0), 11
    )
    write_tensors(DIRECTORY / f"encoder-{norm}-{activation}.safetensors", {**tensors, "mask": mask})


def write_decoder(norm: str, activation: str) -> None:
    layer = nn.TransformerDecoderLayer(**SIZES, activation=activation, norm_first=norm == "pre").eval()
    mask = torch.tensor([[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0]])
    causal = torch.triu(torch.ones(5, 5, dtype=torch.bool), diagonal=1)

    def forward(layer, input, memory):
        return layer(input, memory, tgt_mask=causal, memory_key_padding_mask=mask == 0)

    tensors = layer_tensors(layer, {"input": normal(2, 2, 5, 16), "memory": normal(3, 2, 7, 16)}, forward, 12)
    write_tensors(DIRECTORY / f"decoder-{norm}-{activation}.safetensors", {**tensors, "memory_mask": mask})


def attention_case(name: str, query, key, value, mask=None, causal=False, grouped=False) -> dict[str, torch.Tensor]:
    for tensor in (query, key, value):
        tensor.requires_grad_()
    bias = None if mask is None else mask == 1
    output = scaled_dot_product_attention(query, key, value, attn_mask=bias, is_causal=causal, enable_gqa=grouped)
    assert not output.isnan().any(), name
    cotangent = normal(99, *output.shape)
    gradients = torch.autograd.grad((output * cotangent).sum(), (query, key, value))
    tensors = {"query": query, "key": key, "value": value, "output": output, "cotangent": cotangent}
    tensors |= dict(zip(("gradient.query", "gradient.key", "gradient.value"), gradients))
    if mask is not None:
        tensors["mask"] = mask
    return {f"{name}.{part}": tensor for part, tensor in tensors.items()}


def write_attention() -> None:
    def inputs(seed: int, queries: int, keys: int, heads: int = 4, groups: int = 4):
        shapes = [(2, heads, queries, 8), (2, groups, keys, 8), (2, groups, keys, 8)]
        return [normal(seed + index, *shape) for index, shape in enumerate(shapes)]

    random_mask = (normal(50, 2, 1, 5, 7) > 0).long()
    random_mask[..., 0] = 1
    hidden_row = torch.ones(2, 1, 5, 5, dtype=torch.long)
    hidden_row[1, 0, 2] = 0
    ended = torch.ones(3, 7, dtype=torch.long).tril(diagonal=4).expand(2, 1, 3, 7)
    write_tensors(
        DIRECTORY / "attention.safetensors",
        {
            **attention_case("full", *inputs(20, 5, 7)),
            **attention_case("causal", *inputs(30, 6, 6), causal=True),
            **attention_case("causal-at-end", *inputs(35, 3, 7), mask=ended),
            **attention_case("mask", *inputs(40, 5, 7), mask=random_mask),
            **attention_case("hidden-row", *inputs(45, 5, 5), mask=hidden_row),
            **attention_case("grouped", *inputs(60, 6, 6, 4, 2), causal=True, grouped=True),
            **attention_case("single-key-head", *inputs(70, 5, 7, 4, 1), grouped=True),
        },
    )


def options_case(name: str, query, key, value, bias=None, seen=None, softcap=None) -> dict[str, torch.Tensor]:
    """`seen` is one of transformers' mask functions; queries stand at the end of the keys, as with a cache."""
    inputs = {"query": query, "key": key, "value": value} | ({} if bias is None else {"bias": bias})
    for tensor in inputs.values():
        tensor.requires_grad_()
    queries, keys = query.shape[2], key.shape[2]
    mask = torch.zeros(queries, keys)
    if seen is not None:
        for i in range(queries):
            for j in range(keys):
                if not seen(0, 0, torch.tensor(i + keys - queries), torch.tensor(j)):
                    mask[i, j] = float("-inf")
    if bias is not None:
        mask = mask + bias
    if softcap is None and seen is None:
        output = scaled_dot_product_attention(query, key, value, attn_mask=mask)
    else:
        module = SimpleNamespace(
            head_dim=query.shape[3], num_key_value_groups=query.shape[1] // key.shape[1], training=False
        )
        output = eager_attention_forward(module, query, key, value, mask, softcap=softcap)[0].transpose(1, 2)
    assert not output.isnan().any(), name
    cotangent = normal(98, *output.shape)
    gradients = torch.autograd.grad((output * cotangent).sum(), list(inputs.values()))
    tensors = inputs | {"output": output, "cotangent": cotangent}
    tensors |= {f"gradient.{part}": gradient for part, gradient in zip(inputs, gradients)}
    return {f"{name}.{part}": tensor for part, tensor in tensors.items()}


def write_attention_options() -> None:
    def inputs(seed: int, queries: int, keys: int, groups: int = 4):
        shapes = [(2, 4, queries, 8), (2, groups, keys, 8), (2, groups, keys, 8)]
        return [normal(seed + index, *shape) for index, shape in enumerate(shapes)]

    # The distances of a query's place to each key, with a slope for each head: ALiBi's bias.
    distances = (torch.arange(5)[:, None] + 2 - torch.arange(7)[None, :]).abs()
    slopes = torch.tensor([0.5, 0.25, 0.125, 0.0625])[:, None, None]
    gemma = {"seen": sliding_window_causal_mask_function(3), "softcap": 2.0}
    write_tensors(
        DIRECTORY / "attention-options.safetensors",
        {
            **options_case("bias", *inputs(100, 5, 7), bias=normal(103, 2, 4, 5, 7)),
            **options_case("bias-of-heads", *inputs(110, 5, 7), bias=-slopes * distances),
            **options_case("bias-of-keys", *inputs(120, 5, 7), bias=normal(123, 2, 1, 1, 7)),
            **options_case("bias-of-queries-and-keys", *inputs(130, 5, 7), bias=normal(133, 5, 7)),
            **options_case("window", *inputs(140, 7, 7), seen=sliding_window_causal_mask_function(3)),
            **options_case("window-at-end", *inputs(150, 1, 7, 2), seen=sliding_window_causal_mask_function(3)),
            **options_case("window-both-sides", *inputs(160, 7, 7), seen=sliding_window_bidirectional_mask_function(2)),
            **options_case("softcap", *inputs(170, 5, 7), softcap=1.5),
            **options_case("gemma", *inputs(180, 4, 7, 2), bias=normal(183, 4, 1, 7), **gemma),
        },
    )


if __name__ == "__main__":
    torch.backends.mha.set_fastpath_enabled(False)
    for norm in ("pre", "post"):
        for activation in ("relu", "gelu"):
            write_encoder(norm, activation)
            write_decoder(norm, activation)
    write_attention()
    write_attention_options()
