import {
  DecoderBlock,
  EncoderBlock,
  type Module,
  multiply,
  type Sequence,
  sum,
  type Tensor,
  valueAndGradients,
} from "transformer-blocks";
import { maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { fixture, pick, torchNames, torchTensors } from "./fixture";

const sizes = { dModel: 16, heads: 4, dFeedForward: 32 };
const cases = (["pre", "post"] as const).flatMap((norm) =>
  (["relu", "gelu"] as const).map((activation) => ({ norm, activation })),
);

const padding = (mask: Tensor) => mask.toArray() as number[][];
const largest = (x: Tensor) => x.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Output and gradients of Σ output · cotangent, against those of the file. */
function expectEqual(
  block: Module,
  tensors: Map<string, Tensor>,
  names: ReturnType<typeof torchNames>,
  inputs: string[],
  forward: () => Tensor<Sequence>,
): void {
  for (const { parameter, theirs } of torchTensors(block, tensors, names, "weight.").values())
    parameter.assign(theirs.data.slice());
  const output = forward();
  expect(maxDifference(output, pick(tensors, "output"))).toBeLessThan(1e-5);

  const loss = () => sum(multiply(forward() as Tensor, pick(tensors, "cotangent")));
  const { gradients } = valueAndGradients(block, loss);
  for (const [path, { theirs }] of torchTensors(block, tensors, names, "gradient.weight."))
    expect(maxDifference(gradients.get(path), theirs), path).toBeLessThan(1e-5 * Math.max(1, largest(theirs)));
  const over = inputs.map((name) => pick(tensors, name));
  const ofInputs = valueAndGradients(over, loss).gradients;
  for (const name of inputs) {
    const theirs = pick(tensors, `gradient.${name}`);
    expect(maxDifference(ofInputs.get(pick(tensors, name)), theirs), name).toBeLessThan(1e-5 * largest(theirs));
  }
}

describe.each(cases)("with $norm-norm and $activation", ({ norm, activation }) => {
  it("EncoderBlock gives what nn.TransformerEncoderLayer gives", () => {
    const tensors = fixture(`blocks/encoder-${norm}-${activation}`);
    const block = new EncoderBlock({ ...sizes, norm, activation });
    const names = torchNames(["attentionNorm", "feedForwardNorm"], ["self_attn"]);
    const x = pick(tensors, "input") as Tensor<Sequence>;
    const mask = padding(pick(tensors, "mask"));
    expectEqual(block, tensors, names, ["input"], () => block.forward(x, { mask }));
  });

  it("DecoderBlock gives what nn.TransformerDecoderLayer gives", () => {
    const tensors = fixture(`blocks/decoder-${norm}-${activation}`);
    const block = new DecoderBlock({ ...sizes, norm, activation, crossAttention: true });
    const norms = ["attentionNorm", "crossAttentionNorm", "feedForwardNorm"];
    const names = torchNames(norms, ["self_attn", "multihead_attn"]);
    const x = pick(tensors, "input") as Tensor<Sequence>;
    const memory = pick(tensors, "memory") as Tensor<Sequence>;
    const memoryMask = padding(pick(tensors, "memory_mask"));
    expectEqual(block, tensors, names, ["input", "memory"], () => block.forward(x, { memory, memoryMask }));
  });
});
