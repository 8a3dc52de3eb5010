"""A GPT in PyTorch with the weights it is given, and a step of AdamW for each line of input; milliseconds and loss out."""

import json
import sys
import time

import torch
import torch.nn.functional as F


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        body = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    values = {}
    for name, entry in header.items():
        begin, end = (offset // 4 for offset in entry["data_offsets"])
        values[name] = body[begin:end].reshape(entry["shape"]).clone().requires_grad_()
    return values


def loss_of(w, config, inputs, targets):
    batch, seq = inputs.shape
    width, heads = config["dModel"], config["heads"]

    def linear(x, path):
        return F.linear(x, w[path + ".weight"], w[path + ".bias"])

    def norm(x, path):
        return F.layer_norm(x, (width,), w[path + ".weight"], w[path + ".bias"], config.get("epsilon", 1e-5))

    def attention(x, path):
        q, k, v = (
            linear(x, f"{path}.{part}").view(batch, seq, heads, width // heads).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        context = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return linear(context.transpose(1, 2).reshape(batch, seq, width), path + ".output")

    x = F.embedding(inputs, w["embedding.weight"]) + w["position.weight"][:seq]
    for layer in range(config["layers"]):
        block = f"blocks.{layer}"
        x = x + attention(norm(x, block + ".attentionNorm"), block + ".attention")
        up = linear(norm(x, block + ".feedForwardNorm"), block + ".feedForward.up")
        x = x + linear(F.gelu(up, approximate="tanh"), block + ".feedForward.down")
    logits = F.linear(norm(x, "norm"), w["embedding.weight"])
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


task = json.loads(sys.stdin.readline())
torch.set_num_threads(task["threads"])
weights = read_safetensors(task["file"])
rows = torch.tensor(task["rows"])
inputs, targets = rows[:, :-1].contiguous(), rows[:, 1:].contiguous()
optimizer = torch.optim.AdamW(list(weights.values()), lr=1e-3, weight_decay=0.01, fused=True)
print("{}", flush=True)

for _ in sys.stdin:
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    loss = loss_of(weights, task["config"], inputs, targets)
    loss.backward()
    optimizer.step()
    value = loss.item()
    print(json.dumps({"milliseconds": 1000 * (time.perf_counter() - start), "loss": value}), flush=True)
