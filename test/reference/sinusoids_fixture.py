"""Sinusoidal positions as transformers computes them in M2M100: test/fixtures/blocks/sinusoids.json.

Each case: the width, the padding token, ids of a row, and the vector of each, by M2M100SinusoidalPositionalEmbedding.
"""

import json

import torch
from transformers.models.m2m_100.modeling_m2m_100 import M2M100SinusoidalPositionalEmbedding

from common import FIXTURES

IDS = [5, 9, 1, 7, 8]


def case(width: int, pad: int) -> dict:
    layer = M2M100SinusoidalPositionalEmbedding(600, width, pad)
    texts = [IDS, [5] * 300]
    first, second = (layer(torch.tensor([ids]))[0] for ids in texts)
    rows = [[float(f"{value:.9g}") for value in row] for row in [*first.tolist(), second[-1].tolist()]]
    return {"width": width, "pad": pad, "ids": IDS, "long": 300, "vectors": rows}


if __name__ == "__main__":
    cases = [case(width, pad) for width, pad in [(8, 1), (10, 0), (7, 1), (4, 3)]]
    path = FIXTURES / "blocks" / "sinusoids.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
