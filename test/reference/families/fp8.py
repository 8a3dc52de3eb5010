"""The FP8 weights of a fixture: test/fixtures/families/fp8.json has matrices as bytes, their scales, and what they are."""

import base64
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))

from common import FIXTURES, write_json

if __name__ == "__main__":
    generator = torch.Generator().manual_seed(1)
    cases = []
    for shape, block in [((5, 7), (2, 3)), ((4, 4), (128, 128)), ((2, 3, 5), (2, 2)), ((1, 256), (1, 256))]:
        numbers = torch.randn(shape, generator=generator) * 40
        if shape == (1, 256):  # every byte
            numbers = torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn)[None].float().nan_to_num(0)
        bits = numbers.to(torch.float8_e4m3fn)
        grid = (*shape[:-2], -(-shape[-2] // block[0]), -(-shape[-1] // block[1]))
        scales = torch.rand(grid, generator=generator) + 0.01
        spread = scales.repeat_interleave(block[0], -2)[..., : shape[-2], :].repeat_interleave(block[1], -1)[..., : shape[-1]]
        cases.append({
            "shape": shape,
            "block": block,
            "bytes": base64.b64encode(bits.view(torch.uint8).numpy().tobytes()).decode(),
            "scales": scales.flatten().tolist(),
            "values": (bits.float() * spread).flatten().tolist(),
        })  # fmt: skip
    write_json(FIXTURES / "families/fp8.json", cases)
