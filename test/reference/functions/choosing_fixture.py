"""Operations that choose elements, as PyTorch has them: test/fixtures/tensor/choosing.json. cases.py says what a case holds."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parent.parent))

from cases import case, write
from tensor_fixture import inf, nan, normal


def scatter_add(x, index, source, axis):
    """A list of indices adds whole slices."""
    if index.dim() == 1 and x.dim() > 1 or source.dim() < index.dim():
        return x.index_add(axis, index, source)
    # PyTorch has no gradient for a source longer than the index.
    return x.scatter_add(axis, index, source[tuple(slice(size) for size in index.shape)])


def top(x, k, axis=-1, largest=True):
    """PyTorch leaves the order of equal numbers open; ours is that of their places."""
    values, indices = torch.sort(x, dim=axis, descending=largest, stable=True)
    if x.dim() > 0:
        values, indices = values.narrow(axis, 0, k), indices.narrow(axis, 0, k)
    assert torch.equal(values.nan_to_num(7.5), torch.topk(x, k, axis, largest).values.nan_to_num(7.5))
    return {"values": values, "indices": indices}


def ordered(x, axis=-1, descending=False):
    values, indices = torch.sort(x, dim=axis, descending=descending, stable=True)
    return {"values": values, "indices": indices}


def place(f):
    def run(x, axis=None, keepAxis=False):
        # PyTorch has no keepdim over all elements.
        return f(x, axis, keepAxis) if axis is not None else f(x).reshape([1] * x.dim() if keepAxis else [])

    return run


TORCH = {
    "gather": lambda x, index, axis: torch.gather(x, axis, index),
    "indexSelect": lambda x, indices, axis: torch.index_select(x, axis, indices),
    "scatterAdd": scatter_add,
    "topK": top,
    "sort": ordered,
    "argmax": place(torch.argmax),
    "argmin": place(torch.argmin),
    "oneHot": lambda ids, classes=-1: F.one_hot(ids, classes).float(),
    "maskedFill": lambda x, mask, value: torch.masked_fill(x, mask, value),
    "where": torch.where,
}
SAMPLED = {
    "gather": "gather", "index_select": "indexSelect", "scatter_add": "scatterAdd", "index_add": "scatterAdd",
    "topk": "topK", "sort": "sort", "argsort": "sort", "msort": "sort", "argmax": "argmax", "argmin": "argmin",
    "nn.functional.one_hot": "oneHot", "masked_fill": "maskedFill", "where": "where", "scatter": "scatterAdd",
    "take_along_dim": "gather",
}
OPTIONS = {"dim": "axis", "keepdim": "keepAxis", "descending": "descending", "k": "k", "num_classes": "classes"}
POSITIONAL = {"topK": ["k", "axis", "largest", "sorted"], "sort": ["axis", "descending"]}


def options_of(operation: str, sample) -> dict | str:
    named = {**dict(zip(POSITIONAL.get(operation, []), sample.args)), **sample.kwargs}
    # Ours is always stable and always sorted.
    named = {OPTIONS.get(key, key): value for key, value in named.items() if key not in ("stable", "sorted")}
    return {key: value for key, value in named.items() if value is not None and (key, value) != ("classes", -1)}


def ours(operation: str, sample, name: str):
    x, args = sample.input, list(sample.args)
    if operation in ("gather", "indexSelect", "scatterAdd"):
        if name == "take_along_dim":
            return "an index that broadcasts"
        if name == "scatter" and sample.kwargs.get("reduce") != "add":
            return "elements that are replaced or multiplied"
        axis, index, *source = args
        if "alpha" in sample.kwargs:
            source = [source[0] * sample.kwargs["alpha"]]  # scatterAdd(x, index, multiply(source, alpha))
        if source and not isinstance(source[0], torch.Tensor):
            return "a number as a source"
        # PyTorch's index_add on a scalar takes a scalar as a list of one.
        return TORCH[operation], [x, index.long(), *source], {"axis": axis}
    if operation == "where":
        return TORCH[operation], [args[0], x, args[1]], {}
    if operation == "maskedFill":
        return TORCH[operation], [x, *args], {}
    if operation == "oneHot":
        return TORCH[operation], [x.long()], options_of(operation, sample)
    if name == "msort":
        return TORCH[operation], [x], {"axis": 0}
    return TORCH[operation], [x], options_of(operation, sample)


def mixture(x, router, up, down, k):
    """A mixture of experts, every expert for every token; the gates of those that are not chosen are 0."""
    scores = x @ router.T
    values, indices = torch.topk(scores, k)
    gates = torch.zeros_like(scores).scatter(1, indices, torch.softmax(values, -1))
    experts = torch.stack([F.silu(x @ a.T) @ b.T for a, b in zip(up, down)], 1)
    return (gates[:, :, None] * experts).sum(1)


cube = normal(2, 2, 3, 4)
ties = torch.tensor([[1.0, 5, 5, 1], [2, 2, 2, 2], [-0.0, nan, 0.0, -1], [inf, -inf, inf, nan], [nan, nan, 3, -inf]])
empty = torch.zeros(0, 3)
whole = lambda *values: torch.tensor(values)

CASES = [
    case("8 tokens, 4 experts, 2 for each token", "mixture", mixture, normal(1, 8, 3), normal(2, 4, 3), list(normal(3, 4, 5, 3)), list(normal(4, 4, 3, 5)), k=2),
    case("an expert that no token chooses", "mixture", mixture, normal(1, 4, 3), normal(5, 6, 3), list(normal(6, 6, 2, 3)), list(normal(7, 6, 3, 2)), k=1),
    *[case(f"the {k} {'greatest' if largest else 'smallest'}, ties and NaN", "topK", top, ties, k=k, largest=largest) for k in (0, 1, 2, 4) for largest in (True, False)],
    *[case(f"axis {axis}", "topK", top, cube, k=2, axis=axis) for axis in (0, 1, -1)],
    case("of nothing", "topK", top, empty, k=2),
    *[case(f"ties and NaN, descending {descending}", "sort", ordered, ties, descending=descending) for descending in (True, False)],
    *[case(f"axis {axis}", "sort", ordered, cube, axis=axis, descending=True) for axis in (0, 1, -1)],
    case("no lines", "sort", ordered, empty),
    case("along nothing", "sort", ordered, empty, axis=0),
    *[case(f"ties and NaN, {axis}, {keep}", operation, TORCH[operation], ties, **({} if axis is None else {"axis": axis}), keepAxis=keep) for operation in ("argmax", "argmin") for axis in (None, 0, 1) for keep in (False, True)],
    *[case("no lines", operation, TORCH[operation], empty, axis=1) for operation in ("argmax", "argmin")],
    case("a part of the other axes", "gather", TORCH["gather"], cube, whole([[2, 0, 2], [1, 1, 0]]), axis=1),
    case("more than there are", "gather", TORCH["gather"], torch.tensor([1.0, inf, nan]), whole(1, 1, 2, 0, 1), axis=0),
    case("a middle axis", "indexSelect", TORCH["indexSelect"], cube, whole(2, 2, 0, 1), axis=1),
    case("a NaN and an infinity", "indexSelect", TORCH["indexSelect"], ties, whole(3, 2, 3), axis=0),
    case("slices along a middle axis", "scatterAdd", scatter_add, cube, whole(2, 2, 0, 1), normal(3, 2, 4, 4), axis=1),
    case("slices along the last axis", "scatterAdd", scatter_add, cube, whole(3, 3), normal(3, 2, 3, 2), axis=-1),
    case("a source longer than the index", "scatterAdd", scatter_add, cube, whole([[2, 0], [1, 1]]), normal(3, 2, 3, 4), axis=2),
    case("places that come twice", "scatterAdd", scatter_add, torch.tensor([1.0, 2, 3]), whole(1, 1, 1, 0), torch.tensor([1.0, 10, 100, inf]), axis=0),
    case("one id", "oneHot", TORCH["oneHot"], torch.tensor(2), classes=4),
    case("as many classes as the greatest", "oneHot", TORCH["oneHot"], whole([0, 3], [1, 1])),
    case("filled with infinity", "maskedFill", TORCH["maskedFill"], ties, torch.tensor([True, False, False, True]), -inf),
    case("a mask that is wider", "maskedFill", TORCH["maskedFill"], torch.tensor([1.0, nan]), torch.tensor([[True], [False]]), torch.tensor(3.0)),
    case("infinities and NaN on the other side", "where", torch.where, torch.tensor([True, False, True]), torch.tensor([1.0, nan, inf]), torch.tensor([nan, -inf, 2])),
    case("sides that broadcast", "where", torch.where, torch.tensor([[True], [False]]), normal(1, 3), torch.tensor(2.0)),
    case("nothing", "where", torch.where, torch.zeros(0, 3, dtype=torch.bool), torch.ones(3), torch.zeros(0, 1)),
]

if __name__ == "__main__":
    write("choosing", CASES, (SAMPLED, ours))
