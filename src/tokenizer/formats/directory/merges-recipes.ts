import { byteLevelRecipe, families, type MergeFiles } from "./byte-level-recipes";
import type { Names, Recipe } from "./recipe";
import { clipRecipe, herbertRecipe, openAiGptRecipe } from "./suffix-recipes";

type Config = Readonly<Record<string, unknown>>;

/** Makes a recipe from vocab.json and merges.txt, given the configured names of roles. */
export type MergesRecipe = (files: MergeFiles, config: Config, names: Names) => Recipe;

/** Families that use vocab.json and merges.txt, by their class. */
export function mergesRecipes(): ReadonlyMap<string, MergesRecipe> {
  const byteLevel = Object.entries(families()).map(([name, family]): [string, MergesRecipe] => [
    `${name}Tokenizer`,
    (files, config) => byteLevelRecipe(files, config, family),
  ]);
  return new Map([
    ...byteLevel,
    ["OpenAIGPTTokenizer", openAiGptRecipe],
    ["HerbertTokenizer", herbertRecipe],
    ["CLIPTokenizer", clipRecipe],
  ]);
}
