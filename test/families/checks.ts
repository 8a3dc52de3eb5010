import { existsSync, readdirSync, readFileSync } from "node:fs";
import { KeyValueCache, type OutputHead, type Pass, type Sequence } from "../../src/blocks";
import { fromPretrained, type Model, type Pretrained, savePretrained } from "../../src/families";
import { generate } from "../../src/generation";
import { type DecoderModel, EncoderDecoderModel, EncoderModel } from "../../src/models";
import { slice, Tensor } from "../../src/tensor";
import { difference, differentFile, Expected, memory, outputsOf } from "./fixture";
import { faults } from "./sites";

/** A tiny model with what transformers computes from it: test/reference/families. */
export interface Opened extends Pretrained {
  readonly directory: URL;
  readonly expected: Expected;
  readonly texts: { greedy?: Texts; greedy_batch?: Texts };
}

interface Texts {
  prompts: number[][];
  outputs: number[][];
  mask?: number[][];
}

export async function opened(directory: URL): Promise<Opened> {
  const pretrained = await fromPretrained(directory);
  const expected = new Expected(new URL("expected.safetensors", directory));
  const texts = JSON.parse(readFileSync(new URL("expected.json", directory), "utf8"));
  return { ...pretrained, directory, expected, texts };
}

/** One thing to compare: its greatest difference, relative to the greatest number of the reference (at least 1). */
export type Comparison = (one: Opened) => number | undefined | Promise<number | undefined>;

/** The model's output for the fixture's inputs, those whose names begin with `start`. */
function outputFor({ model, expected }: Opened, start = "", pass: Pass = {}): Tensor {
  const ids = rowsOf(expected, `${start}input_ids`);
  const mask = expected.has(`${start}attention_mask`) ? rowsOf(expected, `${start}attention_mask`) : undefined;
  if (model instanceof EncoderDecoderModel) return model.forward(ids, targets(expected, start), { ...pass, mask });
  const types = expected.has(`${start}token_type_ids`) ? rowsOf(expected, `${start}token_type_ids`) : undefined;
  return model.forward(ids, { ...pass, mask, types });
}

/** What a translator's decoder gets; nothing for heads that score the source. */
const targets = (expected: Expected, start = "") =>
  expected.has(`${start}decoder_input_ids`) ? expected.ids(`${start}decoder_input_ids`) : undefined;

/** [batch][seq]; of a multiple choice, [batch · choices][seq]. */
function rowsOf(expected: Expected, name: string): number[][] {
  const { shape, data } = expected.tensor(name);
  const seq = shape.at(-1)!;
  return Array.from({ length: data.length / seq }, (_, row) => [...data.subarray(row * seq, (row + 1) * seq)]);
}

const outputName = (expected: Expected, start = "") => `${start}${expected.has("logits") ? "logits" : "hidden"}`;

/** As many numbers in the reference's shape: a multiple choice has other axes than its rows. */
const shapedAs = (found: Tensor, { shape }: Tensor): Tensor =>
  found.data.length === shape.reduce((size, n) => size * n, 1) ? new Tensor([...shape], found.data) : found;

function output(one: Opened): number {
  const reference = one.expected.tensor(outputName(one.expected));
  return difference(shapedAs(outputFor(one), reference), reference);
}

function pooled({ model, expected }: Opened): number | undefined {
  if (!expected.has("pooled") || !(model instanceof EncoderModel) || !model.pooler) return undefined;
  const types = expected.has("token_type_ids") ? expected.ids("token_type_ids") : undefined;
  return difference(model.pooled(expected.ids("input_ids"), { types }), expected.tensor("pooled"));
}

/** The second head of pre-training, for whole texts. */
function second({ model, expected }: Opened): number | undefined {
  if (!expected.has("second_logits") || !(model instanceof EncoderModel)) return undefined;
  const { sentence } = model.head as OutputHead;
  const types = expected.has("token_type_ids") ? rowsOf(expected, "token_type_ids") : undefined;
  const found = sentence!.forward(model.hidden(rowsOf(expected, "input_ids"), { types }));
  return difference(found, expected.tensor("second_logits"));
}

function hidden(one: Opened): number | undefined {
  const { model, expected } = one;
  const sides = model instanceof EncoderDecoderModel ? ["encoder", "decoder"] : [""];
  const nameOf = (side: string, i: number) => `${side && `${side}_`}hidden_${i}`;
  if (!expected.has(nameOf(sides[0]!, 0))) return undefined;
  const seen = outputsOf(model, (tap) => outputFor(one, "", { tap }));
  let worst = 0;
  for (const side of sides) {
    const part = (side === "" ? model : Reflect.get(model, side)) as DecoderModel;
    let count = 0;
    while (expected.has(nameOf(side, count))) count++;
    const states = seen.splice(0, count);
    if (states.length < count) throw new Error(`${states.length} hidden states, where transformers has ${count}`);
    states.forEach((state, i) => {
      const reference = expected.tensor(nameOf(side, i));
      // transformers reports the last one after the final norm.
      const after = i === count - 1 && part.norm ? [part.norm.forward(state as Tensor<Sequence>), state] : [state];
      // A norm that also projects, as OPT's, makes another width.
      const like = after.map(picked).filter(({ shape }) => shape.join() === reference.shape.join());
      worst = Math.max(worst, Math.min(...like.map((found) => difference(found, reference))));
    });
  }
  if (seen.length > 0) throw new Error(`${seen.length} hidden states more than transformers has`);
  return worst;
}

/** Of the second text, at its first token, in the middle and at its last one. */
function picked(state: Tensor): Tensor {
  const [, seq, width] = state.shape as [number, number, number];
  const rows = [0, Math.floor(seq / 2), seq - 1].map((i) =>
    state.data.subarray((seq + i) * width, (seq + i + 1) * width),
  );
  return new Tensor([3, width], Float32Array.from(rows.flatMap((row) => [...row])));
}

/** Padding on one side changes nothing that is not padding. */
const padded =
  (side: "left" | "right"): Comparison =>
  (one) => {
    const { model, expected } = one;
    if (!expected.has(`${side}_input_ids`)) return undefined;
    const reference = expected.tensor(outputName(expected, `${side}_`));
    const found = shapedAs(outputFor(one, `${side}_`), reference);
    const mask = expected.tensor(`${side}_attention_mask`);
    const perToken = found.rank === 3 && !(model instanceof EncoderDecoderModel) && mask.rank === 2;
    if (!perToken) return difference(found, reference);
    const kept = expected.ids(`${side}_attention_mask`)[1]!;
    const [start, end] = [kept.indexOf(1), kept.lastIndexOf(1) + 1];
    const part = (x: Tensor, row: number) => {
      const text = slice(x, { axis: 0, start: row, end: row + 1 });
      return row === 0 ? text : slice(text, { axis: 1, start, end });
    };
    return Math.max(...[0, 1].map((row) => difference(part(found, row), part(reference, row))));
  };

/** The last three tokens one by one, with a cache. */
function cached({ model, expected }: Opened): number | undefined {
  if (!expected.has("cached_logits") || model instanceof EncoderModel) return undefined;
  const reference = expected.tensor("cached_logits");
  const ids = expected.ids(model instanceof EncoderDecoderModel ? "decoder_input_ids" : "input_ids");
  const cache = new KeyValueCache({ capacity: ids[0]!.length });
  const memory = model instanceof EncoderDecoderModel ? model.encode(expected.ids("input_ids")) : undefined;
  const step = (start: number, end: number) => {
    const part = ids.map((row) => row.slice(start, end));
    if (model instanceof EncoderDecoderModel) return model.decode(part, memory!, { cache });
    return model.forward(part, { cache });
  };
  const begin = ids[0]!.length - 3;
  step(0, begin);
  const wants = [0, 1, 2].map((i) => slice(reference, { axis: 1, start: i, end: i + 1 }));
  return Math.max(...wants.map((wanted, i) => difference(step(begin + i, begin + i + 1), wanted)));
}

/** Greedy texts, one by one and as a batch, with a cache and without; an Error that shows both if they differ. */
async function greedy({ model, texts }: Opened): Promise<number | undefined> {
  if (texts.greedy === undefined) return undefined;
  const write = async (prompts: number[][], mask?: number[][], cache = true) => {
    const common = { maxNewTokens: 8, endTokens: [], cache, ...(mask && { mask }) };
    return (await generate(model as DecoderModel, prompts, common)).sequences;
  };
  const same = (found: number[][], wanted: number[][], what: string) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  };
  const { greedy: alone, greedy_batch: batch } = texts;
  for (const [i, prompt] of alone.prompts.entries()) same(await write([prompt]), [alone.outputs[i]!], `text ${i}`);
  // Where padding changes the text of transformers, a row is still what it is alone.
  const beside = (row: number[], i: number) => [...batch!.outputs[i]!.slice(0, -row.length), ...row];
  if (batch) same(await write(batch.prompts, batch.mask), alone.outputs.map(beside), "batch");
  same(await write([alone.prompts[0]!], undefined, false), [alone.outputs[0]!], "text 0 without a cache");
  return 0;
}

/**
 * Saved again, the files that transformers wrote are the same, byte for byte. Compressed weights are saved in float, and
 * shards in one file; they give the same when they are opened again.
 */
async function saved(one: Opened): Promise<number> {
  const { model, config, tokenizer, directory } = one;
  const names = readdirSync(directory).filter((file) => !file.startsWith("expected."));
  const files = new Map(names.map((file) => [file, new Uint8Array(readFileSync(new URL(file, directory)))]));
  const target = memory();
  await savePretrained({ model, config, tokenizer }, target);
  if (config.quantization_config !== undefined || files.has("model.safetensors.index.json"))
    return output({ ...one, ...(await fromPretrained(target)) });
  const different = differentFile(target.files, files);
  if (different !== undefined)
    throw new Error(`${different} ${target.files.has(different) ? "has other bytes" : "is missing"}`);
  return 0;
}

/** Whether every site of docs/inspect.md is reported, in the shape that it names, and no other. */
function sites(one: Opened): number {
  const { model, expected } = one;
  const decoding = model instanceof EncoderDecoderModel;
  const ids = rowsOf(expected, "input_ids");
  const targeted = decoding ? (targets(expected) ?? ids) : undefined;
  const wrong = faults({ model, run: (pass) => outputFor(one, "", pass), ids, targets: targeted });
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  return 0;
}

/** What is compared, in the order of their usefulness to who looks for a fault. */
export const comparisons: Readonly<Record<string, Comparison>> = {
  "hidden states": hidden,
  output,
  pooled,
  "the second head": second,
  "padding on the right": padded("right"),
  "padding on the left": padded("left"),
  "with a cache": cached,
  "greedy texts": greedy,
  "saved again": saved,
  "the sites of docs/inspect.md": sites,
};

/** The directories of models below a folder. */
export function modelsBelow(folder: URL): URL[] {
  const found = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return found.flatMap(({ name }) => {
    const directory = new URL(`${name}/`, folder);
    return existsSync(new URL("config.json", directory)) ? [directory] : modelsBelow(directory);
  });
}

export type { Model };
