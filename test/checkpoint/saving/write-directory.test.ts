import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSource, writeDirectory } from "../../../src/checkpoint";
import { FormatError } from "../../../src/errors";

const bytes = (text: string) => new TextEncoder().encode(text);
const files = new Map([
  ["config.json", bytes("{}")],
  ["model.safetensors", bytes("weights")],
]);

let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "target-"));
});
afterEach(() => rm(place, { recursive: true }));

describe("writeDirectory", () => {
  it("makes the directory, leaves only the files, and what it wrote can be read", async () => {
    const target = join(place, "new", "model");
    await writeDirectory(target, files);
    expect((await readdir(target)).sort()).toEqual(["config.json", "model.safetensors"]);
    expect(await (await openSource(target)).readJson("config.json")).toEqual({});
  });

  it("replaces files that are there and keeps the others", async () => {
    await writeFile(join(place, "config.json"), "old and longer");
    await writeFile(join(place, "README.md"), "mine");
    await writeDirectory(pathToFileURL(place), files);
    expect(await readFile(join(place, "config.json"), "utf8")).toBe("{}");
    expect((await readdir(place)).sort()).toEqual(["README.md", "config.json", "model.safetensors"]);
  });

  it("leaves everything unchanged if a file cannot be written", async () => {
    await writeFile(join(place, "config.json"), "old");
    await mkdir(join(place, "model.safetensors"));
    await expect(writeDirectory(place, files)).rejects.toThrow(/model\.safetensors is a directory/);
    expect((await readdir(place)).sort()).toEqual(["config.json", "model.safetensors"]);
    expect(await readFile(join(place, "config.json"), "utf8")).toBe("old");
  });

  it("removes the directory that it made if it fails", async () => {
    const clash = new Map([...files, ["config.json/inner", bytes("x")]]);
    await writeFile(join(place, "file"), "");
    await expect(writeDirectory(join(place, "file", "model"), files)).rejects.toThrow();
    await expect(
      writeDirectory(join(place, "made", "model"), new Map([["a", bytes("1")], ...clash])),
    ).rejects.toThrow();
    expect(await readdir(place)).toEqual(["file"]);
  });

  it("gives the files to an object that writes", async () => {
    const written = new Map<string, Uint8Array>();
    await writeDirectory({ write: async (name, content) => void written.set(name, content) }, files);
    expect(written).toEqual(files);
  });

  it("refuses names that lead out of the directory before writing anything", async () => {
    const names: string[] = [];
    const target = { write: async (name: string) => void names.push(name) };
    await expect(writeDirectory(target, new Map([...files, ["../x", bytes("")]]))).rejects.toThrow(FormatError);
    await expect(writeDirectory(place, new Map([...files, ["../x", bytes("")]]))).rejects.toThrow(FormatError);
    expect([names, await readdir(place)]).toEqual([[], []]);
  });

  it("refuses names in which saves do their work, which it would wait for", async () => {
    const name = ".transformer-blocks-save/current/x";
    await expect(writeDirectory(place, new Map([[name, new Uint8Array(1)]]))).rejects.toThrow(
      `file name: found "${name}", expected another name`,
    );
    expect(readdirSync(place)).toEqual([]);
  });

  it.runIf(existsSync("/proc/self"))("names the directory that cannot be made, without trying again", async () => {
    for (const target of ["/proc/none", "/proc/none/deeper", "/proc"])
      await expect(writeDirectory(target, files)).rejects.toThrow(/writeDirectory: creating \/proc.*ENOENT/);
  });

  it("removes what is asked for, in folders that are named too, and nothing of other folders", async () => {
    const all = ["a.json", "b.json", "in/a.json", "in/b.json", "in/deep/a.json", "other/a.json"];
    await writeDirectory(place, new Map(all.map((file) => [file, new Uint8Array(1)])));
    const options = { remove: (file: string) => file.endsWith("a.json"), removeIn: ["in", "missing"] };
    await writeDirectory(place, new Map([["in/deep/a.json", new Uint8Array(2)]]), options);
    const left = readdirSync(place, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("json"));
    expect(left.sort()).toEqual(["b.json", "in/b.json", "in/deep/a.json", "other/a.json"]);
  });

  it("refuses other kinds of target", async () => {
    // @ts-expect-error a number is no target
    await expect(writeDirectory(5, files)).rejects.toThrow(TypeError);
    await expect(writeDirectory(new URL("https://host/x"), files)).rejects.toThrow(RangeError);
  });
});

it("writeDirectory refuses a URL that is not a file URL", async () => {
  await expect(writeDirectory("https://example.org/model", new Map())).rejects.toThrow("must begin with file:");
});
