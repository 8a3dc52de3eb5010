import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { programs, root } from "../programs";

const paths = ["logit-lens", "activation-patching", "causal-tracing"].map((name) => `examples/${name}/index.ts`);
const bundled = await programs(paths);
afterAll(bundled.remove);

const run = async (path: string, ...argv: string[]) =>
  (await promisify(execFile)(process.execPath, [bundled.at(path), ...argv], { cwd: root })).stdout;

/** The numbers of a heat map's row, after its cells. */
const numbersOf = (shown: string, label: string): number[] => {
  const row = shown.split("\n").find((line) => line.startsWith(label));
  return [...(row ?? "").matchAll(/-?\d+\.\d+/g)].map(Number);
};

describe("the examples that look inside the storyteller", () => {
  it("logit-lens says for each token what each layer would say next", async () => {
    const shown = await run("examples/logit-lens/index.ts", "Once upon a time");
    const [heading, ...rows] = shown.trimEnd().split("\n");
    const layers = heading!.trim().split(/\s{2,}/).length;
    expect(layers).toBeGreaterThan(1);
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row.match(/\d %/g)).toHaveLength(layers);
    // By the end of its layers the model knows how stories begin.
    expect(rows[0]).toMatch(/␣upon\s+\d+\.\d %\s*$/);
  });

  it("activation-patching finds the name in its own place first, and in the last place at the end", async () => {
    const shown = await run("examples/activation-patching/index.ts");
    expect(numbersOf(shown, "␣Julia").at(0)).toBeGreaterThan(0.8);
    expect(numbersOf(shown, "␣Julia").at(-1)).toBeLessThan(0.1);
    expect(numbersOf(shown, ". ").at(-1)).toBeCloseTo(1, 2);
    expect(numbersOf(shown, "head 0").length).toBeGreaterThan(1);
  });

  it("causal-tracing brings the prediction back from the name's place, then from the last", async () => {
    const shown = await run("examples/causal-tracing/index.ts");
    const [clean, corrupted] = [.../(\d+\.\d) %; with noise on the name, (\d+\.\d) %/.exec(shown)!]
      .slice(1)
      .map(Number);
    expect(clean).toBeGreaterThan(corrupted!);
    expect(numbersOf(shown, "␣Julia").at(0)).toBeGreaterThan(0.8);
    expect(numbersOf(shown, ". ").at(-1)).toBeCloseTo(1, 2);
  });
});
