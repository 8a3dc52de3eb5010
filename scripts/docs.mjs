/**
 * Builds the documentation as a site into docs/.vitepress/dist: the pages in docs, and the reference from the sources.
 * With `--open` it serves the site, and builds it first if it is not there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const docs = `${root}docs`;
const api = `${docs}/api`;
const vitepress = `${docs}/node_modules/vitepress/bin/vitepress.js`;
const node = (...words) => execFileSync(process.execPath, words, { cwd: root, stdio: "inherit" });

/** A page named like a type `Index` would be taken for the list of its folder. */
function renameIndexes() {
  const pages = readdirSync(api, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));
  for (const path of pages) {
    const text = readFileSync(`${api}/${path}`, "utf8");
    const renamed = text.replaceAll(/(?<!\w)Index\.md/g, "IndexType.md");
    if (renamed !== text) writeFileSync(`${api}/${path}`, renamed);
    if (path.endsWith("/Index.md")) renameSync(`${api}/${path}`, `${api}/${path.replace("Index", "IndexType")}`);
  }
}

function build() {
  if (!existsSync(vitepress)) execFileSync("npm", ["ci"], { cwd: docs, stdio: "inherit" });
  rmSync(api, { recursive: true, force: true });
  node("node_modules/typedoc/bin/typedoc", "--options", "docs/typedoc.json");
  renameIndexes();
  node(vitepress, "build", "docs");
}

const isAsked = process.argv.includes("--open");
if (!isAsked || !existsSync(`${docs}/.vitepress/dist/index.html`)) build();
if (isAsked) node(vitepress, "preview", "docs");
else console.log("The site is in docs/.vitepress/dist: npm run docs:open shows it.");
