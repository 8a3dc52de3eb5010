import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

interface Row {
  title: string;
  threads: number;
  results: { who: { title: string; file: string }; times: number[]; report: object }[];
}
const bench = (name: string) => import(/* @vite-ignore */ new URL(`../../bench/${name}`, import.meta.url).href);
const { writeRow }: { writeRow(path: string, row: Row): void } = await bench("page.js");
const { describeMachine }: { describeMachine(): string } = await bench("machine.js");

const row = (title: string, threads: number, ...names: string[]): Row => ({
  ...{ title, threads },
  results: names.map((name) => ({ who: { title: name, file: `${name}.js` }, times: [4], report: {} })),
});
const matmul = "matrix product 512 × 768 × 3072";
const bert = "BERT base, 1 × 128 tokens";

let folder: string;
let page: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "transformer-blocks-"));
  page = join(folder, "page.md");
});
afterEach(() => rmSync(folder, { recursive: true }));

const written = () => readFileSync(page, "utf8");
/** Work, threads and who of each line. */
const lines = () =>
  written()
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| work"))
    .map((line) => line.slice(2).split(" | ").slice(0, 3).join("; "));

test("rows stand in the order of a full run, whatever they were measured in", () => {
  for (const [title, threads] of [
    [bert, 1],
    [matmul, 2],
    [matmul, 1],
  ] as const)
    writeRow(page, row(title, threads, "ours", "peer"));
  expect(lines()).toEqual([
    ...[`${matmul}; 1; ours`, `${matmul}; 1; peer`, `${matmul}; 2; ours`, `${matmul}; 2; peer`],
    ...[`${bert}; 1; ours`, `${bert}; 1; peer`],
  ]);
});

test("a row measured again takes the place of all that was said of it, and of nothing else", () => {
  writeRow(page, row(matmul, 1, "ours", "peer"));
  writeRow(page, row(matmul, 2, "ours"));
  writeRow(page, row(matmul, 1, "other"));
  expect(lines()).toEqual([`${matmul}; 1; other`, `${matmul}; 2; ours`]);
});

test("a row in another Node stands below the row in this one, and neither takes the other's place", () => {
  for (const title of [`${matmul}, Node 24`, bert, matmul, `${matmul}, Node 24`]) writeRow(page, row(title, 1, "ours"));
  expect(lines()).toEqual([`${matmul}; 1; ours`, `${matmul}, Node 24; 1; ours`, `${bert}; 1; ours`]);
});

test("what the page says around the table stays, to the letter", () => {
  writeRow(page, row(matmul, 1, "ours"));
  const text = written().replace("# Beside others\n", "# Speed\n\nAs fast as it goes.\n");
  writeFileSync(page, `${text}\nWords after it.\n\n## And more\n\n| a | table |\n`);
  const before = written();
  writeRow(page, row(matmul, 1, "ours"));
  expect(written()).toBe(before);
});

test("what another machine measured goes, and so does work that is no longer measured", () => {
  writeRow(page, row(matmul, 1, "ours"));
  writeFileSync(page, written().replace(matmul, "matrix product 1 × 2 × 3"));
  writeRow(page, row(bert, 1, "ours"));
  expect(lines()).toEqual([`${bert}; 1; ours`]);
  writeFileSync(page, written().replace(describeMachine(), "Another machine"));
  writeRow(page, row(matmul, 1, "ours"));
  expect(lines()).toEqual([`${matmul}; 1; ours`]);
});

test("the page of measurements can be written into", () => {
  writeFileSync(page, readFileSync(new URL("../../docs/measurements.md", import.meta.url)));
  writeRow(page, row(matmul, 1, "new"));
  expect(written()).toContain(`| ${matmul} | 1 | new |`);
  expect(written().match(/^## .*/gm)).toEqual(["## Measured"]);
});
