"""What the fixtures of operations share: a case with its gradients, and PyTorch's own sample inputs (`op_db`) as cases.

A case has the operation's name here, its arguments and options, its output, and the gradients of
sum(output * cotangent). Float tensors are stored as { shape, values } and boolean ones as 0 and 1 in the same form;
whole numbers (indices) as nested arrays. Arguments, options and outputs may be lists of tensors or records such as
{ values, indices }. `cotangents` belong to the float tensors of the output, `gradients` to all stored tensors of the
arguments and then of the options, each in order; null where PyTorch has none. Inputs are float32, PyTorch computes in
float64.

Every fixture script ends in `write(name, cases, samples)`. With `--all PATH` as arguments, a script writes every
sample of PyTorch's to PATH instead, the large ones too, and prints what it leaves out and why.
"""

import json
import math
import sys
from collections import Counter
from pathlib import Path

import torch
from torch.testing._internal.common_methods_invocations import op_db

sys.path.insert(0, str(Path(__file__).parent.parent))

from common import FIXTURES
from tensor_fixture import normal, plain

#: The most elements of a tensor, and the most samples of an operation, in a committed fixture.
LARGEST = 40
MOST = 12


def stored(value):
    if isinstance(value, torch.Tensor):
        whole = not value.is_floating_point() and value.dtype != torch.bool
        # Nested arrays cannot state a shape such as [0, 3].
        return value.tolist() if whole and value.numel() > 0 else plain(value.double())
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (list, tuple)):
        return [stored(each) for each in value]
    if isinstance(value, dict):
        return {key: stored(each) for key, each in value.items()}
    return value


def tensors(value) -> list[torch.Tensor]:
    """All tensors in an argument, a list or a record, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [each for part in value for each in tensors(part)] if isinstance(value, (list, tuple)) else []


def leaf(value):
    """The same with float64 tensors that gradients are taken for; the numbers are those of float32."""
    if isinstance(value, torch.Tensor):
        return value.detach().float().double().requires_grad_() if value.is_floating_point() else value.detach()
    if isinstance(value, (list, tuple)):
        return type(value)(leaf(each) for each in value)
    return value


def is_stored_tensor(value: torch.Tensor) -> bool:
    return isinstance(stored(value), dict)


def case(name: str, operation: str, f, *inputs, **options) -> dict:
    arguments = [leaf(value) for value in inputs]
    chosen = {key: leaf(value) for key, value in options.items()}
    output = f(*arguments, **chosen)
    leaves = [value for value in tensors([arguments, chosen]) if is_stored_tensor(value)]
    outputs = [value for value in tensors(output) if is_stored_tensor(value)]
    cotangents = [normal(7, *value.shape).double() for value in outputs]
    total = sum(((o * c).sum() for o, c in zip(outputs, cotangents) if o.requires_grad), torch.zeros(()))
    wanted = [value for value in leaves if value.requires_grad]
    found = iter(torch.autograd.grad(total, wanted, allow_unused=True) if total.requires_grad else [None] * len(wanted))
    gradients = [next(found) if value.requires_grad else None for value in leaves]
    return {
        "name": name,
        "operation": operation,
        "inputs": stored(arguments),
        "options": stored(chosen),
        "output": stored(output),
        "cotangents": stored(cotangents),
        "gradients": stored(gradients),
    }


def samples(names: dict[str, str], convert, variants: tuple[str, ...] = ("",), every: bool = False) -> list[dict]:
    """
    PyTorch's samples as cases. `names`: our operation for each of PyTorch's. `convert(operation, sample, name)` gives
    (f, inputs, options), or the reason, a text, why we have no such case. `every`: also the large ones.
    """
    found, left_out = [], Counter()
    for op in op_db:
        if op.name not in names or op.variant_test_name not in variants:
            continue
        operation, seen = names[op.name], set()
        torch.manual_seed(0)
        for sample in op.sample_inputs("cpu", torch.float32, requires_grad=False):
            converted = convert(operation, sample, op.name)
            if isinstance(converted, str):
                left_out[f"{operation} ({op.name}): {converted}"] += 1
                continue
            f, inputs, options = converted
            form = str([list(v.shape) if isinstance(v, torch.Tensor) else v for v in [*inputs, *options.items()]])
            large = any(value.numel() > LARGEST for value in tensors([list(inputs), options]))
            if not every and (form in seen or len(seen) >= MOST or large):
                continue
            seen.add(form)
            found.append(case(f"sample {len(seen)} of PyTorch", operation, f, *inputs, **options))
    if every:
        for reason, count in left_out.items():
            print(f"left out {count}: {reason}")
    return found


def write(name: str, cases: list[dict], *sampled) -> None:
    """Writes test/fixtures/tensor/<name>.json; `sampled` are the arguments of calls of `samples`."""
    every = sys.argv[1] == "--all" if len(sys.argv) > 1 else False
    all_cases = [each for arguments in sampled for each in samples(*arguments, every=every)] + ([] if every else cases)
    path = Path(sys.argv[2]) if every else FIXTURES / "tensor" / f"{name}.json"
    path.write_text("[\n" + ",\n".join(json.dumps(each) for each in all_cases) + "\n]\n")
    print(len(all_cases), "cases in", path)
