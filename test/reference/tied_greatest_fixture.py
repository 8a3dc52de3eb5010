"""Which of equal numbers PyTorch's topk takes: test/fixtures/blocks/tied-greatest.json, [numbers, k, places]."""

import torch

from common import FIXTURES, write_json

if __name__ == "__main__":
    torch.manual_seed(1)
    cases = []
    for _ in range(24):
        n = int(torch.randint(2, 16, (1,)))
        k = int(torch.randint(1, n + 1, (1,)))
        x = torch.randint(0, 3, (n,)).float()
        cases.append([x.int().tolist(), k, sorted(x.topk(k).indices.tolist())])
    write_json(FIXTURES / "blocks/tied-greatest.json", cases)
