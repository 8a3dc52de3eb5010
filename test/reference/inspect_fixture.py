"""What PyTorch's hooks see inside models: test/fixtures/inspect/<name>.safetensors, of models in test/fixtures/models.

By the names of our sites: values, the gradients of Σ w · logits over them, and the logits of runs that a hook changes:
activation patching, an ablated head, and hidden units doubled in every layer.

    python test/reference/inspect_fixture.py
"""

import torch
from common import FIXTURES, random_ids, write_tensors
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM

HEADS = 4
PATCHED_POSITIONS = [1, 3]
ABLATED_HEAD = 1


def by_heads(x):
    return x.unflatten(-1, (-1, 8))


def part(number):
    """One of the three that a layer makes at once."""
    return lambda x: by_heads(x.chunk(3, dim=-1)[number])


def whole(x):
    return x


# Site: the module, whether its first input or its output is meant, and what of it.
BERT = {
    "tokens": ("bert.embeddings.word_embeddings", "output", whole),
    "embedding": ("bert.embeddings", "output", whole),
    "head.logits": ("cls", "output", whole),
}
BERT_LAYER = {
    "input": ("", "input", whole),
    "attention.query": ("attention.self.query", "output", by_heads),
    "attention.key": ("attention.self.key", "output", by_heads),
    "attention.value": ("attention.self.value", "output", by_heads),
    "attention.heads": ("attention.output.dense", "input", by_heads),
    "attention.output": ("attention.output.dense", "output", whole),
    "attentionNorm.output": ("attention.output.LayerNorm", "output", whole),
    "middle": ("intermediate", "input", whole),
    "feedForward.hidden": ("intermediate", "output", whole),
    "feedForward.output": ("output.dense", "output", whole),
    "output": ("", "output", whole),
}
LLAMA = {
    "tokens": ("model.embed_tokens", "output", whole),
    "norm.output": ("model.norm", "output", whole),
    "head.logits": ("lm_head", "output", whole),
}
LLAMA_LAYER = {
    "input": ("", "input", whole),
    "attentionNorm.output": ("input_layernorm", "output", whole),
    "attention.query": ("self_attn.q_proj", "output", by_heads),
    "attention.key": ("self_attn.k_proj", "output", by_heads),
    "attention.value": ("self_attn.v_proj", "output", by_heads),
    "attention.heads": ("self_attn.o_proj", "input", by_heads),
    "attention.output": ("self_attn.o_proj", "output", whole),
    "middle": ("post_attention_layernorm", "input", whole),
    "feedForward.hidden": ("mlp.down_proj", "input", whole),
    "feedForward.output": ("mlp", "output", whole),
    "output": ("", "output", whole),
}
GPT2 = {
    "tokens": ("transformer.wte", "output", whole),
    "embedding": ("transformer.drop", "output", whole),
    "norm.output": ("transformer.ln_f", "output", whole),
    "head.logits": ("lm_head", "output", whole),
}
GPT2_LAYER = {
    "input": ("", "input", whole),
    "attentionNorm.output": ("ln_1", "output", whole),
    "attention.query": ("attn.c_attn", "output", part(0)),
    "attention.key": ("attn.c_attn", "output", part(1)),
    "attention.value": ("attn.c_attn", "output", part(2)),
    "attention.heads": ("attn.c_proj", "input", by_heads),
    "attention.output": ("attn.c_proj", "output", whole),
    "middle": ("ln_2", "input", whole),
    "feedForward.hidden": ("mlp.c_proj", "input", whole),
    "feedForward.output": ("mlp", "output", whole),
    "output": ("", "output", whole),
}

MODELS = {
    "bert-masked-lm": (AutoModelForMaskedLM, "bert.encoder.layer", BERT, BERT_LAYER),
    "llama": (AutoModelForCausalLM, "model.layers", LLAMA, LLAMA_LAYER),
    "gpt2": (AutoModelForCausalLM, "transformer.h", GPT2, GPT2_LAYER),
}
LAYERS = 2


def places(layers, own, per_layer):
    """Every site: its module's path, its end, and what of it."""
    found = dict(own)
    for layer in range(LAYERS):
        for site, (module, end, of) in per_layer.items():
            found[f"blocks.{layer}.{site}"] = (f"{layers}.{layer}.{module}".rstrip("."), end, of)
    return found


def first(value):
    return value[0] if isinstance(value, tuple) else value


def hooked(model, path, end, change):
    """Calls change(tensor) with what enters or leaves a module; what it returns, if anything, takes its place."""
    module = model.get_submodule(path)

    def before(_, args):
        changed = change(args[0])
        return None if changed is None else (changed, *args[1:])

    def after(_, __, output):
        changed = change(first(output))
        if changed is None:
            return None
        return (changed, *output[1:]) if isinstance(output, tuple) else changed

    if end == "input":
        return module.register_forward_pre_hook(before)
    return module.register_forward_hook(after)


def run(model, ids, changes=()):
    hooks = [hooked(model, path, end, change) for path, end, change in changes]
    output = model(input_ids=ids, output_attentions=True)
    for hook in hooks:
        hook.remove()
    return output


def recorded(model, ids, sites):
    kept = {}

    def keeper(site):
        def keep(x):
            kept[site] = x

        return keep

    output = run(model, ids, [(path, end, keeper(site)) for site, (path, end, _) in sites.items()])
    weights = {f"blocks.{layer}.attention.weights": x for layer, x in enumerate(output.attentions)}
    return output.logits, {**kept, **weights}


def fixture(name, seed):
    auto, layers, own, per_layer = MODELS[name]
    model = auto.from_pretrained(FIXTURES / "models" / name, attn_implementation="eager").eval()
    sites = places(layers, own, per_layer)
    ids, others = random_ids(seed, (2, 5), 3, 90), random_ids(seed + 1, (2, 5), 3, 90)
    logits, kept = recorded(model, ids, sites)
    explained = torch.randn(logits.shape, generator=torch.Generator().manual_seed(seed + 2))
    gradients = torch.autograd.grad((logits * explained).sum(), list(kept.values()))
    tensors = {"ids": ids, "others": others, "explained": explained}
    for (site, value), gradient in zip(kept.items(), gradients):
        of = sites[site][2] if site in sites else whole
        tensors[f"value.{site}"] = of(value)
        tensors[f"gradient.{site}"] = of(gradient)

    _, other = recorded(model, others, sites)

    def take(x):
        taken = x.clone()
        taken[:, PATCHED_POSITIONS] = other["blocks.0.output"][:, PATCHED_POSITIONS]
        return taken

    def ablate(x):
        kept = by_heads(x).clone()
        kept[:, :, ABLATED_HEAD] = 0
        return kept.flatten(-2)

    def at(site, change):
        path, end, _ = sites[site]
        return path, end, change

    tensors["patched.activation"] = run(model, ids, [at("blocks.0.output", take)]).logits
    tensors["patched.head"] = run(model, ids, [at("blocks.1.attention.heads", ablate)]).logits
    doubled = [at(f"blocks.{layer}.feedForward.hidden", lambda x: 2 * x) for layer in range(LAYERS)]
    tensors["patched.hidden"] = run(model, ids, doubled).logits

    # A gradient through the ablation.
    start = []
    changes = [at("blocks.1.attention.heads", ablate), at("tokens", lambda x: start.append(x))]
    logits = run(model, ids, changes).logits
    tensors["ablated.gradient.tokens"] = torch.autograd.grad((logits * explained).sum(), start[0])[0]
    write_tensors(FIXTURES / "inspect" / f"{name}.safetensors", tensors)


for seed, name in enumerate(MODELS):
    fixture(name, 10 * seed + 1)
