"""DeepSeek and its kin, and decoders whose layers keep a state."""

import math

import torch
from transformers import (
    BitNetForCausalLM,
    BitNetModel,
    DeepseekV2ForCausalLM,
    DeepseekV2ForSequenceClassification,
    DeepseekV2Model,
    DeepseekV3ForCausalLM,
    DeepseekV3ForSequenceClassification,
    DeepseekV3ForTokenClassification,
    DeepseekV3Model,
    DeepseekV32ForCausalLM,
    GraniteMoeHybridForCausalLM,
    Lfm2ForCausalLM,
    Lfm2MoeForCausalLM,
    Lfm2MoeModel,
    Lfm2Model,
    MiniCPM3ForCausalLM,
    MiniCPM3ForSequenceClassification,
    MiniCPM3Model,
    Qwen3_5ForCausalLM,
    Qwen3_5MoeForCausalLM,
    Qwen3NextForCausalLM,
    Qwen3NextForSequenceClassification,
    Qwen3NextForTokenClassification,
    Qwen3NextModel,
)

from common import CASES, case, draw_sizes, main, sizes
from experts import fused, older, rotary

CASES.clear()  # those of experts.py


def latent(heads=3, **others) -> dict:
    """Latent attention of odd sizes."""
    fields = sizes(hidden_size=12, intermediate_size=10, num_attention_heads=heads, num_key_value_heads=heads)
    del fields["head_dim"]
    ranks = dict(q_lora_rank=5, kv_lora_rank=6, qk_nope_head_dim=6, qk_rope_head_dim=4, v_head_dim=3)
    return {**fields, **ranks, **others}


def yarn(r=None) -> dict:
    """With DeepSeek's magnitudes."""
    pick = (lambda *values: r.choice(values)) if r else (lambda *values: values[0])
    rule = {"rope_type": "yarn", "rope_theta": pick(1e4, 1e3), "factor": pick(4.0, 40.0), "beta_fast": 32, "beta_slow": 1}
    rule |= {"original_max_position_embeddings": pick(16, 32), "mscale": pick(0.707, 1.0), "mscale_all_dim": pick(0.707, 1.0, 0.5)}
    return {"rope_parameters": rule}


def positions(r) -> dict:
    return yarn(r) if r.random() < 0.4 else rotary(r)


def draw_latent(r, **others) -> dict:
    drawn = draw_sizes(r)
    del drawn["head_dim"]
    heads = r.randint(1, 5)
    return {
        **drawn,
        "hidden_size": heads * r.choice([4, 6, 8]),
        "num_attention_heads": heads,
        "num_key_value_heads": heads,
        "q_lora_rank": r.choice([None, r.randint(3, 16)]),
        "kv_lora_rank": r.randint(3, 20),
        "qk_nope_head_dim": r.randint(2, 12),
        "qk_rope_head_dim": r.choice([2, 4, 6, 8]),
        "v_head_dim": r.randint(2, 12),
        "attention_bias": r.random() < 0.3,
        "rms_norm_eps": r.choice([1e-6, 1e-5, 1e-2]),
        "tie_word_embeddings": r.random() < 0.3,
        "hidden_act": r.choice(["silu", "silu", "gelu"]),
        **positions(r),
        **others,
    }


def experts(**others) -> dict:
    return dict(n_routed_experts=4, n_shared_experts=2, num_experts_per_tok=2, moe_intermediate_size=6, **others)


def draw_experts(r, groups: bool) -> dict:
    count = r.choice([1, 2, 4]) if groups else None
    each = r.randint(2, 4)
    best = r.randint(1, count) if groups else None
    routed = count * each if groups else r.randint(2, 9)
    return {
        "n_routed_experts": routed,
        "n_shared_experts": r.randint(1, 3),
        "num_experts_per_tok": r.randint(1, min(4, best * each if groups else routed)),
        "moe_intermediate_size": r.randint(4, 16),
        "n_group": count,
        "topk_group": best,
        "routed_scaling_factor": r.choice([1.0, 2.5, 16.0]),
        "first_k_dense_replace": r.randint(0, 2),
    }


def v2(r) -> dict:
    limited = r.random() < 0.5
    method = {"topk_method": "group_limited_greedy" if limited else "greedy"}
    classes = [DeepseekV2ForCausalLM] * 6 + [DeepseekV2Model, DeepseekV2ForSequenceClassification]
    # Its rotation needs even strides.
    even = {"kv_lora_rank": 2 * r.randint(2, 10), "qk_nope_head_dim": 2 * r.randint(1, 6)}
    return {**draw_latent(r), **even, **draw_experts(r, limited), **method, "class": r.choice(classes)}


case(
    "deepseek_v2",
    DeepseekV2ForCausalLM,
    latent(**experts(routed_scaling_factor=1.5), **yarn(), first_k_dense_replace=1, attention_bias=True, topk_method="group_limited_greedy", n_group=2, topk_group=1),
    drawn=v2,
    spelling=older,
    tensors=fused,
)
case("deepseek_v2-lite", DeepseekV2ForCausalLM, latent(**{**experts(), "q_lora_rank": None, "num_hidden_layers": 2}))


def v3(r) -> dict:
    classes = [DeepseekV3ForCausalLM] * 6 + [DeepseekV3Model, DeepseekV3ForSequenceClassification, DeepseekV3ForTokenClassification]
    return {
        **draw_latent(r),
        **draw_experts(r, True),
        "rope_interleave": r.random() < 0.7,
        "norm_topk_prob": r.random() < 0.7,
        "class": r.choice(classes),
    }


def published(config: dict, r) -> dict:
    """With the fields that DeepSeek's own files have."""
    extra = {"scoring_func": "sigmoid", "topk_method": "noaux_tc", "moe_layer_freq": 1, "ep_size": 1, "aux_loss_alpha": 0.001}
    return {**older(config, r), **(extra if r.random() < 0.5 else {})}


case(
    "deepseek_v3",
    DeepseekV3ForCausalLM,
    latent(**experts(n_group=2, topk_group=1, routed_scaling_factor=2.5), **yarn(), first_k_dense_replace=1, attention_bias=True),
    drawn=v3,
    spelling=published,
    tensors=fused,
)


def v32(r) -> dict:
    drawn = {**draw_latent(r), **draw_experts(r, True)}
    indexer = {"index_topk": r.choice([2, 3, 4, 64]), "index_n_heads": r.randint(4, 6), "index_head_dim": drawn["qk_rope_head_dim"] + r.choice([0, 2, 5])}
    return {**drawn, **indexer, "q_lora_rank": r.randint(3, 16), "norm_topk_prob": r.random() < 0.7}


case(
    "deepseek_v32",
    DeepseekV32ForCausalLM,
    latent(**experts(n_group=2, topk_group=1), **yarn(), first_k_dense_replace=1, index_topk=3, index_n_heads=6, index_head_dim=7),
    drawn=v32,
    spelling=older,
    tensors=fused,
)


def longrope(pairs: int, r=None) -> dict:
    number = (lambda: round(r.uniform(1, 4), 2)) if r else iter([1.0 + i / 3 for i in range(100)]).__next__
    factors = lambda: [number() for _ in range(pairs)]
    rule = {"rope_type": "longrope", "rope_theta": 1e4, "short_factor": factors(), "long_factor": factors()}
    return {"rope_parameters": {**rule, "factor": 4.0, "original_max_position_embeddings": 16}}


def mini(r) -> dict:
    drawn = draw_latent(r)
    if r.random() < 0.4:
        drawn |= longrope(drawn["qk_rope_head_dim"] // 2, r)
    factors = {
        "scale_emb": r.choice([1, 12, 3.5]),
        "scale_depth": r.choice([1.4, 0.7, None]),
        "dim_model_base": r.choice([4, 16, None]),
    }
    drawn["v_head_dim"] = r.choice([None, drawn["v_head_dim"]])
    classes = [MiniCPM3ForCausalLM] * 6 + [MiniCPM3Model, MiniCPM3ForSequenceClassification]
    return {**drawn, **factors, "class": r.choice(classes)}


case(
    "minicpm3",
    MiniCPM3ForCausalLM,
    latent(scale_emb=3, scale_depth=1.4, dim_model_base=5),
    drawn=mini,
    spelling=older,
)
case("minicpm3-longrope", MiniCPM3ForCausalLM, latent(**longrope(2), v_head_dim=None))


def liquid(**others) -> dict:
    fields = sizes(conv_L_cache=4, block_multiple_of=5, conv_bias=True, layer_types=["conv", "full_attention", "conv"])
    del fields["head_dim"]
    return {**fields, **others}


def draw_liquid(r) -> dict:
    drawn = draw_sizes(r)
    del drawn["head_dim"]
    layers = drawn["num_hidden_layers"]
    return {
        **drawn,
        "hidden_size": drawn["num_attention_heads"] * r.choice([4, 6, 8]),
        "conv_L_cache": r.randint(2, 5),
        "conv_bias": r.random() < 0.5,
        "block_multiple_of": r.choice([1, 4, 8]),
        "block_ffn_dim_multiplier": r.choice([1.0, 1.3, 0.7]),
        "block_auto_adjust_ff_dim": r.random() < 0.7,
        "layer_types": r.sample(["full_attention", *r.choices(["conv", "conv", "full_attention"], k=layers - 1)], layers),
        "norm_eps": r.choice([1e-6, 1e-5, 1e-2]),
        "tie_word_embeddings": r.random() < 0.6,
        "class": r.choice([Lfm2ForCausalLM] * 6 + [Lfm2Model]),
        **rotary(r),
    }


def as_published(config: dict, r) -> dict:
    """full_attn_idxs, block_ff_dim and tie_embedding, as Liquid AI's own files have them; half of the time."""
    config = older(config, r)
    if r.random() < 0.5:
        return config
    kinds = config.pop("layer_types")
    config["full_attn_idxs"] = [i for i, kind in enumerate(kinds) if kind == "full_attention"]
    config["block_ff_dim"] = config.pop("intermediate_size")
    config["tie_embedding"] = config.pop("tie_word_embeddings")
    return config


case("lfm2", Lfm2ForCausalLM, liquid())
case("lfm2-published", Lfm2ForCausalLM, liquid(conv_bias=False, num_hidden_layers=2, layer_types=["conv", "full_attention"]), drawn=draw_liquid, spelling=as_published)


def draw_liquid_mixture(r) -> dict:
    drawn = {k: v for k, v in draw_liquid(r).items() if not k.startswith("block_")}
    experts = r.randint(2, 9)
    return {
        **drawn,
        "num_experts": experts,
        "num_experts_per_tok": r.randint(1, min(4, experts)),
        "moe_intermediate_size": r.randint(4, 16),
        "num_dense_layers": r.randint(0, 2),
        "use_expert_bias": r.random() < 0.7,
        "norm_topk_prob": r.random() < 0.7,
        "routed_scaling_factor": r.choice([1.0, 2.5]),
        "class": r.choice([Lfm2MoeForCausalLM] * 6 + [Lfm2MoeModel]),
    }


def liquid_mixture(**others) -> dict:
    fields = {k: v for k, v in liquid().items() if not k.startswith("block_")}
    return {**fields, "num_dense_layers": 1, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 6, **others}


def parted(tensors: dict, r) -> dict:
    return fused(tensors, r, inner="feed_forward", parts=("w1", "w3", "w2"))


case("lfm2_moe", Lfm2MoeForCausalLM, liquid_mixture(), drawn=draw_liquid_mixture, spelling=older, tensors=parted)


def partly(r) -> dict:
    """Rotary positions of a part of each head."""
    fields = rotary(r)
    parameters = fields.get("rope_parameters", {"rope_type": "default", "rope_theta": 1e4})
    return {"rope_parameters": {**parameters, "partial_rotary_factor": r.choice([0.25, 0.5, 1.0])}} if r.random() < 0.7 else {}


def next_sizes(**others) -> dict:
    fields = sizes(hidden_size=12, head_dim=8, num_hidden_layers=4, num_attention_heads=2, num_key_value_heads=1, intermediate_size=10)
    delta = dict(linear_conv_kernel_dim=3, linear_key_head_dim=4, linear_value_head_dim=3, linear_num_key_heads=2, linear_num_value_heads=4)
    return {**fields, **delta, **others}


def draw_next(r) -> dict:
    drawn = draw_sizes(r)
    key = r.randint(1, 3)
    layers = drawn["num_hidden_layers"]
    kinds = r.sample(["full_attention", *r.choices(["linear_attention", "linear_attention", "full_attention"], k=layers - 1)], layers)
    return {
        **drawn,
        "head_dim": r.choice([8, 16]),
        "linear_conv_kernel_dim": r.randint(2, 5),
        "linear_key_head_dim": r.randint(2, 9),
        "linear_value_head_dim": r.randint(2, 9),
        "linear_num_key_heads": key,
        "linear_num_value_heads": key * r.randint(1, 3),
        "layer_types": kinds,
        "attention_bias": r.random() < 0.3,
        "rms_norm_eps": r.choice([1e-6, 1e-5, 1e-2]),
        "tie_word_embeddings": r.random() < 0.3,
        **partly(r),
    }


def draw_next_mixture(r) -> dict:
    experts = r.randint(2, 9)
    return {
        "num_experts": experts,
        "num_experts_per_tok": r.randint(1, min(3, experts)),
        "moe_intermediate_size": r.randint(4, 16),
        "shared_expert_intermediate_size": r.randint(4, 16),
    }


def draw_qwen3_next(r) -> dict:
    drawn = draw_next(r)
    more = {"norm_topk_prob": r.random() < 0.7, "decoder_sparse_step": r.choice([1, 1, 2])}
    more |= {"mlp_only_layers": [i for i in range(drawn["num_hidden_layers"]) if r.random() < 0.2]}
    classes = [Qwen3NextForCausalLM] * 6 + [Qwen3NextModel, Qwen3NextForSequenceClassification, Qwen3NextForTokenClassification]
    return {**drawn, **draw_next_mixture(r), **more, "pad_token_id": 0, "class": r.choice(classes)}


few = dict(num_experts=3, num_experts_per_tok=2, moe_intermediate_size=5, shared_expert_intermediate_size=6)

case("qwen3_next", Qwen3NextForCausalLM, next_sizes(**few, attention_bias=True, mlp_only_layers=[1]), drawn=draw_qwen3_next, spelling=older, tensors=fused)
case("qwen3_5_text", Qwen3_5ForCausalLM, next_sizes(), drawn=draw_next, spelling=older, seed=2)
case("qwen3_5_moe_text", Qwen3_5MoeForCausalLM, {k: v for k, v in next_sizes(**few).items() if k != "intermediate_size"}, drawn=lambda r: {**{k: v for k, v in draw_next(r).items() if k != "intermediate_size"}, **draw_next_mixture(r)}, spelling=older, seed=3)


def bits(r) -> dict:
    drawn = draw_sizes(r)
    del drawn["head_dim"]
    return {
        **drawn,
        "hidden_size": drawn["num_attention_heads"] * r.choice([4, 6, 8]),
        "attention_bias": r.random() < 0.3,
        "hidden_act": r.choice(["relu2", "relu2", "silu"]),
        "rms_norm_eps": r.choice([1e-6, 1e-5, 1e-2]),
        "tie_word_embeddings": r.random() < 0.3,
        "class": r.choice([BitNetForCausalLM] * 6 + [BitNetModel]),
        **rotary(r),
    }


bitnet = sizes(attention_bias=True)
del bitnet["head_dim"]
case("bitnet", BitNetForCausalLM, bitnet, drawn=bits, spelling=older)


def granite(**others) -> dict:
    fields = sizes(hidden_size=12, intermediate_size=8, num_attention_heads=3, num_key_value_heads=1, layer_types=["full_attention"] * 3)
    del fields["head_dim"]
    factors = dict(embedding_multiplier=3.0, logits_scaling=2.0, residual_multiplier=0.7, attention_multiplier=0.4)
    mamba = dict(mamba_n_heads=2, mamba_d_head="auto")
    return {**fields, **factors, **mamba, "num_local_experts": 3, "num_experts_per_tok": 2, "shared_intermediate_size": 7, **others}


def draw_granite(r) -> dict:
    drawn = draw_sizes(r)
    del drawn["head_dim"]
    experts = r.choice([0, 0, 2, 4, 7])
    return {
        **drawn,
        "hidden_size": drawn["num_attention_heads"] * r.choice([4, 6, 8]),
        "layer_types": ["full_attention"] * drawn["num_hidden_layers"],
        "num_local_experts": experts,
        "num_experts_per_tok": r.randint(1, max(1, min(3, experts))),
        "shared_intermediate_size": r.randint(4, 20),
        "position_embedding_type": r.choice([None, "rope"]),
        "embedding_multiplier": r.choice([1.0, 3.0]),
        "logits_scaling": r.choice([1.0, 2.5]),
        "residual_multiplier": r.choice([1.0, 0.5]),
        "attention_multiplier": r.choice([1.0, 0.25]),
        "attention_bias": r.random() < 0.3,
        "tie_word_embeddings": r.random() < 0.3,
        **rotary(r),
    }


def named_attention(config: dict, r) -> dict:
    """The layers' kinds as IBM's own files write them; half of the time."""
    config = older(config, r)
    if r.random() < 0.5:
        config["layer_types"] = ["attention"] * len(config["layer_types"])
    return config


case("granitemoehybrid", GraniteMoeHybridForCausalLM, granite(position_embedding_type="rope"), drawn=draw_granite, spelling=named_attention)
case("granitemoehybrid-dense", GraniteMoeHybridForCausalLM, granite(num_local_experts=0), drawn=draw_granite)

if __name__ == "__main__":
    main()
