"""Biases of ALiBi as BLOOM, Falcon and MPT build them: test/fixtures/blocks/alibi.safetensors.

<family>.<heads>: [batch, heads, keys]; mask: [batch, keys], whose gaps BLOOM and Falcon do not count.
"""

import torch
from transformers.models.bloom.modeling_bloom import build_alibi_tensor as bloom
from transformers.models.falcon.modeling_falcon import build_alibi_tensor as falcon
from transformers.models.mpt.modeling_mpt import build_mpt_alibi_tensor as mpt

from common import FIXTURES, write_tensors

MASK = torch.tensor(
    [[1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 0, 0], [1, 0, 1, 1, 0, 0, 1, 1, 0]]
)


def tensors() -> dict[str, torch.Tensor]:
    batch, keys = MASK.shape
    found = {"mask": MASK}
    for heads in (1, 2, 3, 5, 6, 7, 8, 9, 12, 16, 24):
        for name, build in (("bloom", bloom), ("falcon", falcon)):
            found[f"{name}.{heads}"] = build(MASK, heads, torch.float32).reshape(batch, heads, keys)
        found[f"mpt.{heads}"] = mpt(heads, keys).reshape(1, heads, keys)
    return found


if __name__ == "__main__":
    write_tensors(FIXTURES / "blocks" / "alibi.safetensors", tensors())
