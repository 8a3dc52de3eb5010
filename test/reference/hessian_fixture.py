"""Hessian-vector products of two-layer attention models: test/fixtures/models/hessian.json.

The models are those of drawn_models.py, the loss is their cross entropy. Parameters are computed from their paths
(`value_of`), and the vector of a parameter from "vector." and its path.

    python test/reference/hessian_fixture.py
"""

import json

import drawn_models
import torch
import torch.nn.functional as F
from drawn_models import FOLDER, IDS, Drawn

GIVEN = [
    {"heads": 3, "dFeedForward": 16},
    {
        "heads": 2, "keyValueHeads": 1, "dFeedForward": 16, "activation": "silu", "gated": True, "bias": False,
        "normalization": "rmsNorm", "position": "rotary", "tied": False, "mask": "right",
    },
    {"heads": 3, "dFeedForward": 16, "activation": "gelu", "norm": "post", "position": "sinusoidal"},
]
TARGETS = [[5, 2, 12, 7, 0], [3, 0, 11, 4, 9]]

value_of = drawn_models.value_of


def products(given):
    parameters = {}

    def parameter(path, shape):
        if path not in parameters:
            parameters[path] = value_of(path, shape).requires_grad_()
        return parameters[path]

    drawn_models.value_of = parameter
    logits = Drawn("gpt", given).run()
    loss = F.cross_entropy(logits.flatten(0, 1), torch.tensor(TARGETS).flatten())
    first = torch.autograd.grad(loss, list(parameters.values()), create_graph=True)
    along = sum((g * value_of(f"vector.{path}", list(g.shape))).sum() for path, g in zip(parameters, first))
    second = torch.autograd.grad(along, list(parameters.values()))
    return {path: [float(f"{x:.7g}") for x in value.flatten().tolist()] for path, value in zip(parameters, second)}


if __name__ == "__main__":
    cases = [{"given": given, "products": products(given)} for given in GIVEN]
    (FOLDER / "hessian.json").write_text(json.dumps({"targets": TARGETS, "cases": cases}, separators=(",", ":")) + "\n")
    print([sum(map(len, case["products"].values())) for case in cases], "numbers")
