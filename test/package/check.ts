/** Packs the package as npm would publish it, and uses it as others will. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-"));
const run = (command: string, ...argv: string[]) =>
  execFileSync(command, argv, { stdio: ["ignore", "inherit", "inherit"] });

/** What an app does with the package: a forward pass, and classes that are the same from every entry point. */
const app = (load: (name: string) => string) => `
const { initialize, MultiHeadAttention, ones, Tensor } = ${load("transformer-blocks")};
const { Tensor: same } = ${load("transformer-blocks/tensor")};
const { MultiHeadAttention: alike } = ${load("transformer-blocks/blocks")};
const attention = initialize(new MultiHeadAttention({ dModel: 8, heads: 2 }), { seed: 1 });
const { shape } = attention.forward(ones([1, 3, 8]), { mask: "causal" });
if (shape.join() !== "1,3,8" || Tensor !== same || MultiHeadAttention !== alike) throw new Error("the package is broken");
`;

try {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { stdio: "ignore" });
  const tarball = join(folder, readdirSync(folder)[0]!);
  run("npx", "publint", tarball, "--strict");
  // Subpath exports are for resolvers that know package.json's "exports"; node10 does not.
  run("npx", "attw", tarball, "--profile", "node16", "--quiet");

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
  console.log("The package works as an ES module and as CommonJS.");
} finally {
  rmSync(folder, { recursive: true });
}
