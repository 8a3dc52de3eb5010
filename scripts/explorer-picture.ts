/** Takes the picture of the explorer that README shows: `npm run picture:explorer`, after `npm run build:explorer`. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { serveFolder } from "../test/explorer/serve";
import { built, firstResult, launch, root, scrollTo } from "../test/explorer/tools";

/** Silences the first head without which the model says another word. */
async function silenceOne(tab: Page): Promise<void> {
  const best = () => tab.locator("#attention .bars li:first-child .bar-label").textContent();
  const before = await best();
  for (const button of await tab.locator(".head-silence").evaluateAll((all) => all.map((one) => one.ariaLabel!))) {
    await tab.getByRole("button", { name: button, exact: true }).click();
    await tab.locator("#attention .summary", { hasText: "One head is silent" }).waitFor();
    if ((await best()) !== before) return;
    await tab.getByRole("button", { name: "Let all heads speak" }).click();
    await tab.locator("#attention .summary", { hasText: "With all heads" }).waitFor();
  }
}

const browser = await launch();
if (browser === undefined) throw new Error("There is no browser: install Chromium, or set CHROMIUM to its path.");
const server = await serveFolder(built);
try {
  const tab = await browser.newPage({ viewport: { width: 1200, height: 962 }, colorScheme: "light" });
  await tab.goto(server.address);
  await firstResult(tab);
  await scrollTo(tab, "attention");
  await silenceOne(tab);
  await tab.mouse.move(0, 0);
  await tab.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  // The bars move for a quarter of a second.
  await tab.waitForTimeout(600);
  await tab.screenshot({ path: join(root, "docs/explorer.png") });
} finally {
  await browser.close();
  await server.close();
}
