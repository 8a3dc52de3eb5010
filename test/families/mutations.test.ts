import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckpointTensor } from "../../src/checkpoint";
import { loadModel } from "../../src/families/reading/load";
import { FormatError, random } from "../../src/tensor";
import { nameNow } from "../../src/tensor/naming";
import { bases, familyOf, known, shortened } from "./config-cases";
import { families } from "./fixture";
import { mutated, mutatedFields } from "./mutations";

/** As many as a run all day can afford, and many more where time does not matter: `npm run check:mutations`. */
const ROUNDS = process.env.MODE === "mutations" ? 2000 : 400;

// Most of these errors are expected, and their stacks cost more than they do.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** Thrown where the numbers of a checkpoint would be read: the config was accepted. */
class Accepted extends Error {}

describe.each(families.map((family) => [family.modelTypes[0]!, family] as const))(
  `${ROUNDS} mutations of the config of %s`,
  (type, family) => {
    it("each give a model or a FormatError, and take no memory and no time", async () => {
      const configs = family.modelTypes.flatMap((name) => (bases.get(name) ?? []).map((base) => shortened(name, base)));
      const fields = Object.keys(known.get(type)?.fields ?? {});
      const source = random(2).stream(type);
      const before = process.memoryUsage().arrayBuffers;
      let accepted = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const { config: base, shapes } = configs[round % configs.length]!;
        let config = mutatedFields(base, source);
        while (source.next() < 0.5) config = mutatedFields(config, source);
        if (source.next() < 0.2 && fields.length > 0)
          config = { ...config, [fields[source.integer(fields.length)]!]: mutated(undefined, source) };
        const start = performance.now();
        const tensors = new Map<string, CheckpointTensor>();
        for (const [name, shape] of shapes) tensors.set(name, { dtype: "F32", shape, read: refuse });
        const error: unknown = await loadModel(family, {
          config: { ...config, model_type: type },
          tensors,
          name: "d",
        }).catch((reason: unknown) => reason);
        const what = () => JSON.stringify(differences(base, config));
        if (error instanceof Accepted) accepted++;
        else if (!(error instanceof FormatError)) throw new Error(`${what()}: ${(error as Error)?.stack ?? error}`);
        const seconds = (performance.now() - start) / 1000;
        // Much longer than a busy machine needs.
        if (seconds > 10) throw new Error(`${what()}: took ${seconds} s`);
        if (round % 10 === 0) nameNow();
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
      // A test in which nothing is accepted would not see what is accepted wrongly.
      expect(accepted).toBeGreaterThan(ROUNDS / 50);
    });
  },
);

const refuse = () => Promise.reject(new Accepted());

function differences(base: object, config: object): unknown {
  const fields = new Map(Object.entries(base));
  const changed = Object.entries(config).filter(([name, value]) => fields.get(name) !== value);
  return { changed: Object.fromEntries(changed), removed: [...fields.keys()].filter((name) => !(name in config)) };
}

it("every family has configs to mutate", () => {
  for (const { modelTypes } of families) expect(bases.has(modelTypes[0]!), modelTypes[0]).toBe(true);
  expect(familyOf("llama")).toBeDefined();
});
