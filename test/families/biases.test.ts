import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ConfigObject } from "../../src/families";
import { FormatError } from "../../src/tensor";
import { everyBase, modelOf } from "./config-cases";

/** Written by test/reference/families/biases.py: with which fields transformers' model has other parameters. */
const reference: {
  fields: string[];
  families: Record<string, { directory: string; biases: string[] }>;
} = JSON.parse(readFileSync(new URL("../fixtures/families/biases.json", import.meta.url), "utf8"));

const configOf = (directory: string): ConfigObject =>
  JSON.parse(readFileSync(new URL(`../fixtures/families/${directory}/config.json`, import.meta.url), "utf8"));

/** The parameters of the model that a config describes; undefined if it is refused. */
function parametersOf(type: string, config: ConfigObject, architectures: string): string | undefined {
  const base = everyBase.get(type)!.find((one) => JSON.stringify(one.config.architectures) === architectures)!;
  try {
    return [...modelOf(type, config, base).parameters().keys()].join();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return undefined;
  }
}

it("every family is in the fixture", () => {
  // An encoder-decoder of two models has the fields of its halves.
  const missing = [...everyBase.keys()].filter((type) => !(type in reference.families) && type !== "encoder-decoder");
  expect(missing, "run python test/reference/families/biases.py").toEqual([]);
});

describe("a field about biases counts in the families whose transformers class reads it, and in no others", () => {
  it.each(Object.entries(reference.families))("%s", (type, { directory, biases }) => {
    const config = configOf(directory);
    const architectures = JSON.stringify(config.architectures);
    for (const field of reference.fields) {
      const [having, lacking] = [true, false].map((value) =>
        parametersOf(type, { ...config, [field]: value }, architectures),
      );
      if (having === undefined || lacking === undefined) continue; // refused by name
      expect(having !== lacking, field).toBe(biases.includes(field));
    }
  });
});
