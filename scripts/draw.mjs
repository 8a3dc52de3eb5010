/**
 * Draws the floors of the library into docs/architecture.md, from the imports that dependency-cruiser finds. With
 * `--check` it writes nothing, and fails if the drawing is out of date or scripts/floors.cjs allows unused imports.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import floors from "./floors.cjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const document = join(root, "docs", "architecture.md");

/** Every import in src, from file to file. */
async function findImports() {
  const options = { exclude: "^src/kernels/wasm/assembly/", doNotFollow: "node_modules", tsPreCompilationDeps: true };
  const tsConfig = extractTSConfig(join(root, "tsconfig.json"));
  const { output } = await cruise(["src"], { ...options, baseDir: root }, undefined, { tsConfig });
  return output.modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
  );
}

/** Counts the imports from each room of a folder to another. */
function countArrows(imports, folder, rooms) {
  const roomOf = (file) => rooms.find((room) => file.startsWith(`${folder}/${room}/`));
  const counts = Object.fromEntries(rooms.map((room) => [room, {}]));
  for (const { from, to } of imports) {
    const [above, below] = [roomOf(from), roomOf(to)];
    if (above && below && above !== below) counts[above][below] = (counts[above][below] ?? 0) + 1;
  }
  return counts;
}

/** Whether `below` is reached from `above` through another room. */
function reachedByAnother(counts, above, below) {
  const seen = new Set();
  const reaches = (room) =>
    room === below || (!seen.has(room) && seen.add(room) && Object.keys(counts[room]).some(reaches));
  return Object.keys(counts[above]).some((room) => room !== below && reaches(room));
}

function picture(counts) {
  const arrows = Object.entries(counts).flatMap(([above, arrowsOf]) =>
    Object.entries(arrowsOf)
      .filter(([below]) => !reachedByAnother(counts, above, below))
      .map(([below, count]) => `  ${above} -->|${count}| ${below}`),
  );
  return ["```mermaid", "flowchart TD", ...Object.keys(counts).map((room) => `  ${room}`), ...arrows, "```"];
}

function table(counts) {
  const rooms = Object.keys(counts);
  const columns = rooms.filter((below) => rooms.some((above) => counts[above][below]));
  const row = (cells) => `| ${cells.join(" | ")} |`;
  return [
    row(["imports from →", ...columns]),
    `|---|${columns.map(() => "---:|").join("")}`,
    ...rooms.map((above) => row([`**${above}**`, ...columns.map((below) => counts[above][below] ?? "")])),
  ];
}

/** Where scripts/floors.cjs and the sources disagree. */
function disagreements(counts, folder, rooms) {
  const listed = Object.keys(rooms);
  const folders = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [
    ...folders
      .filter(({ name }) => !listed.includes(name))
      .map(({ name }) => `${folder}/${name} is not listed; add it with the rooms that it may import from`),
    ...listed.flatMap((above) =>
      Object.keys(counts[above])
        .filter((below) => !rooms[above].includes(below))
        .map((below) => `${folder}/${above} imports from ${folder}/${below}, which is not on its list`),
    ),
    ...listed.flatMap((above) =>
      rooms[above]
        .filter((below) => !counts[above][below])
        .map(
          (below) => `no file of ${folder}/${above} imports from ${folder}/${below}; remove "${below}" from its list`,
        ),
    ),
  ];
}

/** The counts of imports that differ between two versions of a folder's table, in words. */
function changes(folder, before, after) {
  const [page, sources] = [readTable(before), readTable(after)];
  return [...new Set([...page.keys(), ...sources.keys()])]
    .filter((arrow) => page.get(arrow) !== sources.get(arrow))
    .map(
      (arrow) => `${folder}: ${arrow}: the page has ${page.get(arrow) ?? 0}, the sources ${sources.get(arrow) ?? 0}`,
    );
}

/** The counts in a table, by arrow: `blocks → tensor`. */
function readTable(drawing) {
  const [columns = [], , ...rows] = drawing
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("*", "").trim()),
    );
  return new Map(
    rows.flatMap(([above, ...counts]) =>
      counts.flatMap((count, i) => (count === "" ? [] : [[`${above} → ${columns[i + 1]}`, count]])),
    ),
  );
}

const imports = await findImports();
let text = readFileSync(document, "utf8");
const before = text;
const faults = [];
const differing = [];
for (const [folder, rooms] of Object.entries(floors.houses)) {
  const counts = countArrows(imports, folder, Object.keys(rooms).reverse());
  faults.push(...disagreements(counts, folder, rooms));
  const [start, end] = [`<!-- drawn: ${folder} -->`, "<!-- end -->"];
  const [head, rest] = text.split(start);
  if (rest === undefined)
    throw new Error(`docs/architecture.md has no line ${start}, which marks the place of the drawing; add it.`);
  const drawing = [start, "", ...picture(counts), "", ...table(counts), "", end].join("\n");
  differing.push(...changes(folder, rest.slice(0, rest.indexOf(end)), drawing));
  text = head + drawing + rest.slice(rest.indexOf(end) + end.length);
}
if (faults.length > 0) {
  console.error(["scripts/floors.cjs disagrees with the sources:", ...faults].join("\n- "));
  process.exitCode = 1;
} else if (!process.argv.includes("--check")) writeFileSync(document, text);
else if (text !== before) {
  const advice = "The drawing in docs/architecture.md is out of date: run `npm run draw` and commit the result.";
  console.error([advice, ...differing].join("\n- "));
  process.exitCode = 1;
}
