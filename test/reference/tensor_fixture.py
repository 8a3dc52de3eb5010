"""What torch.nn.functional makes of edges and of ordinary numbers: test/fixtures/tensor/functional.json.

Each case: the operation's name here, its inputs, its options, the output, and the gradients of sum(output * cotangent)
for the inputs. Inputs are float32, PyTorch computes in float64. Numbers that JSON lacks are the strings "NaN",
"Infinity" and "-Infinity".
"""

import json
import math

import torch
import torch.nn.functional as F

from common import FIXTURES

inf, nan = math.inf, math.nan


def normal(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def plain(tensor: torch.Tensor) -> dict:
    def number(value: float):
        return float(f"{value:.9g}") if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"

    return {"shape": list(tensor.shape), "values": [number(v) for v in tensor.detach().flatten().tolist()]}


def case(name: str, operation: str, f, *inputs: torch.Tensor, **options) -> dict:
    leaves = [value.double().requires_grad_() for value in inputs]
    output = f(*leaves)
    cotangent = normal(7, *output.shape).double()
    gradients = torch.autograd.grad((output * cotangent).sum(), leaves)
    return {
        "name": name,
        "operation": operation,
        "inputs": [plain(value) for value in inputs],
        "options": options,
        "output": plain(output),
        "cotangent": plain(cotangent),
        "gradients": [plain(value) for value in gradients],
    }


wide = torch.tensor([-100.0, -20, -6, -3, -1.5, -0.5, -1e-4, 0, 1e-4, 0.3, 1, 2, 4, 7, 30, 100])
logits = normal(1, 4, 5)
hidden = torch.tensor([[0.5, -inf, 1], [-inf, -inf, 2], [90, 100, -90]])
weight = torch.tensor([0.5, 1, 2, 0, 1.5])
x = normal(2, 2, 3, 8)


def entropy(targets: list[int], **options):
    return lambda logits: F.cross_entropy(logits, torch.tensor(targets, dtype=torch.long), **options)


CASES = [
    case("wide values", "relu", F.relu, wide),
    case("NaN stays", "relu", F.relu, torch.tensor([nan, inf, -inf, 0.0])),
    case("wide values", "gelu", F.gelu, wide),
    case("wide values by tanh", "geluTanh", lambda v: F.gelu(v, approximate="tanh"), wide),
    case("wide values", "silu", F.silu, wide),
    case("wide values", "sigmoid", F.sigmoid, wide),
    case("infinities", "sigmoid", F.sigmoid, torch.tensor([inf, -inf, nan])),
    case("wide values", "tanh", F.tanh, wide),
    case("wide values", "erf", torch.erf, wide),
    case("bounds and NaN", "clamp", lambda v: v.clamp(-1, 1), torch.tensor([-2.0, -1, 0, 1, 2]), minimum=-1, maximum=1),
    case("NaN stays", "clamp", lambda v: v.clamp(-1, 1), torch.tensor([nan, 0.5]), minimum=-1, maximum=1),
    case("bounds crossed", "clamp", lambda v: v.clamp(2, 1), torch.tensor([-2.0, 1.5, 5]), minimum=2, maximum=1),
    case("zero, negative, infinite", "log", torch.log, torch.tensor([0.0, inf, 2])),
    case("rows with hidden scores", "softmax", lambda v: v.softmax(-1), hidden),
    case("a row that is hidden whole", "softmax", lambda v: v.softmax(-1), torch.tensor([[-inf, -inf], [1.0, 2]])),
    case("an infinite score", "softmax", lambda v: v.softmax(-1), torch.tensor([[inf, 1.0]])),
    case("the first axis", "softmax", lambda v: v.softmax(0), logits, axis=0),
    case("rows with hidden scores", "logSoftmax", lambda v: v.log_softmax(-1), hidden),
    case("the first axis", "logSoftmax", lambda v: v.log_softmax(0), logits, axis=0),
    case("a constant row", "layerNorm", lambda v, w, b: F.layer_norm(v, (3,), w, b), torch.tensor([[4.0, 4, 4], [1, 2, 3]]), normal(3, 3), normal(4, 3)),
    case("far from zero", "layerNorm", lambda v, w, b: F.layer_norm(v, (8,), w, b), x + 100, normal(5, 8), normal(6, 8)),
    case("numbers as small as epsilon", "layerNorm", lambda v, w, b: F.layer_norm(v, (8,), w, b), x / 256, normal(5, 8), normal(6, 8)),
    case("another epsilon", "layerNorm", lambda v, w, b: F.layer_norm(v, (8,), w, b, 0.1), x, normal(5, 8), normal(6, 8), epsilon=0.1),
    case("ordinary numbers", "rmsNorm", lambda v, w: F.rms_norm(v, (8,), w, 1e-6), x, normal(5, 8)),
    case("zeros", "rmsNorm", lambda v, w: F.rms_norm(v, (2,), w, 1e-6), torch.zeros(1, 2), torch.ones(2)),
    case("ordinary numbers", "linear", F.linear, x, normal(8, 5, 8), normal(9, 5)),
    case("batches that broadcast", "matmul", torch.matmul, normal(10, 2, 1, 3, 4), normal(11, 3, 4, 2)),
    case("the mean", "crossEntropy", entropy([0, 4, 2, 1]), logits, targets=[0, 4, 2, 1]),
    case("the sum", "crossEntropy", entropy([0, 4, 2, 1], reduction="sum"), logits, targets=[0, 4, 2, 1], reduction="sum"),
    case("each row", "crossEntropy", entropy([0, 4, 2, 1], reduction="none"), logits, targets=[0, 4, 2, 1], reduction="none"),
    case("ignored rows", "crossEntropy", entropy([0, -100, 2, -100]), logits, targets=[0, -100, 2, -100]),
    case("all ignored", "crossEntropy", entropy([-100] * 4), logits, targets=[-100] * 4),
    case("all ignored, summed", "crossEntropy", entropy([-100] * 4, reduction="sum"), logits, targets=[-100] * 4, reduction="sum"),
    case("another ignored class", "crossEntropy", entropy([0, 2, 2, 1], ignore_index=2), logits, targets=[0, 2, 2, 1], ignoreIndex=2),
    case("class weights", "crossEntropy", entropy([0, 4, 2, -100], weight=weight.double()), logits, targets=[0, 4, 2, -100], weight=weight.tolist()),
    case("confident logits", "crossEntropy", entropy([0, 1], reduction="none"), torch.tensor([[100.0, -100], [100, -100]]), targets=[0, 1], reduction="none"),
    case("an impossible class", "crossEntropy", entropy([1, 0], reduction="none"), torch.tensor([[1.0, -inf], [1, -inf]]), targets=[1, 0], reduction="none"),
    case("no rows, the mean", "crossEntropy", entropy([]), torch.zeros(0, 4), targets=[]),
    case("no rows, the sum", "crossEntropy", entropy([], reduction="sum"), torch.zeros(0, 4), targets=[], reduction="sum"),
    case("no rows, each", "crossEntropy", entropy([], reduction="none"), torch.zeros(0, 4), targets=[], reduction="none"),
    case("no ids", "embedding", lambda w: F.embedding(torch.tensor([], dtype=torch.long), w), normal(12, 3, 2), ids=[]),
    case("ids that repeat", "embedding", lambda w: F.embedding(torch.tensor([2, 0, 2]), w), normal(12, 3, 2), ids=[2, 0, 2]),
    case("of nothing", "sum", torch.sum, torch.zeros(0, 3)),
    case("along nothing", "sum", lambda v: v.sum(0), torch.zeros(0, 3), axis=0),
    case("of nothing", "mean", torch.mean, torch.zeros(0, 3)),
    case("along nothing", "mean", lambda v: v.mean(0), torch.zeros(0, 3), axis=0),
    case("along nothing", "softmax", lambda v: v.softmax(-1), torch.zeros(2, 0)),
    case("no rows", "layerNorm", lambda v, w, b: F.layer_norm(v, (3,), w, b), torch.zeros(0, 3), normal(3, 3), normal(4, 3)),
    case("over nothing", "matmul", torch.matmul, torch.zeros(2, 0), torch.zeros(0, 3)),
    case("over nothing", "linear", F.linear, torch.zeros(2, 0), torch.zeros(3, 0), normal(9, 3)),
]

if __name__ == "__main__":
    path = FIXTURES / "tensor" / "functional.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in CASES) + "\n]\n")
