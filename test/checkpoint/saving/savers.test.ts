import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeDirectory } from "../../../src/checkpoint";

/** How often a process is killed; `npm run check:kills` does it 200 times. */
const KILLS = process.env.MODE === "kills" ? 200 : 10;

const names = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "1_Pooling/config.json"];
const bytes = (text: string) => new TextEncoder().encode(text);
const model = (version: string) => new Map(names.map((name) => [name, bytes(`${version} of ${name}`.repeat(1000))]));

let place: string;
let script: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "savers-"));
  script = join(place, "saver.mjs");
  // Saves one version after the other for as long as it lives.
  const contents = `
    import { writeDirectory } from "./index";
    const names = ${JSON.stringify(names)};
    const [directory, mark] = process.argv.slice(2);
    for (let i = 0; ; i++) {
      const content = (name) => new TextEncoder().encode((mark + i + " of " + name).repeat(1000));
      await writeDirectory(directory, new Map(names.map((name) => [name, content(name)])));
      if (i === 0) process.stdout.write("started");
    }`;
  const resolveDir = fileURLToPath(new URL("../../../src/checkpoint", import.meta.url));
  await build({ stdin: { contents, resolveDir }, bundle: true, format: "esm", platform: "node", outfile: script });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

let directory: string;
beforeEach(() => {
  directory = join(place, `model-${Math.round(performance.now() * 1000)}`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The version that each file is of, as any program reads it. */
function versions(): string[] {
  return [...new Set(names.map((name) => readFileSync(join(directory, name), "utf8").split(" of ")[0]!))];
}

function expectTidy(): void {
  expect(readdirSync(directory, { recursive: true }).sort()).toEqual([...names, "1_Pooling"].sort());
}

async function started(mark: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, directory, mark], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout!.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`the saver ended with ${code}`)));
  });
  return child;
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners("exit");
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("a process that is killed while it saves", () => {
  it(`leaves one whole model each of ${KILLS} times, and the next save removes what it left`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const child = await started(`${kill}-`);
      await pause(1 + ((kill * 7.3) % 23));
      await killed(child);
      expect(versions()).toHaveLength(1);
      if (kill % 4 !== 3) continue;
      await writeDirectory(directory, model("last"));
      expect(versions()).toEqual(["last"]);
      expectTidy();
    }
  }, 600_000);
});

describe("savers of one directory at once", () => {
  it("in one process: one of them wins with all of its files, and none fails", async () => {
    for (const start of ["a new directory", "an older model"]) {
      if (start === "an older model") await writeDirectory(directory, model("old"));
      const saves = Array.from({ length: 8 }, (_, i) => writeDirectory(directory, model(`saver ${i}`)));
      await Promise.all(saves);
      expect(versions()).toHaveLength(1);
      expect(versions()[0]).toMatch(/^saver/);
      expectTidy();
    }
  });

  it("in several processes: none fails, and the model of one of them is there, whole", async () => {
    const children = await Promise.all(["a", "b"].map((mark) => started(mark)));
    for (let i = 0; i < 20; i++) {
      await writeDirectory(directory, model(`parent ${i}`));
      await pause(1);
    }
    await Promise.all(children.map(killed));
    expect(versions()).toHaveLength(1);
    await writeDirectory(directory, model("last"));
    expect(versions()).toEqual(["last"]);
    expectTidy();
  });
});

describe("a save into a directory that is not plain", () => {
  it("replaces links to files elsewhere, as the hub's cache has them, and leaves those files alone", async () => {
    const blobs = join(place, "blobs");
    mkdirSync(blobs, { recursive: true });
    mkdirSync(join(directory, "1_Pooling"), { recursive: true });
    for (const name of names) {
      const blob = join(blobs, name.replace("/", "_"));
      writeFileSync(blob, `blob of ${name}`);
      symlinkSync(blob, join(directory, name));
    }
    await writeDirectory(directory, model("new"));
    expect(versions()).toEqual(["new"]);
    expectTidy();
    for (const name of names) expect(readFileSync(join(blobs, name.replace("/", "_")), "utf8")).toMatch(/^blob/);
  });

  it("names a file that stands where a directory must be, and writes nothing", async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "1_Pooling"), "mine");
    await expect(writeDirectory(directory, model("new"))).rejects.toThrow(join(directory, "1_Pooling"));
    expect(readdirSync(directory)).toEqual(["1_Pooling"]);
  });

  it("refuses a part that is not bytes, and leaves nothing", async () => {
    const files = new Map([["a", ["text"]]]);
    // @ts-expect-error a string is not bytes
    await expect(writeDirectory(directory, files)).rejects.toThrow(/a part of .* is not a Uint8Array/);
    expect(existsSync(directory)).toBe(false);
  });
});
