"""How NumPy prints float32 arrays: test/fixtures/tensor/printed.json.

Each case is a shape and its numbers (text for those that JSON does not have), or `step`: number i is then i * step in
float32. `text` is what numpy.array2string gives with NumPy's own settings.
"""

import numpy as np

from common import FIXTURES, write_json


NAMES = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "-0.0": "-0"}


def spelled(x: np.float32):
    return NAMES.get(str(x), float(x))


def case(shape, numbers):
    array = np.asarray(numbers, dtype=np.float32).reshape(shape)
    return {"shape": [int(n) for n in shape], "data": [spelled(x) for x in array.ravel()], "text": np.array2string(array)}


def large(shape, step):
    array = (np.arange(np.prod(shape), dtype=np.float64) * step).astype(np.float32).reshape(shape)
    return {"shape": list(shape), "step": step, "text": np.array2string(array)}


def cases():
    nan, inf = float("nan"), float("inf")
    yield case((), [5])
    yield case((), [0.1])
    yield case((), [nan])
    yield case((0,), [])
    yield case((2, 0, 3), [])
    yield case((3,), [1, 2, 3])
    yield case((2, 3), [1, -2.5, 3.25, 0, -0.0, 100])
    yield case((4,), [nan, inf, -inf, 1.5])
    yield case((3,), [nan, inf, nan])
    yield case((2,), [nan, -inf])
    yield case((2,), [nan, nan])
    yield case((3,), [1e8, 1, 2])
    yield case((3,), [99999992, 1, 1e5])
    yield case((3,), [1e-4, 1e-3, 0.01])
    yield case((3,), [9.9e-5, 1e-3, 0])
    yield case((3,), [1000, 1, 0])
    yield case((3,), [1001, 1, 0])
    yield case((4,), [1e-45, 3.4028235e38, -1e-38, nan])
    yield case((4,), [0.001953125, 0.005859375, 0.123456789, 0.1])
    yield case((2,), [0.0078125 / 4 + 0.25, 16777217])
    yield case((2, 2, 2, 2), range(16))
    yield case((1, 1, 1), [7])
    yield case((25,), [i / 7 for i in range(25)])
    yield case((2, 30), [(-1) ** i * i / 3 for i in range(60)])
    yield case((3, 40), [2.0**i for i in range(-60, 60)])
    yield large((1001,), 0.5)
    yield large((1000,), 0.25)
    yield large((40, 50), 0.125)
    yield large((2, 700), 1)
    yield large((700, 2), 1e-3)
    yield large((8, 9, 10, 11), 1 / 3)
    yield large((2000, 3, 1), 1e6)
    random = np.random.default_rng(11)
    for _ in range(60):
        shape = tuple(random.integers(1, 6, size=random.integers(1, 4)))
        scale = 10.0 ** random.uniform(-12, 12)
        spread = random.uniform(0, 4)
        numbers = random.normal(size=shape) * scale * 10 ** (random.normal(size=shape) * spread * (random.random() < 0.3))
        if random.random() < 0.4:
            numbers = np.round(numbers, random.integers(0, 4))
        if random.random() < 0.2:
            numbers.flat[0] = random.choice([nan, inf, -inf])
        yield case(shape, numbers)
    for exponent in range(-149, 128, 7):
        yield case((2,), [2.0**exponent, -(2.0**exponent) * 1.5])


if __name__ == "__main__":
    with np.errstate(over="ignore"):
        write_json(FIXTURES / "tensor" / "printed.json", list(cases()))
