import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { openSource, type Progress, readCheckpoint } from "../../../src/checkpoint";
import { FormatError } from "../../../src/errors";
import { fromPretrained } from "../../../src/families";
import { loadTokenizer } from "../../../src/tokenizer";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model`;
}

/** A port on which nothing listens. */
async function freePort(): Promise<string> {
  const url = await serve(() => {});
  await closing.pop()?.();
  return url;
}

const failures: [string, () => Promise<string>, RegExp][] = [
  ["nothing listens", freePort, /ECONNREFUSED/],
  ["the browser standard forbids the port", async () => "http://127.0.0.1:1/model", /bad port/],
  ["the name is unknown", async () => "http://no-such-host.invalid/model", /ENOTFOUND|EAI_AGAIN/],
  [
    "the connection breaks before an answer",
    () => serve((request) => request.socket.destroy()),
    /other side closed|ECONNRESET|terminated/,
  ],
  [
    "the connection breaks in the middle of the file",
    () =>
      serve((request, response) => {
        response.writeHead(200, { "content-length": 1000 }).write("{");
        setTimeout(() => request.socket.destroy(), 20);
      }),
    /terminated|closed|ECONNRESET/,
  ],
  [
    "the server redirects in a circle",
    () => serve((_, response) => response.writeHead(302, { location: "/model" }).end()),
    /redirect/,
  ],
  ["the server fails", () => serve((_, response) => response.writeHead(500).end("oh")), /the server answered 500/],
  ["the server is too busy", () => serve((_, response) => response.writeHead(503).end()), /the server answered 503/],
  [
    "the server wants a password",
    () => serve((_, response) => response.writeHead(401).end()),
    /the server answered 401/,
  ],
];

describe.each(failures)("where %s", (_, start, cause) => {
  it("every way to load says which URL failed, and why", async () => {
    const url = await start();
    const opened = await openSource(`${url}?signature=secret`);
    const ways: (() => Promise<unknown>)[] = [
      () => fromPretrained(url),
      () => loadTokenizer(new URL(url)),
      () => opened.readOptional("config.json"),
      () => opened.readJson("config.json"),
    ];
    for (const way of ways) {
      const error: unknown = await way().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).toContain(`fetching ${url}/`);
      expect(String(error)).toMatch(cause);
      expect(String(error)).not.toContain("secret");
    }
  });
});

describe("a file that a server does not have", () => {
  const absences: [string, RequestListener, RegExp][] = [
    ["404", (_, response) => response.writeHead(404).end(), /the server answered 404/],
    ["410", (_, response) => response.writeHead(410).end(), /the server answered 410/],
    [
      "403, as object stores answer",
      (_, response) => response.writeHead(403).end("<Error/>"),
      /the server answered 403/,
    ],
    ["a page", (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"), /a web page/],
  ];
  it.each(absences)("is absent if it is optional, and is named if it is needed: %s", async (_, answer, message) => {
    const url = await serve(answer);
    const opened = await openSource(url);
    expect(await opened.readOptional("generation_config.json")).toBeUndefined();
    expect(await opened.readOptionalJson("generation_config.json")).toBeUndefined();
    const error: unknown = await fromPretrained(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect(String(error)).toMatch(message);
    expect(String(error)).toContain(`${url}/config.json`);
  });

  it("is named with its URL if a page comes in place of JSON without saying so", async () => {
    const url = await serve((_, response) => response.end("<!doctype html>"));
    await expect(fromPretrained(url)).rejects.toThrow(`${url}/config.json: line 1, column 1: found "<!doctype html>"`);
  });
});

describe("the progress of a compressed answer", () => {
  const content = Buffer.from("a".repeat(100_000));
  const compressed = gzipSync(content);
  const progressOf = async (url: string) => {
    const seen: Progress[] = [];
    const bytes = await (await openSource(url)).read("file", (progress) => seen.push(progress));
    expect(Buffer.compare(bytes, content)).toBe(0);
    return seen;
  };

  it("has no total, as the header counts the bytes on the wire", async () => {
    const headers = { "content-encoding": "gzip", "content-length": compressed.length };
    const seen = await progressOf(await serve((_, response) => response.writeHead(200, headers).end(compressed)));
    expect(seen.at(-1)).toEqual({ file: "file", loaded: content.length });
    expect(seen.some((progress) => "total" in progress)).toBe(false);
  });

  it("never goes beyond 100 %, even if the page may not see that the answer is compressed", async () => {
    const real = globalThis.fetch;
    closing.push(async () => {
      globalThis.fetch = real;
    });
    globalThis.fetch = async () => {
      const response = new Response(content, { headers: { "content-length": String(compressed.length) } });
      return Object.defineProperty(response, "type", { value: "cors" });
    };
    const seen = await progressOf("http://localhost/model");
    for (const { loaded, total = loaded } of seen) expect(loaded).toBeLessThanOrEqual(total);
  });
});

it("an answer of another length than its header says is refused with the URL", async () => {
  const real = globalThis.fetch;
  closing.push(async () => {
    globalThis.fetch = real;
  });
  globalThis.fetch = async () => new Response("{}", { headers: { "content-length": "3" } });
  const opened = await openSource("http://localhost/model");
  await expect(opened.readJson("config.json")).rejects.toThrow(
    "fetching http://localhost/model/config.json: the response has 2 bytes, but its header declares 3",
  );
});

it("an error of the progress callback is the caller's own", async () => {
  const url = await serve((_, response) => response.end("{}"));
  const mine = new Error("mine");
  const read = (await openSource(url)).read("x", () => {
    throw mine;
  });
  await expect(read).rejects.toBe(mine);
});

describe("weights that a server does not give", () => {
  const asked: string[] = [];
  const without = (status: number, other?: string) =>
    serve((request, response) => {
      const there = other !== undefined && request.url?.endsWith(other);
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(there ? 200 : status).end(there ? "x" : undefined);
    });

  it("are missing with the answer of the server", async () => {
    const url = await without(403);
    await expect(readCheckpoint(await openSource(url))).rejects.toThrow(
      `model.safetensors: found no such file (${url}/model.safetensors: the server answered 403 Forbidden)`,
    );
  });

  it("are named where they are there in a form that is not read, which is not fetched", async () => {
    const url = await without(404, "/pytorch_model.bin");
    asked.length = 0;
    await expect(readCheckpoint(await openSource(url))).rejects.toThrow("no such file, but pytorch_model.bin");
    expect(asked.filter((one) => one.endsWith(".bin"))).toEqual(["HEAD /model/pytorch_model.bin"]);
  });
});

it.each([
  [200, "Text/HTML; charset=utf-8"],
  [200, "application/xhtml+xml"],
  [204, "application/json"],
])("an answer of %d %s is no file", async (status, type) => {
  const url = await serve((_, response) => response.writeHead(status, { "content-type": type }).end());
  const opened = await openSource(url);
  expect(await opened.readOptional("config.json")).toBe(undefined);
  await expect(opened.read("config.json")).rejects.toThrow(
    /config\.json: found no such file \(http.*the server answered/,
  );
});

it("a password in a URL is refused, and not repeated", async () => {
  const error = await openSource("https://me:secret@127.0.0.1/model").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RangeError);
  expect(String(error)).toContain("the URL of 127.0.0.1 has a user name or a password");
  expect(String(error)).not.toContain("secret");
});
