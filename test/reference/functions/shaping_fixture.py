"""Operations that shape, and norms made of them, as PyTorch has them: test/fixtures/tensor/shaping.json.

The cases are PyTorch's own sample inputs (`op_db`), and edges: no elements, rank 0, zeros and very large numbers. cases.py
says what a case holds.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parent.parent))

from cases import case, write
from tensor_fixture import inf, normal


def pad(x, widths, mode="constant", value=None):
    flat = [width for pair in reversed(widths) for width in pair]
    return F.pad(x, flat, mode, value)


def repeat(x, times, axis=None, each=False):
    if isinstance(times, int):
        if each:
            return x.repeat_interleave(times, -1 if axis is None else axis)
        axis = -1 if axis is None else axis
        times = [times if a == axis % x.dim() else 1 for a in range(x.dim())]
    if each:
        x = x.reshape([1] * (len(times) - x.dim()) + list(x.shape))
        for axis, count in enumerate([1] * (x.dim() - len(times)) + times):
            x = x.repeat_interleave(count, axis)
        return x
    return x.tile(times)


def squeeze(x, axis=None):
    return x.squeeze() if axis is None else x.squeeze(axis)


def split(x, axis, size=None, sizes=None):
    return list(x.split(size if sizes is None else sizes, axis))


def slice_(x, axis, start=None, end=None, step=1):
    """Python's slices, which PyTorch has for positive steps only."""
    return x.index_select(axis, torch.tensor(range(x.shape[axis])[start:end:step], dtype=torch.long))


def transpose(x, axes=(-2, -1)):
    return x.transpose(*axes) if len(axes) == 2 else x.permute(axes)


def unfold(x, kernelSize, stride=1, padding=0, dilation=1):
    return F.unfold(x, kernelSize, dilation, padding, stride)


def group_norm(x, weight=None, bias=None, groups=1, epsilon=1e-5):
    return F.group_norm(x, groups, weight, bias, epsilon)


TORCH = {
    "reshape": torch.reshape, "expand": lambda x, shape: x.expand(shape), "squeeze": squeeze,
    "unsqueeze": lambda x, axis: x.unsqueeze(axis), "stack": lambda tensors, axis: torch.stack(tensors, axis),
    "concatenate": lambda tensors, axis: torch.cat(tensors, axis),
    "split": split, "chunk": lambda x, chunks, axis: list(x.chunk(chunks, axis)),
    "flip": lambda x, axis=None: x.flip(tuple(range(x.dim())) if axis is None else axis), "pad": pad, "repeat": repeat,
    "permute": torch.permute, "transpose": transpose, "slice": slice_,
    "windows": lambda x, axis, size, step=1: x.unfold(axis, size, step), "unfold": unfold, "groupNorm": group_norm,
    "normalize": lambda x, p=2, axis=-1, epsilon=1e-12: F.normalize(x, p, axis, epsilon),
    "cosineSimilarity": lambda a, b, axis=-1, epsilon=1e-8: F.cosine_similarity(a, b, axis, epsilon),
}
NAMES = {
    "reshape": "reshape", "squeeze": "squeeze", "unsqueeze": "unsqueeze", "stack": "stack",
    "split": "split", "split_with_sizes": "split", "chunk": "chunk", "flip": "flip",
    "nn.functional.pad": "pad", "tile": "repeat", "repeat_interleave": "repeat", "permute": "permute",
    "transpose": "transpose", "narrow": "slice", "slice": "slice", "nn.functional.unfold": "unfold",
    "nn.functional.group_norm": "groupNorm", "nn.functional.normalize": "normalize",
    "nn.functional.cosine_similarity": "cosineSimilarity",
}
#: Further names of the same, and operations whose samples are large, with --all only.
FURTHER = {
    "cat": "concatenate", "constant_pad_nd": "pad", "view": "reshape", "reshape_as": "reshape", "view_as": "reshape", "expand": "expand", "expand_as": "expand",
    "unfold": "windows", "broadcast_to": "expand", "repeat": "repeat", "swapaxes": "transpose", "t": "transpose", "mT": "transpose",
}
VARIANTS = ("", "multiple", "list_args", "constant", "reflect", "replicate", "replicate_negative", "circular")


def arguments(sample, *names: str) -> dict:
    named = dict(zip(names, sample.args)) | {key: value for key, value in sample.kwargs.items()}
    return {key: int(value) if isinstance(value, torch.Tensor) and value.dim() == 0 else value for key, value in named.items() if value is not None}


def pairs(flat) -> list:
    return [list(pair) for pair in reversed(list(zip(flat[::2], flat[1::2])))]


def numbers(value):
    return [int(each) for each in value] if isinstance(value, (list, tuple)) else int(value)


def convert(operation: str, sample, name: str):
    """The function, the arguments and the options here of a sample there, or why there are none."""
    x, f = sample.input, TORCH[operation]
    if operation in ("reshape", "expand"):
        shape = sample.args[0]
        return f, [x, list(shape.shape) if isinstance(shape, torch.Tensor) else list(shape)], {}
    if operation == "permute":
        return f, [x, list(arguments(sample, "dims")["dims"])], {}
    if operation == "unsqueeze":
        return f, [x], {"axis": arguments(sample, "dim")["dim"]}
    if operation == "squeeze":
        options = {"axis": numbers(value) for value in arguments(sample, "dim").values()}
        axes = options.get("axis", [])
        if x.dim() > 0 and any(x.shape[axis] != 1 for axis in ([axes] if isinstance(axes, int) else axes)):
            return "an axis of another size than 1"
        return f, [x], options
    if operation in ("stack", "concatenate"):
        if operation == "concatenate" and len({each.dim() for each in x}) > 1:
            return "an empty vector beside tensors of another rank"
        return f, [list(x)], {"axis": arguments(sample, "dim").get("dim", 0)}
    if operation == "split":
        by = arguments(sample, "by", "dim")
        by = by.get("by", by.get("split_sizes"))
        dim = arguments(sample, "by", "dim").get("dim", 0)
        return f, [x], {"sizes" if isinstance(by, (list, tuple)) else "size": numbers(by), "axis": dim}
    if operation == "chunk":
        given = arguments(sample, "chunks", "dim")
        return f, [x], {"chunks": given["chunks"], "axis": given.get("dim", 0)}
    if operation == "flip":
        return f, [x], {"axis": list(arguments(sample, "dims")["dims"])}
    if operation == "pad":
        given = arguments(sample, "pad", "value") if name == "constant_pad_nd" else arguments(sample, "pad", "mode", "value")
        return f, [x], {"widths": pairs(given.pop("pad")), **given}
    if name == "repeat_interleave":
        given = arguments(sample, "repeats", "dim")
        if not isinstance(given["repeats"], int):
            return "numbers of times that differ from element to element: indexSelect"
        if "dim" not in given:
            return "no axis: reshape comes first"
        return f, [x], {"times": given["repeats"], "axis": given["dim"], "each": True}
    if operation == "repeat":
        return f, [x], {"times": numbers(arguments(sample, "repeats", "dims").popitem()[1])}
    if operation == "transpose":
        if name in ("t", "mT") and x.dim() < 2:
            return "fewer than two axes"
        axes = {} if name in ("t", "mT") else {"axes": [int(each) for each in [*sample.args, *sample.kwargs.values()]]}
        return f, [x], axes
    if operation == "slice":
        if name == "slice":
            given = arguments(sample, "dim", "start", "end", "step")
            given["axis"] = given.pop("dim", 0)
            if given.get("end", 0) > x.shape[given["axis"]]:
                return "an end beyond the axis"
            return f, [x], given
        given = arguments(sample, "dim", "start", "length")
        size = x.shape[given["dim"]]
        start = given["start"] + size if given["start"] < 0 else given["start"]
        return f, [x], {"axis": given["dim"], "start": start, "end": start + given["length"]}
    if operation == "windows":
        given = arguments(sample, "dimension", "size", "step")
        return f, [x], {"axis": given["dimension"], "size": given["size"], "step": given["step"]}
    if operation == "unfold":
        given = arguments(sample, "kernelSize", "dilation", "padding", "stride")
        return f, [x], {{"kernel_size": "kernelSize"}.get(key, key): numbers(value) for key, value in given.items()}
    if operation == "groupNorm":
        given = arguments(sample, "groups", "weight", "bias", "eps")
        if given.get("eps", 0) < 0:
            return "an epsilon below 0"
        options = {"groups": given["groups"], **({"epsilon": given["eps"]} if "eps" in given else {})}
        return f, [x, given.get("weight"), given.get("bias")], options
    given = arguments(sample, "other", "dim", "eps") if operation == "cosineSimilarity" else arguments(sample, "p", "dim", "eps")
    options = {{"dim": "axis", "eps": "epsilon"}.get(key, key): value for key, value in ({"dim": 1} | given).items() if key != "other"}
    return f, [x, sample.args[0]] if operation == "cosineSimilarity" else [x], options


cube = normal(2, 2, 3, 2)
row = torch.tensor([1.0, 2, 3, 4, 5])
far = torch.tensor([[3.0, -4, 0], [0, 0, 0], [1e-30, 0, 0], [1e30, 2e30, -2e30], [inf, 1, 2], [3e-7, 4e-7, 0]])
image = normal(3, 2, 2, 4, 3)

CASES = [
    *[case(f"to {shape}", "reshape", torch.reshape, cube, shape) for shape in ([-1], [2, -1], [2, 2, -1, 3], [12, -1])],
    case("of one number", "reshape", torch.reshape, torch.tensor(3.0), [1, -1]),
    case("of nothing", "reshape", torch.reshape, torch.zeros(0, 3), [-1, 3]),
    *[case(f"to {shape}", "expand", TORCH["expand"], normal(1, 2, 1, 2), shape) for shape in ([2, 3, 2], [-1, 2, -1], [2, -1, 3, 2], [1, 2, 1, 2])],
    case("no elements", "expand", TORCH["expand"], torch.zeros(2, 1), [2, 0]),
    case("one number", "expand", TORCH["expand"], torch.tensor(3.0), [2, 3]),
    *[case(f"parts of {size}", "split", split, normal(4, 5, 2), axis=0, size=size) for size in (1, 2, 5, 9)],
    case("of nothing", "split", split, torch.zeros(0, 2), axis=0, size=3),
    case("the last axis, one part of nothing", "split", split, cube, axis=-1, sizes=[1, 0, 1]),
    *[case(f"in {chunks}", "chunk", TORCH["chunk"], normal(4, 2, 5), axis=-1, chunks=chunks) for chunks in (1, 2, 3, 4, 5, 9)],
    *[case(f"along {axis}", "flip", TORCH["flip"], cube, axis=axis) for axis in ([0], [-1, 0], [1, 2], [])],
    case("along all", "flip", TORCH["flip"], cube),
    *[
        case(f"{start} to {end} by {step}", "slice", slice_, value, axis=axis, **{k: v for k, v in {"start": start, "end": end, "step": step}.items() if v is not None})
        for value, axis in ((row, 0), (normal(5, 2, 5, 2), 1))
        for start, end, step in ((1, 4, 2), (None, None, 2), (None, None, -1), (4, 0, -2), (3, None, -3), (-2, -5, -1), (1, None, 9), (0, 5, 5), (2, 2, -1), (None, -6, -2))
    ],
    *[case(str(axes), "transpose", transpose, cube, axes=axes) for axes in ([0, 2], [-1, 1], [1, 1], [2, 0, 1], [-1, -2, -3])],
    case("the last two", "transpose", transpose, cube),
    case("a matrix", "transpose", transpose, normal(6, 2, 3), axes=[0, 1]),
    *[case(f"{times}", "repeat", repeat, normal(7, 2, 3), times=times) for times in (2, [2], [2, 1], [3, 1, 2], [0, 2], [])],
    case("along the first axis", "repeat", repeat, normal(7, 2, 3), times=3, axis=0),
    *[case(f"each, {times}", "repeat", repeat, normal(7, 2, 3), times=times, each=True) for times in (2, [2, 3], [2, 1, 2], 0)],
    case("each, the first axis", "repeat", repeat, normal(7, 2, 3), times=2, axis=0, each=True),
    *[case(f"{widths}, {value}", "pad", pad, cube, widths=widths, value=value) for value in (0.0, 2.5) for widths in ([[1, 2]], [[1, 0], [0, 1]], [[0, 1], [-1, 2], [0, -1]], [[0, 0], [0, 0], [0, 0]])],
    case("infinite", "pad", pad, torch.ones(2), widths=[[1, 2]], value=-inf),
    *[case(f"{mode}, {widths}", "pad", pad, normal(8, 2, 4), widths=widths, mode=mode) for mode in ("reflect", "replicate", "circular") for widths in ([[3, 2]], [[0, 0]], [[-1, 2]], [[2, -1]])],
    *[case(f"{mode}, {widths}, cut last", "pad", pad, normal(8, 2, 4), widths=widths, mode=mode) for mode, widths in (("reflect", [[3, -3]]), ("reflect", [[-4, 3]]), ("replicate", [[-4, 5]]), ("replicate", [[5, -6]]))],
    *[case(f"{mode}, two axes", "pad", pad, normal(9, 1, 3, 3), widths=[[1, 2], [2, 0]], mode=mode) for mode in ("reflect", "replicate", "circular")],
    *[case(f"axis {axis}, size {size}, step {step}", "windows", TORCH["windows"], cube, axis=axis, size=size, step=step) for axis, size, step in ((2, 2, 1), (0, 1, 3), (-2, 2, 1), (1, 3, 1), (1, 2, 5))],
    *[case(f"{options}", "unfold", unfold, image, **options) for options in ({"kernelSize": [3, 2], "stride": [2, 1]}, {"kernelSize": 2, "dilation": [3, 1]}, {"kernelSize": 3, "padding": [0, 2], "stride": 2})],
    case("no batch", "unfold", unfold, image[0], kernelSize=[2, 3], padding=1, stride=[2, 3]),
    *[case(f"{groups} groups", "groupNorm", group_norm, normal(10, 2, 4, 3), normal(11, 4), normal(12, 4), groups=groups) for groups in (1, 2, 4)],
    case("no bias", "groupNorm", group_norm, normal(10, 2, 4), normal(11, 4), None, groups=2, epsilon=0.1),
    case("no batch, images", "groupNorm", group_norm, torch.zeros(0, 4, 2, 2), None, None, groups=2),
    case("large and small", "groupNorm", group_norm, torch.tensor([[1e15, 2e15, 1e-15, 2e-15, 7, 7]]), None, None, groups=3),
    case("far from zero", "groupNorm", group_norm, normal(13, 1, 2, 8) + 1000, None, None, groups=1),
    *[case(f"p = {p}", "normalize", TORCH["normalize"], far[:4], p=p, axis=1) for p in (1, 2, 3, inf)],
    case("infinite", "normalize", TORCH["normalize"], far[4:], axis=-1),
    case("the first axis", "normalize", TORCH["normalize"], normal(14, 3, 2), axis=0, epsilon=2.0),
    case("zeros, small and large", "cosineSimilarity", TORCH["cosineSimilarity"], far[[0, 1, 3]], torch.tensor([[1.0, 2, 3], [1, 2, 3], [1e30, 1e-30, 1]])),
    case("that broadcast", "cosineSimilarity", TORCH["cosineSimilarity"], normal(15, 2, 1, 3), normal(16, 4, 3), axis=1),
    case("of nothing", "cosineSimilarity", TORCH["cosineSimilarity"], torch.zeros(2, 0), torch.zeros(2, 0)),
]

if __name__ == "__main__":
    write("shaping", CASES, (NAMES | FURTHER if "--all" in sys.argv else NAMES, convert, VARIANTS))
