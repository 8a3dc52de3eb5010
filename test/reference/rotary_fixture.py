"""Rotary positions as transformers turns them, far beyond 10,000: test/fixtures/tensor/rotary.json.

Each case: the base, the dimensions that turn, whether pairs are neighbours, positions, a head of ones and twos, and what
becomes of it at each position: by LlamaRotaryEmbedding and apply_rotary_pos_emb, or for neighbours by GPT-J's own
create_sinusoidal_positions and apply_rotary_pos_emb. All in float32.
"""

import json

import torch
from transformers import LlamaConfig
from transformers.models.gptj.modeling_gptj import apply_rotary_pos_emb as turn_neighbours
from transformers.models.gptj.modeling_gptj import create_sinusoidal_positions
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

from common import FIXTURES

POSITIONS = [0, 1, 17, 1000, 4095, 9999, 10001, 12345, 20011, 32767, 65535, 100003, 131071]


def head(dimensions: int) -> torch.Tensor:
    return (1 + torch.arange(dimensions) % 2).float()


def halves(base: float, dimensions: int) -> dict:
    config = LlamaConfig(hidden_size=dimensions, num_attention_heads=1, head_dim=dimensions)
    config.rope_parameters = {"rope_type": "default", "rope_theta": base}
    x = head(dimensions).expand(1, 1, len(POSITIONS), dimensions)
    cos, sin = LlamaRotaryEmbedding(config)(x, torch.tensor([POSITIONS]))
    turned, _ = apply_rotary_pos_emb(x, x, cos, sin)
    return case(base, dimensions, False, turned[0, 0])


def neighbours(dimensions: int) -> dict:
    table = create_sinusoidal_positions(POSITIONS[-1] + 1, dimensions)[torch.tensor([POSITIONS])]
    sin, cos = torch.split(table, dimensions // 2, dim=-1)
    x = head(dimensions).expand(1, len(POSITIONS), 1, dimensions)
    return case(10_000.0, dimensions, True, turn_neighbours(x, sin, cos)[0, :, 0])


def case(base: float, dimensions: int, interleaved: bool, turned: torch.Tensor) -> dict:
    rows = [[float(f"{value:.9g}") for value in row] for row in turned.tolist()]
    return {"base": base, "dimensions": dimensions, "interleaved": interleaved, "positions": POSITIONS, "turned": rows}


if __name__ == "__main__":
    cases = [halves(10_000.0, 16), halves(500_000.0, 12), halves(1_000_000.0, 10), neighbours(16)]
    path = FIXTURES / "tensor" / "rotary.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
