"""Families in Llama's spelling."""

import transformers as t

from common import case, draw_sizes, main, sizes


def drawn(*classes, **choices):
    """Other sizes; each field one of its choices, or what a function of the other fields and the random source gives."""

    def draw(r):
        fields = draw_sizes(r)
        fields["tie_word_embeddings"] = r.random() < 0.3
        fields["rms_norm_eps"] = r.choice([1e-6, 1e-5, 1e-2])
        fields["rope_parameters"] = rope(fields, r)
        for name, choice in choices.items():
            fields[name] = choice(fields, r) if callable(choice) else r.choice(choice)
        if classes and r.random() < 0.4:
            fields["class"] = r.choice(classes)
            fields["num_labels"] = r.randint(2, 4)
            fields["pad_token_id"] = 0
        return {name: value for name, value in fields.items() if value is not Ellipsis}

    return draw


def no_head_dim(fields):
    """For families whose config class has no head_dim of its own."""
    return {name: value for name, value in fields.items() if name != "head_dim"}


def family(*how, **more):
    case(*how, **{"spelling": older, **more})


def classes(prefix, *ends):
    ends = ends or ("Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering")
    return [getattr(t, prefix + end) for end in ends]


def rope(fields, r):
    """Any of the published rules."""
    theta = {"rope_theta": r.choice([500.0, 10000.0, 1000000.0])}
    return r.choice([
        ...,
        {"rope_type": "default", **theta},
        {"rope_type": "linear", "factor": 2.5, **theta},
        {"rope_type": "dynamic", "factor": 2.0, **theta},
        {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
         "original_max_position_embeddings": 16, **theta},
        {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, **theta,
         **r.choice([{}, {"beta_fast": 16, "beta_slow": 2}, {"attention_factor": 0.8}, {"mscale": 0.7, "mscale_all_dim": 0.5}])},
    ])  # fmt: skip


def older(config, r):
    """rope_theta, and rope_scaling with type or rope_type, in some."""
    parameters = config.get("rope_parameters")
    if not parameters or any(isinstance(value, dict) for value in parameters.values()) or r.random() < 0.5:
        return config
    rule = dict(parameters)
    config = {name: value for name, value in config.items() if name != "rope_parameters"}
    config["rope_theta"] = rule.pop("rope_theta")
    kind = rule.pop("rope_type")
    config["rope_scaling"] = None if kind == "default" else {r.choice(["type", "rope_type"]): kind, **rule}
    return config


def without(*fields):
    """What these fields say follows from others, in files written by hand."""
    return lambda config, r: older({name: value for name, value in config.items() if name not in fields}, r)


flag = [True, False]
windows = [None, 2, 3, 4]
activation = ["silu", "gelu", "gelu_pytorch_tanh", "relu"]


def kinds(fields, r):
    """layer_types, or none."""
    layers = fields["num_hidden_layers"]
    return r.choice([..., [r.choice(["full_attention", "sliding_attention"]) for _ in range(layers)]])


llamas = dict(attention_bias=flag, mlp_bias=flag, hidden_act=activation)
family("llama-llama3", t.LlamaForCausalLM, sizes(num_key_value_heads=1, rope_parameters={
    "rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16, "rope_theta": 500.0}), drawn=drawn(**llamas))  # fmt: skip
family("llama-yarn", t.LlamaForCausalLM, sizes(mlp_bias=True, rope_parameters={
    "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 500.0}), drawn=drawn(**llamas))
for head in ("Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering"):
    family("llama-" + head.removeprefix("For").lower(), getattr(t, "Llama" + head),
           sizes(num_labels=3, pad_token_id=0, num_hidden_layers=1), drawn=drawn(**llamas, pad_token_id=[0, 3], num_labels=[1, 2, 5]))
family("mistral", t.MistralForCausalLM, sizes(sliding_window=3, num_key_value_heads=1),
     drawn=drawn(*classes("Mistral"), sliding_window=windows, hidden_act=activation))
family("ministral", t.MinistralForCausalLM, sizes(sliding_window=3, layer_types=["sliding_attention", "full_attention", "sliding_attention"]),
     drawn=drawn(*classes("Ministral"), sliding_window=[2, 3, 4], layer_types=kinds))
family("qwen2", t.Qwen2ForCausalLM, sizes(use_sliding_window=True, sliding_window=3, max_window_layers=1), spelling=without("layer_types"),
     drawn=drawn(*classes("Qwen2"), use_sliding_window=[True], sliding_window=[2, 3, 4], max_window_layers=[0, 1, 2, 28], layer_types=kinds))
family("qwen2-full", t.Qwen2ForCausalLM, sizes(tie_word_embeddings=True, num_key_value_heads=1),
     drawn=drawn(*classes("Qwen2"), hidden_act=activation, attention_dropout=[0.0, 0.2]))
family("qwen3", t.Qwen3ForCausalLM, spelling=without("layer_types"), fields=sizes(
    attention_bias=True, num_key_value_heads=1, use_sliding_window=True, sliding_window=3, max_window_layers=1),
     drawn=drawn(*classes("Qwen3"), attention_bias=flag, use_sliding_window=[False, True], sliding_window=[2, 3], max_window_layers=[0, 1, 28]))
family("smollm3", t.SmolLM3ForCausalLM, spelling=without("layer_types", "no_rope_layers"), fields=sizes(
    num_hidden_layers=4, pad_token_id=0, attention_bias=True, use_sliding_window=True, sliding_window=3),
     drawn=drawn(*classes("SmolLM3"), pad_token_id=[0], attention_bias=flag, mlp_bias=flag, no_rope_layer_interval=[2, 3, 4],
                 no_rope_layers=lambda f, r: r.choice([..., [r.choice([0, 1]) for _ in range(f["num_hidden_layers"])]]),
                 use_sliding_window=flag, sliding_window=[2, 3, 4]))
family("olmo", t.OlmoForCausalLM, sizes(clip_qkv=0.3, attention_bias=True, pad_token_id=0),
     drawn=drawn(*classes("Olmo", "Model", "ForSequenceClassification"), clip_qkv=[None, 0.2, 0.5], attention_bias=flag, pad_token_id=[0]))
family("olmo2", t.Olmo2ForCausalLM, sizes(attention_bias=True, pad_token_id=0, num_key_value_heads=1),
     drawn=drawn(*classes("Olmo2", "Model", "ForSequenceClassification"), attention_bias=flag, pad_token_id=[0]))
family("olmo3", t.Olmo3ForCausalLM, sizes(num_hidden_layers=4, sliding_window=3, pad_token_id=0),
     drawn=drawn(*classes("Olmo3", "Model", "ForSequenceClassification"), attention_bias=flag, pad_token_id=[0], sliding_window=[2, 3, 4], layer_types=kinds))
family("helium", t.HeliumForCausalLM, sizes(head_dim=4, num_key_value_heads=1, mlp_bias=True, attention_bias=True, pad_token_id=0),
     drawn=drawn(*classes("Helium", "Model", "ForSequenceClassification", "ForTokenClassification"), mlp_bias=flag, attention_bias=flag, pad_token_id=[0],
                 hidden_size=lambda f, r: f["num_attention_heads"] * f["head_dim"]))
family("arcee", t.ArceeForCausalLM, sizes(attention_bias=True, mlp_bias=True),
     drawn=drawn(*classes("Arcee"), attention_bias=flag, mlp_bias=flag, hidden_act=["relu2", "relu", "silu"]))
family("seed_oss", t.SeedOssForCausalLM, sizes(attention_out_bias=True, mlp_bias=True, pad_token_id=0),
     drawn=drawn(*classes("SeedOss"), attention_bias=flag, attention_out_bias=flag, mlp_bias=flag, pad_token_id=[0], residual_dropout=[0.0, 0.3]))
family("granite", t.GraniteForCausalLM,
     sizes(embedding_multiplier=3.0, attention_multiplier=0.3, residual_multiplier=0.6, logits_scaling=2.5, attention_bias=True),
     drawn=drawn(*classes("Granite", "Model"), embedding_multiplier=[1.0, 6], attention_multiplier=[0.2, 1.0], residual_multiplier=[0.22, 1.0],
                 logits_scaling=[1.0, 8.0], attention_bias=flag, mlp_bias=flag))
family("hyperclovax", t.HyperCLOVAXForCausalLM,
     sizes(embedding_multiplier=3.0, attention_multiplier=0.3, residual_multiplier=0.6, logits_scaling=0.4, attention_bias=True, mlp_bias=True),
     drawn=drawn(*classes("HyperCLOVAX", "Model"), embedding_multiplier=[1.0, 6], attention_multiplier=[None, 0.2, 1.0], residual_multiplier=[0.22, 1.0],
                 hidden_size=lambda f, r: f["num_attention_heads"] * f["head_dim"],
                 logits_scaling=[1.0, 0.125], attention_bias=flag, mlp_bias=flag, use_post_norm=flag))
family("hyperclovax-pre", t.HyperCLOVAXForCausalLM, sizes(use_post_norm=False, num_key_value_heads=1),
     drawn=drawn(*classes("HyperCLOVAX", "Model"), hidden_size=lambda f, r: f["num_attention_heads"] * f["head_dim"], use_post_norm=[False]))
family("exaone4", t.Exaone4ForCausalLM, sizes(num_hidden_layers=4, sliding_window=3), spelling=without("layer_types"),
     drawn=drawn(*classes("Exaone4"), sliding_window=[2, 3, 4], sliding_window_pattern=[2, 3, 4]))
family("exaone4-full", t.Exaone4ForCausalLM, sizes(num_hidden_layers=2, sliding_window=None, layer_types=["full_attention"] * 2),
     drawn=drawn(*classes("Exaone4"), sliding_window=[None], layer_types=lambda f, r: ["full_attention"] * f["num_hidden_layers"]))
family("hunyuan_v1_dense", t.HunYuanDenseV1ForCausalLM, sizes(attention_bias=True, num_key_value_heads=1),
     drawn=drawn(
           *classes("HunYuanDenseV1", "Model", "ForSequenceClassification"), attention_bias=flag,
           rope_parameters=lambda f, r: r.choice([rope(f, r), {"rope_type": "dynamic", "alpha": 50.0, "factor": 1.0, "rope_theta": 500.0}])))
family("ernie4_5", t.Ernie4_5ForCausalLM, sizes(use_bias=True, num_key_value_heads=1),
     drawn=drawn(*classes("Ernie4_5", "Model"), use_bias=flag))
# Without rope_parameters, apertus takes its own rule: there is no older spelling.
case("apertus", t.ApertusForCausalLM, sizes(attention_bias=True, pad_token_id=0, rope_parameters={"rope_type": "default", "rope_theta": 500.0}),
     drawn=drawn(*classes("Apertus", "Model", "ForTokenClassification"), attention_bias=flag, pad_token_id=[0]))
family("nanochat", t.NanoChatForCausalLM, sizes(num_key_value_heads=1, attention_bias=True, pad_token_id=0),
     drawn=drawn(*classes("NanoChat", "Model"), attention_bias=flag, pad_token_id=[0], final_logit_softcapping=[None, 5.0, 15.0]))
yarn = {"rope_type": "yarn", "rope_theta": 500.0, "factor": 4.0, "mscale": 1.0, "mscale_all_dim": 1.0}
# Without rope_parameters, Ministral 3 takes its own, which have a beta.
case("ministral3", t.Ministral3ForCausalLM, sizes(num_key_value_heads=1, pad_token_id=0, sliding_window=6, rope_parameters={
    **yarn, "original_max_position_embeddings": 4, "llama_4_scaling_beta": 0.7, "max_position_embeddings": 64}),
     drawn=drawn(*classes("Ministral3"), pad_token_id=[0], sliding_window=[None, 4], rope_parameters=lambda f, r: {
         **yarn, "original_max_position_embeddings": r.choice([3, 8]), "llama_4_scaling_beta": r.choice([0.1, 1.0])}))  # fmt: skip

if __name__ == "__main__":
    main()
