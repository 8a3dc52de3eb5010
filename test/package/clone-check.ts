/** Packs the package in a fresh clone after `npm ci`, installs that, and installs it from git: both must be whole. */
import { execFileSync, spawnSync } from "node:child_process";
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
  const [{ files, filename }] = JSON.parse(packed.slice(packed.indexOf("["))) as [
    { files: { path: string }[]; filename: string },
  ];
  const missing = ["dist/index.js", "dist/index.cjs", "dist/index.d.ts"].filter(
    (name) => !files.some(({ path }) => path === name),
  );
  if (missing.length > 0) throw new Error(`npm pack in a fresh clone leaves out ${missing.join(", ")}`);

  for (const [name, source] of Object.entries({ tarball: join(clone, filename), git: `git+${pathToFileURL(clone)}` })) {
    const app = join(folder, name);
    mkdirSync(app);
    writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", version: "1.0.0", private: true }));
    const { status, stderr } = spawnSync("npm", ["install", source], { cwd: app, encoding: "utf8" });
    if (status !== 0) throw new Error(`an install from ${name} fails:\n${stderr}`);
    // Such as a warning that the package has scripts of its own to run.
    if (name === "tarball" && /warn/i.test(stderr)) throw new Error(`an install of the tarball warns:\n${stderr}`);
    const entry = join(app, "node_modules", "transformer-blocks", "dist", "index.js");
    if (!existsSync(entry)) throw new Error(`an install from ${name} has no dist/index.js`);
  }
  console.log("npm pack in a fresh clone and an install from git give a whole package; its install is silent.");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
