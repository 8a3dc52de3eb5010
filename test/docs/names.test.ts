import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { floors } from "../package/entry-points";
import { pages } from "./snippets";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (page: string) => readFileSync(root + page, "utf8");
const codeOf = (page: string) => read(page).match(/^```.*?^```|`[^`\n]+`/gms) ?? [];
const words = new Set(pages().flatMap((page) => codeOf(page).flatMap((code) => code.match(/[A-Za-z]\w*/g) ?? [])));

describe("every public function and class is mentioned in README or docs", () => {
  it("all entry points are looked at", () => expect(floors.length).toBeGreaterThan(10));

  it.each(floors)("transformer-blocks/%s", async (floor) => {
    const names = Object.keys(await import(`../../src/${floor}/index.ts`));
    expect(names.filter((name) => !words.has(name))).toEqual([]);
  });
});

describe("every page of docs", () => {
  it.each(pages())("%s begins with its title and what it is for, and is not too long to read", (page) => {
    const lines = read(page).split("\n");
    expect(lines[0]).toMatch(/^# \S/);
    expect(lines[2]).toMatch(/^[A-Z`].{20,}/);
    // Tables are looked up, not read.
    expect(lines.filter((line) => !line.startsWith("|")).length).toBeLessThanOrEqual(251);
  });

  it.each(pages())("%s says that the package has no models before it opens one of the repository", (page) => {
    // The five lines at the top of README come first.
    const text = read(page).replace('fromPretrained("./examples/models/story"); // as it is on the hub', "");
    const [before, ...opening] = text.split(/(?=["'](?:\.\/)?examples\/models)/);
    const isSaid =
      /(come|comes) with the repository, not with the package(\]\((docs\/)?checkpoints\.md#models-to-try\)|: in a clone)/;
    if (opening.length > 0) expect(before).toMatch(isSaid);
  });

  it("is in the sidebar of the site, which names no other", () => {
    const sidebar = read("docs/.vitepress/sidebar.mjs");
    const named = [...sidebar.matchAll(/page\("[^"]+", "([\w-]+)"\)/g)].map(([, name]) => `docs/${name}.md`);
    expect(named.sort()).toEqual(
      pages()
        .filter((page) => page.startsWith("docs/"))
        .sort(),
    );
  });
});
