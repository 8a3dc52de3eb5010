"""What the modules of sentence-transformers make of texts with the tiny random BERT of model_fixtures.py.

Writes ../fixtures/tasks/sentence.json and the weights of two dense layers. Needs the package sentence-transformers.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers.base.modules.dense import Dense
from sentence_transformers.base.modules.normalize import Normalize
from sentence_transformers.sentence_transformer.modules.pooling import Pooling
from tokenizers import Tokenizer
from transformers import BertModel

fixtures = Path(__file__).parent.parent / "fixtures"
target = fixtures / "tasks"
texts = ["The old bear.", "A girl finds the red tree."]
prompt = "a boy sees "
tokenizer = Tokenizer.from_file(str(target / "tokenizer.json"))
bert = BertModel.from_pretrained(fixtures / "models/bert-base", attn_implementation="eager").eval()


def features(text, prompt_length=None):
    encoding = tokenizer.encode(text)
    ids, types = torch.tensor([encoding.ids]), torch.tensor([encoding.type_ids])
    hidden = bert(input_ids=ids, token_type_ids=types).last_hidden_state
    length = {} if prompt_length is None else {"prompt_length": prompt_length}
    return {"token_embeddings": hidden, "attention_mask": torch.ones_like(ids), **length}


def vectors(modules, before="", length=None):
    found = []
    for text in texts:
        state = features(before + text, length)
        for module in modules:
            state = module(state)
        found.append(state["sentence_embedding"][0].tolist())
    return found


def dense(seed, folder, **how):
    torch.manual_seed(seed)
    layer = Dense(**how)
    (target / folder).mkdir(exist_ok=True)
    save_file({name: value.contiguous() for name, value in layer.state_dict().items()}, target / folder / "model.safetensors")
    (target / folder / "config.json").write_text(json.dumps(layer.get_config_dict(), indent=2) + "\n")
    return layer


@torch.no_grad()
def main():
    size = bert.config.hidden_size
    modes = [*Pooling.POOLING_MODES, ["cls", "weightedmean", "max"]]
    # The special token at the end is not part of the prompt.
    length = len(tokenizer.encode(prompt).ids) - 1
    first = dense(1, "sentence-dense", in_features=size, out_features=12, activation_function=torch.nn.GELU())
    second = dense(2, "sentence-residual", in_features=12, out_features=5, bias=False, use_residual=True)
    chain = [Pooling(size, "mean"), first, Normalize(), second]
    expected = {
        "texts": texts,
        "prompt": prompt,
        "modes": [{"mode": mode, "vectors": vectors([Pooling(size, mode)])} for mode in modes],
        "withoutPrompt": [
            {"mode": mode, "vectors": vectors([Pooling(size, mode, include_prompt=False)], prompt, length)}
            for mode in modes
        ],
        "chain": vectors(chain),
    }
    (target / "sentence.json").write_text(json.dumps(expected) + "\n")


main()
