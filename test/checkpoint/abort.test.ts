import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSource, type Source, writeDirectory } from "../../src/checkpoint";
import { fromPretrained, gpt2, pretrainedLoader, savePretrained } from "../../src/families";
import { gpt } from "../../src/models";
import { loadTokenizer } from "../../src/tokenizer";

let place: string;
/** Answers nothing, or begins to answer and says no more. */
const server = createServer((request, response) => {
  if (request.url?.startsWith("/half/")) response.writeHead(200, { "content-length": 100 }).write("{");
});
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "abort-"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  if (process.platform === "win32") return;
  for (const file of ["config.json", "tokenizer_config.json"]) execFileSync("mkfifo", [join(place, file)]);
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  // Reads of a pipe end when somebody has opened it for writing.
  for (const file of readdirSync(place))
    closeSync(openSync(join(place, file), constants.O_RDWR | constants.O_NONBLOCK));
  await new Promise((resolve) => setTimeout(resolve, 50));
  rmSync(place, { recursive: true });
});

const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const never = () => new Promise<never>(() => {});

/** Sources that never say anything. */
const silent: [string, () => Source][] = [
  ["a directory", () => place],
  ["a URL", () => `${origin()}/model`],
  ["a URL whose file stops in the middle", () => `${origin()}/half`],
  ["an object", () => ({ read: never })],
];
const loads: [string, (source: Source, options: { signal: AbortSignal }) => Promise<unknown>][] = [
  ["fromPretrained", (source, options) => fromPretrained(source, options)],
  ["loadTokenizer", (source, options) => loadTokenizer(source, options)],
  ["openSource and read", async (source, options) => (await openSource(source, options)).read("config.json")],
];

describe.each(loads)("%s is ended by its signal at once", (_, load) => {
  it.each(silent)("while %s is silent", async (_, source) => {
    if (process.platform === "win32" && source() === place) return;
    const controller = new AbortController();
    const loading = load(source(), { signal: controller.signal });
    setTimeout(() => controller.abort("enough"), 20);
    const start = performance.now();
    await expect(loading).rejects.toBe("enough");
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it.each([...silent, ["a directory that could be read", () => "./examples/models/story"] as [string, () => Source]])(
    "before it begins to read %s",
    async (_, source) => {
      const reason = new Error("changed my mind");
      await expect(load(source(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    },
  );

  it("by a time limit", async () => {
    const waiting = load({ read: never }, { signal: AbortSignal.timeout(10) });
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: "TimeoutError" }));
  });
});

it("fromPretrained is ended by its signal at once while the code of a family does not come", async () => {
  const files = new Map<string, Uint8Array>();
  const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
  await savePretrained({ model }, { write: async (name, bytes) => void files.set(name, bytes) });
  let isAsked = false;
  const load = () => {
    isAsked = true;
    return never();
  };
  const signal = AbortSignal.timeout(200);
  const loading = pretrainedLoader([{ ...gpt2, load }])({ read: async (name) => files.get(name) }, { signal });
  await expect(loading).rejects.toThrow(expect.objectContaining({ name: "TimeoutError" }));
  expect(isAsked).toBe(true);
}, 2000);

it("many reads at once with one signal bring no warning of a leak, and all end", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  const controller = new AbortController();
  const opened = await openSource({ read: never }, { signal: controller.signal });
  const reads = Array.from({ length: 30 }, (_, i) => opened.read(`${i}`).catch((reason: unknown) => reason));
  await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort("all");
  expect(new Set(await Promise.all(reads))).toEqual(new Set(["all"]));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

describe("an abort of a save", () => {
  const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
  async function* endless() {
    yield new Uint8Array(10);
    await never();
  }

  it("before it begins writes nothing", async () => {
    const target = join(place, "saved");
    await expect(savePretrained({ model }, target, { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    await expect(writeDirectory(target, new Map(), { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    expect(existsSync(target)).toBe(false);
  });

  it.each<[string, (signal: AbortSignal) => Promise<void>]>([
    ["files that never end", (signal) => writeDirectory(join(place, "saved"), new Map([["a", endless()]]), { signal })],
    ["a target that never answers", (signal) => savePretrained({ model }, { write: never }, { signal })],
  ])("reaches %s", async (_, save) => {
    const controller = new AbortController();
    const saving = save(controller.signal);
    setTimeout(() => controller.abort("enough"), 20);
    await expect(saving).rejects.toBe("enough");
    expect(existsSync(join(place, "saved"))).toBe(false);
  });
});
