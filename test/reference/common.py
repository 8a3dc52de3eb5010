"""What the fixture scripts share: paths, seeded weights and inputs, and files that come out the same every time."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def randomize(module: torch.nn.Module, seed: int, scale: float = 0.25) -> None:
    """Gives every trainable parameter N(0, scale²), norm weights N(1, scale²): no zero bias or unit weight hides an error."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if not parameter.requires_grad:
                continue
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale)
            if "norm" in name.lower() or ".ln_" in name:
                if name.endswith("weight"):
                    parameter.add_(1)


def random_ids(seed: int, shape: tuple[int, ...], low: int, high: int) -> torch.Tensor:
    """Integers low ≤ id < high."""
    return torch.randint(low, high, shape, generator=torch.Generator().manual_seed(seed))


def write_tensors(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    """Float32 and I64 tensors only, detached and contiguous, each with its own storage."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.detach().clone().contiguous() for name, value in tensors.items()}, path)
    path.chmod(0o644)


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")
