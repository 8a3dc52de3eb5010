import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromPretrained, type Model } from "../../src/families";
import { type GenerateOptions, type GenerativeModel, generate } from "../../src/generation";

/** A run of the reference: see test/reference/generation/search.py. */
export interface SearchCase {
  model: string;
  prompts: number[][];
  /** Options by their names in generation_config.json. */
  fields: Record<string, unknown> & { max_new_tokens: number; eos_token_id: number[] };
  /** Options by our names. */
  groups?: GenerateOptions;
  contrastive?: GenerateOptions;
  /** The new tokens of each sequence. */
  new: number[][];
  scores?: number[];
}

export type SearchKind = "beams" | "diverse" | "contrastive";

export const readCases = (file: string | URL): Record<SearchKind, SearchCase[]> =>
  JSON.parse(readFileSync(file, "utf8")) as Record<SearchKind, SearchCase[]>;

const names: Readonly<Record<string, keyof GenerateOptions>> = {
  max_new_tokens: "maxNewTokens",
  min_new_tokens: "minNewTokens",
  eos_token_id: "endTokens",
  repetition_penalty: "repetitionPenalty",
  no_repeat_ngram_size: "noRepeatNgram",
  encoder_no_repeat_ngram_size: "encoderNoRepeatNgram",
  bad_words_ids: "badWords",
  suppress_tokens: "suppressTokens",
  begin_suppress_tokens: "beginSuppressTokens",
  forced_bos_token_id: "forcedStartToken",
  forced_eos_token_id: "forcedEndToken",
  num_beams: "beams",
  num_return_sequences: "sequences",
  early_stopping: "earlyStopping",
  length_penalty: "lengthPenalty",
};

const models = new Map<string, Promise<Model>>();

/** A fixture's model, read once. */
export function modelOf(name: string): Promise<Model> {
  const path = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  if (!models.has(name))
    models.set(
      name,
      fromPretrained(path).then(({ model }) => model),
    );
  return models.get(name)!;
}

export function optionsOf({ fields, groups, contrastive }: SearchCase): GenerateOptions {
  const given = Object.entries(fields).map(([name, value]) => [names[name]!, value]);
  // The options of the model's own files do not count.
  const without = ["forced_bos_token_id", "forced_eos_token_id"].filter((name) => fields[name] === undefined);
  return { ...Object.fromEntries(given), ...groups, ...contrastive, without };
}

/** What we generate for a case: the new tokens of each sequence, and the scores. */
export async function run(one: SearchCase, more: GenerateOptions = {}) {
  const model = (await modelOf(one.model)) as GenerativeModel & Model;
  const reads = typeof Reflect.get(model, "encode") === "function";
  const { ids, mask } = padded(one.prompts, reads);
  const result = await generate(model, ids, { ...optionsOf(one), mask, ...more });
  const start = reads ? 1 : ids[0]!.length;
  return { ...result, new: result.sequences.map((row) => row.slice(start)) };
}

function padded(rows: readonly number[][], right: boolean) {
  const longest = Math.max(...rows.map((row) => row.length));
  const fill = (row: readonly number[], own: readonly number[], id: number) => {
    const gap = new Array<number>(longest - row.length).fill(id);
    return right ? [...own, ...gap] : [...gap, ...own];
  };
  return {
    ids: rows.map((row) => fill(row, row, 1)),
    mask: rows.map((row) =>
      fill(
        row,
        row.map(() => 1),
        0,
      ),
    ),
  };
}
