"""Makes test/fixtures/checkpoint/*.gguf by the package gguf, and what its own reader finds in them: gguf.json.

Run: python gguf_files.py
"""

import json
import math
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFValueType as Value

FOLDER = Path(__file__).parents[2] / "fixtures" / "checkpoint"
DECODED = ["F32", "F16", "BF16", "F64", "I8", "I16", "I32", "I64", "Q8_0", "Q4_0"]


def write(name, fill, alignment=None):
    writer = gguf.GGUFWriter(FOLDER / name, "test")
    if alignment:
        writer.add_custom_alignment(alignment)
    fill(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def values(writer):
    """Every type of value, at its edges, alone and in arrays."""
    for bits in (8, 16, 32, 64):
        writer.add_key_value(f"uint{bits}", 2**bits - 1, Value[f"UINT{bits}"])
        writer.add_key_value(f"int{bits}", -(2 ** (bits - 1)), Value[f"INT{bits}"])
    writer.add_key_value("uint64.exact", 2**53 - 1, Value.UINT64)
    writer.add_float32("float32", 0.1)
    writer.add_float64("float64", 0.1)
    writer.add_key_value("float32.infinite", -math.inf, Value.FLOAT32)
    writer.add_bool("yes", True)
    writer.add_bool("no", False)
    writer.add_key_value("text", "\ufeffé\u0000 \U0001f600\n", Value.STRING)
    writer.add_key_value("text.empty", "", Value.STRING)
    writer.add_key_value("__proto__", "own", Value.STRING)
    for name, sub, numbers in [
        ("uint8", Value.UINT8, [0, 255]), ("int8", Value.INT8, [-128, 127]), ("uint16", Value.UINT16, [1, 65535]), ("int16", Value.INT16, [-32768]),
        ("uint32", Value.UINT32, [2**32 - 1]), ("int32", Value.INT32, [-(2**31), 7]), ("float32", Value.FLOAT32, [0.5, -1.25]), ("bool", Value.BOOL, [True, False]),
        ("string", Value.STRING, ["", "a", "\u2581the"]), ("uint64", Value.UINT64, [2**64 - 1, 3]), ("int64", Value.INT64, [-(2**63)]), ("float64", Value.FLOAT64, [1e300]),
    ]:  # fmt: skip
        writer.add_key_value(f"array.{name}", numbers, Value.ARRAY, sub_type=sub)
    writer.add_key_value("array.nested", [[["a"], ["b", "c"]], [["d"]]], Value.ARRAY, sub_type=Value.ARRAY)


def every_type(writer):
    """A tensor of every type; those without decoder hold bytes that mean nothing."""
    random = np.random.default_rng(3)
    for kind in Type:
        block, size = gguf.GGML_QUANT_SIZES[kind]
        x = (random.standard_normal((2, 3, 64)) * 3).astype(np.float32)
        if kind in (Type.F32, Type.F16, Type.F64):
            data = x.astype({"F32": np.float32, "F16": np.float16, "F64": np.float64}[kind.name])
            data.flat[:4] = [0.0, -0.0, np.inf, 6e-8]
            writer.add_tensor(kind.name, data)
        elif kind.name.startswith("I") and kind.name[1:].isdigit():
            writer.add_tensor(kind.name, (x * 30).astype(f"int{kind.name[1:]}"))
        elif kind in (Type.BF16, Type.Q8_0, Type.Q4_0):
            writer.add_tensor(kind.name, gguf.quantize(x, kind), raw_dtype=kind)
        else:
            writer.add_tensor(kind.name, random.integers(0, 256, (3, size), dtype=np.uint8), raw_dtype=kind)


def shapes(writer):
    writer.add_tensor("one", np.float32([1.5]))
    writer.add_tensor("deep", np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4))
    writer.add_tensor("\u00e9 name", np.arange(6, dtype=np.float32).reshape(2, 3))


def found(name):
    """What the package's own reader finds, as JSON can say it."""
    reader = gguf.GGUFReader(FOLDER / name)
    plain = lambda value: [plain(item) for item in value] if isinstance(value, list) else str(value) if isinstance(value, float) and not math.isfinite(value) or isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53 else value
    tensors = {}
    for tensor in reader.tensors:
        kind = tensor.tensor_type
        entry = {"dtype": kind.name, "shape": [int(length) for length in reversed(tensor.shape)], "offset": int(tensor.data_offset), "bytes": int(tensor.n_bytes)}
        if kind.name in DECODED:
            numbers = gguf.dequantize(tensor.data, kind) if kind.name in ("BF16", "Q8_0", "Q4_0") else tensor.data
            entry["values"] = [plain(float(np.float32(number))) for number in numbers.flatten()]
        tensors[tensor.name] = entry
    metadata = [[key, plain(field.contents())] for key, field in reader.fields.items() if not key.startswith("GGUF.") and key != "array.nested"]
    return {"metadata": metadata, "tensors": tensors}


def main():
    for name, fill, alignment in [("values.gguf", values, None), ("types.gguf", every_type, None), ("shapes.gguf", shapes, 64)]:
        write(name, fill, alignment)
    version = bytearray((FOLDER / "shapes.gguf").read_bytes())
    version[4] = 2
    (FOLDER / "version-2.gguf").write_bytes(version)
    result = {path.name: found(path.name) for path in sorted(FOLDER.glob("*.gguf"))}
    (FOLDER / "gguf.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
