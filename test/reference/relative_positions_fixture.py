"""The buckets of relative positions as transformers counts them: test/fixtures/blocks/relative-positions.json.

Each case: the number of buckets, the largest distance, whether only earlier keys count, and the bucket of every key
position minus query position from -span to span, by T5Attention's own function in float32.
"""

import json

import torch
from transformers.models.t5.modeling_t5 import T5Attention

from common import FIXTURES

CASES = [(32, 128), (8, 16), (6, 20), (7, 30), (12, 9), (5, 1000), (64, 512), (33, 100)]
SPAN = 200


def case(buckets: int, max_distance: int, causal: bool) -> dict:
    distances = torch.arange(-SPAN, SPAN + 1)
    found = T5Attention._relative_position_bucket(distances, not causal, buckets, max_distance)
    return {"buckets": buckets, "maxDistance": max_distance, "causal": causal, "span": SPAN, "found": found.tolist()}


if __name__ == "__main__":
    cases = [case(buckets, most, causal) for buckets, most in CASES for causal in (False, True)]
    path = FIXTURES / "blocks" / "relative-positions.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
