"""Families in Llama's spelling."""

import transformers as t

from common import case, draw_sizes, main, sizes


def drawn(*classes, **choices):
    """Other sizes; each field one of its choices, or what a function of the other fields and the random source gives."""

    def draw(r):
        fields = draw_sizes(r)
        fields["tie_word_embeddings"] = r.random() < 0.3
        fields["rms_norm_eps"] = r.choice([1e-6, 1e-5, 1e-2])
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


def classes(prefix, *ends):
    ends = ends or ("Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering")
    return [getattr(t, prefix + end) for end in ends]


flag = [True, False]
windows = [None, 2, 3, 4]
activation = ["silu", "gelu", "gelu_pytorch_tanh", "relu"]


def kinds(fields, r):
    """layer_types, or none."""
    layers = fields["num_hidden_layers"]
    return r.choice([..., [r.choice(["full_attention", "sliding_attention"]) for _ in range(layers)]])


case("mistral", t.MistralForCausalLM, sizes(sliding_window=3, num_key_value_heads=1),
     drawn=drawn(*classes("Mistral"), sliding_window=windows, hidden_act=activation))
case("ministral", t.MinistralForCausalLM, sizes(sliding_window=3, layer_types=["sliding_attention", "full_attention", "sliding_attention"]),
     drawn=drawn(*classes("Ministral"), sliding_window=[2, 3, 4], layer_types=kinds))
case("qwen2", t.Qwen2ForCausalLM, sizes(use_sliding_window=True, sliding_window=3, max_window_layers=1),
     drawn=drawn(*classes("Qwen2"), use_sliding_window=[True], sliding_window=[2, 3, 4], max_window_layers=[0, 1, 2, 28], layer_types=kinds))
case("qwen2-full", t.Qwen2ForCausalLM, sizes(tie_word_embeddings=True, num_key_value_heads=1),
     drawn=drawn(*classes("Qwen2"), hidden_act=activation, attention_dropout=[0.0, 0.2]))
case("qwen3", t.Qwen3ForCausalLM, sizes(attention_bias=True, num_key_value_heads=1),
     drawn=drawn(*classes("Qwen3"), attention_bias=flag, use_sliding_window=[False, True], sliding_window=[2, 3], max_window_layers=[0, 1, 28]))
case("smollm3", t.SmolLM3ForCausalLM, sizes(num_hidden_layers=4, pad_token_id=0, attention_bias=True),
     drawn=drawn(*classes("SmolLM3"), pad_token_id=[0], attention_bias=flag, mlp_bias=flag, no_rope_layer_interval=[2, 3, 4],
                 no_rope_layers=lambda f, r: r.choice([..., [r.choice([0, 1]) for _ in range(f["num_hidden_layers"])]]),
                 use_sliding_window=flag, sliding_window=[2, 3, 4]))
case("olmo", t.OlmoForCausalLM, sizes(clip_qkv=0.3, attention_bias=True, pad_token_id=0),
     drawn=drawn(*classes("Olmo", "Model", "ForSequenceClassification"), clip_qkv=[None, 0.2, 0.5], attention_bias=flag, pad_token_id=[0]))
case("olmo2", t.Olmo2ForCausalLM, sizes(attention_bias=True, pad_token_id=0, num_key_value_heads=1),
     drawn=drawn(*classes("Olmo2", "Model", "ForSequenceClassification"), attention_bias=flag, pad_token_id=[0]))
case("olmo3", t.Olmo3ForCausalLM, sizes(num_hidden_layers=4, sliding_window=3, pad_token_id=0),
     drawn=drawn(*classes("Olmo3", "Model", "ForSequenceClassification"), attention_bias=flag, pad_token_id=[0], sliding_window=[2, 3, 4], layer_types=kinds))
case("helium", t.HeliumForCausalLM, sizes(head_dim=4, num_key_value_heads=1, mlp_bias=True, attention_bias=True, pad_token_id=0),
     drawn=drawn(*classes("Helium", "Model", "ForSequenceClassification", "ForTokenClassification"), mlp_bias=flag, attention_bias=flag, pad_token_id=[0],
                 hidden_size=lambda f, r: f["num_attention_heads"] * f["head_dim"]))
case("arcee", t.ArceeForCausalLM, sizes(attention_bias=True, mlp_bias=True),
     drawn=drawn(*classes("Arcee"), attention_bias=flag, mlp_bias=flag, hidden_act=["relu2", "relu", "silu"]))
case("seed_oss", t.SeedOssForCausalLM, sizes(attention_out_bias=True, mlp_bias=True, pad_token_id=0),
     drawn=drawn(*classes("SeedOss"), attention_bias=flag, attention_out_bias=flag, mlp_bias=flag, pad_token_id=[0], residual_dropout=[0.0, 0.3]))
case("granite", t.GraniteForCausalLM,
     sizes(embedding_multiplier=3.0, attention_multiplier=0.3, residual_multiplier=0.6, logits_scaling=2.5, attention_bias=True),
     drawn=drawn(*classes("Granite", "Model"), embedding_multiplier=[1.0, 6], attention_multiplier=[0.2, 1.0], residual_multiplier=[0.22, 1.0],
                 logits_scaling=[1.0, 8.0], attention_bias=flag, mlp_bias=flag))
case("exaone4", t.Exaone4ForCausalLM, sizes(num_hidden_layers=4, sliding_window=3),
     drawn=drawn(*classes("Exaone4"), sliding_window=[2, 3, 4], sliding_window_pattern=[2, 3, 4]))
case("exaone4-full", t.Exaone4ForCausalLM, sizes(num_hidden_layers=2, sliding_window=None, layer_types=["full_attention"] * 2),
     drawn=drawn(*classes("Exaone4"), sliding_window=[None], layer_types=lambda f, r: ["full_attention"] * f["num_hidden_layers"]))
case("hunyuan_v1_dense", t.HunYuanDenseV1ForCausalLM, sizes(attention_bias=True, num_key_value_heads=1),
     drawn=drawn(*classes("HunYuanDenseV1", "Model", "ForSequenceClassification"), attention_bias=flag))
case("ernie4_5", t.Ernie4_5ForCausalLM, sizes(use_bias=True, num_key_value_heads=1),
     drawn=drawn(*classes("Ernie4_5", "Model"), use_bias=flag))

if __name__ == "__main__":
    main()
