import nodeFs, { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSource } from "../../../src/checkpoint";
import type { FileSystem } from "../../../src/checkpoint/saving/file-system";
import { withOwner } from "../../../src/checkpoint/saving/owner";
import { saveFiles } from "../../../src/checkpoint/saving/save-files";

const bytes = (text: string) => new TextEncoder().encode(text);
const model = (version: string, ...more: string[]) =>
  new Map(["config.json", "model.safetensors", "1_Pooling/config.json", ...more].map((file) => [file, bytes(version)]));

/** Every third file is only in the old model, only in the new one, or in both; README.md is the user's own. */
const OLD = model("old", "model-00001-of-00001.safetensors", "1_Pooling/model-old.safetensors");
const NEW = model("new", "generation_config.json");
const isWeights = (file: string) => /^(1_Pooling\/)?model-.*safetensors$/.test(file);

/** A file system in memory, where there is one: these tests make many small files. */
const MEMORY = "/dev/shm";
let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "saving-")), "model");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true }));

function writeOld(): void {
  mkdirSync(join(directory, "1_Pooling"), { recursive: true });
  for (const [file, content] of OLD) writeFileSync(join(directory, file), content);
  writeFileSync(join(directory, "README.md"), "mine");
}

/** What any program finds under the names of both models, links followed. */
function found(): Record<string, string> {
  const names = [...new Set([...OLD.keys(), ...NEW.keys()])].filter((file) => existsSync(join(directory, file)));
  return Object.fromEntries(names.map((file) => [file, readFileSync(join(directory, file), "utf8")]));
}

/** What this library finds. */
async function read(): Promise<Record<string, string>> {
  const opened = await openSource(directory);
  const entries: [string, string][] = [];
  for (const file of new Set([...OLD.keys(), ...NEW.keys()])) {
    const content = await opened.readOptional(file);
    if (content !== undefined) entries.push([file, new TextDecoder().decode(content)]);
  }
  return Object.fromEntries(entries);
}

const whole = (files: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...files].map(([file, content]) => [file, new TextDecoder().decode(content)]));
const versionOf = (files: Record<string, string>) =>
  JSON.stringify(Object.entries(files).sort()) === JSON.stringify(Object.entries(whole(OLD)).sort())
    ? "old"
    : JSON.stringify(Object.entries(files).sort()) === JSON.stringify(Object.entries(whole(NEW)).sort())
      ? "new"
      : JSON.stringify(files);

/** `node:fs` in which `before` is asked ahead of every call that changes something. */
function watched(before: (call: string) => void): FileSystem {
  const around = <Target extends object>(target: Target, names: RegExp): Target =>
    new Proxy(target, {
      get(real, name) {
        const value: unknown = Reflect.get(real, name);
        if (typeof value !== "function" || typeof name !== "string") return value;
        return (...args: unknown[]) => {
          if (names.test(name)) before(name);
          // Slow on a busy disk, and nothing here pulls the plug.
          if (/sync$|fsync/.test(name)) return undefined;
          const result: unknown = Reflect.apply(value, real, args);
          if (name !== "open") return result;
          return (result as Promise<object>).then((file) => around(file, /writeFile|sync/));
        };
      },
    });
  const promises = around({ open: nodeFs.promises.open }, /open/);
  return around({ ...nodeFs, promises }, /^(fsync|link|mkdir|rename|rm|rmdir|symlink|unlink|utimes|writeFile)Sync$/);
}

const refused = (code: string) => Object.assign(new Error(`${code}: made up`), { code });
const noLinks = (call: string) => {
  if (/link/.test(call) && call !== "unlinkSync") throw refused("EPERM");
};

const save = (fs: FileSystem, files = NEW) =>
  withOwner(
    "here",
    () => "test",
    (owner) => saveFiles(fs, directory, files, owner, { remove: isWeights, removeIn: ["1_Pooling"] }),
  );

/** Every call of a save by its number. */
async function callsOf(prepare: () => void, extra: (call: string) => void = () => {}): Promise<string[]> {
  const calls: string[] = [];
  prepare();
  await save(
    watched((call) => {
      calls.push(call);
      extra(call);
    }),
  );
  rmSync(directory, { recursive: true });
  return calls;
}

/** Nothing but the files of the new model, and README.md if it was there. */
function expectTidy(): void {
  const mine = existsSync(join(directory, "README.md")) ? ["README.md"] : [];
  expect(readdirSync(directory, { recursive: true }).sort()).toEqual([...NEW.keys(), "1_Pooling", ...mine].sort());
  expect(readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink())).toEqual([]);
}

const starts: [string, () => void, string][] = [
  ["an older model", writeOld, "old"],
  ["a new directory", () => {}, "{}"],
];

describe.each(starts)("a save over %s", (_, prepare, before) => {
  it("that is killed at any moment leaves the old model or the new one for every reader, and the next save tidies", async () => {
    const calls = await callsOf(prepare);
    expect(calls.length).toBeGreaterThan(30);
    const seen: string[] = [];
    for (let last = 0; last < calls.length; last++) {
      prepare();
      let call = 0;
      const dying = watched(() => {
        if (call++ >= last) throw new Error("killed");
      });
      await save(dying).catch(() => {});
      const version = versionOf(found());
      expect([version, last, calls[last]]).toEqual([versionOf(await read()), last, calls[last]]);
      expect([before, "new"]).toContain(version);
      seen.push(version);
      await save(watched(() => {}));
      expect(versionOf(found())).toBe("new");
      expectTidy();
      rmSync(directory, { recursive: true });
    }
    // Old, then new: one step.
    expect(seen).toEqual(seen.toSorted((left, right) => Number(left === "new") - Number(right === "new")));
    expect(new Set(seen)).toEqual(new Set([before, "new"]));
  });

  it("that is killed where there are no links leaves the old or the new model, and never one that others mix up", async () => {
    const calls = await callsOf(prepare, noLinks);
    const seen: string[] = [];
    for (let last = 0; last < calls.length; last++) {
      prepare();
      let call = 0;
      const dying = watched((name) => {
        if (call++ >= last) throw new Error("killed");
        noLinks(name);
      });
      await save(dying).catch(() => {});
      const version = versionOf(await read());
      expect([before, "new"]).toContain(version);
      if ("config.json" in found()) expect([before, "new"]).toContain(versionOf(found()));
      seen.push(version);
      await save(watched(noLinks));
      expect(versionOf(found())).toBe("new");
      expectTidy();
      rmSync(directory, { recursive: true });
    }
    expect(new Set(seen)).toEqual(new Set([before, "new"]));
  });

  it("in which any one call fails keeps the old model and leaves nothing, or saves the new one all the same", async () => {
    const calls = await callsOf(prepare);
    for (let at = 0; at < calls.length; at++) {
      prepare();
      const tree = () => (existsSync(directory) ? readdirSync(directory, { recursive: true }).sort() : []);
      const untouched = tree();
      let call = 0;
      const code = ["ENOSPC", "EIO", "EACCES"][at % 3]!;
      const failing = watched(() => {
        if (call++ === at) throw refused(code);
      });
      const outcome: unknown = await save(failing).then(
        () => "saved",
        (error: unknown) => error,
      );
      const version = versionOf(found());
      if (outcome === "saved") expect(version).toBe("new");
      else {
        const finishing = String(outcome).includes("finishing the save");
        expect([version, calls[at], String(outcome)]).toEqual([finishing ? "new" : before, calls[at], String(outcome)]);
        expect(String(outcome)).toContain(directory);
        expect(String(outcome)).toContain(code);
        if (!finishing) expect([calls[at], tree()]).toEqual([calls[at], untouched]);
      }
      expect(versionOf(await read())).toBe(version);
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

it("a full disk is named with the file for which there was no room", async () => {
  writeOld();
  let writes = 0;
  const full = watched((call) => {
    if (call === "writeFile" && ++writes === 2) throw refused("ENOSPC");
  });
  const message = `writing ${join(directory, "model.safetensors")}: no space left on the device (ENOSPC)`;
  await expect(save(full)).rejects.toThrow(message);
  expect(versionOf(found())).toBe("old");
});
