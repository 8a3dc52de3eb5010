import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

interface Result {
  times: number[];
  report: { cannot?: string };
}
interface Bench {
  withBuildAt<T>(
    commit: string,
    use: (folder: string) => Promise<T>,
    options: { repository: string; make(folder: string): void },
  ): Promise<T>;
  pairedTable(commit: string, measured: { title: string; threads: number; results: Result[] }[]): string;
}
const module = new URL("../../bench/against.js", import.meta.url).href;
const { withBuildAt, pairedTable }: Bench = await import(/* @vite-ignore */ module);

let repository: string;
const git = (...words: string[]) => {
  const author = ["-c", "user.name=A", "-c", "user.email=a@b.c"];
  return execFileSync("git", [...author, ...words], { cwd: repository, encoding: "utf8" });
};
const worktrees = () => git("worktree", "list").trim().split("\n").length;

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "transformer-blocks-"));
  git("init", "--quiet");
  writeFileSync(join(repository, "then.txt"), "then");
  git("add", ".");
  git("commit", "--quiet", "-m", "Then");
  rmSync(join(repository, "then.txt"));
});
afterEach(() => rmSync(repository, { recursive: true }));

test("a commit is built as it was, beside the present benchmark, and leaves nothing behind", async () => {
  const folder = await withBuildAt(
    "HEAD",
    async (bench) => {
      expect(existsSync(join(bench, "../then.txt"))).toBe(true);
      expect(existsSync(join(bench, "contestants/ours.js"))).toBe(true);
      return bench;
    },
    { repository, make: (path) => expect(readdirSync(path)).toContain("then.txt") },
  );
  expect(existsSync(join(folder, ".."))).toBe(false);
  expect(worktrees()).toBe(1);
});

test("a build that fails leaves nothing behind", async () => {
  let folder = "";
  const make = (path: string) => {
    folder = path;
    throw new Error("no compiler");
  };
  await expect(withBuildAt("HEAD", async () => {}, { repository, make })).rejects.toThrow("no compiler");
  expect(existsSync(folder)).toBe(false);
  expect(worktrees()).toBe(1);
});

test.each(["SIGINT", "SIGTERM"] as const)("an interruption by %s leaves nothing behind", async (signal) => {
  const script = `import(${JSON.stringify(module)}).then(({ withBuildAt }) =>
    withBuildAt("HEAD", (folder) => { console.log(folder); return new Promise((end) => setTimeout(end, 60_000)); },
      { repository: ${JSON.stringify(repository)}, make() {} }))`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  const [folder] = await once(child.stdout, "data");
  expect(worktrees()).toBe(2);
  child.kill(signal);
  await once(child, "exit");
  expect(existsSync(String(folder).trim())).toBe(false);
  expect(worktrees()).toBe(1);
});

test("a commit that does not exist is refused by name, before anything is built", async () => {
  const make = () => expect.unreachable();
  await expect(withBuildAt("no-such", async () => {}, { repository, make })).rejects.toThrow(
    "bench: --against no-such is not a commit of this repository",
  );
});

test("a ratio is the median over turns, also of those in which each build ran first", () => {
  const result = (times: number[], report = {}) => ({ times, report });
  const lines = pairedTable("abc", [
    { title: "work", threads: 1, results: [result([1, 2, 2]), result([2, 2, 6])] },
    { title: "new work", threads: 2, results: [result([1]), result([], { cannot: "not offered" })] },
  ]).split("\n");
  expect(lines.slice(2)).toEqual([
    "| work | 1 | 2.00 | 2.00 | 2.00 (1.00 – 3.00) | 2.50 | 1.00 |",
    "| new work | 2 | – not offered |  |  |  |  |",
  ]);
});
