"""Losses and embedding as PyTorch has them: test/fixtures/tensor/losses.json. cases.py says what a case holds.

PyTorch has the classes on axis 1, we have them last: `moved` takes logits of ours to theirs.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parent.parent))

from cases import case, write
from tensor_fixture import inf, nan, normal

REDUCTIONS = ("none", "mean", "sum")


def moved(x):
    return x.movedim(-1, 1) if x.dim() > 2 else x


def of_targets(f):
    """Losses of classes; PyTorch has no gradient for the weights."""

    def run(x, targets, weight=None, ignoreIndex=-100, reduction="mean", labelSmoothing=None):
        soft = targets.is_floating_point()
        more = {} if labelSmoothing is None else {"label_smoothing": labelSmoothing}
        return f(moved(x), moved(targets) if soft else targets, weight=None if weight is None else weight.detach(), ignore_index=ignoreIndex, reduction=reduction, **more)

    return run


def divergence(x, target, reduction="mean", logTarget=False):
    return F.kl_div(x, target, reduction=reduction.lower(), log_target=logTarget)


def binary(x, target, weight=None, positiveWeight=None, reduction="mean"):
    constant = lambda w: None if w is None else w.detach()
    return F.binary_cross_entropy_with_logits(x, target, weight=constant(weight), pos_weight=constant(positiveWeight), reduction=reduction)


def contrastive(a, b, temperature=0.07, symmetric=False, similarity="cosine"):
    if similarity == "cosine":
        a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
    scores = a @ b.T / temperature
    own = torch.arange(len(a))
    loss = F.cross_entropy(scores, own)
    return (loss + F.cross_entropy(scores.T, own)) / 2 if symmetric else loss


def embedding(ids, weight, paddingIndex=None):
    return F.embedding(ids, weight, paddingIndex)


TORCH = {
    "crossEntropy": of_targets(F.cross_entropy), "negativeLogLikelihood": of_targets(F.nll_loss), "klDivergence": divergence,
    "meanSquaredError": F.mse_loss, "binaryCrossEntropy": binary, "embedding": embedding,
}
SAMPLED = {
    "nn.functional.cross_entropy": "crossEntropy", "nn.functional.nll_loss": "negativeLogLikelihood", "nn.functional.kl_div": "klDivergence",
    "nn.functional.mse_loss": "meanSquaredError", "nn.functional.binary_cross_entropy_with_logits": "binaryCrossEntropy", "nn.functional.embedding": "embedding",
}
OPTIONS = {"ignore_index": "ignoreIndex", "label_smoothing": "labelSmoothing", "log_target": "logTarget", "pos_weight": "positiveWeight", "padding_idx": "paddingIndex"}


def ours(operation: str, sample, _):
    options = {OPTIONS.get(key, key): value for key, value in sample.kwargs.items() if value is not None}
    if options.get("reduction") == "batchmean":
        options["reduction"] = "batchMean"
    x, args = sample.input, list(sample.args)
    if operation == "embedding":
        # A sparse gradient has the same numbers.
        options.pop("sparse", None)
        if set(options) - {"paddingIndex"}:
            return f"the options {sorted(set(options) - {'paddingIndex'})}"
        if options.get("paddingIndex", 0) < 0:
            options["paddingIndex"] += len(x)
        return embedding, [args[0], x], options
    if operation in ("crossEntropy", "negativeLogLikelihood") and x.dim() > 2:
        args = [moved_back(args[0]) if args[0].is_floating_point() else args[0]]
        x = moved_back(x)
    return TORCH[operation], [x, *args], options


def moved_back(x):
    return x.movedim(1, -1)


logits = normal(1, 4, 5)
hidden = torch.tensor([[0.5, -inf, 1], [2, 1, -inf], [90, 100, -90]])
deep = normal(2, 2, 3, 4)
weight = torch.tensor([0.5, 1, 2, 0, 1.5])
soft = torch.softmax(normal(3, 4, 5), -1)
targets = torch.tensor([1, -100, 3, 0])
vectors = normal(4, 5, 3), normal(5, 5, 3)
cross, likelihood = TORCH["crossEntropy"], TORCH["negativeLogLikelihood"]
none = torch.zeros(0, dtype=torch.long)

CASES = [
    *[case(f"smoothing {s}, {r}{', weighted' if w else ''}", "crossEntropy", cross, logits, targets, labelSmoothing=s, reduction=r, **({"weight": weight} if w else {})) for s in (0.1, 1.0) for r in REDUCTIONS for w in (False, True)],
    *[case(f"probabilities, smoothing {s}, {r}{', weighted' if w else ''}", "crossEntropy", cross, logits, soft, labelSmoothing=s, reduction=r, **({"weight": weight} if w else {})) for s in (0.0, 0.3) for r in REDUCTIONS for w in (False, True)],
    *[case(f"three axes, {r}", "crossEntropy", cross, deep, torch.tensor([[0, 3, 1], [2, 2, -100]]), reduction=r, labelSmoothing=s) for r in REDUCTIONS for s in (0.0, 0.2)],
    case("one row", "crossEntropy", cross, logits[0], torch.tensor(2), labelSmoothing=0.1),
    case("one row of probabilities", "crossEntropy", cross, logits[0], soft[0]),
    *[case(f"all ignored, {r}", "crossEntropy", cross, logits, torch.full((4,), -100), labelSmoothing=0.1, reduction=r) for r in REDUCTIONS],
    *[case(f"hidden classes, {r}", "crossEntropy", cross, hidden, torch.tensor([0, 1, 1]), labelSmoothing=0.1, reduction=r) for r in REDUCTIONS],
    *[case(f"no rows, {r}", "crossEntropy", cross, torch.zeros(0, 3), none, labelSmoothing=0.1, reduction=r) for r in REDUCTIONS],
    *[case(f"no rows of probabilities, {r}", "crossEntropy", cross, torch.zeros(0, 3), torch.zeros(0, 3), reduction=r) for r in REDUCTIONS],
    *[case(f"{r}{', weighted' if w else ''}", "negativeLogLikelihood", likelihood, logits, targets, reduction=r, **({"weight": weight} if w else {})) for r in REDUCTIONS for w in (False, True)],
    *[case(f"three axes, {r}", "negativeLogLikelihood", likelihood, deep, torch.tensor([[0, 3, 1], [2, 2, 1]]), ignoreIndex=1, reduction=r) for r in REDUCTIONS],
    *[case(f"impossible classes, {r}", "negativeLogLikelihood", likelihood, hidden, torch.tensor([1, 2, 2]), ignoreIndex=1, reduction=r) for r in REDUCTIONS],
    *[case(f"all ignored, {r}", "negativeLogLikelihood", likelihood, logits, torch.full((4,), -100), reduction=r) for r in REDUCTIONS],
    *[case(f"no rows, {r}", "negativeLogLikelihood", likelihood, torch.zeros(0, 3), none, reduction=r) for r in REDUCTIONS],
    *[case(f"probabilities, {r}", "klDivergence", divergence, torch.log_softmax(logits, -1), soft, reduction=r) for r in (*REDUCTIONS, "batchMean")],
    *[case(f"logarithms, {r}", "klDivergence", divergence, torch.log_softmax(logits, -1), soft.log(), logTarget=True, reduction=r) for r in (*REDUCTIONS, "batchMean")],
    *[case(f"nothing, {r}", "klDivergence", divergence, torch.zeros(0, 3), torch.zeros(0, 3), reduction=r) for r in (*REDUCTIONS, "batchMean")],
    case("one number", "klDivergence", divergence, torch.tensor(-0.5), torch.tensor(0.3), reduction="batchMean"),
    *[case(f"infinity and NaN, {r}", "meanSquaredError", F.mse_loss, torch.tensor([1.0, inf, nan]), torch.tensor([2.0, 1, 1]), reduction=r) for r in REDUCTIONS],
    *[case(f"nothing, {r}", "meanSquaredError", F.mse_loss, torch.zeros(0, 3), torch.zeros(0, 3), reduction=r) for r in REDUCTIONS],
    *[case(f"wide logits, {r}", "binaryCrossEntropy", binary, torch.tensor([-200.0, -30, -1, 0, 1, 30, 200, inf, -inf]), torch.tensor([0.0, 1, 0.5, 1, 0.25, 0, 1, 0, 1]), reduction=r) for r in REDUCTIONS],
    *[case(f"weights that broadcast, {r}", "binaryCrossEntropy", binary, deep, torch.sigmoid(normal(6, 2, 3, 4)), weight=torch.tensor([[1.0], [2], [0]]), positiveWeight=torch.tensor([1.0, 2, 3, 0.5]), reduction=r) for r in REDUCTIONS],
    *[case(f"nothing, {r}", "binaryCrossEntropy", binary, torch.zeros(0, 3), torch.zeros(0, 3), reduction=r) for r in REDUCTIONS],
    case("cosines", "contrastive", contrastive, *vectors),
    case("both ways", "contrastive", contrastive, *vectors, temperature=0.5, symmetric=True),
    case("products, with a learned temperature", "contrastive", contrastive, *vectors, temperature=torch.tensor([2.0]), symmetric=True, similarity="dot"),
    case("one pair", "contrastive", contrastive, vectors[0][:1], vectors[1][:1]),
    case("padding", "embedding", embedding, torch.tensor([[1, 0, 3], [3, 3, 1]]), normal(7, 4, 2), paddingIndex=3),
    case("padding that does not occur", "embedding", embedding, torch.tensor([[1, 0, 3]]), normal(7, 4, 2), paddingIndex=2),
    case("ids of three axes", "embedding", embedding, torch.tensor([[[1], [0]], [[3], [1]]]), normal(7, 4, 2)),
    case("one id", "embedding", embedding, torch.tensor(2), normal(7, 4, 2), paddingIndex=2),
    case("no ids", "embedding", embedding, none, normal(7, 4, 2)),
]

if __name__ == "__main__":
    write("losses", CASES, (SAMPLED, ours))
