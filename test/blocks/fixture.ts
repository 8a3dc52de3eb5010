import { readFileSync } from "node:fs";
import { type Module, type Parameter, slice, tensor } from "transformer-blocks";
import { readSafetensors } from "transformer-blocks/checkpoint";
import type { Tensor } from "transformer-blocks/tensor";

/** The tensors of a file under test/fixtures, each on memory of its own. */
export function fixture(path: string): Map<string, Tensor> {
  const file = readFileSync(new URL(`../fixtures/${path}.safetensors`, import.meta.url));
  const { tensors } = readSafetensors(file, { file: path });
  return new Map([...tensors].map(([name, { shape, toFloat32 }]) => [name, tensor(toFloat32(), shape)]));
}

/** A tensor that must be there. */
export function pick(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const found = tensors.get(name);
  if (found === undefined) throw new Error(`the fixture has no "${name}": ${[...tensors.keys()].join(", ")}`);
  return found;
}

const attentionNames = { self_attn: "attention", multihead_attn: "crossAttention" };

/** Where PyTorch's transformer layers keep each parameter of our blocks, and which third of it belongs to us. */
export function torchNames(norms: readonly string[], attentions: readonly (keyof typeof attentionNames)[]) {
  const names = new Map<string, { name: string; third?: number }>();
  for (const kind of ["weight", "bias"]) {
    norms.forEach((ours, i) => {
      names.set(`${ours}.${kind}`, { name: `norm${i + 1}.${kind}` });
    });
    names.set(`feedForward.up.${kind}`, { name: `linear1.${kind}` });
    names.set(`feedForward.down.${kind}`, { name: `linear2.${kind}` });
    for (const theirs of attentions) {
      const ours = attentionNames[theirs];
      names.set(`${ours}.output.${kind}`, { name: `${theirs}.out_proj.${kind}` });
      ["query", "key", "value"].forEach((part, third) => {
        names.set(`${ours}.${part}.${kind}`, { name: `${theirs}.in_proj_${kind}`, third });
      });
    }
  }
  return names;
}

/** PyTorch's tensor for each parameter of a block, under a prefix. */
export function torchTensors(
  block: Module,
  tensors: ReadonlyMap<string, Tensor>,
  names: ReturnType<typeof torchNames>,
  prefix: string,
): Map<string, { parameter: Parameter; theirs: Tensor }> {
  const paired = new Map<string, { parameter: Parameter; theirs: Tensor }>();
  for (const [path, parameter] of block.parameters()) {
    const { name, third } = names.get(path) ?? { name: `nothing for ${path}` };
    const whole = pick(tensors, `${prefix}${name}`);
    const size = whole.shape[0]! / 3;
    const theirs =
      third === undefined ? whole : slice(whole, { axis: 0, start: third * size, end: (third + 1) * size });
    paired.set(path, { parameter, theirs });
  }
  return paired;
}
