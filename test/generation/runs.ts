import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fromPretrained } from "../../src/families";
import type { GenerateOptions } from "../../src/generation";
import { DecoderModel, EncoderDecoderModel } from "../../src/models";
import { memory } from "../families/fixture";

type Fields = Record<string, unknown>;

/** What transformers wrote, by test/reference/generation/runs.py. */
export interface Run {
  model: string;
  prompts: number[][];
  decoder?: number[][];
  negative?: number[][];
  fields: Fields;
  rows: number[][];
}

export const readRuns = (file: string | URL): Run[] => JSON.parse(readFileSync(file, "utf8")) as Run[];

const fixtures = new URL("../fixtures/", import.meta.url);
const opened = new Map<string, Promise<DecoderModel | EncoderDecoderModel>>();

/** A fixture's model without the settings of its files, except the start token. */
export function modelOf(name: string, startToken?: unknown): Promise<DecoderModel | EncoderDecoderModel> {
  const key = `${name}, starting with ${startToken}`;
  const found = opened.get(key) ?? open(new URL(`${name}/`, fixtures), startToken);
  opened.set(key, found);
  return found;
}

async function open(directory: URL, startToken: unknown) {
  const read = (name: string) => new Uint8Array(readFileSync(new URL(name, directory)));
  const settings = new TextEncoder().encode(JSON.stringify({ decoder_start_token_id: startToken }));
  const files = new Map(["config.json", "model.safetensors"].map((name) => [name, read(name)]));
  const { model } = await fromPretrained(memory(files.set("generation_config.json", settings)));
  if (model instanceof DecoderModel || model instanceof EncoderDecoderModel) return model;
  throw new Error(`${basename(dirname(directory.pathname))} writes no text`);
}

const names: Record<string, keyof GenerateOptions> = {
  max_new_tokens: "maxNewTokens",
  max_length: "maxLength",
  min_new_tokens: "minNewTokens",
  min_length: "minLength",
  eos_token_id: "endTokens",
  forced_bos_token_id: "forcedStartToken",
  forced_eos_token_id: "forcedEndToken",
  repetition_penalty: "repetitionPenalty",
  no_repeat_ngram_size: "noRepeatNgram",
  bad_words_ids: "badWords",
  suppress_tokens: "suppressTokens",
  begin_suppress_tokens: "beginSuppressTokens",
};

/** The same options by our names. */
export function optionsOf({ fields, decoder, negative }: Run): GenerateOptions {
  const { guidance_scale: scale, eos_token_id: ends = [] } = fields;
  const plain = Object.entries(fields).flatMap(([name, value]) => (name in names ? [[names[name], value]] : []));
  return {
    ...Object.fromEntries(plain),
    endTokens: [ends].flat() as number[],
    ...(decoder && { decoderPrompt: decoder }),
    ...(scale !== undefined && { guidance: { scale: scale as number, negativePrompt: negative } }),
  };
}
