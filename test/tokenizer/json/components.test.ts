import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TokenizerComponent } from "../../../src/tokenizer";
import * as listed from "../../../src/tokenizer/json/components";
import { every } from "../../../src/tokenizer/json/components/every";
import { DECODING_KINDS, ENCODING_KINDS, type Fixture, fixture } from "../fixtures";

const folder = "src/tokenizer/json/components";

const isComponent = (value: unknown): value is TokenizerComponent =>
  typeof value === "object" && value !== null && "type" in value;

/** The components that the files export, each with the file's and its own name. */
const written = (
  await Promise.all(
    readdirSync(new URL(`../../../${folder}/`, import.meta.url))
      .filter((file) => file !== "index.ts")
      .map(async (file): Promise<[string, string, TokenizerComponent][]> => {
        const exports: Record<string, unknown> = await import(`../../../${folder}/${file}`);
        return Object.entries(exports).flatMap(([name, value]) => (isComponent(value) ? [[file, name, value]] : []));
      }),
  )
).flat();

const placesOf = (component: TokenizerComponent) => Object.keys(component).filter((key) => key !== "type");

/** Every `place: type` of a tokenizer.json; a pattern has its type as a name. */
function usesIn(value: unknown, place: string, uses: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) usesIn(item, place, uses);
  else if (typeof value === "object" && value !== null)
    for (const [name, part] of Object.entries(value)) {
      if (name === "type") uses.add(`${place}: ${part}`);
      else if (name === "Regex") uses.add(`pattern: ${name}`);
      else if (name !== "vocab" && name !== "merges") usesIn(part, place, uses);
    }
}

/** All that the tests of encoding and decoding compare with the reference. */
const compared = new Set<string>();
for (const kind of [...ENCODING_KINDS, ...DECODING_KINDS, "truncation"])
  for (const { json } of fixture<Fixture<unknown>[]>(kind)) {
    for (const [place, part] of Object.entries(json)) usesIn(part, place, compared);
    if (json.truncation != null) compared.add("truncation: truncation");
  }

describe("a component of tokenizer.json", () => {
  it.each(written)("in %s, %s, can be imported by users and is read by tokenizerFromJson", (file, name, component) => {
    const add = `add export * from "./${file.replace(".ts", "")}" to ${folder}/index.ts`;
    expect(Object.entries(listed), add).toContainEqual([name, component]);
    expect(every, `add all.${name} to ${folder}/every.ts`).toContain(component);
  });

  it.each(Object.entries(listed))("%s has a reader, and a type that no other has", (name, component) => {
    expect(isComponent(component), `${folder}/index.ts exports ${name}, which is no component`).toBe(true);
    expect(placesOf(component), `${name} reads nothing: give it a normalizer, pre_tokenizer, …`).not.toEqual([]);
    expect(every.filter(({ type }) => type === component.type)).toEqual([component]);
  });

  const rows = every.flatMap((component) => placesOf(component).map((place) => [place, component.type]));
  it.each(rows)("as %s, %s, is compared with the reference", (place, type) => {
    const advice = `${type} as ${place}: add it to test/reference/tokenizer/tokenizer_components.py, and run the script`;
    expect(compared.has(`${place}: ${type}`), advice).toBe(true);
  });
});
