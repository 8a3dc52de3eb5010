import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bench = (...words: string[]) =>
  execFileSync(process.execPath, [fileURLToPath(new URL("../../bench/run.js", import.meta.url)), "--smoke", ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
/** The lines of a table whose contestant is this library, in one of its forms. */
const oursIn = (text: string) => text.split("\n").filter((line) => /\| (\*\*)?transformer-blocks/.test(line));

test("every row of the benchmark runs, tiny and without its peers", { timeout: 120_000 }, () => {
  const ours = oursIn(bench("--who", "ours"));
  expect(ours.length).toBeGreaterThan(0);
  for (const line of ours) expect(line).toMatch(/\| \d[\d.]* \(/);
});

test("a contestant in a process of its own does the same work in the kernels that it is made of", () => {
  const [ours, strict] = oursIn(bench("--only", "matmul", "--who", "ours,strict"));
  expect(ours).toMatch(/\| \d[\d.]* \(/);
  expect(strict).toMatch(/strict SIMD \| \d[\d.]* \(.*; wasm, strict \|/);
  expect(strict).not.toContain("differs");
});

test("an unknown row is refused by name", () => {
  expect(() => bench("--only", "juggling")).toThrow(/"juggling" is not one of limits, matmul/);
});

test("a Node that does not run is refused by name", () => {
  expect(() => bench("--node", "/no/such/node")).toThrow(/bench: --node \/no\/such\/node does not run/);
});
