import { describe, expect, it } from "vitest";
import { type Linear, type Module, MultiHeadAttention, type Pass } from "../../src/blocks";
import { fromPretrained, type Model } from "../../src/families";
import { inspect, patch } from "../../src/inspect";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../../src/models";
import {
  add,
  attend,
  multiply,
  ones,
  reshape,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../../src/tensor";
import { difference } from "../families/fixture";

/** A model for each kind of block and layer, and whether its gradients are compared as well, which takes longer. */
const models = {
  "decoder/gpt_neox": true,
  "decoder/gemma2": true,
  "decoder/gemma3n_text": false,
  "decoder/deepseek_v3": true,
  "decoder/qwen3_5_text": true,
  "decoder/lfm2": true,
  "decoder/gpt_oss": true,
  "decoder/bitnet": true,
  "decoder/phimoe": false,
  "encoder/albert": true,
  "encoder/deberta-v2": true,
  "encoder/modernbert": false,
  "encoder-decoder/t5": false,
  "encoder-decoder/bart": true,
};
const folder = new URL("../fixtures/families/", import.meta.url);

async function opened(name: string): Promise<{ model: Model; run: (pass: Pass) => Tensor }> {
  const { model } = await fromPretrained(new URL(`${name}/`, folder));
  const ids = [[5, 9, 2, 7]];
  const run = (pass: Pass): Tensor => {
    if (model instanceof EncoderDecoderModel) return model.forward(ids, [[8, 1, 6]], pass);
    if (model instanceof DecoderModel || model instanceof EncoderModel) return model.forward(ids, pass);
    throw new Error(`${name} is no model of text`);
  };
  return { model, run };
}

/** Numbers without a pattern. */
const drawn = (shape: readonly number[], seed: number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1.7 * i + seed)),
    shape,
  );

const rootMeanSquare = ({ data }: Tensor) => {
  const finite = data.filter(Number.isFinite);
  return Math.sqrt(finite.reduce((total, x) => total + x * x, 0) / Math.max(1, finite.length));
};

/** Of a gradient, and of differences of the value, along a direction. */
function slopes(gradient: Tensor, place: string, recorded: Tensor, valueAt: (change: (x: Tensor) => Tensor) => number) {
  const direction = drawn(recorded.shape, place.length);
  const step = 1e-3 * Math.max(rootMeanSquare(recorded), 1e-2);
  const at = (by: number) => valueAt((x) => add(x, multiply(direction, by)) as Tensor);
  const found = gradient.data.reduce((total, slope, i) => total + slope * direction.data[i]!, 0);
  return { found, wanted: (at(step) - at(-step)) / (2 * step) };
}

// Choices have no small change.
const isSmooth = (place: string) => !/(^|\.)(chosen|selected)$/.test(place);

/** The first of places that differ only in the numbers of blocks and experts. */
const firstOfEach = (places: readonly string[]) => [
  ...new Map([...places].reverse().map((place) => [place.replace(/\d+/g, "#"), place])).values(),
];

/** The greatest difference of scores from queries · keys, where something is seen. */
function scoreDifference({ scale, softcap }: MultiHeadAttention, queries: Tensor, keys: Tensor, scores: Tensor) {
  const [batch, heads, seq, length] = scores.shape as [number, number, number, number];
  const [, , groups, size] = keys.shape as [number, number, number, number];
  let greatest = 0;
  for (let at = 0; at < batch * heads * seq * length; at++) {
    const found = scores.data[at]!;
    if (!Number.isFinite(found)) continue;
    const [key, query] = [at % length, Math.floor(at / length) % seq];
    const [head, row] = [Math.floor(at / (length * seq)) % heads, Math.floor(at / (length * seq * heads))];
    const q = ((row * seq + query) * heads + head) * size;
    const k = ((row * length + key) * groups + Math.floor((head * groups) / heads)) * size;
    let dot = 0;
    for (let i = 0; i < size; i++) dot += queries.data[q + i]! * keys.data[k + i]!;
    dot *= scale ?? 1 / Math.sqrt(size);
    greatest = Math.max(greatest, Math.abs((softcap ? softcap * Math.tanh(dot / softcap) : dot) - found));
  }
  return greatest;
}

describe.each(Object.entries(models))("%s", (name, isCompared) => {
  const compared = isCompared ? [name] : [];
  it.each(compared)("%s has the gradients of central differences at every site", async () => {
    const { model, run } = await opened(name);
    const weights = drawn(run({}).shape, 3);
    const value = (output: Tensor) => sum(multiply(output, weights) as Tensor) as Tensor;
    const { record, gradients } = inspect(model, run, { sites: ["**"], gradients: value });
    const places = firstOfEach([...record.keys()].filter(isSmooth));
    expect(places.length).toBeGreaterThan(20);
    for (const place of places) {
      const valueAt = (change: (x: Tensor) => Tensor) => value(patch(model, run, { [place]: change })).item();
      const { found, wanted } = slopes(gradients.get(place)!, place, record.get(place)!, valueAt);
      // A value that nothing goes on with would have no slope either way.
      expect(rootMeanSquare(gradients.get(place)!), place).toBeGreaterThan(0);
      const size = Math.sqrt(gradients.get(place)!.size) * rootMeanSquare(gradients.get(place)!);
      expect(Math.abs(found - wanted), `${place}: ${found}, not ${wanted}`).toBeLessThan(0.02 * size + 2e-3);
    }
  });

  it("is the same when everything is recorded, but for rounding", async () => {
    const { model, run } = await opened(name);
    expect(difference(inspect(model, run, { sites: ["**"] }).output, run({}))).toBeLessThan(1e-5);
  });

  it("relates what attention reports: scores to queries and keys, weights to scores, context to values, output to heads", async () => {
    const { model, run } = await opened(name);
    const { record } = inspect(model, run, { sites: ["**"] });
    const layers = [...record.keys()].flatMap((place) => /^(.*ttention)\.weights$/.exec(place)?.[1] ?? []);
    expect(layers.length).toBeGreaterThan(0);
    for (const path of layers) {
      const part = (site: string): Tensor => record.get(`${path}.${site}`)!;
      const layer = model.find(path) as Module & { sinks?: Tensor; output: Linear };
      if (layer instanceof MultiHeadAttention && !layer.scoreBias)
        expect(scoreDifference(layer, part("queries"), part("keys"), part("scores")), path).toBeLessThan(1e-4);
      if (!layer.sinks) expect(difference(softmax(part("scores")), part("weights")), path).toBeLessThan(1e-6);
      expect(difference(attend(part("weights"), part("values")), part("context")), path).toBeLessThan(1e-5);
      const [batch, seq, heads, size] = part("heads").shape as [number, number, number, number];
      const joined = reshape(part("heads"), [batch, seq, heads * size]);
      expect(difference(layer.output.forward(joined), part("output")), path).toBeLessThan(1e-5);
    }
  });
});

describe("a patch of scores", () => {
  it("makes the weights, also those of nothing that is seen", async () => {
    const { model, run } = await opened("decoder/gpt_neox");
    const hide = (scores: Tensor) => add(scores, tensor([0, 0, 0, -Infinity])) as Tensor;
    const { record } = inspect(model, run, {
      sites: ["blocks.0.attention.weights"],
      patches: { "blocks.0.attention.scores": hide },
    });
    const weights = record.get("blocks.0.attention.weights")!;
    const last = slice(slice(weights, { axis: 2, start: 3 }), { axis: 3, start: 3 });
    expect(last.data.every((weight) => weight === 0)).toBe(true);
    expect(difference(sum(weights, { axis: 3 }) as Tensor, ones(weights.shape.slice(0, 3)))).toBeLessThan(1e-6);
    const nothing = patch(model, run, { "blocks.*.attention.scores": (x) => add(zeros(x.shape), -Infinity) as Tensor });
    expect(nothing.data.every(Number.isFinite)).toBe(true);
  });
});

describe("a module in several places", () => {
  it("has a record for each, and a patch of one changes no earlier one", async () => {
    const { model, run } = await opened("encoder/albert");
    const sites = ["blocks.*.attention.weights", "blocks.*.output"];
    const { record, output } = inspect(model, run, { sites });
    const count = (model as EncoderModel).blocks.length;
    expect(record.size).toBe(2 * count);
    expect(record.get("blocks.0.output")!.data).not.toEqual(record.get("blocks.1.output")!.data);
    const last = `blocks.${count - 1}.output`;
    const changed = inspect(model, run, { sites, patches: { [last]: (x) => zeros(x.shape) } });
    expect(changed.record.get(`blocks.${count - 2}.output`)!.data).toEqual(
      record.get(`blocks.${count - 2}.output`)!.data,
    );
    expect(changed.output.data).not.toEqual(output.data);
  });

  it("has the same names in a second pass of one run", async () => {
    const { model, run } = await opened("encoder/albert");
    const twice = (pass: Pass) => [run(pass), run(pass)];
    const sites = ["blocks.1.attention.query"];
    const [one, two] = [inspect(model, run, { sites }), inspect(model, twice, { sites })];
    expect(two.record.get(sites[0]!)!.data).toEqual(one.record.get(sites[0]!)!.data);
  });
});
