import { readdirSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenedSource, openSource, type Progress, type Source, writeDirectory } from "../../../src/checkpoint";
import { parseJson } from "../../../src/checkpoint/json/parse-json";
import { newBytes } from "../../../src/checkpoint/sources/file-parts";
import { FormatError } from "../../../src/errors";
import { fromPretrained } from "../../../src/families";
import { loadTokenizer } from "../../../src/tokenizer";

const files = new Map([
  ["config.json", new TextEncoder().encode('{"model_type": "llama"}')],
  ["broken.json", new TextEncoder().encode('{\n  "a": 1,\n  "b": }')],
  ["cut.json", new TextEncoder().encode('{"a": [')],
  ["latin.json", Uint8Array.of(0x22, 0xe9, 0x22)],
  ["weights", new Uint8Array(100_000).fill(7)],
]);

let directory: string;
const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(request.url ?? "");
  const { pathname } = new URL(request.url ?? "", "http://localhost");
  const bytes = files.get(decodeURIComponent(pathname.replace("/models/tiny/", "")));
  if (pathname.endsWith("failing")) response.writeHead(500).end();
  else if (pathname.startsWith("/page/")) response.writeHead(200, { "content-type": "text/html" }).end("<p>hello</p>");
  else if (bytes === undefined) response.writeHead(404).end("not here");
  else response.writeHead(200, { "content-length": bytes.length }).end(bytes);
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "source-"));
  for (const [name, bytes] of files) await writeFile(join(directory, name), bytes);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const sources: [string, () => Source][] = [
  ["a directory path", () => directory],
  ["a file URL", () => pathToFileURL(directory)],
  ["a file URL as text", () => `${pathToFileURL(directory)}/`],
  ["an http URL", () => `${origin()}/models/tiny`],
  ["an http URL object", () => new URL(`${origin()}/models/tiny/?token=1`)],
  ["an object that gives undefined", () => ({ read: async (name: string) => files.get(name) })],
  [
    "an object that rejects",
    () => ({
      read: async (name: string) => {
        const bytes = files.get(name);
        if (bytes === undefined) throw new Error(`nobody knows ${name}`);
        return bytes;
      },
    }),
  ],
];

describe.each(sources)("openSource of %s", (_, source) => {
  const open = (): Promise<OpenedSource> => openSource(source());

  it("reads files and JSON", async () => {
    const opened = await open();
    expect(await opened.readJson("config.json")).toEqual({ model_type: "llama" });
    expect(Buffer.compare(await opened.read("weights"), files.get("weights") ?? new Uint8Array())).toBe(0);
    expect((await opened.readOptional("weights"))?.length).toBe(100_000);
  });

  it("reports progress up to the whole file", async () => {
    const seen: Progress[] = [];
    await (await open()).read("weights", (progress) => seen.push(progress));
    expect(seen.at(-1)).toEqual({ file: "weights", loaded: 100_000, total: 100_000 });
    expect(seen.map(({ loaded }) => loaded)).toEqual(seen.map(({ loaded }) => loaded).sort((a, b) => a - b));
  });

  it("names the directory and the file that is missing, and what belongs there", async () => {
    const opened = await open();
    expect(await opened.readOptional("tokenizer.json")).toBeUndefined();
    const error: unknown = await opened.read("tokenizer.json").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect(String(error)).toContain(`${opened.name}: tokenizer.json: found no such file`);
    expect(String(error)).toContain("config.json");
    await expect(opened.readJson("tokenizer.json")).rejects.toThrow(FormatError);
  });

  it.each([
    ["broken.json", /broken\.json: line 3, column 8: /],
    ["cut.json", /cut\.json: line 1, column 8: /],
    ["latin.json", /latin\.json: found invalid UTF-8/],
  ])("names the line and column where %s is not JSON", async (name, message) => {
    const opened = await open();
    await expect(opened.readJson(name)).rejects.toThrow(FormatError);
    await expect(opened.readJson(name)).rejects.toThrow(message);
  });

  it.each(["../secret", "a/../../b", "/etc/hosts", "C:\\x", "c:x", "..\\x", "", ".", "a//b", "https://x/y", "a\0b"])(
    "does not leave the directory for %j",
    async (name) => {
      const opened = await open();
      await expect(opened.read(name)).rejects.toThrow(/expected the name of a file inside the directory/);
      await expect(opened.readOptional(name)).rejects.toThrow(FormatError);
    },
  );
});

describe("openSource", () => {
  it("keeps the query of a URL and escapes the file's name", async () => {
    requests.length = 0;
    const opened = await openSource(`${origin()}/models/tiny?token=secret`);
    await opened.readOptional("a b#?.json");
    expect(requests).toEqual(["/models/tiny/a%20b%23%3F.json?token=secret"]);
    expect(opened.name).not.toContain("secret");
  });

  it("takes a web page for a missing file, and a failing server for a failure", async () => {
    expect(await (await openSource(`${origin()}/page`)).readOptional("config.json")).toBeUndefined();
    const opened = await openSource(`${origin()}/models/tiny`);
    await expect(opened.readOptional("failing")).rejects.toThrow(/failing: the server answered 500/);
  });

  it("gives the reason of a reader's error", async () => {
    const opened = await openSource({ read: () => Promise.reject(new Error("shelf is empty")) });
    await expect(opened.read("config.json")).rejects.toThrow(/no such file \(shelf is empty\)/);
  });

  it("reports a file that is too large for a string, or for memory, as such", async () => {
    expect(() => newBytes(2 ** 53 - 1, "model/large.json")).toThrow(
      `reading model/large.json: out of memory: cannot allocate ${2 ** 53 - 1} bytes`,
    );
    // The length alone, as half a gigabyte takes a second to make.
    const large = new Proxy(new Uint8Array(1), {
      get: (bytes, name) => (name === "length" ? 2 ** 29 : Reflect.get(bytes, name)),
    });
    expect(() => parseJson(large, "large.json")).toThrow(
      `large.json: found ${2 ** 29} bytes, expected JSON of at most`,
    );
  });

  it("refuses a path that no file system takes", async () => {
    await expect(openSource("model\0")).rejects.toThrow("openSource: the source has a NUL character");
  });

  it("names a directory that does not exist", async () => {
    await expect((await openSource("./no/such/place")).readJson("config.json")).rejects.toThrow(/\.\/no\/such\/place/);
  });

  it("refuses other kinds of source", async () => {
    // @ts-expect-error a number is no source
    await expect(openSource(5)).rejects.toThrow(TypeError);
    // @ts-expect-error nor is an object that cannot read
    await expect(openSource({})).rejects.toThrow(TypeError);
    await expect(openSource(new URL("ftp://host/x"))).rejects.toThrow(RangeError);
    // @ts-expect-error text is not bytes
    const opened = await openSource({ read: async () => "text" });
    await expect(opened.read("x")).rejects.toThrow(/read\("x"\) must resolve to a Uint8Array/);
  });
});

describe.skipIf(process.platform !== "linux")("a directory leaves no file open", () => {
  const openFiles = () => readdirSync("/proc/self/fd").map((fd) => linkOf(`/proc/self/fd/${fd}`));
  const left = () => openFiles().filter((path) => path.startsWith(directory));
  const linkOf = (path: string) => {
    try {
      return readlinkSync(path);
    } catch {
      // The descriptor that read the list.
      return "";
    }
  };

  it("after reading, asking, looking for changes and failing", async () => {
    const opened = await openSource(directory);
    await mkdir(join(directory, "folder"), { recursive: true });
    const parts = await opened.openOptional("weights");
    expect(left()).toEqual([join(directory, "weights")]);
    await parts!.close();
    await opened.read("config.json");
    await opened.readOptional("tokenizer.json");
    expect(await opened.holds("weights")).toBe(true);
    expect(await opened.holds("tokenizer.json")).toBe(false);
    expect(await opened.unchanged()).toBe(true);
    await expect(opened.read("folder")).rejects.toThrow(/folder: it is a directory/);
    await expect(opened.readJson("broken.json")).rejects.toThrow(FormatError);
    expect(left()).toEqual([]);
  });
});

describe.each([
  ["openSource", openSource],
  ["fromPretrained", fromPretrained],
  ["loadTokenizer", loadTokenizer],
])("what %s cannot open is said in its name", (name, open) => {
  const reader = { read: async () => "text" };
  it.each([
    [undefined],
    [7],
    [""],
    ["model\0"],
    ["http://"],
    [new URL("ftp://a/b")],
    [new URL("http://a:b@c/d")],
    [new URL("file://host/a")],
    [reader],
  ])("%j", async (source) => {
    const opened = Reflect.apply(open, undefined, [source]) as Promise<object>;
    const read = async () => Reflect.apply(((await opened) as OpenedSource).read, undefined, ["config.json"]);
    await expect(read()).rejects.toThrow(RegExp(`^${name}: `));
  });
});

it("a GGUF file whose name in a URL cannot be decoded is refused, and a file: URL with a host is no place to write", async () => {
  await expect(loadTokenizer("https://a/b%ff.gguf")).rejects.toThrow(/^loadTokenizer: a percent sign in https/);
  await expect(writeDirectory(new URL("file://host/a"), new Map())).rejects.toThrow(/^writeDirectory: the URL file:/);
});
