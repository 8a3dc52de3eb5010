"""Times Python's tokenizers: a line of JSON in, seconds and a count of tokens out.

In: ["encode", file of the tokenizer, file of the text], or ["BPE" or "Unigram", size of the vocabulary, file of the
text, whose lines a trainer learns from].
"""

import json
import sys
import time

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

loaded = {}


def encode(path, text):
    if path not in loaded:
        loaded[path] = Tokenizer.from_file(path)
    start = time.process_time()
    encoding = loaded[path].encode(text)
    return time.process_time() - start, len(encoding)


def train(kind, size, text):
    lines = text.split("\n")
    if kind == "BPE":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    else:
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=size, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)
    start = time.process_time()
    tokenizer.train_from_iterator(lines, trainer)
    return time.process_time() - start, tokenizer.get_vocab_size()


for line in sys.stdin:
    work, argument, text_path = json.loads(line)
    with open(text_path, encoding="utf-8", newline="") as file:
        text = file.read()
    print(json.dumps(encode(argument, text) if work == "encode" else train(work, argument, text)), flush=True)
