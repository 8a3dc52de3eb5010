/** Packs the package as npm would publish it and asks publint and attw whether others can import it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-"));
const run = (command: string, ...argv: string[]) =>
  execFileSync(command, argv, { stdio: ["ignore", "inherit", "inherit"] });

try {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { stdio: "ignore" });
  const tarball = join(folder, readdirSync(folder)[0]!);
  run("npx", "publint", tarball, "--strict");
  // Subpath exports are for resolvers that know package.json's "exports"; node10 does not.
  run("npx", "attw", tarball, "--profile", "node16", "--quiet");
} finally {
  rmSync(folder, { recursive: true });
}
