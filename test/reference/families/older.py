"""Decoders before Llama: layer norms and feed-forward layers without a gate; learned, rotary or linear positions."""

from random import Random

from transformers import (
    BioGptForCausalLM,
    BioGptForSequenceClassification,
    BioGptForTokenClassification,
    BioGptModel,
    BloomForCausalLM,
    BloomForQuestionAnswering,
    BloomForSequenceClassification,
    BloomForTokenClassification,
    BloomModel,
    CodeGenForCausalLM,
    CodeGenModel,
    FalconForCausalLM,
    FalconForQuestionAnswering,
    FalconForSequenceClassification,
    FalconForTokenClassification,
    FalconModel,
    GPT2ForQuestionAnswering,
    GPT2ForSequenceClassification,
    GPT2ForTokenClassification,
    GPT2LMHeadModel,
    GPT2Model,
    GPTBigCodeForCausalLM,
    GPTBigCodeForSequenceClassification,
    GPTBigCodeForTokenClassification,
    GPTBigCodeModel,
    GPTJForCausalLM,
    GPTJForQuestionAnswering,
    GPTJForSequenceClassification,
    GPTJModel,
    GPTNeoForCausalLM,
    GPTNeoForQuestionAnswering,
    GPTNeoForSequenceClassification,
    GPTNeoForTokenClassification,
    GPTNeoModel,
    GPTNeoXForCausalLM,
    GPTNeoXForQuestionAnswering,
    GPTNeoXForSequenceClassification,
    GPTNeoXForTokenClassification,
    GPTNeoXModel,
    MptForCausalLM,
    MptForQuestionAnswering,
    MptForSequenceClassification,
    MptForTokenClassification,
    MptModel,
    OpenAIGPTForSequenceClassification,
    OpenAIGPTLMHeadModel,
    OpenAIGPTModel,
    OPTForCausalLM,
    OPTForQuestionAnswering,
    OPTForSequenceClassification,
    OPTModel,
    PhiForCausalLM,
    PhiForSequenceClassification,
    PhiForTokenClassification,
    PhiModel,
    XGLMForCausalLM,
    XGLMModel,
)

from common import case, main

TOKENS = dict(bos_token_id=1, eos_token_id=2, pad_token_id=0)
ACTIVATIONS = ["gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu", "silu"]


def head_of(r: Random, classes: list[type]) -> dict:
    """A class, mostly the first one, with the fields that its head needs."""
    model_class = r.choice([classes[0], classes[0], *classes])
    return {"class": model_class, "num_labels": r.randint(1, 5)}


def shape_of(r: Random, step: int = 2) -> tuple[int, int]:
    """Heads, and the width of all of them."""
    heads = r.choice([1, 2, 3, 4, 5, 6])
    return heads, heads * step * r.choice([n for n in range(1, 9) if 8 <= heads * step * n <= 40])


def common(r: Random, classes: list[type]) -> dict:
    return {
        **head_of(r, classes),
        "vocab_size": r.randint(30, 70),
        "tie_word_embeddings": r.random() < 0.5,
    }


GPT_FIELDS = dict(vocab_size=40, n_positions=32, n_embd=20, n_layer=3, n_head=4, n_inner=28, **TOKENS)


def gpt_fields(r: Random, classes: list[type], step: int = 1) -> dict:
    heads, width = shape_of(r, step)
    return dict(
        **common(r, classes),
        n_positions=r.choice([32, 48]),
        n_embd=width,
        n_layer=r.randint(1, 4),
        n_head=heads,
        layer_norm_epsilon=r.choice([1e-5, 1e-6, 1e-3]),
    )


def inner(r: Random) -> dict:
    return dict(n_inner=r.choice([None, 17, 30]), activation_function=r.choice(ACTIVATIONS))


GPT2_CLASSES = [
    GPT2LMHeadModel,
    GPT2Model,
    GPT2ForSequenceClassification,
    GPT2ForTokenClassification,
    GPT2ForQuestionAnswering,
]


def gpt2_options(r: Random) -> dict:
    return dict(
        **gpt_fields(r, GPT2_CLASSES),
        **inner(r),
        scale_attn_weights=r.random() < 0.6,
        scale_attn_by_inverse_layer_idx=r.random() < 0.5,
        reorder_and_upcast_attn=False,
    )


case("gpt2-scaled-by-layer", GPT2LMHeadModel, {**GPT_FIELDS, "scale_attn_by_inverse_layer_idx": True}, drawn=gpt2_options)
case(
    "gpt2-without-scale",
    GPT2Model,
    {**GPT_FIELDS, "scale_attn_weights": False, "activation_function": "relu"},
    drawn=gpt2_options,
)
case("gpt2-sequence", GPT2ForSequenceClassification, {**GPT_FIELDS, "num_labels": 3}, drawn=gpt2_options)
case("gpt2-tokens", GPT2ForTokenClassification, {**GPT_FIELDS, "num_labels": 3}, drawn=gpt2_options)
case("gpt2-question", GPT2ForQuestionAnswering, GPT_FIELDS, drawn=gpt2_options)

OPENAI_CLASSES = [OpenAIGPTLMHeadModel, OpenAIGPTModel, OpenAIGPTForSequenceClassification]
OPENAI_FIELDS = dict(vocab_size=40, n_positions=32, n_embd=12, n_layer=3, n_head=3, **TOKENS)


def without_prefix(tensors: dict, r: Random) -> dict:
    """As openai-gpt is published."""
    return {name.removeprefix("transformer."): value for name, value in tensors.items()}


def openai_options(r: Random) -> dict:
    return dict(**gpt_fields(r, OPENAI_CLASSES), afn=r.choice(["gelu", "relu", "silu", "swish"]))


case("openai-gpt", OpenAIGPTLMHeadModel, OPENAI_FIELDS, drawn=openai_options, cached=False)
case(
    "openai-gpt-published",
    OpenAIGPTLMHeadModel,
    OPENAI_FIELDS,
    tensors=without_prefix,
    drawn=lambda r: {**openai_options(r), "class": OpenAIGPTLMHeadModel},
    cached=False,
)
case(
    "openai-gpt-sequence",
    OpenAIGPTForSequenceClassification,
    {**OPENAI_FIELDS, "num_labels": 3},
    drawn=openai_options,
    cached=False,
)

BIGCODE_CLASSES = [
    GPTBigCodeForCausalLM,
    GPTBigCodeModel,
    GPTBigCodeForSequenceClassification,
    GPTBigCodeForTokenClassification,
]


def bigcode_options(r: Random) -> dict:
    return dict(
        **gpt_fields(r, BIGCODE_CLASSES), **inner(r), multi_query=r.random() < 0.6, scale_attn_weights=r.random() < 0.7
    )


case("gpt_bigcode", GPTBigCodeForCausalLM, GPT_FIELDS, drawn=bigcode_options)
case("gpt_bigcode-heads", GPTBigCodeForSequenceClassification, {**GPT_FIELDS, "multi_query": False, "num_labels": 3}, drawn=bigcode_options)

NEO_CLASSES = [
    GPTNeoForCausalLM,
    GPTNeoModel,
    GPTNeoForSequenceClassification,
    GPTNeoForTokenClassification,
    GPTNeoForQuestionAnswering,
]
NEO_FIELDS = dict(
    vocab_size=40,
    max_position_embeddings=32,
    hidden_size=20,
    num_layers=3,
    num_heads=4,
    intermediate_size=28,
    window_size=3,
    **TOKENS,
)


def neo_options(r: Random) -> dict:
    heads, width = shape_of(r, 1)
    types = r.choice([[[["global", "local"], 2]], [[["local"], 3]], [[["global"], 1], [["local", "global"], 1]]])
    return dict(
        **common(r, NEO_CLASSES),
        max_position_embeddings=r.choice([32, 48]),
        hidden_size=width,
        num_heads=heads,
        attention_types=types,
        num_layers=sum(len(kinds) * times for kinds, times in types),
        window_size=r.choice([1, 2, 4, 64]),
        intermediate_size=r.choice([None, 17, 30]),
        activation_function=r.choice(ACTIVATIONS),
        layer_norm_epsilon=r.choice([1e-5, 1e-6, 1e-3]),
    )


NEO_TYPES = dict(attention_types=[[["global", "local"], 1], [["global"], 1]])
case("gpt_neo", GPTNeoForCausalLM, {**NEO_FIELDS, **NEO_TYPES}, drawn=neo_options)
case(
    "gpt_neo-tokens",
    GPTNeoForTokenClassification,
    {**NEO_FIELDS, **NEO_TYPES, "num_labels": 3},
    drawn=neo_options,
    spelling=lambda config, r: {key: value for key, value in config.items() if key != "attention_layers"},
)

GPTJ_CLASSES = [GPTJForCausalLM, GPTJModel, GPTJForSequenceClassification, GPTJForQuestionAnswering]
GPTJ_FIELDS = {**GPT_FIELDS, "n_embd": 16, "n_head": 2, "rotary_dim": 4}


def gptj_options(r: Random) -> dict:
    fields = gpt_fields(r, GPTJ_CLASSES, 2)
    return dict(**fields, **inner(r), rotary_dim=r.randrange(2, fields["n_embd"] // fields["n_head"] + 1, 2))


case("gptj", GPTJForCausalLM, GPTJ_FIELDS, drawn=gptj_options)
case("gptj-question", GPTJForQuestionAnswering, GPTJ_FIELDS, drawn=gptj_options)


def codegen_options(r: Random) -> dict:
    heads = r.choice([1, 2, 4, 8])
    width = 2 * heads * r.randint(1, 3) if heads > 1 else 8 * r.randint(1, 3)
    width += -width % 4 and heads * 2
    return dict(
        **{**gptj_options(r), "class": r.choice([CodeGenForCausalLM, CodeGenForCausalLM, CodeGenModel])},
        **{},
    ) | dict(n_head=heads, n_embd=width, rotary_dim=r.randrange(2, width // heads + 1, 2))


case("codegen", CodeGenForCausalLM, GPTJ_FIELDS, drawn=codegen_options)

NEOX_CLASSES = [
    GPTNeoXForCausalLM,
    GPTNeoXModel,
    GPTNeoXForSequenceClassification,
    GPTNeoXForTokenClassification,
    GPTNeoXForQuestionAnswering,
]
NEOX_FIELDS = dict(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=3,
    num_attention_heads=2,
    intermediate_size=28,
    max_position_embeddings=64,
    **TOKENS,
)


def older_rotary(config: dict, r: Random) -> dict:
    """As Pythia is published."""
    if r.random() < 0.5:
        rope = config.pop("rope_parameters")
        config |= {"rotary_pct": rope["partial_rotary_factor"], "rotary_emb_base": rope["rope_theta"]}
        if rope["rope_type"] != "default":
            config["rope_scaling"] = {"type": rope["rope_type"], "factor": rope["factor"]}
    return config


def rope(r: Random, **more) -> dict:
    """Rotary fields; the texts are longer than what dynamic scaling was trained with."""
    kind = r.choice(["default", "default", "linear", "dynamic"])
    scaling = {} if kind == "default" else {"factor": r.choice([2.0, 4.0])}
    parameters = {"rope_type": kind, "rope_theta": r.choice([10000.0, 500.0, 1e6]), **scaling, **more}
    return {"rope_parameters": parameters, "max_position_embeddings": 8 if kind == "dynamic" else 64}


def neox_options(r: Random) -> dict:
    heads, width = shape_of(r, 2)
    return dict(
        **common(r, NEOX_CLASSES),
        hidden_size=width,
        num_attention_heads=heads,
        num_hidden_layers=r.randint(1, 4),
        intermediate_size=r.randint(10, 50),
        hidden_act=r.choice(ACTIVATIONS),
        layer_norm_eps=r.choice([1e-5, 1e-6, 1e-3]),
        use_parallel_residual=r.random() < 0.5,
        attention_bias=r.random() < 0.7,
        **rope(r, partial_rotary_factor=r.choice([1.0, 1.0, 0.5, 0.25, 0.4])),
    )


case("gpt_neox", GPTNeoXForCausalLM, NEOX_FIELDS, drawn=neox_options, spelling=older_rotary)
case("gpt_neox-sequential", GPTNeoXForCausalLM, {**NEOX_FIELDS, "use_parallel_residual": False, "attention_bias": False}, drawn=neox_options)
case("gpt_neox-question", GPTNeoXForQuestionAnswering, NEOX_FIELDS, drawn=neox_options)

OPT_CLASSES = [OPTForCausalLM, OPTModel, OPTForSequenceClassification, OPTForQuestionAnswering]
OPT_FIELDS = dict(
    vocab_size=40,
    hidden_size=20,
    num_hidden_layers=3,
    num_attention_heads=4,
    ffn_dim=28,
    max_position_embeddings=32,
    **{**TOKENS, "pad_token_id": 1, "bos_token_id": 0},
)
OPT_350M = dict(do_layer_norm_before=False, word_embed_proj_dim=14)


def opt_options(r: Random) -> dict:
    heads, width = shape_of(r, 1)
    before = r.random() < 0.6
    return dict(
        **common(r, OPT_CLASSES),
        hidden_size=width,
        num_attention_heads=heads,
        num_hidden_layers=r.randint(1, 4),
        ffn_dim=r.randint(10, 50),
        max_position_embeddings=r.choice([32, 64]),
        do_layer_norm_before=before,
        _remove_final_layer_norm=r.random() < 0.2,
        word_embed_proj_dim=r.choice([None, None, 9, 14]),
        enable_bias=r.random() < 0.7,
        layer_norm_elementwise_affine=r.random() < 0.7,
        activation_function=r.choice(ACTIVATIONS),
    )


case("opt-350m", OPTForCausalLM, {**OPT_FIELDS, **OPT_350M}, drawn=opt_options)
case(
    "opt-plain",
    OPTModel,
    {**OPT_FIELDS, "enable_bias": False, "layer_norm_elementwise_affine": False, "word_embed_proj_dim": 14},
    drawn=opt_options,
)
case("opt-question", OPTForQuestionAnswering, {**OPT_FIELDS, **OPT_350M}, drawn=opt_options)

BLOOM_CLASSES = [
    BloomForCausalLM,
    BloomModel,
    BloomForSequenceClassification,
    BloomForTokenClassification,
    BloomForQuestionAnswering,
]
BLOOM_FIELDS = dict(vocab_size=40, hidden_size=15, n_layer=3, n_head=3, **TOKENS)


def bloom_options(r: Random) -> dict:
    heads, width = shape_of(r, 1)
    return dict(
        **common(r, BLOOM_CLASSES),
        hidden_size=width,
        n_head=heads,
        n_layer=r.randint(1, 3),
        layer_norm_epsilon=r.choice([1e-5, 1e-6, 1e-3]),
        apply_residual_connection_post_layernorm=r.random() < 0.4,
    )


case("bloom", BloomForCausalLM, BLOOM_FIELDS, drawn=bloom_options)
case("bloom-tokens", BloomForTokenClassification, {**BLOOM_FIELDS, "num_labels": 3}, drawn=bloom_options)
case("bloom-residual", BloomForCausalLM, {**BLOOM_FIELDS, "apply_residual_connection_post_layernorm": True}, drawn=bloom_options)

MPT_CLASSES = [MptForCausalLM, MptModel, MptForSequenceClassification, MptForTokenClassification, MptForQuestionAnswering]
MPT_FIELDS = dict(vocab_size=40, d_model=15, n_layers=3, n_heads=3, max_seq_len=32, **TOKENS)


def mpt_options(r: Random) -> dict:
    heads, width = shape_of(r, 1)
    attention = dict(clip_qkv=r.choice([None, 0.3, 1.0]), softmax_scale=r.choice([None, 0.5]), alibi_bias_max=8)
    return dict(
        **common(r, MPT_CLASSES),
        d_model=width,
        n_heads=heads,
        n_layers=r.randint(1, 3),
        max_seq_len=r.choice([32, 64]),
        layer_norm_epsilon=r.choice([1e-5, 1e-6, 1e-3]),
        expansion_ratio=r.choice([2, 4]),
        attn_config=attention,
    )


case("mpt", MptForCausalLM, MPT_FIELDS, drawn=mpt_options)
case("mpt-clipped", MptForCausalLM, {**MPT_FIELDS, "attn_config": {"clip_qkv": 0.4, "softmax_scale": 0.5}}, drawn=mpt_options)
case("mpt-question", MptForQuestionAnswering, MPT_FIELDS, drawn=mpt_options)

FALCON_CLASSES = [
    FalconForCausalLM,
    FalconModel,
    FalconForSequenceClassification,
    FalconForTokenClassification,
    FalconForQuestionAnswering,
]
FALCON_FIELDS = dict(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=3,
    num_attention_heads=4,
    ffn_hidden_size=28,
    max_position_embeddings=64,
    **TOKENS,
)
FALCON_40B = dict(new_decoder_architecture=True, num_kv_heads=2)
FALCON_RW = dict(alibi=True, multi_query=False, parallel_attn=False, bias=True)


def falcon_options(r: Random) -> dict:
    heads, width = shape_of(r, 2)
    newer = r.random() < 0.4
    return dict(
        **common(r, FALCON_CLASSES),
        hidden_size=width,
        num_attention_heads=heads,
        num_hidden_layers=r.randint(1, 3),
        ffn_hidden_size=r.choice([None, 17, 30]),
        new_decoder_architecture=newer,
        num_kv_heads=r.choice([n for n in range(1, heads + 1) if heads % n == 0]) if newer else None,
        num_ln_in_parallel_attn=r.choice([None, 1, 2]) if newer else None,
        multi_query=r.random() < 0.5,
        parallel_attn=newer or r.random() < 0.6,
        bias=r.random() < 0.5,
        activation=r.choice(ACTIVATIONS),
        layer_norm_epsilon=r.choice([1e-5, 1e-6, 1e-3]),
        **rope(r),
    )


case("falcon", FalconForCausalLM, FALCON_FIELDS, drawn=falcon_options)
case("falcon-40b", FalconForCausalLM, {**FALCON_FIELDS, **FALCON_40B}, drawn=falcon_options)
case("falcon-heads", FalconForTokenClassification, {**FALCON_FIELDS, "multi_query": False, "num_labels": 3}, drawn=falcon_options)
# With eager attention, transformers adds the linear biases twice.
case(
    "falcon-rw",
    FalconForCausalLM,
    {**FALCON_FIELDS, **FALCON_RW},
    drawn=lambda r: {**falcon_options(r), "alibi": True},
    attention="sdpa",
)

PHI_CLASSES = [PhiForCausalLM, PhiModel, PhiForSequenceClassification, PhiForTokenClassification]
PHI_FIELDS = dict(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=3,
    num_attention_heads=2,
    intermediate_size=28,
    max_position_embeddings=64,
    **TOKENS,
)


def phi_options(r: Random) -> dict:
    heads = r.choice([1, 2, 3, 4, 6])
    width = heads * r.choice([4, 8])
    return dict(
        **common(r, PHI_CLASSES),
        hidden_size=width,
        num_attention_heads=heads,
        num_key_value_heads=r.choice([n for n in range(1, heads + 1) if heads % n == 0]),
        num_hidden_layers=r.randint(1, 3),
        intermediate_size=r.randint(10, 50),
        hidden_act=r.choice(ACTIVATIONS),
        qk_layernorm=r.random() < 0.5,
        layer_norm_eps=r.choice([1e-5, 1e-6, 1e-3]),
        **rope(r, partial_rotary_factor=r.choice([0.5, 0.5, 1.0])),
    )


case("phi", PhiForCausalLM, PHI_FIELDS, drawn=phi_options)
case("phi-tokens", PhiForTokenClassification, {**PHI_FIELDS, "num_labels": 3}, drawn=phi_options)
case("phi-normed", PhiForCausalLM, {**PHI_FIELDS, "qk_layernorm": True, "num_key_value_heads": 1}, drawn=phi_options)

XGLM_FIELDS = dict(
    vocab_size=40,
    d_model=20,
    ffn_dim=28,
    num_layers=3,
    attention_heads=4,
    max_position_embeddings=64,
    **{**TOKENS, "pad_token_id": 1, "bos_token_id": 0},
)


def xglm_options(r: Random) -> dict:
    heads, width = shape_of(r, 2)
    return dict(
        **common(r, [XGLMForCausalLM, XGLMModel]),
        d_model=width + 4 * heads,
        attention_heads=heads,
        ffn_dim=r.randint(10, 50),
        num_layers=r.randint(1, 3),
        activation_function=r.choice(ACTIVATIONS),
        scale_embedding=r.random() < 0.6,
    )


case("xglm", XGLMForCausalLM, XGLM_FIELDS, drawn=xglm_options)

BIOGPT_FIELDS = dict(
    vocab_size=40,
    hidden_size=20,
    intermediate_size=28,
    num_hidden_layers=3,
    num_attention_heads=4,
    max_position_embeddings=32,
    **{**TOKENS, "pad_token_id": 1, "bos_token_id": 0},
)


def biogpt_options(r: Random) -> dict:
    heads, width = shape_of(r, 1)
    return dict(
        **common(r, [BioGptForCausalLM, BioGptModel, BioGptForSequenceClassification, BioGptForTokenClassification]),
        hidden_size=width,
        num_attention_heads=heads,
        intermediate_size=r.randint(10, 50),
        num_hidden_layers=r.randint(1, 3),
        hidden_act=r.choice(ACTIVATIONS),
        scale_embedding=r.random() < 0.6,
        layer_norm_eps=r.choice([1e-12, 1e-3]),
        max_position_embeddings=r.choice([32, 64]),
    )


case("biogpt", BioGptForCausalLM, BIOGPT_FIELDS, drawn=biogpt_options)
case("biogpt-tokens", BioGptForTokenClassification, {**BIOGPT_FIELDS, "num_labels": 3}, drawn=biogpt_options)

if __name__ == "__main__":
    main()
