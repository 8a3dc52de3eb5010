import { existsSync, readFileSync } from "node:fs";
import * as whole from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { floors } from "../package/entry-points";

const table = (entry: string): string => `test/misuse/${entry}.test.ts`;

describe("wrong calls are tried of all that the package exports", () => {
  it.each(floors)("%s has a table that is total", (entry) => {
    expect(existsSync(table(entry)), table(entry)).toBe(true);
    expect(readFileSync(table(entry), "utf8")).toMatch(new RegExp(`testEntry\\(\\s*"transformer-blocks/${entry}"`));
  });

  it("the main entry point exports nothing that no other does", async () => {
    const known = new Set<unknown>();
    for (const entry of floors) {
      const exports: object = await import(`../../src/${entry}/index.ts`);
      for (const value of Object.values(exports)) known.add(value);
    }
    const alone = Object.entries(whole).filter(([, value]) => !known.has(value));
    expect(alone.map(([name]) => name)).toEqual([]);
  });
});
