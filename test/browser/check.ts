/** Opens the built package in a real browser, in pages with and without shared memory: `npm run check:browser`. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { browserPath } from "./browser-path";
import * as inNode from "./page";
import { isolation, policy, serve, strictPolicy } from "./serve";

type Used = Awaited<ReturnType<typeof inNode.use>>;
declare const page: typeof inNode;

const executablePath = browserPath();

const models = "/examples/models";
const expected = await inNode.use(fileURLToPath(new URL("../..", import.meta.url)) + models);
const browser = await chromium.launch({ executablePath, args: ["--disable-background-networking", "--disable-quic"] });

/** Runs a check in a page of its own, served with these headers; the page may report no error. */
async function inPage(headers: Record<string, string>, check: (tab: Page, address: string) => Promise<void>) {
  const server = await serve(headers);
  const tab = await browser.newPage();
  const complaints: string[] = [];
  tab.on("pageerror", (error) => complaints.push(error.message));
  try {
    await tab.goto(server.address);
    await tab.waitForFunction(() => "page" in globalThis);
    await check(tab, server.address + models);
    assert.deepEqual(complaints, []);
  } finally {
    await tab.close();
    await server.close();
  }
}

function expectSame(used: Used, kernels = "wasm") {
  assert.ok(used.kernels.name.startsWith(kernels), `the kernels are ${used.kernels.name}`);
  assert.deepEqual([used.text, used.small], [expected.text, expected.small]);
  assert.equal(used.hidden.length, expected.hidden.length);
  const difference = Math.max(...used.hidden.map((x, i) => Math.abs(x - expected.hidden[i]!)));
  assert.ok(difference <= 1e-5, `hidden states differ by ${difference}`);
}

/** A model in a worker, and a chat, which alone loads the package for templates. */
async function expectSameElsewhere(tab: Page, address: string) {
  const requested: string[] = [];
  tab.on("request", (request) => requested.push(request.url()));
  const { text, streamed, aborted, closed } = await tab.evaluate((from) => page.useInWorker(from), address);
  assert.deepEqual([text, streamed, aborted], [expected.text, expected.text, "enough"]);
  assert.match(closed, /inWorker: the worker was closed/);
  const templates = () => requested.filter((url) => url.includes("@huggingface"));
  assert.deepEqual(templates(), []);
  assert.equal(await tab.evaluate((from) => page.useChat(from), address), expected.text);
  assert.equal(templates().length, 1);
}

try {
  await inPage(isolation, async (tab, address) => {
    const alone = await tab.evaluate((from) => page.use(from), address);
    expectSame(alone);
    const shared = await tab.evaluate((from) => page.useWithThreads(from, 2), address);
    assert.ok(typeof shared === "object", `threads: ${shared}`);
    assert.equal(shared.kernels.threads, 2);
    assert.deepEqual(shared.hidden, alone.hidden, "threads change the bits");
    expectSame(shared);
    await expectSameElsewhere(tab, address);
    console.log(`${browser.version()}: ${shared.kernels.name}, 1 and 2 threads, as in Node.`);
  });
  await inPage({}, async (tab, address) => {
    expectSame(await tab.evaluate((from) => page.use(from), address));
    const message = await tab.evaluate((from) => page.useWithThreads(from, 2), address);
    assert.match(
      String(message),
      /Cross-Origin-Opener-Policy: same-origin.*Cross-Origin-Embedder-Policy: require-corp/,
    );
    await expectSameElsewhere(tab, address);
    console.log("Without the headers: one thread, as in Node, and an error that names them.");
  });
  await inPage(strictPolicy(), async (tab, address) => {
    expectSame(await tab.evaluate((from) => page.use(from), address));
    const shared = await tab.evaluate((from) => page.useWithThreads(from, 2), address);
    assert.ok(typeof shared === "object", `threads: ${shared}`);
    expectSame(shared);
    await expectSameElsewhere(tab, address);
    console.log("Under a strict policy: WebAssembly, threads, a model in a worker and chats, as in Node.");
  });
  await inPage(strictPolicy("'self'"), async (tab, address) => {
    const message = await tab.evaluate((from) => page.useWithThreads(from, 2), address);
    assert.match(String(message), /Content-Security-Policy.*worker-src blob:/);
    expectSame(await tab.evaluate((from) => page.use(from), address));
    console.log("Under a policy without worker-src blob: one thread, and an error that names it.");
  });
  await inPage(policy, async (tab, address) => {
    expectSame(await tab.evaluate((from) => page.use(from), address), "reference");
    console.log("Under a policy that forbids WebAssembly: the reference kernels, as in Node.");
  });
} finally {
  await browser.close();
}
