"""Rows of numbers, and what GGUF's Q8_0 and Q4_0 make of them, by the package gguf. Writes test/fixtures/kernels/quantized.json."""
import json
from pathlib import Path

import gguf
import numpy as np

random = np.random.default_rng(7)
rows = [
    random.standard_normal(64),
    random.standard_normal(64) * 1e-4,
    random.standard_normal(64) * 300,
    np.zeros(64),
    np.linspace(-1, 1, 64),
    np.r_[np.full(32, 2.5), np.full(32, -2.5)],
    np.r_[np.eye(32)[3], -np.eye(32)[5]],
]
x = np.stack(rows).astype(np.float32)
expected = {}
for name, kind in (("q8", gguf.GGMLQuantizationType.Q8_0), ("q4", gguf.GGMLQuantizationType.Q4_0)):
    expected[name] = gguf.dequantize(gguf.quantize(x, kind), kind).flatten().tolist()
target = Path(__file__).parents[2] / "fixtures" / "kernels" / "quantized.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps({"rows": len(rows), "columns": 64, "x": x.flatten().tolist(), **expected}) + "\n")
