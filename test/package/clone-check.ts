/** Packs the package in a fresh clone after `npm ci`, and installs it from git: both must be whole. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-clone-"));
const run = (cwd: string, command: string, ...argv: string[]) =>
  execFileSync(command, argv, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

try {
  const clone = join(folder, "clone");
  run(folder, "git", "clone", "--quiet", repository, clone);
  run(clone, "npm", "ci", "--silent");
  const packed = run(clone, "npm", "pack", "--silent", "--json");
  const [{ files }] = JSON.parse(packed.slice(packed.indexOf("["))) as [{ files: { path: string }[] }];
  const missing = ["dist/index.js", "dist/index.cjs", "dist/index.d.ts"].filter(
    (name) => !files.some(({ path }) => path === name),
  );
  if (missing.length > 0) throw new Error(`npm pack in a fresh clone leaves out ${missing.join(", ")}`);

  const app = join(folder, "app");
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", version: "1.0.0", private: true }));
  run(app, "npm", "install", "--silent", `git+${pathToFileURL(clone)}`);
  const entry = join(app, "node_modules", "transformer-blocks", "dist", "index.js");
  if (!existsSync(entry)) throw new Error("an install from git has no dist/index.js");
  console.log("npm pack in a fresh clone and an install from git give a whole package.");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
