"""PyTorch's own transformer layers and attention as oracles: test/fixtures/blocks/*.safetensors.

encoder-<norm>-<activation>: nn.TransformerEncoderLayer; decoder-<norm>-<activation>: nn.TransformerDecoderLayer.
attention: torch.nn.functional.scaled_dot_product_attention, tensors <case>.query and so on in PyTorch's layout
[batch, heads, seq, headDim]; grouped cases have fewer key/value heads.
"""

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

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


if __name__ == "__main__":
    torch.backends.mha.set_fastpath_enabled(False)
    for norm in ("pre", "post"):
        for activation in ("relu", "gelu"):
            write_encoder(norm, activation)
            write_decoder(norm, activation)
    write_attention()
