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

if __name__ == "__main__":
    main()
