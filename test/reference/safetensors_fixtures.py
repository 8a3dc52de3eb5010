"""Files as Python's safetensors writes them: test/fixtures/checkpoint/.

<name>.safetensors is the file; expected.json holds, for the dtypes file, every tensor's values as float32.
"""

import json

import numpy as np
import torch
from safetensors.torch import save

from common import FIXTURES

DIRECTORY = FIXTURES / "checkpoint"

DTYPES = {
    "f64": torch.float64,
    "f32": torch.float32,
    "f16": torch.float16,
    "bf16": torch.bfloat16,
    "i64": torch.int64,
    "i32": torch.int32,
    "i16": torch.int16,
    "i8": torch.int8,
    "u8": torch.uint8,
    "u16": torch.uint16,
    "u32": torch.uint32,
    "u64": torch.uint64,
    "bool": torch.bool,
}


def values_of(dtype: torch.dtype) -> torch.Tensor:
    """Values at the edges of each type: zeros, subnormals, largest, infinities, signs."""
    if dtype is torch.bool:
        return torch.tensor([True, False, True])
    if dtype.is_floating_point:
        limits = torch.finfo(dtype)
        edges = [0.0, -0.0, 1.0, -1.5, 0.1, limits.max, -limits.max, limits.tiny, limits.tiny / 8, 3.3e-8, 65519.0]
        return torch.tensor([*edges, float("inf"), float("-inf")], dtype=torch.float64).to(dtype)
    limits = torch.iinfo(dtype)
    return torch.from_numpy(np.array([0, 1, limits.min, limits.max, 100], dtype=str(dtype).removeprefix("torch.")))


def expected(tensor: torch.Tensor) -> list[float | str]:
    """JSON has no infinity: those and negative zero are written as text."""
    values = tensor.cpu().to(torch.float32).tolist() if tensor.dtype != torch.uint64 else tensor.numpy().astype("f4").tolist()
    return [str(value) if np.isinf(value) or (value == 0 and np.signbit(value)) else value for value in values]


def write(name: str, tensors: dict[str, torch.Tensor], metadata: dict[str, str] | None = None) -> None:
    (DIRECTORY / f"{name}.safetensors").write_bytes(save(tensors, metadata))


def numbers(*shape: int) -> torch.Tensor:
    return torch.arange(int(np.prod(shape)), dtype=torch.float32).reshape(shape) / 7


if __name__ == "__main__":
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    dtypes = {name: values_of(dtype) for name, dtype in DTYPES.items()}
    write("dtypes", dtypes)
    values = {name: expected(tensor) for name, tensor in dtypes.items()}
    (DIRECTORY / "expected.json").write_text(json.dumps(values, indent=1) + "\n")

    write("empty", {})
    write("empty-metadata", {"a": numbers(2)}, {})
    write("metadata", {"b": numbers(2, 3), "a": numbers(4)}, {"format": "pt"})
    write("shapes", {"scalar": numbers(), "none": numbers(0), "hollow": numbers(3, 0, 2), "deep": numbers(1, 2, 1, 3)})
    names = ["__proto__", "constructor", "toString", "10", "9", "é", "\uffff", "\U0001f600", 'quote"\\', "\n\t\b\f\r\x01\x1f\x7f", ""]
    write("names", {name: numbers(1, index) for index, name in enumerate(names)}, {'k"ey': "vålue\n\u2028"})
