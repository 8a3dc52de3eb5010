import {
  ConvolvedBlock,
  type ConvolvedBlockConfig,
  initialize,
  Linear,
  type Sequence,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { checkGradients } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { expectWithin, normal } from "../kernels/compare";

const [batch, seq, dModel, epsilon] = [2, 5, 4, 0.01];
const x: Tensor<Sequence> = tensor(normal(1, "x", batch * seq * dModel), [batch, seq, dModel]);
const channels = Array.from({ length: dModel }, (_, channel) => channel);

/** Around a block of one linear layer; each parameter has numbers of its own. */
function make(config: Partial<ConvolvedBlockConfig>) {
  const block = new Linear({ inFeatures: dModel, outFeatures: dModel });
  const convolved = initialize(new ConvolvedBlock({ dModel, block, epsilon, ...config }), { seed: 2 });
  for (const [path, parameter] of convolved.parameters()) parameter.assign(normal(3, path, parameter.size));
  return { convolved, block };
}

/** norm(W x + b + f(conv(x))) index by index; padding counts as zeros and stays zeros. */
function formula({ convolved, block }: ReturnType<typeof make>, f: (y: number) => number, mask?: number[][]) {
  const [, inGroup, kernel] = convolved.weight.shape as [number, number, number];
  const kept = (row: number, place: number) =>
    place < 0 || place >= seq ? 0 : mask === undefined ? 1 : mask[row]![place]!;
  const at = (row: number, place: number, channel: number) => x.data[(row * seq + place) * dModel + channel]!;
  const convolution = (row: number, place: number, out: number) => {
    let total = convolved.bias.data[out]!;
    const first = Math.floor((out * convolved.groups) / dModel) * inGroup;
    for (let j = 0; j < inGroup; j++)
      for (let tap = 0; tap < kernel; tap++) {
        const from = place + tap - (kernel - 1) / 2;
        if (kept(row, from))
          total += convolved.weight.data[(out * inGroup + j) * kernel + tap]! * at(row, from, first + j);
      }
    return total;
  };
  const linear = (row: number, place: number, out: number) =>
    channels.reduce(
      (total, j) => total + block.weight.data[out * dModel + j]! * at(row, place, j),
      block.bias!.data[out]!,
    );
  return Array.from({ length: batch * seq }, (_, i) => {
    const [row, place] = [Math.floor(i / seq), i % seq];
    const sum = channels.map((out) => linear(row, place, out) + f(convolution(row, place, out)));
    const mean = sum.reduce((a, b) => a + b) / dModel;
    const variance = sum.reduce((total, value) => total + (value - mean) ** 2, 0) / dModel;
    const { weight, bias } = convolved.norm;
    return sum.map((value, out) => {
      const normed = (value - mean) / Math.sqrt(variance + epsilon);
      return kept(row, place) * (normed * weight!.data[out]! + bias!.data[out]!);
    });
  }).flat();
}

const relu = (y: number) => Math.max(y, 0);

describe("ConvolvedBlock is norm(block(x) + f(conv(x)))", () => {
  it.each<[string, Partial<ConvolvedBlockConfig>, (y: number) => number]>([
    ["three tokens and tanh by default", {}, Math.tanh],
    ["one token", { kernel: 1 }, Math.tanh],
    ["five tokens, two groups", { kernel: 5, groups: 2, activation: "relu" }, relu],
    ["a kernel wider than the text, a channel each", { kernel: 11, groups: 4 }, Math.tanh],
  ])("with %s", (_, config, f) => {
    const made = make(config);
    const found = made.convolved.forward(x);
    expect(found.shape).toEqual(x.shape);
    expectWithin(found.data, formula(made, f), 1e-5);
  });

  it("padding counts as zeros for its neighbours, and stays zeros", () => {
    const made = make({ groups: 2 });
    const mask = [
      [1, 1, 1, 0, 0],
      [0, 1, 1, 1, 1],
    ];
    expectWithin(made.convolved.forward(x, { mask }).data, formula(made, Math.tanh, mask), 1e-5);
  });

  it("has exact gradients", () => {
    const { convolved } = make({ groups: 2 });
    expect(checkGradients(() => convolved.forward(x), convolved).maxRelativeError).toBeLessThan(1e-3);
    expect(checkGradients((y) => convolved.forward(y), [x]).maxRelativeError).toBeLessThan(1e-3);
  });
});
