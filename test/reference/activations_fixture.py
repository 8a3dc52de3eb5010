"""Writes test/fixtures/families/activations.json: transformers' activation functions at some points."""

import json
from pathlib import Path

import torch
from transformers.activations import ACT2FN

# prelu and xielu have parameters; sqrtsoftplus belongs to a router.
NAMES = sorted(set(ACT2FN) - {"prelu", "xielu", "sqrtsoftplus"})
points = torch.tensor([-12.0, -3.0, -1.25, -0.5, -0.01, 0.0, 0.02, 0.5, 1.0, 2.75, 4.0, 12.0])
values = {name: ACT2FN[name](points).tolist() for name in NAMES}
out = Path(__file__).parent.parent / "fixtures" / "families" / "activations.json"
out.write_text(json.dumps({"points": points.tolist(), "values": values}) + "\n")
