"""Decoders with mixtures of experts."""

import torch
from transformers import (
    Cohere2MoeForCausalLM,
    Dots1ForCausalLM,
    Ernie4_5_MoeForCausalLM,
    ExaoneMoeForCausalLM,
    Glm4MoeForCausalLM,
    GptOssForCausalLM,
    GraniteMoeForCausalLM,
    GraniteMoeSharedForCausalLM,
    HunYuanMoEV1ForCausalLM,
    Llama4ForCausalLM,
    Llama4TextModel,
    MixtralForCausalLM,
    OlmoeForCausalLM,
    PhimoeForCausalLM,
    Qwen2MoeForCausalLM,
    Qwen3MoeForCausalLM,
)

from common import case, draw_sizes, main, sizes


def small(**others) -> dict:
    """Small experts, so that many fit into a fixture."""
    return sizes(hidden_size=12, intermediate_size=10, num_experts_per_tok=2, **others)


def maybe(r, *choices):
    return r.choice(choices)


def rotary(r, *, theta=True) -> dict:
    """No fields, another base, or a scaling rule."""
    base = r.choice([1e4, 1e3, 5e5])
    kind = r.choice(["none", "base", "linear", "dynamic", "llama3", "yarn"])
    if kind == "none":
        return {}
    if kind == "base":
        return {"rope_parameters": {"rope_type": "default", "rope_theta": base}}
    rules = {
        "linear": {"factor": 2.5},
        "dynamic": {"factor": 2.0},
        "llama3": {
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16,
        },
        "yarn": {"factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 32.0, "beta_slow": 1.0},
    }
    return {"rope_parameters": {"rope_type": kind, "rope_theta": base, **rules[kind]}}


def older(config: dict, r) -> dict:
    """rope_theta and rope_scaling instead of rope_parameters, as before transformers 5; half of the time."""
    parameters = config.get("rope_parameters")
    if not isinstance(parameters, dict) or "rope_theta" not in parameters or r.random() < 0.5:
        return config
    rest = {key: value for key, value in config.items() if key != "rope_parameters"}
    rule = {key: value for key, value in parameters.items() if key not in ("rope_theta", "partial_rotary_factor")}
    if "partial_rotary_factor" in parameters:
        rest["partial_rotary_factor"] = parameters["partial_rotary_factor"]
    kind = rule.pop("rope_type", "default")
    if kind == "default":
        return {**rest, "rope_theta": parameters["rope_theta"], "rope_scaling": None}
    return {**rest, "rope_theta": parameters["rope_theta"], "rope_scaling": {r.choice(["type", "rope_type"]): kind, **rule}}


def fused(tensors: dict, r, inner: str = "mlp", parts=("gate_proj", "up_proj", "down_proj")) -> dict:
    """Experts as transformers 5 has them in memory, [experts, 2 · inner, width]; a quarter of the time."""
    if r.random() < 0.75:
        return tensors
    gate, up, down = parts
    left, experts = {}, {}
    for name, value in tensors.items():
        base, found, rest = name.partition(".experts.")
        if not found:
            left[name] = value
            continue
        index, part, _ = rest.split(".")
        experts.setdefault(base, {}).setdefault(part, {})[int(index)] = value
    for base, held in experts.items():
        stack = lambda part: torch.stack([held[part][i] for i in range(len(held[part]))])
        left[f"{base}.experts.gate_up_proj"] = torch.cat([stack(gate), stack(up)], 1)
        left[f"{base}.experts.down_proj"] = stack(down)
    return left


def in_memory(router: str):
    """Names and experts as transformers 5 has them in memory, where files have those of Mixtral."""

    def spelled(tensors: dict, r) -> dict:
        whole = fused(tensors, r, parts=("w1", "w3", "w2"))
        if not any(name.endswith(".gate_up_proj") for name in whole):
            return tensors
        return {name.replace("block_sparse_moe.gate.", f"mlp.{router}.").replace("block_sparse_moe.", "mlp."): value for name, value in whole.items()}

    return spelled


def draw(r, *, most=9, **others) -> dict:
    """Sizes with another number of experts."""
    drawn = draw_sizes(r)
    return {
        **drawn,
        "hidden_act": r.choice(["silu", "silu", "gelu", "relu", "gelu_pytorch_tanh"]),
        "rms_norm_eps": r.choice([1e-6, 1e-5, 1e-2]),
        "tie_word_embeddings": r.random() < 0.3,
        "num_experts_per_tok": r.randint(1, 3),
        **others,
    }


case(
    "mixtral",
    MixtralForCausalLM,
    small(num_local_experts=4, num_key_value_heads=1, sliding_window=4),
    drawn=lambda r: draw(
        r,
        num_local_experts=r.randint(3, 9),
        sliding_window=maybe(r, None, 3, 5, 40),
        **({"head_dim": None, "hidden_size": 24, "num_attention_heads": 4, "num_key_value_heads": 2} if r.random() < 0.2 else {}),
        **rotary(r),
    ),
    spelling=older,
    tensors=in_memory("gate"),
)


def qwen2(r) -> dict:
    layers = r.randint(1, 5)
    return draw(
        r,
        num_hidden_layers=layers,
        num_experts=r.randint(3, 9),
        moe_intermediate_size=r.randint(4, 20),
        shared_expert_intermediate_size=r.randint(4, 20),
        norm_topk_prob=r.random() < 0.5,
        decoder_sparse_step=r.choice([1, 1, 2, 3]),
        mlp_only_layers=[i for i in range(layers) if r.random() < 0.25],
        qkv_bias=r.random() < 0.7,
        **({"use_sliding_window": True, "sliding_window": r.randint(2, 6), "max_window_layers": r.randint(0, 5)} if r.random() < 0.5 else {}),
        **rotary(r),
    )


case(
    "qwen2_moe",
    Qwen2MoeForCausalLM,
    small(
        num_experts=4,
        moe_intermediate_size=6,
        shared_expert_intermediate_size=7,
        mlp_only_layers=[1],
        use_sliding_window=True,
        sliding_window=4,
        max_window_layers=1,
    ),
    drawn=qwen2,
    spelling=older,
    tensors=fused,
)


def qwen3(r) -> dict:
    layers = r.randint(1, 5)
    return draw(
        r,
        num_hidden_layers=layers,
        num_experts=r.randint(3, 9),
        moe_intermediate_size=r.randint(4, 20),
        norm_topk_prob=r.random() < 0.5,
        decoder_sparse_step=r.choice([1, 1, 2, 3]),
        mlp_only_layers=[i for i in range(layers) if r.random() < 0.25],
        attention_bias=r.random() < 0.3,
        **({"use_sliding_window": True, "sliding_window": r.randint(2, 6)} if r.random() < 0.3 else {}),
        **rotary(r),
    )


case(
    "qwen3_moe",
    Qwen3MoeForCausalLM,
    small(
        num_experts=4,
        moe_intermediate_size=6,
        mlp_only_layers=[0],
        norm_topk_prob=True,
        num_key_value_heads=1,
        use_sliding_window=True,
        sliding_window=4,
    ),
    drawn=qwen3,
    spelling=older,
    tensors=fused,
)


def olmoe(r) -> dict:
    heads = r.choice([2, 4])
    return draw(
        r,
        hidden_size=heads * r.choice([4, 6, 8]),
        num_attention_heads=heads,
        num_key_value_heads=r.choice([heads, heads // 2, None]),
        head_dim=None,
        num_experts=r.randint(3, 9),
        norm_topk_prob=r.random() < 0.5,
        clip_qkv=maybe(r, None, 0.3, 1.0),
        attention_bias=r.random() < 0.3,
        **rotary(r),
    )


def without_head_dim(fields: dict) -> dict:
    return {name: value for name, value in fields.items() if name != "head_dim"}


case(
    "olmoe",
    OlmoeForCausalLM,
    without_head_dim(small(num_experts=4, clip_qkv=0.4, num_attention_heads=2, num_key_value_heads=1)),
    drawn=lambda r: without_head_dim(olmoe(r)),
    spelling=older,
    tensors=fused,
)


def granite(r) -> dict:
    return draw(
        r,
        num_local_experts=r.randint(3, 9),
        attention_bias=r.random() < 0.4,
        embedding_multiplier=r.choice([1.0, 12.0, 0.5]),
        logits_scaling=r.choice([1.0, 8.0, 0.5]),
        residual_multiplier=r.choice([1.0, 0.22]),
        attention_multiplier=r.choice([1.0, 0.0625, 0.3]),
        **rotary(r),
    )


case(
    "granitemoe",
    GraniteMoeForCausalLM,
    small(
        num_local_experts=4,
        attention_bias=True,
        embedding_multiplier=3.0,
        logits_scaling=2.0,
        residual_multiplier=0.6,
        attention_multiplier=0.3,
    ),
    drawn=granite,
    spelling=older,
)


def long_rope(r, dim: int) -> dict:
    if r.random() < 0.5:
        return {}
    factors = lambda: [r.choice([1.0, 1.5, 2.0, 4.0]) for _ in range(dim // 2)]
    return {
        "rope_parameters": {
            "rope_type": "longrope",
            "rope_theta": 1e4,
            "short_factor": factors(),
            "long_factor": factors(),
            "short_mscale": 1.1,
            "long_mscale": 1.25,
            "original_max_position_embeddings": r.choice([4, 32]),
        }
    }


def phi(r) -> dict:
    drawn = draw(
        r,
        num_local_experts=r.randint(3, 9),
        num_experts_per_tok=2,
        router_jitter_noise=r.choice([0.01, 0.1, 0.4]),
        attention_bias=r.random() < 0.5,
        lm_head_bias=r.random() < 0.5,
        sliding_window=maybe(r, None, 3, 5),
    )
    return {**drawn, **long_rope(r, drawn["head_dim"])}


case(
    "phimoe",
    PhimoeForCausalLM,
    small(num_local_experts=4, attention_bias=True, lm_head_bias=True, router_jitter_noise=0.2),
    drawn=phi,
    spelling=older,
    tensors=in_memory("router"),
)


def gpt_oss(r) -> dict:
    layers = r.randint(1, 5)
    fields = draw(
        r,
        num_hidden_layers=layers,
        num_local_experts=r.randint(3, 9),
        sliding_window=r.randint(2, 6),
        swiglu_limit=r.choice([7.0, 0.5]),
        swiglu_alpha=r.choice([1.702, 1.0]),
        attention_bias=r.random() < 0.7,
        **rotary(r),
    )
    if r.random() < 0.3:
        fields["layer_types"] = [r.choice(["sliding_attention", "full_attention"]) for _ in range(layers)]
    return {**fields, "hidden_act": "silu"}


case(
    "gpt_oss",
    GptOssForCausalLM,
    small(num_local_experts=4, sliding_window=4, swiglu_limit=0.7),
    drawn=gpt_oss,
    spelling=older,
)


def ernie(r) -> dict:
    fields = draw(
        r,
        moe_num_experts=r.randint(3, 9),
        moe_k=r.randint(1, 3),
        moe_num_shared_experts=r.choice([0, 1, 2]),
        moe_intermediate_size=r.randint(4, 20),
        moe_layer_start_index=r.choice([0, 1, 2]),
        moe_layer_end_index=r.choice([-1, -1, 2]),
        moe_layer_interval=r.choice([1, 1, 2]),
        moe_norm_min=r.choice([1e-12, 0.5]),
        use_bias=r.random() < 0.3,
        **rotary(r),
    )
    del fields["num_experts_per_tok"]
    return fields


def without_top_k(fields: dict) -> dict:
    return {name: value for name, value in fields.items() if name != "num_experts_per_tok"}


case(
    "ernie4_5_moe",
    Ernie4_5_MoeForCausalLM,
    without_top_k(small(moe_num_experts=4, moe_k=2, moe_intermediate_size=6, moe_num_shared_experts=2, moe_norm_min=0.6, num_key_value_heads=1, moe_layer_start_index=0, moe_layer_end_index=1)),
    drawn=ernie,
    spelling=older,
    tensors=fused,
)


def glm4(r) -> dict:
    groups = r.choice([1, 2, 3])
    each = r.randint(2, 4)
    kept = r.randint(1, groups)
    fields = draw(
        r,
        n_routed_experts=groups * each,
        n_group=groups,
        topk_group=kept,
        n_shared_experts=r.choice([1, 2]),
        moe_intermediate_size=r.randint(4, 20),
        routed_scaling_factor=r.choice([1.0, 2.5]),
        norm_topk_prob=r.random() < 0.7,
        first_k_dense_replace=r.choice([0, 1, 2]),
        use_qk_norm=r.random() < 0.5,
        attention_bias=r.random() < 0.5,
        head_dim=r.choice([8, 12]),
        num_mtp_layers=r.choice([0, 1]),
    )
    fields["num_experts_per_tok"] = r.randint(1, min(3, kept * each))
    if r.random() < 0.5:
        fields["rope_parameters"] = {"rope_type": "default", "rope_theta": r.choice([1e4, 1e6]), "partial_rotary_factor": r.choice([0.5, 0.25, 1.0])}
    return fields


case(
    "glm4_moe",
    Glm4MoeForCausalLM,
    small(
        n_routed_experts=6,
        n_group=3,
        topk_group=2,
        n_shared_experts=2,
        moe_intermediate_size=5,
        routed_scaling_factor=1.7,
        use_qk_norm=True,
        attention_bias=True,
    )
    | {"head_dim": 8},
    drawn=glm4,
    spelling=older,
    tensors=fused,
)


def llama4(r) -> dict:
    layers = r.randint(1, 5)
    fields = draw(
        r,
        num_hidden_layers=layers,
        num_local_experts=r.randint(2, 7),
        num_experts_per_tok=r.choice([1, 1, 2]),
        intermediate_size_mlp=r.randint(6, 30),
        interleave_moe_layer_step=r.choice([1, 2]),
        use_qk_norm=r.random() < 0.6,
        no_rope_layer_interval=r.choice([2, 3, 4]),
        attention_chunk_size=maybe(r, None, 3, 5, 8192),
        attn_temperature_tuning=r.random() < 0.6,
        floor_scale=r.choice([2, 4, 8192]),
        attn_scale=r.choice([0.1, 0.5]),
        attention_bias=r.random() < 0.3,
        **rotary(r),
    )
    if r.random() < 0.3:
        fields["moe_layers"] = [i for i in range(layers) if r.random() < 0.6]
    if r.random() < 0.3:
        fields["no_rope_layers"] = [r.choice([0, 1]) for _ in range(layers)]
    return fields


LLAMA4 = small(
    num_local_experts=3,
    intermediate_size_mlp=11,
    interleave_moe_layer_step=2,
    no_rope_layer_interval=3,
    attention_chunk_size=4,
    floor_scale=2,
    attn_scale=0.4,
)
case("llama4_text", Llama4ForCausalLM, LLAMA4, drawn=llama4, spelling=older)
case("llama4_text-bare", Llama4TextModel, LLAMA4, drawn=llama4, spelling=older)

FP4 = torch.tensor([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6])


def packed(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """[experts, in, out] as bytes of two numbers, and a power of two for each 32 of them."""
    blocks = weight.transpose(1, 2).reshape(weight.shape[0], weight.shape[2], -1, 32)
    exponents = torch.floor(torch.log2(blocks.abs().amax(-1, keepdim=True).clamp(min=1e-30))) - 2
    bits = (blocks / 2.0**exponents).unsqueeze(-1).sub(FP4).abs().argmin(-1).to(torch.uint8)
    return bits[..., 0::2] | (bits[..., 1::2] << 4), (exponents.squeeze(-1) + 127).to(torch.uint8)


def unpacked(blocks: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    numbers = torch.stack([FP4[(blocks & 15).long()], FP4[(blocks >> 4).long()]], -1).flatten(-2)
    return (numbers * 2.0 ** (scales.float() - 127).unsqueeze(-1)).flatten(-2).transpose(1, 2).contiguous()


def is_packed(name: str) -> bool:
    return name.endswith(("gate_up_proj", "down_proj"))


def round_to_fp4(model, r) -> None:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if is_packed(name):
                parameter.copy_(unpacked(*packed(parameter)))


def pack(tensors: dict, r) -> dict:
    left = {}
    for name, value in tensors.items():
        if is_packed(name):
            left[f"{name}_blocks"], left[f"{name}_scales"] = packed(value)
        else:
            left[name] = value
    return left


def packed_config(config: dict, r) -> dict:
    kept = ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"]
    return {**config, "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": kept}}


case(
    "gpt_oss_mxfp4",
    GptOssForCausalLM,
    small(num_local_experts=2, num_hidden_layers=2, sliding_window=4)
    | {"hidden_size": 32, "intermediate_size": 32, "num_attention_heads": 2, "num_key_value_heads": 1},
    drawn=lambda r: {**gpt_oss(r), "hidden_size": r.choice([32, 64]), "intermediate_size": r.choice([32, 64])},
    prepare=round_to_fp4,
    tensors=pack,
    spelling=packed_config,
)


def dots1(r) -> dict:
    fields = glm4(r)
    for name in ("use_qk_norm", "num_mtp_layers", "rope_parameters"):
        fields.pop(name, None)
    window = maybe(r, None, 3, 5)
    return {**fields, "sliding_window": window, "max_window_layers": r.randint(0, 4), **rotary(r)}


case(
    "dots1",
    Dots1ForCausalLM,
    small(
        n_routed_experts=4,
        n_group=2,
        topk_group=1,
        n_shared_experts=2,
        moe_intermediate_size=5,
        routed_scaling_factor=1.7,
        norm_topk_prob=True,
        first_k_dense_replace=1,
        sliding_window=4,
        max_window_layers=1,
    ),
    drawn=dots1,
    spelling=older,
    tensors=fused,
)


def exaone(r) -> dict:
    fields = glm4(r)
    for name in ("use_qk_norm", "num_mtp_layers", "rope_parameters", "attention_bias"):
        fields.pop(name, None)
    fields["num_experts"] = fields.pop("n_routed_experts")
    fields["num_shared_experts"] = fields.pop("n_shared_experts")
    fields["sliding_window"] = maybe(r, 3, 5, 4096)
    fields["sliding_window_pattern"] = r.choice([2, 3, 4])
    if r.random() < 0.3:
        layers = fields["num_hidden_layers"]
        fields["mlp_layer_types"] = [r.choice(["dense", "sparse"]) for _ in range(layers)]
    return {**fields, **rotary(r)}


case(
    "exaone_moe",
    ExaoneMoeForCausalLM,
    small(
        num_experts=4,
        n_group=2,
        topk_group=1,
        num_shared_experts=2,
        moe_intermediate_size=5,
        routed_scaling_factor=1.7,
        sliding_window=4,
        sliding_window_pattern=3,
    ),
    drawn=exaone,
    spelling=older,
    tensors=fused,
)


def hunyuan(r) -> dict:
    layers = r.randint(1, 5)
    fields = draw(
        r,
        num_hidden_layers=layers,
        num_experts=r.randint(3, 9),
        moe_topk=r.choice([1, 2, 3, [r.randint(1, 3) for _ in range(layers)]]),
        attention_bias=r.random() < 0.3,
        **rotary(r),
    )
    del fields["num_experts_per_tok"]
    if r.random() < 0.4:
        alpha = {"rope_type": "dynamic", "rope_theta": 1e4, "alpha": r.choice([50.0, 1000.0]), "factor": 1.0}
        fields["rope_parameters"] = alpha
    return fields


case(
    "hunyuan_v1_moe",
    HunYuanMoEV1ForCausalLM,
    without_top_k(small(num_experts=4, moe_topk=2)),
    drawn=hunyuan,
    spelling=older,
    tensors=fused,
)

case(
    "granitemoeshared",
    GraniteMoeSharedForCausalLM,
    small(num_local_experts=4, shared_intermediate_size=7, embedding_multiplier=3.0, attention_multiplier=0.3),
    drawn=lambda r: {**granite(r), "shared_intermediate_size": r.choice([0, 6, 14])},
    spelling=older,
)


def cohere2(r) -> dict:
    fields = draw(
        r,
        num_experts=r.randint(3, 9),
        num_shared_experts=r.choice([0, 1, 2]),
        shared_expert_combination_strategy=r.choice(["average", "sum"]),
        expert_selection_fn=r.choice(["softmax", "sigmoid"]),
        norm_topk_prob=r.random() < 0.5,
        logit_scale=r.choice([0.0625, 1.0]),
        sliding_window=r.randint(2, 6),
        sliding_window_pattern=r.choice([2, 3, 4]),
        first_k_dense_replace=r.choice([0, 1, 2]),
        prefix_dense_intermediate_size=r.randint(5, 20),
        attention_bias=r.random() < 0.3,
        rms_norm_eps=maybe(r, None, 1e-5),
    )
    if fields["num_hidden_layers"] < fields["first_k_dense_replace"]:
        fields["first_k_dense_replace"] = 0
    return fields


case(
    "cohere2_moe",
    Cohere2MoeForCausalLM,
    small(
        num_experts=4,
        num_shared_experts=2,
        expert_selection_fn="sigmoid",
        logit_scale=0.5,
        sliding_window=4,
        sliding_window_pattern=3,
        first_k_dense_replace=1,
        prefix_dense_intermediate_size=9,
    ),
    drawn=cohere2,
)

if __name__ == "__main__":
    main()
