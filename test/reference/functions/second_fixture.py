"""
Second derivatives of PyTorch's own samples, in the sense of its gradgradcheck: the gradients of sum(g * direction) over
the first gradients g of a case. Writes test/fixtures/tensor/second.json.
"""

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

import cases
from cases import leaf, stored, tensors, write
from common import FIXTURES  # noqa: F401, so that the path is set by cases
from functions_fixture import ELEMENTWISE, REDUCTIONS, SAMPLED, clamp, ours
from tensor_fixture import normal

cases.MOST = 3


def second_case(name: str, operation: str, f, *inputs, **options) -> dict:
    arguments = [leaf(value) for value in inputs]
    chosen = {key: leaf(value) for key, value in options.items()}
    leaves = [value for value in tensors([arguments, chosen]) if cases.is_stored_tensor(value)]
    wanted = [value for value in leaves if value.requires_grad]
    outputs = [value for value in tensors(f(*arguments, **chosen)) if value.is_floating_point()]
    cotangents = [normal(7, *value.shape).double().requires_grad_() for value in outputs]
    total = sum(((o * c).sum() for o, c in zip(outputs, cotangents) if o.requires_grad), torch.zeros(()))
    kept = {"create_graph": True, "allow_unused": True, "materialize_grads": True}
    first = torch.autograd.grad(total, wanted, **kept) if total.requires_grad else [torch.zeros_like(value) for value in wanted]
    directions = [normal(8 + i, *value.shape).double() for i, value in enumerate(wanted)]
    along = sum(((g * d).sum() for g, d in zip(first, directions)), torch.zeros(()))
    over = [*wanted, *cotangents]
    second = torch.autograd.grad(along, over, allow_unused=True, materialize_grads=True) if along.requires_grad else [torch.zeros_like(value) for value in over]
    everywhere = [*leaves, *cotangents]

    def placed(values):
        """One for each stored tensor; zeros for those without gradient."""
        found = iter(values)
        return [torch.zeros(value.shape).double() + (next(found).detach() if value.requires_grad else 0) for value in everywhere]

    return {
        "name": name,
        "operation": operation,
        "inputs": stored(arguments),
        "options": stored(chosen),
        "cotangents": stored(cotangents),
        "directions": stored(placed([*directions, *cotangents])[: len(leaves)]),
        "second": stored(placed(second)),
    }


cases.case = second_case

BLOCKS = {
    "softmax": "softmax", "log_softmax": "logSoftmax", "nn.functional.layer_norm": "layerNorm", "nn.functional.rms_norm": "rmsNorm",
    "nn.functional.linear": "linear", "matmul": "matmul", "nn.functional.gelu": "gelu", "nn.functional.silu": "silu",
    "nn.functional.relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "erf": "erf", "exp": "exp", "log": "log", "sqrt": "sqrt",
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "where": "where",
    "tril": "tril", "triu": "triu", "permute": "permute", "reshape": "reshape", "cat": "concatenate",
    "nn.functional.scaled_dot_product_attention": "attention",
}
TORCH = {
    "sigmoid": torch.sigmoid, "tanh": torch.tanh, "erf": torch.erf, "exp": torch.exp, "log": torch.log, "sqrt": torch.sqrt,
    "relu": F.relu, "silu": F.silu, "add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div,
    "matmul": torch.matmul, "linear": F.linear, "where": torch.where, "permute": torch.permute, "reshape": torch.reshape,
    "softmax": lambda x, axis: torch.softmax(x, axis), "logSoftmax": lambda x, axis: torch.log_softmax(x, axis),
    "tril": lambda x, diagonal=0: torch.tril(x, diagonal), "triu": lambda x, diagonal=0: torch.triu(x, diagonal),
    "concatenate": lambda parts, axis: torch.cat(parts, axis),
    "gelu": lambda x, approximate="none": F.gelu(x, approximate=approximate),
    "layerNorm": lambda x, weight, bias, epsilon: F.layer_norm(x, weight.shape, weight, bias, epsilon),
    "rmsNorm": lambda x, weight, epsilon: F.rms_norm(x, weight.shape, weight, epsilon),
}


def attention(q, k, v, **options):
    swapped = [x.transpose(1, 2) for x in (q, k, v)]
    # Its fused kernels have no second derivatives.
    with sdpa_kernel(SDPBackend.MATH):
        return F.scaled_dot_product_attention(*swapped, is_causal=options.get("causal", False), scale=options.get("scale")).transpose(1, 2)


def blocks(operation: str, sample, name: str):
    inputs, given = [sample.input, *sample.args], dict(sample.kwargs)
    if operation in ("softmax", "logSoftmax"):
        axis = given.get("dim", inputs[1] if len(inputs) > 1 else None)
        return (TORCH[operation], inputs[:1], {"axis": axis}) if "dtype" not in given else "another type"
    if operation in ("layerNorm", "rmsNorm"):
        parts = [*inputs[2:], *[given[key] for key in ("weight", "bias") if key in given]]
        parts = [part for part in parts if isinstance(part, torch.Tensor)]
        epsilon = given.get("eps", inputs[-1] if isinstance(inputs[-1], float) else 1e-5)
        if len(parts) != (2 if operation == "layerNorm" else 1) or inputs[0].dim() == 0 or not epsilon or epsilon < 0:
            return "without weight or bias"
        return TORCH[operation], [inputs[0], *parts], {"epsilon": epsilon}
    if operation == "attention":
        q, k, v = inputs
        if given.get("dropout_p") or given.get("attn_mask") is not None or given.get("enable_gqa") or q.dim() != 4:
            return "options"
        if given.get("is_causal") and q.shape[2] != k.shape[2]:
            return "aligned at the start"
        return attention, [x.transpose(1, 2) for x in (q, k, v)], {"causal": bool(given.get("is_causal"))}
    if operation == "where":
        return TORCH[operation], [inputs[1], *[x for x in (inputs[0], *inputs[2:])]], {}
    if operation == "concatenate":
        parts = inputs[0]
        if any(part.dim() != parts[0].dim() for part in parts):
            return "parts of other ranks"
        return TORCH[operation], [list(parts)], {"axis": given.get("dim", inputs[1] if len(inputs) > 1 else 0)}
    if operation in ("tril", "triu"):
        return TORCH[operation], inputs[:1], {"diagonal": inputs[1]} if len(inputs) > 1 else {}
    if operation in ("permute", "reshape"):
        size = list(inputs[1]) if len(inputs) > 1 else list(given.get("dims", given.get("shape", [])))
        return "sizes that follow" if any(each < 0 for each in size) and operation == "reshape" else (TORCH[operation], [inputs[0], size], {})
    if operation == "gelu":
        return TORCH[operation], inputs, {"approximate": given.get("approximate", "none")}
    if given or any(value is None or isinstance(value, complex) for value in inputs):
        return f"options {list(given)}"
    return TORCH[operation], inputs, {}


RELATIONS = {"equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"}


def finite(operation: str, f, inputs, options) -> bool:
    made = second_case("", operation, f, *inputs, **options)
    return "NaN" not in str(made["second"]) and "Infinity" not in str(made["second"])


def filtered(convert):
    """Without the samples at a kink or pole, where no second derivative is right."""

    def converted(operation: str, sample, name: str):
        if operation in RELATIONS:
            return "no derivatives"
        found = convert(operation, sample, name)
        return found if isinstance(found, str) or finite(operation, *found) else "no finite second derivatives"

    return converted


def cross_entropy(x, targets, weight=None, ignoreIndex=-100, reduction="mean"):
    return F.cross_entropy(x, torch.tensor(targets), weight, ignore_index=ignoreIndex, reduction=reduction)


def gated(gate, x, activation):
    return {"silu": F.silu, "gelu": F.gelu, "sigmoid": torch.sigmoid}[activation](gate) * x


#: No sample of PyTorch's for these is small.
UNARY = {**ELEMENTWISE, **{name: TORCH[name] for name in ("tanh", "erf", "sqrt")}}
OWN = [
    *[second_case("numbers above 0", operation, f, normal(i, 5).abs() + 0.1) for i, (operation, f) in enumerate(UNARY.items())],
    *[second_case(approximate, "gelu", TORCH["gelu"], normal(4, 5), approximate=approximate) for approximate in ("none", "tanh")],
    second_case("shapes that broadcast", "divide", torch.div, normal(1, 2, 3), normal(2, 2, 1).abs() + 0.5),
    second_case("of two axes", "variance", REDUCTIONS["variance"], normal(1, 2, 2, 3), axis=[0, 2], correction=0),
    second_case("the middle axis", "cumulativeSum", lambda x, axis: torch.cumsum(x, axis), normal(1, 2, 3, 2), axis=1),
    second_case("on its edge", "elu", F.elu, torch.tensor([0, -0.0, -1, 2]), alpha=0.7),
    second_case("of infinity", "rsqrt", torch.rsqrt, torch.tensor([float("inf"), 4, 1e10])),
    second_case("by tensors", "clamp", clamp, normal(1, 2, 3), minimum=torch.tensor([-0.5, 0, 0.5]), maximum=torch.tensor([[0.25], [1.25]])),
    second_case("all keys", "attention", attention, normal(1, 2, 2, 2, 2), normal(2, 2, 3, 2, 2), normal(3, 2, 3, 2, 3), scale=0.8),
    second_case("causal", "attention", attention, normal(1, 1, 4, 2, 3), normal(2, 1, 4, 2, 3), normal(3, 1, 4, 2, 3), causal=True),
    *[second_case(activation, "gated", gated, normal(1, 2, 3), normal(2, 2, 3), activation=activation) for activation in ("silu", "gelu", "sigmoid")],
    second_case("mean", "crossEntropy", cross_entropy, normal(1, 3, 4), [0, 3, 1]),
    second_case("ignored", "crossEntropy", cross_entropy, normal(1, 3, 4), [0, -100, 1], reduction="none"),
    second_case("weights", "crossEntropy", lambda x, targets, weight, reduction: cross_entropy(x, targets, weight.detach(), reduction=reduction), normal(1, 3, 4), [0, 2, 1], weight=torch.tensor([0.5, 1, 2, 0.25]), reduction="sum"),
    second_case("of a sum of squares", "norm", lambda x, p: torch.linalg.vector_norm(x, p), normal(3, 2, 3), p=3),
]

if __name__ == "__main__":
    write("second", OWN, (SAMPLED, filtered(ours)), (BLOCKS, filtered(blocks)))
