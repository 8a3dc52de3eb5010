"""Every field of generation_config.json that transformers knows, with the value that leaves generation as it is.

test/fixtures/families/config-fields.json: `generation`. The fields of config.json are in families/fields, which the scripts
in test/reference/families write.
"""

import json

import transformers
from transformers import GenerationConfig

from common import FIXTURES, write_json

if __name__ == "__main__":
    generation = {**GenerationConfig().to_dict(), **GenerationConfig._get_default_generation_params()}
    for name in ("transformers_version", "_from_model_config"):
        generation.pop(name, None)
    write_json(
        FIXTURES / "families/config-fields.json",
        {
            "transformers": transformers.__version__,
            "generation": json.loads(json.dumps(generation)),
        },
    )
