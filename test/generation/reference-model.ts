import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pretrainedLoader } from "../../src/families";
import { gpt2 } from "../../src/families/decoder/gpt2";
import { llama } from "../../src/families/decoder/llama";
import { marian } from "../../src/families/encoder-decoder/marian";

const fixtures = new URL("../fixtures/models/", import.meta.url);
const shared = new URL("../../../shared/data/", import.meta.url);
const load = pretrainedLoader([llama, gpt2, marian]);

export const hasSharedData = existsSync(fileURLToPath(shared));
if (!hasSharedData) console.log("skipping comparisons with published models: ../shared/data is not there");

export const sharedFile = (path: string): unknown => JSON.parse(readFileSync(new URL(path, shared), "utf8"));

/** A case of greedy generation by transformers. */
export interface GreedyCase {
  options: { max_new_tokens: number; eos_token_id: number | null; forced_eos_token_id?: number | null };
  prompts: number[][];
  mask?: number[][];
  outputs: number[][];
}

export const greedyCases = (family: string): Record<string, GreedyCase> =>
  JSON.parse(readFileSync(new URL(`${family}/expected.json`, fixtures), "utf8")) as Record<string, GreedyCase>;

export const fixtureModel = async (family: string) => (await load(fileURLToPath(new URL(family, fixtures)))).model;
export const sharedModel = async (path: string) => (await load(fileURLToPath(new URL(path, shared)))).model;
