/** Takes the picture of the explorer that README shows: `npm run picture:explorer`, after `npm run build:explorer`. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { serveFolder } from "../test/explorer/serve";
import { built, firstResult, launch, root, scrollTo } from "../test/explorer/tools";

/** Silences the head without which the most probable words change most. */
async function silenceOne(tab: Page): Promise<void> {
  const bars = tab.locator("#attention .bars li");
  const shares = async () =>
    new Map(
      await bars.evaluateAll((all) =>
        all.map((bar): [string, number] => {
          const [label, share] = [".bar-label", ".bar-value"].map((part) => bar.querySelector(part)!.textContent!);
          return [label!, Number.parseFloat(share!.replace("<", ""))];
        }),
      ),
    );
  const set = async (name: string, said: string) => {
    await tab.getByRole("button", { name, exact: true }).click();
    await tab.locator("#attention .summary", { hasText: said }).waitFor();
  };
  const before = await shares();
  let best = { change: -1, name: "" };
  for (const name of await tab.locator(".head-silence").evaluateAll((all) => all.map((one) => one.ariaLabel!))) {
    await set(name, "One head is silent");
    const after = await shares();
    const change = [...before].reduce((sum, [label, share]) => sum + Math.abs(share - (after.get(label) ?? 0)), 0);
    if (change > best.change) best = { change, name };
    await set("Let all heads speak", "With all heads");
  }
  await set(best.name, "One head is silent");
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
