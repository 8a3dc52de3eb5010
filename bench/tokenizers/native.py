"""Times Python's tokenizers: a line of JSON in (file of the tokenizer, file of the text), seconds out."""

import json
import sys
import time

from tokenizers import Tokenizer

loaded = {}
for line in sys.stdin:
    path, text_path = json.loads(line)
    if path not in loaded:
        loaded[path] = Tokenizer.from_file(path)
    with open(text_path, encoding="utf-8", newline="") as file:
        text = file.read()
    start = time.process_time()
    encoding = loaded[path].encode(text)
    seconds = time.process_time() - start
    print(json.dumps([seconds, len(encoding)]), flush=True)
