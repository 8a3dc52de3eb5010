"""Llama. Other scripts of this folder look the same."""

from transformers import LlamaForCausalLM

from common import case, draw_sizes, main, sizes


def drawn(r):
    biases = {"attention_bias": r.random() < 0.5, "mlp_bias": r.random() < 0.5}
    return {**draw_sizes(r), **biases, "tie_word_embeddings": r.random() < 0.3, "rms_norm_eps": r.choice([1e-6, 1e-5, 1e-2])}


case("llama", LlamaForCausalLM, sizes(attention_bias=True, num_key_value_heads=1), drawn=drawn)

if __name__ == "__main__":
    main()
