"""Opens a directory that savePretrained wrote with transformers and compares its logits. Run by hand:

    python open_saved.py <directory> <model class> <input_ids.json>

<model class> is a name in transformers (AutoModelForCausalLM, BertForQuestionAnswering, …). <input_ids.json> holds
[[…], …] or an object of such arrays (input_ids, attention_mask, token_type_ids, decoder_input_ids). The directory holds
logits.safetensors with one tensor `logits`, as this library computed it: [batch, seq, 2] of start and end for question
answering, and the last hidden state for a model without a head. Where the directory has tokens.json, { "text": …,
"ids": […] }, AutoTokenizer must give these ids.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file


def logits_of(output) -> torch.Tensor:
    if hasattr(output, "start_logits"):
        return torch.stack([output.start_logits, output.end_logits], dim=-1)
    return output.logits if hasattr(output, "logits") else output.last_hidden_state


def same_tokens(directory: Path) -> bool:
    expected = json.loads((directory / "tokens.json").read_text())
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
    ids = tokenizer(expected["text"]).input_ids
    print(f"{type(tokenizer).__name__}: {ids}, expected {expected['ids']}")
    return ids == expected["ids"]


def main(directory: Path, model_class: str, inputs_file: Path) -> int:
    model, report = getattr(transformers, model_class).from_pretrained(
        directory, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
    )
    inputs = json.loads(inputs_file.read_text())
    inputs = inputs if isinstance(inputs, dict) else {"input_ids": inputs}
    with torch.no_grad():
        found = logits_of(model.eval()(**{name: torch.tensor(value) for name, value in inputs.items()}))
    expected = load_file(directory / "logits.safetensors")["logits"]
    print(f"missing {sorted(report['missing_keys'])}, unexpected {sorted(report['unexpected_keys'])}")
    if found.shape != expected.shape:
        print(f"shape {tuple(found.shape)}, expected {tuple(expected.shape)}")
        return 1
    if (directory / "tokens.json").exists() and not same_tokens(directory):
        return 1
    difference = (found - expected).abs().max().item()
    print(f"max abs difference {difference:.3e} (max abs logit {found.abs().max().item():.3f})")
    return 0 if difference <= 1e-5 * max(1, found.abs().max().item()) else 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
