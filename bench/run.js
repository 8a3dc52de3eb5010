import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pairedTable, withBuildAt } from "./against.js";
import { isBuilt } from "./build.js";
import { describeMachine } from "./machine.js";
import { nodeOf, thisNode } from "./node.js";
import { optionsFrom } from "./options.js";
import { writeRow } from "./page.js";
import { rows } from "./rows/index.js";
import { runRow } from "./run-row.js";
import { table } from "./table.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const npm = (folder, ...words) => execFileSync("npm", words, { cwd: folder, stdio: ["ignore", 2, 2] });

const options = optionsFrom(process.argv.slice(2), Object.keys(rows));
const nodes = (options.node ?? [thisNode.version]).map(nodeOf);
const peers = Object.keys(JSON.parse(readFileSync(`${here}package.json`, "utf8")).dependencies);
const arePeersNeeded = !options.smoke && !options.against;
const arePeersThere = peers.every((name) => existsSync(`${here}node_modules/${name}`));
// Not "npm ci": the lock file cannot hold llama.cpp's binaries for platforms missing from the registry in use.
if (arePeersNeeded && !arePeersThere) npm(here, "install", "--no-save");
if (options.smoke ? !existsSync(`${root}dist/index.js`) : !isBuilt()) npm(root, "run", "build");
if (options.smoke) {
  options.repetitions = 1;
  // Contestants in this process collect garbage as those with one of their own, which start with this flag.
  setFlagsFromString("--expose-gc");
  globalThis.gc ??= runInNewContext("gc");
}

/** Rows in a Node that is not this one say so. */
const titleIn = (node, title) => (node.major === thisNode.major ? title : `${title}, Node ${node.major}`);

async function measure(then) {
  const threads = options.threads ?? (options.smoke || cpus().length < 2 ? [1] : [1, 2]);
  const isWhole = !then && !options.title;
  const names = isWhole ? ["limits", ...options.only.filter((name) => name !== "limits")] : options.only;
  const page = options.write ? `${root}docs/measurements.md` : `${here}results.md`;
  const measured = [];
  for (const name of names)
    for (const { title, ...row } of rows[name].rows({ ...options, threads }))
      for (const node of nodes) {
        if (!title.includes(options.title ?? "") || (then && !row.who.includes("ours"))) continue;
        const titled = { ...row, title: titleIn(node, title) };
        console.error(`${titled.title}, ${row.threads} thread${row.threads > 1 ? "s" : ""} …`);
        const result = await runRow(titled, { ...options, node, then });
        measured.push(result);
        // At once, because later rows may be interrupted.
        if (!options.smoke && !then) writeRow(page, result);
      }
  return measured;
}

const others = nodes.filter(({ major }) => major !== thisNode.major).map(({ version }) => `Node ${version}`);
const machine = [describeMachine(), ...others].join(", ");
const results = options.against
  ? pairedTable(options.against, await withBuildAt(options.against, measure))
  : table(await measure());
console.log(`${machine}.\n\n${results}`);
