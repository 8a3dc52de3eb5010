import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as checkpoint from "transformer-blocks/checkpoint";
import { openSource, writeSafetensors } from "transformer-blocks/checkpoint";
import { describe } from "vitest";
import { testEntry, testMethods } from "./entry";
import type { RightCall } from "./misuse";
import { callback, left, noArguments, options } from "./values";

const bytes = (text: string) => new TextEncoder().encode(text);
const tensors = () => ({ x: { shape: [2], data: Float32Array.of(1, 2), dtype: "F32" as const } });
const weights = writeSafetensors(tensors());
const files = new Map([
  ["config.json", bytes("{}")],
  ["model.safetensors", weights],
]);
const reader = { read: async (name: string) => files.get(name) };
const opened = await openSource(reader);
const directory = mkdtempSync(join(tmpdir(), "misuse-"));
const signal = () => new AbortController().signal;

const writing: RightCall = {
  args: () => [tensors(), { format: "pt" }],
  says: "writeSafetensors",
  accepts: {
    0: ["object"],
    "0.x.shape": [],
    "0.x.dtype": left,
    1: ["undefined", "object"],
    "1.format": ["string"],
  },
  records: ["0", "0.x", "1"],
};
const header = [0, 0, 0, 0, 0, 0, 0, 0];
const gguf = Uint8Array.from([...bytes("GGUF"), 3, 0, 0, 0, ...header, ...header]);
const reading = (file: Uint8Array): RightCall => ({
  args: () => [file, { file: "x" }],
  accepts: { 1: options, "1.file": ["undefined", "string"] },
});
const fromOpened: RightCall = { args: () => [Object.create(opened), () => {}], accepts: { 1: callback, 2: "any" } };

testEntry("transformer-blocks/checkpoint", checkpoint, {
  functions: {
    openSource: {
      args: () => [reader, { signal: signal() }],
      // A string is the path of a directory.
      accepts: { 0: ["string"], "0.read": ["function"], 1: options, "1.signal": left },
      records: ["0"],
    },
    openCheckpoint: fromOpened,
    readCheckpoint: { ...fromOpened, says: "openCheckpoint" },
    readSafetensors: reading(weights),
    readGguf: reading(gguf),
    writeSafetensors: writing,
    safetensorsParts: writing,
    writeDirectory: {
      args: () => [
        directory,
        new Map([["x.json", bytes("{}")]]),
        { signal: signal(), remove: () => false, removeIn: ["x"] },
      ],
      accepts: {
        ...{ 0: ["string"], 2: options, "2.signal": left, "2.remove": callback },
        ...{ "2.removeIn": ["undefined", "array", "strings"], "2.removeIn[0]": ["string"] },
      },
      after: () => rmSync("wrong", { recursive: true, force: true }),
    },
  },
  classes: {
    FormatError: {
      construct: "as any Error",
      on: () => new checkpoint.FormatError({ file: "", found: "", expected: "" }),
      methods: {},
    },
  },
  objects: {},
});

const read: RightCall = {
  args: () => ["config.json", () => {}],
  says: /^(read|source): /,
  accepts: { 1: callback, 2: "any" },
};
const readText: RightCall = { ...read, args: () => ["config.json"], accepts: { 1: "any" } };
const optionalFile: RightCall = { ...read, accepts: { 0: ["string"], 1: callback, 2: "any" } };

describe("what the results of checkpoint functions are given", () => {
  testMethods<checkpoint.OpenedSource>("source", () => opened, {
    read,
    readOptional: optionalFile,
    holds: { ...readText, says: /^(holds|source): /, accepts: { 0: ["string"], 1: "any" } },
    openOptional: optionalFile,
    readJson: readText,
    readOptionalJson: optionalFile,
    unchanged: noArguments,
  });
  testMethods<checkpoint.StoredTensor>("tensor", () => checkpoint.readSafetensors(weights).tensors.get("x")!, {
    toFloat32: noArguments,
  });
});
