"""Every config.json field that transformers' config class of each family knows, with its default.

test/fixtures/families/config-fields.json: `fields` (name → default) and `aliases` (other spelling → name) for each family,
and the fields of generation_config.json with the values that leave generation as it is.
"""

import json

import transformers
from transformers import BertConfig, GenerationConfig, GPT2Config, LlamaConfig, MarianConfig, OPTConfig

from common import FIXTURES, write_json

FAMILIES = {"llama": LlamaConfig, "gpt2": GPT2Config, "bert": BertConfig, "marian": MarianConfig, "opt": OPTConfig}
# Derived from other fields rather than from a default of their own.
DERIVED = {"llama": ["head_dim", "num_key_value_heads"], "marian": ["decoder_vocab_size"], "opt": ["word_embed_proj_dim"]}


def fields(name: str, config_class) -> dict:
    known = json.loads(config_class().to_json_string(use_diff=False))
    known.pop("transformers_version")
    for derived in DERIVED.get(name, []):
        known[derived] = None
    return {"fields": known, "aliases": config_class.attribute_map}


if __name__ == "__main__":
    generation = {**GenerationConfig().to_dict(), **GenerationConfig._get_default_generation_params()}
    for name in ("transformers_version", "_from_model_config"):
        generation.pop(name, None)
    write_json(
        FIXTURES / "families/config-fields.json",
        {
            "transformers": transformers.__version__,
            "families": {name: fields(name, config_class) for name, config_class in FAMILIES.items()},
            "generation": json.loads(json.dumps(generation)),
        },
    )
