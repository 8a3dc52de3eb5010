"""Gemma, Cohere, GLM-4, Nemotron, StableLM, Phi-3 and StarCoder 2."""

import sys

import transformers as t

from common import CASES, case, main, sizes
from llama_kin import activation, classes, drawn, flag, kinds, no_head_dim

CASES.clear()  # those of llama_kin

SLIDING, FULL = "sliding_attention", "full_attention"
common = ("Model", "ForSequenceClassification", "ForTokenClassification")


def dividing(f, r):
    """A width that heads divide."""
    return f["num_attention_heads"] * r.choice([4, 6, 8])



def own_epsilon(draw):
    """Without the name that other families have for it."""
    return lambda r: no_head_dim({name: value for name, value in draw(r).items() if name != "rms_norm_eps"})


def older_gemma3(config, r):
    """As before version 5: a base for each kind of layer beside the rule of full layers."""
    if "--drawn" not in sys.argv or r.random() < 0.5:
        return config
    parameters = config.pop("rope_parameters")
    full = dict(parameters[FULL])
    config["rope_theta"] = full.pop("rope_theta")
    config["rope_local_base_freq"] = parameters[SLIDING]["rope_theta"]
    config["rope_scaling"] = None if full.get("rope_type") == "default" else full
    return config


case("gemma", t.GemmaForCausalLM, sizes(num_key_value_heads=1, attention_bias=True),
     drawn=drawn(*classes("Gemma", *common), attention_bias=flag, hidden_act=["gelu", *activation], tie_word_embeddings=[True, True, False]))
case("gemma2", t.Gemma2ForCausalLM, sizes(sliding_window=3, query_pre_attn_scalar=10, attn_logit_softcapping=5.0, final_logit_softcapping=3.0),
     drawn=drawn(*classes("Gemma2", *common), attention_bias=flag, sliding_window=[2, 3, 5], query_pre_attn_scalar=[4, 6, 24],
                 attn_logit_softcapping=[None, 2.0, 50.0], final_logit_softcapping=[None, 3.0, 30.0], layer_types=kinds,
                 hidden_activation=activation, hidden_size=dividing))


def ropes(f, r):
    full = r.choice([{"rope_type": "default"}, {"rope_type": "linear", "factor": 8.0}])
    return r.choice([..., {FULL: {**full, "rope_theta": r.choice([1e6, 5e3])}, SLIDING: {"rope_type": "default", "rope_theta": r.choice([1e4, 700.0])}}])


case("gemma3_text", t.Gemma3ForCausalLM,
     sizes(sliding_window=3, num_hidden_layers=4, layer_types=[SLIDING, SLIDING, FULL, SLIDING], query_pre_attn_scalar=10,
           rope_parameters={FULL: {"rope_type": "linear", "factor": 8.0, "rope_theta": 5e3}, SLIDING: {"rope_type": "default", "rope_theta": 700.0}}),
     drawn=drawn(t.Gemma3TextModel, t.Gemma3TextForSequenceClassification, attention_bias=flag, sliding_window=[2, 3, 5],
                 query_pre_attn_scalar=[4, 6, 24], attn_logit_softcapping=[None, 20.0], final_logit_softcapping=[None, 3.0],
                 num_hidden_layers=[1, 2, 6, 7], layer_types=kinds, rope_parameters=ropes, hidden_activation=activation, hidden_size=dividing),
     spelling=older_gemma3)
gemma3n = dict(hidden_size_per_layer_input=3, num_kv_shared_layers=2, layer_types=[SLIDING, FULL] * 2, num_hidden_layers=4, sliding_window=3,
               num_attention_heads=2, num_key_value_heads=1, head_dim=4, hidden_size=8, intermediate_size=[10, 8, 6, 8], laurel_rank=3, altup_num_inputs=3,
               activation_sparsity_pattern=[0.8, 0.0, 0.3, 0.0], final_logit_softcapping=5.0, vocab_size=24, vocab_size_per_layer_input=20)


def gemma3n_drawn(r):
    fields = drawn(t.Gemma3nTextModel, hidden_size_per_layer_input=[2, 3, 6], sliding_window=[2, 3, 5], attention_bias=flag, hidden_activation=activation,
                   hidden_size=dividing, laurel_rank=[1, 3, 64], altup_num_inputs=[1, 2, 3, 4], altup_correct_scale=flag, num_hidden_layers=[2, 4, 6, 10, 12],
                   final_logit_softcapping=[4.0, 30.0], rope_parameters=ropes)(r)
    layers = fields["num_hidden_layers"]
    fields["altup_active_idx"] = r.randrange(fields["altup_num_inputs"])
    fields["num_kv_shared_layers"] = r.choice([n for n in (0, 1, 2, 3, 5) if n == 0 or layers - n >= 5 or layers == 4 and n == 2])
    fields["layer_types"] = [SLIDING, FULL] * (layers // 2)
    if layers >= 10 and r.random() < 0.5:
        del fields["layer_types"]
    fields["activation_sparsity_pattern"] = r.choice([None, [r.choice([0.0, 0.05, 0.5, 0.95]) for _ in range(layers)]])
    if r.random() < 0.5:
        fields["intermediate_size"] = [r.randint(6, 20) for _ in range(layers)]
    fields["vocab_size_per_layer_input"] = r.choice([fields["vocab_size"], fields["vocab_size"] - 7, fields["vocab_size"] + 5])
    return fields


case("gemma3n_text", t.Gemma3nForCausalLM, sizes(**gemma3n), drawn=gemma3n_drawn, spelling=older_gemma3)
gemma4 = sizes(vocab_size=24, hidden_size=12, intermediate_size=10, head_dim=4, global_head_dim=8, hidden_size_per_layer_input=3,
               vocab_size_per_layer_input=24, num_hidden_layers=4, layer_types=[SLIDING, FULL] * 2, sliding_window=3, num_kv_shared_layers=2,
               num_attention_heads=2, num_global_key_value_heads=1, attention_k_eq_v=True, use_double_wide_mlp=True, final_logit_softcapping=5.0)


def gemma4_drawn(r):
    fields = drawn(t.Gemma4TextModel, head_dim=[4, 8], global_head_dim=[8, 16], hidden_size_per_layer_input=[0, 3, 6], sliding_window=[2, 3],
                   attention_k_eq_v=flag, num_global_key_value_heads=[None, 1], use_double_wide_mlp=flag, final_logit_softcapping=[None, 4.0],
                   hidden_activation=activation, attention_bias=flag, num_hidden_layers=[2, 4, 6], moe_intermediate_size=[None, 7])(r)
    layers = fields["num_hidden_layers"]
    fields["layer_types"] = [SLIDING, FULL] * (layers // 2)
    fields["num_kv_shared_layers"] = r.choice([n for n in (0, 1, 2, 3) if layers - n >= 2])
    fields["vocab_size_per_layer_input"] = fields["vocab_size"]
    return fields


def older_gemma4(config, r):
    """With fields for all layers of a kind instead of each layer."""
    own = config.get("per_layer_config")
    if "--drawn" not in sys.argv or r.random() < 0.5 or not own:
        return config
    del config["per_layer_config"]
    first = next(iter(own.values()))
    config["global_head_dim"] = first["head_dim"]
    if "num_key_value_heads" in first:
        config["num_global_key_value_heads"] = first["num_key_value_heads"]
    return config


case("gemma4_text", t.Gemma4ForCausalLM, gemma4, drawn=gemma4_drawn, spelling=older_gemma4)
cohere = sizes(attention_bias=True, logit_scale=0.4, layer_norm_eps=1e-3, pad_token_id=0, eos_token_id=1, bos_token_id=2)
case("cohere", t.CohereForCausalLM, no_head_dim({**cohere, "use_qk_norm": True}),
     drawn=own_epsilon(drawn(t.CohereModel, use_qk_norm=flag, attention_bias=flag, logit_scale=[0.0625, 1.0], layer_norm_eps=[1e-5, 1e-2],
                                       hidden_size=dividing, tie_word_embeddings=[True, True, False])))
# cohere2's config class does not declare head_dim, but its file may have it.
case("cohere2", t.Cohere2ForCausalLM, {**cohere, "num_hidden_layers": 4, "sliding_window": 3},
     drawn=own_epsilon(drawn(t.Cohere2Model, attention_bias=flag, logit_scale=[0.0625, 1.0], layer_norm_eps=[1e-5, 1e-2],
                                       sliding_window=[2, 3, 5], num_hidden_layers=[2, 4, 5], layer_types=kinds)))
glm = sizes(head_dim=8, pad_token_id=0, eos_token_id=1)
for name in ("glm", "glm4"):
    prefix = name.capitalize()
    case(name, getattr(t, f"{prefix}ForCausalLM"), {**glm, "num_key_value_heads": 1 if name == "glm" else 2},
         drawn=drawn(*classes(prefix, *common), attention_bias=flag, head_dim=[4, 8, 12, 16], pad_token_id=[0], eos_token_id=[1],
                     partial_rotary_factor=[..., 0.5, 0.25, 1.0]))
# One of the few families in which an odd share of a head, or none of it, can be rotated.
few = {**glm, "num_hidden_layers": 1, "head_dim": 12, "hidden_size": 10, "num_attention_heads": 2}
yarn = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 500.0}
case("glm-odd", t.GlmForCausalLM, {**few, "rope_parameters": {**yarn, "partial_rotary_factor": 0.25}},
     drawn=drawn(head_dim=[4, 6, 10, 12], pad_token_id=[0], eos_token_id=[1], partial_rotary_factor=[0.1, 0.25, 0.3, 0.75]))
case("glm-unrotated", t.GlmForCausalLM, {**few, "rope_parameters": {"rope_type": "default", "rope_theta": 500.0, "partial_rotary_factor": 0.05}})
case("nemotron", t.NemotronForCausalLM, sizes(head_dim=8, attention_bias=True, mlp_bias=True, norm_eps=1e-3),
     drawn=drawn(*classes("Nemotron"), rms_norm_eps=[...], head_dim=[4, 8, 16], attention_bias=flag, mlp_bias=flag, norm_eps=[1e-5, 1e-2],
                 hidden_act=["relu2", "silu"], partial_rotary_factor=[..., 0.5, 0.25, 1.0]))
stable = no_head_dim(sizes(hidden_size=24, num_attention_heads=3, num_key_value_heads=3, num_hidden_layers=2, use_qkv_bias=True, layer_norm_eps=1e-3))
stable_drawn = drawn(*classes("StableLm", *common), use_qkv_bias=flag, qk_layernorm=flag, use_parallel_residual=flag, layer_norm_eps=[1e-5, 1e-2],
                     hidden_size=lambda f, r: f["num_attention_heads"] * r.choice([8, 16]), partial_rotary_factor=[..., 0.25, 0.5, 1.0])
case("stablelm", t.StableLmForCausalLM, stable, drawn=own_epsilon(stable_drawn))
case("stablelm-parallel", t.StableLmForCausalLM, {**stable, "use_parallel_residual": True, "qk_layernorm": True, "num_key_value_heads": 1},
     drawn=own_epsilon(stable_drawn))


def older_phi3(config, r):
    """With rope_scaling, whose rule was once called su or yarn."""
    parameters = config.get("rope_parameters")
    if "--drawn" not in sys.argv or parameters is None or r.random() < 0.4:
        return config
    parameters = dict(config.pop("rope_parameters"))
    config["rope_theta"] = parameters.pop("rope_theta")
    config["partial_rotary_factor"] = parameters.pop("partial_rotary_factor", 1.0)
    kind = parameters.pop("rope_type")
    parameters.pop("original_max_position_embeddings", None)
    config["rope_scaling"] = None if kind == "default" else {**parameters, "type": r.choice(["longrope", "su", "yarn"])}
    return config


def long(f, r):
    """Two sets of factors, with a switch within reach of the test's texts or far beyond it."""
    if r.random() < 0.3:
        return ...
    share = f.get("partial_rotary_factor", 1.0)
    pairs = int(f["hidden_size"] // f["num_attention_heads"] * (1.0 if share is ... else share)) // 2
    return {"rope_type": "longrope", "rope_theta": 1e4, "original_max_position_embeddings": r.choice([6, 9, 32]), "short_factor": [1 + r.random() for _ in range(pairs)], "long_factor": [2 + 9 * r.random() for _ in range(pairs)]}


phi3 = no_head_dim(sizes(hidden_size=24, num_hidden_layers=2, sliding_window=3, pad_token_id=0, eos_token_id=1, bos_token_id=2))
phi3_drawn = drawn(*classes("Phi3", *common), sliding_window=[None, 2, 3], pad_token_id=[0], eos_token_id=[1], bos_token_id=[2],
                   hidden_size=lambda f, r: f["num_attention_heads"] * r.choice([4, 8]), original_max_position_embeddings=[6, 9, 16, 32],
                   partial_rotary_factor=[..., 0.5], rope_parameters=long, hidden_act=activation)
case("phi3", t.Phi3ForCausalLM, {**phi3, "original_max_position_embeddings": 32,
     "rope_parameters": {"rope_type": "longrope", "rope_theta": 1e4, "short_factor": [1.0, 1.5, 2.0], "long_factor": [2.0, 5.0, 9.0]}},
     drawn=lambda r: no_head_dim(phi3_drawn(r)), spelling=older_phi3)
case("phi3-grown", t.Phi3ForCausalLM, {**phi3, "num_hidden_layers": 1, "original_max_position_embeddings": 6,
     "rope_parameters": {"rope_type": "longrope", "rope_theta": 1e4, "short_factor": [1.0, 1.5, 2.0], "long_factor": [2.0, 5.0, 9.0]}})
modern = no_head_dim(sizes(hidden_size=16, num_attention_heads=2, num_hidden_layers=4, local_attention=6, norm_bias=True, attention_bias=True, mlp_bias=True,
              classifier_bias=True, pad_token_id=0, eos_token_id=1, bos_token_id=2, norm_eps=1e-3))
del modern["num_key_value_heads"]


def modern_drawn(r):
    fields = drawn(t.ModernBertDecoderModel, t.ModernBertDecoderForSequenceClassification, norm_bias=flag, attention_bias=flag, mlp_bias=flag, classifier_bias=flag,
                   decoder_bias=flag, local_attention=[4, 5, 6, 64], norm_eps=[1e-5, 1e-2], classifier_activation=activation, layer_types=kinds,
                   hidden_activation=activation, num_hidden_layers=[1, 3, 5], pad_token_id=[0], eos_token_id=[1], bos_token_id=[2], rope_parameters=[...],
                   hidden_size=lambda f, r: f["num_attention_heads"] * r.choice([4, 8]), tie_word_embeddings=[True, True, False])(r)
    fields["rope_parameters"] = ropes(fields, r)
    return {k: v for k, v in own_epsilon(lambda _: fields)(r).items() if v is not ... and k != "num_key_value_heads"}


def older_modern(config, r):
    """As ModernBERT's first configs, with a base for each kind of layer."""
    parameters = config.get("rope_parameters")
    if "--drawn" not in sys.argv or r.random() < 0.5 or any(one.get("rope_type") != "default" for one in parameters.values()):
        return config
    del config["rope_parameters"]
    return {**config, "global_rope_theta": parameters[FULL]["rope_theta"], "local_rope_theta": parameters[SLIDING]["rope_theta"]}


def both_sides(config, r):
    """Without the window that follows from local_attention."""
    return {key: value for key, value in config.items() if key != "sliding_window"}


case("modernbert-decoder", t.ModernBertDecoderForCausalLM, modern, drawn=modern_drawn, spelling=older_modern)
case("modernbert-decoder-sequence", t.ModernBertDecoderForSequenceClassification, {**modern, "num_labels": 3, "num_hidden_layers": 2}, drawn=modern_drawn, spelling=both_sides)
case("starcoder2", t.Starcoder2ForCausalLM, no_head_dim(sizes(sliding_window=3, num_key_value_heads=1, norm_epsilon=1e-3)),
     drawn=own_epsilon(drawn(*classes("Starcoder2", *common), use_bias=flag, sliding_window=[None, 2, 3], norm_epsilon=[1e-5, 1e-2],
                                       hidden_act=activation, hidden_size=dividing, tie_word_embeddings=flag)))

if __name__ == "__main__":
    main()
