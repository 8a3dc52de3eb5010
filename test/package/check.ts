/**
 * Packs the package as npm would publish it, and uses it as others will. With `--oldest-typescript` its types are also
 * compiled by the oldest TypeScript that README names, which npm fetches.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { singleNames, splitFloors } from "../../scripts/single-names";
import { entryPoints } from "./entry-points";
import { oldestTypeScript } from "./oldest-typescript";

const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-"));
// On Windows npm and npx are scripts, which only a shell runs.
const shell = process.platform === "win32";
const run = (command: string, ...argv: string[]) =>
  execFileSync(command, argv, { stdio: ["ignore", "inherit", "inherit"], shell: shell && /^np[mx]$/.test(command) });

const paths = entryPoints.map((path) => path.slice(1));

/** "families/gpt2" as its floor and its name. */
const singles = singleNames.map((entry) => entry.split("/") as [floor: string, name: string]);

const wholeAndSingle = (load: (name: string) => string, [floor, name]: (typeof singles)[number]): string =>
  `["${name}", ${load(`transformer-blocks/${floor}`)}, ${load(`transformer-blocks/${floor}/${name}`)}]`;

/**
 * What an app does with the package: a forward pass, and classes that are the same from every entry point, with the names
 * that messages show.
 */
const app = (load: (name: string) => string) => `
const { initialize, MultiHeadAttention, ones, Tensor } = ${load("transformer-blocks")};
const { Tensor: same } = ${load("transformer-blocks/tensor")};
const { MultiHeadAttention: alike } = ${load("transformer-blocks/blocks")};
const attention = initialize(new MultiHeadAttention({ dModel: 8, heads: 2 }), { seed: 1 });
// Without fast-check, which is not installed here.
const { close, tensors } = ${load("transformer-blocks/testing")};
try { tensors(); throw new Error("drew without fast-check"); } catch (error) { if (!/install it/.test(error.message)) throw error; }
if (!close(ones([2]), ones([2]), 0)) throw new Error("the package is broken");
const { shape } = attention.forward(ones([1, 3, 8]), { mask: "causal" });
for (const part of [${paths.map((path) => load(`transformer-blocks${path}`)).join(", ")}])
  for (const [name, value] of Object.entries(part))
    if (typeof value === "function" && /^class\\b/.test(String(value)) && value.name !== name) throw new Error(name + " is named " + value.name);
// An entry point of one name gives that name alone, and the same thing as its floor.
for (const [name, whole, single] of [${singles.map((of) => wholeAndSingle(load, of)).join(", ")}])
  if (Object.keys(single).join() !== name || single[name] !== whole[name]) throw new Error("the entry point of " + name + " is broken");
if (shape.join() !== "1,3,8" || Tensor !== same || MultiHeadAttention !== alike) throw new Error("the package is broken");
`;

/** That an entry point of one name has the type of that name, and no other name. */
const typesOfSingle = ([floor, name]: (typeof singles)[number], i: number): string => `
import * as single${i} from "transformer-blocks/${floor}/${name}";
({ ${name}: single${i}.${name} }) satisfies Record<keyof typeof single${i}, typeof import("transformer-blocks/${floor}").${name}>;`;

/** A program that has neither a page's types nor Node's: what it hands over must fit all the same. */
const plain = `
${paths.map((path, i) => `import * as part${i} from "transformer-blocks${path}"; void part${i};`).join("\n")}
${singles.map(typesOfSingle).join("\n")}
import { complete, fromPretrained } from "transformer-blocks";
declare const signal: {
  aborted: boolean;
  reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
};
export async function tell(): Promise<string> {
  const pretrained = await fromPretrained({ read: async () => new Uint8Array() });
  // @ts-expect-error a signal can be listened to
  await complete(pretrained, "Once", { signal: { aborted: false } });
  return complete(pretrained, "Once", { signal });
}
`;
const plainOptions = {
  compilerOptions: {
    ...{ target: "ES2022", module: "ESNext", moduleResolution: "Bundler", lib: ["ES2022"], types: [] },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    // The optional peer of /testing, which is not installed beside the package.
    paths: { "fast-check": [join(process.cwd(), "node_modules", "fast-check")] },
  },
  files: ["plain.ts"],
};

/** Types that the compiler inferred and takes from an index above: chunks of declarations would import in a circle. */
const circular = readdirSync(".declarations", { recursive: true, encoding: "utf8" }).filter(
  (file) =>
    file.endsWith(".d.ts") && /import\("\.\.?(\/\.\.)*"\)/.test(readFileSync(join(".declarations", file), "utf8")),
);
if (circular.length > 0)
  throw new Error(`write the types that these sources leave to be inferred: ${circular.join(", ")}`);

try {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    ...{ stdio: "ignore", shell },
  });
  const tarball = join(folder, readdirSync(folder)[0]!);
  run("npx", "publint", tarball, "--strict");
  // Subpath exports are for resolvers that know package.json's "exports"; node10 does not.
  // A pattern of them is not looked into by itself; those that it stands for are alike.
  const some = splitFloors.map((floor) => singleNames.find((entry) => entry.startsWith(`${floor}/`))!);
  run("npx", "attw", tarball, "--profile", "node16", "--quiet", "--include-entrypoints", ...some);

  const installed = join(folder, "node_modules", "transformer-blocks");
  mkdirSync(installed, { recursive: true });
  run("tar", "-xzf", tarball, "-C", installed, "--strip-components", "1");
  writeFileSync(
    join(folder, "app.mjs"),
    app((name) => `await import("${name}")`),
  );
  writeFileSync(
    join(folder, "app.cjs"),
    app((name) => `require("${name}")`),
  );
  for (const file of ["app.mjs", "app.cjs"]) run(process.execPath, join(folder, file));
  writeFileSync(join(folder, "plain.ts"), plain);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(plainOptions));
  run(process.execPath, join("node_modules", "typescript", "bin", "tsc"), "-p", folder);
  if (process.argv.includes("--oldest-typescript")) {
    const oldest = oldestTypeScript(readFileSync("README.md", "utf8"));
    const place = join(folder, "oldest");
    run("npm", "install", "--silent", "--no-save", "--prefix", place, `typescript@${oldest}`);
    run(process.execPath, join(place, "node_modules", "typescript", "bin", "tsc"), "-p", folder);
    console.log(`TypeScript ${oldest} compiles its types.`);
  }
  console.log("The package works as an ES module and as CommonJS, and its types need no others.");
} finally {
  rmSync(folder, { recursive: true });
}
