"""Attention and feed-forward layers of drawn settings, written in PyTorch from the papers' formulas.

Every pair of settings meets at least once. Parameters are computed from their paths on both sides, as in
`drawn_models.py`.

    python test/reference/drawn_layers.py
"""

import json
import math
import random

import torch
import torch.nn.functional as F
from drawn_models import ABSENT, D_MODEL, FOLDER, draw, value_of

torch.set_default_dtype(torch.float64)

BATCH, SEQ, SOURCE = 2, 6, 4
ATTENTION = {
    "heads": [2, 3],
    "headDim": [ABSENT, 8],
    "keyValueHeads": [ABSENT, 1],
    "bias": [ABSENT, False],
    "window": [ABSENT, 1, 3],
    "softcap": [ABSENT, 0.8],
    "rotary": [ABSENT, {}, {"dimensions": 4}, {"interleaved": True}, {"base": 30.0, "dimensions": 2, "interleaved": True}],
    "positions": [ABSENT, "far", "rows"],
    "mask": [ABSENT, "causal", "padding", "heads"],
    "causal": [ABSENT, True],
    "scoreBias": [ABSENT, True],
    "memory": [ABSENT, True],
}
FEED_FORWARD = {
    "dFeedForward": [ABSENT, 5],
    "activation": [ABSENT, "relu", "gelu", "geluTanh", "silu", "square"],
    "gated": [ABSENT, True],
    "bias": [ABSENT, False],
}
POSITIONS = {
    "far": [10_007, 10_008, 12_000, 30_001, 65_537, 131_071],
    "rows": [[0, 1, 2, 3, 4, 5], [7, 9, 40, 41, 1000, 2]],
}
PADDING = {"self": [[1, 1, 1, 1, 0, 0], [0, 1, 1, 0, 1, 1]], "memory": [[1, 1, 0, 0], [0, 1, 1, 1]]}


def x_of(name, shape):
    return value_of(name, shape) * 3


def per_head(heads, keys):
    """1 and 0 for each head, query and key; no query is without keys."""
    places = torch.arange(heads * SEQ * keys).reshape(1, heads, SEQ, keys)
    return ((places * 7 % 5 < 3) | (places % keys == 0)).double()


def linear(path, x, inputs, outputs, bias):
    return F.linear(x, value_of(f"{path}.weight", [outputs, inputs]), value_of(f"{path}.bias", [outputs]) if bias else None)


def rotate(x, positions, base=10_000.0, dimensions=None, interleaved=False):
    dimensions = dimensions or x.shape[-1]
    half = dimensions // 2
    turned, rest = x[..., :dimensions], x[..., dimensions:]
    frequencies = base ** (-torch.arange(half) * 2 / dimensions)
    # Angles are products of float32 numbers, as in the published implementations.
    place = torch.tensor(positions, dtype=torch.float32)
    angles = (place[..., None] * frequencies.float()).double()
    angles = angles[:, :, None, :] if angles.dim() == 3 else angles[None, :, None, :]
    cos, sin = torch.cos(angles), torch.sin(angles)
    if interleaved:
        first, second = turned[..., 0::2], turned[..., 1::2]
        pairs = torch.stack([first * cos - second * sin, second * cos + first * sin], -1).flatten(-2)
    else:
        first, second = turned[..., :half], turned[..., half:]
        pairs = torch.cat([first * cos - second * sin, second * cos + first * sin], -1)
    return torch.cat([pairs, rest], -1)


def attention(given):
    heads = given["heads"]
    dim = given.get("headDim", D_MODEL // heads)
    shared = given.get("keyValueHeads", heads)
    bias = given.get("bias", True)
    x = x_of("x", [BATCH, SEQ, D_MODEL])
    source = x_of("memory", [BATCH, SOURCE, D_MODEL]) if given.get("memory") else x
    keys = source.shape[1]

    def project(name, y, count):
        return linear(name, y, D_MODEL, count * dim, bias).unflatten(-1, (count, dim))

    q, k, v = project("query", x, heads), project("key", source, shared), project("value", source, shared)
    if "rotary" in given and not given.get("memory"):
        positions = POSITIONS[given["positions"]] if "positions" in given else list(range(SEQ))
        q, k = (rotate(y, positions, **given["rotary"]) for y in (q, k))
    k, v = (y.repeat_interleave(heads // shared, 2) for y in (k, v))
    scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(dim)
    if "softcap" in given:
        scores = given["softcap"] * torch.tanh(scores / given["softcap"])
    if given.get("scoreBias"):
        scores = scores + x_of("scoreBias", [1, heads, SEQ, keys])
    query_place = torch.arange(SEQ)[:, None] + keys - SEQ
    key_place = torch.arange(keys)[None, :]
    visible = torch.ones(1, 1, SEQ, keys, dtype=torch.bool)
    if given.get("causal") or given.get("mask") == "causal":
        visible = visible & (key_place <= query_place)
    if "window" in given:
        visible = visible & ((query_place - key_place).abs() < given["window"])
    if given.get("mask") == "padding":
        padding = PADDING["memory" if given.get("memory") else "self"]
        visible = visible & torch.tensor(padding, dtype=torch.bool)[:, None, None, :]
    if given.get("mask") == "heads":
        visible = visible & (per_head(heads, keys) == 1)
    weights = torch.softmax(scores.masked_fill(~visible, -math.inf), -1).nan_to_num(0.0)
    context = torch.einsum("bhqk,bkhd->bqhd", weights, v).flatten(-2)
    return linear("output", context, heads * dim, D_MODEL, bias)


def feed_forward(given):
    inner, bias = given.get("dFeedForward", 4 * D_MODEL), given.get("bias", True)
    activate = {
        "relu": F.relu,
        "gelu": F.gelu,
        "geluTanh": lambda y: F.gelu(y, approximate="tanh"),
        "silu": F.silu,
        "square": torch.square,
    }[given.get("activation", "relu")]
    x = x_of("x", [BATCH, SEQ, D_MODEL])
    up = linear("up", x, D_MODEL, inner, bias)
    hidden = activate(linear("gate", x, D_MODEL, inner, bias)) * up if given.get("gated") else activate(up)
    return linear("down", hidden, inner, D_MODEL, bias)


def main():
    chance = random.Random(12)
    cases = []
    for kind, settings, run in (("attention", ATTENTION, attention), ("feedForward", FEED_FORWARD, feed_forward)):
        for given in draw(settings, chance, lambda drawn: True):
            numbers = [float(f"{x:.7g}") for x in run(given).flatten().tolist()]
            cases.append({"kind": kind, "given": given, "output": numbers})
    inputs = {"positions": POSITIONS, "padding": PADDING, "sizes": [BATCH, SEQ, SOURCE, D_MODEL]}
    (FOLDER.parent / "blocks" / "drawn.json").write_text(
        json.dumps({"inputs": inputs, "cases": cases}, separators=(",", ":")) + "\n"
    )
    print(f"{len(cases)} layers")


if __name__ == "__main__":
    main()
