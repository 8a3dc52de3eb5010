import { gpt, KeyValueCache, slice, tensor } from "transformer-blocks";
import { close, maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { cases, configOf, inputs, memory, name, passOf, type Rows, run } from "./drawn-cases";
import { filled } from "./drawn-values";

describe("models of drawn settings give what PyTorch gives", () => {
  it.each(cases.map((drawn) => ({ name: name(drawn), drawn })))("$name", ({ drawn }) => {
    const output = run(drawn);
    expect(output.shape).toEqual(drawn.shape);
    const largest = drawn.output.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
    expect(maxDifference(output, tensor(Float32Array.from(drawn.output), drawn.shape))).toBeLessThan(1e-5 * largest);
  });
});

describe("decoders of drawn settings give the same with a cache, token by token", () => {
  const decoders = cases.filter(({ kind }) => kind === "gpt");
  it.each(decoders.map((drawn) => ({ name: name(drawn), drawn })))("$name", ({ drawn }) => {
    const model = filled(gpt(configOf(drawn)));
    const { mask, positions } = passOf(drawn) as { mask?: Rows; positions?: number[] };
    const rest = drawn.given.crossAttention ? { memory: memory() } : {};
    const whole = model.forward(inputs.ids, { mask, positions, ...rest });
    const cache = new KeyValueCache({ capacity: 5 });
    for (let at = 0; at < 5; at++) {
      const step = model.forward(
        inputs.ids.map((row) => [row[at]!]),
        {
          cache,
          mask: mask?.map((row) => row.slice(0, at + 1)),
          positions: positions?.slice(at, at + 1),
          ...rest,
        },
      );
      expect(close(step, slice(whole, { axis: 1, start: at, end: at + 1 }), 1e-5)).toBe(true);
    }
  });
});
