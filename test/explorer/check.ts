/** Builds the explorer, and tries all of it in a real browser from a plain file server: `npm run check:explorer`. */
import assert from "node:assert/strict";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { fitsWindow, keyboardWalk, namesOf } from "./access";
import { badTexts, lostModel, ownModels, poorBrowsers, withoutNetwork } from "./bad-input";
import { serveFolder } from "./serve";
import { built, firstResult, launch, root, scrollTo, visit } from "./tools";
import { walkOthers, walkStory, walkTraining } from "./walk";

/** Bytes of the page before its models. */
const MOST_BYTES = 1_500_000;
/** Milliseconds until the first result. Other work of the machine may slow a visit down: one of these must be in time. */
const MOST_TIME = 1000;
const VISITS = 12;

async function sizeOfPage(): Promise<number> {
  const shipped = new Set(await readdir(join(root, "examples/models")));
  const files = await readdir(built, { recursive: true });
  const own = files.filter((file) => !shipped.has(file.split(/[\\/]/)[0]!));
  const sizes = await Promise.all(own.map(async (file) => stat(join(built, file))));
  return sizes.reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}

async function fastestStart(browser: Browser, address: string): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < VISITS && best >= MOST_TIME; i++)
    await visit(browser, address, { serviceWorkers: "block" }, async ({ tab }) => {
      best = Math.min(best, await firstResult(tab));
    });
  return best;
}

/** Pictures of every panel, to be looked at. */
async function pictures(browser: Browser, address: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const looks = [
    { name: "light", width: 1280, colorScheme: "light" },
    { name: "dark", width: 1280, colorScheme: "dark" },
    { name: "phone", width: 375, colorScheme: "light" },
  ] as const;
  for (const { name, width, colorScheme } of looks)
    await visit(browser, address, { viewport: { width, height: 800 }, colorScheme }, async ({ tab }) => {
      await firstResult(tab);
      await tab.screenshot({ path: join(folder, `${name}-top.png`) });
      for (const id of await tab.$$eval("section.panel", (all) => all.map((section) => section.id))) {
        await scrollTo(tab, id);
        await tab.waitForTimeout(400);
        await fitsWindow(tab);
        await tab.locator(`#${id}`).screenshot({ path: join(folder, `${name}-${id}.png`) });
      }
    });
}

const browser = await launch();
if (browser === undefined) {
  console.error("There is no browser to check in: install Chromium, or set CHROMIUM to its path. Nothing was checked.");
  process.exit(1);
}
await build({ configFile: join(root, "examples/explorer/vite.config.ts"), logLevel: "warn" });
const server = await serveFolder(built);
const { address } = server;
try {
  const bytes = await sizeOfPage();
  assert.ok(bytes < MOST_BYTES, `the page has ${bytes} bytes before its models; ${MOST_BYTES} are allowed`);
  const time = await fastestStart(browser, address);
  assert.ok(time < MOST_TIME, `the first result came after ${time} ms; ${MOST_TIME} are allowed`);
  console.log(`${(bytes / 1e6).toFixed(2)} MB before models; first result after ${time} ms.`);
  await visit(browser, address, {}, async ({ tab }) => {
    await firstResult(tab);
    await walkStory(tab);
    await walkOthers(tab);
    await namesOf(tab);
    const longest = await walkTraining(tab);
    console.log(
      `Every panel does its work, with Node's figures; in training the page stood still for ${Math.round(longest)} ms at most.`,
    );
  });
  await visit(browser, address, { mayFail: true }, async ({ tab }) => {
    await firstResult(tab);
    await badTexts(tab);
    await ownModels(tab, address);
  });
  await visit(browser, address, {}, async ({ tab }) => {
    await firstResult(tab);
    await keyboardWalk(tab);
  });
  await poorBrowsers(browser, address);
  await withoutNetwork(browser, address);
  await lostModel(browser, address);
  console.log("Bad input, poor browsers, lost files and no network are answered by sentences.");
  await pictures(browser, address, fileURLToPath(new URL("screenshots", import.meta.url)));
} finally {
  await browser.close();
  await server.close();
}
