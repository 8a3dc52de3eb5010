"""Attention, feed-forward layers, norms and blocks of drawn settings, written in PyTorch from the papers' formulas.

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
    "scale": [ABSENT, 0.3],
    "outputBias": [ABSENT, True, False],
    "headLayers": [ABSENT, "norm", "turnedFirst", "across", "perHead"],
    "valueNorm": [ABSENT, True],
    "contextNorm": [ABSENT, True],
    "gate": [ABSENT, True],
    "sinks": [ABSENT, True],
    "valuesFromKeys": [ABSENT, True],
    "alibi": [ABSENT, True],
}
FEED_FORWARD = {
    "dFeedForward": [ABSENT, 5],
    "activation": [ABSENT, "relu", "gelu", "geluTanh", "silu", "square"],
    "gated": [ABSENT, True],
    "bias": [ABSENT, False],
}
NORM = {
    "kind": ["layerNorm", "rmsNorm"],
    "epsilon": [ABSENT, 0.05],
    "weight": [ABSENT, False],
    "bias": [ABSENT, False],
    "offset": [ABSENT, 1],
}
BLOCK = {
    "kind": ["encoder", "decoder", "parallel"],
    "norm": [ABSENT, "pre", "post", "sandwich", "output"],
    "norms": [ABSENT, 1, 2],
    "normalization": [ABSENT, "layerNorm", "rmsNorm", "own"],
    "residualScale": [ABSENT, 0.22],
    "crossAttention": [ABSENT, True],
    "heads": [3],
    "dFeedForward": [7],
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


def normalize(path, x, given):
    """A layer norm centres x and may have a bias; an RMS norm does neither."""
    centred = given["kind"] == "layerNorm"
    y = x - x.mean(-1, keepdim=True) if centred else x
    default = 1e-5 if centred else 1e-6
    y = y / torch.sqrt((y * y).mean(-1, keepdim=True) + given.get("epsilon", default))
    if given.get("weight", True):
        y = y * (value_of(f"{path}weight", [x.shape[-1]]) + given.get("offset", 0))
    if centred and given.get("bias", True):
        y = y + value_of(f"{path}bias", [x.shape[-1]])
    return y


def norm(given):
    return normalize("", x_of("x", [BATCH, SEQ, D_MODEL]), given)


def rotate(x, positions, base=10_000.0, dimensions=None, interleaved=False):
    dimensions = dimensions or x.shape[-1]
    half = dimensions // 2
    turned, rest = x[..., :dimensions], x[..., dimensions:]
    frequencies = 1 / base ** (torch.arange(half).float() * 2 / dimensions)
    # Angles are products of float32 numbers, as in the published implementations.
    place = torch.tensor(positions, dtype=torch.float32)
    angles = (place[..., None] * frequencies).double()
    angles = angles[:, :, None, :] if angles.dim() == 3 else angles[None, :, None, :]
    cos, sin = torch.cos(angles), torch.sin(angles)
    if interleaved:
        first, second = turned[..., 0::2], turned[..., 1::2]
        pairs = torch.stack([first * cos - second * sin, second * cos + first * sin], -1).flatten(-2)
    else:
        first, second = turned[..., :half], turned[..., half:]
        pairs = torch.cat([first * cos - second * sin, second * cos + first * sin], -1)
    return torch.cat([pairs, rest], -1)


def block(given):
    """The published orders of sublayers, norms and sums."""
    x = x_of("x", [BATCH, SEQ, D_MODEL])
    kind = given.get("normalization", "layerNorm")
    of = {"kind": "rmsNorm", "offset": 1} if kind == "own" else {"kind": kind}
    scale = given.get("residualScale", 1)
    size = {"heads": given["heads"]}

    def norm_of(path):
        return lambda y: normalize(f"{path}.", y, of)

    def attend(path, **more):
        return lambda y: scale * attention(size | more, f"{path}.", y)

    def feed(y):
        return scale * feed_forward({"dFeedForward": given["dFeedForward"]}, "feedForward.", y)

    causal = {"causal": True} if given["kind"] != "encoder" else {}
    if given["kind"] == "parallel":
        first = norm_of("attentionNorm")(x)
        second = norm_of("feedForwardNorm")(x) if given.get("norms") == 2 else first
        return x + attend("attention", **causal)(first) + feed(second)
    layers = [("attention", attend("attention", **causal)), ("feedForward", feed)]
    if given.get("crossAttention"):
        layers.insert(1, ("crossAttention", attend("crossAttention", memory=True)))
    for path, layer in layers:
        first, second = norm_of(f"{path}Norm"), norm_of(f"{path}OutputNorm")
        x = {
            "pre": lambda: x + layer(first(x)),
            "post": lambda: first(x + layer(x)),
            "sandwich": lambda: x + scale * second(layer(first(x)) / scale),
            "output": lambda: x + scale * first(layer(x) / scale),
        }[given.get("norm", "post")]()
    return x


def norm_heads(path, y, kind):
    """A norm of queries or keys [batch, seq, heads, dim]: of each head, of all together, or of each with its own weight."""
    count, dim = y.shape[2:]
    if kind == "across":
        return normalize(f"{path}.norm.layer.", y.flatten(-2), {"kind": "rmsNorm"}).unflatten(-1, (count, dim))
    if kind == "perHead":
        plain = normalize("", y, {"kind": "layerNorm", "weight": False, "bias": False})
        return plain * torch.stack([value_of(f"{path}.norm.weights.{head}", [dim]) for head in range(count)])
    return normalize(f"{path}.norm.", y, {"kind": "rmsNorm"})


def slopes(heads):
    """The slopes of linear biases for 2 or 3 heads."""
    return {2: [2**-4, 2**-8], 3: [2**-4, 2**-8, 2**-2]}[heads]


def attention(given, path="", x=None):
    heads = given["heads"]
    dim = given.get("headDim", D_MODEL // heads)
    shared = given.get("keyValueHeads", heads)
    bias = given.get("bias", True)
    x = x_of("x", [BATCH, SEQ, D_MODEL]) if x is None else x
    source = x_of("memory", [BATCH, SOURCE, D_MODEL]) if given.get("memory") else x
    keys = source.shape[1]

    def project(name, y, count):
        return linear(path + name, y, D_MODEL, count * dim, bias).unflatten(-1, (count, dim))

    q, k = project("query", x, heads), project("key", source, shared)
    v = k if given.get("valuesFromKeys") else project("value", source, shared)
    layers = given.get("headLayers")
    turned = "rotary" in given and not given.get("memory")
    positions = POSITIONS[given["positions"]] if "positions" in given else list(range(SEQ))
    if turned and layers == "turnedFirst":
        q, k = (rotate(y, positions, **given["rotary"]) for y in (q, k))
    if layers:
        q, k = norm_heads(path + "queries", q, layers), norm_heads(path + "keys", k, layers)
    if turned and layers != "turnedFirst":
        q, k = (rotate(y, positions, **given["rotary"]) for y in (q, k))
    if given.get("valueNorm"):
        v = normalize("", v, {"kind": "rmsNorm", "weight": False})
    k, v = (y.repeat_interleave(heads // shared, 2) for y in (k, v))
    scores = torch.einsum("bqhd,bkhd->bhqk", q, k) * given.get("scale", 1 / math.sqrt(dim))
    if "softcap" in given:
        scores = given["softcap"] * torch.tanh(scores / given["softcap"])
    if given.get("scoreBias"):
        scores = scores + x_of("scoreBias", [1, heads, SEQ, keys])
    query_place = torch.arange(SEQ)[:, None] + keys - SEQ
    key_place = torch.arange(keys)[None, :]
    if given.get("alibi") and not given.get("memory"):
        scores = scores - torch.tensor(slopes(heads))[:, None, None] * (query_place - key_place)
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
    seen = scores.masked_fill(~visible, -math.inf)
    if given.get("sinks"):
        column = value_of(path + "sinks", [heads])[:, None, None].expand(*seen.shape[:3], 1)
        weights = torch.softmax(torch.cat([seen, column], -1), -1)[..., :-1]
    else:
        weights = torch.softmax(seen, -1).nan_to_num(0.0)
    context = torch.einsum("bhqk,bkhd->bqhd", weights, v).flatten(-2)
    if given.get("contextNorm"):
        context = normalize(f"{path}context.norm.layer.", context, {"kind": "layerNorm"})
    if given.get("gate"):
        context = context * torch.sigmoid(linear(path + "gate", x, D_MODEL, heads * dim, True))
    return linear(path + "output", context, heads * dim, D_MODEL, given.get("outputBias", bias))


def feed_forward(given, path="", x=None):
    inner, bias = given.get("dFeedForward", 4 * D_MODEL), given.get("bias", True)
    activate = {
        "relu": F.relu,
        "gelu": F.gelu,
        "geluTanh": lambda y: F.gelu(y, approximate="tanh"),
        "silu": F.silu,
        "square": torch.square,
    }[given.get("activation", "relu")]
    x = x_of("x", [BATCH, SEQ, D_MODEL]) if x is None else x
    up = linear(path + "up", x, D_MODEL, inner, bias)
    hidden = activate(linear(path + "gate", x, D_MODEL, inner, bias)) * up if given.get("gated") else activate(up)
    return linear(path + "down", hidden, inner, D_MODEL, bias)


def fits(given):
    """Whether the layer has these settings."""
    has = {
        "layerNorm": True,
        "rmsNorm": "bias" not in given,
        "encoder": not given.keys() & {"crossAttention", "norms"},
        "decoder": "norms" not in given,
        "parallel": not given.keys() & {"crossAttention", "norm"},
    }
    if given.get("sinks") and given.get("alibi"):  # linear biases are only right up to a shift of each row
        return False
    if given.get("headLayers") == "turnedFirst" and ("rotary" not in given or given.get("memory")):
        return False
    return has.get(given.get("kind"), True) and not (given.get("weight") is False and "offset" in given)


def main():
    chance = random.Random(12)
    cases = []
    kinds = (
        ("attention", ATTENTION, attention),
        ("feedForward", FEED_FORWARD, feed_forward),
        ("norm", NORM, norm),
        ("block", BLOCK, block),
    )
    for kind, settings, run in kinds:
        for given in draw(settings, chance, fits):
            numbers = [float(f"{x:.7g}") for x in run(given).flatten().tolist()]
            cases.append({"kind": kind, "given": given, "output": numbers})
    inputs = {"positions": POSITIONS, "padding": PADDING, "sizes": [BATCH, SEQ, SOURCE, D_MODEL]}
    (FOLDER.parent / "blocks" / "drawn.json").write_text(
        json.dumps({"inputs": inputs, "cases": cases}, separators=(",", ":")) + "\n"
    )
    print(f"{len(cases)} layers")


if __name__ == "__main__":
    main()
