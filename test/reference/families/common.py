"""Tiny random models of a family as Hugging Face directories, with what transformers computes from them.

A script of cases looks like this:

    from transformers import Qwen3ForCausalLM
    from common import case, main, sizes

    case("qwen3", Qwen3ForCausalLM, sizes(num_key_value_heads=1), drawn=lambda r: {"attention_bias": r.random() < 0.5})
    main()

    python qwen3.py                          every case into test/fixtures/families/<shape>/<name>/
    python qwen3.py qwen3                    only that one
    python qwen3.py --drawn 30 --out /tmp/d  30 models of each case, of other sizes and options, outside the repository
    npx tsx test/families/drawn.ts /tmp/d    loads each of them and compares; one line for each

A directory gets what save_pretrained writes, expected.safetensors and expected.json; README.md beside this script lists
what is in them. Each is opened again by from_pretrained, which must give the same logits: so a spelling that transformers
reads in another way than it was meant is an error here.
"""

import argparse
import dataclasses
import importlib.util
import json
import random
import shutil
import sys
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES
from transformers.utils import logging

import spellings
from expectations import NearTie, expectations

# The other common.py, of the folder above.
above = importlib.util.spec_from_file_location("fixture_files", Path(__file__).resolve().parent.parent / "common.py")
fixture_files = importlib.util.module_from_spec(above)
above.loader.exec_module(fixture_files)
FIXTURES, write_json, write_tensors = fixture_files.FIXTURES, fixture_files.write_json, fixture_files.write_tensors

LARGEST = 60 * 1024  # bytes of a fixture


@dataclass
class Case:
    name: str
    model_class: type
    fields: dict
    drawn: Callable[[random.Random], dict] | None = None
    """Draws fields that differ from `fields`. The key "class" may name another model class."""
    spelling: Callable[[dict, random.Random], dict] | None = None
    """Rewrites config.json, for instance into an older spelling. Fixtures and drawn models alike."""
    tensors: Callable[[dict, random.Random], dict] | None = None
    """Renames or reshapes the stored tensors, into another published layout."""
    prepare: Callable[[torch.nn.Module, random.Random], None] | None = None
    """Changes the model after its weights were drawn."""
    shape: str | None = None
    hidden: bool = True
    """Whether our model has transformers' hidden states."""
    cached: bool = True
    """Whether transformers can run it with a cache."""
    padding: tuple[str, ...] = ("left", "right")
    greedy: bool = True
    inputs: Callable[[torch.nn.Module, torch.Generator], dict] | None = None
    """Other inputs than ids, token types and a target's ids."""
    seed: int | None = None
    attention: str = "eager"
    """transformers' implementation of attention."""
    extra: dict = field(default_factory=dict)
    """Further files by name, as JSON."""


CASES: dict[str, Case] = {}


def case(name: str, model_class: type, fields: dict, **how) -> None:
    """Adds a case; see Case for what `how` may say. The config is model_class.config_class(**fields)."""
    assert name not in CASES, f"two cases are called {name}"
    CASES[name] = Case(name, model_class, fields, **how)


def sizes(**others) -> dict:
    """Odd sizes in the names that most families use: headDim ≠ dModel / heads, grouped key/value heads, three layers."""
    common = dict(vocab_size=32, hidden_size=16, intermediate_size=20, num_hidden_layers=3, num_attention_heads=4)
    return {**common, "num_key_value_heads": 2, "head_dim": 6, "max_position_embeddings": 64, **others}


def draw_sizes(r: random.Random) -> dict:
    """Other such sizes, for `drawn`."""
    heads = r.choice([2, 3, 4, 6])
    key_value = r.choice([n for n in range(1, heads + 1) if heads % n == 0])
    return dict(
        vocab_size=r.randint(30, 70),
        hidden_size=r.choice([12, 20, 24, 36]),
        intermediate_size=r.randint(10, 50),
        num_hidden_layers=r.randint(1, 5),
        num_attention_heads=heads,
        num_key_value_heads=key_value,
        head_dim=r.choice([4, 6, 8, 10]),
        max_position_embeddings=r.choice([32, 64, 128]),
    )


def shape_of(one: Case, config) -> str:
    if one.shape:
        return one.shape
    if config.is_encoder_decoder:
        return "encoder-decoder"
    return "encoder" if config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES else "decoder"


def randomize(model: torch.nn.Module, seed: int, scale: float) -> None:
    """Weights N(0, scale²). What starts as a constant (norms, scalars) stays around it, so that no one or zero hides an error."""
    generator = torch.Generator().manual_seed(seed)
    noise = lambda like: torch.randn(like.shape, generator=generator) * scale
    saved = set(model.state_dict())
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            if not parameter.requires_grad:  # sinusoids
                continue
            constant = parameter.numel() == 1 or (parameter.dim() == 1 and (parameter == parameter[0]).all())
            parameter.copy_(noise(parameter) + (parameter.flatten()[0] if constant else 0))
        for path, buffer in model.named_buffers():
            if path in saved and path.rsplit(".", 1)[-1] in ("e_score_correction_bias", "expert_bias", "final_logits_bias"):
                buffer.copy_(noise(buffer))


def build(one: Case, seed: int, overrides: dict, r: random.Random) -> torch.nn.Module:
    model_class = overrides.pop("class", one.model_class)
    config = model_class.config_class(**{**one.fields, **overrides})
    config._attn_implementation = one.attention
    config._experts_implementation = "eager"
    torch.manual_seed(seed)
    model = model_class(config).eval()
    randomize(model, seed, 0.25)
    if one.prepare:
        one.prepare(model, r)
    # Texts of a fixed length compare more than those that end soon.
    if model.can_generate():
        for end in ("eos_token_id", "forced_eos_token_id"):
            setattr(model.generation_config, end, None)
    return model


def rounded(model: torch.nn.Module, dtype: torch.dtype) -> None:
    """What is stored in this dtype has its values; tables that transformers computes keep theirs."""
    stored = set(model.state_dict())
    computed = {path for path, parameter in model.named_parameters() if not parameter.requires_grad}
    with torch.no_grad():
        for path, tensor in [*model.named_parameters(), *model.named_buffers()]:
            if path in stored and path not in computed and tensor.is_floating_point():
                tensor.copy_(tensor.to(dtype))


def store(one: Case, model, directory: Path, dtype: str, r: random.Random, vary: bool) -> None:
    """What save_pretrained writes, in this dtype and in the case's spelling."""
    shutil.rmtree(directory, ignore_errors=True)
    model.save_pretrained(directory, safe_serialization=True)
    weights = directory / "model.safetensors"
    if one.tensors or dtype != "float32":
        tensors = load_file(weights)
        tensors = one.tensors(tensors, r) if one.tensors else tensors
        kind = getattr(torch, dtype)
        cast = {k: (v.to(kind) if v.dtype == torch.float32 else v).contiguous() for k, v in tensors.items()}
        save_file(cast, weights, metadata={"format": "pt"})
    weights.chmod(0o644)
    config = json.loads((directory / "config.json").read_text())
    config.pop("transformers_version", None)
    config["dtype"] = dtype
    if one.spelling:
        config = one.spelling(config, r)
    if vary:
        config = spellings.any_config(config, model, r)
        spellings.any_weights(weights, model, r)
    write_json(directory / "config.json", config)
    generation = directory / "generation_config.json"
    if generation.exists():
        settings = {k: v for k, v in json.loads(generation.read_text()).items() if k != "transformers_version"}
        write_json(generation, settings)
    for name, value in one.extra.items():
        write_json(directory / name, value)


def write(one: Case, directory: Path, seed: int, drawn: bool) -> str:
    r = random.Random(seed)
    overrides = (one.drawn(r) if one.drawn else draw_sizes(r)) if drawn else {}
    dtype = r.choice(["float32", "float32", "float32", "bfloat16", "float16"]) if drawn else "float32"
    model = build(one, seed, dict(overrides), r)
    if dtype != "float32":
        rounded(model, getattr(torch, dtype))
    if not drawn:
        directory = directory / shape_of(one, model.config) / one.name
    store(one, model, directory, dtype, r, vary=drawn)
    again, report = type(model).from_pretrained(
        directory, attn_implementation=one.attention, dtype=torch.float32, output_loading_info=True
    )
    assert not report["missing_keys"], f"transformers misses {report['missing_keys']}"
    again.config._experts_implementation = "eager"
    tensors, texts = expectations(one, again.eval(), seed, small=not drawn)
    # Of a drawn model, what transformers opens is what is meant: fields that are left out may change it.
    meant = {} if drawn else expectations(one, model, seed, small=True, only_output=True)[0]
    bound = 1e-5 if dtype == "float32" else 3e-2  # tables may be stored in the dtype
    for key, value in meant.items():
        gap = (value.float() - tensors[key].float()).abs().max().item() if value.numel() else 0
        assert gap <= bound * max(1, value.abs().max().item()), f"opened again, {key} differs by {gap}"
    write_tensors(directory / "expected.safetensors", tensors)
    write_json(directory / "expected.json", {"case": one.name, "seed": seed, "class": type(model).__name__, **texts})
    size = sum(path.stat().st_size for path in directory.iterdir())
    if not drawn and size > LARGEST:
        raise SystemExit(f"{one.name}: {size} bytes, more than {LARGEST}: take smaller sizes")
    return f"{size / 1024:.0f} KB"


def write_fields(config_class: type) -> None:
    """Every field of config.json that a config class knows with its default, and other spellings of fields."""
    try:
        fields = json.loads(config_class().to_json_string(use_diff=False))
    except Exception:  # it cannot be made from nothing
        fields = {}
    fields.pop("transformers_version", None)
    for one in dataclasses.fields(config_class):
        # What is derived from other fields has no value of its own.
        if one.default is not dataclasses.MISSING and one.name in fields and one.name != "rope_parameters":
            fields[one.name] = one.default
    text = json.dumps(fields, default=lambda _: None)
    plain = json.loads(text, parse_constant=lambda name: {"__float__": name})  # as transformers writes Infinity
    known = {"fields": plain, "aliases": config_class.attribute_map}
    write_json(FIXTURES / "families/fields" / f"{config_class.model_type}.json", known)


def seed_of(name: str, round: int) -> int:
    return zlib.crc32(f"{name} {round}".encode())


def attempt(one: Case, directory: Path, round: int, drawn: bool) -> None:
    """Takes another seed where two tokens nearly tie; a drawn model that does it again and again has no texts."""
    for again in range(20):
        if drawn and again > 5:
            one = replace(one, greedy=False)
        seed = one.seed if one.seed is not None and not drawn else seed_of(one.name, round + 1000 * again)
        try:
            print(f"{directory.name if drawn else one.name}: {write(one, directory, seed, drawn)}", flush=True)
            return
        except NearTie:
            continue
    raise SystemExit(f"{one.name}: two tokens nearly tie, whatever the seed")


def main() -> None:
    logging.set_verbosity_error()
    warnings.simplefilter("ignore", FutureWarning)
    logging.disable_progress_bar()
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="name", help="cases; all if omitted")
    parser.add_argument("--drawn", type=int, metavar="N", help="N models of each case, of random sizes and options")
    parser.add_argument("--out", type=Path, help="where drawn models go; outside the repository")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number of the first drawn model")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in CASES:
            parser.error(f"there is no case {name}; there are {', '.join(CASES)}")
    if (arguments.drawn is None) != (arguments.out is None):
        parser.error("--drawn and --out go together")
    failures = 0
    for one in [CASES[name] for name in arguments.names or CASES]:
        if arguments.drawn is None:
            write_fields(one.model_class.config_class)
            attempt(one, FIXTURES / "families", 0, False)
            continue
        for round in range(arguments.first, arguments.first + arguments.drawn):
            try:
                attempt(one, arguments.out / f"{one.name}-{round}", round, True)
            except Exception as error:  # one that transformers itself refuses must not stop the others
                failures += 1
                shutil.rmtree(arguments.out / f"{one.name}-{round}", ignore_errors=True)
                print(f"{one.name}-{round}: not made: {type(error).__name__}: {str(error)[:300]}", flush=True)
    if failures:
        print(f"{failures} could not be made", file=sys.stderr)
