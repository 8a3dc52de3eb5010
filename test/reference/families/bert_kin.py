"""BERT and its kin: every family with every head that it is published with."""

import transformers

from common import case, main

EVERY = [
    *["Model", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering"],
    "ForMultipleChoice",
]
PRE_TRAINED = [*EVERY, "ForPreTraining", "ForNextSentencePrediction"]

TITLES = dict(
    ForMaskedLM="masked", ForSequenceClassification="sequence", ForTokenClassification="token",
    ForQuestionAnswering="question", ForMultipleChoice="choice", ForPreTraining="pre-training",
    ForNextSentencePrediction="next-sentence",
)  # fmt: skip

# Sizes are such that no head dimension, width or count equals another.
SIZES = dict(
    vocab_size=26, hidden_size=12, intermediate_size=10, num_hidden_layers=3, num_attention_heads=2,
    max_position_embeddings=20, type_vocab_size=2,
)  # fmt: skip
ACTIVATIONS = ["gelu", "gelu_new", "relu", "silu", "tanh", "quick_gelu", "gelu_pytorch_tanh"]


def draw(r):
    heads = r.choice([1, 2, 3, 4])
    return dict(
        vocab_size=r.randint(30, 70),
        hidden_size=heads * r.choice([2, 4, 6, 8]),
        intermediate_size=r.randint(10, 50),
        num_hidden_layers=r.randint(1, 4),
        num_attention_heads=heads,
        max_position_embeddings=r.choice([32, 48, 64]),
        type_vocab_size=r.randint(1, 3),
        hidden_act=r.choice(ACTIVATIONS),
        layer_norm_eps=r.choice([1e-12, 1e-5, 1e-2]),
        tie_word_embeddings=r.random() < 0.7,
    )


def labels(end, r):
    """The number of classes; of a span there are two ends."""
    if end == "ForQuestionAnswering":
        return {"num_labels": 2}
    return {"num_labels": r.randint(1, 5) if r else 3}


def family(
    name, prefix, ends, fields={}, more=lambda r: {}, of_head=lambda end, r: {}, translate=lambda fields: {}, drop=(), **how
):
    """A case for each head. The first one's drawn models have any of them."""
    of = lambda end: getattr(transformers, prefix + end)

    def whole(fields):
        return {**translate(fields), **{name: value for name, value in fields.items() if name not in drop}}

    def drawn(r, end):
        return whole({**draw(r), **more(r), **labels(end, r), **of_head(end, r)})

    def any_head(r):
        end = r.choice(ends)
        return {"class": of(end), **drawn(r, end)}

    for end in ends:
        title = name if end == "Model" else f"{name}-{TITLES[end]}"
        case(
            title, of(end), whole({**SIZES, **fields, **labels(end, None), **of_head(end, None)}),
            drawn=any_head if end == "Model" else (lambda r, end=end: drawn(r, end)), **how,
        )  # fmt: skip


family("bert", "Bert", PRE_TRAINED, dict(hidden_act="gelu_new"))
ROBERTA = dict(pad_token_id=1, max_position_embeddings=20)
family("roberta", "Roberta", EVERY, ROBERTA, lambda r: {"pad_token_id": r.choice([0, 1, 1, 2, 5])})
family("xlm-roberta", "XLMRoberta", EVERY, ROBERTA)
family("roberta-prelayernorm", "RobertaPreLayerNorm", EVERY, ROBERTA)
family("camembert", "Camembert", EVERY, ROBERTA)
DISTIL = dict(
    n_layers="num_hidden_layers", n_heads="num_attention_heads", dim="hidden_size", hidden_dim="intermediate_size",
    activation="hidden_act",
)  # fmt: skip


def distilled(fields):
    return {ours: fields.pop(name) for ours, name in DISTIL.items() if name in fields}


family(
    "distilbert", "DistilBert", EVERY, translate=distilled, drop=["type_vocab_size", "layer_norm_eps"],
    more=lambda r: {"sinusoidal_pos_embds": r.random() < 0.3},
)
family(
    "albert", "Albert", [*EVERY, "ForPreTraining"],
    dict(embedding_size=8, num_hidden_groups=2, inner_group_num=2, num_hidden_layers=3),
    lambda r: dict(
        embedding_size=r.choice([4, 8, 12]), inner_group_num=r.randint(1, 3),
        **(lambda n: dict(num_hidden_layers=n, num_hidden_groups=r.randint(1, n)))(r.randint(1, 5)),
    ),
)  # fmt: skip
family(
    "electra", "Electra", [*EVERY, "ForPreTraining"], dict(embedding_size=8),
    lambda r: dict(
        embedding_size=r.choice([4, 8, 12]), summary_type=r.choice(["first", "last", "mean", "cls_index"]),
        summary_activation=r.choice(["gelu", "tanh", "relu"]),
    ),
)  # fmt: skip
family(
    "mpnet", "MPNet", EVERY, dict(relative_attention_num_buckets=40), drop=["type_vocab_size"],
    more=lambda r: {"relative_attention_num_buckets": r.choice([32, 32, 40, 28])},
)  # fmt: skip
family(
    "ernie", "Ernie", PRE_TRAINED, dict(use_task_id=True, task_type_vocab_size=4),
    lambda r: {"use_task_id": r.random() < 0.5, "task_type_vocab_size": r.randint(1, 4)},
)  # fmt: skip
family(
    "roformer", "RoFormer", EVERY, dict(embedding_size=8, rotary_value=True, num_attention_heads=2, hidden_size=12),
    lambda r: {"rotary_value": r.random() < 0.5, "embedding_size": r.choice([None, 8, 10])},
)  # fmt: skip
SCALED = [
    {"rope_type": "default", "rope_theta": 500.0},
    {"rope_type": "linear", "factor": 2.0, "rope_theta": 3000.0},
    {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000.0},
]
SOME = ["Model", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification"]
family(
    "nomic_bert", "NomicBert", SOME, dict(head_dim=4),
    more=lambda r: {"head_dim": r.choice([4, 6, 8]), "rope_parameters": r.choice([None, *SCALED])},
)  # fmt: skip
GROUPED = dict(num_key_value_heads=1, hidden_act="silu", rms_norm_eps=1e-5)
family(
    "eurobert", "EuroBert", SOME, dict(GROUPED, head_dim=4, attention_bias=True, classifier_pooling="mean"),
    drop=["type_vocab_size", "layer_norm_eps"],
    more=lambda r: dict(
        num_key_value_heads=1, head_dim=r.choice([4, 6]), attention_bias=r.random() < 0.5, mlp_bias=r.random() < 0.5,
        classifier_pooling=r.choice(["bos", "mean", "late"]), rope_parameters=r.choice([None, *SCALED]),
        rms_norm_eps=r.choice([1e-6, 1e-2]), pad_token_id=r.choice([0, 1, 5]), eos_token_id=2, bos_token_id=1,
    ),
    of_head=lambda end, r: {"pad_token_id": 0, "eos_token_id": 2, "bos_token_id": 1} if r is None else {},
)  # fmt: skip


def older_modernbert(config, r):
    """Published configs say how often a layer sees the whole text, and have two bases."""
    if r.random() < 0.5:
        every = [i for i, kind in enumerate(config["layer_types"]) if kind == "full_attention"]
        step = every[1] - every[0] if len(every) > 1 else len(config["layer_types"])
        if config["layer_types"] == ["sliding_attention" if i % step else "full_attention" for i in range(len(config["layer_types"]))]:
            config.pop("layer_types")
            config["global_attn_every_n_layers"] = step
        ropes = config["rope_parameters"]
        if all(rope["rope_type"] == "default" for rope in ropes.values()):
            config.pop("rope_parameters")
            config["global_rope_theta"] = ropes["full_attention"]["rope_theta"]
            config["local_rope_theta"] = ropes["sliding_attention"]["rope_theta"]
    return config


family(
    "modernbert", "ModernBert", EVERY,
    dict(num_hidden_layers=4, local_attention=6, norm_bias=True, attention_bias=True, pad_token_id=0, eos_token_id=2,
         bos_token_id=1, cls_token_id=1, sep_token_id=2, classifier_bias=True),
    drop=["type_vocab_size", "layer_norm_eps", "hidden_act"], spelling=older_modernbert,
    more=lambda r: dict(
        pad_token_id=r.choice([0, 5]), eos_token_id=2, bos_token_id=1, cls_token_id=1, sep_token_id=2,
        local_attention=r.choice([2, 4, 6, 7, 128]), norm_bias=r.random() < 0.5, attention_bias=r.random() < 0.5,
        mlp_bias=r.random() < 0.5, decoder_bias=r.random() < 0.5, classifier_bias=r.random() < 0.5,
        classifier_pooling=r.choice(["cls", "mean"]), classifier_activation=r.choice(["gelu", "silu", "relu"]),
        hidden_activation=r.choice(ACTIVATIONS), norm_eps=r.choice([1e-5, 1e-2]),
        num_hidden_layers=r.randint(1, 6), global_attn_every_n_layers=r.choice([1, 2, 3, 4]),
        rope_parameters=r.choice([None, {"full_attention": r.choice(SCALED), "sliding_attention": r.choice(SCALED)}]),
    ),
)  # fmt: skip
def disentangled(r):
    return dict(
        relative_attention=r.random() < 0.85, position_biased_input=r.random() < 0.5,
        pos_att_type=r.choice([["c2p", "p2c"], ["p2c"], ["c2p"], "p2c|c2p", None]),
        max_relative_positions=r.choice([-1, 4, 12, 24]), pooler_hidden_act=r.choice(["gelu", "tanh", "relu"]),
        type_vocab_size=r.choice([0, 0, 2]), embedding_size=r.choice([None, None, 10]), legacy=r.random() < 0.6,
    )  # fmt: skip


def embedded(fields):
    """The classes read `embedding_size` only if it is there."""
    wide = fields.get("embedding_size") is None
    if wide:
        fields.pop("embedding_size", None)
    elif not fields.get("legacy", True):
        fields["legacy"] = True
    return {}


DEBERTA = dict(relative_attention=True, pos_att_type=["c2p", "p2c"], type_vocab_size=0)
family("deberta", "Deberta", EVERY[:5], dict(DEBERTA, position_biased_input=True, max_relative_positions=6), disentangled, translate=embedded)
family(
    "deberta-v2", "DebertaV2", EVERY,
    dict(DEBERTA, position_biased_input=False, position_buckets=4, max_relative_positions=12, norm_rel_ebd="layer_norm",
         share_att_key=True, conv_kernel_size=3, conv_act="gelu"),
    lambda r: dict(
        disentangled(r), position_buckets=r.choice([-1, 2, 4, 5, 8]), share_att_key=r.random() < 0.5,
        norm_rel_ebd=r.choice(["none", "layer_norm"]), conv_kernel_size=r.choice([0, 3, 5]), conv_groups=1,
        conv_act=r.choice(["tanh", "gelu"]),
    ),
    translate=embedded,
)  # fmt: skip

if __name__ == "__main__":
    main()
