"""Twenty steps of torch.optim.AdamW on the tiny gpt2: test/fixtures/training/adamw/expected.safetensors.

Starts from test/fixtures/models/gpt2 (run model_fixtures.py first). Weight decay falls on every parameter, the tied
embedding once; no gradient clipping, no schedule, dropout off. The loss is the mean next-token cross entropy.
"""

import torch
from transformers import GPT2LMHeadModel
from transformers.utils import logging

from common import FIXTURES, random_ids, write_json, write_tensors

STEPS = 20
OPTIONS = {"lr": 1e-3, "betas": (0.9, 0.95), "eps": 1e-8, "weight_decay": 0.1}
FINAL = ["transformer.wte.weight", "transformer.h.0.attn.c_attn.weight", "transformer.h.1.mlp.c_proj.weight"]


def train(batches: torch.Tensor, dtype: torch.dtype):
    model = GPT2LMHeadModel.from_pretrained(FIXTURES / "models" / "gpt2", attn_implementation="eager").to(dtype).eval()
    optimizer = torch.optim.AdamW(model.parameters(), **OPTIONS)
    losses = []
    for batch in batches:
        loss = model(input_ids=batch, labels=batch).loss
        losses.append(loss.detach())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.stack(losses), dict(model.named_parameters())


if __name__ == "__main__":
    logging.disable_progress_bar()
    batches = random_ids(7, (STEPS, 4, 16), 0, 96)
    losses, parameters = train(batches, torch.float32)
    exact, _ = train(batches, torch.float64)
    print(f"loss {losses[0]:.4f} to {losses[-1]:.4f}; float32 rounding {(losses - exact).abs().max():.1e}")
    final = {f"final.{name}": parameters[name] for name in FINAL}
    directory = FIXTURES / "training" / "adamw"
    write_tensors(directory / "expected.safetensors", {"batches": batches, "losses": losses, **final})
    write_json(directory / "options.json", OPTIONS)
