"""transformers' mixtures of experts as oracles: test/fixtures/blocks/experts.safetensors and experts.json.

For each case the weights under our names, an input [2, 5, 6], the output, the chosen experts, and the gradients of
sum(output * cotangent). experts.json has the options of our blocks for each case.
"""

import torch
from transformers import (
    Cohere2MoeConfig,
    Ernie4_5_MoeConfig,
    Glm4MoeConfig,
    GptOssConfig,
    GraniteMoeConfig,
    Llama4TextConfig,
    MixtralConfig,
    PhimoeConfig,
    Qwen2MoeConfig,
)
from transformers.models.cohere2_moe.modeling_cohere2_moe import Cohere2MoeSparseMoeBlock
from transformers.models.deepseek_v2.configuration_deepseek_v2 import DeepseekV2Config
from transformers.models.deepseek_v2.modeling_deepseek_v2 import DeepseekV2Moe
from transformers.models.ernie4_5_moe.modeling_ernie4_5_moe import Ernie4_5_MoeSparseMoeBlock
from transformers.models.glm4_moe.modeling_glm4_moe import Glm4MoeMoE
from transformers.models.gpt_oss.modeling_gpt_oss import GptOssMLP
from transformers.models.granitemoe.modeling_granitemoe import GraniteMoeMoE
from transformers.models.llama4.modeling_llama4 import Llama4TextMoe
from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock
from transformers.models.phimoe.modeling_phimoe import PhimoeSparseMoeBlock
from transformers.models.qwen2_moe.modeling_qwen2_moe import Qwen2MoeSparseMoeBlock

from common import FIXTURES, write_json, write_tensors

WIDTH, INNER, EXPERTS = 6, 5, 6
SIZES = {"hidden_size": WIDTH, "hidden_act": "silu", "num_experts_per_tok": 2}
INNERS = {"intermediate_size": INNER, "moe_intermediate_size": INNER}
HEADS = {"num_attention_heads": 2, "num_key_value_heads": 1}


def config(kind, **options):
    made = kind(**{**SIZES, **INNERS, **HEADS, **options})
    made._experts_implementation = "eager"
    return made


GROUPS = {"n_group": 3, "topk_group": 2, "n_routed_experts": EXPERTS, "n_shared_experts": 2}

# Name: their layer; what ours is made of. `router` are options of TopKRouter, or of SparseMixerRouter if it has jitter.
CASES = {
    "mixtral": (MixtralSparseMoeBlock(config(MixtralConfig, num_local_experts=EXPERTS)), {"router": {"renormalize": True}}),
    "qwen2": (
        Qwen2MoeSparseMoeBlock(
            config(Qwen2MoeConfig, num_experts=EXPERTS, shared_expert_intermediate_size=7, norm_topk_prob=False)
        ),
        {"router": {}, "shared": 7, "sharedGate": True},
    ),
    "granite": (
        GraniteMoeMoE(config(GraniteMoeConfig, num_local_experts=EXPERTS)),
        {"router": {"scores": "softmaxOfChosen"}},
    ),
    "ernie": (
        Ernie4_5_MoeSparseMoeBlock(
            config(Ernie4_5_MoeConfig, moe_num_experts=EXPERTS, moe_k=2, moe_num_shared_experts=2, moe_norm_min=0.6)
        ),
        {"router": {"correction": True, "renormalize": True, "leastSum": 0.6}, "shared": 2 * INNER},
    ),
    "glm4": (
        Glm4MoeMoE(config(Glm4MoeConfig, **GROUPS, norm_topk_prob=True, routed_scaling_factor=1.7)),
        {
            "router": {
                "scores": "sigmoid",
                "correction": True,
                "groups": {"count": 3, "topK": 2},
                "renormalize": True,
                "scale": 1.7,
            },
            "shared": 2 * INNER,
        },
    ),
    "deepseek2": (
        DeepseekV2Moe(
            config(DeepseekV2Config, **GROUPS, topk_method="group_limited_greedy", routed_scaling_factor=2.5)
        ),
        {"router": {"groups": {"count": 3, "topK": 2, "score": "greatest"}, "scale": 2.5}, "shared": 2 * INNER},
    ),
    "gpt-oss": (
        GptOssMLP(config(GptOssConfig, num_local_experts=EXPERTS)),
        {"router": {"scores": "softmaxOfChosen", "bias": True}, "clamped": True},
    ),
    "phi": (
        PhimoeSparseMoeBlock(config(PhimoeConfig, num_local_experts=EXPERTS, router_jitter_noise=0.2)),
        {"router": {"jitter": 0.2}},
    ),
    "llama4": (
        Llama4TextMoe(config(Llama4TextConfig, num_local_experts=EXPERTS)),
        {"router": {"scores": "sigmoid"}, "shared": INNER, "weigh": "inputs"},
    ),
    "cohere2": (
        Cohere2MoeSparseMoeBlock(
            config(
                Cohere2MoeConfig,
                num_experts=EXPERTS,
                expert_selection_fn="sigmoid",
                norm_topk_prob=True,
                num_shared_experts=2,
                shared_expert_combination_strategy="average",
            )
        ),
        {"router": {"scores": "sigmoid", "renormalize": True}, "shared": 2 * INNER, "sharing": "mean"},
    ),
}


def normal(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def named(name: str, value: torch.Tensor, transposed: bool, interleaved: bool):
    """Our names and matrices for one of their tensors, whose experts may be [in, out] and their halves interleaved."""
    parts = name.split(".")
    last = parts[-1]
    if parts[0] == "experts":
        for e in range(EXPERTS):
            own = value[e]
            kind = "bias" if name.endswith("_bias") else "weight"
            if kind == "weight" and transposed:
                own = own.T
            if last.startswith("gate_up"):
                gate, up = (own[0::2], own[1::2]) if interleaved else own.chunk(2)
                yield f"experts.{e}.gate.{kind}", gate
                yield f"experts.{e}.up.{kind}", up
            else:
                yield f"experts.{e}.down.{kind}", own
    elif parts[0].startswith("shared") and len(parts) == 3:
        yield f"shared.{parts[1].removesuffix('_proj')}.weight", value
    elif parts[0] == "shared_expert_gate":
        yield "sharedGate.weight", value
    elif last == "e_score_correction_bias":
        yield "router.correction", value.reshape(-1)
    else:
        yield f"router.{last}", value


tensors: dict[str, torch.Tensor] = {}
options: dict[str, object] = {}
for number, (case, (layer, ours)) in enumerate(CASES.items()):
    layer = layer.float().eval()
    state = dict(layer.named_parameters()) | dict(layer.named_buffers())
    layout = {"transposed": case in ("gpt-oss", "llama4"), "interleaved": case == "gpt-oss"}
    with torch.no_grad():
        for i, value in enumerate(state.values()):
            value.copy_(normal(100 * number + i, *value.shape) * 0.6)
    x = normal(100 * number + 50, 2, 5, WIDTH).requires_grad_()
    output = layer(x)
    output = (output[0] if isinstance(output, tuple) else output).reshape(x.shape)
    cotangent = normal(100 * number + 51, *output.shape)
    (output * cotangent).sum().backward()
    found = {"input": x, "output": output, "cotangent": cotangent, "gradient.input": x.grad}
    for name, value in state.items():
        for path, own in named(name, value, **layout):
            found[f"weight.{path}"] = own
        if value.grad is not None:
            for path, own in named(name, value.grad, **layout):
                found[f"gradient.weight.{path}"] = own
    options[case] = ours
    tensors |= {f"{case}.{name}": value for name, value in found.items()}

write_tensors(FIXTURES / "blocks" / "experts.safetensors", tensors)
write_json(FIXTURES / "blocks" / "experts.json", options)
