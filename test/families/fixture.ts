import { readdirSync, readFileSync } from "node:fs";
import { readSafetensors, type StoredTensor } from "../../src/checkpoint";
import { fromPretrained, type Model, type Pretrained } from "../../src/families";
import { everyFamily } from "../../src/families/registry";
import { Tensor } from "../../src/tensor";

/** Those that `fromPretrained` opens. */
export const families = await everyFamily();

export const fixtures = new URL("../fixtures/models/", import.meta.url);

/** Every model that test/reference/model_fixtures.py has made. */
export const fixtureNames = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** A fixture's model, and what transformers computed from it. */
export async function loadFixture(name: string): Promise<Pretrained & { expected: Expected }> {
  const directory = new URL(`${name}/`, fixtures);
  return { ...(await fromPretrained(directory)), expected: new Expected(new URL("expected.safetensors", directory)) };
}

/** Reference tensors by name. */
export class Expected {
  readonly tensors: ReadonlyMap<string, StoredTensor>;

  constructor(file: URL) {
    this.tensors = readSafetensors(readFileSync(file)).tensors;
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  tensor(name: string): Tensor {
    const stored = this.tensors.get(name);
    if (stored === undefined) throw new Error(`the fixture has no ${name}`);
    return new Tensor([...stored.shape], stored.toFloat32());
  }

  /** [batch][seq] */
  ids(name: string): number[][] {
    return this.tensor(name).toArray() as number[][];
  }
}

/** The greatest difference, relative to the greatest number of the reference (or to 1, if `atLeast` says so). */
export function difference(found: Tensor, reference: Tensor, atLeast = 1): number {
  if (found.shape.join() !== reference.shape.join())
    throw new Error(`[${found.shape.join()}] is compared with [${reference.shape.join()}]`);
  let [greatest, scale] = [0, atLeast];
  reference.data.forEach((value, i) => {
    const gap = Math.abs(value - found.data[i]!);
    greatest = Math.max(greatest, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
    scale = Math.max(scale, Math.abs(value));
  });
  return greatest / scale;
}

/** Files of a directory in memory, and what reads and writes them. */
export function memory(files = new Map<string, Uint8Array>()) {
  return {
    files,
    read: async (name: string) => files.get(name),
    write: async (name: string, bytes: Uint8Array) => void files.set(name, bytes),
  };
}

/** A fixture's directory in memory, for tests that spoil it. */
export function inMemory(name: string, also: readonly string[] = []): Map<string, Uint8Array> {
  const directory = new URL(`${name}/`, fixtures);
  const names = ["config.json", "model.safetensors", ...also];
  return new Map(names.map((file) => [file, new Uint8Array(readFileSync(new URL(file, directory)))]));
}

/** Whether two directories hold the same files, byte for byte; the name of one that differs. */
export function differentFile(left: ReadonlyMap<string, Uint8Array>, right: ReadonlyMap<string, Uint8Array>) {
  return [...new Set([...left.keys(), ...right.keys()])].find((name) => {
    const [here, there] = [left.get(name), right.get(name)];
    return here === undefined || there === undefined || Buffer.compare(here, there) !== 0;
  });
}

/** What blocks reported at "output" and models at "embedding", in order. */
export function outputsOf(model: Model, run: (tap: Tap) => void): Tensor[] {
  const seen: Tensor[] = [];
  const blocks = new Set<object>(
    [...model.modules()].filter(([path]) => /(^|\.)blocks\.\d+$/.test(path)).map(([, module]) => module),
  );
  run({
    sees: (module, site) => site === "embedding" || (site === "output" && blocks.has(module)),
    take: (_, __, value) => {
      seen.push(value);
      return value;
    },
  });
  return seen;
}

type Tap = NonNullable<import("../../src/blocks").Pass["tap"]>;
