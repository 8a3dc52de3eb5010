import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { describeMachine } from "./machine.js";
import { optionsFrom } from "./options.js";
import { rows } from "./rows/index.js";
import { runRow } from "./run-row.js";
import { table } from "./table.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const npm = (folder, ...words) => execFileSync("npm", words, { cwd: folder, stdio: "inherit" });

// Not "npm ci": the lock file cannot hold llama.cpp's binaries for platforms that the registry in use does not serve.
const options = optionsFrom(process.argv.slice(2), Object.keys(rows));
if (!options.smoke && !existsSync(`${here}node_modules`)) npm(here, "install", "--no-save");
if (!options.smoke || !existsSync(`${root}dist/index.js`)) npm(root, "run", "build");
if (options.smoke) options.repetitions = 1;

const threads = options.threads ?? (options.smoke || cpus().length < 2 ? [1] : [1, 2]);
const names = ["limits", ...options.only.filter((name) => name !== "limits")];
const measured = [];
for (const name of names)
  for (const row of rows[name].rows({ ...options, threads })) {
    console.error(`${row.title}, ${row.threads} thread${row.threads > 1 ? "s" : ""} …`);
    measured.push(await runRow(row, options));
  }

const text = `${describeMachine()}.

${table(measured)}
`;
console.log(text);
if (!options.smoke) writeFileSync(`${here}results.md`, `# Measured by \`npm run bench\`\n\n${text}`);
