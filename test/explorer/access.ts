/** Keyboard, screen reader, phone. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { scrollTo } from "./tools";

/** Every control has a name, every picture a table or a name, every section its heading. */
export async function namesOf(tab: Page): Promise<void> {
  const nameless = await tab.evaluate(() => {
    const nameOf = (element: Element) =>
      element.getAttribute("aria-label") ??
      (element.getAttribute("aria-labelledby") ? "labelled" : undefined) ??
      ("labels" in element ? (element as HTMLInputElement).labels?.[0]?.textContent : undefined) ??
      element.textContent?.trim();
    const controls = document.querySelectorAll(
      "a, button, input, textarea, select, summary, output, [tabindex='0'], section, nav",
    );
    return [...controls]
      .filter((element) => !nameOf(element) && element.checkVisibility())
      .map(({ outerHTML }) => outerHTML.slice(0, 120));
  });
  assert.deepEqual(nameless, [], "controls without a name");
  const pictures = await tab.$$eval(
    "svg",
    (all) => all.filter((svg) => svg.getAttribute("aria-hidden") !== "true" && !svg.hasAttribute("aria-label")).length,
  );
  assert.equal(pictures, 0, "pictures that a screen reader would spell out");
  const levels = await tab.$$eval("h1, h2, h3", (all) => all.map(({ tagName }) => Number(tagName[1])));
  for (const [i, level] of levels.entries())
    assert.ok(i === 0 ? level === 1 : level <= levels[i - 1]! + 1, "a heading skips a level");
}

/** The keyboard alone: from the address bar to a silenced head. */
export async function keyboardWalk(tab: Page): Promise<void> {
  await tab.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
  const focused = () =>
    tab.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
  await tab.locator("body").press("Tab");
  assert.equal(await focused(), "Skip to the first step");
  await tab.keyboard.press("Tab");
  assert.equal(await tab.evaluate(() => document.activeElement?.id), "text");
  await scrollTo(tab, "attention");
  await tab.getByRole("button", { name: "Show layer 1, head 1" }).waitFor();
  const seen = new Set<string>();
  for (let press = 0; press < 400 && !(await focused()).startsWith("Silence layer 1, head 2"); press++) {
    seen.add(await focused());
    const isVisible = await tab.evaluate(() => {
      const style = getComputedStyle(document.activeElement!);
      return style.outlineStyle !== "none" || document.activeElement!.closest(".prompt-line, .arc-word") !== null;
    });
    assert.ok(isVisible, `the focus on "${await focused()}" is not visible`);
    await tab.keyboard.press("Tab");
  }
  assert.equal(await focused(), "Silence layer 1, head 2");
  await tab.keyboard.press("Enter");
  await tab.locator("#attention .summary", { hasText: "One head is silent" }).waitFor();
  assert.equal(await focused(), "Silence layer 1, head 2", "the focus stays where it was");
  await tab.keyboard.press("Space");
  await tab.locator("#attention .summary", { hasText: "With all heads" }).waitFor();
  assert.ok(seen.size > 20);
}

/** No part is wider than the window. */
export async function fitsWindow(tab: Page): Promise<void> {
  const [wide, window] = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide! <= window!, `the page is ${wide} pixels wide in a window of ${window}`);
}
