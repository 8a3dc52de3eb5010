"""Scaled rotary frequencies as transformers computes them: test/fixtures/blocks/rotary-scaling.json.

Each case: the fields of a config.json in one of the published spellings, what our reading is told of the family, and the
frequencies and the attention factor of `ROPE_INIT_FUNCTIONS` for texts of some lengths.

    python test/reference/rotary_scaling_fixture.py
"""

import copy
import json

import torch
from common import FIXTURES
from transformers import Gemma3TextConfig, LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

LENGTHS = [1, 64, 65, 200, 700]
SIZES = {"hidden_size": 48, "num_attention_heads": 4, "head_dim": 16, "max_position_embeddings": 64}
LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}
LONG = {"short_factor": [1 + i / 10 for i in range(8)], "long_factor": [2.0 + i * i for i in range(8)]}


def plain(base, dim, head_dim):
    """The frequencies without a rule."""
    return 1.0 / (base ** (torch.arange(0, dim, 2, dtype=torch.int64).float() / dim)), 1.0


def case(fields, *, fraction=None, layer_type=None, make=LlamaConfig, **sizes):
    sizes = SIZES | sizes
    config = make(**copy.deepcopy(sizes | fields))
    parameters = config.rope_parameters[layer_type] if layer_type else config.rope_parameters
    kind = parameters["rope_type"]
    head_dim = sizes["head_dim"]
    if fraction is not None:
        parameters.setdefault("partial_rotary_factor", fraction)
    results = []
    for length in LENGTHS:
        if kind == "default":
            dim = int(head_dim * parameters.get("partial_rotary_factor", 1.0))
            frequencies, factor = plain(parameters["rope_theta"], dim, head_dim)
        else:
            given = {"layer_type": layer_type} if layer_type else {}
            frequencies, factor = ROPE_INIT_FUNCTIONS[kind](config, None, seq_len=torch.tensor(length), **given)
        results.append({"factor": factor, "frequencies": [float(f"{x:.9g}") for x in frequencies.tolist()]})
    family = {"headDim": head_dim}
    if fraction is not None:
        family["fraction"] = fraction
    if layer_type:
        family["layerType"] = layer_type
    # A rule that does not depend on the length has one result.
    same = all(result == results[0] for result in results)
    return {"config": sizes | fields, "family": family, "results": results[:1] if same else results}


def nested(parameters, layer_type):
    layers = {"layer_types": ["sliding_attention", "full_attention"], "num_hidden_layers": 2, "num_key_value_heads": 1}
    fields = {"rope_parameters": {"sliding_attention": {"rope_type": "default", "rope_theta": 1e4}} | parameters}
    return case(fields | layers, layer_type=layer_type, make=Gemma3TextConfig)


def cases():
    scaling = "rope_scaling"
    yield case({})
    yield case({"rope_theta": 5e5})
    yield case({"rope_parameters": {"rope_theta": 123.0, "rope_type": "default"}})
    yield case({"rope_theta": 7e3, "rope_parameters": {"rope_type": "linear", "factor": 3.0}})
    yield case({scaling: {"type": "linear", "factor": 4.0}, "rope_theta": 1e6})
    yield case({scaling: {"rope_type": "linear", "factor": 2.5, "rope_theta": 50.0}, "rope_theta": 1e6})
    yield case({scaling: {"type": "dynamic", "factor": 2.0}})
    yield case({scaling: {"rope_type": "dynamic", "factor": 5.0}, "rope_theta": 3e4}, head_dim=10)
    yield case({scaling: {"rope_type": "llama3"} | LLAMA3, "rope_theta": 5e5})
    yield case({"rope_parameters": {"rope_type": "llama3", "rope_theta": 1e4} | LLAMA3}, head_dim=32)
    without_original = {name: value for name, value in LLAMA3.items() if not name.startswith("original")}
    yield case({"rope_parameters": {"rope_type": "llama3", "rope_theta": 100.0} | without_original}, head_dim=32)
    yield case({scaling: {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}})
    yield case({scaling: {"rope_type": "yarn", "factor": 16.0}, "rope_theta": 500.0}, head_dim=32)
    yarn = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 8.0, "original_max_position_embeddings": 40}
    yield case({"rope_parameters": yarn | {"beta_fast": 20, "beta_slow": 2, "truncate": False}}, head_dim=32)
    yield case({"rope_parameters": yarn | {"attention_factor": 0.7}})
    yield case({"rope_parameters": yarn | {"mscale": 0.9, "mscale_all_dim": 0.5}})
    yield case({"rope_parameters": yarn | {"mscale": 0.9, "mscale_all_dim": 0}})
    yield case({"rope_parameters": yarn | {"factor": None}})
    yield case({scaling: {"type": "longrope", "original_max_position_embeddings": 64} | LONG})
    yield case({scaling: {"type": "longrope"} | LONG, "original_max_position_embeddings": 32})
    yield case({"rope_parameters": {"rope_type": "longrope", "rope_theta": 1e4, "factor": 32.0} | LONG})
    yield case({"rope_parameters": {"rope_type": "longrope", "rope_theta": 99.0, "attention_factor": 1.25} | LONG})
    yield case({"rope_parameters": {"rope_type": "proportional", "rope_theta": 1e6, "partial_rotary_factor": 0.25}}, fraction=1.0)
    yield case({"rope_parameters": {"rope_type": "proportional", "rope_theta": 1e6, "factor": 2.0}})
    yield case({"partial_rotary_factor": 0.5, scaling: {"type": "linear", "factor": 2.0}}, fraction=1.0)
    yield case({"partial_rotary_factor": 0.5, "rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.75}}, fraction=1.0)
    yield case({}, fraction=0.25)
    yield case({"partial_rotary_factor": 0.7}, fraction=0.25)
    yield case({"partial_rotary_factor": 0.25, scaling: {"type": "yarn", "factor": 4.0}}, fraction=0.5, head_dim=32)
    for layer_type in ("sliding_attention", "full_attention"):
        full = {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6}}
        yield nested(full, layer_type)
    yield nested({"full_attention": {"rope_type": "yarn", "factor": 8.0, "rope_theta": 1e6}}, "full_attention")
    yield nested({"full_attention": {"rope_type": "dynamic", "factor": 8.0, "rope_theta": 1e6}}, "full_attention")


if __name__ == "__main__":
    path = FIXTURES / "blocks" / "rotary-scaling.json"
    lines = [json.dumps(one, separators=(",", ":")) for one in cases()]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{len(lines)} rotations")
