/** A gated feed-forward layer whose parts run in one call of the kernels: nobody can tell it from its parts one by one. */
import { describe, expect, it } from "vitest";
import { FeedForward, type FeedForwardConfig, initialize, type Pass, quantize } from "../../src";
import { withKernels } from "../../src/kernels";
import { random, sum, tensor, valueAndGradients } from "../../src/tensor";
import { expectWithin, normal } from "../kernels/compare";
import { counting } from "../kernels/counting";
import { named } from "../kernels/implementations";
import { expectSame, onThreads } from "../kernels/threaded";

const [dModel, dFeedForward] = [64, 160];

/** A tap that wants nothing, but might: values between the parts exist only if these run one by one. */
const tap: Pass["tap"] = { sees: () => false, take: (_module, _site, value) => value };

const whole = /^feedForward$/;

type Weights = { weights: "q8" | "q4"; activations?: 8 | 12 } | undefined;

function layerOf(config: Partial<FeedForwardConfig>, weights?: Weights): FeedForward {
  const layer = initialize(new FeedForward({ dModel, dFeedForward, gated: true, ...config }), { seed: 3 });
  if (weights) quantize(layer, weights);
  return layer;
}

const input = (rows: number, seed = 1) => tensor(normal(seed, "x", rows * dModel), [1, rows, dModel]);

const kinds: readonly Weights[] = [
  undefined,
  { weights: "q8" },
  { weights: "q8", activations: 12 },
  { weights: "q4" },
  { weights: "q4", activations: 8 },
];

describe.each(named.filter(([name]) => name !== "reference"))(
  "a gated layer in one call: %s",
  (name, { kernels: plain }) => {
    const variants = [true, false].flatMap((bias) =>
      (["relu", "silu", "gelu", "geluTanh"] as const).map((activation) => ({ activation, bias })),
    );
    const xs = [40, 133].map((rows) => input(rows));

    it.each(kinds)("gives what its parts give one by one: %o", (weights) => {
      const { kernels, calls } = counting(plain, whole);
      for (const config of variants) {
        calls.count = 0;
        const layer = withKernels(kernels, () => layerOf(config, weights));
        const found = withKernels(kernels, () => xs.map((x) => layer.forward(x).data));
        expect(calls.count).toBe(2);
        const parts = withKernels(kernels, () => xs.map((x) => layer.forward(x, { tap }).data));
        found.forEach((numbers, i) => {
          // Relaxed instructions round the function of the gate otherwise in a whole layer.
          if (name !== "wasm, relaxed" || config.activation === "relu") expect(numbers).toEqual(parts[i]);
          else expectWithin(numbers, [...parts[i]!], weights ? 0.02 : 1e-5);
        });
      }
    });

    it("gives the same bits for any number of threads", async () => {
      const runs = kinds.flatMap((weights) =>
        variants.map((config) => {
          const layer = withKernels(plain, () => layerOf(config, weights));
          const run = () => withKernels(plain, () => xs.map((x) => layer.forward(x).data));
          return { what: JSON.stringify({ ...config, ...weights }), run, alone: run() };
        }),
      );
      await onThreads([2, 3, 4, 8], () => {
        for (const { what, run, alone } of runs) expectSame(run(), alone, what);
      });
    });

    it("cuts many rows to blocks", () => {
      const { kernels, calls } = counting(plain, whole);
      withKernels(kernels, () => {
        const layer = layerOf({ activation: "relu" });
        const x = input(14_000);
        const [found, parts] = [layer.forward(x).data, layer.forward(x, { tap }).data];
        expect(found.findIndex((value, i) => value !== parts[i])).toBe(-1);
      });
      expect(calls.count).toBe(1);
    });

    it.each(kinds)("gives what the parts give for rows that cannot be rounded: %o", (weights) => {
      withKernels(plain, () => {
        const layer = layerOf({ activation: "relu" });
        // All are positive, none rounds to zero: infinity stays infinity.
        for (const parameter of layer.parameters().values())
          parameter.assign(parameter.data.map((value) => 1 + Math.abs(value)));
        if (weights) quantize(layer, weights);
        const x = input(50);
        x.data[7 * dModel + 5] = Number.NaN;
        x.data[9 * dModel] = Number.POSITIVE_INFINITY;
        const found = layer.forward(x).data;
        expect(found).toEqual(layer.forward(x, { tap }).data);
        expect([found[7 * dModel], found[9 * dModel]]).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
      });
    });

    it("leaves it to the parts when someone looks between them, drops values, records gradients or changes a part", () => {
      const { kernels, calls } = counting(plain, whole);
      withKernels(kernels, () => {
        const layer = layerOf({ activation: "silu", dropout: 0.5 });
        const x = input(64);
        layer.forward(x, { tap });
        layer.forward(x, { rng: random(1) });
        valueAndGradients([x], () => sum(layer.forward(x)));
        layer.forward(input(8));
        layerOf({ activation: (y) => y }).forward(x);
        layerOf({ gated: false }).forward(x);
        layer.down.forward = ((y: typeof x) => y) as never;
        layer.forward(x);
      });
      expect(calls.count).toBe(0);
    });
  },
);
