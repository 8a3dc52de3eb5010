import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./build.js";
import { describeMachine } from "./machine.js";
import { optionsFrom } from "./options.js";
import { writeRow } from "./page.js";
import { rows } from "./rows/index.js";
import { runRow } from "./run-row.js";
import { table } from "./table.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const npm = (folder, ...words) => execFileSync("npm", words, { cwd: folder, stdio: ["ignore", 2, 2] });

const options = optionsFrom(process.argv.slice(2), Object.keys(rows));
const peers = Object.keys(JSON.parse(readFileSync(`${here}package.json`, "utf8")).dependencies);
const arePeersThere = peers.every((name) => existsSync(`${here}node_modules/${name}`));
// Not "npm ci": the lock file cannot hold llama.cpp's binaries for platforms missing from the registry in use.
if (!options.smoke && !arePeersThere) npm(here, "install", "--no-save");
if (options.smoke ? !existsSync(`${root}dist/index.js`) : !isBuilt()) npm(root, "run", "build");
if (options.smoke) options.repetitions = 1;

const threads = options.threads ?? (options.smoke || cpus().length < 2 ? [1] : [1, 2]);
const names = ["limits", ...options.only.filter((name) => name !== "limits")];
const page = options.write ? `${root}docs/performance.md` : `${here}results.md`;
const measured = [];
for (const name of names)
  for (const row of rows[name].rows({ ...options, threads })) {
    console.error(`${row.title}, ${row.threads} thread${row.threads > 1 ? "s" : ""} …`);
    const result = await runRow(row, options);
    measured.push(result);
    // At once, because later rows may be interrupted.
    if (!options.smoke) writeRow(page, result);
  }

console.log(`${describeMachine()}.\n\n${table(measured)}`);
