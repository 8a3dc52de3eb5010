/**
 * Follows the recipe for an operation in CONTRIBUTING.md in a copy of the repository: a function of one number with an
 * option, as softplus is, in three files. Then forgets each part, and expects that the suite or the compiler names it.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "recipe-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A copy of what a contributor edits; the rest is linked. */
function copy(): void {
  const link = (path: string) => symlinkSync(resolve(root, path), join(place, path), "junction");
  const fixtures = join("test", "fixtures");
  cpSync(join(root, "src"), join(place, "src"), { recursive: true });
  cpSync(join(root, "docs"), join(place, "docs"), { recursive: true });
  const isLeftOut = (path: string) => path.startsWith(join(root, fixtures, "")) && !/fixtures.?(tensor|$)/.test(path);
  cpSync(join(root, "test"), join(place, "test"), { recursive: true, filter: (path) => !isLeftOut(path) });
  for (const path of ["package.json", "tsconfig.json", "vitest.config.ts"]) cpSync(join(root, path), join(place, path));
  link("node_modules");
  for (const folder of readdirSync(join(root, fixtures))) if (folder !== "tensor") link(join(fixtures, folder));
}

const edit = (path: string, change: (text: string) => string) =>
  writeFileSync(join(place, path), change(readFileSync(join(place, path), "utf8")));

/** (√(x² + bend²) − bend) / 2 + x, and its derivative x / (2 √(x² + bend²)) + 1. */
const operation = (name: string) => `
export interface ${name}Options {
  /** How soon it bends: 1 if omitted. */
  bend?: number | undefined;
}
const ${name}Checks: Checks<${name}Options> = { bend: /* @__PURE__ */ numberIn() };
const ${name}Mapping: DifferentiableMapping = {
  name: "${name}",
  vector: undefined,
  value: (x, bend) => (Math.sqrt(x * x + bend * bend) - bend) / 2 + x,
  derivative: (x, bend) => add(divide(x, multiply(power(add(multiply(x, x), bend * bend), 0.5), 2)), 1),
};

/**
 * (√(x² + bend²) − bend) / 2 + x
 *
 * @example
 * \`\`\`ts
 * import { ${name}, tensor } from "transformer-blocks";
 * ${name}(tensor([4, 0]), { bend: 3 }).toArray(); // [5, 0]
 * \`\`\`
 */
export function ${name}<S extends Shape>(x: Tensor<S>, options: ${name}Options = {}): Tensor<S> {
  expectTensor("${name}", "x", x);
  checkOptions("${name}", options, ${name}Checks);
  return mapped(${name}Mapping, [options.bend ?? 1], x);
}
`;
const FILE = "src/tensor/operations/activations.ts";
const write = (code: string) => edit(FILE, (text) => `import { power } from "./pairs";\n${text}${code}`);

const document = (name: string) => edit("docs/tensors.md", (text) => text.replace("`mish`", `\`mish\`, \`${name}\``));

/** What the script adds to the fixture: x = 4 and x = 0, bent by 3, with cotangents 1 and 2. */
const compare = (name: string, slopeAt4 = 1.4) =>
  edit("test/fixtures/tensor/functions.json", (text) => {
    const list = (...values: number[]) => ({ shape: [values.length], values });
    const added = {
      ...{ name: "bent by 3", operation: name, inputs: [list(4, 0)], options: { bend: 3 } },
      ...{ output: list(5, 0), cotangents: [list(1, 2)], gradients: [list(slopeAt4, 2)] },
    };
    return JSON.stringify([...JSON.parse(text), added]);
  });

interface Report {
  testResults: { assertionResults: { status: string; title: string; failureMessages: string[] }[] }[];
}

/** The tests that ask for an operation's parts and failed, and what they say. */
async function failures(): Promise<{ title: string; says: string }[]> {
  const suites = ["tensor/operations/functions", "misuse/tensor", "package/tested"];
  const titles = [
    "Identity|case of PyTorch's for every export|operation is in the table|has an example|everything that it exports",
    "that say what it does.*transformer-blocks/tensor",
  ].join("|");
  const vitest = join(place, "node_modules", "vitest", "vitest.mjs");
  const args = ["run", "--reporter=json", "-t", titles, ...suites.map((suite) => `test/${suite}.test.ts`)];
  const report = await new Promise<string>((done) => {
    execFile(process.execPath, [vitest, ...args], { cwd: place, maxBuffer: 2 ** 26 }, (_, output) => done(output));
  });
  const { testResults } = JSON.parse(report.slice(report.indexOf("{"))) as Report;
  const ran = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== "skipped");
  // At least three operations against wrong calls, two against the fixture, and five questions about all.
  expect(ran.length).toBeGreaterThanOrEqual(10);
  return ran
    .filter(({ status }) => status === "failed")
    .map(({ title, failureMessages }) => ({ title, says: failureMessages.join("\n") }));
}

/** What the compiler says of a file. */
function compilerErrors(): string[] {
  const { config } = ts.readConfigFile(join(place, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noEmit: true, types: [] }, place);
  const program = ts.createProgram([join(place, FILE)], options);
  return program
    .getSemanticDiagnostics(program.getSourceFile(join(place, FILE)))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

it("three edits make an operation, and each part that is forgotten or wrong is named, a derivative by the compiler", {
  timeout: 300_000,
}, async () => {
  copy();
  const whole = ["bentIdentity", "wrongIdentity", "forgottenIdentity"].map(operation).join("");
  const incomplete = operation("incompleteIdentity").replace(/ {2}derivative.*\n/, "");
  write(whole + incomplete);
  // All others compile.
  expect(compilerErrors()).toEqual([expect.stringMatching(/'derivative' is missing/)]);
  edit(FILE, (text) => text.replace(incomplete, ""));
  document("bentIdentity");
  document("wrongIdentity");
  compare("bentIdentity");
  compare("wrongIdentity", 1.5);
  const [inDocuments, inFixture, inTests, wrong, ...others] = (await failures()).toSorted((a, b) =>
    a.title < b.title ? -1 : 1,
  );
  expect(inDocuments?.title).toBe("every operation is in the table of docs/tensors.md");
  expect(inFixture?.title).toMatch(/^has a case of PyTorch's/);
  expect(inTests?.title).toBe("transformer-blocks/tensor");
  for (const each of [inDocuments, inFixture, inTests])
    expect(each?.says.match(/\w+Identity/g)?.[0]).toBe("forgottenIdentity");
  expect(wrong?.title).toMatch(/^wrongIdentity \d+: bent by 3/);
  expect(wrong?.says).toContain("gradient of 0, element 0");
  expect(others).toEqual([]);
});
