/** What visitors, browsers and servers do wrong: each is answered by a sentence that helps. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expectClose, firstResult, models, said, scrollTo, valuesOf, visit } from "./tools";

const notice = async (tab: Page, place: string, pattern: RegExp): Promise<void> => {
  await tab.locator(`${place} .notice:visible`).filter({ hasText: pattern }).first().waitFor({ timeout: 15_000 });
  assert.doesNotMatch(await said(tab, "body"), /\bat \S+:\d+:\d+|undefined|\[object|NaN/);
};

/** Texts that are no text. */
export async function badTexts(tab: Page): Promise<void> {
  const type = async (text: string) => tab.locator("#text").fill(text);
  await type("");
  await notice(tab, ".prompt", /The field is empty/);
  await scrollTo(tab, "attention");
  await type("a".repeat(100_000));
  await notice(tab, ".prompt", /100,000 characters.*last 64 tokens/);
  await type("once upon a time 👨‍👩‍👧‍👦 ".repeat(4000));
  await notice(tab, ".prompt", /last 64 tokens/);
  await type("👨‍👩‍👧‍👦");
  await notice(tab, ".prompt", /has never seen “👨‍👩‍👧‍👦”/);
  await scrollTo(tab, "tokens");
  await tab.locator("#tokens .chip", { hasText: "F0" }).first().waitFor();
  await scrollTo(tab, "masked");
  for (const text of ["", "👨‍👩‍👧‍👦"]) {
    await tab.locator("#masked-text").fill(text);
    await notice(tab, "#masked", /Type a sentence/);
  }
  await scrollTo(tab, "translation");
  await tab.locator("#translation-text").fill(" ");
  await notice(tab, "#translation", /The field is empty/);
  await tab.locator("#translation-text").fill("👨‍👩‍👧‍👦 ".repeat(25));
  await tab.waitForTimeout(600);
  await scrollTo(tab, "analogy");
  await tab.getByLabel("Word: plus").fill("xyzzy");
  await tab.getByLabel("Word: plus").blur();
  await notice(tab, "#analogy", /"xyzzy" is not in the vocabulary/);
  await tab.getByLabel("Word: plus").fill("");
  await tab.getByLabel("Word: plus").blur();
  await notice(tab, "#analogy", /A field is empty/);
  await scrollTo(tab, "training");
  await tab.locator("#training-text").fill("too short");
  await tab.getByRole("button", { name: /^Train/ }).click();
  await notice(tab, "#training", /at least 48 characters/);
  await tab.locator("#text").fill("Once upon a time");
  await tab.locator(".prompt .notice").waitFor({ state: "hidden" });
}

/** Models of the visitor's own: good and bad folders and addresses. */
export async function ownModels(tab: Page, address: string): Promise<void> {
  await scrollTo(tab, "own");
  const picker = tab.locator("#own-folder");
  const open = async (from: string) => {
    await tab.locator("#own-address").fill(from);
    await tab.getByRole("button", { name: "Open", exact: true }).click();
  };
  await picker.setInputFiles(join(models, "story"));
  await tab.locator("#own .summary", { hasText: "Steps 1 to 5 now show story" }).waitFor();
  await tab.getByRole("button", { name: "Back to the storyteller" }).click();
  await open(new URL("story", address).href);
  await tab.locator("#own .summary", { hasText: "Steps 1 to 5 now show" }).waitFor();
  await picker.setInputFiles(join(models, "fill"));
  await notice(tab, "#own", /does not continue texts/);
  await open("");
  await notice(tab, "#own", /Type the address/);
  await open(new URL("nowhere", address).href);
  await notice(tab, "#own", /config\.json.*404/);
  await open(new URL("page", address).href);
  await notice(tab, "#own", /config\.json.*web page/);
  await open("no address at all");
  await notice(tab, "#own", /\.$/);
  await open("ftp://example.org/model");
  await notice(tab, "#own", /must begin with http/);
}

/** Browsers and devices that lack something. */
export async function poorBrowsers(browser: Browser, address: string): Promise<void> {
  let expected: number[] = [];
  const bars = async (tab: Page) => {
    await firstResult(tab);
    await scrollTo(tab, "distribution");
    await tab.waitForSelector("#distribution .bars li");
    return valuesOf(tab, "#distribution .bars li");
  };
  const noShared = () => Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
  await visit(browser, address, { before: noShared }, async ({ tab }) => {
    expected = await bars(tab);
  });
  const noSimd = () => {
    WebAssembly.validate = () => false;
  };
  await visit(browser, address, { before: noSimd }, async ({ tab }) => {
    const found = await bars(tab);
    await tab.locator(".notice:visible", { hasText: "no WebAssembly SIMD" }).waitFor();
    assert.match(await said(tab, ".page-foot"), /reference/);
    expectClose(found.slice(0, 3), expected.slice(0, 3), "reference kernels");
  });
  const noMemory = () => {
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
    };
    Object.defineProperty(navigator, "deviceMemory", { value: 0.001 });
  };
  await visit(browser, address, { before: noMemory }, async ({ tab }) => {
    await scrollTo(tab, "own");
    await tab.locator("#own-folder").setInputFiles(join(models, "story"));
    await notice(tab, "#own", /too much for the 0.001 GiB of memory/);
  });
}

/** Whether the service worker is at work, and keeps all models. */
const keepsEverything = (tab: Page): Promise<boolean> =>
  tab.evaluate(async () => {
    const { active } = (await navigator.serviceWorker.getRegistration()) ?? {};
    const [name] = await caches.keys();
    if (active?.state !== "activated" || name === undefined) return false;
    const kept = await (await caches.open(name)).keys();
    const has = (model: string) => kept.some(({ url }) => url.endsWith(`${model}/model.safetensors`));
    return ["story", "fill", "translate", "words"].every(has);
  });

/** Without a network: what was loaded works, and the rest is asked for in a sentence. */
export async function withoutNetwork(browser: Browser, address: string): Promise<void> {
  await visit(browser, address, { mayFail: true }, async ({ tab, context }) => {
    await firstResult(tab);
    for (let waits = 0; !(await keepsEverything(tab)); waits++) {
      assert.ok(waits < 150, "the service worker does not keep the models");
      await tab.waitForTimeout(200);
    }
    await context.setOffline(true);
    await tab.reload();
    await firstResult(tab);
    await scrollTo(tab, "translation");
    await tab.locator("#translation output", { hasText: "Apfel" }).waitFor();
    await scrollTo(tab, "analogy");
    await tab.locator("#analogy output", { hasText: "queen" }).waitFor();
  });
  await visit(browser, address, { mayFail: true, serviceWorkers: "block" }, async ({ tab, context }) => {
    await firstResult(tab);
    await context.setOffline(true);
    await scrollTo(tab, "translation");
    await notice(tab, "#translation", /you are offline/);
  });
}

/** A server that has lost the first model: a sentence, and a button that tries again. */
export async function lostModel(browser: Browser, address: string): Promise<void> {
  const lost = "**/story/model.safetensors";
  const prepare = async (context: BrowserContext) => {
    await context.route(lost, (route) => route.fulfill({ status: 404, body: "no" }));
  };
  await visit(browser, address, { mayFail: true, serviceWorkers: "block", prepare }, async ({ tab, context }) => {
    await tab.locator(".page-status", { hasText: "story/model.safetensors could not be fetched" }).waitFor();
    await context.unroute(lost);
    await tab.getByRole("button", { name: "Try again" }).click();
    await firstResult(tab);
  });
}
