"""Elementwise operations and reductions as PyTorch has them: test/fixtures/tensor/functions.json.

The cases are PyTorch's own sample inputs (`op_db`), the small ones, and edges: zeros, ties, infinities, NaN, no elements.
cases.py says what a case holds.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parent.parent))

from cases import case, write
from tensor_fixture import inf, nan, normal


def reduction(f):
    """Ours of theirs: axis, keepAxis and further options as PyTorch names them."""

    def run(x, axis=None, keepAxis=False, **options):
        dim = tuple(range(x.dim())) if axis is None else axis
        return f(x, dim=dim, keepdim=keepAxis, **options)

    return run


def product(x, axis=None, keepAxis=False):
    for dim in sorted((d % max(x.dim(), 1) for d in ([axis] if isinstance(axis, int) else range(x.dim()) if axis is None else axis)), reverse=True):
        x = x.prod(dim, keepdim=keepAxis)
    return x


def clamp(x, minimum=None, maximum=None):
    return torch.clamp(x, minimum, maximum)


ELEMENTWISE = {
    "negate": torch.neg, "abs": torch.abs, "sign": torch.sign, "round": torch.round, "reciprocal": torch.reciprocal,
    "rsqrt": torch.rsqrt, "sin": torch.sin, "cos": torch.cos, "log1p": torch.log1p, "expm1": torch.expm1,
    "mish": F.mish, "hardSwish": F.hardswish, "reluSquared": lambda x: F.relu(x) ** 2,
    "geluSigmoid": lambda x: x * torch.sigmoid(1.702 * x),
    "softplus": F.softplus, "elu": F.elu,
    "leakyRelu": lambda x, negativeSlope=0.01: F.leaky_relu(x, negativeSlope),
}
PAIRS = {
    "maximum": torch.maximum, "minimum": torch.minimum, "power": torch.pow, "atan2": torch.atan2, "equal": torch.eq, "notEqual": torch.ne,
    "less": torch.lt, "lessEqual": torch.le, "greater": torch.gt, "greaterEqual": torch.ge,
}
REDUCTIONS = {
    "sum": reduction(torch.sum), "mean": reduction(torch.mean), "max": reduction(torch.amax), "min": reduction(torch.amin),
    "logSumExp": reduction(torch.logsumexp), "variance": reduction(lambda x, correction=1, **o: torch.var(x, correction=correction, **o)),
    "norm": reduction(lambda x, p=2, **o: torch.linalg.vector_norm(x, p, **o)), "product": product,
}
#: PyTorch's names where they differ, and those of options.
SAMPLED = {
    "neg": "negate", "abs": "abs", "sign": "sign", "round": "round", "reciprocal": "reciprocal", "rsqrt": "rsqrt",
    "sin": "sin", "cos": "cos", "log1p": "log1p", "expm1": "expm1", "nn.functional.mish": "mish",
    "nn.functional.hardswish": "hardSwish", "nn.functional.softplus": "softplus", "nn.functional.elu": "elu",
    "nn.functional.leaky_relu": "leakyRelu", "maximum": "maximum", "minimum": "minimum", "pow": "power", "atan2": "atan2", "eq": "equal",
    "ne": "notEqual", "lt": "less", "le": "lessEqual", "gt": "greater", "ge": "greaterEqual", "sum": "sum",
    "mean": "mean", "amax": "max", "amin": "min", "logsumexp": "logSumExp", "linalg.vector_norm": "norm",
    "prod": "product", "cumsum": "cumulativeSum", "nn.functional.glu": "glu", "clamp": "clamp",
}
OPTIONS = {"dim": "axis", "keepdim": "keepAxis", "ord": "p", "negative_slope": "negativeSlope", "alpha": "alpha",
           "beta": "beta", "threshold": "threshold", "correction": "correction"}
TORCH = {
    **ELEMENTWISE, **PAIRS, **REDUCTIONS, "clamp": clamp,
    "cumulativeSum": lambda x, axis: torch.cumsum(x, axis), "glu": lambda x, axis=-1: F.glu(x, axis),
}


def of_numbers(f):
    """The same function, with tensors for numbers where PyTorch takes none, as atan2 and maximum."""

    def run(*operands):
        try:
            return f(*operands)
        except TypeError:
            return f(*[torch.as_tensor(each, dtype=torch.float64) for each in operands])

    return run


POSITIONAL = {
    "cumulativeSum": ["axis"], "glu": ["axis"], "norm": ["p", "axis", "keepAxis"], "softplus": ["beta", "threshold"],
    "logSumExp": ["axis", "keepAxis"], "product": ["axis", "keepAxis"], "sum": ["axis", "keepAxis"], "mean": ["axis", "keepAxis"],
}


def ours(operation: str, sample, _):
    """What computes a sample, its arguments and options, or the reason why it asks for what we lack."""
    inputs = [sample.input]
    rest = list(sample.args)
    options = {}
    if operation == "clamp":
        bounds = dict(zip(["minimum", "maximum"], rest))
        bounds |= {{"min": "minimum", "max": "maximum"}[key]: value for key, value in sample.kwargs.items()}
        options = {key: value for key, value in bounds.items() if value is not None}
    elif operation in PAIRS:
        inputs += rest
    else:
        positional = dict(zip(POSITIONAL.get(operation, []), rest))
        if len(positional) < len(rest):
            return "further arguments"
        for key, value in {**positional, **sample.kwargs}.items():
            key = OPTIONS.get(key, key)
            if key not in OPTIONS.values():
                return f"the option {key}"
            if value is not None:
                options[key] = list(value) if isinstance(value, (tuple, list)) else value
    if options.get("axis") == []:
        return "an empty list of axes"
    if any(isinstance(v, complex) for v in inputs):
        return "complex numbers"
    return TORCH[operation], inputs, options


wide = torch.tensor([-100.0, -20, -6, -3, -2.5, -1.5, -0.5, -1e-4, -0.0, 0, 1e-4, 0.5, 1, 1.5, 2.5, 3, 7, 30, 100])
odd = torch.tensor([nan, inf, -inf])
square = torch.tensor([[1.0, 5, 5], [2, 2, 2], [-1, nan, 3]])
others = torch.tensor([[1.0, 4, 6], [2, inf, -inf], [nan, 1, -0.0]])
cube = normal(2, 2, 3, 4)
zeros_in = torch.tensor([[2.0, 0, 3], [0, 0, 5], [1, -2, 4]])
hidden = torch.tensor([[0.5, -inf, 1], [-inf, -inf, -inf], [900, 1000, 900], [inf, 1, 2], [nan, 1, 2]])
empty = torch.zeros(0, 3)

CASES = [
    *[case(name, operation, f, value) for operation, f in ELEMENTWISE.items() for name, value in [("wide values", wide), ("infinities and NaN", odd), ("nothing", torch.zeros(2, 0)), ("one number", torch.tensor(0.3))]],
    case("sharper, with a threshold", "softplus", F.softplus, wide, beta=2.5, threshold=3.0),
    case("another limit", "elu", F.elu, wide, alpha=0.3),
    case("another slope", "leakyRelu", ELEMENTWISE["leakyRelu"], wide, negativeSlope=0.2),
    case("rising on both sides", "leakyRelu", ELEMENTWISE["leakyRelu"], wide, negativeSlope=-0.5),
    *[case("ties, infinities and NaN", operation, f, square, others) for operation, f in PAIRS.items()],
    *[case("shapes that broadcast", operation, f, normal(3, 2, 1, 3), normal(4, 4, 1).abs()) for operation, f in PAIRS.items()],
    *[case("a number", operation, of_numbers(f), wide, 0.5) for operation, f in PAIRS.items()],
    case("far from and near to zero", "atan2", torch.atan2, torch.tensor([1e30, -1e-30, 1e-30, 3e-25, 0.0, -2e30]), torch.tensor([2e30, 1e-30, 0, -4e-25, 0, 1.0])),
    *[case("nothing", operation, f, torch.zeros(0, 3), torch.zeros(3)) for operation, f in PAIRS.items()],
    *[case(f"of {name}", "power", torch.pow, torch.tensor([0.0, -0.0, 1, -1, 2, -2, inf, -inf, nan]), torch.full((9,), e)) for e, name in [(0.0, "0"), (0.5, "a half"), (1.0, "1"), (2.0, "2"), (3.0, "3"), (-1.0, "-1"), (-0.5, "minus a half"), (inf, "Infinity"), (-inf, "-Infinity"), (nan, "NaN")]],
    *[case(f"{axis}, {keep}", operation, f, cube, **({} if axis is None else {"axis": axis}), **({"keepAxis": True} if keep else {})) for operation, f in REDUCTIONS.items() for axis in (None, 0, 1, -1, [0, 1], [0, 2], [-1, 0, 1]) for keep in (False, True)],
    *[case("ties and NaN", operation, REDUCTIONS[operation], square, axis=1) for operation in REDUCTIONS],
    *[case("all equal", operation, REDUCTIONS[operation], torch.ones(2, 3)) for operation in REDUCTIONS],
    *[case("all zeros", operation, REDUCTIONS[operation], torch.zeros(2, 3), axis=1) for operation in REDUCTIONS],
    *[case("one number", operation, REDUCTIONS[operation], torch.tensor([2.0]), axis=0) for operation in REDUCTIONS],
    *[case("along nothing", operation, REDUCTIONS[operation], empty, axis=0) for operation in ("sum", "mean", "logSumExp", "product", "norm", "variance")],
    *[case("no lines", operation, REDUCTIONS[operation], empty, axis=1) for operation in REDUCTIONS],
    *[case("hidden and infinite", operation, REDUCTIONS[operation], hidden, axis=1) for operation in ("logSumExp", "max", "min", "sum")],
    case("zeros in lines", "product", product, zeros_in, axis=1),
    case("zeros, all of it", "product", product, zeros_in),
    *[case(f"correction {c}", "variance", REDUCTIONS["variance"], cube, axis=[0, 2], correction=c) for c in (0, 1, 2.5)],
    case("as many as the correction", "variance", REDUCTIONS["variance"], torch.tensor([[2.0]]), axis=1),
    case("far from zero", "variance", REDUCTIONS["variance"], normal(5, 3, 8) + 1e4, axis=1),
    *[case(f"p = {p}", "norm", REDUCTIONS["norm"], value, axis=1, p=p) for p in (0, 0.5, 1, 1.5, 2, 3, -1, inf, -inf) for value in (torch.tensor([[3.0, -4, 1], [1, 1, -1]]), torch.zeros(2, 3), torch.tensor([[0.0, 2, -2]]))],
    *[case(f"p = {p}, NaN", "norm", REDUCTIONS["norm"], torch.tensor([[nan, 1.0], [2, 1]]), axis=1, p=p) for p in (1, 2, 3)],
    case("NaN and infinity", "cumulativeSum", lambda x, axis: torch.cumsum(x, axis), torch.tensor([1.0, inf, 2, nan, 3]), axis=0),
    *[case(f"axis {axis}", "cumulativeSum", lambda x, axis: torch.cumsum(x, axis), cube, axis=axis) for axis in (0, 1, -1)],
    case("nothing", "cumulativeSum", lambda x, axis: torch.cumsum(x, axis), empty, axis=0),
    case("the middle axis", "glu", TORCH["glu"], normal(6, 2, 4, 3), axis=1),
    case("nothing", "glu", TORCH["glu"], torch.zeros(2, 0)),
    case("tensors", "clamp", clamp, cube, minimum=torch.tensor([-0.5, 0, 0.5, 1]), maximum=torch.tensor([[0.25], [1.25], [2]])),
    case("a lower tensor", "clamp", clamp, wide, minimum=torch.tensor(-1.5)),
    case("an upper tensor, wider", "clamp", clamp, torch.tensor([1.0, 2]), maximum=torch.tensor([[1.5, 1], [0, 2]])),
    case("tensors crossed", "clamp", clamp, torch.tensor([-2.0, 1.5, 5]), minimum=torch.tensor(2.0), maximum=torch.tensor(1.0)),
    case("NaN in each", "clamp", clamp, torch.tensor([nan, 1.0, 1]), minimum=torch.tensor([0.0, nan, 0]), maximum=torch.tensor([2.0, 2, nan])),
]

if __name__ == "__main__":
    write("functions", CASES, (SAMPLED, ours))
