"""llama.cpp's own tokenization, through its shared library.

The library is found by the environment's LIBLLAMA: the path of libllama.so, as in the npm package
@node-llama-cpp/linux-x64 3.22.1 (bins/linux-x64/libllama.v0.5.0.so), beside the libggml libraries.
"""

import ctypes
import os
from pathlib import Path

Params = ctypes.c_ubyte * 512
"""Larger than llama_model_params; the library fills and reads its beginning."""
VOCAB_ONLY = 72


class ModelParams(ctypes.Structure):
    _fields_ = [("bytes", Params)]


def load():
    path = Path(os.environ["LIBLLAMA"])
    for name in ("libggml-base.so", next(path.parent.glob("libggml.v*.so")).name):
        ctypes.CDLL(str(path.parent / name), mode=ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(str(path))
    library.llama_model_default_params.restype = ModelParams
    library.llama_model_load_from_file.argtypes = [ctypes.c_char_p, ModelParams]
    library.llama_model_load_from_file.restype = ctypes.c_void_p
    library.llama_model_free.argtypes = [ctypes.c_void_p]
    library.llama_model_get_vocab.argtypes = [ctypes.c_void_p]
    library.llama_model_get_vocab.restype = ctypes.c_void_p
    library.llama_tokenize.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_bool, ctypes.c_bool]
    library.llama_detokenize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_bool, ctypes.c_bool]
    for role in ROLES:
        getattr(library, f"llama_vocab_{role}").argtypes = [ctypes.c_void_p]
    silent = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda *_: None)
    library.silent = silent
    library.llama_log_set(silent, None)
    return library


ROLES = ["bos", "eos", "sep", "pad", "mask"]
library = load()


class LlamaCpp:
    """The vocabulary of a GGUF file. Special tokens in a text are found."""

    def __init__(self, path):
        params = library.llama_model_default_params()
        assert list(params.bytes[VOCAB_ONLY : VOCAB_ONLY + 5]) == [0, 0, 1, 0, 0], "another layout of llama_model_params"
        params.bytes[VOCAB_ONLY] = 1
        self.model = library.llama_model_load_from_file(str(path).encode(), params)
        if not self.model:
            raise ValueError(f"llama.cpp does not open {path}")
        self.vocab = library.llama_model_get_vocab(self.model)

    def close(self):
        library.llama_model_free(self.model)

    def encode(self, text, special=True):
        data = text.encode()
        room = 2 * len(data) + 16
        ids = (ctypes.c_int32 * room)()
        count = library.llama_tokenize(self.vocab, data, len(data), ids, room, special, True)
        assert count >= 0
        return list(ids[:count])

    def decode(self, ids):
        room = 64 * len(ids) + 256
        text = ctypes.create_string_buffer(room)
        count = library.llama_detokenize(self.vocab, (ctypes.c_int32 * len(ids))(*ids), len(ids), text, room, True, False)
        assert count >= 0
        return text.raw[:count].decode(errors="replace")

    def roles(self):
        found = {role: getattr(library, f"llama_vocab_{role}")(self.vocab) for role in ROLES}
        return {role: id for role, id in found.items() if id >= 0}
