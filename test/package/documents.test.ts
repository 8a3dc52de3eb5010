import { execSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { oldestTypeScript } from "./oldest-typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8");

const packed = execSync("npm pack --dry-run --json --ignore-scripts", { cwd: root, encoding: "utf8" });
const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
const paths = new Set(files.map(({ path }) => path));

/** What stands outside code. */
const prose = (markdown: string) => markdown.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");

/** The name of a heading in a link, as GitHub and npm make it. */
const anchors = (markdown: string) =>
  [...markdown.replace(/^```.*?^```/gms, "").matchAll(/^#+ +(.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );

/** Every link of a document to a place that is no URL. */
const linksOf = (file: string) =>
  [...prose(read(file)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));

describe("in the published package, as in the repository, every relative link leads somewhere", () => {
  const documents = [...paths].filter((path) => path.endsWith(".md"));

  it("README and the documents are packed", () => {
    expect(documents).toEqual(expect.arrayContaining(["README.md", "CHANGELOG.md", "docs/tour.md"]));
    expect(linksOf("README.md").length).toBeGreaterThan(5);
  });

  it.each(documents)("%s", (file) => {
    const broken = linksOf(file).filter((target) => {
      const [path, anchor] = target.split("#");
      const linked = path ? posix.join(posix.dirname(file), path) : file;
      return !paths.has(linked) || (anchor !== undefined && !anchors(read(linked)).includes(anchor));
    });
    expect(broken).toEqual([]);
  });
});

it("README's first two commands, in this order, run the main job and pass the tests", () => {
  const commands = [...read("README.md").matchAll(/^```sh\n(.*?)\n```/gms)].map(([, command]) => command);
  expect(commands.slice(0, 2)).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
  expect(read(".ci/run")).toMatch(/\nnpm ci\nnpm test\n$/);
});

it("README names the command that installs the package before any other", () => {
  const [first] = /npm (install|ci)[^`\n]*/.exec(read("README.md"))!;
  expect(first).toBe("npm install transformer-blocks");
});

it("every script that a document tells to run is in package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const documents = [...paths].filter((path) => path.endsWith(".md") && path !== "CHANGELOG.md");
  const told = documents.flatMap((file) =>
    [...read(file).matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, script]) => ({ file, script: script! })),
  );
  expect(told.length).toBeGreaterThan(5);
  expect(told.filter(({ script }) => !(script in scripts))).toEqual([]);
});

describe("what documents say of the repository is there", () => {
  const documents = ["CONTRIBUTING.md", "docs/architecture.md"];
  const naming = [...documents, "docs/guarantees.md"];
  const inRepository = /^(?:src|test|scripts|bench|docs|examples|api)\/[\w./-]+$/;

  it.each(naming)("every path that %s names", (file) => {
    const named = [...read(file).matchAll(/`([^`\n]+)`/g)]
      .map(([, code]) => code!)
      .filter((code) => inRepository.test(code));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(`${root}/${path}`))).toEqual([]);
  });

  it.each(documents)("every name that %s says is in a file", (file) => {
    const claims = [...read(file).matchAll(/`(\w+)` in `([^`\n]+\.\w+)`/g)];
    expect(claims.length).toBeGreaterThan(1);
    const wrong = claims.filter(([, name, path]) => !new RegExp(`\\b${name}\\b`).test(read(path!)));
    expect(wrong.map(([claim]) => claim)).toEqual([]);
  });

  it("the oldest version of TypeScript, which a check of its own compiles with", () => {
    expect(Number(oldestTypeScript(read("README.md")))).toBeGreaterThanOrEqual(5);
    expect(() => oldestTypeScript("")).toThrow(/README\.md must say/);
  });
});
