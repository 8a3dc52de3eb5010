"""Models of drawn settings, written in PyTorch from the papers' formulas: every pair of settings meets at least once.

Parameters are not stored: both sides compute them from their paths (`value_of`), so that only settings and outputs are.

    python test/reference/drawn_models.py
"""

import itertools
import json
import math
import random
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

FOLDER = Path(__file__).parent.parent / "fixtures" / "models"
D_MODEL, VOCABULARY, CONTEXT, LAYERS = 12, 13, 40, 2
ABSENT = None  # the setting is left out, so that the library's default counts

COMMON = {
    "heads": [3],
    "headDim": [ABSENT, 6],
    "keyValueHeads": [ABSENT, 1],
    "dFeedForward": [ABSENT, 20],
    "activation": [ABSENT, "relu", "gelu", "geluTanh", "silu"],
    "gated": [ABSENT, True],
    "bias": [ABSENT, False],
    "norm": [ABSENT, "pre", "post"],
    "normalization": [ABSENT, "layerNorm", "rmsNorm"],
    "epsilon": [ABSENT, 0.05],
    "position": [ABSENT, "learned", "rotary", "sinusoidal", "sinusoidalHalves"],
    "rotaryBase": [ABSENT, 50.0],
    "embeddingScale": [ABSENT, 1.7],
}
SETTINGS = {
    "gpt": COMMON
    | {
        "tied": [ABSENT, False],
        "headBias": [ABSENT, True],
        "finalNorm": [ABSENT, True, False],
        "crossAttention": [ABSENT, True],
        "mask": [ABSENT, "left"],
        "positions": [ABSENT, "spread"],
    },
    "bert": COMMON
    | {
        "typeVocabSize": [ABSENT, 3],
        "embeddingNorm": [ABSENT, False],
        "head": [ABSENT, "maskedLanguageModel", "sequenceClass", "tokenClass", "questionAnswering"],
        "mask": [ABSENT, "right"],
        "types": [ABSENT, "mixed"],
        "positions": [ABSENT, "spread"],
    },
    "encoderDecoder": COMMON
    | {
        "decoderLayers": [ABSENT, 1],
        "decoderHeads": [ABSENT, 2],
        "decoderDFeedForward": [ABSENT, 9],
        "headBias": [ABSENT, True],
        "mask": [ABSENT, "right"],
        "memoryMask": [ABSENT, "own"],
    },
}
DEFAULTS = {
    "gpt": {"norm": "pre", "activation": "geluTanh", "position": "learned", "embeddingScale": 1},
    "bert": {
        "norm": "post",
        "activation": "gelu",
        "position": "learned",
        "embeddingScale": 1,
        "typeVocabSize": 2,
        "embeddingNorm": True,
        "epsilon": 1e-12,
    },
    "encoderDecoder": {
        "norm": "post",
        "activation": "relu",
        "position": "sinusoidal",
        "embeddingScale": math.sqrt(D_MODEL),
    },
}
IDS = [[1, 5, 2, 12, 7], [3, 3, 0, 11, 4]]
TARGETS = [[2, 9, 4], [8, 1, 6]]
MASKS = {"left": [[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]], "right": [[1, 1, 1, 1, 0], [1, 1, 0, 0, 0]]}
OWN_MEMORY_MASK = [[1, 0, 1, 1, 1], [0, 1, 1, 1, 0]]
TYPES = [[0, 1, 1, 0, 1], [1, 1, 0, 0, 0]]
POSITIONS = [3, 7, 8, 20, 39]
MEMORY_LENGTH = 4


def value_of(path, shape):
    """Numbers that differ from parameter to parameter, small enough for a model to stay in range."""
    start = sum((i + 1) * ord(letter) for i, letter in enumerate(path)) % 97
    wave = torch.sin(start + 1.7 * torch.arange(math.prod(shape), dtype=torch.float64)).reshape(shape)
    if len(shape) > 1:
        return (0.35 * wave).float().double()
    return (1 + 0.2 * wave if path.endswith("weight") else 0.1 * wave).float().double()


class Drawn:
    """One model of drawn settings."""

    def __init__(self, kind, given):
        self.kind = kind
        self.settings = {**DEFAULTS[kind], **given}

    def get(self, name, fallback=None):
        return self.settings.get(name, fallback)

    def linear(self, path, x, inputs, outputs, bias=True, weight=None):
        weight = value_of(f"{path}.weight", [outputs, inputs]) if weight is None else weight
        return F.linear(x, weight, value_of(f"{path}.bias", [outputs]) if bias else None)

    def norm(self, path, x):
        kind = self.get("normalization", "layerNorm")
        weight = value_of(f"{path}.weight", [D_MODEL])
        if kind == "rmsNorm":
            epsilon = self.get("epsilon", 1e-6)
            return x / torch.sqrt((x * x).mean(-1, keepdim=True) + epsilon) * weight
        return F.layer_norm(x, [D_MODEL], weight, value_of(f"{path}.bias", [D_MODEL]), self.get("epsilon", 1e-5))

    def activate(self, x):
        return {
            "relu": F.relu,
            "gelu": F.gelu,
            "geluTanh": lambda y: F.gelu(y, approximate="tanh"),
            "silu": F.silu,
        }[self.get("activation")](x)

    def rotate(self, x, positions):
        """x [batch, seq, heads, dim]: dimension i turns with dimension i + dim / 2."""
        half = x.shape[-1] // 2
        base = self.get("rotaryBase", 10000.0)
        frequencies = base ** (-torch.arange(half, dtype=torch.float64) * 2 / x.shape[-1])
        angles = (torch.tensor(positions, dtype=torch.float64)[:, None] * frequencies)[None, :, None, :]
        cos, sin = torch.cos(angles), torch.sin(angles)
        first, second = x[..., :half], x[..., half:]
        return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)

    def attention(self, path, x, source, heads, visible, positions=None):
        """visible [batch or 1, 1, query, key]; positions turn queries and keys of rotary self-attention."""
        dim = self.get("headDim", D_MODEL // heads)
        shared = self.get("keyValueHeads", heads)
        bias = self.get("bias", True)

        def project(name, y, count):
            return self.linear(f"{path}.{name}", y, D_MODEL, count * dim, bias).unflatten(-1, (count, dim))

        q, k, v = project("query", x, heads), project("key", source, shared), project("value", source, shared)
        if positions is not None and self.get("position") == "rotary":
            q, k = self.rotate(q, positions), self.rotate(k, positions)
        k, v = (y.repeat_interleave(heads // shared, 2) for y in (k, v))
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(dim)
        weights = torch.softmax(scores.masked_fill(~visible, -math.inf), -1).nan_to_num(0.0)
        context = torch.einsum("bhqk,bkhd->bqhd", weights, v).flatten(-2)
        return self.linear(f"{path}.output", context, heads * dim, D_MODEL, bias)

    def feed_forward(self, path, x, inner):
        bias = self.get("bias", True)
        up = self.linear(f"{path}.up", x, D_MODEL, inner, bias)
        if self.get("gated"):
            hidden = self.activate(self.linear(f"{path}.gate", x, D_MODEL, inner, bias)) * up
        else:
            hidden = self.activate(up)
        return self.linear(f"{path}.down", hidden, inner, D_MODEL, bias)

    def add(self, path, x, sublayer):
        if self.get("norm") == "pre":
            return x + sublayer(self.norm(path, x))
        return self.norm(path, x + sublayer(x))

    def block(self, path, x, heads, inner, visible, positions, memory=None, memory_visible=None):
        x = self.add(
            f"{path}.attentionNorm",
            x,
            lambda h: self.attention(f"{path}.attention", h, h, heads, visible, positions),
        )
        if memory is not None:
            x = self.add(
                f"{path}.crossAttentionNorm",
                x,
                lambda h: self.attention(f"{path}.crossAttention", h, memory, heads, memory_visible),
            )
        return self.add(f"{path}.feedForwardNorm", x, lambda h: self.feed_forward(f"{path}.feedForward", h, inner))

    def place(self, path, x, positions):
        kind = self.get("position")
        if kind == "rotary":
            return x
        if kind == "learned":
            return x + value_of(f"{path}.weight", [CONTEXT, D_MODEL])[positions]
        table = torch.zeros(len(positions), D_MODEL)
        for row, position in enumerate(positions):
            for pair in range(D_MODEL // 2):
                angle = position / 10000 ** (2 * pair / D_MODEL)
                halves = kind == "sinusoidalHalves"
                table[row, pair if halves else 2 * pair] = math.sin(angle)
                table[row, pair + D_MODEL // 2 if halves else 2 * pair + 1] = math.cos(angle)
        return x + table

    def embed(self, ids, embedding):
        return embedding[torch.tensor(ids)] * self.get("embeddingScale")

    def decode(self, prefix, ids, embedding, heads, layers, inner, positions, mask, memory, memory_visible):
        seq = len(ids[0])
        visible = torch.ones(seq, seq, dtype=torch.bool).tril()[None, None]
        if mask is not None:
            visible = visible & torch.tensor(mask, dtype=torch.bool)[:, None, None, :]
        x = self.place(f"{prefix}position", self.embed(ids, embedding), positions)
        for layer in range(layers):
            path = f"{prefix}blocks.{layer}"
            x = self.block(path, x, heads, inner, visible, positions, memory, memory_visible)
        if self.get("finalNorm", self.get("norm") == "pre"):
            x = self.norm(f"{prefix}norm", x)
        weight = embedding if self.get("tied", True) else None
        bias = self.get("headBias", False)
        return self.linear(f"{prefix}head.projection", x, D_MODEL, VOCABULARY, bias, weight)

    def encode(self, prefix, ids, embedding, heads, inner, positions, mask, types=None):
        seq = len(ids[0])
        visible = torch.ones(1, 1, seq, seq, dtype=torch.bool)
        if mask is not None:
            visible = visible & torch.tensor(mask, dtype=torch.bool)[:, None, None, :]
        x = self.embed(ids, embedding)
        if self.get("typeVocabSize"):
            kinds = types if types is not None else [[0] * seq] * len(ids)
            x = x + value_of(f"{prefix}types.weight", [self.get("typeVocabSize"), D_MODEL])[torch.tensor(kinds)]
        x = self.place(f"{prefix}position", x, positions)
        if self.get("embeddingNorm"):
            x = self.norm(f"{prefix}embeddingNorm", x)
        for layer in range(LAYERS):
            x = self.block(f"{prefix}blocks.{layer}", x, heads, inner, visible, positions)
        return self.norm(f"{prefix}norm", x) if self.get("norm") == "pre" else x

    def run(self):
        heads, inner = self.get("heads"), self.get("dFeedForward", 4 * D_MODEL)
        positions = POSITIONS if self.get("positions") else list(range(len(IDS[0])))
        mask = MASKS[self.get("mask")] if self.get("mask") else None
        if self.kind == "gpt":
            embedding = value_of("embedding.weight", [VOCABULARY, D_MODEL])
            memory = None
            if self.get("crossAttention"):
                memory = value_of("memory", [len(IDS), MEMORY_LENGTH, D_MODEL])
            seen = torch.ones(1, 1, 1, MEMORY_LENGTH, dtype=torch.bool)
            return self.decode("", IDS, embedding, heads, LAYERS, inner, positions, mask, memory, seen)
        if self.kind == "bert":
            types = TYPES if self.get("types") else None
            embedding = value_of("embedding.weight", [VOCABULARY, D_MODEL])
            return self.head(self.encode("", IDS, embedding, heads, inner, positions, mask, types), embedding)
        embedding = value_of("encoder.embedding.weight", [VOCABULARY, D_MODEL])
        memory = self.encode("encoder.", IDS, embedding, heads, inner, positions, mask)
        hidden = OWN_MEMORY_MASK if self.get("memoryMask") else mask
        seen = torch.ones(1, 1, 1, len(IDS[0]), dtype=torch.bool)
        if hidden is not None:
            seen = torch.tensor(hidden, dtype=torch.bool)[:, None, None, :]
        return self.decode(
            "decoder.",
            TARGETS,
            embedding,
            self.get("decoderHeads", heads),
            self.get("decoderLayers", LAYERS),
            self.get("decoderDFeedForward", inner),
            list(range(len(TARGETS[0]))),
            None,
            memory,
            seen,
        )

    def head(self, x, embedding):
        kind = self.get("head")
        if kind is None:
            return x
        if kind == "maskedLanguageModel":
            h = self.activate(self.linear("head.transform.dense", x, D_MODEL, D_MODEL))
            norm = [value_of(f"head.transform.norm.{part}", [D_MODEL]) for part in ("weight", "bias")]
            h = F.layer_norm(h, [D_MODEL], *norm, self.get("epsilon"))
            return self.linear("head.projection", h, D_MODEL, VOCABULARY, True, embedding)
        if kind == "sequenceClass":
            pooled = torch.tanh(self.linear("pooler.dense", x[:, 0], D_MODEL, D_MODEL))
            return self.linear("head.projection", pooled, D_MODEL, 3)
        return self.linear("head.projection", x, D_MODEL, 2 if kind == "questionAnswering" else 3)


def allowed(kind, given):
    """Settings that the library refuses together, for one would have no effect or does not fit."""
    if "rotaryBase" in given and given.get("position") != "rotary":
        return False
    if kind == "encoderDecoder" and given.get("decoderHeads") and given.get("keyValueHeads", 3) == 3:
        return "keyValueHeads" in given
    if given.get("position") == "rotary" and "headDim" not in given and D_MODEL // 3 % 2:
        return False
    return True


def plain(value):
    """A value that can be counted in a set."""
    return json.dumps(value)


def hashable(values):
    return {name: plain(value) for name, value in values.items()}


def draw(settings, chance, allowed):
    """Drawn settings until every pair of values that may meet has met."""
    pairs = {
        ((a, x), (b, y))
        for (a, xs), (b, ys) in itertools.combinations(settings.items(), 2)
        for x in map(plain, xs)
        for y in map(plain, ys)
    }
    chosen, idle = [], 0
    while pairs and idle < 3000:
        best = None
        for _ in range(60):
            values = {name: chance.choice(options) for name, options in settings.items()}
            given = {name: value for name, value in values.items() if value is not ABSENT}
            if not allowed(given):
                continue
            met = {pair for pair in itertools.combinations(hashable(values).items(), 2) if pair in pairs}
            if best is None or len(met) > len(best[1]):
                best = (given, met)
        if best is None or not best[1]:
            idle += 60
            continue
        chosen.append(best[0])
        pairs -= best[1]
    return chosen


def main():
    chance = random.Random(11)
    cases = []
    for kind in SETTINGS:
        for given in draw(SETTINGS[kind], chance, lambda drawn: allowed(kind, drawn)):
            output = Drawn(kind, given).run()
            numbers = [float(f"{x:.7g}") for x in output.flatten().tolist()]
            cases.append({"kind": kind, "given": given, "shape": list(output.shape), "output": numbers})
    inputs = {
        "ids": IDS,
        "targets": TARGETS,
        "masks": MASKS,
        "memoryMask": OWN_MEMORY_MASK,
        "types": TYPES,
        "positions": POSITIONS,
        "sizes": {"dModel": D_MODEL, "vocabSize": VOCABULARY, "contextLength": CONTEXT, "layers": LAYERS},
        "memoryLength": MEMORY_LENGTH,
    }
    (FOLDER / "drawn.json").write_text(json.dumps({"inputs": inputs, "cases": cases}, separators=(",", ":")) + "\n")
    print(f"{len(cases)} models")


if __name__ == "__main__":
    main()
