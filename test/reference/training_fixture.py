"""PyTorch's clip_grad_norm_, AdamW and cross entropy where batches count differently: test/fixtures/training/*.json.

`clip.json`: gradients of tiny and ordinary norms before and after clip_grad_norm_. `steps.json`: a linear classifier of
3 features and 5 classes trained by AdamW with clipping; each step takes one batch that is the concatenation of two, of
which targets of -100 are ignored. Entries: plain, with class weights, with a frozen bias, and with a bias that has no
gradient in the second step.
"""

import torch

from common import FIXTURES, write_json

DIRECTORY = FIXTURES / "training"
# (features, targets that count) of the two halves of each step.
SIZES = [((8, 6), (3, 1)), ((4, 4), (6, 2)), ((5, 0), (5, 3))]
OPTIONS = {"lr": 0.05, "betas": (0.8, 0.99), "eps": 1e-8, "weight_decay": 0.1}
CLIP = 0.5


def numbers(tensor: torch.Tensor):
    return tensor.detach().tolist()


def clip_cases():
    generator = torch.Generator().manual_seed(3)
    cases = []
    for norm, limit in [(1e-9, 1e-9), (1e-7, 5e-7), (3e-7, 1e-7), (1e-6, 1e-6), (2e-6, 1e-6), (1e-4, 1e-4), (5.0, 1.0), (0.5, 1.0)]:
        given = [torch.randn(size, generator=generator) for size in (3, 2)]
        length = torch.cat(given).norm()
        parameters = [torch.nn.Parameter(torch.zeros(len(one))) for one in given]
        for parameter, one in zip(parameters, given):
            parameter.grad = one * norm / length
        before = [numbers(parameter.grad) for parameter in parameters]
        total = torch.nn.utils.clip_grad_norm_(parameters, limit)
        cases.append({"maxNorm": limit, "norm": total.item(), "before": before, "after": [numbers(p.grad) for p in parameters]})
    return cases


def halves(generator: torch.Generator):
    def half(rows: int, counted: int):
        x = torch.randn(rows, 3, generator=generator)
        targets = torch.randint(0, 5, (rows,), generator=generator)
        hidden = torch.randperm(rows, generator=generator)[: rows - counted]
        targets[hidden] = -100
        return x, targets

    return [tuple(half(*size) for size in sizes) for sizes in SIZES]


def train(steps, start, *, class_weight=None, frozen=False, skipped=None):
    model = torch.nn.Linear(3, 5)
    model.load_state_dict(start)
    model.bias.requires_grad_(not frozen)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], **OPTIONS)
    reports = []
    for index, step in enumerate(steps):
        x, targets = (torch.cat(part) for part in zip(*step))
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(x), targets, weight=class_weight)
        loss.backward()
        if index == skipped:
            model.bias.grad = None
        trained = [p for p in model.parameters() if p.grad is not None]
        norm = torch.nn.utils.clip_grad_norm_(trained, CLIP)
        optimizer.step()
        reports.append({"loss": loss.item(), "norm": norm.item(), "weight": numbers(model.weight), "bias": numbers(model.bias)})
    return reports


if __name__ == "__main__":
    write_json(DIRECTORY / "clip.json", clip_cases())
    torch.manual_seed(5)
    start = torch.nn.Linear(3, 5).state_dict()
    steps = halves(torch.Generator().manual_seed(7))
    class_weight = torch.tensor([0.5, 2.0, 1.0, 0.25, 3.0])
    write_json(
        DIRECTORY / "steps.json",
        {
            "options": OPTIONS,
            "clip": CLIP,
            "classWeight": numbers(class_weight),
            "start": {name: numbers(value) for name, value in start.items()},
            "steps": [[{"x": numbers(x), "targets": numbers(targets)} for x, targets in step] for step in steps],
            "plain": train(steps, start),
            "weighted": train(steps, start, class_weight=class_weight),
            "frozen": train(steps, start, frozen=True),
            "skipped": train(steps, start, skipped=1),
        },
    )
