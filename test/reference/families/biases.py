"""Which fields of config.json give a family's models biases: test/fixtures/families/biases.json.

    python biases.py

For the first fixture of each `model_type`, each of these fields is once true and once false; the file has those with
which transformers' model has other parameters. Nothing is computed: the models have no numbers.
"""

import json
from pathlib import Path

import torch
import transformers
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.utils import logging

FOLDER = Path(__file__).resolve().parent.parent.parent / "fixtures/families"
FIELDS = """attention_bias attention_out_bias bias classifier_bias conv_bias decoder_bias enable_bias lm_head_bias mlp_bias
norm_bias qkv_bias router_bias use_bias use_qkv_bias""".split()


def plain(value: dict) -> dict | float:
    """transformers writes infinity as an object."""
    return float(value["__float__"]) if "__float__" in value else value


def parameters(config: dict) -> set[str]:
    read = CONFIG_MAPPING[config["model_type"]].from_dict(config)
    with torch.device("meta"):
        return set(getattr(transformers, config["architectures"][0])(read).state_dict())


def matters(config: dict, field: str) -> bool:
    with_and_without = []
    for value in (True, False):
        try:
            with_and_without.append(parameters({**config, field: value}))
        except Exception:  # a value that transformers refuses
            return True
    return with_and_without[0] != with_and_without[1]


logging.set_verbosity_error()
found: dict[str, list[str]] = {}
for file in sorted(FOLDER.glob("*/*/config.json")):
    config = json.loads(file.read_text(), object_hook=plain)
    kind = config["model_type"]
    if kind in found or kind == "encoder-decoder":
        continue
    parameters(config)  # transformers takes the fixture itself
    found[kind] = [field for field in FIELDS if matters(config, field)]
    found[kind + " of"] = str(file.parent.relative_to(FOLDER))
cases = {kind: {"directory": found[kind + " of"], "biases": found[kind]} for kind in sorted(found) if not kind.endswith(" of")}
document = {"fields": FIELDS, "families": cases}
(FOLDER / "biases.json").write_text(json.dumps(document, indent=1) + "\n")
