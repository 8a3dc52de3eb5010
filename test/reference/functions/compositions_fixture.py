"""What transformers are composed of, in PyTorch: test/fixtures/tensor/compositions.json.

Attention before and after a norm, gated feed-forward, grouped heads with rotary positions, cross attention, a mixture of
experts, latent attention, ALiBi, a relative bias, layer scale, and the losses of a GPT with tied embeddings and of an
encoder and decoder. Each as a function of its tensors, written out. cases.py says what a case holds.
"""

import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parent.parent))

from cases import case, write
from tensor_fixture import normal

BATCH, SEQ, WIDTH, HEADS, VOCABULARY = 2, 3, 8, 2, 7
IDS = torch.tensor([[1, 4, 2], [6, 0, 3]])
TARGETS = torch.tensor([[4, 2, 5], [0, 3, 6]])


def attend(q, k, v, heads, causal=False, bias=0.0):
    """[batch, seq, width] each; k and v may have fewer heads."""
    q, k, v = (each.unflatten(-1, (-1, WIDTH // HEADS)).transpose(1, 2) for each in (q, k, v))
    k, v = (each.repeat_interleave(heads // each.shape[1], 1) for each in (k, v))
    scores = q @ k.mT / math.sqrt(q.shape[-1]) + bias
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf)
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


def self_attention(x, wq, wk, wv, wo, causal=True, bias=0.0):
    return F.linear(attend(F.linear(x, wq), F.linear(x, wk), F.linear(x, wv), HEADS, causal, bias), wo)


def layer_norm(x, weight, bias):
    return F.layer_norm(x, (WIDTH,), weight, bias)


def pre_norm(x, weight, bias, *weights):
    return x + self_attention(layer_norm(x, weight, bias), *weights)


def post_norm(x, weight, bias, *weights):
    return layer_norm(x + self_attention(x, *weights), weight, bias)


def gated_feed_forward(x, gate, up, down):
    return F.linear(F.silu(F.linear(x, gate)) * F.linear(x, up), down)


def rotate(x):
    """[batch, seq, heads * 4], the halves of a head in pairs."""
    half = WIDTH // HEADS // 2
    angles = torch.arange(SEQ).double()[:, None] * 10_000.0 ** (-torch.arange(half).double() / half)
    heads = x.unflatten(-1, (-1, 2 * half))
    a, b = heads[..., :half], heads[..., half:]
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).flatten(2)


def grouped_rotary(x, wq, wk, wv, wo):
    q, k, v = F.linear(x, wq), F.linear(x, wk), F.linear(x, wv)
    return F.linear(attend(rotate(q), rotate(k), v, HEADS, True), wo)


def cross_attention(x, memory, wq, wk, wv, wo):
    return F.linear(attend(F.linear(x, wq), F.linear(memory, wk), F.linear(memory, wv), HEADS), wo)


def mixture_of_experts(x, router, up, down):
    """x [tokens, width], the two best of the experts up [experts, hidden, width], down [experts, width, hidden]."""
    values, experts = F.linear(x, router).topk(2)
    shares = values.softmax(-1)
    of_all = torch.stack([F.linear(F.relu(F.linear(x, a)), b) for a, b in zip(up, down)], 1)
    return (shares[..., None] * of_all.gather(1, experts[..., None].expand(-1, -1, WIDTH))).sum(1)


def latent_attention(x, wq, compress, norm, wk, wv, wo):
    latent = F.rms_norm(F.linear(x, compress), (compress.shape[0],), norm, 1e-6)
    return F.linear(attend(F.linear(x, wq), F.linear(latent, wk), F.linear(latent, wv), HEADS, True), wo)


def alibi(x, *weights):
    slopes = torch.tensor([2.0 ** -4, 2.0 ** -8]).double()
    place = torch.arange(SEQ)
    return self_attention(x, *weights, bias=slopes[:, None, None] * (place[None, :] - place[:, None]))


def relative_bias(x, table, *weights):
    """table [5, heads]: a number for the distances −2 to 2."""
    place = torch.arange(SEQ)
    bias = table[(place[None, :] - place[:, None]).clamp(-2, 2) + 2].permute(2, 0, 1)
    return self_attention(x, *weights, causal=False, bias=bias)


def layer_scale(x, scale, gate, up, down):
    return x + scale * gated_feed_forward(x, gate, up, down)


def tied_gpt_loss(embeddings, positions, weight, bias, *weights):
    x = pre_norm(F.embedding(IDS, embeddings) + positions, weight, bias, *weights)
    return F.cross_entropy(F.linear(layer_norm(x, weight, bias), embeddings).flatten(0, 1), TARGETS.flatten())


def encoder_decoder_loss(embeddings, weight, bias, *weights):
    encoder, decoder, cross = weights[:4], weights[4:8], weights[8:]
    source = F.embedding(TARGETS, embeddings)
    memory = layer_norm(source + self_attention(source, *encoder, causal=False), weight, bias)
    x = F.embedding(IDS, embeddings)
    x = x + self_attention(x, *decoder)
    x = layer_norm(x + cross_attention(x, memory, *cross), weight, bias)
    return F.cross_entropy(F.linear(x, embeddings).flatten(0, 1), TARGETS.flatten())


def drawn(*shapes):
    return [normal(i + 11, *shape) * (1.0 if len(shape) == 1 else 0.6) for i, shape in enumerate(shapes)]


X = (BATCH, SEQ, WIDTH)
NORM = [(WIDTH,), (WIDTH,)]
SQUARE = (WIDTH, WIDTH)
SHAPES = {
    pre_norm: [X, *NORM, *[SQUARE] * 4],
    post_norm: [X, *NORM, *[SQUARE] * 4],
    gated_feed_forward: [X, (12, WIDTH), (12, WIDTH), (WIDTH, 12)],
    grouped_rotary: [X, SQUARE, (4, WIDTH), (4, WIDTH), SQUARE],
    cross_attention: [X, (BATCH, 4, WIDTH), *[SQUARE] * 4],
    mixture_of_experts: [(5, WIDTH), (3, WIDTH), (3, 6, WIDTH), (3, WIDTH, 6)],
    latent_attention: [X, SQUARE, (5, WIDTH), (5,), (WIDTH, 5), (WIDTH, 5), SQUARE],
    alibi: [X, *[SQUARE] * 4],
    relative_bias: [X, (5, HEADS), *[SQUARE] * 4],
    layer_scale: [X, (WIDTH,), (6, WIDTH), (6, WIDTH), (WIDTH, 6)],
    tied_gpt_loss: [(VOCABULARY, WIDTH), (SEQ, WIDTH), *NORM, *[SQUARE] * 4],
    encoder_decoder_loss: [(VOCABULARY, WIDTH), *NORM, *[SQUARE] * 12],
}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


if __name__ == "__main__":
    write("compositions", [case("written out", camel(f.__name__), f, *drawn(*shapes)) for f, shapes in SHAPES.items()])
