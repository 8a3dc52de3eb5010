import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pretrainedLoader } from "../../src/families";
import { comparisons, modelsBelow, type Opened, opened } from "./checks";
import { families, fixtures } from "./fixture";

/** Tiny models of each family, made by transformers: test/reference/families. */
const folder = new URL("../fixtures/families/", import.meta.url);
const directories = modelsBelow(folder);
const titleOf = (directory: URL) => directory.pathname.slice(folder.pathname.length, -1);

describe.each(directories.map((directory) => [titleOf(directory), directory] as const))("%s", (_, directory) => {
  let loaded: Promise<Opened> | undefined;
  const one = () => (loaded ??= opened(directory));

  it.each(Object.entries(comparisons))("equals transformers': %s", async (_, compare) => {
    expect((await compare(await one())) ?? 0).toBeLessThanOrEqual(1e-5);
  });
});

it("every family has a fixture", () => {
  const typeOf = (directory: URL) => JSON.parse(readFileSync(new URL("config.json", directory), "utf8")).model_type;
  const found = new Set([...directories, ...modelsBelow(fixtures)].map(typeOf));
  const missing = families.flatMap(({ modelTypes }) => modelTypes).filter((type) => !found.has(type));
  expect(missing).toEqual([]);
});

it("pretrainedLoader takes every family", () => {
  for (const family of families) expect(() => pretrainedLoader([family]), family.modelTypes.join()).not.toThrow();
});
