/** Models with text that they were not trained on. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cloze, story } from "../../examples/grammar";
import { DecoderModel, EncoderModel, fromPretrained, generate, type Parameter, random } from "../../src";
import type { QuantizeOptions } from "../../src/blocks";

/** A batch of token ids, and the places that are predicted: row, place of the logits, and the token that is right. */
export interface Batch {
  ids: number[][];
  mask?: number[][];
  wanted: { row: number; place: number; token: number }[];
}

/** A model and its text. Each call loads the model anew. */
export interface Subject {
  name: string;
  batches: readonly Batch[];
  load(options?: QuantizeOptions): Promise<DecoderModel | EncoderModel>;
}

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Every token after the first of each row. */
const nextTokens = (rows: readonly (readonly number[])[]): Batch["wanted"] =>
  rows.flatMap((tokens, row) => tokens.slice(1).map((token, place) => ({ row, place, token })));

/** The examples' decoder, on stories after those that it was trained on. */
async function stories(): Promise<Subject> {
  const path = at("examples/models/story");
  const load = async (options?: QuantizeOptions) =>
    (await fromPretrained(path, { ...options, model: DecoderModel })).model;
  const { tokenizer } = await fromPretrained(path);
  const end = tokenizer.tokenToId("<|endoftext|>")!;
  const batches = Array.from({ length: 8 }, (_, batch) => {
    const rows = Array.from({ length: 8 }, (_, row) => {
      const source = random(2).stream(`story ${batch * 8 + row}`);
      return [...tokenizer.encode(story(() => source.next())).ids, end].slice(0, 160);
    });
    const length = Math.max(...rows.map((row) => row.length)) - 1;
    const ids = rows.map((row) => Array.from({ length }, (_, i) => row[i] ?? end));
    return { ids, wanted: nextTokens(rows) };
  });
  return { name: "story, a Llama of 3 layers, 128 wide", batches, load };
}

/** The examples' encoder, on passages with a sixth of their words masked. */
async function passages(): Promise<Subject> {
  const path = at("examples/models/fill");
  const load = async (options?: QuantizeOptions) =>
    (await fromPretrained(path, { ...options, model: EncoderModel })).model;
  const { tokenizer } = await fromPretrained(path);
  const masked = tokenizer.tokenToId("[MASK]")!;
  const batches = Array.from({ length: 16 }, (_, batch) => {
    const source = random(2).stream(`cloze ${batch}`);
    const { ids, mask } = tokenizer.encodeBatch(Array.from({ length: 32 }, () => cloze(() => source.next())));
    const wanted: Batch["wanted"] = [];
    for (const [row, tokens] of ids.entries())
      for (const [place, token] of tokens.entries()) {
        if (token <= masked || source.next() >= 1 / 6) continue;
        wanted.push({ row, place, token });
        tokens[place] = masked;
      }
    return { ids, mask, wanted };
  });
  return { name: "fill, a RoFormer of 3 layers, 64 wide", batches, load };
}

/** A published Llama, on what it writes itself. */
async function published(): Promise<Subject | undefined> {
  const path = at("../shared/data/stories260K/hf");
  if (!existsSync(path)) {
    console.error("stories260K is left out: ../shared/data is missing (see test/reference/README.md)");
    return undefined;
  }
  const load = async (options?: QuantizeOptions) =>
    (await fromPretrained(path, { ...options, model: DecoderModel })).model;
  const starts = Array.from({ length: 16 }, () => [1]);
  const { sequences } = await generate(await load(), starts, { maxNewTokens: 200, temperature: 1, seed: 1 });
  const length = Math.max(...sequences.map((row) => row.length)) - 1;
  const ids = sequences.map((row) => Array.from({ length }, (_, i) => row[i] ?? 1));
  const batches = [{ ids, wanted: nextTokens(sequences) }];
  return { name: "stories260K, a Llama of 5 layers, 64 wide", batches, load };
}

export const subjects = async (): Promise<Subject[]> =>
  [await stories(), await passages(), await published()].filter((subject) => subject !== undefined);

/** How many of a model's numbers are quantized. */
export function shareQuantized(parameters: Iterable<Parameter>): number {
  let [all, quantized] = [0, 0];
  for (const parameter of parameters) {
    all += parameter.size;
    if (parameter.quantized) quantized += parameter.size;
  }
  return quantized / all;
}
