"""Encoder-decoders: T5 and its kin, BART and its kin, and two models joined."""

import sys

import torch
from transformers import (
    BartForCausalLM,
    BartForConditionalGeneration,
    BartForQuestionAnswering,
    BartForSequenceClassification,
    BartModel,
    BertConfig,
    BlenderbotForConditionalGeneration,
    BlenderbotSmallForConditionalGeneration,
    EncoderDecoderModel,
    M2M100ForConditionalGeneration,
    MarianForCausalLM,
    MarianModel,
    MarianMTModel,
    MBartForConditionalGeneration,
    MBartForQuestionAnswering,
    MBartForSequenceClassification,
    MT5EncoderModel,
    MT5ForConditionalGeneration,
    PegasusForConditionalGeneration,
    SwitchTransformersEncoderModel,
    SwitchTransformersForConditionalGeneration,
    SwitchTransformersModel,
    RobertaConfig,
    T5EncoderModel,
    T5ForConditionalGeneration,
    T5ForQuestionAnswering,
    T5ForSequenceClassification,
    T5ForTokenClassification,
    T5Model,
    UMT5ForConditionalGeneration,
    XLMRobertaConfig,
)

from common import case, main
from expectations import inputs_for

ACTIVATIONS = ["relu", "gelu", "gelu_new", "silu", "swish", "gelu_fast", "quick_gelu", "relu2"]


def t5(**others) -> dict:
    sizes = dict(vocab_size=30, d_model=16, d_kv=6, d_ff=18, num_layers=2, num_decoder_layers=1, num_heads=3)
    buckets = dict(relative_attention_num_buckets=8, relative_attention_max_distance=12)
    return {**sizes, **buckets, "decoder_start_token_id": 0, **others}


def draw_t5(*classes: type, **fixed):
    def draw(r) -> dict:
        layers = r.randint(1, 4)
        fields = dict(
            vocab_size=r.randint(30, 60),
            d_model=r.choice([12, 16, 20, 26]),
            d_kv=r.choice([4, 5, 6, 8]),
            d_ff=r.randint(10, 40),
            num_layers=layers,
            num_decoder_layers=r.choice([None, r.randint(1, layers)]),  # the reference's cache has no room for more
            num_heads=r.randint(1, 5),
            relative_attention_num_buckets=r.choice([4, 6, 8, 9, 32]),
            relative_attention_max_distance=r.choice([10, 12, 20, 128]),
            layer_norm_epsilon=r.choice([1e-6, 1e-5, 1e-2]),
            feed_forward_proj=r.choice(["relu", "gated-gelu", "gated-silu", "gelu", "gated-relu", "gelu_new"]),
            tie_word_embeddings=r.choice([True, False]),
            decoder_start_token_id=r.choice([0, 3]),
            pad_token_id=r.choice([0, 2]),
        )
        return {**fields, **fixed, "class": r.choice(classes)}

    return draw


def own_head(model, r) -> None:
    """Gives the head a weight of its own, which save_pretrained stores beside the embedding."""
    shape = model.lm_head.weight.shape
    generator = torch.Generator().manual_seed(shape[0])
    model.lm_head.weight = torch.nn.Parameter(torch.randn(shape, generator=generator) * 0.3)
    model.all_tied_weights_keys.pop("lm_head.weight", None)


def often_own_head(model, r) -> None:
    if hasattr(model, "lm_head") and r.random() < 0.6:
        own_head(model, r)


def v11(config: dict, r) -> dict:
    """As T5 1.1 was published: no words on the activation and the scale but these two."""
    for name in ("scale_decoder_outputs", "dense_act_fn", "is_gated_act"):
        config.pop(name, None)
    return {**config, "tie_word_embeddings": False}


def ends(model, generator) -> dict:
    """Texts with two end tokens each, the last of them not at the end."""
    inputs = inputs_for(model, generator, 8)
    for row, places in enumerate([(2, 6), (3, 4)]):  # those of the second text are not where padding will be
        inputs["input_ids"][row, list(places)] = model.config.eos_token_id
    inputs.pop("decoder_input_ids", None)
    return inputs


def shifted(model, generator) -> dict:
    inputs = inputs_for(model, generator, 8)
    inputs.pop("decoder_input_ids", None)
    return inputs


def two_vocabularies(model, generator) -> dict:
    inputs = inputs_for(model, generator, 8)
    return {key: ids % min(model.config.vocab_size, model.config.decoder_vocab_size) for key, ids in inputs.items()}


case("t5", T5ForConditionalGeneration, t5(), drawn=draw_t5(T5ForConditionalGeneration, T5Model, T5EncoderModel), prepare=often_own_head)
case("t5-v1.1", T5ForConditionalGeneration, t5(feed_forward_proj="gated-gelu", tie_word_embeddings=False), drawn=draw_t5(T5ForConditionalGeneration, feed_forward_proj="gated-gelu", tie_word_embeddings=False), prepare=own_head, spelling=v11)
case("t5-encoder", T5EncoderModel, t5(num_layers=3), drawn=draw_t5(T5EncoderModel))
case("t5-sequence", T5ForSequenceClassification, t5(num_labels=3), drawn=draw_t5(T5ForSequenceClassification, num_labels=5), inputs=ends)
case("t5-tokens", T5ForTokenClassification, t5(num_labels=3), drawn=draw_t5(T5ForTokenClassification, num_labels=4))
case("t5-question", T5ForQuestionAnswering, t5(), drawn=draw_t5(T5ForQuestionAnswering), inputs=shifted)
case("mt5", MT5ForConditionalGeneration, t5(), drawn=draw_t5(MT5ForConditionalGeneration, MT5EncoderModel), prepare=often_own_head)
case("umt5", UMT5ForConditionalGeneration, t5(), drawn=draw_t5(UMT5ForConditionalGeneration), prepare=often_own_head)


def switch(**others) -> dict:
    return t5(num_experts=3, num_sparse_encoder_layers=1, num_sparse_decoder_layers=1, dense_act_fn="gelu", **others)


def without_steps(config: dict, r) -> dict:
    """Without the steps that follow from the numbers of sparse layers, half of the time if drawn."""
    if "--drawn" in sys.argv and r.random() < 0.5:
        return config
    return {name: value for name, value in config.items() if not name.endswith("_sparse_step")}


def draw_switch(*classes: type):
    draw = draw_t5(*classes)

    def drawn(r) -> dict:
        fields = draw(r)
        fields["dense_act_fn"] = r.choice(ACTIVATIONS)
        del fields["feed_forward_proj"]
        fields["tie_word_embeddings"] = True
        fields["num_decoder_layers"] = fields["num_decoder_layers"] or fields["num_layers"]
        mixtures = dict(num_experts=r.randint(2, 6), router_bias=r.random() < 0.5, expert_capacity=r.choice([32, 64]))
        sparse = {f"num_sparse_{side}_layers": r.randint(0, 3) for side in ("encoder", "decoder")}
        return {**fields, **mixtures, **sparse}

    return drawn


case("switch_transformers", SwitchTransformersForConditionalGeneration, switch(d_model=10, d_ff=8, num_heads=2, router_bias=True),
     drawn=draw_switch(SwitchTransformersForConditionalGeneration, SwitchTransformersModel, SwitchTransformersEncoderModel), prepare=often_own_head, cached=False, spelling=without_steps)
case("switch_transformers-encoder", SwitchTransformersEncoderModel, switch(num_decoder_layers=None), drawn=draw_switch(SwitchTransformersEncoderModel))


def bart(**others) -> dict:
    encoder = dict(encoder_layers=2, encoder_attention_heads=3, encoder_ffn_dim=16)
    decoder = dict(decoder_layers=2, decoder_attention_heads=2, decoder_ffn_dim=14)
    tokens = dict(pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2)
    return {**dict(vocab_size=30, d_model=12, max_position_embeddings=20), **encoder, **decoder, **tokens, **others}


def draw_bart(*classes: type, **fixed):
    def draw(r) -> dict:
        heads = r.choice([1, 2, 3, 4])
        layers = r.randint(1, 4)
        size = heads * 2 * r.choice([3, 4, 5])
        pad, start = r.choice([(1, 2), (0, 3), (5, 5), (1, 0)])
        fields = dict(
            vocab_size=r.randint(30, 60),
            d_model=size,
            encoder_layers=layers,
            # Where the decoder stands alone, the reference's cache has room for no more.
            decoder_layers=r.randint(1, layers if all(one.__name__.endswith("CausalLM") for one in classes) else 4),
            encoder_attention_heads=heads,
            decoder_attention_heads=heads * r.choice([1, 2]),
            encoder_ffn_dim=r.randint(8, 40),
            decoder_ffn_dim=r.randint(8, 40),
            max_position_embeddings=r.choice([24, 32, 50]),
            activation_function=r.choice(ACTIVATIONS),
            scale_embedding=r.choice([True, False]),
            tie_word_embeddings=r.choice([True, True, False]),
            pad_token_id=pad,
            decoder_start_token_id=start,
        )
        return {**fields, **fixed, "class": r.choice(classes)}

    return draw


def draw_marian(*classes: type):
    draw = draw_bart(*classes)

    def drawn(r) -> dict:
        fields = draw(r)
        if r.random() < 0.4:
            fields |= dict(share_encoder_decoder_embeddings=False, decoder_vocab_size=r.randint(30, 60))
        return fields

    return drawn


def forced(model, r) -> None:
    """A target that begins with the token of its language."""
    if model.can_generate():
        model.generation_config.forced_bos_token_id = 7


case("bart", BartForConditionalGeneration, bart(scale_embedding=True), drawn=draw_bart(BartForConditionalGeneration, BartModel), prepare=forced)
case("bart-untied", BartForConditionalGeneration, bart(tie_word_embeddings=False, vocab_size=30, encoder_layers=1, decoder_layers=1))
case("bart-sequence", BartForSequenceClassification, bart(num_labels=4), drawn=draw_bart(BartForSequenceClassification, num_labels=3), inputs=ends)
case("bart-question", BartForQuestionAnswering, bart(), drawn=draw_bart(BartForQuestionAnswering), inputs=shifted)
case("bart-decoder", BartForCausalLM, bart(encoder_layers=3), drawn=draw_bart(BartForCausalLM))
case("mbart", MBartForConditionalGeneration, bart(), drawn=draw_bart(MBartForConditionalGeneration), prepare=forced)
case("mbart-sequence", MBartForSequenceClassification, bart(num_labels=3), drawn=draw_bart(MBartForSequenceClassification, num_labels=3), inputs=ends)
case("mbart-question", MBartForQuestionAnswering, bart(), drawn=draw_bart(MBartForQuestionAnswering), inputs=ends)
case("marian", MarianMTModel, bart(activation_function="swish", scale_embedding=True), drawn=draw_marian(MarianMTModel, MarianModel), inputs=two_vocabularies)
case("marian-two", MarianMTModel, bart(share_encoder_decoder_embeddings=False, decoder_vocab_size=30), drawn=draw_marian(MarianMTModel), inputs=two_vocabularies)
case("marian-decoder", MarianForCausalLM, bart(encoder_layers=3), drawn=draw_bart(MarianForCausalLM))
case("pegasus", PegasusForConditionalGeneration, bart(scale_embedding=True), drawn=draw_bart(PegasusForConditionalGeneration))
case("m2m_100", M2M100ForConditionalGeneration, bart(d_model=10, encoder_attention_heads=2), drawn=draw_bart(M2M100ForConditionalGeneration), prepare=forced)
case("blenderbot", BlenderbotForConditionalGeneration, bart(), drawn=draw_bart(BlenderbotForConditionalGeneration))
case("blenderbot-small", BlenderbotSmallForConditionalGeneration, bart(), drawn=draw_bart(BlenderbotSmallForConditionalGeneration))

def bert(config_class: type, **others) -> dict:
    sizes = dict(vocab_size=30, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=14)
    return config_class(**{**sizes, "max_position_embeddings": 24, "type_vocab_size": 2, **others}).to_dict()


def joined(config_class: type, encoder: dict = {}, decoder: dict = {}) -> dict:
    """Two models as the fields of their common config."""
    as_decoder = dict(is_decoder=True, add_cross_attention=True, num_hidden_layers=1)
    pair = dict(encoder=bert(config_class, **encoder), decoder=bert(config_class, **{**as_decoder, **decoder}))
    return dict(**pair, decoder_start_token_id=2, pad_token_id=1, eos_token_id=3, vocab_size=30)


def draw_joined(*config_classes: type):
    def draw(r) -> dict:
        one = lambda **others: bert(
            r.choice(config_classes),
            hidden_size=r.choice([12, 18, 24]),
            num_hidden_layers=r.randint(1, 3),
            num_attention_heads=r.choice([2, 3]),
            intermediate_size=r.randint(8, 30),
            hidden_act=r.choice(["gelu", "relu", "silu"]),
            **others,
        )
        return dict(encoder=one(), decoder=one(is_decoder=True, add_cross_attention=True))

    return draw


case("encoder-decoder", EncoderDecoderModel, joined(BertConfig), drawn=draw_joined(BertConfig, RobertaConfig, XLMRobertaConfig))
case("encoder-decoder-widths", EncoderDecoderModel, joined(RobertaConfig, encoder=dict(hidden_size=18)), drawn=draw_joined(BertConfig))

if __name__ == "__main__":
    main()
