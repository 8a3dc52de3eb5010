"""The learning rates of transformers' schedules: test/fixtures/training/schedules.json.

For each schedule its function, arguments, and what it multiplies the learning rate by at each step, up to its last one:
beyond it the cosine of transformers rises again.
"""

import torch
import transformers

from common import FIXTURES, write_json

CASES = [
    ("get_constant_schedule", {}),
    ("get_constant_schedule_with_warmup", {"num_warmup_steps": 4}),
    ("get_linear_schedule_with_warmup", {"num_warmup_steps": 2, "num_training_steps": 10}),
    ("get_linear_schedule_with_warmup", {"num_warmup_steps": 0, "num_training_steps": 23}),
    ("get_cosine_schedule_with_warmup", {"num_warmup_steps": 2, "num_training_steps": 10}),
    ("get_cosine_schedule_with_warmup", {"num_warmup_steps": 0, "num_training_steps": 23}),
    ("get_inverse_sqrt_schedule", {"num_warmup_steps": 2}),
    ("get_inverse_sqrt_schedule", {"num_warmup_steps": 7}),
]


def factors(name: str, arguments: dict) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = getattr(transformers, name)(optimizer, **arguments)
    rates = []
    for _ in range(arguments.get("num_training_steps", 29) + 1):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return rates


if __name__ == "__main__":
    cases = [{"schedule": name, "arguments": arguments, "factors": factors(name, arguments)} for name, arguments in CASES]
    write_json(FIXTURES / "training/schedules.json", cases)
