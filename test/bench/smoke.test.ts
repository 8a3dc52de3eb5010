import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bench = (...words: string[]) =>
  execFileSync(process.execPath, [fileURLToPath(new URL("../../bench/run.js", import.meta.url)), "--smoke", ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

test("every row of the benchmark runs, tiny and without its peers", { timeout: 120_000 }, () => {
  const ours = bench("--who", "ours")
    .split("\n")
    .filter((line) => line.includes("**transformer-blocks**"));
  expect(ours.length).toBeGreaterThan(0);
  for (const line of ours) expect(line).toMatch(/\| \d[\d.]* \(/);
});

test("an unknown row is refused by name", () => {
  expect(() => bench("--only", "juggling")).toThrow(/"juggling" is not one of limits, matmul/);
});
