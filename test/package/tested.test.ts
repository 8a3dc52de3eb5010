import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Module } from "transformer-blocks/blocks";
import { referenceKernels } from "transformer-blocks/kernels";
import * as tokenizer from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";
import * as families from "../../src/families";
import { everyFamily, registry } from "../../src/families/registry";
import * as internal from "../../src/kernels/internal";
import { DECODING_KINDS, ENCODING_KINDS, type Fixture, fixture } from "../tokenizer/fixtures";
import { floors } from "./entry-points";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8");

/** The text of all files below a folder whose names end so. */
const textBelow = (folder: string, ending: string, leftOut = /^$/) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending) && !leftOut.test(file.replaceAll("\\", "/")))
    .map((file) => read(`${folder}/${file}`))
    .join("\n");

const isComponent = (value: unknown): value is tokenizer.TokenizerComponent =>
  typeof value === "object" && value !== null && "type" in value;

/** A family is compared with its fixtures: test/families/families.test.ts asks for them. */
const isFamily = (value: unknown): boolean => typeof value === "object" && value !== null && "modelTypes" in value;

describe("everything that is exported has tests that say what it does, beside those of wrong calls", () => {
  // Tests of wrong calls and of this have every name in any case.
  const tests = textBelow("test", ".ts", /^(misuse|package)\//);
  // The cases of PyTorch's name the operations that they run.
  const cases = textBelow("test/fixtures/tensor", ".json").matchAll(/"operation": ?"(\w+)"/g);
  const words = new Set([...tests.matchAll(/\w+/g), ...cases].map((match) => match.at(-1)));

  it.each(floors)("transformer-blocks/%s", async (entry) => {
    const exported: object = await import(`../../src/${entry}/index.ts`);
    const untested = Object.entries(exported)
      .filter(([name, value]) => !isComponent(value) && !isFamily(value) && !words.has(name))
      .map(([name]) => `${name}: no test uses it; add one to test/${entry}`);
    expect(untested, untested.join("; ")).toEqual([]);
  });

  it("every operation is in the table of docs/tensors.md", async () => {
    const exported: object = await import("../../src/tensor/index");
    const notOperations = /^(tensor|zeros|ones|full|random|initials|grad|valueAndGradients|rotaryFrequencies)$/;
    const page = read("docs/tensors.md");
    const missing = Object.keys(exported).filter(
      (name) => /^[a-z]/.test(name) && !notOperations.test(name) && !page.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });

  it("every block is in the table of docs/blocks.md", async () => {
    const exported: object = await import("../../src/blocks/index");
    const table = read("docs/blocks.md")
      .split("## ")
      .find((part) => part.startsWith("All blocks"))!;
    const missing = Object.entries(exported).flatMap(([name, value]) =>
      typeof value === "function" && value.prototype instanceof Module && !table.includes(`\`${name}\``) ? [name] : [],
    );
    expect(missing, "add these to All blocks in docs/blocks.md").toEqual([]);
  });

  it("every operation has an example in its documentation", async () => {
    const exported: object = await import("../../src/tensor/index");
    const sources = textBelow("src/tensor", ".ts");
    // A docstring stands before the first overload; the last constant or function of a name is the public one.
    const isDocumented = (name: string) =>
      [
        ...sources.matchAll(new RegExp(`(/\\*\\*(?:(?!\\*/)[^])*\\*/\\n)export (?:function|const) ${name}\\b`, "g")),
      ].some(([, text]) => text!.includes("@example"));
    const missing = Object.entries(exported)
      .filter(([name, value]) => /^[a-z]/.test(name) && typeof value === "function" && !isDocumented(name))
      .map(([name]) => name);
    expect(missing).toEqual([]);
  });

  it("every kernel is in the suite that all implementations pass", () => {
    const suite = textBelow("test/kernels", ".ts");
    const untested = Object.entries(referenceKernels)
      .filter(([name, value]) => typeof value === "function" && !suite.includes(`kernels.${name}(`))
      .map(([name]) => `${name}: add a case to test/kernels`);
    const primitives = Object.values(internal).flatMap((each) =>
      typeof each === "object" && "reference" in each && !suite.includes(`kernels.run(${each.name},`)
        ? [`${each.name}: add a case to test/kernels`]
        : [],
    );
    expect([...untested, ...primitives]).toEqual([]);
  });

  it("every component of tokenizers is in a fixture of the reference, in each of its places", () => {
    const places = new Set<string>();
    const collect = (value: unknown, place: string): void => {
      if (typeof value !== "object" || value === null) return;
      if ("type" in value) places.add(`${place} ${value.type}`);
      if ("Regex" in value) places.add("pattern Regex");
      for (const [key, inner] of Object.entries(value)) {
        if (key === "vocab" || key === "merges") continue;
        // The parts of a sequence stand where the sequence does.
        collect(inner, /^(normalizer|pre_tokenizer|model|post_processor|decoder)$/.test(key) ? key : place);
      }
    };
    for (const kind of [...ENCODING_KINDS, ...DECODING_KINDS])
      for (const { json } of fixture<Fixture<unknown>[]>(kind)) collect(json, "");
    const missing = Object.entries(tokenizer).flatMap(([name, component]) =>
      isComponent(component)
        ? Object.keys(component)
            .filter((place) => place !== "type" && place !== "truncation")
            .filter((place) => !places.has(`${place} ${component.type}`))
            .map((place) => `${name} as ${place}: add it to test/reference/tokenizer/tokenizer_components.py`)
        : [],
    );
    expect(missing).toEqual([]);
  });
});

it("every family is exported, opened by fromPretrained, and named in its own modelTypes", async () => {
  const exported = Object.entries(families).filter(([, value]) => typeof value === "object" && "modelTypes" in value);
  expect(new Set(exported.map(([, family]) => family))).toEqual(new Set(await everyFamily()));
  for (const [name, load] of Object.entries(registry)) expect((await load()).modelTypes, name).toContain(name);
  const types = (await everyFamily()).flatMap(({ modelTypes }) => modelTypes);
  expect(types.sort()).toEqual(Object.keys(registry).sort());
});

it("test/reference/README.md names every script, and no other", () => {
  const readme = read("test/reference/README.md");
  const scripts = readdirSync(`${root}/test/reference`, { recursive: true, encoding: "utf8" })
    // Those of the families are alike: test/reference/families/README.md.
    .filter((file) => file.endsWith(".py") && !/^families\W/.test(file))
    .map((file) => basename(file));
  const named = new Set(readme.match(/\w+\.py\b/g));
  const unnamed = scripts.filter((script) => !named.has(script));
  expect(unnamed, "add what each of these writes to test/reference/README.md").toEqual([]);
  const published = /^(test_all|llama)\.py$/;
  const gone = [...named].filter((name) => !scripts.includes(name) && !published.test(name));
  expect(gone, "remove these from test/reference/README.md").toEqual([]);
});

it("every file of bench/rows is a row of the benchmark", async () => {
  const index: unknown = await import(new URL("../../bench/rows/index.js", import.meta.url).href);
  const files = readdirSync(`${root}/bench/rows`).map((file) => basename(file, ".js"));
  const named = Object.keys((index as { rows: object }).rows);
  expect(files.filter((file) => file !== "index").toSorted()).toEqual(named.toSorted());
});
