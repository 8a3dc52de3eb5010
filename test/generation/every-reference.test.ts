/**
 * Each processor does what someone else says that it does: a case of transformers in the fixture, a distribution by hand
 * (sampling-distributions.test.ts, which the compiler asks for), or a formula here.
 */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type Processor, processors } from "../../src/generation";
import { offered } from "../../src/generation/file-fields";
import { filters, finals, rules } from "../../src/generation/pipeline";
import { every } from "./every-processor";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
/** The option of each field; a length with its prompt is read by itself. */
const options: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(offered).map(([field, [option]]) => [field, option])),
  min_length: "minLength",
};
const cases: { fields: Record<string, unknown> }[] = JSON.parse(read("test/fixtures/generation/processors.json"));

/** How often a token is among the new ones. */
const count = (ids: readonly number[], token: number) => ids.filter((id) => id === token).length;

/** The length of the longest repetition that a token would continue, trying every earlier place. */
const repeated = (ids: readonly number[], token: number) =>
  Math.max(
    0,
    ...ids.slice(1).map((next, at) => {
      if (next !== token) return 0;
      let length = 0;
      while (length <= at && ids[at - length] === ids[ids.length - 1 - length]) length++;
      return length;
    }),
  );

interface Formula {
  processor: Processor;
  /** What is added to the score of a token, after a prompt of `prompt` tokens. */
  added: (ids: readonly number[], prompt: number, token: number) => number;
}

const formulas: Readonly<Record<string, Formula>> = {
  frequencyPenalty: {
    processor: processors.frequencyPenalty(0.5),
    added: (ids, prompt, token) => -0.5 * count(ids.slice(prompt), token),
  },
  presencePenalty: {
    processor: processors.presencePenalty(0.5),
    added: (ids, prompt, token) => (ids.slice(prompt).includes(token) ? -0.5 : 0),
  },
  dry: {
    processor: processors.dry({ multiplier: 1, base: 2, allowedLength: 2, breakers: [] }),
    added: (ids, _, token) => {
      const length = repeated(ids, token);
      return length < 2 ? 0 : -(2 ** (length - 2));
    },
  },
};

it.each(Object.entries(formulas))("%s adds to each score what its formula says", (_, { processor, added }) => {
  const rows = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(rows, fc.nat(30), (ids, drawn) => {
      const prompt = 1 + (drawn % ids.length);
      const context = { source: ids.slice(0, prompt), step: ids.length - prompt, limit: 99, last: false };
      const scores = Float32Array.of(1, -2, 3, 0.5);
      const found = processor(scores, { ids, ...context, random: undefined, memory: new Map() });
      expect([...found]).toEqual([...scores].map((score, token) => score + added(ids, prompt, token)));
    }),
  );
});

it("every processor has such a reference", () => {
  const inFixture = cases.flatMap(({ fields }) => Object.keys(fields).map((field) => options[field]));
  const compared = new Set<string | undefined>([...inFixture, ...Object.keys(filters), ...Object.keys(formulas)]);
  const missing = Object.keys(every).filter((name) => !compared.has(name));
  expect(
    missing,
    "add a case to test/reference/generation/processors.py, or its formula to test/generation/every-reference.test.ts",
  ).toEqual([]);
  for (const name of Object.keys(formulas)) expect(inFixture, `${name} needs no formula`).not.toContain(name);
});

it("every option that makes a processor is in the table of docs/generation.md, in the order in which they run", () => {
  const section = read("docs/generation.md")
    .split("\n## ")
    .find((part) => part.startsWith("Processors"))!;
  const rows = [...section.matchAll(/^\| (rules|filters|last)[^|]*\|(.*)\|$/gm)];
  const documented = rows.map(([, , names]) => [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  // Guidance changes scores before there are processors.
  expect(documented).toEqual([["guidance", ...Object.keys(rules)], Object.keys(filters), Object.keys(finals)]);
});
