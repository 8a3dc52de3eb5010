"""What the searches of generate() find: test/fixtures/generation/search.json.

Beams are those of transformers' generate(). Diverse beams (Vijayakumar et al. 2016, algorithm 1) and contrastive search
(Su et al. 2022, equation 5) left its core, so they are written here from the papers, without a cache. Runs in which two
of the compared numbers are closer than MARGIN are drawn again: rounding could turn them.

--drawn N --out DIR writes N other runs of each kind into DIR instead.
"""

import argparse
import json
import math
import random
import sys
import warnings
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, GenerationConfig, LogitsProcessorList
from transformers.generation.utils import GenerationMixin
from transformers.utils import logging

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import FIXTURES  # noqa: E402

DECODERS = {
    "models/gpt2": 96,
    "models/opt": 96,
    "models/llama": 96,
    "families/decoder/gptj": 40,
    "families/decoder/gpt_neox": 40,
    "families/decoder/bloom": 40,
    "families/decoder/qwen2": 32,
    "families/decoder/gemma2": 32,
}
TRANSLATORS = {
    "models/marian": 96,
    "families/encoder-decoder/t5": 30,
    "families/encoder-decoder/bart": 30,
    "families/encoder-decoder/mt5": 30,
    "families/encoder-decoder/pegasus": 30,
}
MARGIN = 2e-5
DEAD = -1e8
loaded: dict[str, torch.nn.Module] = {}
gaps: list[float] = []


def load(name: str):
    if name not in loaded:
        model_class = AutoModelForCausalLM if name in DECODERS else AutoModelForSeq2SeqLM
        loaded[name] = model_class.from_pretrained(FIXTURES / name, attn_implementation="eager").eval()
    return loaded[name]


def note(scores: torch.Tensor, keep: int) -> None:
    """Remembers how close the best scores are to each other."""
    best = scores.flatten().sort(descending=True).values[: keep + 1]
    best = best[best > DEAD]
    if len(best) > 1:
        gaps.append((best[:-1] - best[1:]).min().item())


def watch(method: str, noted) -> None:
    original = getattr(GenerationMixin, method)

    def watched(*args, **kwargs):
        noted(kwargs)
        return original(*args, **kwargs)

    is_static = isinstance(GenerationMixin.__dict__[method], staticmethod)
    setattr(GenerationMixin, method, staticmethod(watched) if is_static else watched)


def note_continuations(given: dict) -> None:
    for row in given["accumulated_log_probs"]:
        note(row, given["beams_to_keep"])


def note_finished(given: dict) -> None:
    length = given["cur_len"] + 1 - given["decoder_prompt_len"]
    scores = given["topk_log_probs"] / length ** given["length_penalty"]
    ended = given["next_token_hits_stopping_criteria"][:, : given["num_beams"]]
    for row, (held, new, hit) in enumerate(zip(given["beam_scores"], scores[:, : given["num_beams"]], ended)):
        note(torch.cat([held, new[hit]]), given["num_beams"])


def note_stop(given: dict) -> None:
    never = given["early_stopping"] == "never" and given["length_penalty"] > 0
    length = (given["max_length"] if never else given["cur_len"]) - given["decoder_prompt_len"]
    best = given["running_beam_scores"][:, 0] / length ** given["length_penalty"]
    for row, worst in enumerate(given["beam_scores"].min(dim=1).values):
        if worst > DEAD and best[row] > DEAD:
            gaps.append(abs(best[row] - worst).item())


watch("_get_top_k_continuations", note_continuations)
watch("_update_finished_beams", note_finished)
watch("_check_early_stop_heuristic", note_stop)


def prompts_of(rng: random.Random, vocab: int, rows: int) -> list[list[int]]:
    """Random tokens, with repetitions for the rules about them; no padding token among them."""
    found = []
    for _ in range(rows):
        row = [rng.randrange(4, vocab - 1) for _ in range(rng.randint(1, 7))]
        found.append(row + row[: rng.randint(0, len(row))] if rng.random() < 0.4 else row)
    return found


def rules(rng: random.Random, vocab: int, most: int, translates: bool) -> dict:
    drawn = {
        "repetition_penalty": rng.choice([0.7, 1.3, 2.0]),
        "no_repeat_ngram_size": rng.randint(1, 3),
        "min_new_tokens": rng.randint(1, most),
        "forced_eos_token_id": rng.randrange(vocab),
        "suppress_tokens": [rng.randrange(vocab) for _ in range(5)],
        "begin_suppress_tokens": [rng.randrange(vocab) for _ in range(vocab // 3)],
        "bad_words_ids": [[rng.randrange(vocab) for _ in range(rng.randint(1, 2))] for _ in range(9)],
    }
    if translates:
        drawn |= {"forced_bos_token_id": rng.randrange(vocab), "encoder_no_repeat_ngram_size": rng.randint(1, 2)}
    # The reference refuses to force what it forbids.
    forced = [drawn["forced_eos_token_id"], drawn.get("forced_bos_token_id")]
    for name in ["suppress_tokens", "begin_suppress_tokens"]:
        drawn[name] = [token for token in drawn[name] if token not in forced]
    return {name: drawn[name] for name in rng.sample(sorted(drawn), rng.choice([0, 0, 1, 1, 2]))}


def common(rng: random.Random, name: str, rows: int) -> dict:
    vocab = {**DECODERS, **TRANSLATORS}[name]
    most = rng.randint(2, 12)
    ends = rng.sample(range(vocab), rng.choice([0, 1, 1, 2, 3, vocab // 8, vocab // 4]))
    prompts = prompts_of(rng, vocab, rows)
    drawn = rules(rng, vocab, most, name in TRANSLATORS)
    # A text that must end at once leaves nothing to search, and the reference repeats it.
    if drawn.get("forced_bos_token_id") in ends:
        del drawn["forced_bos_token_id"]
    return {"model": name, "prompts": prompts, "fields": {"max_new_tokens": most, "eos_token_id": ends, **drawn}}


def draw_beams(rng: random.Random) -> dict:
    name = rng.choice([*DECODERS, *TRANSLATORS])
    case = common(rng, name, rng.choice([1, 1, 2, 3]))
    beams = rng.randint(2, 5)
    case["fields"] |= {
        "num_beams": beams,
        "num_return_sequences": rng.choice([1, beams, rng.randint(1, beams)]),
        "early_stopping": rng.choice([True, False, "never"]),
        "length_penalty": rng.choice([1.0, 1.0, 0.0, -1.0, 0.5, 2.0]),
    }
    return case


def padded(rows: list[list[int]], left: bool, pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    ids, mask = [], []
    for row in rows:
        gap = longest - len(row)
        ids.append([pad] * gap + row if left else row + [pad] * gap)
        mask.append([0] * gap + [1] * len(row) if left else [1] * len(row) + [0] * gap)
    return torch.tensor(ids), torch.tensor(mask)


LOOKS_AT_TOKENS = ["repetition_penalty", "no_repeat_ngram_size", "bad_words_ids", "encoder_no_repeat_ngram_size"]


def run_beams(case: dict) -> dict:
    model = load(case["model"])
    left = case["model"] in DECODERS
    # The reference's processors see padding; with them each prompt runs alone.
    alone = any(name in case["fields"] for name in LOOKS_AT_TOKENS)
    batches = [[row] for row in case["prompts"]] if alone else [case["prompts"]]
    rows, scores = [], []
    for batch in batches:
        ids, mask = padded(batch, left, 0 if left else model.config.pad_token_id)
        start = ids.shape[1] if left else 1
        fields = dict(case["fields"])
        ends = fields.pop("eos_token_id")
        model.generation_config = GenerationConfig(
            decoder_start_token_id=model.generation_config.decoder_start_token_id,
            eos_token_id=ends or None,
            pad_token_id=0 if left else model.config.pad_token_id,
            return_dict_in_generate=True,
            output_scores=True,
            **fields,
        )
        result = model.generate(ids, attention_mask=mask)
        for row, score in zip(result.sequences.tolist(), result.sequences_scores.tolist()):
            new = row[start:][: fields["max_new_tokens"]]
            end = next((i + 1 for i, id in enumerate(new) if id in ends), len(new))
            rows.append(new[:end])
            scores.append(score)
    return {**case, "new": rows, "scores": scores}


class Scores:
    """The next token's processed log-probabilities or scores, computed from all tokens every time."""

    def __init__(self, case: dict, prompt: list[int]):
        self.model = load(case["model"])
        self.prompt = prompt
        self.translates = case["model"] in TRANSLATORS
        self.start = [self.model.generation_config.decoder_start_token_id] if self.translates else prompt
        fields = dict(case["fields"])
        most = fields["max_new_tokens"]
        fields |= {"max_length": len(self.start) + most, "eos_token_id": fields["eos_token_id"] or None}
        config = GenerationConfig(decoder_start_token_id=self.start[0], **fields)
        self.model._prepare_special_tokens(config, True, device="cpu")
        self.processors: LogitsProcessorList = self.model._get_logits_processor(
            config, input_ids_seq_length=len(self.start), encoder_input_ids=torch.tensor([prompt])
        )

    @torch.no_grad()
    def outputs(self, rows: list[list[int]]):
        ids = torch.tensor(rows)
        if not self.translates:
            return self.model(ids, output_hidden_states=True)
        source = torch.tensor([self.prompt] * len(rows))
        return self.model(source, decoder_input_ids=ids, output_hidden_states=True)


def draw_diverse(rng: random.Random) -> dict:
    case = common(rng, rng.choice([*DECODERS, *TRANSLATORS]), rng.choice([1, 2]))
    groups, size = rng.randint(2, 3), rng.randint(1, 3)
    beams = groups * size
    case["groups"] = {"beams": beams, "beamGroups": groups, "diversityPenalty": rng.choice([0.3, 1.0, 2.5])}
    case["groups"] |= {"sequences": rng.choice([1, beams, rng.randint(1, beams)])}
    case["groups"] |= {"lengthPenalty": rng.choice([1.0, 0.0, 2.0]), "earlyStopping": rng.choice([True, False, "never"])}
    return case


def run_diverse(case: dict) -> dict:
    rows, scores = [], []
    for prompt in case["prompts"]:
        found = diverse(Scores(case, prompt), case)
        note(torch.tensor([score for score, _ in found]), case["groups"]["sequences"])
        for score, new in found[: case["groups"]["sequences"]]:
            rows.append(new)
            scores.append(score)
    return {**case, "new": rows, "scores": scores}


class Group:
    """One group's beams: those that go on, those that ended, and whether the group goes on."""

    def __init__(self, size: int):
        self.size, self.running, self.ended, self.done = size, [(0.0, [])], [], False


def diverse(scores: Scores, case: dict) -> list[tuple[float, list[int]]]:
    """Algorithm 1: groups step one after another, each with a penalty on the tokens of those before it."""
    options, most, ends = case["groups"], case["fields"]["max_new_tokens"], case["fields"]["eos_token_id"]
    penalty, stop = options["lengthPenalty"], options["earlyStopping"]
    groups = [Group(options["beams"] // options["beamGroups"]) for _ in range(options["beamGroups"])]
    for length in range(1, most + 1):
        taken: dict[int, int] = {}
        for group in groups:
            if group.done:
                continue
            rows = [scores.start + new for _, new in group.running]
            logits = scores.outputs(rows).logits[:, -1].float()
            augmented = logits.log_softmax(-1)
            for token, times in taken.items():
                augmented[:, token] -= options["diversityPenalty"] * times
            augmented = scores.processors(torch.tensor(rows), augmented)
            total = augmented + torch.tensor([[score] for score, _ in group.running])
            vocab = total.shape[1]
            keep = max(2, 1 + len(ends)) * group.size
            note(total, keep)
            best = [(value.item(), *divmod(at.item(), vocab)) for value, at in zip(*total.flatten().topk(min(keep, total.numel())))]
            best = [(value, group.running[beam][1] + [token]) for value, beam, token in best if value > -math.inf]
            over = [(value, new) for value, new in best[: group.size] if new[-1] in ends or length == most]
            group.ended += [(value / length**penalty, new) for value, new in over]
            if group.ended:
                note(torch.tensor([value for value, _ in group.ended]), group.size)
            group.ended = sorted(group.ended, key=lambda one: -one[0])[: group.size]
            group.running = [(value, new) for value, new in best if new[-1] not in ends][: group.size]
            for _, new in group.running:
                taken[new[-1]] = taken.get(new[-1], 0) + 1
            full = len(group.ended) == group.size
            group.done = not group.running or length == most
            if full and not group.done:
                longest = most if stop == "never" and penalty > 0 else length
                attainable, worst = group.running[0][0] / longest**penalty, group.ended[-1][0]
                gaps.append(abs(attainable - worst))
                group.done = stop is True or attainable <= worst
        if all(group.done for group in groups):
            break
    return sorted((one for group in groups for one in group.ended), key=lambda one: -one[0])


def draw_contrastive(rng: random.Random) -> dict:
    case = common(rng, rng.choice([*DECODERS, *TRANSLATORS]), rng.choice([1, 2]))
    case["contrastive"] = {"penaltyAlpha": rng.choice([0.0, 0.2, 0.6, 0.9, 1.0]), "topK": rng.randint(1, 6)}
    return case


def run_contrastive(case: dict) -> dict:
    return {**case, "new": [contrastive(Scores(case, prompt), case) for prompt in case["prompts"]]}


def contrastive(scores: Scores, case: dict) -> list[int]:
    """Equation 5: (1 − α) p(v | x) − α max_j cos(h_v, h_j) over the k most probable tokens v."""
    alpha, k = case["contrastive"]["penaltyAlpha"], case["contrastive"]["topK"]
    row = list(scores.start)
    for _ in range(case["fields"]["max_new_tokens"]):
        logits = scores.outputs([row]).logits[:, -1].float()
        processed = scores.processors(torch.tensor([row]), logits)
        note(processed, k)
        probabilities, tokens = processed[0].double().softmax(-1).topk(k)
        tokens = tokens[probabilities > 0]
        result = scores.outputs([row + [token.item()] for token in tokens])
        states = (result.decoder_hidden_states if scores.translates else result.hidden_states)[-1].double()
        states = states / states.norm(dim=-1, keepdim=True)
        likeness = (states[:, :-1] @ states[:, -1:].transpose(1, 2)).amax(dim=(1, 2))
        judged = (1 - alpha) * probabilities[: len(tokens)] - alpha * likeness
        note(judged, 1)
        row.append(tokens[judged.argmax()].item())
        if row[-1] in case["fields"]["eos_token_id"]:
            break
    return row[len(scores.start) :]


KINDS = {
    "beams": (draw_beams, run_beams),
    "diverse": (draw_diverse, run_diverse),
    "contrastive": (draw_contrastive, run_contrastive),
}


def drawn(kind: str, count: int, seed: str) -> list[dict]:
    draw, run = KINDS[kind]
    rng = random.Random(f"{seed} {kind}")
    found: list[dict] = []
    while len(found) < count:
        gaps.clear()
        case = run(draw(rng))
        if not gaps or min(gaps) > MARGIN:
            found.append(case)
    return found


if __name__ == "__main__":
    logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--drawn", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", default="fixture")
    given = parser.parse_args()
    cases = {kind: drawn(kind, given.drawn or 20, given.seed) for kind in KINDS}
    target = (given.out or FIXTURES / "generation") / "search.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = ",\n".join(
        f'"{kind}": [\n ' + ",\n ".join(json.dumps(case) for case in found) + "\n]" for kind, found in cases.items()
    )
    target.write_text(f"{{{text}}}\n")
