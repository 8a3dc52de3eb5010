"""Other files that transformers opens as the same model: what people's directories have, whatever the family."""

import json
import random
from pathlib import Path

from safetensors.torch import load_file, save_file

# What configs of earlier versions say beside the family's fields.
OLDER = {
    "_name_or_path": "somewhere/tiny",
    "output_attentions": False,
    "output_hidden_states": False,
    "return_dict": True,
    "torchscript": False,
    "use_bfloat16": False,
    "pruned_heads": {},
    "use_cache": True,
    "problem_type": None,
    "task_specific_params": None,
    "chunk_size_feed_forward": 0,
    "transformers_version": "4.41.0",
}


def any_config(config: dict, model, r: random.Random) -> dict:
    """With and without fields that have their default; with fields of older versions."""
    how = r.random()
    kept = {"model_type", "architectures", "vocab_size"}
    if how < 0.35:
        defaults = json.loads(type(model.config)().to_json_string(use_diff=False))
        config = {k: v for k, v in config.items() if k in kept or k not in defaults or defaults[k] != v}
    elif how < 0.6:
        config = {**OLDER, **config}
        config.pop("use_cache")
    if r.random() < 0.5 and "dtype" in config:
        config["torch_dtype"] = config.pop("dtype")
    if r.random() < 0.2 and isinstance(config.get("eos_token_id"), int):
        config["eos_token_id"] = [config["eos_token_id"]]
    return config


def any_weights(weights: Path, model, r: random.Random) -> None:
    """In shards; a copy of a tied tensor; with or without the prefix of the model inside a head."""
    tensors = load_file(weights)
    tied = getattr(model, "all_tied_weights_keys", None) or {}
    if r.random() < 0.25:
        for copy, original in tied.items():
            if original in tensors and copy not in tensors:
                tensors[copy] = tensors[original].clone()
    prefix = getattr(model, "base_model_prefix", "")
    bare = prefix in ("model", "transformer", "bert", "roberta") and type(model).__name__.endswith("Model") and not hasattr(model, prefix)
    if prefix and bare and r.random() < 0.4:
        tensors = {f"{prefix}.{name}": value for name, value in tensors.items()}
    shards = r.choice([1, 1, 1, 2, 3])
    if shards == 1:
        save_file(tensors, weights, metadata={"format": "pt"})
        return
    weights.unlink()
    names = sorted(tensors, key=lambda _: r.random())
    index = {}
    for i in range(shards):
        part = {name: tensors[name] for name in names[i::shards]}
        if not part:
            continue
        file = f"model-{i + 1:05}-of-{shards:05}.safetensors"
        save_file(part, weights.parent / file, metadata={"format": "pt"})
        index |= {name: file for name in part}
    size = sum(value.numel() * value.element_size() for value in tensors.values())
    (weights.parent / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": size}, "weight_map": index}, indent=2)
    )
