import { describe, expect, it } from "vitest";
import type { Pass } from "../../src/blocks";
import { ShapeError } from "../../src/errors";
import { inspect, patch } from "../../src/inspect";
import { encoderDecoder, gpt } from "../../src/models";
import { add, attentionWeights, multiply, sum, type Tensor, valueAndGradients, zeros } from "../../src/tensor";

const config = { vocabSize: 9, contextLength: 8, dModel: 8, heads: 2, layers: 3, initialDeviation: 0.3 };
const model = gpt(config, { seed: 1 });
const ids = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
];
const run = (pass: Pass) => model.forward(ids, pass);
const plain = model.forward(ids);

const largestDifference = (a: Tensor, b: Tensor) =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);

describe("recording", () => {
  it("changes nothing, to the bit, where nothing else is computed", () => {
    const { output } = inspect(model, run, { sites: ["embedding", "blocks.*.output", "blocks.*.attention.context"] });
    expect(output.data).toEqual(plain.data);
  });

  it("changes nothing beyond rounding where weights are asked for", () => {
    const { output } = inspect(model, run, { sites: ["blocks.*.attention.weights"] });
    expect(largestDifference(output, plain)).toBeLessThan(1e-5);
  });

  it("names every place by its path, in the order of the run", () => {
    const { record } = inspect(model, run, { sites: ["head.logits", "blocks.*.output", "embedding"] });
    expect([...record.keys()]).toEqual([
      "embedding",
      "blocks.0.output",
      "blocks.1.output",
      "blocks.2.output",
      "head.logits",
    ]);
    expect(record.get("head.logits")!.data).toEqual(plain.data);
  });

  it("gives the weights of the recorded queries and keys", () => {
    const { record } = inspect(model, run, { sites: ["blocks.1.attention.*"] });
    const [q, k] = ["query", "key"].map(
      (site) => record.get(`blocks.1.attention.${site}`) as Tensor<readonly [2, 4, 2, 4]>,
    );
    const weights = attentionWeights(q!, k!, { causal: true });
    expect(largestDifference(record.get("blocks.1.attention.weights")!, weights)).toBeLessThan(1e-6);
  });

  it("takes * for one name and no more", () => {
    const { record } = inspect(model, run, { sites: ["*.*.output"] });
    expect([...record.keys()]).toEqual(["blocks.0.output", "blocks.1.output", "blocks.2.output"]);
  });

  it("reaches both sides of an encoder-decoder", () => {
    const translator = encoderDecoder({ ...config, layers: 1 }, { seed: 1 });
    const sites = ["encoder.blocks.0.output", "decoder.blocks.0.crossAttention.weights"];
    const { record } = inspect(
      translator,
      (pass) =>
        translator.forward(
          ids,
          [
            [1, 2],
            [3, 4],
          ],
          pass,
        ),
      { sites },
    );
    expect(record.get("decoder.blocks.0.crossAttention.weights")!.shape).toEqual([2, 2, 2, 4]);
  });
});

describe("patching", () => {
  it("with the same value changes nothing", () => {
    expect(patch(model, run, { "blocks.*.output": (x) => x }).data).toEqual(plain.data);
  });

  it("with zeros changes what comes later, and nothing before", () => {
    const sites = ["blocks.*.output"];
    const before = inspect(model, run, { sites });
    const after = inspect(model, run, { sites, patches: { "blocks.1.output": (x) => zeros(x.shape) } });
    expect(after.record.get("blocks.0.output")!.data).toEqual(before.record.get("blocks.0.output")!.data);
    expect(after.record.get("blocks.1.output")!.data.every((value) => value === 0)).toBe(true);
    expect(
      largestDifference(after.record.get("blocks.2.output")!, before.record.get("blocks.2.output")!),
    ).toBeGreaterThan(0.01);
    expect(largestDifference(after.output, plain)).toBeGreaterThan(0.01);
  });

  it("with another run's embedding gives that run's output", () => {
    const others = [
      [8, 7, 6, 5],
      [4, 3, 2, 1],
    ];
    const { output, record } = inspect(model, (pass) => model.forward(others, pass), { sites: ["embedding"] });
    expect(patch(model, run, { embedding: () => record.get("embedding")! }).data).toEqual(output.data);
  });

  it("applies all patches that mean a place, in their order, and tells them the place", () => {
    const places: string[] = [];
    const note = (x: Tensor, place: string) => {
      places.push(place);
      return x;
    };
    patch(model, run, { "blocks.*.output": note, "blocks.0.*": note });
    const first = ["input", "attentionAdded", "middle", "feedForwardAdded"].map((site) => `blocks.0.${site}`);
    expect(places).toEqual([...first, "blocks.0.output", "blocks.0.output", "blocks.1.output", "blocks.2.output"]);
  });

  it("leaves the model as it was", () => {
    patch(model, run, { "blocks.0.output": (x) => multiply(x, 3) });
    expect(model.forward(ids).data).toEqual(plain.data);
  });
});

describe("gradients of a patched run", () => {
  it("flow through the patch", () => {
    const direction = multiply(zeros([2, 4, 8]), 1);
    const value = (shift: Tensor) =>
      sum(patch(model, run, { "blocks.0.output": (x) => add<readonly number[], readonly number[]>(x, shift) }));
    const { gradients } = valueAndGradients([direction], () => value(direction));
    const gradient = gradients.get(direction);
    const moved = (by: number) => {
      const shift = zeros([2, 4, 8]);
      shift.data[9] = by;
      return value(shift).item();
    };
    expect(gradient.data[9]).toBeCloseTo((moved(0.01) - moved(-0.01)) / 0.02, 2);
    expect(Math.abs(gradient.data[9]!)).toBeGreaterThan(0.05);
  });

  it("stop where a patch puts a constant", () => {
    const stopped = { "blocks.1.output": (x: Tensor) => zeros(x.shape) };
    const { gradients } = valueAndGradients(model, () => sum(multiply(patch(model, run, stopped), plain)));
    expect(gradients.get("blocks.0.attention.query.weight").data.every((value) => value === 0)).toBe(true);
    expect(gradients.get("blocks.2.attention.value.weight").shape).toEqual([8, 8]);
  });

  it("reach recorded values", () => {
    const { gradients } = valueAndGradients(model, () => {
      const { record } = inspect(model, run, { sites: ["blocks.0.output"] });
      const hidden = record.get("blocks.0.output")!;
      return sum(multiply(hidden, hidden));
    });
    expect(gradients.get("blocks.0.feedForward.up.weight").data.some((value) => value !== 0)).toBe(true);
    expect(gradients.get("blocks.1.feedForward.up.weight").data.every((value) => value === 0)).toBe(true);
  });
});

describe("a wrong site is refused", () => {
  it.each([
    { site: "blocks.7.output", message: /there is no module at "blocks\.7".*the closest are.*blocks\.0/ },
    { site: "blocks.output", message: /there is no module at "blocks" .*; did you mean "blocks\.\*"\?$/ },
    { site: "block.0.output", message: /there is no module at "block\.0".*blocks\.0/ },
    {
      site: "blocks.*.atention.weights",
      message: /there is no module at "blocks\.\*\.atention".*blocks\.0\.attention/,
    },
    {
      site: "blocks.0.attention.wieghts",
      message: /nothing was reported at "blocks\.0\.attention\.wieghts".*attention\.weights/,
    },
    {
      site: "blocks.0.attention.query.weight",
      message: /nothing was reported at "blocks\.0\.attention\.query\.weight"/,
    },
    { site: "blocks.0.attn.hook_pattern", message: /did you mean "blocks\.0\.attention\.weights"\?$/ },
    { site: "blocks.*.mlp.hook_post", message: /did you mean "blocks\.\*\.feedForward\.hidden"\?$/ },
    { site: "blocks.1.ln1.hook_scale", message: /did you mean "blocks\.1\.attentionNorm\.\*"\?$/ },
    { site: "model.layers.0.self_attn", message: /did you mean "blocks\.0\.attention\.output"\?$/ },
    { site: "transformer.h.0.mlp", message: /did you mean "blocks\.0\.feedForward\.output"\?$/ },
    { site: "", message: /nothing was reported at ""/ },
  ])("$site", ({ site, message }) => {
    expect(() => inspect(model, run, { sites: [site] })).toThrow(message);
    expect(() => inspect(model, run, { sites: [site] })).toThrow(RangeError);
    expect(() => patch(model, run, { [site]: (x) => x })).toThrow(message);
  });

  it("one that this run did not reach", () => {
    const headless = (pass: Pass) => model.hidden(ids, pass);
    expect(() => inspect(model, headless, { sites: ["head.logits"] })).toThrow(
      /nothing was reported at "head\.logits" in this run/,
    );
  });

  it("and so is a run that drops its pass", () => {
    expect(() => inspect(model, () => model.forward(ids), { sites: ["embedding"] })).toThrow(/pass the pass on/);
  });
});

describe("a wrong patch is refused", () => {
  it("one that gives another shape", () => {
    expect(() => patch(model, run, { "blocks.0.output": () => zeros([1, 2]) })).toThrow(ShapeError);
    expect(() => patch(model, run, { "blocks.0.output": () => zeros([1, 2]) })).toThrow(
      /"blocks\.0\.output" is \[2, 4, 8\].*\[1, 2\]/,
    );
  });
  it("one that does not return a tensor", () => {
    const nothing = (): Tensor => JSON.parse("null") as Tensor;
    expect(() => patch(model, run, { "blocks.0.output": nothing })).toThrow(/"blocks\.0\.output" must return a Tensor/);
  });
  it("one that is not a function", () => {
    expect(() => Reflect.apply(patch, undefined, [model, run, { embedding: 1 }])).toThrow(
      /patches\["embedding"\] must be a function/,
    );
  });
  it("sites that are not strings", () => {
    expect(() => Reflect.apply(inspect, undefined, [model, run, { sites: "embedding" }])).toThrow(TypeError);
    expect(() => Reflect.apply(inspect, undefined, [model, run, { sites: [3] }])).toThrow(/must be a string, not /);
  });
});
