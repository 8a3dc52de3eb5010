/** A gated feed-forward layer whose parts run in one call of the kernels: nobody can tell it from its parts one by one. */
import { afterEach, describe, expect, it } from "vitest";
import { FeedForward, type FeedForwardConfig, initialize, type Pass, quantize } from "../../src";
import { type Kernels, useThreads, withKernels } from "../../src/kernels";
import { random, sum, tensor, valueAndGradients } from "../../src/tensor";
import { expectWithin, normal } from "../kernels/compare";
import { named } from "../kernels/implementations";

const [dModel, dFeedForward] = [64, 160];

/** A tap that wants nothing, but might: values between the parts exist only if these run one by one. */
const tap: Pass["tap"] = { sees: () => false, take: (_module, _site, value) => value };

/** The kernels, and how often they ran a whole layer. */
function counting(kernels: Kernels<Float32Array>) {
  const calls = { count: 0 };
  const run: Kernels<Float32Array>["run"] = (primitive, ...args) => {
    const result = kernels.run(primitive, ...args);
    if (primitive.name === "feedForward" && result !== undefined) calls.count++;
    return result;
  };
  return { kernels: { ...kernels, run }, calls };
}

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

afterEach(() => useThreads(1));

describe.each(named.filter(([name]) => name !== "reference"))(
  "a gated layer in one call: %s",
  (name, { kernels: plain }) => {
    it.each(kinds)("gives what its parts give one by one, for any number of threads: %o", async (weights) => {
      const variants = [true, false].flatMap((bias) =>
        (["relu", "silu", "gelu", "geluTanh"] as const).map((activation) => {
          const { kernels, calls } = counting(plain);
          const layer = withKernels(kernels, () => layerOf({ activation, bias }, weights));
          const xs = [40, 133].map((rows) => input(rows));
          const whole = () => withKernels(kernels, () => xs.map((x) => layer.forward(x).data));
          const alone = whole();
          expect(calls.count).toBe(2);
          const parts = withKernels(kernels, () => xs.map((x) => layer.forward(x, { tap }).data));
          alone.forEach((numbers, i) => {
            // Relaxed instructions round the function of the gate otherwise in a whole layer.
            if (name !== "wasm, relaxed" || activation === "relu") expect(numbers).toEqual(parts[i]);
            else expectWithin(numbers, [...parts[i]!], weights ? 0.02 : 1e-5);
          });
          return { whole, alone };
        }),
      );
      // Threads take longer to start than everything else.
      for (const threads of [2, 3, 4, 8]) {
        await useThreads(threads);
        for (const { whole, alone } of variants) expect(whole()).toEqual(alone);
      }
    });

    it("cuts many rows to blocks", () => {
      const { kernels, calls } = counting(plain);
      withKernels(kernels, () => {
        const layer = layerOf({ activation: "relu" });
        const x = input(14_000);
        const [whole, parts] = [layer.forward(x).data, layer.forward(x, { tap }).data];
        expect(whole.findIndex((value, i) => value !== parts[i])).toBe(-1);
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
        const whole = layer.forward(x).data;
        expect(whole).toEqual(layer.forward(x, { tap }).data);
        expect([whole[7 * dModel], whole[9 * dModel]]).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
      });
    });

    it("leaves it to the parts when someone looks between them, drops values, records gradients or changes a part", () => {
      const { kernels, calls } = counting(plain);
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
