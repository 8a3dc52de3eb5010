import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromPretrained } from "../../src/families";
import { fixtureNames, fixtures } from "../families/fixture";

/** The models whose greedy texts transformers has written. */
export const writers = fixtureNames.filter((name) => existsSync(new URL(`${name}/expected.json`, fixtures)));

/** A case of greedy generation by transformers. */
export interface GreedyCase {
  options: { max_new_tokens: number; eos_token_id: number | null; forced_eos_token_id?: number | null };
  prompts: number[][];
  mask?: number[][];
  outputs: number[][];
}

export const greedyCases = (family: string): Record<string, GreedyCase> =>
  JSON.parse(readFileSync(new URL(`${family}/expected.json`, fixtures), "utf8")) as Record<string, GreedyCase>;

export const fixtureModel = async (family: string) =>
  (await fromPretrained(fileURLToPath(new URL(family, fixtures)))).model;
