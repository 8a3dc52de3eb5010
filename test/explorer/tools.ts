/** What the checks of the explorer share. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const models = join(root, "examples/models");
export const built = join(root, "examples/explorer/dist");

/** Chromium, if it is installed. */
export async function launch(): Promise<Browser | undefined> {
  const names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
  const paths = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const executablePath = process.env.CHROMIUM ?? paths.find((path) => existsSync(path));
  const args = ["--no-sandbox", "--disable-background-networking", "--disable-quic"];
  return executablePath === undefined ? undefined : chromium.launch({ executablePath, args });
}

export interface Visit {
  tab: Page;
  context: BrowserContext;
  /** Everything that the page asked for. */
  requests: string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** Runs in the page before its own code. */
  before?: () => void;
  /** Runs before the page is opened. */
  prepare?: (context: BrowserContext) => Promise<void>;
  /** Whether some request may fail, which the browser reports as an error. */
  mayFail?: boolean;
}

/** Opens the page, and runs a check; the page may report no error, and no request may leave its server. */
export async function visit(
  browser: Browser,
  address: string,
  { before, prepare, mayFail = false, ...options }: VisitOptions,
  check: (visit: Visit) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  // What tsx adds to named functions, which run in the page here.
  await context.addInitScript({ content: "globalThis.__name = (f) => f" });
  if (before) await context.addInitScript(before);
  await prepare?.(context);
  const tab = await context.newPage();
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => {
    const isRequest = /Failed to load resource|preload/.test(message.text());
    const isOurs = /blocked by Playwright/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !(mayFail && isRequest) && !isOurs)
      complaints.push(message.text());
  });
  try {
    await tab.goto(address);
    await check({ tab, context, requests });
    assert.deepEqual(complaints, []);
    const { origin } = new URL(address);
    const isOwn = (url: string) => url.startsWith(origin) || url.startsWith("data:");
    assert.deepEqual(
      requests.filter((url) => !isOwn(url)),
      [],
      "requests to other servers",
    );
  } finally {
    await context.close();
  }
}

/** Waits until the first result is there. @returns milliseconds since the page began to load */
export async function firstResult(tab: Page): Promise<number> {
  await tab.waitForSelector("[data-first-result]", { state: "attached" });
  return Number(await tab.evaluate(() => document.documentElement.dataset.firstResult));
}

export const scrollTo = (tab: Page, id: string): Promise<void> =>
  tab.evaluate((target) => document.getElementById(target)!.scrollIntoView({ behavior: "instant" }), id);

/** The exact numbers of a part of the page. */
export const valuesOf = (tab: Page, selector: string): Promise<number[]> =>
  tab.$$eval(selector, (elements) => elements.map((element) => Number(element.getAttribute("data-value"))));

/** The numbers of a part of the page, once there are some. */
export async function shownValues(tab: Page, selector: string): Promise<number[]> {
  await tab.waitForSelector(selector, { state: "attached" });
  return valuesOf(tab, selector);
}

export function expectClose(found: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(found.length, expected.length, `${what}: ${found.length} numbers, not ${expected.length}`);
  const difference = Math.max(0, ...found.map((value, i) => Math.abs(value - expected[i]!)));
  assert.ok(difference <= 1e-6, `${what}: differs from Node by ${difference}`);
}

/** The text of a visible element, without line breaks. */
export const said = async (tab: Page, selector: string): Promise<string> =>
  (await tab.locator(selector).first().innerText()).replaceAll(/\s+/g, " ").trim();
