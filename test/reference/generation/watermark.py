"""How sure transformers' WatermarkDetector is of texts: test/fixtures/generation/watermark.json.

For each of four settings, a random text and one in which every token that could be green is.
"""

import json
import random
import sys
from pathlib import Path

import torch
from transformers import GPT2Config, WatermarkDetector, WatermarkingConfig

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import FIXTURES  # noqa: E402

VOCAB = 60
SETTINGS = [
    {},
    {"greenlist_ratio": 0.5, "hashing_key": 7},
    {"seeding_scheme": "selfhash", "context_width": 2},
    {"context_width": 3, "hashing_key": 2**45 + 9},
]
NAMES = {"greenlist_ratio": "greenShare", "hashing_key": "key", "seeding_scheme": "seeding", "context_width": "width"}


def renamed(settings: dict) -> dict:
    return {NAMES[name]: "self" if value == "selfhash" else value for name, value in settings.items()}


def green_text(detector: WatermarkDetector, rng: random.Random) -> list[int]:
    ids = [rng.randrange(1, VOCAB) for _ in range(3)]
    for _ in range(30):
        best = [1.0] * VOCAB
        scores = torch.tensor([best]) + torch.tensor([[rng.random() for _ in range(VOCAB)]])
        after = detector.processor(torch.tensor([ids]), scores)[0]
        ids.append(int(after.argmax()))
    return ids


def found(detector: WatermarkDetector, ids: list[int]) -> dict:
    output = detector(torch.tensor([ids]), return_dict=True)
    scored, green = int(output.num_tokens_scored[0]), int(output.num_green_tokens[0])
    return {"ids": ids, "scored": scored, "green": green, "z": float(output.z_score[0])}


if __name__ == "__main__":
    rng = random.Random(3)
    results = []
    for settings in SETTINGS:
        config = GPT2Config(vocab_size=VOCAB, bos_token_id=0, eos_token_id=0)
        detector = WatermarkDetector(config, "cpu", WatermarkingConfig(bias=4.0, **settings))
        texts = [[rng.randrange(1, VOCAB) for _ in range(30)], green_text(detector, rng)]
        results.append([found(detector, ids) for ids in texts])
    rows = ",\n ".join(json.dumps(texts) for texts in results)
    options = json.dumps([renamed(settings) for settings in SETTINGS])
    (FIXTURES / "generation/watermark.json").write_text(f'{{"options": {options},\n"found": [\n {rows}\n]}}\n')
