"""Products as PyTorch has them: test/fixtures/tensor/products.json: einsum, outer, convolutions, matmul, linear.

The cases are PyTorch's own sample inputs (`op_db`), the small ones, and: equations drawn at random, every rule of the
notation at least once; convolutions of every kind. cases.py says what a case holds.
"""

import random
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parent.parent))

from cases import case, write
from tensor_fixture import normal

NAMES = {
    "einsum": "einsum", "outer": "outer", "nn.functional.conv1d": "conv1d", "nn.functional.conv2d": "conv2d",
    "matmul": "matmul", "mm": "matmul", "bmm": "matmul", "mv": "matmul", "dot": "matmul", "vdot": "matmul",
    "__rmatmul__": "matmul", "nn.functional.linear": "linear",
}
CONVOLVED = {"conv1d": F.conv1d, "conv2d": F.conv2d}


def convert(operation: str, sample, name: str):
    tensors = [sample.input, *sample.args]
    if operation == "einsum":
        return torch.einsum, [sample.args[0], *sample.input], {}
    if operation in CONVOLVED:
        return CONVOLVED[operation], [sample.input, *sample.args], dict(sample.kwargs)
    if name == "__rmatmul__":
        tensors.reverse()
    return {"outer": torch.outer, "matmul": torch.matmul, "linear": F.linear}[operation], tensors, {}


EQUATIONS = [
    ("ii", (3, 3)), ("ii->i", (3, 3)), ("iii->i", (2, 2, 2)), ("ijij->ji", (2, 3, 2, 3)), ("i...i->...", (2, 3, 2)),
    ("ba", (2, 3)), ("bA", (2, 3)), ("...", (2, 3)), ("...ij->...ji", (2, 3, 2)), ("->", ()), (",->", (), ()),
    (",i->i", (), (3,)), ("i,i,i->i", (3,), (3,), (3,)), ("ij,ij->", (2, 3), (2, 3)), ("ij,ij->", (2, 3), (1, 3)),
    ("ij,ij->ij", (2, 1), (1, 3)), ("ij,jk->ik", (2, 0), (0, 3)), ("ij,jk->ik", (0, 2), (2, 3)), ("ij->j", (0, 3)),
    ("...i,...i->...", (2, 1, 3), (2, 3)), ("...i,...i", (2, 1, 3), (2, 3)), ("a...,a...->a...", (2, 1), (2, 3)),
    ("i...,i...", (2, 3), (2, 3)), ("ij,jk->ki", (2, 3), (3, 2)), ("ij,kj->ki", (2, 3), (2, 3)),
    ("ji,jk->ik", (3, 2), (3, 2)), (" i j , j k -> i k ", (2, 3), (3, 2)), ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
    ("bqhd,bkhd->bhqk", (1, 2, 2, 3), (1, 3, 2, 3)), ("bhqk,bkhd->bqhd", (1, 2, 2, 3), (1, 3, 2, 2)),
    ("ik,jkl,il->ij", (2, 3), (2, 3, 2), (2, 2)), ("ij,jk,kl,lm->im", (2, 3), (3, 2), (2, 3), (3, 2)),
    ("ab,bc,ca->", (2, 3), (3, 2), (2, 2)), ("ab,cd->", (2, 3), (2, 2)), ("ab,bc->", (2, 3), (3, 2)),
    ("a,b,c,d,e,f,g->gfedcba", (1,), (2,), (1,), (2,), (2,), (1,), (2,)), ("ab,ab,c->c", (2, 2), (2, 2), (2,)),
    ("a,a,a,a,a,a,a,b->b", *[(2,)] * 8), ("ea,fb,abcd,gc,hd->efgh", *[(2, 2)] * 2, (2, 2, 2, 2), *[(2, 2)] * 2),
]


def drawn_equations(count: int):
    """Equations of every rule: repeated letters, sizes that broadcast, ellipses, no arrow."""
    draw = random.Random(1)
    while count > 0:
        sizes = {letter: draw.choice([1, 2, 2, 3]) for letter in "abcdAB"}
        pool = draw.sample(list(sizes), draw.randint(2, 4))
        terms, shapes = [], []
        dots = draw.random() < 0.3
        for _ in range(draw.choice([1, 2, 2, 3, 3, 4, 7])):
            term = [draw.choice(pool) for _ in range(draw.randint(0, 3))]
            shape = [1 if draw.random() < 0.1 and term.count(each) == 1 else sizes[each] for each in term]
            if dots and draw.random() < 0.6:
                place, hidden = draw.randint(0, len(term)), [draw.choice([2, 2, 1]), 3][draw.randint(0, 2):]
                term.insert(place, "...")
                shape[place:place] = hidden
            terms.append("".join(term))
            shapes.append(tuple(shape))
        letters = sorted(set("".join(terms)) - {"."})
        output = draw.sample(letters, draw.randint(0, len(letters)))
        if dots and draw.random() < 0.8:
            output.insert(draw.randint(0, len(output)), "...")
        equation = ",".join(terms) + ("->" + "".join(output) if draw.random() < 0.7 else "")
        if all(torch.Size(shape).numel() <= 18 for shape in shapes) and torch.einsum(equation, *map(torch.zeros, shapes)).numel() <= 36:
            count -= 1
            yield equation, *shapes


def convolved(name: str, *shapes, bias: bool = True, **options) -> dict:
    operation = "conv1d" if len(shapes[1]) == 3 else "conv2d"
    x, weight = (normal(i + 1, *shape) for i, shape in enumerate(shapes))
    b = [normal(3, shapes[1][0])] if bias else [None] if options else []
    return case(name, operation, CONVOLVED[operation], x, weight, *b, **options)


CASES = [
    *[case(f"{equation} of {list(shapes)}", "einsum", torch.einsum, equation, *[normal(i + 1, *shape) for i, shape in enumerate(shapes)]) for equation, *shapes in [*EQUATIONS, *drawn_equations(30)]],
    case("nothing", "outer", torch.outer, torch.zeros(0), normal(1, 3)),
    convolved("one element", (1, 1, 1), (1, 1, 1)),
    convolved("no images", (0, 2, 5), (3, 2, 3)),
    convolved("a stride that leaves some out", (2, 2, 8), (3, 2, 3), stride=3),
    convolved("a stride longer than the kernel", (1, 2, 9), (2, 2, 2), stride=4, bias=False),
    convolved("padding wider than x", (1, 1, 2), (1, 1, 2), padding=4),
    convolved("a pair for one axis", (1, 2, 5), (2, 2, 3), stride=(2,), padding=(1,), dilation=(1,)),
    *[convolved(f"same, kernel {k}, dilation {d}", (2, 2, 6), (2, 2, k), padding="same", dilation=d) for k in (1, 2, 3, 4) for d in (1, 2)],
    convolved("depthwise", (2, 4, 5), (4, 1, 3), padding=1, groups=4),
    convolved("depthwise, several outputs each", (1, 3, 6), (6, 1, 2), groups=3, stride=2, dilation=2),
    convolved("two groups", (2, 4, 4), (6, 2, 3), groups=2, padding=1),
    convolved("no images", (0, 2, 4, 4), (3, 2, 3, 3), padding=1),
    convolved("patches that do not overlap", (1, 2, 4, 6), (3, 2, 2, 3), stride=(2, 3)),
    convolved("all different", (1, 2, 5, 7), (2, 2, 2, 3), stride=(1, 2), padding=(2, 1), dilation=(2, 1)),
    convolved("same, odd and even", (1, 1, 4, 5), (2, 1, 2, 4), padding="same", dilation=(1, 2)),
    convolved("depthwise", (2, 2, 4, 4), (2, 1, 3, 3), padding=1, groups=2),
    convolved("depthwise, stride", (1, 3, 6, 5), (3, 1, 3, 2), stride=(2, 1), groups=3),
    convolved("as large as x", (2, 2, 3, 3), (4, 2, 3, 3)),
]

if __name__ == "__main__":
    write("products", CASES, (NAMES, convert))
