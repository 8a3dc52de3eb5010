import { describe, expect, it } from "vitest";
import { fuzz } from "./fuzz";

describe("mutated files of every format", () => {
  it("open or are refused by an error that names the file, in time and memory that follow its size", async () => {
    const { opened, refused, faults } = await fuzz({ seed: 1, first: 0, last: 2000 });
    expect(faults).toEqual([]);
    expect(opened + refused).toBe(2000);
    // Both happen: mutations are neither harmless nor all fatal.
    expect(Math.min(opened, refused)).toBeGreaterThan(200);
  }, 120_000);
});
