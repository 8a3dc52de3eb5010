"""What transformers computes from a tiny model: the tensors of expected.safetensors and the texts of expected.json."""

import inspect

import torch

NEW_TOKENS = 8


class NearTie(Exception):
    """Two tokens are so close that rounding could turn a greedy choice."""


def expectations(one, model, seed: int, small: bool, only_output: bool = False) -> tuple[dict, dict]:
    generator = torch.Generator().manual_seed(seed)
    length = 8 if small else 8 + seed % 6
    inputs = one.inputs(model, generator) if one.inputs else inputs_for(model, generator, length)
    with torch.no_grad():
        output = model(**inputs, output_hidden_states=one.hidden)
        tensors = {**inputs, **output_of(output)}
        if only_output:
            return tensors, {}
        if one.hidden:
            tensors |= hidden_states(output)
        for side in one.padding:
            forget(model)
            given = padded(model, inputs, side)
            tensors |= {f"{side}_{key}": value for key, value in {**given, **output_of(model(**given))}.items()}
        writes = model.can_generate()
        if writes and one.cached:
            tensors["cached_logits"] = cached(model, inputs)
        texts = greedy(model, inputs) if writes and one.greedy else {}
    return tensors, texts


def forget(model) -> None:
    """Dynamic rotary frequencies stay those of the longest text so far, unless the text is short."""
    for module in model.modules():
        if not hasattr(module, "original_max_seq_len"):
            continue
        module.max_seq_len_cached = module.original_max_seq_len
        for name, table in list(module.named_buffers(recurse=False)):
            if "original_" in name:
                setattr(module, name.replace("original_", ""), table.clone())


def special_ids(config) -> set[int]:
    """The ids that mean something to the model: padding, end, classification …"""
    found = set()
    for name, value in config.to_dict().items():
        if name.endswith("_token_id"):
            found |= {id for id in (value if isinstance(value, list) else [value]) if isinstance(id, int)}
    return found


def vocabulary(model) -> int:
    return model.get_input_embeddings().weight.shape[0]


def plain_ids(model, generator: torch.Generator, shape: tuple[int, ...]) -> torch.Tensor:
    plain = [id for id in range(3, vocabulary(model)) if id not in special_ids(model.config)]
    return torch.tensor(plain)[torch.randint(len(plain), shape, generator=generator)]


def inputs_for(model, generator: torch.Generator, length: int) -> dict[str, torch.Tensor]:
    accepted = inspect.signature(model.forward).parameters
    shape = (2, 3, length) if type(model).__name__.endswith("ForMultipleChoice") else (2, length)
    inputs = {"input_ids": plain_ids(model, generator, shape)}
    types = getattr(model.config, "type_vocab_size", 0) or 0
    if "token_type_ids" in accepted and types > 1:
        inputs["token_type_ids"] = torch.randint(types, shape, generator=generator)
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = plain_ids(model, generator, (2, length - 2))
    return inputs


def output_of(output) -> dict[str, torch.Tensor]:
    if hasattr(output, "start_logits"):
        return {"logits": torch.stack([output.start_logits, output.end_logits], dim=-1)}
    if hasattr(output, "prediction_logits"):
        second = output.get("seq_relationship_logits", output.get("sop_logits"))
        return {"logits": output.prediction_logits, "second_logits": second}
    if hasattr(output, "logits"):
        return {"logits": output.logits}
    pooled = getattr(output, "pooler_output", None)
    return {"hidden": output.last_hidden_state, **({} if pooled is None else {"pooled": pooled})}


def hidden_states(output) -> dict[str, torch.Tensor]:
    """Of the second text, at its first token, in the middle and at its last one."""
    sides = {"encoder_": output.get("encoder_hidden_states"), "decoder_": output.get("decoder_hidden_states")}
    if not any(sides.values()):
        sides = {"": output.hidden_states}
    # The streams of Gemma 3n, [streams, batch, seq, width], lie side by side.
    wide = lambda state: state.permute(1, 2, 0, 3).flatten(2) if state.dim() == 4 else state
    picked = lambda state: state[1, [0, state.shape[1] // 2, state.shape[1] - 1]]
    return {f"{side}hidden_{i}": picked(wide(state)) for side, states in sides.items() for i, state in enumerate(states or [])}


def pad_token(config) -> int:
    """Not `or 0`: the padding token may be 0, and the config may have none."""
    pad = getattr(config, "pad_token_id", None)
    return pad if isinstance(pad, int) and pad >= 0 else 0


def padded(model, inputs: dict, side: str) -> dict:
    """The second text is three tokens shorter."""
    given = {key: value.clone() for key, value in inputs.items()}
    gap = slice(None, 3) if side == "left" else slice(-3, None)
    given["input_ids"][1, ..., gap] = pad_token(model.config)
    given["attention_mask"] = torch.ones_like(given["input_ids"])
    given["attention_mask"][1, ..., gap] = 0
    return given


def cached(model, inputs: dict) -> torch.Tensor:
    """Logits of the last three tokens, computed one by one with a cache: [2, 3, vocabulary]."""
    name = "decoder_input_ids" if model.config.is_encoder_decoder else "input_ids"
    ids, others = inputs[name], {key: value for key, value in inputs.items() if key != name}
    start = ids.shape[1] - 3
    forget(model)
    output = model(**others, **{name: ids[:, :start]}, use_cache=True)
    if model.config.is_encoder_decoder:
        others = {"encoder_outputs": (output.encoder_last_hidden_state,)}
    steps = []
    for place in range(start, ids.shape[1]):
        step = {key: value[:, place : place + 1] if key == "token_type_ids" else value for key, value in others.items()}
        output = model(**step, **{name: ids[:, place : place + 1]}, past_key_values=output.past_key_values, use_cache=True)
        steps.append(output.logits)
    return torch.cat(steps, dim=1)


def generate(model, ids: torch.Tensor, mask: torch.Tensor) -> list[list[int]]:
    forget(model)
    result = model.generate(
        ids, attention_mask=mask, max_new_tokens=NEW_TOKENS, do_sample=False, num_beams=1,
        pad_token_id=pad_token(model.config), output_logits=True, return_dict_in_generate=True,
    )  # fmt: skip
    for scores in result.logits:
        best = scores.float().topk(2).values
        if (best[:, 0] - best[:, 1]).min() < 1e-3:
            raise NearTie
    return result.sequences.tolist()


def greedy(model, inputs: dict) -> dict:
    """Two texts by themselves, and together: a decoder's are padded on the left, a translator's sources on the right."""
    ids = inputs["input_ids"]
    prompts = [ids[:1, :5], ids[1:, :3]]
    alone = [generate(model, prompt, torch.ones_like(prompt))[0] for prompt in prompts]
    gap = torch.full((1, 2), pad_token(model.config))
    none = torch.zeros_like(gap)
    ones = torch.ones_like(prompts[1])
    left = not model.config.is_encoder_decoder
    batch = torch.cat([prompts[0], torch.cat([gap, prompts[1]] if left else [prompts[1], gap], dim=1)])
    short = torch.cat([none, ones] if left else [ones, none], dim=1)
    mask = torch.cat([torch.ones_like(prompts[0]), short])
    together = {"prompts": batch.tolist(), "mask": mask.tolist(), "outputs": generate(model, batch, mask)}
    return {"greedy": {"prompts": [p[0].tolist() for p in prompts], "outputs": alone}, "greedy_batch": together}
