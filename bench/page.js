import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { describeMachine } from "./machine.js";
import { rows } from "./rows/index.js";
import { heading, linesOf } from "./table.js";

const title = "## Measured";
/** The Node of a row, if it is not the machine's. */
const otherNode = /, Node \d+$/;
const titles = Object.values(rows).flatMap((kind) => kind.rows({ smoke: false, threads: [1] }).map((row) => row.title));

/**
 * Writes a row into a page's table below "Measured", replacing an earlier run on the same machine for the same work and
 * threads. The text around the table is kept.
 */
export function writeRow(path, row) {
  const found = existsSync(path) ? readFileSync(path, "utf8") : "# Beside others\n";
  const text = found.includes(`${title}\n`) ? found : `${found.trimEnd()}\n\n${title}\n`;
  const from = text.indexOf(`${title}\n`) + title.length + 1;
  const length = text.slice(from).search(/^## /m);
  const to = length < 0 ? text.length : from + length;
  const page = [text.slice(0, from).trimEnd(), measured(text.slice(from, to).trim(), row), text.slice(to).trimEnd()];
  // Atomic: an interrupted run leaves a complete page.
  writeFileSync(`${path}.part`, `${page.filter(Boolean).join("\n\n")}\n`);
  renameSync(`${path}.part`, path);
}

/** The machine, the table, and the text after it. Results of another machine are dropped. */
function measured(before, row) {
  const machine = `${describeMachine()}.`;
  const lines = before.startsWith(`${machine}\n`) ? before.split("\n").slice(1) : [];
  const isTable = (line) => line.startsWith("|");
  const table = merged(lines.filter(isTable).slice(heading.length), linesOf(row));
  const words = lines.filter((line) => !isTable(line)).join("\n");
  return [machine, [...heading, ...table].join("\n"), words.trim()].filter(Boolean).join("\n\n");
}

/** Merges new lines into the others, in the order of a full run. Lines of removed rows are dropped. */
function merged(lines, fresh) {
  const [work, threads] = cellsOf(fresh[0]);
  const others = lines.map((line) => [line, ...cellsOf(line)]).filter(([, w, t]) => w !== work || t !== threads);
  const titleOf = (w) => w.replace(otherNode, "");
  const node = (w) => Number(otherNode.exec(w)?.[0].match(/\d+/)[0] ?? 0);
  const rank = ([, w, t]) => (titles.indexOf(titleOf(w)) * 1000 + node(w)) * 1000 + Number(t);
  return [...others, ...fresh.map((line) => [line, work, threads])]
    .filter(([, w]) => titles.includes(titleOf(w)))
    .sort((a, b) => rank(a) - rank(b))
    .map(([line]) => line);
}

const cellsOf = (line) => line.slice(2).split(" | ", 2);
